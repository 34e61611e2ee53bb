package people

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/uitest"
)

func openOwn(t *testing.T, change func(*model.Contact)) (*screentest.Host, *screentest.Messenger, *model.Contact) {
	h, m := screentest.NewHost(t, 760, 1200), screentest.New("Alice")
	bob := m.Add("Bob", change)
	h.OpenSettled(Contact(h, m, bob.ID))
	return h, m, m.People[bob.ID]
}

func TestLabels(t *testing.T) {
	h, m, bob := openOwn(t, func(c *model.Contact) { c.Labels = []string{"Friends"} })
	m.Add("Bob Baker", func(c *model.Contact) { c.Labels = []string{"Friends", "Work"} })
	want := func(labels ...string) {
		t.Helper()
		if !slices.Equal(bob.Labels, labels) {
			t.Errorf("the labels are %q, want %q", bob.Labels, labels)
		}
	}
	h.WantSees(wordLabels, "Friends")
	h.Press(wordAddLabel)
	if h.Sees("Friends") {
		t.Error("a label that is there is offered")
	}
	h.Press("Work")
	want("Friends", "Work")
	h.WantSees("Friends", "Work")
	h.Press("Take off Friends")
	want("Work")
	if h.Sees("Friends") {
		t.Error("the label is still on show")
	}
	h.Press(wordAddLabel)
	h.Type(0, "Home")
	h.Enter(0)
	want("Home", "Work")
	h.WantSees("Home")
	h.Press(wordAddLabel)
	h.Type(0, " ")
	h.Enter(0)
	want("Home", "Work")
	h.WantSees(say.Problem(model.BadLabel))
	h.Type(0, "Bread")
	h.Enter(0)
	want("Bread", "Home", "Work")

	for i := range model.MaxLabels - 3 {
		bob.Labels = append(bob.Labels, strings.Repeat("x", i+1))
	}
	h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
	if h.Sees(wordAddLabel) {
		t.Error("one label too many is offered")
	}
}

func TestNote(t *testing.T) {
	h, m, bob := openOwn(t, func(c *model.Contact) { c.Remark = "Likes tea\nand cake" })
	changed := model.Event{Kind: model.EventContact, Contact: bob.ID}
	note := h.Fields()[0]
	away := func() { h.Window().Canvas().Unfocus(); h.Settle() }
	h.WantSees(wordNote, wordNoteText)
	if got := note.Text(); got != "Likes tea\nand cake" {
		t.Errorf("the field holds %q", got)
	}
	note.Focus()
	away()
	if len(m.Log) != 0 {
		t.Fatalf("looking at it wrote %v", m.Log)
	}
	note.Focus()
	h.Enter(0)
	test.Type(note.Entry(), "and pie")
	h.Event(changed)
	if got := note.Text(); got != "Likes tea\nand cake\nand pie" {
		t.Errorf("an event left %q of what was being written", got)
	}
	away()
	bob.Remark = "Likes water"
	h.Event(changed)
	if got := note.Text(); got != "Likes water" {
		t.Errorf("the field holds %q after the note was changed elsewhere", got)
	}
	note.Focus()
	h.Type(0, strings.Repeat("x", model.MaxRemark+1))
	away()
	h.WantSees(wordNoteLong)
	if bob.Remark != "Likes water" || len(note.Text()) != model.MaxRemark+1 {
		t.Error("what was too long is kept, or lost from the field")
	}
	h.Type(0, "Likes juice")
	h.Close()
	h.Settle()
	if got := strings.Join(m.Log, "; "); got != `remark "Likes tea\nand cake\nand pie"; remark "Likes juice"` {
		t.Errorf("what was done: %s", got)
	}
}

// The field is as high as the note, within limits, and what is below it makes room.
func TestNoteGrows(t *testing.T) {
	h, _, _ := openOwn(t, nil)
	note := h.Fields()[0]
	note.Focus()
	below := func() float32 { top, _ := h.Span(wordChoose); return top }
	start := below()
	for lines, want := range map[int]float32{1: 0, 2: 0, 3: 20, 8: 120, 30: 120} {
		note.SetText(strings.Repeat("line\n", lines-1) + "line")
		h.Settle()
		if got := below() - start; got != want {
			t.Errorf("with %d lines what is below is %v lower, want %v", lines, got, want)
		}
	}
}

