package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// last returns the newest messages with a contact, newest last.
func (r *rig) messages(name string) []model.Message {
	ms, err := r.m.Messages(context.Background(), uitest.ID(name), model.Page{Limit: 50})
	if err != nil {
		r.t.Fatal(err)
	}
	return ms
}

// message returns one message as it is now.
func (r *rig) message(id model.MessageID) model.Message {
	m, err := r.m.Message(context.Background(), id)
	if err != nil {
		return model.Message{}
	}
	return m
}

func TestReply(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	ms := r.messages("Alice")
	theirs := ms[len(ms)-1]
	r.talk().messageMenu(theirs, "", fyne.NewPos(500, 400))
	r.press(r.top(), wordReply)
	if h := c.Size().Height; h != 72+stripHeight || c.strip.words.Text() != theirs.Text || !c.strip.name.Visible() {
		t.Fatalf("the composer is %v high, above the text stands %q", h, c.strip.words.Text())
	}
	c.entry.TypedKey(key(fyne.KeyEscape))
	if c.target != nil || c.Size().Height != 72 || c.strip.name.Visible() {
		t.Error("Esc does not end the answer")
	}
	r.talk().reply(theirs)
	test.Type(c.entry, "Ten minutes away")
	c.entry.TypedKey(key(fyne.KeyReturn))
	r.until("it is sent", func() bool { return len(r.messages("Alice")) == len(ms)+1 })
	got := r.messages("Alice")[len(ms)]
	if got.Quote == nil || got.Quote.ID != theirs.ID || c.target != nil {
		t.Errorf("sent %+v", got)
	}
}

func TestEditingInTheComposer(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	c := r.talk().composer
	c.entry.SetText("")
	c.entry.TypedKey(key(fyne.KeyUp))
	if c.target == nil || !c.target.editing || c.entry.Text != m.Text {
		t.Fatalf("Up does not edit the last message: the field holds %q", c.entry.Text)
	}
	c.entry.SetText("Another text")
	c.entry.TypedKey(key(fyne.KeyReturn))
	r.until("it is changed", func() bool { return r.message(m.ID).Text == "Another text" })
	if c.target != nil || c.entry.Text != "" {
		t.Errorf("afterwards the field holds %q", c.entry.Text)
	}
	// What was being written comes back.
	c.entry.SetText("half a")
	r.talk().edit(r.message(m.ID))
	c.entry.TypedKey(key(fyne.KeyEscape))
	if c.entry.Text != "half a" || r.message(m.ID).Text != "Another text" {
		t.Errorf("after Esc the field holds %q", c.entry.Text)
	}
}

func TestDraftsKeepWhatTheyAnswer(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	ms := r.messages("Alice")
	r.talk().reply(ms[0])
	test.Type(r.talk().composer.entry, "Not yet")
	r.open("Bob")
	if r.talk().composer.target != nil {
		t.Fatal("Bob is to be answered what Alice wrote")
	}
	r.until("the draft is known", func() bool {
		for _, c := range r.w.main.conversations {
			if c.Contact.ID == uitest.ID("Alice") && c.Draft.ReplyTo == ms[0].ID && c.Draft.Text == "Not yet" {
				return true
			}
		}
		return false
	})
	r.open("Alice")
	c := r.talk().composer
	r.until("the answer is on show", func() bool { return c.target != nil && c.target.message.ID == ms[0].ID })
	if c.entry.Text != "Not yet" || !c.strip.name.Visible() {
		t.Errorf("the field holds %q", c.entry.Text)
	}
}

func TestReacting(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	m := r.messages("Alice")[0]
	r.talk().react(m, "🎉")
	mine := []model.Reaction{{Emoji: "🎉", Mine: true}}
	r.until("it is there", func() bool { return slices.Equal(r.message(m.ID).Reactions, mine) })
	for _, cell := range r.talk().reactionCells(r.message(m.ID), fyne.Position{}) {
		if cell.On != (cell.Emoji == "🎉") {
			t.Errorf("%s is chosen: %t", cell.Emoji, cell.On)
		}
		if cell.On {
			cell.Do()
		}
	}
	r.until("it is taken back", func() bool { return len(r.message(m.ID).Reactions) == 0 })
}

