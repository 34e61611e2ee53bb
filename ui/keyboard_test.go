package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// TestAScreenThatGoesLeavesTheKeyboard: Enter does not do once more what it did on
// the screen before.
func TestAScreenThatGoesLeavesTheKeyboard(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	for what, next := range map[string]func(){
		"another screen":  func() { r.w.Show(kit.Fill()) },
		"the main window": func() { r.w.Start(uitest.Guard(r.m), stage.Screens{}, func() {}) },
	} {
		field := kit.NewField("Passphrase")
		r.w.Show(field)
		field.Focus()
		if r.w.window.Canvas().Focused() != fyne.Focusable(field.Entry()) {
			t.Fatal("the field has not got the keyboard")
		}
		next()
		if got := r.w.window.Canvas().Focused(); got != nil {
			t.Errorf("after %s the keyboard is with %T", what, got)
		}
	}
}

// TestOneStepBackToTheMessages: from where one writes to the newest message, and
// on to where one writes.
func TestOneStepBackToTheMessages(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	ms := r.messages("Alice")
	c, tl := r.w.window.Canvas(), r.talk().timeline
	c.FocusPrevious()
	if got, ok := tl.Chosen(); !ok || got.ID != ms[len(ms)-1].ID {
		t.Fatalf("a step back leads to %T, at %q", c.Focused(), got.Text)
	}
	tl.TypedRune('r')
	if got := r.talk().composer.target; got == nil || got.message.ID != ms[len(ms)-1].ID {
		t.Error("R does not answer it")
	}
	c.FocusPrevious()
	c.FocusNext()
	if c.Focused() != fyne.Focusable(r.talk().composer.entry) {
		t.Errorf("a step on leads to %T", c.Focused())
	}
}

// TestFromTheSearchToTheMessage: Enter at a hit takes the keyboard to the message
// that was found, wherever it is.
func TestFromTheSearchToTheMessage(t *testing.T) {
	m := story()
	alice := uitest.ID("Alice")
	far := m.Write(alice, model.Incoming, model.Read, now, "the buried treasure")
	for i := range 300 {
		m.Write(alice, model.Incoming, model.Read, now.Add(time.Duration(i)*time.Second), fmt.Sprintf("line %d", i))
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	r.open2("Alice")
	c, v, tl := r.w.window.Canvas(), r.w.main, r.talk().timeline
	r.find("treasure")
	search := v.list.search.Entry()
	search.TypedKey(key(fyne.KeyReturn))
	if v.find.at != 0 || c.Focused() != fyne.Focusable(search) {
		t.Fatalf("Enter leads to hit %d, and the keyboard to %T", v.find.at, c.Focused())
	}
	search.TypedKey(key(fyne.KeyDown))   // there is no other
	search.TypedKey(key(fyne.KeyReturn)) // it may not be read yet
	if c.Focused() != fyne.Focusable(tl) {
		t.Fatalf("Enter at a hit leads to %T", c.Focused())
	}
	chosen := func() model.MessageID { got, _ := tl.Chosen(); return got.ID }
	r.until("the hit is chosen", func() bool { return chosen() == far.ID })
	tl.TypedKey(key(fyne.KeyDown))
	next := chosen()
	c.Unfocus()
	c.Focus(tl)
	if next == far.ID || chosen() != next {
		t.Error("the keyboard comes back to the hit and not to where it was")
	}
	tl.TypedKey(key(fyne.KeyEscape))
	v.talk.composer.entry.TypedKey(key(fyne.KeyEscape))
	if v.find.active() || c.Focused() != fyne.Focusable(v.talk.composer.entry) {
		t.Error("Esc twice does not end the search")
	}
}
