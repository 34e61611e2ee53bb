package part

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// DropZone is a room of that height with a bracket in each corner, for a picture
// to be dropped on. Who presses it instead is asked for a file; name is what a
// screen reader calls that.
func DropZone(height float32, name string, pressed func(), content fyne.CanvasObject) fyne.CanvasObject {
	var corners [4]fyne.CanvasObject
	for i := range corners {
		corners[i] = newCorner(i)
	}
	middle := kit.NewTile(kit.TileRow, theme.RadiusLG, name, kit.Middle(content), pressed)
	return kit.Place(fyne.NewSize(0, height), func(s fyne.Size) {
		kit.At(middle, 4, 4, s.Width-8, s.Height-8) // inside the brackets
		kit.At(corners[0], 0, 0, cornerSize, cornerSize)
		kit.At(corners[1], s.Width-cornerSize, 0, cornerSize, cornerSize)
		kit.At(corners[2], s.Width-cornerSize, s.Height-cornerSize, cornerSize, cornerSize)
		kit.At(corners[3], 0, s.Height-cornerSize, cornerSize, cornerSize)
	}, middle, corners[0], corners[1], corners[2], corners[3])
}

// OnDrop calls f with the path of the first file dropped on the window, until
// the returned function is called.
func OnDrop(h stage.Host, f func(path string)) (stop func()) {
	h.Window().SetOnDropped(func(_ fyne.Position, files []fyne.URI) {
		if len(files) > 0 {
			f(files[0].Path())
		}
	})
	return func() { h.Window().SetOnDropped(nil) }
}

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
	image := &canvas.Image{FillMode: canvas.ImageFillStretch}
	return kit.NewView(c, func() fyne.Size { return fyne.NewSquareSize(cornerSize) },
		func(s fyne.Size) { kit.At(image, 0, 0, s.Width, s.Height) },
		func() { image.Resource = c.drawing(); image.Refresh() },
		image)
}

// drawing returns the outline of the bracket as a filled shape: the toolkit does
// not scale strokes.
func (c *corner) drawing() fyne.Resource {
	// The four are mirrored by the sign of each axis.
	flip := [4][2]bool{{false, false}, {true, false}, {true, true}, {false, true}}[c.at]
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
	ink := theme.Color(theme.LineStrong)
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"><path fill="#%02x%02x%02x" d="%s"/></svg>`,
		cornerSize, cornerSize, cornerSize, cornerSize, ink.R, ink.G, ink.B, path)
	return fyne.NewStaticResource(fmt.Sprintf("corner-%d-%02x%02x%02x.svg", c.at, ink.R, ink.G, ink.B), []byte(svg))
}
