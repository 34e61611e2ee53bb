package scan

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
)

// errFrame says that what a camera gave is not a picture. It gives another.
var errFrame = errors.New("scan: not a whole picture")

// yuyv unpacks a frame of two pixels in four bytes: brightness of the first, blue,
// brightness of the second, red.
func yuyv(data []byte, w, h int) (image.Image, error) {
	if err := small(w, h); err != nil {
		return nil, err
	}
	if w%2 != 0 || len(data) != 2*w*h {
		return nil, fmt.Errorf("%w: %d bytes for %d by %d", errFrame, len(data), w, h)
	}
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio422)
	for i := range w * h / 2 {
		four := data[4*i:][:4]
		img.Y[2*i], img.Y[2*i+1] = four[0], four[2]
		img.Cb[i], img.Cr[i] = four[1], four[3]
	}
	return img, nil
}

// mjpeg unpacks a frame that is a JPEG, of that size. Cameras leave out the
// tables that all of them use.
func mjpeg(data []byte, w, h int) (img image.Image, err error) {
	defer func() { // a decoder of what comes from outside
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errFrame, p)
		}
	}()
	if err := small(w, h); err != nil {
		return nil, err
	}
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return nil, errFrame
	}
	if !bytes.Contains(data, tableMark) {
		data = append(append([]byte{0xff, 0xd8}, usualTables()...), data[2:]...)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width != w || config.Height != h {
		return nil, errFrame
	}
	if img, err = jpeg.Decode(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("%w: %w", errFrame, err)
	}
	return img, nil
}

// tableMark begins the Huffman tables of a JPEG.
var tableMark = []byte{0xff, 0xc4}

// usualTables returns the Huffman tables of ISO/IEC 10918-1 annex K.3, with their
// mark. The standard library writes these with each picture.
var usualTables = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio420), nil); err != nil {
		return nil
	}
	var tables []byte
	for rest := b.Bytes()[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		n := 2 + int(rest[2])<<8 + int(rest[3])
		if n > len(rest) {
			break
		}
		if bytes.HasPrefix(rest, tableMark) {
			tables = append(tables, rest[:n]...)
		}
		rest = rest[n:]
	}
	return tables
})
