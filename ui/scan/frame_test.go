package scan

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

func TestYUYV(t *testing.T) {
	// Two pixels of red (BT.601) and two of white.
	img, err := yuyv([]byte{76, 85, 76, 255, 255, 128, 255, 128}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := img.At(1, 0).RGBA(); r>>8 < 250 || g>>8 > 5 || b>>8 > 5 {
		t.Errorf("red is %d %d %d", r>>8, g>>8, b>>8)
	}
	if r, g, b, _ := img.At(0, 1).RGBA(); r>>8 != 255 || g>>8 != 255 || b>>8 != 255 {
		t.Errorf("white is %d %d %d", r>>8, g>>8, b>>8)
	}
	for _, c := range [][2]int{{3, 2}, {2, 3}, {0, 0}, {-2, -2}, {1 << 30, 1 << 30}} {
		if _, err := yuyv(make([]byte, 8), c[0], c[1]); err == nil {
			t.Errorf("%v: no error", c)
		}
	}
}

// without returns a JPEG without its Huffman tables, as cameras write it.
func without(t testing.TB, data []byte) []byte {
	t.Helper()
	i := bytes.Index(data, tableMark)
	if i < 0 {
		t.Fatal("it has none")
	}
	n := 2 + int(data[i+2])<<8 + int(data[i+3])
	return append(append([]byte{}, data[:i]...), data[i+n:]...)
}

func plain(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 32, 16))
	for i := range 32 * 16 {
		img.Set(i%32, i/32, color.RGBA{byte(8 * (i % 32)), 80, 120, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMJPEGWithoutTables(t *testing.T) {
	whole := plain(t)
	want, err := jpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	cut := without(t, whole)
	if _, err := jpeg.Decode(bytes.NewReader(cut)); err == nil {
		t.Fatal("it is read without its tables")
	}
	for _, data := range [][]byte{whole, cut} {
		got, err := mjpeg(data, 32, 16)
		if err != nil {
			t.Fatal(err)
		}
		if got.At(20, 7) != want.At(20, 7) {
			t.Errorf("pixel %v, want %v", got.At(20, 7), want.At(20, 7))
		}
	}
	if _, err := mjpeg(whole, 64, 16); err == nil {
		t.Error("a picture of another size than the camera's was taken")
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte{76, 85, 76, 255, 255, 128, 255, 128}, 2, 2)
	f.Add(plain(f), 32, 16)
	f.Add(without(f, plain(f)), 32, 16)
	f.Add([]byte{0xff, 0xd8, 0xff, 0xc4}, 1, 1)
	f.Fuzz(func(t *testing.T, data []byte, w, h int) {
		if img, err := yuyv(data, w, h); err == nil && img.Bounds().Size() != image.Pt(w, h) {
			t.Errorf("yuyv: %v of %d by %d", img.Bounds(), w, h)
		}
		if w > 2000 || h > 2000 {
			return // large ones only take long
		}
		if img, err := mjpeg(data, w, h); err == nil && img.Bounds().Size() != image.Pt(w, h) {
			t.Errorf("mjpeg: %v of %d by %d", img.Bounds(), w, h)
		}
	})
}
