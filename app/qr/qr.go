// Package qr draws and reads QR codes.
//
// Encode turns a text into a Code, which the window draws module by module and
// sotto-cli saves as a PNG. Decode finds a code in a picture that somebody sent:
// the picture is hostile input, so its size is checked before it is unpacked and
// the reader runs where a panic of it ends in an error.
package qr

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"

	encoder "github.com/piglig/go-qr"
)

// Quiet is the width of the light margin around a code, in modules
// (ISO/IEC 18004 §6.3.8).
const Quiet = 4

// Code is a QR code: a square of dark and light modules.
type Code struct{ modules *encoder.QrCode }

// Encode returns the smallest code that holds text, at the highest level of
// error correction that this size has room for. A text in upper-case letters,
// digits and " $%*+-./:" gives the smallest code (alphanumeric mode); the limit
// is then 4,296 characters, else 2,953 bytes.
func Encode(text string) (Code, error) {
	modules, err := encoder.EncodeText(text, encoder.Low)
	if err != nil {
		return Code{}, fmt.Errorf("qr: encode %d bytes: %w", len(text), err)
	}
	return Code{modules}, nil
}

// Size returns the number of modules on a side, without the quiet zone: 21 to
// 177.
func (c Code) Size() int { return c.modules.GetSize() }

// Dark reports whether the module in column x of row y is dark. Outside of the
// code every module is light.
func (c Code) Dark(x, y int) bool { return c.modules.GetModule(x, y) }

// Image returns the code with its quiet zone, black on white, scale pixels a
// module.
func (c Code) Image(scale int) *image.Paletted {
	side := (c.Size() + 2*Quiet) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		row := img.Pix[y*img.Stride:][:side]
		for x := range row {
			if c.Dark(x/scale-Quiet, y/scale-Quiet) {
				row[x] = 1
			}
		}
	}
	return img
}

// WritePNG writes the code as a PNG of about 600 pixels a side: large enough
// for a screen and small enough for any messenger to pass on unchanged.
func (c Code) WritePNG(w io.Writer) error {
	scale := max(4, 600/(c.Size()+2*Quiet))
	if err := png.Encode(w, c.Image(scale)); err != nil {
		return fmt.Errorf("qr: write: %w", err)
	}
	return nil
}

// ours reports whether a code's text looks like one that Sotto made. It only
// chooses between several codes in one picture.
func ours(text string) bool {
	return len(text) > 6 && strings.EqualFold(text[:6], "sotto:")
}
