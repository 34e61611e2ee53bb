package people

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// cornerSize is the length of a bracket's arms, in pixels.
const cornerSize = 22

// corner is a bracket of two lines and an arc, 2 px wide: the toolkit has no
// dashed outline, and cannot draw a part of one.
type corner struct {
	widget.BaseWidget
	at int // 0 top left, then clockwise
}

func newCorner(at int) *corner {
	c := &corner{at: at}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer is called by the toolkit.
func (c *corner) CreateRenderer() fyne.WidgetRenderer {
	v := &cornerView{c: c, image: &canvas.Image{FillMode: canvas.ImageFillStretch}}
	v.paint()
	return v
}

type cornerView struct {
	c     *corner
	image *canvas.Image
}

// paint draws the outline of the bracket as a filled shape: the toolkit does
// not scale strokes.
func (v *cornerView) paint() {
	// The four are mirrored by the sign of each axis.
	flip := [4][2]bool{{false, false}, {true, false}, {true, true}, {false, true}}[v.c.at]
	x := func(n float64) float64 {
		if flip[0] {
			return cornerSize - n
		}
		return n
	}
	y := func(n float64) float64 {
		if flip[1] {
			return cornerSize - n
		}
		return n
	}
	const r, k = 12, .4477 // radius; how far a Bézier's handle is from the corner
	path := fmt.Sprintf("M%g %gV%gC%g %g %g %g %g %gH%gV%gH%gC%g %g %g %g %g %gV%gZ",
		x(0), y(cornerSize), y(r),
		x(0), y(r*k), x(r*k), y(0), x(r), y(0),
		x(cornerSize), y(2), x(r),
		x(2+(r-2)*k), y(2), x(2), y(2+(r-2)*k), x(2), y(r),
		y(cornerSize))
	c := theme.Color(theme.LineStrong)
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"><path fill="#%02x%02x%02x" d="%s"/></svg>`,
		cornerSize, cornerSize, cornerSize, cornerSize, c.R, c.G, c.B, path)
	v.image.Resource = fyne.NewStaticResource(fmt.Sprintf("corner-%d-%02x%02x%02x.svg", v.c.at, c.R, c.G, c.B), []byte(svg))
}

func (v *cornerView) Destroy()                     {}
func (v *cornerView) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{v.image} }
func (v *cornerView) MinSize() fyne.Size           { return fyne.NewSquareSize(cornerSize) }
func (v *cornerView) Layout(s fyne.Size)           { kit.At(v.image, 0, 0, s.Width, s.Height) }
func (v *cornerView) Refresh() {
	v.paint()
	v.image.Refresh()
}
