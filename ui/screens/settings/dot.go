package settings

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// newDot returns one of the accents to choose from: a disc of 28, with a ring
// around the one in use.
func newDot(s theme.Swatch, on bool, tap func()) fyne.CanvasObject {
	d := &dot{swatch: s, on: on}
	d.ExtendBaseWidget(d)
	return kit.NewTile(kit.TileRow, 14, s.Name, d, tap)
}

type dot struct {
	widget.BaseWidget
	swatch theme.Swatch
	on     bool
}

// CreateRenderer is called by the toolkit.
func (d *dot) CreateRenderer() fyne.WidgetRenderer {
	disc := &canvas.Rectangle{CornerRadius: 14}
	ring := &canvas.Rectangle{CornerRadius: 18, StrokeWidth: 2, FillColor: color.Transparent}
	return kit.NewView(d, func() fyne.Size { return fyne.NewSquareSize(28) }, func(fyne.Size) {
		kit.At(disc, 0, 0, 28, 28)
		kit.At(ring, -4, -4, 36, 36)
	}, func() {
		disc.FillColor = d.swatch.Fill[0]
		if theme.IsDark() {
			disc.FillColor = d.swatch.Fill[1]
		}
		ring.StrokeColor = theme.Color(theme.Focus)
		ring.Hidden = !d.on
	}, disc, ring)
}
