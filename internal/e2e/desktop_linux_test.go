package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// window is the desktop program with the race detector. make test has built it
// before, so this takes a moment.
var window = built("sotto", nil, "-race", "-tags=migrated_fynedo", "sotto")

// newDesktop makes a display of that size in pixels. The window is in its upper
// left corner, once it is started.
func newDesktop(t *testing.T, name string, host *p2ptest.Host, size string) *desktop {
	t.Helper()
	d := &desktop{t: t, binary: window(t), home: t.TempDir(), host: host, ask: newComputer(t, name, nil)}
	d.ask.asks = true
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: scripts/bootstrap installs it", err)
		}
	}
	for number := 100 + os.Getpid()%10000; d.display == ""; number++ {
		d.display = d.serve(number, size)
	}
	t.Cleanup(func() {
		if t.Failed() {
			d.picture("failed")
		}
		d.kill()
	})
	return d
}

// serve starts the server of display number and returns its name, or "" if there is
// one of that number. A server that looks for a free number by itself may take one
// that is in use where there are no abstract sockets, and its windows with it.
func (d *desktop) serve(number int, size string) string {
	d.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Close()
	name := fmt.Sprintf(":%d", number)
	x := exec.Command("Xvfb", name, "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		d.t.Fatal(err)
	}
	w.Close()
	r.SetReadDeadline(time.Now().Add(time.Minute))
	_, err = bufio.NewReader(r).ReadString('\n') // its number, when it is ready
	if errors.Is(err, os.ErrDeadlineExceeded) {
		d.t.Fatalf("Xvfb did not start: %v", err)
	}
	if err != nil {
		x.Wait()
		return ""
	}
	d.t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	return name
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
	var id string
	waitFor(d.t, "the window", func() bool {
		out, _ := d.tool("search", "--onlyvisible", "--name", "Sotto")
		id, _, _ = strings.Cut(strings.TrimSpace(out), "\n")
		return id != ""
	})
	d.must("windowfocus", id) // there is no window manager that would
	waitFor(d.t, "the first frame", func() bool {
		picture := d.pixels("1280x800+0+0")
		plain := bytes.Count(picture, picture[len(picture)-3:])
		return plain < len(picture)/3-2000 // the lock screen is mostly ground
	})
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

// on returns a command that has the display.
func (d *desktop) on(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	return cmd
}

func (d *desktop) tool(args ...string) (string, error) {
	out, err := d.on("xdotool", args...).Output()
	return string(out), err
}

func (d *desktop) must(args ...string) {
	d.t.Helper()
	if _, err := d.tool(args...); err != nil {
		d.picture("xdotool")
		d.t.Fatalf("xdotool %q: %v", args, err)
	}
}

// press presses keys one after the other.
func (d *desktop) press(keys ...string) {
	d.t.Helper()
	d.must(append([]string{"key", "--delay", "60"}, keys...)...)
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
	if name != "failed" && name != "xdotool" {
		for range 50 { // the window may be a moment behind; only a caret goes on blinking
			before := d.pixels("1280x800+0+0")
			time.Sleep(300 * time.Millisecond)
			if alike(before, d.pixels("1280x800+0+0")) {
				break
			}
		}
	}
	d.on("import", "-window", "root", filepath.Join(dir, d.ask.name+"-"+name+".png")).Run()
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
}

// still reports whether a part of the display looks the same after a moment. A caret
// blinks, and what shows that one has to wait moves.
func (d *desktop) still(part string) bool {
	d.t.Helper()
	before := d.pixels(part)
	time.Sleep(100 * time.Millisecond)
	return bytes.Equal(before, d.pixels(part))
}

// pixels returns a part of the display, given as width, height and place.
func (d *desktop) pixels(part string) []byte {
	d.t.Helper()
	out, err := d.on("import", "-window", "root", "-crop", part, "-depth", "8", "ppm:-").Output()
	if err != nil {
		d.t.Fatalf("a picture of the display: %v", err)
	}
	return out
}

// alike reports whether two pictures of the same size differ in no more than a caret.
func alike(a, b []byte) bool {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n < 1000
}
