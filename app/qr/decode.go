package qr

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

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
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return "", fmt.Errorf("qr: read picture: %w", err)
	}
	if len(data) > MaxBytes {
		return "", ErrTooLarge
	}
	img, err := unpack(data)
	if err != nil {
		return "", err
	}
	return DecodeImage(img)
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

// DecodeImage returns the text of the QR code in img, as Decode does.
func DecodeImage(img image.Image) (string, error) {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return "", ErrNoCode
	}
	if size.X > MaxPixels/size.Y {
		return "", ErrTooLarge
	}
	full := gray(img)

	// A photograph reads best when shrunk until its noise is averaged away, a
	// screenshot with a small code as it is, a tiny code when enlarged, and one
	// that stands on a corner when turned.
	const sharp, coarse = 2000, 1000
	tries := []func() *image.Gray{
		func() *image.Gray { return shrink(full, coarse) },
		func() *image.Gray { return shrink(full, sharp) },
		func() *image.Gray { return full },
		func() *image.Gray { return enlarge(shrink(full, coarse)) },
		func() *image.Gray { return turn(shrink(full, coarse)) },
	}
	var last *image.Gray
	for _, try := range tries {
		picture := try()
		if picture == last { // small enough not to have been shrunk
			continue
		}
		last = picture
		if text, err := read(picture); err == nil {
			return text, nil
		}
	}
	return "", ErrNoCode
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

// read looks for codes in a picture as it is.
func read(picture *image.Gray) (string, error) {
	bitmap, err := bitmap(picture)
	if err != nil {
		return "", err
	}
	text, err := readOne(bitmap)
	if err == nil && ours(text) {
		return text, nil
	}
	// The first reader takes the corners that fit best and is confused, or
	// satisfied, by another code; the second tries all of them.
	if other, otherErr := readSeveral(bitmap); otherErr == nil && (err != nil || ours(other)) {
		return other, nil
	}
	return text, err
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

func readOne(b *gozxing.BinaryBitmap) (text string, err error) {
	defer recovered(&err)
	result, err := single.NewQRCodeReader().Decode(b, budget(maxMarks))
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

func readSeveral(b *gozxing.BinaryBitmap) (text string, err error) {
	defer recovered(&err)
	results, err := qrcode.NewQRCodeMultiReader().DecodeMultiple(b, budget(maxMarksSeveral))
	if err != nil {
		return "", err
	}
	if len(results) == 0 {
		return "", ErrNoCode
	}
	for _, result := range results {
		if ours(result.GetText()) {
			return result.GetText(), nil
		}
	}
	return results[0].GetText(), nil
}

// recovered turns a panic of a decoder into an error: neither the image formats
// nor the code reader were written against whoever draws pictures to break them.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: the reader gave up: %v", ErrNoCode, p)
	}
}
