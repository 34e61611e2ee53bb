package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sotto/p2p/p2ptest"
)

// desktop is the desktop program in a real window on a display of its own, used
// with mouse and keyboard.
type desktop struct {
	t       testing.TB
	display string
	binary  string
	home    string
	host    *p2ptest.Host
	ask     *computer // the same profile, asked over its control socket
	run     *exec.Cmd
}

// buildDesktop builds the desktop program with the race detector, as make test
// has done before (so this takes a moment), and returns its path.
func buildDesktop(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sotto")
	if out, err := exec.Command("go", "build", "-race", "-tags", "migrated_fynedo", "-o", path, "sotto").CombinedOutput(); err != nil {
		t.Fatalf("building the desktop program: %v: %s", err, out)
	}
	return path
}

func newDesktop(t *testing.T, binary, name string, host *p2ptest.Host) *desktop {
	t.Helper()
	d := &desktop{t: t, binary: binary, home: t.TempDir(), host: host, ask: newComputer(t, name, nil)}
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: scripts/bootstrap installs it", err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	r.SetReadDeadline(time.Now().Add(time.Minute))
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	d.display = ":" + strings.TrimSpace(number)
	t.Cleanup(func() {
		if t.Failed() {
			d.picture("failed")
		}
		d.kill()
	})
	return d
}

