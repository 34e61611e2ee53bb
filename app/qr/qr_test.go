package qr

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"sotto/app/model"
)

// link is as long as an invitation usually is.
var link = "SOTTO:I/1/" + strings.Repeat("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8)

func code(t testing.TB, text string) Code {
	t.Helper()
	c, err := Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEncodeChoosesAlphanumericMode(t *testing.T) {
	upper, lower := code(t, link), code(t, strings.ToLower(link))
	if upper.Size() >= lower.Size() {
		t.Errorf("upper case needs %d modules, lower case %d", upper.Size(), lower.Size())
	}
	if got := upper.Size(); got != 49 { // version 8
		t.Errorf("an invitation of %d characters has %d modules a side, want 49", len(link), got)
	}
	if _, err := Encode(strings.Repeat("x", 3000)); err == nil {
		t.Error("3,000 bytes were encoded")
	}
}

func TestQuietZone(t *testing.T) {
	const scale = 3
	img := code(t, "SOTTO:I/1/A").Image(scale)
	side := img.Bounds().Dx()
	for y := range side {
		for x := range side {
			margin := min(x, y, side-1-x, side-1-y) < Quiet*scale
			if margin && img.ColorIndexAt(x, y) != 0 {
				t.Fatalf("dark pixel at %d, %d of the quiet zone", x, y)
			}
		}
	}
	if img.ColorIndexAt(Quiet*scale, Quiet*scale) != 1 {
		t.Error("the corner of the code is light")
	}
}

// place puts img on a larger ground.
func place(img image.Image, w, h, x, y int, ground color.Color) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	draw.Draw(out, img.Bounds().Add(image.Pt(x, y)), img, image.Point{}, draw.Over)
	return out
}

// photograph turns img by angle, shrinks or enlarges it by zoom, and adds
// uneven light, noise and the grey ground that a photograph has.
func photograph(img image.Image, w, h int, angle, zoom, noise float64) *image.RGBA {
	random := rand.New(rand.NewPCG(1, 2))
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	b := img.Bounds()
	sin, cos := math.Sincos(angle)
	for y := range h {
		for x := range w {
			dx, dy := float64(x-w/2)/zoom, float64(y-h/2)/zoom
			sx, sy := int(math.Round(cos*dx+sin*dy))+b.Dx()/2, int(math.Round(cos*dy-sin*dx))+b.Dy()/2
			v := 120.0
			if image.Pt(sx, sy).In(b) {
				r, _, _, _ := img.At(sx, sy).RGBA()
				v = 40 + float64(r>>8)*0.6
			}
			v += 40*float64(x)/float64(w) + noise*random.NormFloat64()
			out.Set(x, y, color.Gray{Y: byte(min(max(v, 0), 255))})
		}
	}
	return out
}

func TestDecodePictures(t *testing.T) {
	plain := code(t, link).Image(6)
	white := color.White
	for name, img := range map[string]image.Image{
		"as written":              plain,
		"one pixel a module":      code(t, link).Image(1),
		"screenshot":              place(plain, 1280, 800, 700, 200, color.Gray{Y: 0xf0}),
		"small on a large screen": place(code(t, link).Image(3), 2560, 1440, 1900, 1000, white),
		"on transparent":          place(plain, 500, 500, 50, 50, color.Transparent),
		"turned by 10°":           photograph(plain, 800, 800, math.Pi/18, 1.5, 5),
		"turned by 45°":           photograph(plain, 900, 900, math.Pi/4, 1.5, 5),
		"turned by 90°":           photograph(plain, 800, 800, math.Pi/2, 1.5, 5),
		"upside down":             photograph(plain, 800, 800, math.Pi, 1.5, 5),
		"small and noisy":         photograph(plain, 205, 205, 37*math.Pi/180, 0.4, 25),
		"on a corner, and noisy":  photograph(plain, 513, 513, math.Pi/4, 1, 25),
		"large and noisy":         photograph(plain, 1500, 1200, 0.2, 2.5, 30),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodeImage(img)
			if err != nil {
				t.Fatal(err)
			}
			if got != link {
				t.Errorf("read %q", got)
			}
		})
	}
}

func TestDecodeFormats(t *testing.T) {
	img := code(t, link).Image(5)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, img) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) },
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: 30}) },
		"ours": func(b *bytes.Buffer) error { return code(t, link).WritePNG(b) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if got, err := Decode(&b); err != nil || got != link {
			t.Errorf("%s: read %q, %v", name, got, err)
		}
	}
}

