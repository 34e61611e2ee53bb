package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// sees reports whether these words are to be seen below o.
func sees(o fyne.CanvasObject, words string) bool {
	return find(o, func(o fyne.CanvasObject) bool { t, ok := o.(*kit.Text); return ok && t.Text() == words }) != nil
}

// press presses what has that name below o.
func (r *rig) press(o fyne.CanvasObject, name string) {
	r.t.Helper()
	found := find(o, func(o fyne.CanvasObject) bool {
		_, taps := o.(fyne.Tappable)
		named, ok := o.(interface{ AccessibilityLabel() string })
		return taps && ok && named.AccessibilityLabel() == name
	})
	if found == nil {
		r.t.Fatalf("nothing named %q to press", name)
	}
	found.(fyne.Tappable).Tapped(&fyne.PointEvent{})
}

func (r *rig) top() fyne.CanvasObject {
	r.t.Helper()
	top := r.w.window.Canvas().Overlays().Top()
	if top == nil {
		r.t.Fatal("nothing is open over the window")
	}
	return top
}

// waiting opens the conversation with Bob, who is away, and writes to him.
func waiting(t *testing.T, size fyne.Size) (*rig, model.Message) {
	t.Helper()
	r := newRig(t, story(), stage.Screens{}, size)
	m := r.m.Write(uitest.ID("Bob"), model.Outgoing, model.Stored, now, "Could you pick up the keys on the way?")
	r.m.Change(m.ID, func(m *model.Message) { m.Held, m.Mailboxes, m.Reason = 2, 3, model.ReasonAway })
	r.open("Bob")
	r.until("the message is held", func() bool { l, _ := r.talk().timeline.LastMine(); return l.Held == 2 })
	return r, m
}

func (r *rig) details(m model.Message) {
	r.t.Helper()
	r.talk().openDetails(m.ID)
	r.until("the details are read", func() bool { return r.talk().details.loaded })
}

func TestDetailsAsDrawn(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.w.root.Shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyI, Modifier: fyne.KeyModifierShortcutDefault})
	d := r.talk().details
	r.until("the details are read", func() bool { return d.loaded })
	if d.id != m.ID {
		t.Fatalf("the details are of %q", d.id)
	}
	r.wantAt("panel", d.content, 940, 0, 340, 800)
	r.wantAt("close", d.close, 1232, 12, 36, 36)
	r.wantAt("timeline", r.talk().timeline, 320, 60, 620, 668)
	for _, words := range []string{wordDetails, m.Text, wordWay, wordWritten, wordSealed.Of(1), wordKept, "Fetched by Bob’s computer",
		wordSealedTo, "Bob’s computer", "Key verified. Device 3f9a 12bc", wordSendNow, wordCancelIt} {
		if !sees(d.content, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if find(d.content, func(o fyne.CanvasObject) bool {
		e, ok := o.(*exact)
		return ok && strings.HasSuffix(e.text, "14:02:00")
	}) == nil {
		t.Error("no step has a time to the second")
	}
	r.wantAt("buttons' row", d.foot, 961, 744, 299, 36)
	again := find(d.content, func(o fyne.CanvasObject) bool {
		b, ok := o.(*kit.Button)
		return ok && b.AccessibilityLabel() == wordSendNow
	})
	r.wantAt("first button", again, 961, 744, 145.5, 36)
	r.w.main.escape()
	if d.open() || r.talk().details.content.Visible() {
		t.Error("Esc does not close it")
	}
	r.wantAt("timeline", r.talk().timeline, 320, 60, 960, 668)
}

func TestDetailsWhereThereIsLessRoom(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1000, 700))
	r.details(m)
	r.wantAt("panel", r.talk().details.content, 660, 0, 340, 700)
	r.wantAt("timeline", r.talk().timeline, 320, 60, 680, 568)
	for _, size := range []fyne.Size{fyne.NewSize(800, 500), fyne.NewSize(420, 800), fyne.NewSize(360, 480)} {
		r.w.window.Resize(size)
		x := float32(320)
		if size.Width < narrowBelow {
			x = 0
		}
		r.wantAt(fmt.Sprint("panel in ", size), r.talk().details.content, x, 0, size.Width-x, size.Height)
		if r.talk().talking.Visible() {
			t.Errorf("%v: what is covered can be reached", size)
		}
	}
	r.w.main.escape()
	if !r.talk().talking.Visible() || r.talk().id == "" {
		t.Error("Esc does not lead back to the conversation")
	}
}

