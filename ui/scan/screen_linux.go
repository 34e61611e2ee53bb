package scan

import (
	"context"
	"fmt"
	"image"
	"io"
	"log"
	"os"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"sotto/app/model"
)

// Screen is what all screens show together, once.
type Screen struct{}

// Open is Source's.
func (Screen) Open(ctx context.Context) (Stream, error) {
	// Where programs are kept apart, X11 has only the windows of its own
	// programs, on black.
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil, model.E(model.NoScreen, "", nil)
	}
	x, err := dial(ctx)
	if err != nil {
		return nil, model.E(model.NoScreen, "", err)
	}
	defer x.Close()
	img, err := photograph(x)
	if err != nil {
		return nil, err
	}
	return &one{img}, nil
}

func init() { xgb.Logger = log.New(io.Discard, "", 0) } // its errors are returned as well

// dial connects to the X server of this session. The connection ends with ctx.
func dial(ctx context.Context) (*xgb.Conn, error) {
	if os.Getenv("DISPLAY") == "" {
		return nil, fmt.Errorf("scan: no X display")
	}
	type result struct {
		conn *xgb.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := xgb.NewConn()
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("scan: X display: %w", r.err)
		}
		return r.conn, nil
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				r.conn.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// photograph reads the root window, some rows at a time.
func photograph(x *xgb.Conn) (image.Image, error) {
	setup := xproto.Setup(x)
	screen := setup.DefaultScreen(x)
	w, h := int(screen.WidthInPixels), int(screen.HeightInPixels)
	if err := small(w, h); err != nil {
		return nil, err
	}
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || bits(setup, screen.RootDepth) != 32 {
		return nil, model.E(model.NoScreen, "", fmt.Errorf("scan: a screen of %d bits", screen.RootDepth))
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rows := max(1, 4<<20/(4*w))
	for y := 0; y < h; y += rows {
		n := min(rows, h-y)
		r, err := xproto.GetImage(x, xproto.ImageFormatZPixmap, xproto.Drawable(screen.Root), 0, int16(y), uint16(w), uint16(n), 0xffffffff).Reply()
		if err != nil {
			return nil, model.E(model.NoScreen, "", err)
		}
		if len(r.Data) < 4*w*n {
			return nil, model.E(model.NoScreen, "", fmt.Errorf("scan: %d bytes for %d by %d", len(r.Data), w, n))
		}
		pix := img.Pix[y*img.Stride:]
		for i := range w * n {
			from, to := r.Data[4*i:][:4], pix[4*i:][:4]
			to[0], to[1], to[2], to[3] = from[2], from[1], from[0], 0xff
		}
	}
	return img, nil
}

// bits returns how many bits a pixel of that depth takes. Only screens of eight
// bits a colour are read.
func bits(setup *xproto.SetupInfo, depth byte) byte {
	for _, f := range setup.PixmapFormats {
		if f.Depth == depth && (depth == 24 || depth == 32) {
			return f.BitsPerPixel
		}
	}
	return 0
}
