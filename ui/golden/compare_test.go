package golden

import (
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "keep the pictures as they are drawn now")

// Another processor may round another way. More than that is seen.
const (
	near = 3  // of 255 steps of a colour
	few  = 20 // pixels that may be further off
)

// match holds a picture beside the one that is kept under that name.
func match(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if err != nil {
		t.Fatalf("%v; -args -update keeps the picture that is drawn", err)
	}
	what := differ(want, got)
	if what == "" {
		return
	}
	dir := filepath.Join(os.TempDir(), "sotto-golden")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, name+".png")
	if err := write(path, got); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s: %s. What is drawn now: %s; if it is meant to be so: go test ./ui/golden -args -update", name, what, path)
}

// differ says how two pictures differ, "" if nobody could tell.
func differ(want, got image.Image) string {
	if want.Bounds().Size() != got.Bounds().Size() {
		return fmt.Sprintf("%v in place of %v pixels", got.Bounds().Size(), want.Bounds().Size())
	}
	n, most, where := 0, 0, image.Rectangle{}
	a, b := plain(want), plain(got)
	for i := 0; i < len(a.Pix); i += 4 { // red, green, blue, and how solid
		off := max(apart(a.Pix[i], b.Pix[i]), apart(a.Pix[i+1], b.Pix[i+1]), apart(a.Pix[i+2], b.Pix[i+2]))
		if off <= near {
			continue
		}
		n++
		most = max(most, off)
		x, y := i%a.Stride/4, i/a.Stride
		where = where.Union(image.Rect(x, y, x+1, y+1))
	}
	if n <= few {
		return ""
	}
	return fmt.Sprintf("%d pixels differ, by up to %d of 255, all within %v", n, most, where)
}

func apart(a, b byte) int { return max(int(a)-int(b), int(b)-int(a)) }

// plain returns a picture in the form whose pixels can be read one by one.
func plain(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

func write(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}
