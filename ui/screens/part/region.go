package part

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/app/qr"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// regionWidth is how many pixels across the picture of the screen is shown with.
const regionWidth = 1600

// region shows a picture of the screen, shot, as shown, and takes the code in the
// part of it that the person drags a frame around, or moves one to by keyboard.
func (t Taker) region(shot, shown image.Image, why string) {
	words := kit.Paragraph(why, theme.Small, theme.Ink2)
	var shut, fit func()
	pick := newFrame(shown, func(part image.Rectangle) {
		var code string
		t.Host.Run(func(context.Context) (err error) {
			code, err = qr.DecodeImage(cut(shot, part, shown.Bounds().Size()))
			return err
		}, func(err error) {
			if err != nil {
				words.SetText(say.Error(err))
				fit()
				return
			}
			shut()
			t.Take(code)
		})
	})
	room := fyne.NewSize(960, 800)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.On); c != nil {
		room = c.Size()
	}
	// All of the screen is in the window: its height decides as well.
	size := shown.Bounds().Size()
	ratio := float32(size.Y) / float32(size.X)
	wide := min(room.Width-96, (room.Height-200)/ratio)
	cancel := kit.NewButton(wordCancel, kit.Secondary, func() { shut() })
	shut, fit = kit.ShowSheet(t.On, max(wide, 280)+2*theme.S6, 24, kit.PadAll(theme.S6, kit.VStack(theme.S3,
		kit.NewText(wordRegion, theme.Title, theme.Ink), words,
		kit.PlaceFor(func(width float32) float32 { return width * ratio },
			func(s fyne.Size) { kit.At(pick, 0, 0, s.Width, s.Height) }, pick),
		kit.HStack(theme.S2, kit.Grow(kit.Paragraph(wordRegionKeys, theme.Caption, theme.Ink2)), cancel))), nil)
	pick.leave = shut
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.On); c != nil {
		c.Focus(pick)
	}
}

// cut returns a part of the screen, given in the pixels of the picture of that
// size that was shown.
func cut(shot image.Image, part image.Rectangle, shown image.Point) image.Image {
	b := shot.Bounds()
	r := image.Rect(part.Min.X*b.Dx()/shown.X, part.Min.Y*b.Dy()/shown.Y, part.Max.X*b.Dx()/shown.X, part.Max.Y*b.Dy()/shown.Y)
	if s, ok := shot.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r.Add(b.Min))
	}
	return shot
}

// frame is a picture that a frame can be dragged around a part of. By keyboard a
// square stands in it: the arrow keys move it, + and - size it, Enter takes it.
type frame struct {
	widget.BaseWidget
	image    *canvas.Image
	outline  *canvas.Rectangle
	from, to fyne.Position
	dragging bool
	focused  bool
	picked   func(part image.Rectangle) // in pixels of the picture
	leave    func()                     // for Esc
}

const frameStep = 16 // how far a key moves or sizes the frame

func newFrame(img image.Image, picked func(image.Rectangle)) *frame {
	f := &frame{image: canvas.NewImageFromImage(img), outline: &canvas.Rectangle{StrokeWidth: 2, CornerRadius: 3}, picked: picked}
	f.image.FillMode = canvas.ImageFillStretch
	f.ExtendBaseWidget(f)
	return f
}

// Dragged and DragEnd are called by the toolkit.
func (f *frame) Dragged(e *fyne.DragEvent) {
	if !f.dragging {
		f.dragging, f.from = true, e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
	}
	f.to = e.Position
	f.Refresh()
}

func (f *frame) DragEnd() {
	f.dragging = false
	f.pick()
}

// FocusGained, FocusLost, TypedRune and TypedKey are called by the toolkit.
func (f *frame) FocusGained() { f.focused = true; f.Refresh() }
func (f *frame) FocusLost()   { f.focused = false; f.Refresh() }

func (f *frame) TypedRune(r rune) {
	switch r {
	case '+', '=': // one key on many keyboards
		f.grow(frameStep)
	case '-':
		f.grow(-frameStep)
	}
}

