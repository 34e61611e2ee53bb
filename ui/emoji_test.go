package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
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

// What was used is there again in the next window over the same profile, at most
// as many as are kept, and without what the font does not have.
func TestUsedEmojiAreKept(t *testing.T) {
	m := story()
	var many []string
	for _, e := range emoji.Groups()[1].Emoji[:model.MaxUsedEmoji+3] {
		many = append(many, e.Text)
	}
	if err := m.SetUsedEmoji(t.Context(), append([]string{"words"}, many...)); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	r.until("they are read", func() bool { return len(r.w.main.recent.All()) == model.MaxUsedEmoji })
	r.open("Alice")
	r.talk().composer.emoji.Tapped(nil)
	test.Type(r.picking().field.Entry(), "red heart")
	r.picking().field.Entry().TypedKey(key(fyne.KeyReturn))
	r.until("it is kept", func() bool {
		used, err := m.UsedEmoji(t.Context())
		return err == nil && slices.Equal(used, append([]string{"❤️"}, many[:model.MaxUsedEmoji-1]...))
	})
	again := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	again.until("they are read", func() bool { return len(again.w.main.recent.All()) > 0 })
	if got := again.w.main.recent.Texts(); got[0] != "❤️" || len(got) != model.MaxUsedEmoji {
		t.Errorf("the next window has %q", got)
	}
}

// An emoji that is used before the kept ones are read does not replace them.
func TestUsedEmojiAreReadFirst(t *testing.T) {
	m := story()
	_ = m.SetUsedEmoji(t.Context(), []string{"👍"})
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	v := r.w.main
	r.until("they are read", func() bool { return v.recalled })
	v.recent, v.recalled = emoji.Recent{}, false
	heart, _ := emoji.Of("red_heart")
	v.useEmoji(heart)
	v.readEmoji()
	r.until("both are kept", func() bool {
		used, _ := m.UsedEmoji(t.Context())
		return slices.Equal(used, []string{"❤️", "👍"})
	})
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

func TestEmojiByName(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	c := r.talk().composer
	c.focus()
	test.Type(c.entry, "so :t")
	if c.suggest.Visible() {
		t.Error("one letter suggests something")
	}
	test.Type(c.entry, "hu")
	found := emoji.Search("thu")
	if !c.suggest.Visible() || len(c.suggest.found) != min(len(found), suggestMost) || !c.entry.AcceptsTab() {
		t.Fatalf("%d are suggested", len(c.suggest.found))
	}
	x, y, _, h := r.at(c.suggest)
	if _, top, _, _ := r.at(c); x != 420 || y+h > top {
		t.Errorf("the list is at %v, %v to %v", x, y, y+h)
	}
	c.entry.TypedKey(key(fyne.KeyDown))
	c.entry.TypedKey(key(fyne.KeyTab))
	if want := "so " + found[1].Text; c.entry.Text != want || c.suggest.Visible() || c.entry.AcceptsTab() {
		t.Errorf("the field holds %q, not %q", c.entry.Text, want)
	}
	c.entry.SetText("")
	test.Type(c.entry, "(:red_heart:)")
	if c.entry.Text != "(❤️)" {
		t.Errorf("the field holds %q", c.entry.Text)
	}
	c.entry.SetText("")
	test.Type(c.entry, ":smi")
	c.entry.TypedKey(key(fyne.KeyEscape))
	test.Type(c.entry, "l")
	before := len(r.messages("Alice"))
	if c.suggest.Visible() {
		t.Error("Esc does not close the list for this word")
	}
	c.entry.TypedKey(key(fyne.KeyReturn))
	r.until("it is sent", func() bool { return len(r.messages("Alice")) == before+1 })
}

func TestEmojiWord(t *testing.T) {
	for _, x := range []struct {
		before, name string
		whole, ok    bool
	}{
		{":ca", "ca", false, true}, {"a :red_he", "red_he", false, true}, {":cat:", "cat", true, true},
		{"(:cat", "cat", false, true}, {"at 14:02", "", false, false}, {"https://a", "", false, false},
		{":c", "c", false, false}, {": cat", "", false, false}, {"cat", "", false, false}, {"", "", false, false},
	} {
		name, whole, ok := emojiWord(x.before)
		if ok != x.ok || ok && (name != x.name || whole != x.whole) {
			t.Errorf("%q: %q %v %v", x.before, name, whole, ok)
		}
	}
}

func TestAnyEmojiAsReaction(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	ms := r.messages("Alice")
	m := ms[len(ms)-1]
	r.talk().messageMenu(m, "", fyne.NewPos(500, 300))
	r.press(r.top(), wordMoreEmoji)
	p := r.picking()
	test.Type(p.field.Entry(), "teapot")
	p.field.Entry().TypedKey(key(fyne.KeyReturn))
	r.nothingOpen()
	r.until("the reaction is there", func() bool {
		x := r.message(m.ID).Reactions
		return len(x) == 1 && x[0].Emoji == "🫖" && x[0].Mine
	})
}

func TestReactionByKey(t *testing.T) {
	r := newRig(t, story(), stage.Screens{}, fyne.NewSize(1280, 800))
	r.open("Alice")
	tl := r.talk().timeline
	r.w.window.Canvas().Focus(tl)
	m, ok := tl.Chosen()
	if !ok {
		t.Fatal("no message is chosen")
	}
	tl.TypedRune('e')
	menu := r.w.window.Canvas().Focused()
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyRight, fyne.KeyReturn} {
		menu.TypedKey(key(k))
	}
	r.nothingOpen()
	r.until("the reaction is there", func() bool {
		x := r.message(m.ID).Reactions
		return len(x) == 1 && x[0].Emoji == quickReactions[1]
	})
}
