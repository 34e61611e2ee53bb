package tray

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"sotto/assets"
	"sotto/ui/theme"
)

// markSize is the side of the tray's picture in pixels: trays make it smaller.
const markSize = 64

// A tray's ground may be light or dark, and does not say. The mark is told from
// both, and the badge from the mark.
var (
	markColor  = color.NRGBA{0x2f, 0x95, 0xa3, 0xff}
	badgeColor = color.NRGBA{0xc0, 0x3a, 0x2b, 0xff}
)

// mark returns the picture of the tray as PNG: the mark, and how many messages
// wait, if any do.
func mark(unread int) ([]byte, error) {
	im := theme.LogoPicture(markColor, markSize)
	if unread > 0 {
		if err := badge(im, unread); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		return nil, fmt.Errorf("tray: %w", err)
	}
	return b.Bytes(), nil
}

// badge draws a disc with a number into the lower right corner.
func badge(im *image.RGBA, n int) error {
	const r, gap = 21, 3 // the disc, and the clear ring that sets it off from the mark
	x, y := markSize-r, markSize-r
	for py := range markSize {
		for px := range markSize {
			switch d := (px-x)*(px-x) + (py-y)*(py-y); {
			case d < r*r:
				im.Set(px, py, badgeColor)
			case d < (r+gap)*(r+gap):
				im.Set(px, py, color.Transparent)
			}
		}
	}
	words := strconv.Itoa(n)
	if n > 9 {
		words = "9+"
	}
	f, err := opentype.Parse(assets.Font("Inter-SemiBold.otf"))
	if err != nil {
		return fmt.Errorf("tray: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 30, DPI: 72})
	if err != nil {
		return fmt.Errorf("tray: %w", err)
	}
	defer face.Close()
	d := font.Drawer{Dst: im, Src: image.White, Face: face}
	box, _ := d.BoundString(words)
	d.Dot = fixed.Point26_6{
		X: fixed.I(x) - (box.Min.X+box.Max.X)/2,
		Y: fixed.I(y) - (box.Min.Y+box.Max.Y)/2,
	}
	d.DrawString(words)
	return nil
}
