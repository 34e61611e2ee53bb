package qr

import (
	"context"
	"image"
	"image/draw"
	"math"
	"time"
)

// patience is how long a picture is looked at before it counts as one without a
// code. A try that is under way is still finished.
const patience = 4 * time.Second

// A photograph reads best when shrunk until its noise is averaged away, a
// screenshot with a small code as it is.
const sharp, coarse = 2000, 1000

// try is one way to make a picture easier to read. Most pictures that can be
// read need none; which are worth their time was found with the pictures of
// TestDecodePhotos.
type try struct {
	limit int // the longer side is shrunk to this, in pixels; 0 is as it is
	treat func(*image.Gray) *image.Gray
	moves bool // a place in the outcome says nothing of one in the picture
}

// tries are in the order of how many pictures each is the first to read, by the
// time that it takes.
var tries = []try{
	{limit: coarse, treat: as},
	{limit: sharp, treat: as},
	{limit: coarse, treat: soften}, // grain
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return even(p, 20) }}, // dark, faint
	{limit: coarse, treat: invert}, // light on dark
	{treat: as},
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return enlarge(even(p, 40)) }}, // small
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return enlarge(sharpen(p)) }},  // blurred
	{limit: coarse, treat: turn, moves: true},                                               // on a corner
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return enlarge(even(soften(p), 40)) }},
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return soften(soften(p)) }},
	{limit: coarse / 2, treat: soften}, // shaken
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return turn(even(soften(p), 40)) }, moves: true},
	{limit: coarse, treat: func(p *image.Gray) *image.Gray { return enlarge(enlarge(p)) }},
}

// as leaves a picture as it is.
func as(p *image.Gray) *image.Gray { return p }

// on makes the picture that is read.
func (t try) on(full *image.Gray) *image.Gray {
	if t.limit == 0 {
		return t.treat(full)
	}
	return t.treat(shrink(full, t.limit))
}

// DecodeImage returns the text of the QR code in img, as Decode does.
func DecodeImage(img image.Image) (string, error) { return Find(context.Background(), img) }

// Find is DecodeImage until ctx ends; then its error is that of ctx.
func Find(ctx context.Context, img image.Image) (string, error) {
	full, err := prepare(img)
	if err != nil {
		return "", err
	}
	hits, _, err := search(ctx, full, tries)
	if err != nil {
		return "", err
	}
	return hits[0].text, nil
}

// Glance is for a picture of many that follow each other: it takes little time,
// and with each n looks another way.
func Glance(img image.Image, n int) (string, error) {
	full, err := prepare(img)
	if err != nil {
		return "", err
	}
	// Those from the third on, in turn; the first each time.
	more := tries[2+n%(len(tries)-2)]
	hits, _, err := search(context.Background(), full, []try{tries[0], more})
	if err != nil {
		return "", err
	}
	return hits[0].text, nil
}

// Found is a code in a picture: what it says, and about where it is.
type Found struct {
	Text string
	At   image.Rectangle
}

// maxFound is how many codes are looked for in one picture.
const maxFound = 8

// All returns the codes in img, those of Sotto's first. Without any the error is
// ErrNoCode.
func All(ctx context.Context, img image.Image) ([]Found, error) {
	full, err := prepare(img)
	if err != nil {
		return nil, err
	}
	var still []try // a code whose place is not known would be found for ever
	for _, t := range tries {
		if !t.moves {
			still = append(still, t)
		}
	}
	var mine, others []Found
	for len(mine)+len(others) < maxFound {
		hits, scale, err := search(ctx, full, still)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			break
		}
		for _, h := range hits {
			f := Found{Text: h.text, At: h.place(scale).Intersect(full.Rect)}
			// What was found is covered, so that the others are.
			draw.Draw(full, f.At, image.White, image.Point{}, draw.Src)
			if f.At = f.At.Add(img.Bounds().Min); ours(f.Text) {
				mine = append(mine, f)
			} else {
				others = append(others, f)
			}
			if f.At.Empty() { // nothing was covered, nothing else would be found
				return append(mine, others...), nil
			}
		}
	}
	if len(mine)+len(others) == 0 {
		return nil, ErrNoCode
	}
	return append(mine, others...), nil
}

// prepare returns the brightness of a picture that is not too large.
func prepare(img image.Image) (*image.Gray, error) {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return nil, ErrNoCode
	}
	if size.X > MaxPixels/size.Y {
		return nil, ErrTooLarge
	}
	return gray(img), nil
}

// search tries to read a picture in each of the ways, until one does. It returns
// how much larger the picture is than the one that was read.
func search(ctx context.Context, full *image.Gray, ways []try) ([]hit, float64, error) {
	end := time.Now().Add(patience)
	var last *image.Gray
	for _, t := range ways {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		if time.Now().After(end) {
			break
		}
		picture := t.on(full)
		if picture == last { // small enough not to have been shrunk
			continue
		}
		last = picture
		if hits, err := read(picture); err == nil {
			return hits, float64(full.Rect.Dx()) / float64(picture.Rect.Dx()), nil
		}
	}
	return nil, 0, ErrNoCode
}

// place returns about where a code is, from the middles of its marks: the three
// corners are 3.5 modules inside of it, so a little is added all around.
func (h hit) place(scale float64) image.Rectangle {
	if len(h.marks) < 3 {
		return image.Rectangle{}
	}
	a, b, c := h.marks[0], h.marks[1], h.marks[2]
	// The marks are below left, above left and above right; what is not marked is
	// opposite of the second.
	xs := []float64{a.GetX(), b.GetX(), c.GetX(), a.GetX() + c.GetX() - b.GetX()}
	ys := []float64{a.GetY(), b.GetY(), c.GetY(), a.GetY() + c.GetY() - b.GetY()}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range xs {
		x0, y0, x1, y1 = min(x0, xs[i]), min(y0, ys[i]), max(x1, xs[i]), max(y1, ys[i])
	}
	// 21 modules is the smallest code: its corners are 14 apart.
	edge := .3 * max(x1-x0, y1-y0)
	return image.Rect(int((x0-edge)*scale), int((y0-edge)*scale), int((x1+edge)*scale), int((y1+edge)*scale))
}
