package part

import (
	"context"
	"image"
	"slices"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/app/qr"
	"sotto/ui/scan"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
)

// Sources are where codes are taken from on this computer.
type Sources struct{ Camera, Screen, Clipboard scan.Source }

// From is what screens take codes from. Tests put their own there.
var From = Sources{scan.Camera{}, scan.Screen{}, scan.Clipboard{}}

// Taker takes a code for a screen, from whatever source.
type Taker struct {
	Host stage.Host
	On   fyne.CanvasObject // in the window that sheets open in
	// Take gets what a code says.
	Take func(text string)
	// Fails gets the sentence that says why there is no code.
	Fails func(sentence string)
	// Mine reports whether a code on the screen is our own, which is on show
	// there while somebody else's is looked for; may be nil.
	Mine func(text string) bool
}

// Picture takes the code in the picture of a source. told gets what is wrong with
// it, or "" before the code is taken.
func (t Taker) Picture(s scan.Source, told func(problem string)) {
	var code string
	t.Host.Run(func(ctx context.Context) error {
		img, err := scan.Still(ctx, s)
		if err == nil {
			code, err = qr.DecodeImage(img) // bounded: some seconds
		}
		return err
	}, func(err error) {
		told(FileProblem(err))
		if err == nil {
			t.Take(code)
		}
	})
}

// Clipboard takes the code in the picture on the clipboard. Without a picture
// otherwise is called.
func (t Taker) Clipboard(otherwise func()) {
	var code string
	t.Host.Run(func(ctx context.Context) error {
		img, err := scan.Still(ctx, From.Clipboard)
		if err == nil {
			code, err = qr.DecodeImage(img) // bounded: some seconds
		}
		return err
	}, func(err error) {
		switch {
		case err == nil:
			t.Take(code)
		case model.KindOf(err) == model.NoPicture:
			otherwise()
		default:
			t.Fails(say.Error(err))
		}
	})
}

// Screen takes the code that is somewhere on the screen. If there is none, or
// several, the person drags a frame around it in a picture of the screen.
func (t Taker) Screen() {
	var shot, shown image.Image
	var codes []string
	t.Host.Run(func(ctx context.Context) (err error) {
		if shot, err = scan.Still(ctx, From.Screen); err != nil {
			return err
		}
		found, err := qr.All(context.WithoutCancel(ctx), shot) // bounded as well
		if err != nil && model.KindOf(err) != model.NoCodeInPicture {
			return err
		}
		for _, f := range found {
			if isCode(f.Text) && (t.Mine == nil || !t.Mine(f.Text)) && !slices.Contains(codes, f.Text) {
				codes = append(codes, f.Text)
			}
		}
		if len(codes) != 1 {
			shown = fitted(shot, regionWidth, false)
		}
		return nil
	}, func(err error) {
		switch {
		case err != nil:
			t.Fails(say.Error(err))
		case len(codes) == 1:
			t.Take(codes[0])
		case len(codes) == 0:
			t.region(shot, shown, wordNoneSeen)
		default:
			t.region(shot, shown, wordSeveralSeen)
		}
	})
}

// fitted returns a picture at most that wide, as it is or as in a mirror: what
// the toolkit is given is kept as it is, and redrawn whole.
func fitted(img image.Image, most int, mirrored bool) image.Image {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w > most {
		w, h = most, max(1, h*most/w)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			to := x
			if mirrored {
				to = w - 1 - x
			}
			out.Set(to, y, img.At(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h))
		}
	}
	return out
}
