package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/emoji"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// emojiSection is a group of the grid, with its title unless that is "".
type emojiSection struct {
	key, title string
	emoji      []emoji.Emoji
}

// emojiGrid shows emoji in cells of 36, of which only those on the screen are drawn.
type emojiGrid struct {
	widget.BaseWidget
	sections []emojiSection
	rows     []gridRow
	all      []emoji.Emoji // of all rows
	columns  int
	height   float32 // of all rows
	offset   float32
	at       int // chosen, or -1
	onPick   func(emoji.Emoji)
	onAt     func(emoji.Emoji)

	ground *canvas.Rectangle
	bar    *canvas.Rectangle
	drawn  []fyne.CanvasObject
}

// gridRow is a title, or some of the emoji.
type gridRow struct {
	title    string
	y, h     float32
	from, to int // of all
}

var (
	_ fyne.Scrollable   = (*emojiGrid)(nil)
	_ fyne.Tappable     = (*emojiGrid)(nil)
	_ desktop.Hoverable = (*emojiGrid)(nil)
)

var emojiInGrid = theme.Style{Size: 22, Line: emojiCell}

const gridTitle = 30

func newEmojiGrid(onPick, onAt func(emoji.Emoji)) *emojiGrid {
	g := &emojiGrid{at: -1, onPick: onPick, onAt: onAt}
	g.ground, g.bar = &canvas.Rectangle{CornerRadius: theme.RadiusSM}, &canvas.Rectangle{CornerRadius: 1.5}
	g.ExtendBaseWidget(g)
	return g
}

// set shows these, from the top.
func (g *emojiGrid) set(sections []emojiSection) {
	g.sections, g.offset, g.at = sections, 0, -1
	g.arrange()
	g.Refresh()
}

// arrange puts the emoji into rows.
func (g *emojiGrid) arrange() {
	g.columns = max(1, int(g.Size().Width/emojiCell))
	g.rows, g.all, g.height = g.rows[:0], g.all[:0], 0
	add := func(r gridRow) {
		r.y = g.height
		g.height += r.h
		g.rows = append(g.rows, r)
	}
	for _, s := range g.sections {
		if s.title != "" {
			add(gridRow{title: s.title, h: gridTitle, from: len(g.all), to: len(g.all)})
		}
		end := len(g.all) + len(s.emoji)
		for i := len(g.all); i < end; i += g.columns {
			add(gridRow{h: emojiCell, from: i, to: min(end, i+g.columns)})
		}
		g.all = append(g.all, s.emoji...)
	}
}

// showGroup scrolls to a group.
func (g *emojiGrid) showGroup(key string) {
	y, title := float32(0), ""
	for _, s := range g.sections {
		if s.key == key {
			title = s.title
		}
	}
	for _, r := range g.rows {
		if r.title == title {
			y = r.y
		}
	}
	g.offset = y
	g.Refresh()
}

// choose puts the keyboard or the pointer at an emoji; -1 is none.
func (g *emojiGrid) choose(i int) {
	if i >= len(g.all) {
		i = -1
	}
	g.at = i
	if c, ok := g.chosen(); ok {
		g.onAt(c)
	}
	g.Refresh()
}

func (g *emojiGrid) chosen() (emoji.Emoji, bool) {
	if g.at < 0 || g.at >= len(g.all) {
		return emoji.Emoji{}, false
	}
	return g.all[g.at], true
}

// row returns which row holds emoji i, or -1.
func (g *emojiGrid) row(i int) int {
	for n, r := range g.rows {
		if i >= r.from && i < r.to {
			return n
		}
	}
	return -1
}

// step goes to another emoji, past titles, and scrolls to it.
func (g *emojiGrid) step(dx, dy int) {
	n := g.row(g.at)
	switch {
	case len(g.all) == 0:
		return
	case n < 0:
		g.choose(0)
	case dx != 0:
		g.choose(max(0, min(g.at+dx, len(g.all)-1)))
	default:
		column := g.at - g.rows[n].from
		for n += dy; n >= 0 && n < len(g.rows); n += dy {
			if r := g.rows[n]; r.title == "" {
				g.choose(min(r.from+column, r.to-1))
				break
			}
		}
	}
	if n = g.row(g.at); n >= 0 {
		r := g.rows[n]
		if n == 1 && g.rows[0].title != "" {
			r.y = 0 // with the title
		}
		g.offset = max(min(g.offset, r.y), g.rows[n].y+r.h-g.Size().Height)
		g.Refresh()
	}
}

