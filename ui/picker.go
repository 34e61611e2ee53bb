package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/emoji"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const (
	pickerWidth  = 9*emojiCell + 2*theme.S2
	pickerHeight = 388
	emojiCell    = 36
)

// picker is where an emoji is chosen: a search, the groups, and a grid of them. The
// field keeps the keyboard, and the arrow keys move in the grid.
type picker struct {
	widget.BaseWidget
	field  *kit.Field
	tabs   []fyne.CanvasObject
	grid   *emojiGrid
	name   *kit.Text
	recent []emoji.Emoji
	onPick func(emoji.Emoji)
	close  func()
}

// pickEmoji opens the picker at a part of the window at that place, and calls pick
// with what is chosen.
func (v *mainView) pickEmoji(at fyne.Position, size fyne.Size, pick func(text string)) *picker {
	p := newPicker(v.recent.All(), func(e emoji.Emoji) { v.useEmoji(e); pick(e.Text) })
	p.close = kit.ShowFloating(v.talk.timeline, at, size, pickerWidth, p)
	p.field.Focus()
	return p
}

// readEmoji reads which emoji were used last.
func (v *mainView) readEmoji() {
	var used []string
	v.Run(func(ctx context.Context) (err error) {
		used, err = v.m.UsedEmoji(ctx)
		return err
	}, func(err error) {
		if err != nil {
			v.fails(wordLoadFails, err)
		}
		first := len(v.recent.All()) == 0
		v.recent.Restore(used)
		if v.recalled = true; !first {
			v.keepEmoji()
		}
	})
}

// useEmoji keeps an emoji as the one that was used last.
func (v *mainView) useEmoji(e emoji.Emoji) {
	v.recent.Use(e)
	if v.recalled { // else it would replace those that are still being read
		v.keepEmoji()
	}
}

func (v *mainView) keepEmoji() {
	used := v.recent.Texts()
	v.writes.Run(func(ctx context.Context) error { return v.m.SetUsedEmoji(ctx, used) }, func(error) {})
}

func newPicker(recent []emoji.Emoji, onPick func(emoji.Emoji)) *picker {
	p := &picker{recent: recent, onPick: onPick, close: func() {}}
	p.field = kit.NewField(wordSearchEmoji).WithIcon("search")
	p.field.OnChanged = func(string) { p.fill() }
	p.field.OnKey(p.key)
	p.name = kit.NewText("", theme.Caption, theme.Ink2).Elided()
	p.grid = newEmojiGrid(p.pick, func(e emoji.Emoji) { p.name.SetText(e.Name) })
	for i, g := range emoji.Groups() {
		p.tabs = append(p.tabs, kit.NewEmojiButton(groupSigns[i], groupWords[i], func() {
			p.field.SetText("")
			p.grid.showGroup(g.Name)
			p.field.Focus()
		}))
	}
	p.ExtendBaseWidget(p)
	p.fill()
	return p
}

// fill shows what was searched for, else everything.
func (p *picker) fill() {
	if q := p.field.Text(); q != "" {
		found := emoji.Search(q)
		p.grid.set([]emojiSection{{emoji: found}})
		p.grid.choose(0)
		if len(found) == 0 {
			p.name.SetText(wordNoEmoji)
		}
		return
	}
	var all []emojiSection
	if len(p.recent) > 0 {
		all = append(all, emojiSection{title: wordRecentEmoji, emoji: p.recent})
	}
	for i, g := range emoji.Groups() {
		all = append(all, emojiSection{key: g.Name, title: groupWords[i], emoji: g.Emoji})
	}
	p.grid.set(all)
	p.grid.choose(-1)
	p.name.SetText("")
}

func (p *picker) pick(e emoji.Emoji) {
	p.close()
	p.onPick(e)
}

// key moves in the grid. Left and Right move the caret until an emoji is chosen.
func (p *picker) key(e *fyne.KeyEvent) bool {
	g := p.grid
	switch e.Name {
	case fyne.KeyDown:
		g.step(0, 1)
	case fyne.KeyUp:
		g.step(0, -1)
	case fyne.KeyLeft, fyne.KeyRight:
		if g.at < 0 {
			return false
		}
		by := 1
		if e.Name == fyne.KeyLeft {
			by = -1
		}
		g.step(by, 0)
	case fyne.KeyReturn, fyne.KeyEnter:
		if c, ok := g.chosen(); ok {
			p.pick(c)
		}
	case fyne.KeyEscape:
		p.close()
	default:
		return false
	}
	return true
}

// CreateRenderer is called by the toolkit.
func (p *picker) CreateRenderer() fyne.WidgetRenderer {
	line := kit.Hairline()
	objects := append([]fyne.CanvasObject{p.field, p.grid, p.name, line}, p.tabs...)
	return widget.NewSimpleRenderer(kit.Place(fyne.NewSize(pickerWidth, pickerHeight), func(s fyne.Size) {
		kit.At(p.field, 8, 8, s.Width-16, 36)
		w := (s.Width - 16) / float32(len(p.tabs))
		for i, t := range p.tabs {
			kit.At(t, 8+float32(i)*w+(w-emojiCell)/2, 50, emojiCell, emojiCell)
		}
		kit.At(line, 1, 92, s.Width-2, 1)
		kit.At(p.grid, 8, 93, s.Width-16, s.Height-93-28)
		kit.At(p.name, 14, s.Height-22, s.Width-28, 16)
	}, objects...))
}
