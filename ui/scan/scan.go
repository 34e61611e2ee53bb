// Package scan takes pictures in which a code may be: from a camera, from the
// screen, from the clipboard, from a file. Each is a Source; what is done with
// its pictures is the same for all.
//
// Nothing here may be called on the UI goroutine.
package scan

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"

	"sotto/app/model"
	"sotto/app/qr"
)

// Source is somewhere that pictures come from.
type Source interface {
	// Open begins to take pictures. Its errors have a kind that says why there
	// are none: model.NoCamera, model.NoScreen and so on.
	Open(ctx context.Context) (Stream, error)
}

// Stream is what comes from an open source. Its methods may be called by
// different goroutines.
type Stream interface {
	// Next waits for the next picture, at most until ctx ends. After the last
	// the error is io.EOF.
	Next(ctx context.Context) (image.Image, error)
	// Close gives what is behind the source back; Next ends with io.EOF then.
	Close() error
}

// Still returns the only picture of a source.
func Still(ctx context.Context, s Source) (image.Image, error) {
	stream, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	return stream.Next(ctx)
}

// one is a stream of a single picture.
type one struct{ img image.Image }

func (o *one) Next(context.Context) (image.Image, error) {
	if o.img == nil {
		return nil, io.EOF
	}
	img := o.img
	o.img = nil
	return img, nil
}

func (o *one) Close() error { return nil }

// File is the picture in a file.
type File string

// ErrFolder says that a path is that of a folder.
var ErrFolder = errors.New("scan: a folder where a picture is needed")

// Open is Source's. Its errors are those of opening a file as well.
func (f File) Open(context.Context) (Stream, error) {
	file, err := os.Open(string(f))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, ErrFolder
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for
		return nil, qr.ErrNoCode
	}
	img, err := qr.Unpack(file)
	if err != nil {
		return nil, err
	}
	return &one{img}, nil
}

// small refuses a picture of more pixels than are looked at, before it is made.
func small(w, h int) error {
	if w <= 0 || h <= 0 {
		return fmt.Errorf("scan: a picture of %d by %d", w, h)
	}
	if w > qr.MaxPixels/h {
		return model.E(model.PictureTooLarge, "", nil)
	}
	return nil
}