func (f *frame) TypedKey(e *fyne.KeyEvent) {
	kit.Touched()
	switch e.Name {
	case fyne.KeyLeft:
		f.move(-frameStep, 0)
	case fyne.KeyRight:
		f.move(frameStep, 0)
	case fyne.KeyUp:
		f.move(0, -frameStep)
	case fyne.KeyDown:
		f.move(0, frameStep)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		f.pick()
	case fyne.KeyEscape:
		f.leave()
	}
}

// stand puts a square into the middle if there is no frame yet.
func (f *frame) stand() {
	if s := f.Size(); f.from == f.to {
		half := min(s.Width, s.Height) / 4
		f.from, f.to = fyne.NewPos(s.Width/2-half, s.Height/2-half), fyne.NewPos(s.Width/2+half, s.Height/2+half)
	}
}

// move moves the frame, as far as its middle stays in the picture.
func (f *frame) move(dx, dy float32) {
	f.stand()
	s, mid := f.Size(), fyne.NewPos((f.from.X+f.to.X)/2+dx, (f.from.Y+f.to.Y)/2+dy)
	if mid.X >= 0 && mid.X <= s.Width && mid.Y >= 0 && mid.Y <= s.Height {
		f.from, f.to = f.from.AddXY(dx, dy), f.to.AddXY(dx, dy)
	}
	f.Refresh()
}

// grow makes the frame larger by that at each side, or smaller.
func (f *frame) grow(by float32) {
	f.stand()
	x0, x1, y0, y1 := f.span()
	if s := f.Size(); x1-x0+2*by >= 2*frameStep && y1-y0+2*by >= 2*frameStep && x1-x0+2*by <= 2*s.Width {
		f.from, f.to = fyne.NewPos(x0-by, y0-by), fyne.NewPos(x1+by, y1+by)
	}
	f.Refresh()
}

// span returns the edges of the frame, whichever way it was dragged.
func (f *frame) span() (x0, x1, y0, y1 float32) {
	return min(f.from.X, f.to.X), max(f.from.X, f.to.X), min(f.from.Y, f.to.Y), max(f.from.Y, f.to.Y)
}

// AccessibilityLabel says what the keyboard is at.
func (f *frame) AccessibilityLabel() string { return wordRegion }

// AccessibilityRole says that this is text: there is no role for pictures.
func (f *frame) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// pick takes what is in the frame.
func (f *frame) pick() {
	size, in := f.Size(), f.image.Image.Bounds().Size()
	pixel := func(p fyne.Position) image.Point {
		return image.Pt(int(p.X/size.Width*float32(in.X)), int(p.Y/size.Height*float32(in.Y)))
	}
	if r := (image.Rectangle{Min: pixel(f.from), Max: pixel(f.to)}).Canon().Intersect(image.Rectangle{Max: in}); !r.Empty() {
		f.picked(r)
	}
}

// CreateRenderer is called by the toolkit.
func (f *frame) CreateRenderer() fyne.WidgetRenderer { return &frameView{f} }

type frameView struct{ f *frame }

func (v *frameView) Destroy() {}
func (v *frameView) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.f.image, v.f.outline}
}
func (v *frameView) MinSize() fyne.Size { return fyne.NewSize(200, 100) }
func (v *frameView) Layout(s fyne.Size) {
	kit.At(v.f.image, 0, 0, s.Width, s.Height)
	v.Refresh()
}

func (v *frameView) Refresh() {
	v.f.outline.StrokeColor = theme.Color(theme.AccentInk)
	if v.f.focused && v.f.Size().Width > 0 {
		v.f.stand()
	}
	x0, x1, y0, y1 := v.f.span()
	v.f.outline.Hidden = x1 <= x0 || y1 <= y0
	kit.At(v.f.outline, x0, y0, x1-x0, y1-y0)
	canvas.Refresh(v.f.outline)
}