func TestDecodePrefersOurs(t *testing.T) {
	foreign := code(t, "https://example.org/"+strings.Repeat("menu", 20)).Image(5)
	img := place(foreign, 1000, 500, 30, 100, color.White)
	ours := code(t, link).Image(5)
	draw.Draw(img, ours.Bounds().Add(image.Pt(550, 100)), ours, image.Point{}, draw.Src)
	if got, err := DecodeImage(img); err != nil || got != link {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestDecodeNothingThere(t *testing.T) {
	white := image.NewGray(image.Rect(0, 0, 300, 300))
	for i := range white.Pix {
		white.Pix[i] = 0xff
	}
	random := rand.New(rand.NewPCG(3, 4))
	noise := image.NewGray(image.Rect(0, 0, 300, 200))
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	for name, img := range map[string]image.Image{
		"empty":     image.NewGray(image.Rect(0, 0, 0, 0)),
		"one pixel": image.NewGray(image.Rect(0, 0, 1, 1)),
		"a line":    image.NewGray(image.Rect(0, 0, 5000, 1)),
		"white":     white,
		"noise":     noise,
	} {
		if text, err := DecodeImage(img); !errors.Is(err, ErrNoCode) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	var b bytes.Buffer
	if err := code(t, link).WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"no bytes": {},
		"text":     []byte("sotto:i/1/abc"),
		"cut":      b.Bytes()[:b.Len()/2],
	} {
		if _, err := Decode(bytes.NewReader(data)); model.KindOf(err) != model.NoCodeInPicture {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bomb is a valid PNG of a few kilobytes that claims w by h pixels and holds
// rows of zeros for as long as it is read.
func bomb(w, h uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		sum := crc32.NewIEEE()
		_, _ = sum.Write([]byte(name))
		_, _ = sum.Write(data)
		b.WriteString(name)
		b.Write(data)
		_ = binary.Write(&b, binary.BigEndian, sum.Sum32())
	}
	header := binary.BigEndian.AppendUint32(nil, w)
	header = binary.BigEndian.AppendUint32(header, h)
	chunk("IHDR", append(header, 8, 6, 0, 0, 0))
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	chunk("IDAT", rows.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

func TestDecodeRefusesBombs(t *testing.T) {
	for _, size := range [][2]uint32{{50_000, 50_000}, {1 << 30, 1}, {1, 1 << 30}, {1<<31 - 1, 1<<31 - 1}, {8001, 5000}} {
		data := bomb(size[0], size[1])
		allocated := testing.AllocsPerRun(1, func() {
			if _, err := Decode(bytes.NewReader(data)); err == nil {
				t.Errorf("%v: no error", size)
			} else if k := model.KindOf(err); k != model.PictureTooLarge && k != model.NoCodeInPicture {
				t.Errorf("%v: %v", size, err)
			}
		})
		if allocated > 1000 {
			t.Errorf("%v: %v allocations before the refusal", size, allocated)
		}
	}
	if _, err := Decode(bytes.NewReader(bomb(8001, 5000))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("40,005,000 pixels: %v", err)
	}
	if _, err := Decode(bytes.NewReader(make([]byte, MaxBytes+1))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("20 MiB and one byte: %v", err)
	}
	if _, err := DecodeImage(image.NewUniform(color.White)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("an endless picture: %v", err)
	}
}

// TestDecodeFullOfCorners would run for hours if the readers were not stopped.
func TestDecodeFullOfCorners(t *testing.T) {
	for _, side := range []int{70, 120, 400} { // 49 corners, 144, 1,600
		img := image.NewGray(image.Rect(0, 0, side, side))
		for i := range img.Pix {
			x, y := i%side%10, i/side%10
			if ring := min(x, y, 6-x, 6-y); ring < 0 || ring == 1 {
				img.Pix[i] = 0xff
			}
		}
		if text, err := DecodeImage(img); !errors.Is(err, ErrNoCode) {
			t.Errorf("%d: %q, %v", side, text, err)
		}
	}
}

func TestReaderPanicIsAnError(t *testing.T) {
	broken := &image.Gray{Rect: image.Rect(0, 0, 100, 100), Stride: 100} // no pixels behind it
	if _, err := read(broken); err == nil {
		t.Error("no error")
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := code(f, "SOTTO:I/1/A").WritePNG(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(bomb(100, 100))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err == nil && config.Width > 0 && config.Height > 2_000_000/config.Width {
			t.Skip("large pictures only take long")
		}
		if _, err := Decode(bytes.NewReader(data)); err != nil && model.KindOf(err) == "" {
			t.Errorf("error without a kind: %v", err)
		}
	})
}

// FuzzRead gives the code reader dirt inside an otherwise readable code.
func FuzzRead(f *testing.F) {
	f.Add([]byte{10, 10, 20, 20}, "SOTTO:I/1/A")
	f.Fuzz(func(t *testing.T, dirt []byte, text string) {
		if len(text) > 200 {
			t.Skip("small codes fail in as many ways")
		}
		c, err := Encode(text)
		if err != nil {
			t.Skip("cannot be encoded")
		}
		img := c.Image(2)
		for len(dirt) >= 4 {
			x, y, w, h := int(dirt[0]), int(dirt[1]), int(dirt[2]%32), int(dirt[3]%32)
			draw.Draw(img, image.Rect(x, y, x+w, y+h), image.NewUniform(color.Black), image.Point{}, draw.Src)
			dirt = dirt[4:]
		}
		if _, err := DecodeImage(img); err != nil && !errors.Is(err, ErrNoCode) {
			t.Error(err)
		}
	})
}
