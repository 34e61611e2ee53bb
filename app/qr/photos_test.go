package qr

import (
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"
	"time"
)

var (
	everyPhoto = flag.Bool("photos", false, "read all 200 generated pictures, not every fourth")
	photoSeed  = flag.Uint64("photos-seed", 0, "makes other pictures of the same kinds")
)

const photosEach = 20 // of a class

// TestDecodePhotos counts how many generated pictures of real invitations are
// read. The pictures are the same each time.
func TestDecodePhotos(t *testing.T) {
	step := 4
	if *everyPhoto {
		step = 1
	}
	texts := invitations(t)
	all, read := 0, 0
	for class, c := range classes {
		n, ok := 0, 0
		var took, longest time.Duration
		for i := 0; i < photosEach; i += step {
			img, want := photo(t, texts, class, i)
			began := time.Now()
			got, err := DecodeImage(img)
			d := time.Since(began)
			took, longest = took+d, max(longest, d)
			if n++; err == nil && got == want {
				ok++
			} else if err == nil {
				t.Errorf("%s %d: read as %q", c.name, i, got)
			}
		}
		all, read = all+n, read+ok
		t.Logf("%-14s %2d of %2d, %4d ms each, at most %d ms", c.name, ok, n, took.Milliseconds()/int64(n), longest.Milliseconds())
		if float64(ok) < c.least*float64(n) {
			t.Errorf("%s: %d of %d read, at least %.0f %% are to be", c.name, ok, n, 100*c.least)
		}
	}
	t.Logf("%d of %d", read, all)
	if float64(read) < .95*float64(all) {
		t.Errorf("%d of %d read, at least 95 %% are to be", read, all)
	}
}

// TestGlance: what one look at a picture misses another finds, since each looks
// another way.
func TestGlance(t *testing.T) {
	texts := invitations(t)
	for class, c := range classes {
		img, want := photo(t, texts, class, 0)
		read := false
		for n := 0; n < len(tries) && !read; n++ {
			got, err := Glance(img, n)
			if read = err == nil; read && got != want {
				t.Errorf("%s: read %q", c.name, got)
			}
		}
		if !read {
			t.Errorf("%s: not read in %d looks", c.name, len(tries))
		}
	}
}

// TestAllFindsEachCode: a screen may show our own code, theirs, and others.
func TestAllFindsEachCode(t *testing.T) {
	texts := invitations(t)
	screen := image.NewRGBA(image.Rect(100, 50, 2020, 1130)) // not at the origin
	draw.Draw(screen, screen.Rect, image.NewUniform(color.Gray{Y: 0xe0}), image.Point{}, draw.Src)
	type lies struct {
		text  string
		at    image.Point
		scale int
	}
	there := []lies{{"https://example.org/menu", image.Pt(300, 100), 6}, {texts[0], image.Pt(1300, 500), 6}, {texts[1], image.Pt(300, 600), 4}}
	for _, l := range there {
		c := code(t, l.text).Image(l.scale)
		draw.Draw(screen, c.Rect.Add(l.at), c, image.Point{}, draw.Src)
	}
	found, err := All(t.Context(), screen)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(there) || !ours(found[0].Text) || !ours(found[1].Text) {
		t.Fatalf("found %v", found)
	}
	for _, l := range there {
		i := slices.IndexFunc(found, func(f Found) bool { return f.Text == l.text })
		if i < 0 {
			t.Errorf("%q is not found", l.text)
			continue
		}
		side := code(t, l.text).Size() * l.scale
		quiet := Quiet * l.scale
		if inner := image.Rect(0, 0, side, side).Add(l.at).Add(image.Pt(quiet, quiet)); !inner.In(found[i].At) {
			t.Errorf("%q is at %v, said to be at %v", l.text, inner, found[i].At)
		}
	}
	if _, err := All(t.Context(), image.NewGray(image.Rect(0, 0, 300, 300))); !errors.Is(err, ErrNoCode) {
		t.Errorf("nothing there: %v", err)
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	img := code(t, link).Image(4)
	if _, err := Find(ctx, img); !errors.Is(err, context.Canceled) {
		t.Errorf("Find: %v", err)
	}
	if _, err := All(ctx, img); !errors.Is(err, context.Canceled) {
		t.Errorf("All: %v", err)
	}
}