func TestDetailsFollowTheMessage(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.details(m)
	d := r.talk().details
	way, _ := r.m.Details(context.Background(), m.ID)
	way.Steps = append(way.Steps, model.Step{Kind: model.StepDelivered, Time: now})
	r.m.SetWay(m.ID, way)
	r.m.SetState(uitest.ID("Bob"), m.ID, model.Delivered, now)
	r.until("it knows that the message is there", func() bool { return d.known.Message.State == model.Delivered })
	if !sees(d.content, "Opened on Bob’s computer") || sees(d.content, wordSendNow) || sees(d.content, wordEdit) {
		t.Error("what can be done is not what can be done with a message that is there")
	}
	r.open("Alice")
	if d.open() {
		t.Error("the details of a message of Bob’s are open beside Alice’s conversation")
	}
}

func TestTakingBack(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.details(m)
	d := r.talk().details
	r.press(d.content, wordSendNow)
	r.until("it waits again", func() bool { return d.known.Message.State == model.Waiting })
	r.press(d.content, wordCancelIt)
	r.until("it was taken back", func() bool { return d.known.Message.Reason == model.ReasonCancelled })
	if sees(d.content, wordCancelIt) || !sees(d.content, wordSendAgain) {
		t.Error("a message that was taken back cannot be sent again, or be taken back again")
	}
	// Sending it again writes it anew: the old one is gone, with its details.
	held := r.talk().timeline.Messages()
	r.press(d.content, wordSendAgain)
	r.until("the old one is gone", func() bool { return !d.open() })
	r.until("the new one is there", func() bool { l, _ := r.talk().timeline.LastMine(); return l.ID != m.ID && l.Text == m.Text })
	if n := r.talk().timeline.Messages(); n != held {
		t.Errorf("%d messages, then %d", held, n)
	}
	done, _ := r.m.Tried()
	if got := strings.Join(done, ", "); got != "resend, cancel, resend" {
		t.Errorf("done: %s", got)
	}
}

// What comes too late is said, and what is shown is what is.
func TestTooLate(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.details(m)
	d := r.talk().details
	r.press(d.content, wordEdit)
	entry := d.editing.entry
	entry.SetText("Too late")
	r.m.SetState(uitest.ID("Bob"), m.ID, model.Delivered, now)
	entry.TypedKey(key(fyne.KeyReturn))
	late := "Too late to change it: Bob’s computer has it already."
	r.until("it says that it is too late", func() bool { return sees(d.content, late) })
	if d.editing != nil || sees(d.content, "Too late") {
		t.Error("it looks as if it was changed")
	}

	r, m = waiting(t, fyne.NewSize(1280, 800))
	r.details(m)
	r.m.SetState(uitest.ID("Bob"), m.ID, model.Delivered, now)
	r.press(r.talk().details.content, wordCancelIt)
	late = "Too late to take it back: Bob’s computer has it already."
	r.until("the panel says so", func() bool { return sees(r.talk().details.content, late) })
}

func TestEditing(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.details(m)
	d := r.talk().details
	r.until("they are read", func() bool { return d.loaded })
	r.press(d.content, wordEdit)
	r.until("the field is there", func() bool { return d.editing != nil })
	if got := r.w.window.Canvas().Focused(); got != fyne.Focusable(d.editing.entry) {
		t.Fatalf("the keyboard is with %T", got)
	}
	entry := d.editing.entry
	hold(t, fyne.KeyModifierShift)
	entry.TypedKey(key(fyne.KeyReturn))
	test.Type(entry, "Or the spare ones.")
	if h := d.editing.content.Size().Height; h != 3*20+26+8+28 {
		t.Errorf("with three lines the field is %v high", h)
	}
	hold(t, 0)
	// An event about it does not take away what is being written.
	r.m.Change(m.ID, func(m *model.Message) { m.Held = 3 })
	r.until("it is known", func() bool { return d.known.Message.Held == 3 })
	if d.editing == nil || d.editing.entry != entry {
		t.Fatal("the field was taken away")
	}
	entry.TypedKey(key(fyne.KeyReturn))
	want := m.Text + "\nOr the spare ones."
	r.until("it is changed", func() bool { return d.editing == nil && d.known.Message.Text == want })

	r.press(d.content, wordEdit)
	d.editing.entry.SetText("Never mind")
	d.editing.entry.TypedKey(key(fyne.KeyEscape))
	if d.editing != nil || !d.open() || !sees(d.content, want) {
		t.Error("Esc does not leave the text as it was")
	}
}

