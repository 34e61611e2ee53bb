package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Box is a piece of ground: a rectangle with fill, outline, corners and
// shadow, and something on it. The setters return the box, to be chained.
type Box struct {
	widget.BaseWidget
	fill, stroke theme.Token
	strokeWidth  float32
	radius       float32
	shadow       string
	content      fyne.CanvasObject
	rect         *canvas.Rectangle
}

// NewBox returns a ground of that colour under content, which may be nil.
func NewBox(fill theme.Token, content fyne.CanvasObject) *Box {
	b := &Box{fill: fill, strokeWidth: 1, content: content}
	b.ExtendBaseWidget(b)
	return b
}

// Card returns a card with that padding between its outline and content: the
// box that things of one kind are put on.
func Card(padding float32, content fyne.CanvasObject) *Box {
	return NewBox(theme.Card, PadAll(padding+1, content)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

// Fill changes the ground.
func (b *Box) Fill(t theme.Token) *Box { b.fill = t; b.refresh(); return b }

// Stroke gives the box an outline of 1 px.
func (b *Box) Stroke(t theme.Token) *Box { b.stroke, b.strokeWidth = t, 1; b.refresh(); return b }

// StrokeWide gives the box an outline of 2 px.
func (b *Box) StrokeWide(t theme.Token) *Box { b.stroke, b.strokeWidth = t, 2; b.refresh(); return b }

// Radius rounds the corners.
func (b *Box) Radius(r float32) *Box { b.radius = r; b.refresh(); return b }

// Shadow lets the box float: "pop" or "float".
func (b *Box) Shadow(name string) *Box { b.shadow = name; b.refresh(); return b }

func (b *Box) refresh() {
	if b.rect != nil {
		b.Refresh()
	}
}

// HeightFor returns the height that b needs at that width.
func (b *Box) HeightFor(width float32) float32 {
	if b.content == nil {
		return 0
	}
	return HeightFor(b.content, width)
}

// CreateRenderer is called by the toolkit.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	b.rect = &canvas.Rectangle{}
	objects := []fyne.CanvasObject{b.rect}
	if b.content != nil {
		objects = append(objects, b.content)
	}
	return NewView(b,
		func() fyne.Size {
			if b.content == nil {
				return fyne.Size{}
			}
			return b.content.MinSize()
		},
		func(s fyne.Size) {
			place(b.rect, 0, 0, s.Width, s.Height)
			if b.content != nil {
				place(b.content, 0, 0, s.Width, s.Height)
			}
		},
		func() {
			b.rect.FillColor = theme.Fill(theme.Color(b.fill))
			b.rect.CornerRadius = b.radius
			b.rect.StrokeWidth = 0
			b.rect.Shadow = canvas.Shadow{}
			if b.stroke != theme.Transparent {
				b.rect.StrokeColor, b.rect.StrokeWidth = theme.Color(b.stroke), b.strokeWidth
			}
			if b.shadow != "" {
				b.rect.Shadow = theme.Shadow(b.shadow)
				b.rect.StrokeColor, b.rect.StrokeWidth = theme.Edge(b.fill), 1
			}
		}, objects...)
}

// Floating returns the ground of what floats, a menu or a dialog, under content.
func Floating(radius float32, content fyne.CanvasObject) *Box {
	return NewBox(theme.Popover, content).Radius(radius).Shadow("pop")
}

// Hairline is a line 1 px high, as wide as the room.
func Hairline() *Sep { return newSep(theme.Line, false) }

// HairlineUpright is a line 1 px wide, as high as the room.
func HairlineUpright() *Sep { return newSep(theme.Line, true) }

// Sep is a hairline.
type Sep struct {
	widget.BaseWidget
	color   theme.Token
	upright bool
}

func newSep(c theme.Token, upright bool) *Sep {
	s := &Sep{color: c, upright: upright}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is called by the toolkit.
func (s *Sep) CreateRenderer() fyne.WidgetRenderer {
	r := &canvas.Rectangle{}
	return NewView(s,
		func() fyne.Size { return fyne.NewSquareSize(1) },
		func(size fyne.Size) {
			if s.upright {
				place(r, 0, 0, 1, size.Height)
			} else {
				place(r, 0, 0, size.Width, 1)
			}
		},
		func() { r.FillColor = theme.Color(s.color) }, r)
}

// IconSquare is an icon on a rounded square, as beside a choice: size 36, 40 or
// 44. Filled squares stand on the accent, others on its soft tint.
func IconSquare(icon string, size float32, filled bool) fyne.CanvasObject {
	fill, ink := theme.AccentSoft, theme.AccentInk
	if filled {
		fill, ink = theme.Accent, theme.OnAccent
	}
	iconSize := float32(20)
	if size > 40 {
		iconSize = 22
	}
	return Sized(size, size, NewBox(fill, Middle(NewIcon(icon, iconSize, ink))).Radius(theme.RadiusLG))
}
