// Package start is what a person sees while no profile is open: the welcome,
// the making of an account or its return from the 24 words, and the lock screen.
// It fills the whole window and ends with an open messenger.
package start

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// Window is the window that the screens stand in.
type Window interface {
	// Show fills the window with o.
	Show(o fyne.CanvasObject)
	// Window returns the toolkit's window.
	Window() fyne.Window
	// Run does work in the background and then, on the UI goroutine, done.
	Run(work func(ctx context.Context) error, done func(error))
}

// Flow is one way from a closed profile to an open one.
type Flow struct {
	Window Window
	Dir    string // the profile's directory
	// Opened gets the messenger, open and not yet online. The flow does not
	// use it after that.
	Opened func(*app.Messenger)
	// Theme is called when the person asked for the other of light and dark.
	Theme func()

	// What was given so far.
	name, pass, words string
	aside             string    // where the profile that is there goes before another is made
	unlock            func()    // shows the lock screen again; nil where there is no profile
	escape            func()    // what Esc did in the window before
	root              *kit.Root // of the window, once something was shown
}

// page is a screen of the flow: back at the top left, a column with steps, title,
// text and content.
type page struct {
	back        func() // nil: there is no way back
	at, of      int    // steps; of 0 shows none
	title, text string
	content     fyne.CanvasObject
	width       float32
}

func (f *Flow) show(p page) {
	column := kit.VStack(0)
	if p.of > 0 {
		column.Add(kit.Steps(p.at, p.of))
		column.Add(kit.Spacer(0, theme.S5))
	}
	if p.title != "" {
		column.Add(kit.Paragraph(p.title, theme.Display, theme.Ink))
		column.Add(kit.Spacer(0, theme.S2))
		column.Add(kit.Paragraph(p.text, theme.Body, theme.Ink2))
		column.Add(kit.Spacer(0, theme.S6))
	}
	column.Add(p.content)
	body := kit.VStack(0, kit.Column(p.width, column), kit.Fill())
	// With room above, the column begins where the drawn one does.
	wide, narrow := kit.Pad(104, theme.S8, theme.S6, theme.S8, body), kit.Pad(64, theme.S5, theme.S6, theme.S5, body)
	screen := kit.Stack(kit.NewScroll(part.NewAdapt(800, narrow, wide)))
	if p.back != nil {
		back := kit.NewIconButton("back", wordBack, p.back)
		screen.Add(kit.Place(fyne.Size{}, func(s fyne.Size) {
			x := float32(24)
			if s.Width < 800 {
				x = 12
			}
			kit.At(back, x, 20, 36, 36)
		}, back))
	}
	f.Window.Show(screen)
	f.onEscape(screen, p.back)
}

// onEscape makes Esc call back, which may be nil, while screen is on show.
func (f *Flow) onEscape(screen fyne.CanvasObject, back func()) {
	if f.root == nil {
		if f.root = kit.RootOf(screen); f.root == nil {
			return
		}
		f.escape = f.root.OnEscape
	}
	f.root.OnEscape = back
}

// end forgets what was given, gives Esc back to the window, and hands the
// messenger over.
func (f *Flow) end(m *app.Messenger) {
	f.name, f.pass, f.words = "", "", ""
	if f.root != nil {
		f.root.OnEscape, f.root = f.escape, nil
	}
	f.Opened(m)
}

// fail says below a field what is wrong with it.
func (f *Flow) fail(field *kit.Field, sentence string) {
	field.SetError(sentence)
	field.Focus()
}
