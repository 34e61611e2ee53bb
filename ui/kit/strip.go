package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

const (
	stripGap  = 6
	stripEdge = 4 // around the chips, for the ring of the focus
)

// Strip is a row of chips, 28 high and with 4 around them. Where there is no room
// for all, it moves sideways: by the wheel, and to whichever chip the keyboard is
// at. The arrow keys go from chip to chip.
type Strip struct {
	widget.BaseWidget
	chips  []*Chip
	offset float32
	view   *View
}

var _ fyne.Scrollable = (*Strip)(nil)

// NewStrip returns a row of chips.
func NewStrip(chips ...*Chip) *Strip {
	s := &Strip{}
	s.ExtendBaseWidget(s)
	s.Set(chips...)
	return s
}

// Set replaces the chips.
func (s *Strip) Set(chips ...*Chip) {
	s.chips = chips
	for _, c := range chips {
		c.strip = s
	}
	s.Refresh()
}

// Chips returns the chips.
func (s *Strip) Chips() []*Chip { return s.chips }

// Scrolled is called by the toolkit.
func (s *Strip) Scrolled(e *fyne.ScrollEvent) {
	Touched()
	s.offset -= (e.Scrolled.DX + e.Scrolled.DY) * 2
	s.Refresh()
}

// reveal moves the strip until a chip is on show, with the edge of what follows.
func (s *Strip) reveal(c *Chip) {
	from := c.Position().X + s.offset
	to := from + c.Size().Width
	const more = 4 * stripEdge
	s.offset = max(min(s.offset, from-more), to+more-s.Size().Width)
	s.Refresh()
}

// key takes the arrow keys, Home and End while the keyboard is at a chip.
func (s *Strip) key(at *Chip, e *fyne.KeyEvent) bool {
	i := 0
	for s.chips[i] != at {
		i++
	}
	switch e.Name {
	case fyne.KeyLeft:
		i--
	case fyne.KeyRight:
		i++
	case fyne.KeyHome:
		i = 0
	case fyne.KeyEnd:
		i = len(s.chips) - 1
	default:
		return false
	}
	if c := canvasOf(s); c != nil && i >= 0 && i < len(s.chips) {
		c.Focus(s.chips[i])
	}
	return true
}

func (s *Strip) layout(size fyne.Size) {
	total := float32(2*stripEdge - stripGap)
	for _, c := range s.chips {
		total += c.MinSize().Width + stripGap
	}
	s.offset = max(0, min(s.offset, total-size.Width))
	x := stripEdge - s.offset
	for _, c := range s.chips {
		w := c.MinSize().Width
		place(c, x, stripEdge, w, 28)
		x += w + stripGap
	}
}

// CreateRenderer is called by the toolkit.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	s.view = NewView(s,
		func() fyne.Size { return fyne.NewSize(60, 28+2*stripEdge) },
		s.layout,
		func() {
			if s.view == nil {
				return
			}
			s.view.objects = s.view.objects[:0:0]
			for _, c := range s.chips {
				s.view.objects = append(s.view.objects, c)
			}
		})
	s.view.paint()
	return clipped{s.view}
}

// clipped is a view of which the toolkit cuts off what lies outside.
type clipped struct{ *View }

// IsClip is looked for by the toolkit.
func (clipped) IsClip() {}