func TestDeleting(t *testing.T) {
	r, m := waiting(t, fyne.NewSize(1280, 800))
	r.talk().messageMenu(m, "", fyne.NewPos(500, 400))
	r.press(r.top(), wordDelete)
	words, buttons := r.onTop()
	if !strings.Contains(words, "may have copied it first") || buttons[wordDeleteHere] == nil || buttons[wordDeleteBoth] == nil {
		t.Fatalf("it says %q", words)
	}
	buttons[wordStay].Tapped(nil)
	if r.message(m.ID).Text != m.Text {
		t.Fatal("Cancel deletes")
	}
	r.talk().askDelete(m)
	_, buttons = r.onTop()
	buttons[wordDeleteBoth].Tapped(nil)
	r.until("it is deleted for both", func() bool { return r.message(m.ID).Deleted == model.DeletedMine })

	theirs := r.messages("Bob")[0]
	r.talk().askDelete(theirs)
	_, buttons = r.onTop()
	if buttons[wordDeleteBoth] != nil {
		t.Error("what somebody else wrote can be deleted for both")
	}
	buttons[wordDeleteHere].Tapped(nil)
	r.until("it is gone", func() bool { return r.message(theirs.ID).ID == "" })
}

func TestForwarding(t *testing.T) {
	m := story()
	m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) {})
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	what := r.messages("Alice")[0]
	before := len(r.messages("Bob"))
	r.talk().forward(what)
	_, buttons := r.onTop()
	if !buttons[wordForward].Disabled() {
		t.Error("it can be passed on to nobody")
	}
	tile := find(r.top(), func(o fyne.CanvasObject) bool {
		x, ok := o.(*kit.Tile)
		return ok && x.AccessibilityLabel() == "Bob"
	})
	tile.(*kit.Tile).Tapped(nil)
	buttons[wordForward].Tapped(nil)
	r.until("Bob has it", func() bool { return len(r.messages("Bob")) == before+1 })
	if got := r.messages("Bob")[before]; got.Text != what.Text || !got.Forwarded {
		t.Errorf("passed on %+v", got)
	}
}

func TestDisappearing(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	if r.talk().timer.Visible() {
		t.Fatal("there is a chip although messages stay")
	}
	r.talk().chooseTimer(r.talk().panel)
	radio := find(r.top(), func(o fyne.CanvasObject) bool {
		x, ok := o.(*kit.Radio)
		return ok && x.AccessibilityLabel() == "One week"
	})
	if radio == nil {
		t.Fatal("one week cannot be chosen")
	}
	radio.(*kit.Radio).Tapped(nil)
	r.until("the chip says so", func() bool { return r.talk().timer.Visible() && r.talk().contact.Timer == 7*24*time.Hour })
}

func TestStarring(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	m := r.messages("Alice")[0]
	r.talk().messageMenu(m, "", fyne.NewPos(500, 400))
	r.press(r.top(), wordStar)
	r.until("it has a star", func() bool { return r.message(m.ID).Starred })
	r.talk().messageMenu(r.message(m.ID), "", fyne.NewPos(500, 400))
	r.press(r.top(), wordUnstar)
	r.until("it has none", func() bool { return !r.message(m.ID).Starred })
}

func TestALongTextIsCounted(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	c.entry.SetText(strings.Repeat("a", model.MaxText-countFrom))
	if c.left.Visible() {
		t.Error("it is counted although there is room")
	}
	c.entry.SetText(strings.Repeat("a", model.MaxText-7))
	if !c.left.Visible() || c.left.Text() != "7 bytes left" {
		t.Errorf("it says %q", c.left.Text())
	}
	long := strings.Repeat("a", model.MaxText+3)
	c.entry.SetText(long)
	if c.left.Text() != "3 bytes too long for one message" {
		t.Errorf("it says %q", c.left.Text())
	}
	before := len(r.messages("Alice"))
	c.submit()
	if c.entry.Text != long || len(r.messages("Alice")) != before {
		t.Error("what is too long leaves the field")
	}
}
