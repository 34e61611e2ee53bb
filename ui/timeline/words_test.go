package timeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// mine adds a message of mine, min minutes after the start.
func (b *book) mine(min int, s model.State, change func(*model.Message)) model.Message {
	i := len(b.all)
	m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i)), Row: int64(i + 1), Text: "Yes", Revision: 1,
		Direction: model.Outgoing, State: s, Time: start.Add(time.Duration(min) * time.Minute)}
	if change != nil {
		change(&m)
	}
	b.all = append(b.all, m)
	return m
}

func TestStateWords(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.Local)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 23, h, m, 0, 0, time.Local) }
	away := model.Contact{Name: "Bob", LastSeen: at(12, 40)}
	blocked, alarmed := away, away
	blocked.Blocked, alarmed.Alarm = true, model.AlarmKeysChanged
	online := model.Contact{Name: "Bob", LastSeen: at(12, 40), Via: model.ViaLAN}
	for _, c := range []struct {
		m    model.Message
		k    model.Contact
		here model.Reason
		icon string
		want string
	}{
		{model.Message{State: model.Waiting}, away, "", "clock", "Waiting for Bob, last seen 12:40"},
		{model.Message{State: model.Waiting, Reason: model.ReasonAway}, away, "", "clock", "Waiting for Bob, last seen 12:40"},
		{model.Message{State: model.Waiting, Reason: model.ReasonAway}, model.Contact{Name: "Bob"}, "", "clock", "Waiting for Bob"},
		{model.Message{State: model.Waiting, Reason: model.ReasonSending}, online, "", "clock", "On its way to Bob"},
		{model.Message{State: model.Waiting, Reason: model.ReasonFull}, away, model.ReasonNoNetwork, "clock", "Waiting here until there is a network"},
		{model.Message{State: model.Waiting, Reason: model.ReasonAway}, away, model.ReasonOffline, "clock", "Waiting here until Sotto’s network is started"},
		{model.Message{State: model.Waiting, Reason: model.ReasonAlarm}, alarmed, model.ReasonNoNetwork, "clock", "Waiting here until you decide"},
		{model.Message{State: model.Waiting, Reason: model.ReasonBlocked}, blocked, "", "clock", "Waiting here: Bob is blocked"},
		// What was the reason when the message was read is not any more.
		{model.Message{State: model.Waiting, Reason: model.ReasonSending}, away, "", "clock", "Waiting for Bob, last seen 12:40"},
		{model.Message{State: model.Waiting, Reason: model.ReasonNoNetwork}, away, "", "clock", "Waiting for Bob, last seen 12:40"},
		{model.Message{State: model.Waiting, Reason: model.ReasonFull}, online, "", "clock", "On its way to Bob"},
		{model.Message{State: model.Waiting, Reason: model.ReasonNoSession}, online, "", "clock", "Waiting for a new secure session with Bob"},
		{model.Message{State: model.Waiting, Reason: model.ReasonFull}, away, "", "clock", "Bob’s mailboxes are full. The message waits here"},
		{model.Message{State: model.Waiting, Reason: model.ReasonNoMailbox}, away, "", "clock", "None of Bob’s mailboxes answers. The message waits here"},
		{model.Message{State: model.Stored, Held: 2, Mailboxes: 3}, away, "", "held-in-mailbox", "Held by 2 of 3 mailboxes, Bob was last seen 12:40"},
		{model.Message{State: model.Stored, Held: 2, Mailboxes: 3}, online, "", "held-in-mailbox", "Held by 2 of 3 mailboxes"},
		{model.Message{State: model.Stored, Held: 1, Mailboxes: 1}, model.Contact{Name: "Bob"}, model.ReasonNoNetwork, "held-in-mailbox", "Held by Bob’s mailbox"},
		{model.Message{State: model.Delivered, StateTime: at(14, 4)}, away, "", "check", "On Bob’s computer 14:04"},
		{model.Message{State: model.Read, StateTime: at(14, 6)}, away, "", "double-check", "Read 14:06"},
		{model.Message{State: model.Failed}, away, "", "warning", "Not sent"},
		{model.Message{State: model.Failed, Reason: model.ReasonBlocked}, away, "", "warning", "Not sent: Bob is blocked"},
		{model.Message{State: model.Failed, Reason: model.ReasonRefused}, away, "", "warning", "Not sent: Bob did not accept you as a contact"},
		{model.Message{State: model.Failed, Reason: model.ReasonLost}, away, "", "warning", "Lost: Bob’s computer went back to before it"},
		{model.Message{State: model.Failed, Reason: model.ReasonCancelled}, away, "", "close", "You took it back"},
	} {
		got := stateWords(c.m, c.k, c.here, now)
		if got.text != c.want || got.icon != c.icon {
			t.Errorf("%s %s: %q with %q, want %q with %q", c.m.State, c.m.Reason, got.text, got.icon, c.want, c.icon)
		}
		failed := c.m.State == model.Failed
		if got.retry != failed || got.cancel != (failed && c.m.Reason != model.ReasonCancelled) {
			t.Errorf("%s %s: retry is offered %t, cancel %t", c.m.State, c.m.Reason, got.retry, got.cancel)
		}
	}
}

