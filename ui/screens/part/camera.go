package part

import (
	"context"
	"errors"
	"image"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/app/qr"
	"sotto/ui/kit"
	"sotto/ui/scan"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// previewWidth is how many pixels across the camera's picture is shown with.
const previewWidth = 640

// whenOver calls a function when a session has ended. That of a test ends before
// it begins, so tests have their own.
var whenOver = context.AfterFunc

// finder is the sheet with what the camera sees, until there is a code.
type finder struct {
	t      Taker
	stream scan.Stream
	looks  int
	closed bool

	picture *canvas.Image
	words   *kit.Text
	again   *kit.Button
	buttons *fyne.Container
	shut    func()
	fit     func()
}

// Camera shows what the camera sees and takes the code that is held before it.
// The camera is on only while the sheet is open.
func (t Taker) Camera() {
	f := &finder{t: t, picture: &canvas.Image{FillMode: canvas.ImageFillContain}}
	f.words = kit.Paragraph(wordStarting, theme.Small, theme.Ink2).Center()
	f.again = kit.NewButton(wordTryAgain, kit.Secondary, f.open)
	f.again.Hide()
	var corners [4]fyne.CanvasObject
	for i := range corners {
		corners[i] = newCorner(i)
	}
	ground := kit.NewBox(theme.Well, nil).Radius(theme.RadiusLG)
	view := kit.PlaceFor(func(width float32) float32 { return width * 3 / 4 }, func(s fyne.Size) {
		kit.At(ground, 0, 0, s.Width, s.Height)
		kit.At(f.picture, 0, 0, s.Width, s.Height)
		side := s.Height * .8 // the square that a code is held into
		x, y := (s.Width-side)/2, (s.Height-side)/2
		far := side - cornerSize
		kit.At(corners[0], x, y, cornerSize, cornerSize)
		kit.At(corners[1], x+far, y, cornerSize, cornerSize)
		kit.At(corners[2], x+far, y+far, cornerSize, cornerSize)
		kit.At(corners[3], x, y+far, cornerSize, cornerSize)
	}, ground, f.picture, corners[0], corners[1], corners[2], corners[3])
	cancel := kit.NewButton(wordCancel, kit.Secondary, func() { f.shut() })
	f.buttons = kit.HStack(theme.S2, kit.Fill(), f.again, cancel)
	f.shut, f.fit = kit.ShowSheet(t.On, 560, 72, kit.PadAll(theme.S6, kit.VStack(theme.S4,
		kit.NewText(wordCamera, theme.Title, theme.Ink), view, f.words,
		f.buttons)), f.close)
	f.open()
}

// open turns the camera on.
func (f *finder) open() {
	f.again.Hide()
	f.words.SetText(wordStarting)
	var stream scan.Stream
	f.t.Host.Run(func(ctx context.Context) (err error) {
		if stream, err = From.Camera.Open(ctx); err == nil {
			// However the session ends, the camera does not stay on.
			whenOver(ctx, func() { stream.Close() })
		}
		return err
	}, func(err error) {
		if err != nil {
			f.fails(err)
			return
		}
		if f.stream = stream; f.closed {
			f.off()
			return
		}
		f.words.SetText(wordHold)
		f.look()
	})
}

// look takes a picture, shows it, and goes on until there is a code in one.
func (f *finder) look() {
	var shown image.Image
	var code string
	stream, n := f.stream, f.looks
	f.looks++
	f.t.Host.Run(func(ctx context.Context) error {
		img, err := stream.Next(ctx)
		if err != nil {
			return err
		}
		shown = fitted(img, previewWidth, true)
		// A picture without a code, or with another kind of one, is no fault.
		if text, err := qr.Glance(img, n); err == nil && isCode(text) {
			code = text
		}
		return nil
	}, func(err error) {
		switch {
		case f.closed:
		case err != nil:
			f.off()
			f.fails(err)
		case code != "":
			f.shut()
			f.t.Take(code)
		default:
			f.picture.Image = shown
			f.picture.Refresh()
			f.look()
		}
	})
}

func (f *finder) fails(err error) {
	if f.closed {
		return
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	f.words.SetText(say.Error(err))
	f.again.Show()
	f.buttons.Refresh()
	f.fit()
}

// close is called when the sheet goes, however that happens.
func (f *finder) close() {
	f.closed = true
	f.off()
}

// off turns the camera off.
func (f *finder) off() {
	if stream := f.stream; stream != nil {
		f.stream = nil
		f.t.Host.Run(func(context.Context) error { return stream.Close() }, func(error) {})
	}
}