// start opens the window and waits until it is there.
func (d *desktop) start() {
	d.t.Helper()
	d.run = d.host.Command(d.binary, "--data", d.ask.dir)
	d.run.Env = append(os.Environ(), "DISPLAY="+d.display, "HOME="+d.home, "XDG_CONFIG_HOME="+d.home+"/config",
		"XDG_CACHE_HOME="+d.home+"/cache", "FYNE_THEME=light", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	d.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.run.Start(); err != nil {
		d.t.Fatal(err)
	}
	var window string
	waitFor(d.t, "the window", func() bool {
		out, _ := d.tool("search", "--onlyvisible", "--name", "Sotto")
		window, _, _ = strings.Cut(strings.TrimSpace(out), "\n")
		return window != ""
	})
	d.must("windowfocus", window) // there is no window manager that would
	time.Sleep(time.Second)       // the first frame; what follows waits for what it brings about
}

// kill ends the program as a power cut would.
func (d *desktop) kill() {
	if d.run == nil {
		return
	}
	syscall.Kill(-d.run.Process.Pid, syscall.SIGKILL)
	d.run.Wait()
	d.run = nil
}

func (d *desktop) tool(args ...string) (string, error) {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	out, err := cmd.Output()
	return string(out), err
}

func (d *desktop) must(args ...string) {
	d.t.Helper()
	if _, err := d.tool(args...); err != nil {
		d.picture("xdotool")
		d.t.Fatalf("xdotool %q: %v", args, err)
	}
}

func (d *desktop) click(x, y int) {
	d.t.Helper()
	d.must("mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	time.Sleep(time.Second)
}

func (d *desktop) write(text string) {
	d.t.Helper()
	d.must("type", "--delay", "15", text)
	time.Sleep(200 * time.Millisecond)
}

func (d *desktop) enter() {
	d.t.Helper()
	d.must("key", "Return")
	time.Sleep(700 * time.Millisecond)
}

// picture leaves a picture of the display where the person who runs the test
// wants it (SOTTO_PICTURES).
func (d *desktop) picture(name string) {
	dir := os.Getenv("SOTTO_PICTURES")
	if dir == "" {
		return
	}
	cmd := exec.Command("import", "-window", "root", filepath.Join(dir, d.ask.name+"-"+name+".png"))
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	cmd.Run()
}

// onboard makes the profile: name, passphrase, words later.
func (d *desktop) onboard() {
	d.t.Helper()
	d.picture("1-welcome")
	d.click(880, 377) // Create a new account
	d.write(d.ask.name)
	d.enter()
	d.write(passphrase)
	d.enter()
	d.write(passphrase)
	d.picture("2-passphrase")
	d.enter()
	waitFor(d.t, "the profile", func() bool { return exists(filepath.Join(d.ask.dir, "keys")) })
	time.Sleep(3 * time.Second) // the words are drawn
	d.picture("3-words")
	d.click(888, 642) // Later, remind me tomorrow
	d.online()
	d.picture("4-empty")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// online waits until the window holds the profile and its network is up.
func (d *desktop) online() {
	d.t.Helper()
	waitFor(d.t, d.ask.name+" online", func() bool {
		var status struct{ Online bool }
		return d.ask.try(&status, "status") == nil && status.Online
	})
	time.Sleep(time.Second)
}

// unlock types the passphrase into the lock screen.
func (d *desktop) unlock() {
	d.t.Helper()
	d.picture("7-locked")
	d.write(passphrase)
	d.enter()
	d.online()
}

// say writes n numbered lines into the open conversation.
func (d *desktop) say(from, n int) (said []string) {
	d.t.Helper()
	for i := from; i < from+n; i++ {
		text := fmt.Sprintf("%s writes line %d", d.ask.name, i)
		d.write(text)
		d.enter()
		said = append(said, text)
	}
	return said
}

// TestTwoWindows is the whole way of two people with mouse and keyboard alone:
// first start twice, a code saved by one and chosen by the other, a request
// accepted, ten messages each way, both programs killed in the middle, started
// again, unlocked, ten more.
func TestTwoWindows(t *testing.T) {
	net := p2ptest.NewNetwork(t, 2)
	binary := buildDesktop(t)
	alice, bob := newDesktop(t, binary, "Alice", net.Hosts[0]), newDesktop(t, binary, "Bob", net.Hosts[1])
	both := []*desktop{alice, bob}
	for _, d := range both {
		d.start()
	}
	for _, d := range both {
		d.onboard()
	}

	code := filepath.Join(alice.home, "code.png")
	alice.click(600, 470) // Show my code
	time.Sleep(2 * time.Second)
	alice.picture("5-code")
	alice.click(475, 653) // Save picture
	alice.picture("5-save")
	alice.must("key", "ctrl+a")
	alice.write(code)
	alice.enter()
	waitFor(t, "the saved picture", func() bool { return exists(code) })

	bob.click(800, 470) // Scan theirs
	time.Sleep(time.Second)
	bob.click(1030, 200) // the place to drop a picture asks for one when it is pressed
	bob.must("key", "ctrl+a")
	bob.write(code)
	bob.picture("5-open")
	bob.enter()
	waitFor(t, "the request", func() bool {
		var requests []struct{ ID string }
		alice.ask.do(&requests, "requests")
		return len(requests) == 1
	})
	bob.picture("5-asked")
	alice.click(160, 92) // Contact requests
	alice.picture("5-request")
	alice.click(694, 525) // Accept
	for _, d := range both {
		waitFor(t, "a confirmed contact", func() bool {
			var contacts []struct{ Trust string }
			d.ask.do(&contacts, "contacts")
			return len(contacts) == 1 && contacts[0].Trust == "confirmed"
		})
		time.Sleep(time.Second)
		d.click(160, 92) // the conversation
	}

	var fromAlice, fromBob []string
	for i := range 5 { // two lines each in turn
		fromAlice = append(fromAlice, alice.say(2*i, 2)...)
		fromBob = append(fromBob, bob.say(2*i, 2)...)
	}
	for _, d := range both { // in the middle: nobody waits for anything
		d.picture("6-ten-each")
		d.kill()
	}
	for _, d := range both {
		d.start()
		d.unlock()
		d.click(160, 92)
	}
	for i := range 5 {
		fromAlice = append(fromAlice, alice.say(10+2*i, 2)...)
		fromBob = append(fromBob, bob.say(10+2*i, 2)...)
	}
	for _, d := range both {
		waitFor(t, "empty queue of "+d.ask.name, func() bool {
			var status struct{ Queue int }
			d.ask.do(&status, "status")
			return status.Queue == 0
		})
		d.picture("8-twenty-each")
	}
	split := func(lines []string) (in, out []string) {
		for _, l := range lines {
			if text, ok := strings.CutPrefix(l, "in: "); ok {
				in = append(in, text)
			} else {
				out = append(out, strings.TrimPrefix(l, "out: "))
			}
		}
		return in, out
	}
	inA, outA := split(alice.ask.texts("Bob"))
	inB, outB := split(bob.ask.texts("Alice"))
	for _, c := range []struct {
		what      string
		got, want []string
	}{{"Alice wrote", outA, fromAlice}, {"Bob has of Alice", inB, fromAlice}, {"Bob wrote", outB, fromBob}, {"Alice has of Bob", inA, fromBob}} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s %q, want %q", c.what, c.got, c.want)
		}
	}
}