// What is to be said of several messages is said once, below the last of them.
func TestHeldIsSaidOnce(t *testing.T) {
	b := &book{}
	held := func(n int) func(*model.Message) {
		return func(m *model.Message) { m.Held, m.Mailboxes, m.Reason = n, 3, model.ReasonAway }
	}
	b.mine(0, model.Read, nil)
	b.mine(10, model.Stored, held(2))
	b.mine(11, model.Stored, held(2))
	b.mine(12, model.Stored, held(1))
	tl := open(t, b, 960, 900)
	for i, want := range []string{"", "", "Held by 2 of 3 mailboxes", "Held by 1 of 3 mailboxes"} {
		if got := tl.rows[b.all[i].ID].item.caption.text; got != want {
			t.Errorf("below message %d: %q, want %q", i, got, want)
		}
	}
	if !tl.rows[b.all[1].ID].item.joinDown || tl.rows[b.all[2].ID].item.joinDown {
		t.Error("what is said of two does not stand below their group")
	}
}

func TestMissing(t *testing.T) {
	b := newBook(3)
	b.all[2].Direction, b.all[2].Missing = model.Incoming, 1
	b.all[1].Direction, b.all[1].Time = model.Incoming, b.all[2].Time.Add(-time.Minute)
	tl := open(t, b, 960, 668)
	r := tl.rows[b.all[2].ID]
	if r.item.missing != "1 message is missing here. It comes when Alice’s computer is back" {
		t.Errorf("it says %q", r.item.missing)
	}
	if !strings.Contains(r.text(), r.item.missing) || !strings.HasPrefix(r.AccessibilityLabel(), r.item.missing) {
		t.Errorf("it is not drawn or not read: %q, %q", r.text(), r.AccessibilityLabel())
	}
	if r.item.joinUp || tl.rows[b.all[1].ID].item.joinDown {
		t.Error("a gap does not part the group")
	}
	if got := r.item.above(); got != dividerHeight {
		t.Errorf("%v above the bubble", got)
	}
	for _, c := range []struct {
		n    int
		via  model.Via
		want string
	}{
		{3, model.ViaNone, "3 messages are missing here. They come when Alice’s computer is back"},
		{3, model.ViaLAN, "3 messages are missing here. They come when Alice’s computer sends them again"},
		{1, model.ViaDirect, "1 message is missing here. It comes when Alice’s computer sends it again"},
	} {
		if got := missingWords(c.n, model.Contact{Name: "Alice", Via: c.via}); got != c.want {
			t.Errorf("%d, %q: %q", c.n, c.via, got)
		}
	}
}

func TestRetryAndCancel(t *testing.T) {
	b := &book{}
	m := b.mine(0, model.Failed, nil)
	tl := open(t, b, 960, 668)
	var done []string
	tl.OnRetry = func(m model.Message) { done = append(done, "retry "+string(m.ID)) }
	tl.OnCancel = func(m model.Message) { done = append(done, "cancel "+string(m.ID)) }
	r := tl.rows[m.ID]
	x := float32(0)
	for _, o := range r.objects {
		l, ok := o.(*kit.Link)
		if !ok {
			continue
		}
		if l.Position().X <= x || l.Position().X+l.Size().Width > r.item.width {
			t.Errorf("%s is at %v of %v", l.AccessibilityLabel(), l.Position().X, r.item.width)
		}
		x = l.Position().X + l.Size().Width
		l.Tapped(nil)
	}
	if got := strings.Join(done, ", "); got != "retry "+string(m.ID)+", cancel "+string(m.ID) {
		t.Errorf("done: %s", got)
	}
}

