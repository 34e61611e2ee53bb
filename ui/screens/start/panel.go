package start

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// The panel is a picture, the same in light and dark and under every accent.
var (
	panelTop    = color.NRGBA{0x1B, 0x6C, 0x77, 0xFF}
	panelBottom = color.NRGBA{0x0E, 0x42, 0x4A, 0xFF}
	panelInk    = color.NRGBA{0xFA, 0xF8, 0xF4, 0xFF}
	panelInk2   = color.NRGBA{0xD3, 0xE4, 0xE4, 0xFF}
	panelGhost  = color.NRGBA{0xFF, 0xFF, 0xFF, 0x17} // 9 %
)

const (
	panelWidth = 480
	// The large mark begins left of the panel and ends below it.
	markSize, markLeft, markAbove = 720, 190, 678
)

// panel is the left part of the welcome screen.
type panel struct{ widget.BaseWidget }

func newPanel() *panel {
	p := &panel{}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is called by the toolkit.
func (p *panel) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRaster(p.ground)
	mark := canvas.NewRaster(func(w, _ int) image.Image { return theme.LogoPicture(panelInk, w) })
	name := kit.DrawLines(nil, kit.Wrap(wordSotto, theme.Heading, 0), theme.Heading, panelInk, 104, 60, 300, fyne.TextAlignLeading)

	// The words stand inside the lower bubble of the large mark, and both keep
	// their distance from the lower edge.
	body := theme.Style{Size: 16, Line: 24}
	lines := kit.Wrap(wordPanel, body, 330)
	words := kit.DrawLines(nil, kit.Wrap(wordQuiet, theme.Display, 0), theme.Display, panelInk, 56, 0, 400, fyne.TextAlignLeading)
	words = kit.DrawLines(words, lines, body, panelInk2, 56, 48, 400, fyne.TextAlignLeading)
	at := make([]fyne.Position, len(words))
	for i, o := range words {
		at[i] = o.Position()
	}
	objects := append([]fyne.CanvasObject{ground, mark}, name...)
	objects = append(objects, words...)
	return kit.NewView(p, func() fyne.Size { return fyne.NewSize(panelWidth, 0) }, func(s fyne.Size) {
		kit.At(ground, 0, 0, s.Width, s.Height)
		kit.At(mark, 56, 56, 36, 36)
		for i, o := range words {
			o.Move(at[i].AddXY(0, s.Height-226))
		}
	}, nil, objects...)
}

// ground returns the ground of the panel with a large mark on it, in w by h pixels.
// They are put together here because much of the mark lies outside, and each row
// of the ground has one colour: the toolkit works out each pixel of a gradient,
// which at the start is noticed.
func (p *panel) ground(w, h int) image.Image {
	column := canvas.NewVerticalGradient(panelTop, panelBottom).Generate(1, h)
	ground := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		draw.Draw(ground, image.Rect(0, y, w, y+1), image.NewUniform(column.At(0, y)), image.Point{}, draw.Src)
	}
	scale := float32(w) / p.Size().Width
	mark := theme.LogoPicture(panelGhost, int(markSize*scale))
	at := image.Pt(int(-markLeft*scale), h-int(markAbove*scale))
	draw.Draw(ground, mark.Bounds().Add(at), mark, image.Point{}, draw.Over)
	return ground
}