func TestMessageMenu(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.talk().messageMenu(m, "", fyne.NewPos(500, 400))
	r.press(r.top(), wordCopy)
	if got := fyne.CurrentApp().Clipboard().Content(); got != m.Text {
		t.Errorf("copied %q", got)
	}
	theirs, _ := r.m.Messages(context.Background(), uitest.ID("Bob"), model.Page{Limit: 50})
	r.talk().messageMenu(theirs[0], "", fyne.NewPos(500, 400))
	if sees(r.top(), wordEdit) || sees(r.top(), wordCancelIt) {
		t.Error("what somebody else wrote can be changed")
	}
	r.press(r.top(), wordMenuDetails)
	d := r.talk().details
	r.until("its details are read", func() bool { return d.loaded })
	if !sees(d.content, wordCameFrom) || !sees(d.content, "By the clock of Bob’s computer") || sees(d.content, wordSendNow) {
		t.Error("these are not the details of somebody else’s message")
	}
}

func TestChipExplainsItself(t *testing.T) {
	r, _ := waiting(t, fyne.NewSize(1280, 800))
	r.m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.LastSeen = now })
	r.until("it is known", func() bool { return r.talk().contact.LastSeen.Equal(now) })
	r.press(r.talk().content, wordAway)
	top := r.top()
	found := find(top, func(o fyne.CanvasObject) bool {
		x, ok := o.(*kit.Text)
		return ok && strings.HasPrefix(x.Text(), "Bob’s computer is not reached") && strings.HasSuffix(x.Text(), "held by Bob’s 3 mailboxes until then, sealed.")
	})
	if found == nil || !sees(top, wordAway) {
		t.Error("it does not say why, or what becomes of what is written")
	}
	r.press(top, wordTryNow)
	r.until("it was tried", func() bool { _, n := r.m.Tried(); return n == 1 })
	if r.w.window.Canvas().Overlays().Top() != nil {
		t.Error("it stays open")
	}
	r.m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Via = model.ViaRelayed })
	r.until("Bob is back", func() bool { return r.talk().contact.Online() })
	r.press(r.talk().content, "Relayed")
	if !sees(r.top(), "Relayed. Another computer passes sealed data on because no direct way was found.") || sees(r.top(), wordTryNow) {
		t.Error("the popover does not say how Bob is reached")
	}
}

// What is below a bubble that failed does what the panel does.
func TestRetryAndCancelBelowABubble(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.m.Change(m.ID, func(m *model.Message) { m.State, m.Reason = model.Failed, model.ReasonLost })
	r.until("it failed", func() bool { l, _ := r.talk().timeline.LastMine(); return l.State == model.Failed })
	r.press(r.talk().timeline, "Cancel")
	r.until("it is given up", func() bool { l, _ := r.talk().timeline.LastMine(); return l.Reason == model.ReasonCancelled })
	r.press(r.talk().timeline, "Retry")
	r.until("it is written anew", func() bool { l, _ := r.talk().timeline.LastMine(); return l.State == model.Waiting && l.ID != m.ID })
}

// Why nothing goes from this computer is said without the message changing.
func TestReasonsHereAreLive(t *testing.T) {
	r, _ := waiting(t, fyne.NewSize(1280, 800))
	m := r.m.Write(uitest.ID("Bob"), model.Outgoing, model.Waiting, now, "And the cable")
	r.until("it waits", func() bool { l, _ := r.talk().timeline.LastMine(); return l.ID == m.ID })
	says := func(words string) func() bool {
		return func() bool {
			return find(r.talk().timeline, func(o fyne.CanvasObject) bool {
				x, ok := o.(interface{ AccessibilityLabel() string })
				return ok && strings.Contains(x.AccessibilityLabel(), words)
			}) != nil
		}
	}
	r.m.SetStatus(func(s *model.Status, _ *model.Self) { s.Network = false })
	r.until("it waits for a network", says("Waiting here until there is a network"))
	r.m.SetStatus(func(s *model.Status, _ *model.Self) { s.Network, s.Online = true, false })
	r.until("it waits for ours", says("Waiting here until Sotto’s network is started"))
	r.m.SetStatus(func(s *model.Status, _ *model.Self) { s.Online = true })
	r.until("it waits for Bob", says("Waiting for Bob"))
}

func TestFooterCountsMailboxes(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	l := r.w.main.list
	if l.state.Text() != wordReachable {
		t.Errorf("without a mailbox it says %q", l.state.Text())
	}
	r.m.SetMail(model.MailboxSummary{Mailboxes: []model.Mailbox{{Health: model.HealthOK}, {Health: model.HealthSilent}, {Health: model.HealthOK}}})
	r.until("they are counted", func() bool { return l.state.Text() == "Reachable, 2 of 3 mailboxes" })
}
