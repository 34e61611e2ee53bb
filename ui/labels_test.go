package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// labels returns what the chips above the list say, the chosen one in brackets.
func (r *rig) labels() string {
	l := r.w.main.list
	if !l.labels.Visible() {
		return ""
	}
	var all []string
	for _, c := range l.labels.Chips() {
		s := c.AccessibilityLabel()
		if c.On() {
			s = "[" + s + "]"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// chip returns the chip of a label.
func (r *rig) chip(label string) *kit.Chip {
	r.t.Helper()
	for _, c := range r.w.main.list.labels.Chips() {
		if c.AccessibilityLabel() == label {
			return c
		}
	}
	r.t.Fatalf("no chip %q in %s", label, r.labels())
	return nil
}

func TestLabelsFilterTheList(t *testing.T) {
	r := owned(t)
	l := r.w.main.list
	want := func(chips string, names ...string) {
		t.Helper()
		if got := r.labels(); got != chips {
			t.Errorf("the chips are %q, want %q", got, chips)
		}
		r.wantNames(names...)
	}
	want("[All] Friends Work", wordArchive, "Bob", "Alice", "Alice Archer", "Bob Friend")
	r.wantAt("first row", l.rows.rows[0], 8, 94, 303, 64)
	if x, y, _, h := r.at(l.labels.Chips()[0]); x != 12 || y != 60 || h != 28 {
		t.Errorf("the first chip is at %v,%v, %v high", x, y, h)
	}
	r.chip("Work").Tapped(nil)
	want("All Friends [Work]", "Bob Friend")
	r.chip("Friends").Tapped(nil)
	want("All [Friends] Work", "Bob", "Bob Friend")
	r.w.main.step(1)
	r.w.main.step(1)
	if got := r.talk().contact.Name; got != "Bob Friend" {
		t.Errorf("the conversations are gone through as if there were no label: %s", got)
	}

	// A label that nobody has any more is forgotten; so is one that is pressed again.
	r.m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Labels = nil })
	r.until("Bob is gone", func() bool { return len(r.names()) == 1 })
	r.m.ChangeContact(uitest.ID("Bob Friend"), func(c *model.Contact) { c.Labels = []string{"Work"} })
	r.until("all are back", func() bool { return len(r.names()) == 5 })
	want("[All] Work", wordArchive, "Bob", "Alice", "Alice Archer", "Bob Friend")
	r.chip("Work").Tapped(nil)
	r.chip("Work").Tapped(nil)
	want("[All] Work", wordArchive, "Bob", "Alice", "Alice Archer", "Bob Friend")

	// Each half of the list has its own labels.
	r.m.ChangeContact(uitest.ID("Bob Baker"), func(c *model.Contact) { c.Labels = []string{"Bread"} })
	l.showArchive(true)
	r.until("the archive has a label", func() bool { return r.labels() == "[All] Bread" })
	l.showArchive(false)
	r.find("bob")
	if r.labels() != "" || len(r.foundRows()) < 3 {
		t.Errorf("the search has the chips %q, and finds %q", r.labels(), r.foundRows())
	}
	r.w.main.escape()
	r.m.ChangeContact(uitest.ID("Bob Friend"), func(c *model.Contact) { c.Labels = nil })
	r.until("there are no labels", func() bool { return r.labels() == "" })
	r.wantAt("first row", l.rows.rows[0], 8, 60, 303, 64)
}

func TestManyAndLongLabels(t *testing.T) {
	m := story()
	m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) {
		for i := range 12 {
			c.Labels = append(c.Labels, fmt.Sprintf("Label %c", 'A'+i))
		}
		c.Labels = append(c.Labels, strings.Repeat("Long ", 12))
	})
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	strip := r.w.main.list.labels
	chips := strip.Chips()
	if w := chips[13].Size().Width; w > labelWidth+24 {
		t.Errorf("the long label is %v wide", w)
	}
	shown := func(c *kit.Chip) bool {
		x, _, w, _ := r.at(c)
		left, _, width, _ := r.at(strip)
		return x >= left && x+w <= left+width
	}
	canvas := r.w.window.Canvas()
	canvas.Focus(chips[0])
	for range 13 {
		canvas.Focused().TypedKey(key(fyne.KeyRight))
	}
	if canvas.Focused() != fyne.Focusable(chips[13]) || !shown(chips[13]) || shown(chips[0]) {
		t.Error("the arrow keys do not lead to the last chip, or it is out of sight")
	}
	canvas.Focused().TypedKey(key(fyne.KeyRight))
	canvas.Focused().TypedKey(key(fyne.KeyLeft))
	canvas.Focused().TypedKey(key(fyne.KeySpace))
	if got := r.w.main.list.label; got != "Label L" {
		t.Errorf("chosen is %q", got)
	}
	canvas.Focused().TypedKey(key(fyne.KeyHome))
	if canvas.Focused() != fyne.Focusable(chips[0]) || !shown(chips[0]) {
		t.Error("Home does not lead to the first")
	}
	strip.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -2000)})
	if !shown(chips[13]) || shown(chips[0]) {
		t.Error("the wheel does not move the row")
	}
	strip.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 4000)})
	if x, _, _, _ := r.at(chips[0]); x != 12 {
		t.Errorf("moved back, the first chip is at %v", x)
	}
}
