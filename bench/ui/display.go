package main

import (
	"fmt"
	"hash/maphash"
	"io"
	"log"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// display is the virtual display as a person has it: keys and a mouse to use, and
// a picture to look at. The X server tells of everything that is painted on it
// (its DAMAGE extension), so that a frame has a time to which nothing has to be
// asked.
type display struct {
	conn *xgb.Conn
	root xproto.Window
	keys map[xproto.Keysym]xproto.Keycode
	seed maphash.Seed
	what chan happening
}

// happening is something painted, or a window mapped.
type happening struct {
	at     time.Time
	window xproto.Window // 0: painted
}

// rect is a part of the display, in pixels.
type rect struct{ x, y, w, h int }

// Keys that are no letters.
const (
	keyReturn    = 0xff0d
	keyEscape    = 0xff1b
	keyBackspace = 0xff08
	keyDown      = 0xff54
	keyControl   = 0xffe3
)

// The wheel is two buttons.
const (
	buttonLeft = 1
	wheelUp    = 4
	wheelDown  = 5
)

func init() { xgb.Logger = log.New(io.Discard, "", 0) } // it tells of the end of a connection

func openDisplay() (*display, error) {
	c, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	if err := xtest.Init(c); err != nil {
		return nil, err
	}
	if err := damage.Init(c); err != nil {
		return nil, err
	}
	if _, err := damage.QueryVersion(c, 1, 1).Reply(); err != nil {
		return nil, err
	}
	setup := xproto.Setup(c)
	d := &display{conn: c, root: setup.DefaultScreen(c).Root, keys: map[xproto.Keysym]xproto.Keycode{}, seed: maphash.MakeSeed(), what: make(chan happening, 1<<16)}
	first, n := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)
	m, err := xproto.GetKeyboardMapping(c, first, n).Reply()
	if err != nil {
		return nil, err
	}
	for i := int(n) - 1; i >= 0; i-- {
		d.keys[m.Keysyms[i*int(m.KeysymsPerKeycode)]] = first + xproto.Keycode(i)
	}
	id, err := damage.NewDamageId(c)
	if err != nil {
		return nil, err
	}
	const everyRectangle = 0
	if err := damage.CreateChecked(c, id, xproto.Drawable(d.root), everyRectangle).Check(); err != nil {
		return nil, err
	}
	if err := xproto.ChangeWindowAttributesChecked(c, d.root, xproto.CwEventMask, []uint32{xproto.EventMaskSubstructureNotify}).Check(); err != nil {
		return nil, err
	}
	go d.listen()
	return d, nil
}

func (d *display) listen() {
	for {
		e, err := d.conn.WaitForEvent()
		now := time.Now()
		switch e := e.(type) {
		case damage.NotifyEvent:
			d.tell(happening{at: now})
		case xproto.MapNotifyEvent:
			if e.Event == d.root && !e.OverrideRedirect {
				d.tell(happening{now, e.Window})
			}
		case nil:
			if err == nil { // the connection has ended
				close(d.what)
				return
			}
		}
	}
}

// tell never waits: while nobody looks, what happens does not matter.
func (d *display) tell(h happening) {
	select {
	case d.what <- h:
	default:
	}
}

// forget drops what has happened so far.
func (d *display) forget() {
	for {
		select {
		case <-d.what:
		default:
			return
		}
	}
}

// picture returns the pixels of a part of the display.
func (d *display) picture(r rect) ([]byte, error) {
	i, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), int16(r.x), int16(r.y), uint16(r.w), uint16(r.h), ^uint32(0)).Reply()
	if err != nil {
		return nil, err
	}
	return i.Data, nil
}

// looks returns a number that stands for what a part of the display shows.
func (d *display) looks(r rect) (uint64, error) {
	b, err := d.picture(r)
	return maphash.Bytes(d.seed, b), err
}

// drawn reports whether something is drawn in a part of the display: a window is
// mapped with one colour all over.
func (d *display) drawn(r rect) (bool, error) {
	b, err := d.picture(r)
	if err != nil {
		return false, err
	}
	colours := map[[4]byte]bool{}
	for i := 0; i+4 <= len(b) && len(colours) <= 16; i += 4 {
		colours[[4]byte(b[i:i+4])] = true
	}
	return len(colours) > 16, nil
}

const (
	quiet   = 80 * time.Millisecond // five frames: nothing more will come of what was done
	patient = 20 * time.Second
)

// painted calls do and returns how long it took from there until the part r of
// the display showed what it showed once it had not changed for a while. It fails
// if nothing changes.
func (d *display) painted(r rect, do func() error) (time.Duration, error) {
	return d.paintedAfter(r, quiet, do)
}

// paintedAfter is painted for a while of that length.
func (d *display) paintedAfter(r rect, quiet time.Duration, do func() error) (time.Duration, error) {
	shown, err := d.looks(r)
	if err != nil {
		return 0, err
	}
	d.forget()
	began := time.Now()
	if err := do(); err != nil {
		return 0, err
	}
	var last time.Time
	wait := time.NewTimer(patient)
	defer wait.Stop()
	for {
		select {
		case h, ok := <-d.what:
			if !ok {
				return 0, fmt.Errorf("the display has ended")
			}
			now, err := d.looks(r)
			if err != nil {
				return 0, err
			}
			if now == shown {
				continue
			}
			shown, last = now, h.at
			// What is painted while the picture is taken may be in it.
			for more := true; more; {
				select {
				case h := <-d.what:
					last = h.at
				default:
					more = false
				}
			}
			wait.Reset(quiet)
		case <-wait.C:
			if last.IsZero() {
				return 0, fmt.Errorf("nothing was painted within %v", patient)
			}
			return last.Sub(began), nil
		}
	}
}

// key presses and releases a key while others are held.
func (d *display) key(k xproto.Keysym, held ...xproto.Keysym) error {
	for _, h := range held {
		if err := d.input(xproto.KeyPress, byte(d.keys[h])); err != nil {
			return err
		}
	}
	if d.keys[k] == 0 {
		return fmt.Errorf("the keyboard has no key %#x", k)
	}
	if err := d.input(xproto.KeyPress, byte(d.keys[k])); err != nil {
		return err
	}
	if err := d.input(xproto.KeyRelease, byte(d.keys[k])); err != nil {
		return err
	}
	for _, h := range held {
		if err := d.input(xproto.KeyRelease, byte(d.keys[h])); err != nil {
			return err
		}
	}
	return nil
}

// words types lower-case letters and spaces.
func (d *display) words(s string) error {
	for _, c := range s {
		if err := d.key(xproto.Keysym(c)); err != nil {
			return err
		}
		time.Sleep(25 * time.Millisecond)
	}
	return nil
}

// move moves the pointer and waits until hovering is drawn.
func (d *display) move(x, y int) error {
	err := xtest.FakeInputChecked(d.conn, xproto.MotionNotify, 0, 0, d.root, int16(x), int16(y), 0).Check()
	time.Sleep(150 * time.Millisecond)
	return err
}

// press presses and releases a button of the mouse where the pointer is.
func (d *display) press(button byte) error {
	if err := d.input(xproto.ButtonPress, button); err != nil {
		return err
	}
	return d.input(xproto.ButtonRelease, button)
}

func (d *display) input(kind, detail byte) error {
	return xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, 0, 0, 0).Check()
}
