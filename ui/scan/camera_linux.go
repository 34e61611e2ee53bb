package scan

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/blackjack/webcam"

	"sotto/app/model"
)

// Camera is the first camera of this computer that gives pictures.
type Camera struct{}

// The formats that are understood, by their four letters.
const (
	formatYUYV  webcam.PixelFormat = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
	formatMJPEG webcam.PixelFormat = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
)

// Open is Source's.
func (Camera) Open(ctx context.Context) (Stream, error) {
	paths, err := filepath.Glob("/dev/video*")
	if err != nil {
		return nil, fmt.Errorf("scan: look for cameras: %w", err)
	}
	slices.Sort(paths)
	problem := model.NoCamera // the last that is worth telling
	for _, path := range paths {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		device, err := webcam.Open(path)
		if err == nil {
			var c *camera
			if c, err = start(device); err == nil {
				return c, nil
			}
			device.Close()
		}
		problem = cameraProblem(err, problem)
	}
	return nil, model.E(problem, "", nil)
}

// cameraProblem returns the kind for an error of a device. One that is no camera
// at all (sound cards and tuners have such files too) changes nothing.
func cameraProblem(err error, before model.Kind) model.Kind {
	switch {
	case errors.Is(err, syscall.EBUSY):
		return model.CameraBusy
	case errors.Is(err, os.ErrPermission):
		return model.CameraDenied
	case errors.Is(err, errNoFormat) && before == model.NoCamera:
		return model.CameraFailed
	}
	return before
}

var errNoFormat = errors.New("scan: the camera has no format that is understood")

// camera is an open device.
type camera struct {
	unpack func(data []byte, w, h int) (image.Image, error)
	w, h   int

	mu     sync.Mutex // held while a picture is waited for
	device *webcam.Webcam
	closed bool
}

// start makes a device give pictures.
func start(device *webcam.Webcam) (*camera, error) {
	formats := device.GetSupportedFormats()
	// Unpacked pictures are sharper, and small ones are enough.
	for _, f := range []webcam.PixelFormat{formatYUYV, formatMJPEG} {
		if _, ok := formats[f]; !ok {
			continue
		}
		w, h := size(device.GetSupportedFrameSizes(f))
		if w == 0 {
			continue
		}
		got, gotW, gotH, err := device.SetImageFormat(f, w, h)
		if err != nil {
			return nil, fmt.Errorf("scan: camera: %w", err)
		}
		if got != f {
			continue
		}
		if err := device.SetBufferCount(4); err != nil {
			return nil, fmt.Errorf("scan: camera: %w", err)
		}
		if err := device.StartStreaming(); err != nil {
			return nil, fmt.Errorf("scan: camera: %w", err)
		}
		c := &camera{device: device, w: int(gotW), h: int(gotH), unpack: yuyv}
		if f == formatMJPEG {
			c.unpack = mjpeg
		}
		return c, nil
	}
	return nil, errNoFormat
}

// size chooses among the sizes that a camera offers: the largest up to 1280
// across, or the smallest if all are larger; 0 if there is none.
func size(offered []webcam.FrameSize) (w, h uint32) {
	const most = 1280
	for _, s := range offered {
		x, y := s.MaxWidth, s.MaxHeight
		if s.StepWidth > 0 && s.StepHeight > 0 && x > 640 && s.MinWidth <= 640 && s.MinHeight <= 480 &&
			(640-s.MinWidth)%s.StepWidth == 0 && (480-s.MinHeight)%s.StepHeight == 0 {
			x, y = 640, 480
		}
		if small(int(x), int(y)) != nil {
			continue
		}
		if better := w == 0 || x <= most && (w > most || x > w) || w > most && x < w; better {
			w, h = x, y
		}
	}
	return w, h
}

// silence is how long a camera may give nothing.
const silence = 5 * time.Second

// Next is Stream's.
func (c *camera) Next(ctx context.Context) (image.Image, error) {
	for end := time.Now().Add(silence); ctx.Err() == nil; {
		img, err := c.frame()
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return img, err
		case errors.Is(err, errFrame) && time.Now().Before(end): // the first ones are often cut
		default:
			return nil, model.E(model.CameraFailed, "", err)
		}
	}
	return nil, ctx.Err()
}

// frame waits up to a second for a picture.
func (c *camera) frame() (image.Image, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, io.EOF
	}
	if err := c.device.WaitForFrame(1); err != nil {
		var timeout *webcam.Timeout
		if errors.As(err, &timeout) {
			return nil, fmt.Errorf("%w: nothing came", errFrame)
		}
		return nil, err
	}
	data, index, err := c.device.GetFrame()
	if errors.Is(err, syscall.EAGAIN) {
		return nil, fmt.Errorf("%w: nothing came", errFrame)
	}
	if err != nil {
		return nil, err
	}
	img, err := c.unpack(data, c.w, c.h) // copies: the memory is the camera's
	return img, errors.Join(err, c.device.ReleaseFrame(index))
}

// Close is Stream's.
func (c *camera) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return c.device.Close()
}
