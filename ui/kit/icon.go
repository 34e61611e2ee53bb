package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Icon is one of the icons in one colour, square.
type Icon struct {
	widget.BaseWidget
	name  string
	size  float32
	color theme.Token
	faded bool
	image *canvas.Image
}

// NewIcon returns the icon of that name, size pixels wide and high.
func NewIcon(name string, size float32, color theme.Token) *Icon {
	i := &Icon{name: name, size: size, color: color}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes the drawing and its colour.
func (i *Icon) Set(name string, color theme.Token) {
	if i.name != name || i.color != color {
		i.name, i.color = name, color
		i.Refresh()
	}
}

// CreateRenderer is called by the toolkit.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	i.image = &canvas.Image{FillMode: canvas.ImageFillContain}
	return NewView(i,
		func() fyne.Size { return fyne.NewSquareSize(i.size) },
		func(s fyne.Size) {
			place(i.image, (s.Width-i.size)/2, (s.Height-i.size)/2, i.size, i.size)
		},
		func() {
			c := theme.Color(i.color)
			if i.faded {
				c = theme.Faded(i.color, theme.Disabled)
			}
			i.image.Resource = theme.IconColor(i.name, c)
			i.image.Refresh()
		}, i.image)
}

// Logo is the mark in two tones, size pixels wide and high.
type Logo struct {
	widget.BaseWidget
	size float32
}

// NewLogo returns the mark.
func NewLogo(size float32) *Logo {
	l := &Logo{size: size}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer is called by the toolkit.
func (l *Logo) CreateRenderer() fyne.WidgetRenderer {
	image := &canvas.Image{FillMode: canvas.ImageFillContain}
	return NewView(l,
		func() fyne.Size { return fyne.NewSquareSize(l.size) },
		func(s fyne.Size) { place(image, (s.Width-l.size)/2, (s.Height-l.size)/2, l.size, l.size) },
		func() { image.Resource = theme.Logo(); image.Refresh() },
		image)
}