// What is on its way is neither sent twice nor taken back by a page shown anew.
func TestNoteOnItsWay(t *testing.T) {
	h, m, bob := openOwn(t, nil)
	h.Fields()[0].Focus()
	h.Type(0, "Likes tea")
	h.Window().Canvas().Unfocus()
	h.Fields()[0].Focus()
	h.Window().Canvas().Unfocus()
	h.Settle()
	h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
	if got := strings.Join(m.Log, "; "); got != `remark "Likes tea"` || h.Fields()[0].Text() != "Likes tea" {
		t.Errorf("what was done: %s; the field holds %q", got, h.Fields()[0].Text())
	}
}

func TestMute(t *testing.T) {
	h, _, bob := openOwn(t, nil)
	for words, long := range map[string]time.Duration{"For 1 hour": time.Hour, "For 8 hours": 8 * time.Hour, "For 1 week": 7 * 24 * time.Hour, "Always": 0} {
		before := time.Now()
		h.Press(wordChoose)
		h.Press(words)
		least, most := before.Add(long), time.Now().Add(long)
		if long == 0 {
			least, most = model.Forever, model.Forever
		}
		if bob.MutedUntil.Before(least) || bob.MutedUntil.After(most) {
			t.Errorf("%s: muted until %v", words, bob.MutedUntil)
		}
		if long == 0 {
			h.WantSees(part.WordMuted, wordMutedEver)
		} else {
			h.WantSees(part.WordMuted, "Ends "+say.When(bob.MutedUntil, time.Now()))
		}
	}
	h.Press(wordChoose)
	h.Press(part.WordUnmute)
	if !bob.MutedUntil.IsZero() {
		t.Errorf("still muted until %v", bob.MutedUntil)
	}
	h.WantSees(wordMute, wordMuteText)
	h.Press(wordChoose)
	if h.Sees(part.WordUnmute) {
		t.Error("unmuting is offered although nothing is muted")
	}
}

func TestDisappearing(t *testing.T) {
	h, _, bob := openOwn(t, func(c *model.Contact) { c.Timer = time.Hour })
	h.WantSees(part.WordDisappear, part.WordDisappearText, part.TimerWords(time.Hour))
	for _, d := range []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour, 0} {
		h.Press(part.TimerWords(bob.Timer))
		h.WantSees(part.TimerWords(bob.Timer))
		h.Press(part.TimerWords(d))
		if bob.Timer != d {
			t.Errorf("%v was chosen, and is %v", d, bob.Timer)
		}
		h.WantSees(part.TimerWords(d))
	}
	bob.Alarm = model.AlarmKeysChanged
	h.Press(part.TimerWords(0))
	h.Press(part.TimerWords(24 * time.Hour))
	h.WantSees(part.TimerWords(0))
	for _, change := range []func(*model.Contact){
		func(c *model.Contact) { c.Blocked = true },
		func(c *model.Contact) { c.Blocked, c.Trust = false, model.TrustUnconfirmed },
	} {
		change(bob)
		h.Event(model.Event{Kind: model.EventContact, Contact: bob.ID})
		if h.Sees(part.WordDisappear) {
			t.Errorf("offered with %+v", bob)
		}
	}
}

func TestRemove(t *testing.T) {
	h, m, bob := openOwn(t, nil)
	h.Type(0, "half a note")
	h.WantSees("Remove Bob")
	h.Press(part.WordRemoveAsk)
	h.WantSees("Remove Bob from your contacts?")
	h.Press(wordCancel)
	if m.People[bob.ID] == nil || h.Page == nil {
		t.Fatal("removed although it was not to be")
	}
	h.Press(part.WordRemoveAsk)
	h.Press(wordRemove)
	if m.People[uitest.ID("Bob")] != nil || h.Page != nil {
		t.Errorf("after removing: %v, page %v", m.People, h.Page)
	}
	if len(m.Log) != 0 {
		t.Errorf("what was done to nobody: %v", m.Log)
	}
}
