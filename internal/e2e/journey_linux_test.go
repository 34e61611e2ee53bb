package e2e

import (
	"bytes"
	"fmt"
	"image/png"
	"path/filepath"
	"slices"
	"testing"

	"sotto/app/qr"
	"sotto/p2p/p2ptest"
)

// TestJourneyByKeyboard is what one person does in a first evening, by keyboard
// alone: she makes an account, takes a code that somebody shows on her screen,
// talks, answers, edits, reacts, searches, locks and unlocks. Bob has no window.
// What she did is looked for at his end, and in her profile.
func TestJourneyByKeyboard(t *testing.T) {
	net := p2ptest.NewNetwork(t, 2)
	bob := newComputer(t, "Bob", net.Hosts[1].Command, "--listen", "/ip4/0.0.0.0/tcp/0", "--listen", "/ip4/0.0.0.0/udp/0/quic-v1")
	bob.do(nil, "init", "--name", "Bob")
	bob.start()
	// Beside the window there is room for Bob's code, and the pointer that rests in
	// the middle of the display is not over the window.
	alice := newDesktop(t, "Alice", net.Hosts[0], "1280x1640")
	alice.start()

	alice.picture("01-welcome")
	alice.press("Tab", "Return") // Create a new account
	alice.write("Alice")
	alice.press("Return")
	alice.write(passphrase)
	alice.press("Return")
	alice.write(passphrase)
	alice.picture("02-passphrase")
	alice.press("Return")
	waitFor(t, "the profile", func() bool { return exists(filepath.Join(alice.ask.dir, "keys")) })
	waitFor(t, "the words, which do not move", func() bool { return alice.still("1280x800+0+0") })
	alice.picture("03-words")
	alice.press("Tab", "Tab", "Tab", "Return") // Later, remind me tomorrow
	alice.online()
	alice.picture("04-empty")

	alice.press("ctrl+n")
	waitFor(t, "the page with Alice's own code", func() bool {
		var made []struct{ ID string }
		alice.ask.do(&made, "invites")
		return len(made) == 1
	})
	alice.showCode(bob)
	alice.picture("05-codes")
	alice.press("ctrl+shift+s")
	bob.acceptOne()
	for _, c := range []*computer{bob, alice.ask} {
		waitFor(t, "a confirmed contact of "+c.name, c.confirmed)
	}
	alice.picture("06-contact")

	first := bob.say("Alice", "Here I am")
	alice.openBob(bob, first)
	alice.press("ctrl+k")
	alice.write("Bob")
	alice.picture("07-switcher")
	alice.press("Return")
	alice.write("Good evening, Bob")
	alice.press("Return")
	bob.await("Alice", "what Alice wrote", func(m message) bool { return m.Direction == "in" && m.Text == "Good evening, Bob" })
	bell := alice.hears(bob, "The harbour bell rings at seven")
	alice.picture("08-talk")

	alice.press("shift+Tab", "r") // from where one writes to the newest message
	alice.write("I hear it from here")
	alice.picture("09-reply")
	said := alice.count(conversation, ofMine)
	alice.press("Return")
	reply := bob.await("Alice", "the answer", func(m message) bool { return m.Text == "I hear it from here" })
	if reply.Quote == nil || reply.Quote.ID != bell.ID || reply.Quote.Text != bell.Text {
		t.Errorf("the answer quotes %+v, want %+v", reply.Quote, bell)
	}

	// Bob may have it before it is on Alice's screen; it is larger than 100 by 100.
	waitFor(t, "the answer on the screen", func() bool { return alice.count(conversation, ofMine) > said+10_000 })
	alice.press("Up", "ctrl+a")
	alice.write("I hear it from the window")
	alice.picture("10-edit")
	alice.press("Return")
	bob.await("Alice", "the edited answer", func(m message) bool {
		return m.ID == reply.ID && m.Text == "I hear it from the window" && m.Edited && m.Quote != nil
	})

	var last message
	for i := range 18 { // the bell is out of sight after these
		last = bob.say("Alice", fmt.Sprintf("It rang %d times", i+1))
	}
	alice.awaitRead(bob, last)
	alice.press("shift+Tab", "e", "Right", "Return")
	bob.await("Alice", "a heart on the newest message", func(m message) bool { return m.ID == last.ID && m.has("❤️") })
	alice.picture("11-reaction")

	alice.press("ctrl+f")
	alice.write("harbour")
	waitFor(t, "the word marked in the list", func() bool { return alice.count("300x80+8+130", marked) > 300 })
	alice.press("Down")
	waitFor(t, "the word marked in its place", func() bool { return alice.count(conversation, marked) > 300 })
	alice.picture("12-found")
	alice.press("Return", "e", "Return") // to the message that was found
	bob.await("Alice", "a thumb on the message that was found", func(m message) bool { return m.ID == bell.ID && m.has("👍") })
	alice.picture("13-found-reaction")
	alice.press("Escape", "Escape") // to where she writes, and out of the search

	alice.press("ctrl+l")
	waitFor(t, "the end of the control socket", func() bool { return alice.ask.try(nil, "status") != nil })
	alice.picture("14-locked")
	alice.letGo()
	missed := bob.say("Alice", "Are you still there?")
	alice.write(passphrase)
	if now := bob.await("Alice", "what Bob wrote", func(m message) bool { return m.ID == missed.ID }); now.State != "waiting" {
		t.Errorf("while Alice's profile is locked a message to her is %s", now.State)
	}
	alice.press("Return")
	alice.online()
	alice.openBob(bob, missed)
	alice.write("Here again")
	alice.press("Return")
	bob.await("Alice", "a last line", func(m message) bool { return m.Direction == "in" && m.Text == "Here again" })
	alice.picture("15-unlocked")

	alice.ask.await("Bob", "the edited answer", func(m message) bool {
		return m.ID == reply.ID && m.Text == "I hear it from the window" && m.Edited && m.Quote != nil && m.Quote.ID == bell.ID
	})
	for _, c := range []struct{ id, emoji string }{{bell.ID, "👍"}, {last.ID, "❤️"}} {
		alice.ask.await("Bob", "a reaction", func(m message) bool { return m.ID == c.id && m.has(c.emoji) })
	}
	if got, want := len(alice.ask.texts("Bob")), len(bob.texts("Alice")); got != want {
		t.Errorf("Alice has %d messages, Bob %d", got, want)
	}
}