// The keyboard goes from message to message, past what nobody wrote.
func TestKeyboard(t *testing.T) {
	b := newBook(40)
	b.note(130, model.NoteDeviceAdded)
	last := b.mine(140, model.Read, nil)
	tl := open(t, b, 960, 500)
	w := test.NewWindow(kit.NewRoot(tl))
	defer w.Close()
	w.Resize(fyne.NewSize(960, 500))
	var menu, details, copied model.MessageID
	var at fyne.Position
	left := 0
	tl.OnMenu = func(m model.Message, _ string, p fyne.Position) { menu, at = m.ID, p }
	tl.OnDetails = func(m model.Message) { details = m.ID }
	tl.OnCopy = func(m model.Message) { copied = m.ID }
	tl.OnLeave = func() { left++ }
	if _, ok := tl.Chosen(); ok {
		t.Fatal("a message is chosen without the keyboard")
	}
	w.Canvas().Focus(tl)
	if m, ok := tl.Chosen(); !ok || m.ID != last.ID || !ringed(tl.rows[last.ID]) {
		t.Fatalf("the keyboard begins at %q", m.ID)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	m, _ := tl.Chosen()
	if m.ID != b.all[39].ID || !ringed(tl.rows[m.ID]) || ringed(tl.rows[last.ID]) {
		t.Fatalf("one up is %q", m.ID)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if menu != m.ID || at.Y < 0 || at.Y > 500 {
		t.Errorf("the menu is of %q, at %v", menu, at)
	}
	tl.TypedRune('i')
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	if details != m.ID || copied != m.ID {
		t.Errorf("details of %q, copied %q", details, copied)
	}
	for range 30 {
		tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
		m, _ := tl.Chosen()
		if r := tl.rows[m.ID]; r == nil || r.Position().Y < 0 {
			t.Fatalf("%q is chosen and not on the screen: %v", m.ID, tl)
		}
	}
	for range 31 {
		tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	if m, _ := tl.Chosen(); m.ID != last.ID || left != 0 {
		t.Errorf("back down is %q, left %d times", m.ID, left)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if left != 1 {
		t.Error("below the newest message is not where one writes")
	}
	w.Canvas().Unfocus()
	if ringed(tl.rows[last.ID]) {
		t.Error("the ring stays")
	}
}

func TestMark(t *testing.T) {
	b := newBook(5)
	tl := open(t, b, 960, 668)
	tl.Mark(b.all[3].ID)
	if !ringed(tl.rows[b.all[3].ID]) || ringed(tl.rows[b.all[4].ID]) {
		t.Error("the ring is not around the message that was marked")
	}
	tl.Mark("")
	if ringed(tl.rows[b.all[3].ID]) {
		t.Error("the ring stays")
	}
}

// ringed reports whether a row draws an outline 2 outside its bubble.
func ringed(r *row) bool {
	for _, o := range r.objects {
		if rect, ok := o.(*canvas.Rectangle); ok && rect.StrokeWidth == 2 && rect.Size() == fyne.NewSize(r.shape.w+4, r.shape.h+4) {
			return true
		}
	}
	return false
}

// What comes late takes its place between what is there, and what is being read
// does not move.
func TestLateMessages(t *testing.T) {
	b := newBook(200)
	for i := range b.all {
		b.all[i].Row = int64(i+1) * 100
	}
	tl := open(t, b, 960, 668)
	tl.ScrollBy(-600)
	before := tl.tops()
	late := model.Message{ID: "late", Row: 19_950, Text: "Late", Revision: 1, Direction: model.Incoming, State: model.Delivered, Time: b.all[198].Time}
	tl.Put(late)
	i := tl.index("late")
	if i <= 0 || tl.messages[i-1].Row != 19_900 || tl.messages[i+1].Row != 20_000 {
		t.Fatalf("it is at %d of %d", i, len(tl.messages))
	}
	for id, y := range tl.tops() {
		if want, ok := before[id]; ok && want != y && y < tl.Size().Height/2 {
			t.Errorf("bubble %s moved from %v to %v", id, want, y)
		}
	}
	tl.Put(model.Message{ID: "old", Row: 150, Text: "Old", Revision: 1, Direction: model.Incoming, Time: b.all[1].Time})
	if tl.index("old") >= 0 {
		t.Error("a message before what is held is held without its page")
	}
}

func TestRemove(t *testing.T) {
	b := newBook(50)
	tl := open(t, b, 960, 668)
	last := b.all[49].ID
	tl.Remove(last, "unknown")
	if tl.index(last) >= 0 || tl.rows[last] != nil {
		t.Error("it is still there")
	}
	end := tl.rows[b.all[48].ID]
	if got := end.Position().Y + end.Size().Height; got != 668-endPadding {
		t.Errorf("the last item ends at %v", got)
	}
	tl.ScrollBy(-300)
	anchor, offset := tl.anchor, tl.offset
	tl.Remove(anchor)
	if tl.anchor == anchor || tl.offset > offset+1 {
		t.Errorf("what is read moved: %v, from %v", tl, offset)
	}
	// The newest one, being read with nothing below it.
	tl.JumpToEnd()
	n := len(tl.messages)
	tl.anchor, tl.stick = tl.messages[n-1].ID, false
	tl.Remove(tl.anchor)
	if i := tl.index(tl.anchor); i < 0 || !tl.stick {
		t.Errorf("what stood above it is not at the end: %v", tl)
	}
	for len(tl.messages) > 0 {
		tl.Remove(tl.messages[0].ID)
	}
}

// A long name does not push what is said out of its line.
func TestCaptionWithALongName(t *testing.T) {
	b := &book{}
	m := b.mine(0, model.Stored, func(m *model.Message) { m.Held, m.Mailboxes = 2, 3 })
	tl := open(t, b, 620, 668)
	tl.SetContact(model.Contact{Name: strings.Repeat("A long name ", 10), LastSeen: start}, model.ReasonNone)
	if got := tl.rows[m.ID].text(); !strings.Contains(got, "… was last seen") || !strings.Contains(got, when.Clock(start)) {
		t.Errorf("it says %q", got)
	}
}
