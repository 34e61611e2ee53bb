package part

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"io"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/app/qr"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/say"
	"sotto/ui/screens/screentest"
	"sotto/ui/theme"
)

// film is a source that shows its pictures one after the other, the last for ever.
type film struct {
	frames []image.Image
	err    error
	at     int
	opened int
	closed int
	dead   bool // nothing comes after the frames
}

func (f *film) Open(context.Context) (scan.Stream, error) {
	if f.err != nil {
		return nil, f.err
	}
	f.opened++
	return f, nil
}

func (f *film) Next(context.Context) (image.Image, error) {
	if f.at >= len(f.frames) {
		if f.dead {
			return nil, model.E(model.CameraFailed, "", nil)
		}
		return nil, io.EOF
	}
	f.at++
	return f.frames[f.at-1], nil
}

func (f *film) Close() error { f.closed++; return nil }

// pan returns what a camera sees that moves over a code, of which only the last
// picture has all.
func pan(t *testing.T, text string) []image.Image {
	t.Helper()
	code, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	img := code.Image(5)
	var frames []image.Image
	for x := 640 - 100; x >= 200; x -= 60 {
		frame := image.NewRGBA(image.Rect(0, 0, 640, 480))
		draw.Draw(frame, frame.Rect, image.NewUniform(color.Gray{Y: 0x70}), image.Point{}, draw.Src)
		draw.Draw(frame, img.Rect.Add(image.Pt(x, 100)), img, image.Point{}, draw.Src)
		frames = append(frames, frame)
	}
	return frames
}

// ended is what was asked to be called at the end of the session.
var ended func()

// taking shows a window with a taker that notes what it is told.
func taking(t *testing.T, from Sources) (h *screentest.Host, taker Taker, code, problem *string) {
	t.Helper()
	sources, over := From, whenOver
	From = from
	whenOver = func(_ context.Context, f func()) func() bool { ended = f; return nil }
	t.Cleanup(func() { From, whenOver, ended = sources, over, nil })
	h = screentest.NewHost(t, 960, 800)
	on := kit.NewText("page", theme.Body, theme.Ink)
	h.Show(on)
	code, problem = new(string), new(string)
	return h, Taker{Host: h, On: on, Take: func(s string) { *code = s }, Fails: func(s string) { *problem = s }}, code, problem
}

func open(h *screentest.Host) bool { return h.Window().Canvas().Overlays().Top() != nil }

func TestCameraFindsACode(t *testing.T) {
	f := &film{frames: pan(t, "SOTTO:I/1/ABCDEFGHIJ")}
	h, taker, code, _ := taking(t, Sources{Camera: f})
	taker.Camera()
	h.WantSees(wordCamera, wordStarting)
	h.Settle()
	if *code != "SOTTO:I/1/ABCDEFGHIJ" {
		t.Errorf("the camera gave %q", *code)
	}
	if open(h) {
		t.Error("the sheet is still open")
	}
	if f.at < 2 {
		t.Error("it was found before it was to be seen")
	}
	if f.closed == 0 {
		t.Error("the camera is still on")
	}
}

// A code of another kind that is in the picture by chance is not taken.
func TestCameraWaitsForACodeOfOurs(t *testing.T) {
	f := &film{frames: pan(t, "HTTPS://EXAMPLE.ORG"), dead: true}
	h, taker, code, _ := taking(t, Sources{Camera: f})
	taker.Camera()
	h.Settle()
	if *code != "" {
		t.Errorf("took %q", *code)
	}
	h.WantSees(say.Problem(model.CameraFailed), wordTryAgain)
	if f.closed == 0 {
		t.Error("the camera is still on")
	}
}

func TestCameraIsOffWhenTheSheetIsClosed(t *testing.T) {
	for name, shut := range map[string]func(h *screentest.Host){
		"while it starts": func(h *screentest.Host) { h.Press(wordCancel) },
		"while it looks": func(h *screentest.Host) {
			h.Step() // it is open, and the first look under way
			h.Press(wordCancel)
		},
	} {
		f := &film{frames: pan(t, "HTTPS://EXAMPLE.ORG")}
		h, taker, _, problem := taking(t, Sources{Camera: f})
		taker.Camera()
		shut(h)
		if open(h) || f.opened != 1 || f.closed != 1 || *problem != "" {
			t.Errorf("%s: open %v, opened %d times, closed %d times, %q", name, open(h), f.opened, f.closed, *problem)
		}
		if f.at > 2 {
			t.Errorf("%s: %d pictures were taken after all", name, f.at)
		}
	}
}

func TestCameraIsOffWhenTheSessionEnds(t *testing.T) {
	f := &film{frames: pan(t, "HTTPS://EXAMPLE.ORG")}
	_, taker, _, _ := taking(t, Sources{Camera: f})
	taker.Camera()
	if ended == nil {
		t.Fatal("nothing is done then")
	}
	if ended(); f.closed != 1 {
		t.Errorf("closed %d times", f.closed)
	}
}

func TestNoCameraIsSaid(t *testing.T) {
	f := &film{err: model.E(model.NoCamera, "", nil)}
	h, taker, code, _ := taking(t, Sources{Camera: f})
	taker.Camera()
	h.Settle()
	h.WantSees(say.Problem(model.NoCamera))
	f.err, f.frames = nil, pan(t, "SOTTO:I/1/ABCDEFGHIJ") // it is connected
	h.Press(wordTryAgain)
	if *code == "" {
		t.Error("it was not tried again")
	}
}

