package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
	"sotto/ui/when"
)

// find returns what is on the screen below o and fits, or nil.
func find(o fyne.CanvasObject, fits func(fyne.CanvasObject) bool) fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	if fits(o) {
		return o
	}
	var inner []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inner = o.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(o).Objects()
	}
	for _, c := range inner {
		if found := find(c, fits); found != nil {
			return found
		}
	}
	return nil
}

func TestPhraseUsedIsToldUntilItIsRead(t *testing.T) {
	r := newRig(t, story(), stage.Screens{
		Settings: func(stage.Host, string) stage.Page {
			return stage.Page{Key: "settings", Full: true, Content: kit.NewBox(theme.Side, nil)}
		},
	}, fyne.NewSize(1280, 800))
	r.open("Alice")
	v := r.w.main
	if v.notice.Visible() {
		t.Fatal("there is a notice of nothing")
	}
	r.m.SetStatus(func(_ *model.Status, s *model.Self) { s.PhraseUsed = time.Now() })
	r.until("it is told", func() bool { return v.notice.Visible() })
	_, _, _, h := r.at(v.notice)
	if h < 60 || h > 160 {
		t.Fatalf("the notice is %v high", h)
	}
	r.wantAt("notice", v.notice, 320, 0, 960, h)
	r.wantAt("pane", v.pane, 320, h, 960, 800-h)
	r.wantAt("list", v.list.content, 0, 0, 320, 800)
	for _, words := range []string{wordPhraseUsed, fmt.Sprintf(wordPhraseUsedText, when.At(v.self.PhraseUsed, time.Now()))} {
		if find(v.notice, func(o fyne.CanvasObject) bool { x, ok := o.(*kit.Text); return ok && x.Text() == words }) == nil {
			t.Errorf("it does not say %q", words)
		}
	}
	v.settings()
	if v.notice.Visible() {
		t.Error("it lies over a page that fills the window")
	}
	v.Close()

	r.w.window.Resize(fyne.NewSize(420, 800))
	_, _, _, h = r.at(v.notice)
	r.wantAt("narrow pane", v.pane, 0, h, 420, 800-h)
	v.back()
	r.wantAt("narrow list", v.list.content, 0, h, 420, 800-h)

	read := find(v.notice, func(o fyne.CanvasObject) bool {
		b, ok := o.(*kit.Button)
		return ok && b.AccessibilityLabel() == wordDismiss
	})
	if read == nil {
		t.Fatal("it cannot be dismissed")
	}
	read.(*kit.Button).Tapped(nil)
	r.until("it is gone", func() bool { return !v.notice.Visible() })
	r.wantAt("narrow list", v.list.content, 0, 0, 420, 800)
	if !v.self.PhraseUsed.IsZero() {
		t.Error("it was not noted as read")
	}
}

func TestNotesInTheList(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	l := r.w.main.list.rows
	alice := uitest.ID("Alice")
	before := l.data[0].unread
	r.m.AddNote(alice, model.NoteDeviceAdded, now.Add(time.Minute))
	r.until("the note is its last line", func() bool { return l.data[0].preview == "Alice added a device" })
	d := l.data[0]
	if !d.quiet || d.state != "" || d.lead != "" || d.unread != before {
		t.Errorf("the row is %+v", d)
	}
	quarantined := r.m.AddQuarantined(alice, now.Add(2*time.Minute), "Send me your number")
	r.until("a message is its last line", func() bool { return l.data[0].preview == "Send me your number" })
	if d := l.data[0]; d.lead != wordQuarantined || d.quiet {
		t.Errorf("the row is %+v", d)
	}
	r.m.Change(quarantined.ID, func(m *model.Message) { m.Deleted, m.Text = model.DeletedTheirs, "" })
	r.until("that it was deleted is its last line", func() bool { return l.data[0].preview == "Alice deleted this message" && l.data[0].quiet })
}

// The link below a note leads to the page about the contact.
func TestCompareAgain(t *testing.T) {
	var asked model.ContactID
	r := newRig(t, story(), stage.Screens{Contact: func(_ stage.Host, id model.ContactID) stage.Page {
		asked = id
		return stage.Page{Key: "contact", Content: kit.NewBox(theme.Side, nil)}
	}}, fyne.NewSize(1280, 800))
	r.open("Alice")
	r.talk().timeline.OnVerify()
	if asked != uitest.ID("Alice") {
		t.Errorf("it opened the page of %q", asked)
	}
}
