package scan

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"sotto/app/model"
	"sotto/app/qr"
)

// Clipboard is the picture on the clipboard. The toolkit's has text only, so the
// X server is asked. Without one there is no picture.
type Clipboard struct{}

// patience is how long the program that has the clipboard may take.
const patience = 3 * time.Second

// Open is Source's.
func (Clipboard) Open(ctx context.Context) (Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	x, err := dial(ctx)
	if err != nil {
		return nil, model.E(model.NoPicture, "", err)
	}
	defer x.Close()
	// Waiting for an event ends when the connection does.
	defer context.AfterFunc(ctx, x.Close)()
	for _, kind := range []string{"image/png", "image/jpeg"} {
		data, err := selection(x, kind)
		if model.KindOf(err) == model.PictureTooLarge {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, model.E(model.NoPicture, "", ctx.Err())
		}
		if err != nil || len(data) == 0 {
			continue
		}
		img, err := qr.Unpack(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return &one{img}, nil
	}
	return nil, model.E(model.NoPicture, "", nil)
}

// selection asks the program that has the clipboard for it in one format.
func selection(x *xgb.Conn, kind string) ([]byte, error) {
	var atoms [4]xproto.Atom
	for i, name := range []string{"CLIPBOARD", kind, "SOTTO_SELECTION", "INCR"} {
		r, err := xproto.InternAtom(x, false, uint16(len(name)), name).Reply()
		if err != nil {
			return nil, fmt.Errorf("scan: clipboard: %w", err)
		}
		atoms[i] = r.Atom
	}
	clipboard, target, property, inPieces := atoms[0], atoms[1], atoms[2], atoms[3]
	window, err := xproto.NewWindowId(x)
	if err != nil {
		return nil, fmt.Errorf("scan: clipboard: %w", err)
	}
	screen := xproto.Setup(x).DefaultScreen(x)
	if err := xproto.CreateWindowChecked(x, 0, window, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check(); err != nil {
		return nil, fmt.Errorf("scan: clipboard: %w", err)
	}
	defer xproto.DestroyWindow(x, window)
	xproto.ConvertSelection(x, window, clipboard, target, property, xproto.TimeCurrentTime)
	for {
		e, fault := x.WaitForEvent()
		if fault != nil {
			continue
		}
		if e == nil {
			return nil, fmt.Errorf("scan: clipboard: no answer")
		}
		s, ok := e.(xproto.SelectionNotifyEvent)
		if !ok || s.Requestor != window {
			continue
		}
		if s.Property == xproto.AtomNone {
			return nil, nil
		}
		break
	}
	data, of, err := take(x, window, property)
	if err != nil || of != inPieces {
		return data, err
	}
	// It is large and comes in pieces: each is there when the one before was
	// taken, and the last is empty.
	for data = nil; ; {
		e, fault := x.WaitForEvent()
		if fault != nil {
			continue
		}
		if e == nil {
			return nil, fmt.Errorf("scan: clipboard: the rest did not come")
		}
		p, ok := e.(xproto.PropertyNotifyEvent)
		if !ok || p.Window != window || p.Atom != property || p.State != xproto.PropertyNewValue {
			continue
		}
		piece, _, err := take(x, window, property)
		if err != nil || len(piece) == 0 {
			return data, err
		}
		if data = append(data, piece...); len(data) > qr.MaxBytes {
			return nil, qr.ErrTooLarge
		}
	}
}

// take reads a property and takes it away.
func take(x *xgb.Conn, window xproto.Window, property xproto.Atom) ([]byte, xproto.Atom, error) {
	r, err := xproto.GetProperty(x, true, window, property, xproto.GetPropertyTypeAny, 0, qr.MaxBytes/4).Reply()
	if err != nil {
		return nil, 0, fmt.Errorf("scan: clipboard: %w", err)
	}
	if r.BytesAfter > 0 {
		return nil, 0, qr.ErrTooLarge
	}
	return r.Value, r.Type, nil
}
