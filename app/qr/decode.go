package qr

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/multi/qrcode"
	single "github.com/makiuchi-d/gozxing/qrcode"

	"sotto/app/model"
)

// What a picture may measure. A PNG of a few kilobytes can claim any number of
// pixels, so the second is read from its header before anything is unpacked.
const (
	MaxBytes  = 20 << 20
	MaxPixels = 40_000_000
)

var (
	// ErrNoCode says that no QR code was found, or that the data is not a
	// picture (PNG, JPEG or GIF) at all.
	ErrNoCode = model.E(model.NoCodeInPicture, "", nil)
	// ErrTooLarge says that the picture exceeds MaxBytes or MaxPixels.
	ErrTooLarge = model.E(model.PictureTooLarge, "", nil)
)

// Decode reads a picture and returns the text of the QR code in it. Of several
// codes, one of Sotto's is preferred. The errors are ErrNoCode, ErrTooLarge, and
// those of r.
func Decode(r io.Reader) (string, error) {
	img, err := Unpack(r)
	if err != nil {
		return "", err
	}
	return DecodeImage(img)
}

// Unpack reads a picture (PNG, JPEG or GIF) that is neither too long nor claims
// too many pixels. The errors are those of Decode.
func Unpack(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("qr: read picture: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, ErrTooLarge
	}
	return unpack(data)
}

// unpack decodes a picture whose header claims no more than MaxPixels.
func unpack(data []byte) (img image.Image, err error) {
	defer recovered(&err)
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, ErrNoCode
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, ErrNoCode
	}
	if config.Width > MaxPixels/config.Height {
		return nil, ErrTooLarge
	}
	img, _, err = image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ErrNoCode
	}
	return img, nil
}

// How many places that look like a mark of a code (the three corners and the
// alignment patterns) a reader may find before it gives up. A code has at most
// 49 marks, yet the readers compare corners in threes: without these limits a
// picture of 200 by 200 pixels, full of corners, keeps them busy for minutes.
const (
	maxMarks        = 400 // reading one code
	maxMarksSeveral = 60  // reading several, which tries every three corners
)

// budget returns the hints that make a reader panic, and so fail, after n marks.
func budget(n int) map[gozxing.DecodeHintType]any {
	count := gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
		if n--; n < 0 {
			panic("too many marks")
		}
	})
	return map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER:                 true,
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: count,
	}
}

// hit is a code that a reader found: what it says, and the middles of its marks.
type hit struct {
	text  string
	marks []gozxing.ResultPoint
}

// read looks for codes in a picture as it is. The first of them is the one that
// is preferred.
func read(picture *image.Gray) ([]hit, error) {
	bitmap, err := bitmap(picture)
	if err != nil {
		return nil, err
	}
	one, err := readOne(bitmap)
	if err == nil && ours(one.text) {
		return []hit{one}, nil
	}
	// The first reader takes the corners that fit best and is confused, or
	// satisfied, by another code; the second tries all of them.
	several, otherErr := readSeveral(bitmap)
	switch {
	case otherErr == nil && (err != nil || ours(several[0].text)):
		return several, nil
	case err != nil:
		return nil, err
	}
	return []hit{one}, nil
}

func bitmap(picture *image.Gray) (b *gozxing.BinaryBitmap, err error) {
	defer recovered(&err)
	size := picture.Rect.Size()
	source, err := gozxing.NewPlanarYUVLuminanceSource(picture.Pix, size.X, size.Y, 0, 0, size.X, size.Y, false)
	if err != nil {
		return nil, err
	}
	b, err = gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		return nil, err
	}
	// Computed here and kept: both readers use it.
	_, err = b.GetBlackMatrix()
	return b, err
}

func readOne(b *gozxing.BinaryBitmap) (h hit, err error) {
	defer recovered(&err)
	result, err := single.NewQRCodeReader().Decode(b, budget(maxMarks))
	if err != nil {
		return hit{}, err
	}
	return hit{result.GetText(), result.GetResultPoints()}, nil
}

// readSeveral returns at least one code, or an error. Those of ours come first.
func readSeveral(b *gozxing.BinaryBitmap) (hits []hit, err error) {
	defer recovered(&err)
	results, err := qrcode.NewQRCodeMultiReader().DecodeMultiple(b, budget(maxMarksSeveral))
	if err != nil {
		return nil, err
	}
	if len(results) == 0 {
		return nil, ErrNoCode
	}
	for _, result := range results {
		hits = append(hits, hit{result.GetText(), result.GetResultPoints()})
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case ours(a.text) && !ours(b.text):
			return -1
		case ours(b.text) && !ours(a.text):
			return 1
		}
		return 0
	})
	return hits, nil
}

// recovered turns a panic of a decoder into an error: neither the image formats
// nor the code reader were written against whoever draws pictures to break them.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: the reader gave up: %v", ErrNoCode, p)
	}
}
