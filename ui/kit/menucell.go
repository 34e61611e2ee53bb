package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/theme"
)

const cellsHeight = 52 // of the row above a menu's items, with the hairline below it

// menuCell is one emoji of that row.
type menuCell struct {
	pressable
	menu *Menu
	i    int
	cell MenuCell
	ring *canvas.Rectangle
}

func (m *Menu) setCells(cells []MenuCell) {
	for i, c := range cells {
		x := &menuCell{menu: m, i: i, cell: c, ring: &canvas.Rectangle{CornerRadius: 16}}
		x.label = c.Label
		x.extend(x, func() { m.close(); c.Do() })
		m.cells = append(m.cells, x)
	}
}

func (m *Menu) moveCell(i int) {
	if m.in != i {
		m.in = i
		for _, c := range m.cells {
			c.Refresh()
		}
	}
}

// CreateRenderer is called by the toolkit.
func (c *menuCell) CreateRenderer() fyne.WidgetRenderer {
	var o fyne.CanvasObject
	if c.cell.Icon != "" {
		o = NewIcon(c.cell.Icon, 20, theme.Ink2)
	} else {
		o = NewText(c.cell.Emoji, theme.Style{Size: 18, Line: 24}, theme.Ink)
	}
	return NewView(c,
		func() fyne.Size { return fyne.NewSquareSize(36) },
		func(s fyne.Size) {
			place(c.ring, 2, 2, s.Width-4, s.Height-4)
			m := o.MinSize()
			place(o, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
		},
		func() {
			ground := c.ground(theme.Transparent, theme.HoverRaised, theme.Press)
			c.ring.StrokeWidth = 0
			if c.cell.On {
				ground, c.ring.StrokeWidth, c.ring.StrokeColor = theme.Select, 1, theme.Color(theme.AccentInk)
			}
			if c.menu.in == c.i {
				ground = theme.HoverRaised
			}
			c.ring.FillColor = theme.Fill(theme.Color(ground))
		}, c.ring, o)
}

// NewEmojiButton returns an emoji to press, 36 square, on a card or popover.
func NewEmojiButton(emoji, tip string, onTap func()) fyne.CanvasObject {
	b := &emojiButton{words: NewText(emoji, theme.Style{Size: 18, Line: 24}, theme.Ink), rect: &canvas.Rectangle{CornerRadius: theme.RadiusMD}, ring: ringRect()}
	b.tip, b.label = tip, tip
	b.extend(b, onTap)
	return b
}

type emojiButton struct {
	pressable
	words *Text
	rect  *canvas.Rectangle
	ring  *canvas.Rectangle
}

// CreateRenderer is called by the toolkit.
func (b *emojiButton) CreateRenderer() fyne.WidgetRenderer {
	return NewView(b,
		func() fyne.Size { return fyne.NewSquareSize(36) },
		func(s fyne.Size) {
			place(b.rect, 0, 0, s.Width, s.Height)
			placeRing(b.ring, s, theme.RadiusMD)
			m := b.words.MinSize()
			place(b.words, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
		},
		func() {
			b.rect.FillColor = theme.Fill(theme.Color(b.ground(theme.Transparent, theme.HoverRaised, theme.Press)))
			showRing(b.ring, b.focused)
		}, b.rect, b.words, b.ring)
}
