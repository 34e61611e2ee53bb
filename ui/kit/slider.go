package kit

import (
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/ui/theme"
)

// Slider chooses a whole number by dragging a knob of 24 along a line, or with
// the arrow keys.
type Slider struct {
	pressable
	least, most, value int
	OnChanged          func(value int)

	track, part, knob, ring *canvas.Rectangle
}

// NewSlider returns a slider from least to most; label is what a screen reader
// calls it.
func NewSlider(label string, least, most, value int, onChanged func(int)) *Slider {
	s := &Slider{least: least, most: most, value: value, OnChanged: onChanged}
	s.label = label
	s.extend(s, nil)
	return s
}

var _ fyne.Draggable = (*Slider)(nil)

const knobSize = 24

// set moves the knob and tells of it.
func (s *Slider) set(v int) {
	v = min(s.most, max(s.least, v))
	if v == s.value || s.disabled {
		return
	}
	s.value = v
	s.Refresh()
	s.OnChanged(v)
}

// at moves the knob to where the pointer is.
func (s *Slider) at(x float32) {
	share := float64((x - knobSize/2) / (s.Size().Width - knobSize))
	s.set(s.least + int(math.Round(share*float64(s.most-s.least))))
}

// Tapped, Dragged and DragEnd are called by the toolkit.
func (s *Slider) Tapped(e *fyne.PointEvent) {
	if e != nil {
		s.at(e.Position.X)
	}
}
func (s *Slider) Dragged(e *fyne.DragEvent) { s.at(e.Position.X) }
func (s *Slider) DragEnd()                  {}

// TypedKey is called by the toolkit.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.set(s.value - 1)
	case fyne.KeyRight, fyne.KeyUp:
		s.set(s.value + 1)
	case fyne.KeyHome:
		s.set(s.least)
	case fyne.KeyEnd:
		s.set(s.most)
	default:
		s.pressable.TypedKey(e)
	}
}

// Cursor is asked for by the toolkit.
func (s *Slider) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel returns what a screen reader says: the name and the value.
func (s *Slider) AccessibilityLabel() string { return fmt.Sprintf("%s, %d", s.label, s.value) }

// CreateRenderer is called by the toolkit.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	s.track, s.part = &canvas.Rectangle{CornerRadius: 2}, &canvas.Rectangle{CornerRadius: 2}
	s.knob, s.ring = &canvas.Rectangle{CornerRadius: knobSize / 2, StrokeWidth: 2}, ringRect()
	return NewView(s,
		func() fyne.Size { return fyne.NewSize(180, knobSize) },
		func(size fyne.Size) {
			y := (size.Height - knobSize) / 2
			x := (size.Width - knobSize) * float32(s.value-s.least) / float32(s.most-s.least)
			place(s.track, 0, y+10, size.Width, 4)
			place(s.part, 0, y+10, x+knobSize/2, 4)
			place(s.knob, x, y, knobSize, knobSize)
			placeRing(s.ring, fyne.NewSquareSize(knobSize), knobSize/2)
			s.ring.Move(fyne.NewPos(x-4, y-4))
		},
		func() {
			s.track.FillColor, s.part.FillColor = theme.Color(theme.Track), theme.Color(theme.AccentInk)
			s.knob.FillColor, s.knob.StrokeColor = theme.Color(theme.Card), theme.Color(theme.AccentInk)
			showRing(s.ring, s.focused)
		}, s.track, s.part, s.knob, s.ring)
}
