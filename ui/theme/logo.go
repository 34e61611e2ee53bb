package theme

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"sotto/assets"
)

// LogoPicture returns the mark in one colour, side pixels wide and high.
// Where it is large it is to be drawn once, in the pixels of the display: the
// toolkit draws the picture of a resource in twice the size before it knows them.
func LogoPicture(c color.NRGBA, side int) *image.RGBA {
	opaque := color.NRGBA{R: c.R, G: c.G, B: c.B, A: 0xFF}
	svg := recolour("logo-mono", assets.Logo(assets.LogoMono), "currentColor", opaque)
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg.Content()))
	if err != nil {
		panic(fmt.Sprint("theme: the mark: ", err)) // it is ours
	}
	im := image.NewRGBA(image.Rect(0, 0, side, side))
	icon.SetTarget(0, 0, float64(side), float64(side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, im, im.Bounds())), float64(c.A)/0xFF)
	return im
}