// under returns the emoji at a point, or -1.
func (g *emojiGrid) under(p fyne.Position) int {
	y, column := p.Y+g.offset, int(p.X/emojiCell)
	for _, r := range g.rows {
		if y >= r.y && y < r.y+r.h && p.X >= 0 && column < g.columns && r.from+column < r.to {
			return r.from + column
		}
	}
	return -1
}

// Scrolled is called by the toolkit.
func (g *emojiGrid) Scrolled(e *fyne.ScrollEvent) {
	kit.Touched()
	g.offset -= e.Scrolled.DY * 2
	g.choose(g.under(e.Position))
}

// Tapped chooses what is clicked.
func (g *emojiGrid) Tapped(e *fyne.PointEvent) {
	if i := g.under(e.Position); i >= 0 {
		g.onPick(g.all[i])
	}
}

// MouseIn, MouseMoved and MouseOut are called by the toolkit.
func (g *emojiGrid) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

func (g *emojiGrid) MouseMoved(e *desktop.MouseEvent) {
	kit.Touched()
	if i := g.under(e.Position); i >= 0 && i != g.at {
		g.choose(i)
	}
}

func (g *emojiGrid) MouseOut() {}

// AccessibilityLabel names what is chosen.
func (g *emojiGrid) AccessibilityLabel() string {
	c, _ := g.chosen()
	return c.Name
}

// AccessibilityRole says that this is text.
func (g *emojiGrid) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// draw draws the rows that are to be seen.
func (g *emojiGrid) draw() {
	s := g.Size()
	if s.Height <= 0 {
		return
	}
	if g.columns != max(1, int(s.Width/emojiCell)) {
		g.arrange()
	}
	g.offset = max(0, min(g.offset, g.height-s.Height))
	g.drawn = append(g.drawn[:0:0], g.ground)
	g.ground.FillColor = color.Transparent
	for _, r := range g.rows {
		y := r.y - g.offset
		if y+r.h <= 0 || y >= s.Height {
			continue
		}
		if r.title != "" {
			st := theme.Caption.SemiBold()
			g.drawn = kit.DrawLines(g.drawn, kit.Wrap(r.title, st, 0), st, theme.Color(theme.Ink2), 6, y+9, 0, fyne.TextAlignLeading)
		}
		for i := r.from; i < r.to; i++ {
			x := float32(i-r.from) * emojiCell
			if i == g.at {
				g.ground.FillColor = theme.Color(theme.HoverRaised)
				kit.At(g.ground, x, y, emojiCell, emojiCell)
			}
			g.drawn = kit.DrawLines(g.drawn, kit.Wrap(g.all[i].Text, emojiInGrid, 0), emojiInGrid, theme.Color(theme.Ink), x, y, emojiCell, fyne.TextAlignCenter)
		}
	}
	g.bar.FillColor = theme.Faded(theme.Ink3, .5)
	show(g.bar, g.height > s.Height)
	if g.height > 0 {
		part := s.Height / g.height
		kit.At(g.bar, s.Width-3, g.offset*part, 3, max(16, s.Height*part))
	}
	g.drawn = append(g.drawn, g.bar)
}

func (g *emojiGrid) CreateRenderer() fyne.WidgetRenderer { return gridRenderer{g} }

type gridRenderer struct{ g *emojiGrid }

func (r gridRenderer) Destroy()                     {}
func (r gridRenderer) IsClip()                      {} // the toolkit cuts off what lies outside
func (r gridRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(emojiCell) }
func (r gridRenderer) Layout(fyne.Size)             { r.g.draw() }
func (r gridRenderer) Refresh()                     { r.g.draw(); canvas.Refresh(r.g) }
func (r gridRenderer) Objects() []fyne.CanvasObject { return r.g.drawn }