// openBob opens the only conversation, as soon as it is in the list, until Bob knows
// that what he wrote was on the screen.
func (d *desktop) openBob(bob *computer, wrote message) {
	d.t.Helper()
	waitFor(d.t, "the conversation on the screen", func() bool {
		d.press("alt+Down")
		return bob.await(d.ask.name, "a message", func(m message) bool { return m.ID == wrote.ID }).State == "read"
	})
}

// showCode makes an invitation of c's and puts its code on the display, below the
// window.
func (d *desktop) showCode(c *computer) {
	d.t.Helper()
	path := filepath.Join(d.t.TempDir(), "code.png")
	var made struct{ Link string }
	c.do(&made, "invite", "--qr", path)
	show := d.on("display", "-geometry", "+440+900", path)
	if err := show.Start(); err != nil {
		d.t.Fatalf("%v: scripts/bootstrap installs ImageMagick", err)
	}
	d.t.Cleanup(func() { show.Process.Kill(); show.Wait() })
	waitFor(d.t, "the code of "+c.name+" on the display", func() bool {
		out, err := d.on("import", "-window", "root", "png:-").Output()
		if err != nil {
			return false
		}
		img, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			return false
		}
		found, _ := qr.All(d.t.Context(), img)
		return slices.ContainsFunc(found, func(f qr.Found) bool { return bytes.EqualFold([]byte(f.Text), []byte(made.Link)) })
	})
}

// conversation is where the messages are: beside the list and above the field.
const conversation = "840x615+340+110"

// marked is the yellow ground of a word that was found, ofMine that of a message of
// the person's own.
func marked(r, g, b byte) bool { return r > 230 && g > 210 && b < 190 }
func ofMine(r, g, b byte) bool { return r > 180 && int(g) > int(r)+8 && int(b) > int(r)+8 }

// count counts the pixels of some colours in a part of the display.
func (d *desktop) count(part string, is func(r, g, b byte) bool) (n int) {
	d.t.Helper()
	pix := d.pixels(part)
	for i := len(pix) % 3; i < len(pix); i += 3 {
		if is(pix[i], pix[i+1], pix[i+2]) {
			n++
		}
	}
	return n
}

// letGo fails unless another program can open the profile, which is so only when
// the window has let go of it.
func (d *desktop) letGo() {
	d.t.Helper()
	other := *d.ask
	other.asks = false
	var status struct{ Online bool }
	other.do(&status, "status")
	if status.Online {
		d.t.Error("the profile is locked and online")
	}
}

// hears has c write a line and waits until it was on the screen.
func (d *desktop) hears(c *computer, text string) message {
	d.t.Helper()
	m := c.say(d.ask.name, text)
	d.awaitRead(c, m)
	return m
}

// awaitRead waits until c knows that m was read: it was on the screen.
func (d *desktop) awaitRead(c *computer, m message) {
	d.t.Helper()
	c.await(d.ask.name, "that a message is read", func(now message) bool { return now.ID == m.ID && now.State == "read" })
}
