package scan

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/blackjack/webcam"
	"github.com/jezek/xgb/xproto"

	"sotto/app/model"
	"sotto/app/qr"
)

func TestFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Still(t.Context(), File(filepath.Join(dir, "none.png"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Still(t.Context(), File(dir)); !errors.Is(err, ErrFolder) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Still(t.Context(), File("/dev/zero")); model.KindOf(err) != model.NoCodeInPicture {
		t.Errorf("a device: %v", err)
	}
	path := filepath.Join(dir, "a.png")
	if err := os.WriteFile(path, picture(t, 20, 10), 0o600); err != nil {
		t.Fatal(err)
	}
	stream, err := File(path).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if img, err := stream.Next(t.Context()); err != nil || img.Bounds().Dx() != 20 {
		t.Errorf("%v, %v", img, err)
	}
	if _, err := stream.Next(t.Context()); err != io.EOF {
		t.Errorf("after the only picture: %v", err)
	}
}

// picture returns a PNG of noise, which does not get smaller.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWithoutADisplay(t *testing.T) {
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, display := range []string{"", ":99999"} {
		t.Setenv("DISPLAY", display)
		if _, err := (Screen{}).Open(t.Context()); model.KindOf(err) != model.NoScreen {
			t.Errorf("screen on %q: %v", display, err)
		}
		if _, err := (Clipboard{}).Open(t.Context()); model.KindOf(err) != model.NoPicture {
			t.Errorf("clipboard on %q: %v", display, err)
		}
	}
}

// display starts an X server of our own.
func display(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Fatal("Xvfb is not here; make test installs it")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	server := exec.Command(path, "-displayfd", "3", "-screen", "0", "700x500x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { _ = server.Process.Signal(syscall.SIGTERM); _ = server.Wait() })
	// Number and end of line come one by one, and it ends if nobody takes both.
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

func TestScreenIsRead(t *testing.T) {
	display(t)
	const text = "SOTTO:I/1/ABCDEFG"
	code, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	img := code.Image(4)
	x, err := dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	// A window that shows the code, and one in red.
	screen := xproto.Setup(x).DefaultScreen(x)
	window := func(left, top, side int) (xproto.Window, xproto.Gcontext) {
		id, _ := xproto.NewWindowId(x)
		gc, _ := xproto.NewGcontextId(x)
		must(t, xproto.CreateWindowChecked(x, screen.RootDepth, id, screen.Root, int16(left), int16(top), uint16(side), uint16(side), 0,
			xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel, []uint32{0xff2010}).Check())
		must(t, xproto.CreateGCChecked(x, gc, xproto.Drawable(id), 0, nil).Check())
		must(t, xproto.MapWindowChecked(x, id).Check())
		return id, gc
	}
	window(600, 450, 50)
	side := img.Bounds().Dx()
	id, gc := window(300, 200, side)
	pix := make([]byte, 4*side*side)
	for i, v := range img.Pix {
		if v == 0 {
			copy(pix[4*i:], []byte{255, 255, 255, 0})
		}
	}
	for y := range side {
		must(t, xproto.PutImageChecked(x, xproto.ImageFormatZPixmap, xproto.Drawable(id), gc, uint16(side), 1, 0, int16(y), 0, screen.RootDepth, pix[4*side*y:][:4*side]).Check())
	}
	shot, err := Still(t.Context(), Screen{})
	if err != nil {
		t.Fatal(err)
	}
	if shot.Bounds().Size() != image.Pt(700, 500) {
		t.Errorf("the screen is %v", shot.Bounds())
	}
	if got := color.RGBAModel.Convert(shot.At(620, 470)); got != (color.RGBA{0xff, 0x20, 0x10, 0xff}) {
		t.Errorf("red is %v", got)
	}
	found, err := qr.All(t.Context(), shot)
	if err != nil || len(found) != 1 || found[0].Text != text {
		t.Fatalf("found %v, %v", found, err)
	}
	if !image.Rect(316, 216, 300+side-16, 200+side-16).In(found[0].At) {
		t.Errorf("it is at %v", found[0].At)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// offer puts data on the clipboard, in pieces if piece is not 0.
func offer(t *testing.T, kind string, data []byte, piece int) {
	t.Helper()
	x, err := dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	atom := func(name string) xproto.Atom {
		r, err := xproto.InternAtom(x, false, uint16(len(name)), name).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return r.Atom
	}
	clipboard, target, incr := atom("CLIPBOARD"), atom(kind), atom("INCR")
	screen := xproto.Setup(x).DefaultScreen(x)
	id, _ := xproto.NewWindowId(x)
	must(t, xproto.CreateWindowChecked(x, 0, id, screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check())
	must(t, xproto.SetSelectionOwnerChecked(x, id, clipboard, xproto.TimeCurrentTime).Check())
	go func() {
		var rest []byte
		var to xproto.Window
		var where xproto.Atom
		put := func(of xproto.Atom, format byte, n int, value []byte) {
			xproto.ChangeProperty(x, xproto.PropModeReplace, to, where, of, format, uint32(n), value)
		}
		for {
			e, _ := x.WaitForEvent()
			switch e := e.(type) {
			case nil:
				return
			case xproto.SelectionRequestEvent:
				to, where = e.Requestor, e.Property
				answer := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: to, Selection: e.Selection, Target: e.Target, Property: where}
				switch {
				case e.Target != target:
					answer.Property = xproto.AtomNone
				case piece == 0:
					put(target, 8, len(data), data)
				default:
					rest = data
					xproto.ChangeWindowAttributes(x, to, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
					put(incr, 32, 1, []byte{0, 0, 1, 0})
				}
				xproto.SendEvent(x, false, to, 0, string(answer.Bytes()))
			case xproto.PropertyNotifyEvent:
				if e.Window == to && e.State == xproto.PropertyDelete && piece > 0 {
					n := min(piece, len(rest))
					put(target, 8, n, rest[:n])
					rest = rest[n:]
				}
			}
		}
	}()
}

func TestClipboard(t *testing.T) {
	display(t)
	if _, err := Still(t.Context(), Clipboard{}); model.KindOf(err) != model.NoPicture {
		t.Errorf("empty: %v", err)
	}
	for _, c := range []struct {
		name, kind string
		data       []byte
		piece      int
		size       image.Point
		problem    model.Kind
	}{
		{"whole", "image/png", picture(t, 64, 32), 0, image.Pt(64, 32), ""},
		{"in pieces", "image/png", picture(t, 400, 300), 10_000, image.Pt(400, 300), ""},
		{"text only", "text/plain", []byte("good morning"), 0, image.Point{}, model.NoPicture},
		{"no picture after all", "image/png", []byte("good morning"), 0, image.Point{}, model.NoCodeInPicture},
		{"endless", "image/png", make([]byte, qr.MaxBytes+2_000_000), 200_000, image.Point{}, model.PictureTooLarge},
	} {
		offer(t, c.kind, c.data, c.piece)
		img, err := Still(t.Context(), Clipboard{})
		switch {
		case model.KindOf(err) != c.problem:
			t.Errorf("%s: %v", c.name, err)
		case err == nil && img.Bounds().Size() != c.size:
			t.Errorf("%s: %v", c.name, img.Bounds())
		}
	}
}

func TestCameraSize(t *testing.T) {
	discrete := func(w, h uint32) webcam.FrameSize {
		return webcam.FrameSize{MinWidth: w, MaxWidth: w, MinHeight: h, MaxHeight: h}
	}
	for _, c := range []struct {
		name    string
		offered []webcam.FrameSize
		w, h    uint32
	}{
		{"none", nil, 0, 0},
		{"not too large", []webcam.FrameSize{discrete(640, 480), discrete(1920, 1080), discrete(1280, 720), discrete(320, 240)}, 1280, 720},
		{"only large ones", []webcam.FrameSize{discrete(3840, 2160), discrete(1920, 1080)}, 1920, 1080},
		{"any", []webcam.FrameSize{{MinWidth: 16, MaxWidth: 4096, StepWidth: 2, MinHeight: 16, MaxHeight: 4096, StepHeight: 2}}, 640, 480},
		{"absurd", []webcam.FrameSize{discrete(1<<31, 1<<31), {}}, 0, 0},
	} {
		if w, h := size(c.offered); w != c.w || h != c.h {
			t.Errorf("%s: %d by %d, want %d by %d", c.name, w, h, c.w, c.h)
		}
	}
}

// TestCamera takes a picture where there is a camera. Where there is none it has
// to say so.
func TestCamera(t *testing.T) {
	stream, err := Camera{}.Open(t.Context())
	if devices, _ := filepath.Glob("/dev/video*"); len(devices) == 0 {
		if model.KindOf(err) != model.NoCamera {
			t.Errorf("without a camera: %v", err)
		}
		return
	}
	if err != nil {
		t.Skipf("the camera here is not to be had: %v", err)
	}
	if _, err := stream.Next(t.Context()); err != nil {
		t.Error(err)
	}
	if err := stream.Close(); err != nil {
		t.Error(err)
	}
	if _, err := stream.Next(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}