// screenWith returns a screen with these codes, from left to right.
func screenWith(t *testing.T, texts ...string) image.Image {
	t.Helper()
	screen := image.NewRGBA(image.Rect(0, 0, 2000, 800))
	draw.Draw(screen, screen.Rect, image.White, image.Point{}, draw.Src)
	for i, text := range texts {
		code, err := qr.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		img := code.Image(8)
		draw.Draw(screen, img.Rect.Add(image.Pt(100+1000*i, 200)), img, image.Point{}, draw.Src)
	}
	return screen
}

func TestScreen(t *testing.T) {
	const mine, theirs = "SOTTO:I/1/MINEMINE", "SOTTO:I/1/THEIRS"
	f := &film{frames: []image.Image{screenWith(t, mine, theirs)}}
	h, taker, code, problem := taking(t, Sources{Screen: f})
	taker.Mine = func(s string) bool { return s == mine }
	taker.Screen()
	h.Settle()
	if *code != theirs || open(h) {
		t.Errorf("took %q, %q", *code, *problem)
	}

	*code, f.at = "", 0
	taker.Mine = nil // two that could be theirs
	taker.Screen()
	h.Settle()
	h.WantSees(wordSeveralSeen)
	if *code != "" {
		t.Fatalf("took %q", *code)
	}
	drag := func(x0, y0, x1, y1 float32) { // in shares of the picture
		pick := find[*frame](h)
		s := pick.Size()
		pick.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x0*s.Width+5, y0*s.Height)}, Dragged: fyne.NewDelta(5, 0)})
		pick.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x1*s.Width, y1*s.Height)}})
		pick.DragEnd()
		h.Settle()
	}
	drag(.9, .05, .99, .2)
	h.WantSees(say.Problem(model.NoCodeInPicture))
	drag(.75, .9, .5, .2) // from below
	if *code != theirs || open(h) {
		t.Errorf("from the frame: %q", *code)
	}
}

// TestScreenByKeyboard: the frame goes to the left one of two codes without the mouse.
func TestScreenByKeyboard(t *testing.T) {
	screen := screenWith(t, "SOTTO:I/1/THEIRS", "SOTTO:I/1/OTHERS")
	h, taker, code, problem := taking(t, Sources{Screen: &film{frames: []image.Image{screen, screen}}})
	taker.Screen()
	h.Settle()
	pick := find[*frame](h)
	if h.Window().Canvas().Focused() != fyne.Focusable(pick) || pick.outline.Hidden {
		t.Fatalf("the keyboard is at %T", h.Window().Canvas().Focused())
	}
	typed := func(name fyne.KeyName, times int) {
		for range times {
			pick.TypedKey(&fyne.KeyEvent{Name: name})
		}
	}
	typed(fyne.KeyDown, 1000)
	typed(fyne.KeyReturn, 1)
	h.Settle()
	h.WantSees(say.Problem(model.NoCodeInPicture))
	typed(fyne.KeyUp, 1000)
	for range 4 {
		pick.TypedRune('+')
	}
	s := pick.Size()
	typed(fyne.KeyDown, int(s.Height*.45/frameStep))
	typed(fyne.KeyLeft, int(s.Width*.3/frameStep))
	typed(fyne.KeyReturn, 1)
	h.Settle()
	if *code != "SOTTO:I/1/THEIRS" || open(h) {
		t.Errorf("took %q, %q", *code, *problem)
	}
	taker.Screen()
	h.Settle()
	find[*frame](h).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if open(h) {
		t.Error("Esc does not close the picture")
	}
}

func TestScreenWithoutACode(t *testing.T) {
	f := &film{frames: []image.Image{screenWith(t, "HTTPS://EXAMPLE.ORG")}}
	h, taker, _, problem := taking(t, Sources{Screen: f})
	taker.Screen()
	h.Settle()
	h.WantSees(wordNoneSeen)
	h.Press(wordCancel)
	f.err = model.E(model.NoScreen, "", nil)
	taker.Screen()
	h.Settle()
	if *problem != say.Problem(model.NoScreen) {
		t.Errorf("said %q", *problem)
	}
}

func TestClipboardPicture(t *testing.T) {
	f := &film{frames: []image.Image{screenWith(t, "SOTTO:I/1/THEIRS")}}
	h, taker, code, _ := taking(t, Sources{Clipboard: f})
	asked := 0
	taker.Clipboard(func() { asked++ })
	h.Settle()
	if *code != "SOTTO:I/1/THEIRS" || asked > 0 {
		t.Errorf("took %q, asked %d times", *code, asked)
	}
	f.err = model.E(model.NoPicture, "", nil)
	taker.Clipboard(func() { asked++ })
	h.Settle()
	if asked != 1 {
		t.Error("without a picture nothing else was tried")
	}
}

// find returns the part of that type in the sheet on top.
func find[T fyne.CanvasObject](h *screentest.Host) (found T) {
	var walk func(o fyne.CanvasObject) bool
	walk = func(o fyne.CanvasObject) bool {
		if f, ok := o.(T); ok {
			found = f
			return true
		}
		var inner []fyne.CanvasObject
		switch o := o.(type) {
		case *fyne.Container:
			inner = o.Objects
		case fyne.Widget:
			inner = test.WidgetRenderer(o).Objects()
		}
		for _, c := range inner {
			if walk(c) {
				return true
			}
		}
		return false
	}
	walk(h.Window().Canvas().Overlays().Top())
	return found
}
