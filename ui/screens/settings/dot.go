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
	v := &dotView{d: d, disc: &canvas.Rectangle{CornerRadius: 14},
		ring: &canvas.Rectangle{CornerRadius: 18, StrokeWidth: 2, FillColor: color.Transparent}}
	v.paint()
	return v
}

type dotView struct {
	d          *dot
	disc, ring *canvas.Rectangle
}

func (v *dotView) paint() {
	v.disc.FillColor = v.d.swatch.Fill[0]
	if theme.IsDark() {
		v.disc.FillColor = v.d.swatch.Fill[1]
	}
	v.ring.StrokeColor = theme.Color(theme.Focus)
	v.ring.Hidden = !v.d.on
}

func (v *dotView) Destroy()                     {}
func (v *dotView) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{v.disc, v.ring} }
func (v *dotView) MinSize() fyne.Size           { return fyne.NewSquareSize(28) }
func (v *dotView) Layout(fyne.Size) {
	kit.At(v.disc, 0, 0, 28, 28)
	kit.At(v.ring, -4, -4, 36, 36)
}

func (v *dotView) Refresh() {
	v.paint()
	v.disc.Refresh()
	v.ring.Refresh()
}
