package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"
)

// photograph takes a picture of text on a terminal that consists of spaces and
// half blocks in black on white.
func photograph(t *testing.T, text string) io.Reader {
	t.Helper()
	const scale = 4
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	img := image.NewGray(image.Rect(0, 0, scale*len(lines)*2, scale*len(lines)*2))
	for y, line := range lines {
		inside, ok := strings.CutPrefix(line, "\x1b[38;5;16;48;5;231m")
		inside, ended := strings.CutSuffix(inside, "\x1b[0m")
		if !ok || !ended {
			t.Fatalf("line %d: %q", y, line)
		}
		for x, r := range []rune(inside) {
			for half, dark := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				shade := color.Gray{Y: 255}
				if dark {
					shade.Y = 0
				}
				for i := range scale * scale {
					img.SetGray(x*scale+i%scale, (2*y+half)*scale+i/scale, shade)
				}
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return &b
}
