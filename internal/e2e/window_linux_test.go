package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sotto/p2p/p2ptest"
)

func (d *desktop) click(x, y int) {
	d.t.Helper()
	d.must("mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	time.Sleep(time.Second)
}

// asksForFile presses what asks for a file, and waits until the dialog dims what is
// behind it and has the keyboard.
func (d *desktop) asksForFile(x, y int) {
	d.t.Helper()
	const behind = "100x100+100+500"
	before := d.pixels(behind)
	d.click(x, y)
	waitFor(d.t, "the question for a file", func() bool { return !alike(before, d.pixels(behind)) })
	waitFor(d.t, "the whole of it", func() bool { return d.still("1280x800+0+0") })
}

// onboard makes the profile: name, passphrase, words later.
func (d *desktop) onboard() {
	d.t.Helper()
	time.Sleep(time.Second)
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
	time.Sleep(time.Second)
	d.picture("4-empty")
}

// unlock types the passphrase into the lock screen.
func (d *desktop) unlock() {
	d.t.Helper()
	d.picture("7-locked")
	d.write(passphrase)
	d.enter()
	d.online()
	time.Sleep(time.Second)
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
	alice, bob := newDesktop(t, "Alice", net.Hosts[0], "1280x800"), newDesktop(t, "Bob", net.Hosts[1], "1280x800")
	both := []*desktop{alice, bob}
	for _, d := range both {
		d.start()
	}
	for _, d := range both {
		d.onboard()
	}

	code := filepath.Join(alice.home, "code.png")
	alice.click(498, 465) // Show my code
	time.Sleep(2 * time.Second)
	alice.picture("5-code")
	alice.asksForFile(475, 653) // Save picture
	alice.picture("5-save")
	alice.must("key", "ctrl+a")
	alice.write(code)
	alice.enter()
	waitFor(t, "the saved picture", func() bool { return exists(code) })

	bob.click(698, 465) // Scan theirs
	time.Sleep(time.Second)
	bob.asksForFile(1030, 200) // the place to drop a picture asks for one when it is pressed
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
	waitFor(t, "the answer to the request", func() bool { // the window may show it a moment later
		alice.click(160, 92) // Contact requests
		alice.picture("5-request")
		alice.click(694, 525) // Accept
		var requests []struct{ ID string }
		alice.ask.do(&requests, "requests")
		return len(requests) == 0
	})
	for _, d := range both {
		waitFor(t, "a confirmed contact", d.ask.confirmed)
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
