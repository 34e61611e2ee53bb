package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/theme"
)

// Switch is on or off, 40 by 24.
type Switch struct {
	pressable
	on        bool
	OnChanged func(on bool)

	track, knob, ring *canvas.Rectangle
}

// NewSwitch returns a switch; label is what a screen reader calls it.
func NewSwitch(label string, on bool, onChanged func(bool)) *Switch {
	s := &Switch{on: on, OnChanged: onChanged}
	s.label = label
	s.extend(s, func() {
		s.Set(!s.on)
		if s.OnChanged != nil {
			s.OnChanged(s.on)
		}
	})
	return s
}

// Set switches without calling OnChanged.
func (s *Switch) Set(on bool) { s.on = on; s.Refresh() }

// On reports the state.
func (s *Switch) On() bool { return s.on }

// CreateRenderer is called by the toolkit.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	s.track, s.knob, s.ring = &canvas.Rectangle{CornerRadius: 12}, &canvas.Rectangle{CornerRadius: 9}, ringRect()
	return NewView(s,
		func() fyne.Size { return fyne.NewSize(40, 24) },
		func(size fyne.Size) {
			y := (size.Height - 24) / 2
			place(s.track, 0, y, 40, 24)
			x := float32(3)
			if s.on {
				x = 19
			}
			place(s.knob, x, y+3, 18, 18)
			placeRing(s.ring, fyne.NewSize(40, 24), 12)
			s.ring.Move(fyne.NewPos(-4, y-4))
		},
		func() {
			track := theme.LineStrong
			if s.on {
				track = s.ground(theme.Accent, theme.AccentHover, theme.AccentPress)
			}
			left := float32(1)
			if s.disabled {
				left = theme.Disabled
			}
			s.track.FillColor = theme.Faded(track, left)
			s.knob.FillColor = color.White
			showRing(s.ring, s.focused)
		}, s.track, s.knob, s.ring)
}

// Radio is one of several choices: a ring with words beside it.
type Radio struct {
	pressable
	on               bool
	words            *Text
	outer, dot, ring *canvas.Rectangle
}

// NewRadio returns one choice. Whoever made it switches the others off.
func NewRadio(text string, on bool, onTap func()) *Radio {
	r := &Radio{on: on, words: NewText(text, theme.Body, theme.Ink)}
	r.label = text
	r.extend(r, onTap)
	return r
}

// Set chooses r or not.
func (r *Radio) Set(on bool) { r.on = on; r.Refresh() }

// CreateRenderer is called by the toolkit.
func (r *Radio) CreateRenderer() fyne.WidgetRenderer {
	r.outer, r.dot, r.ring = &canvas.Rectangle{CornerRadius: 10}, &canvas.Rectangle{CornerRadius: 4}, ringRect()
	return NewView(r,
		func() fyne.Size {
			if r.words.text == "" {
				return fyne.NewSquareSize(20)
			}
			return fyne.NewSize(28+r.words.MinSize().Width, 20)
		},
		func(s fyne.Size) {
			y := (s.Height - 20) / 2
			place(r.outer, 0, y, 20, 20)
			place(r.dot, 6, y+6, 8, 8)
			place(r.words, 28, y, s.Width-28, 20)
			placeRing(r.ring, fyne.NewSquareSize(20), 10)
			r.ring.Move(fyne.NewPos(-4, y-4))
		},
		func() {
			st := theme.Body
			if r.on {
				r.outer.FillColor, r.outer.StrokeWidth = theme.Color(theme.Accent), 0
				r.dot.FillColor = theme.Color(theme.OnAccent)
				st = st.SemiBold()
			} else {
				r.outer.FillColor, r.dot.FillColor = theme.Color(theme.Card), color.Transparent
				r.outer.StrokeColor, r.outer.StrokeWidth = theme.Color(theme.LineStrong), 2
			}
			r.words.SetStyle(st)
			r.words.SetFaded(r.disabled)
			showRing(r.ring, r.focused)
		}, r.outer, r.dot, r.words, r.ring)
}

// Segmented is a row of choices of which one is taken, 36 high.
func Segmented(options []string, chosen int, onChosen func(i int)) fyne.CanvasObject {
	segs := make([]*segment, len(options))
	row := HStack(2)
	for i, o := range options {
		s := &segment{words: NewText(o, theme.Small, theme.Ink2), on: i == chosen}
		s.label = o
		s.extend(s, func() {
			for _, other := range segs {
				other.on = other == s
				other.Refresh()
			}
			onChosen(i)
		})
		segs[i] = s
		row.Add(s)
	}
	return NewBox(theme.Well, PadAll(3, row)).Radius(theme.RadiusMD)
}

type segment struct {
	pressable
	words      *Text
	on         bool
	rect, ring *canvas.Rectangle
}

func (s *segment) CreateRenderer() fyne.WidgetRenderer {
	s.rect, s.ring = &canvas.Rectangle{CornerRadius: theme.RadiusSM}, ringRect()
	return NewView(s,
		func() fyne.Size {
			return fyne.NewSize(Measure(s.words.text, theme.Small.SemiBold())+28, 30)
		},
		func(size fyne.Size) {
			place(s.rect, 0, 0, size.Width, size.Height)
			placeRing(s.ring, size, theme.RadiusSM)
			w := s.words.MinSize().Width
			place(s.words, (size.Width-w)/2, (size.Height-18)/2, w, 18)
		},
		func() {
			s.rect.FillColor = color.Transparent
			st, ink := theme.Small, theme.Ink2
			if s.on {
				s.rect.FillColor = theme.Color(theme.Thumb)
				st, ink = st.SemiBold(), theme.Ink
			} else if s.hovered {
				ink = theme.Ink
			}
			s.words.SetStyle(st)
			s.words.SetColor(ink)
			showRing(s.ring, s.focused)
		}, s.rect, s.words, s.ring)
}
