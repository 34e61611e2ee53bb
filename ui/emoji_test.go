package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/ui/emoji"
	"sotto/ui/stage"
)

// picking returns the picker that is open.
func (r *rig) picking() *picker {
	r.t.Helper()
	p, ok := find(r.top(), func(o fyne.CanvasObject) bool { _, ok := o.(*picker); return ok }).(*picker)
	if !ok {
		r.t.Fatal("no picker is open")
	}
	return p
}

func (r *rig) nothingOpen() {
	r.t.Helper()
	if r.w.window.Canvas().Overlays().Top() != nil {
		r.t.Error("something is still open")
	}
}

func TestPickerInsertsAtTheCaret(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	r.wantAt("emoji", c.emoji, 1100, 738, 36, 36)
	c.focus()
	test.Type(c.entry, "ab")
	c.entry.TypedKey(key(fyne.KeyLeft))
	c.emoji.Tapped(nil)
	p := r.picking()
	test.Type(p.field.Entry(), "red heart")
	p.field.Entry().TypedKey(key(fyne.KeyReturn))
	if c.entry.Text != "a❤️b" {
		t.Errorf("the field holds %q", c.entry.Text)
	}
	r.nothingOpen()
	if r.w.window.Canvas().Focused() != c.entry {
		t.Error("the keyboard does not come back")
	}
	c.emoji.Tapped(nil)
	p = r.picking()
	if s := p.grid.sections[0]; s.title != wordRecentEmoji || s.emoji[0].Text != "❤️" {
		t.Errorf("above all stands %q", s.title)
	}
	p.field.Entry().TypedKey(key(fyne.KeyEscape))
	r.nothingOpen()
}

func TestPickerByArrowsAndPointer(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	c.emoji.Tapped(nil)
	p := r.picking()
	g, all := p.grid, emoji.Groups()[0].Emoji
	if g.columns != 9 {
		t.Fatalf("%d columns", g.columns)
	}
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyRight} {
		p.field.Entry().TypedKey(key(k))
	}
	if got, _ := g.chosen(); got != all[10] || p.name.Text() != all[10].Name {
		t.Errorf("the keys lead to %+v", got)
	}
	for range 40 {
		p.field.Entry().TypedKey(key(fyne.KeyDown))
	}
	if row := g.rows[g.row(g.at)]; g.at < 300 || row.y < g.offset || row.y+row.h > g.offset+g.Size().Height {
		t.Errorf("%d is chosen, at %v of %v", g.at, row.y, g.offset)
	}
	if len(g.drawn) > 120 {
		t.Errorf("%d objects are drawn", len(g.drawn))
	}
	want := emoji.Groups()[8]
	r.press(r.top(), groupWords[8])
	g.Tapped(&fyne.PointEvent{Position: fyne.NewPos(40, gridTitle+5)})
	if c.entry.Text != want.Emoji[1].Text {
		t.Errorf("the field holds %q, not %q", c.entry.Text, want.Emoji[1].Text)
	}
	c.emoji.Tapped(nil)
	p = r.picking()
	test.Type(p.field.Entry(), "qqqq")
	p.field.Entry().TypedKey(key(fyne.KeyReturn))
	if p.name.Text() != wordNoEmoji || len(p.grid.all) != 0 {
		t.Error("something is found")
	}
}
