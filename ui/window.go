package ui

import (
	"context"
	"fmt"
	"os"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/desktop"
	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// What is kept in the toolkit's preferences: how the window stands, no more.
const (
	prefWidth  = "width"
	prefHeight = "height"
	prefList   = "list"
	prefTold   = "told-of-tray" // that closing the window does not end the program
)

// Window is the program's one window. Its methods are to be called on the UI
// goroutine.
type Window struct {
	app     fyne.App
	window  fyne.Window
	root    *kit.Root
	pump    *stage.Pump
	session *stage.Session // of the window itself, for screens before a profile is open
	main    *mainView
	// Notifier shows notifications; nil shows none. OnUnread is told how many
	// messages wait to be read, muted ones aside, when that changes.
	Notifier Notifier
	OnUnread func(n int)
	unread   int
	front    bool // the window is in front of others
	tray     bool // there is a tray with our icon
	hidden   bool // in the tray
	tell     bool // that it was closed to the tray, once it is back
}

// New makes the window and restores its size and theme. It shows nothing yet.
func New(app fyne.App) *Window { return newWindow(app, fyne.Do) }

func newWindow(app fyne.App, do func(func())) *Window {
	theme.Restore(app)
	if scale := app.Preferences().IntWithFallback(theme.PrefScale, 100); scale != 100 && os.Getenv("FYNE_SCALE") == "" {
		os.Setenv("FYNE_SCALE", fmt.Sprint(float64(scale)/100)) // read when a window is made
	}
	w := &Window{app: app, pump: stage.NewPump(do), front: true}
	w.session = w.pump.NewSession()
	w.window = app.NewWindow(wordTitle)
	w.window.SetPadded(false)
	w.window.SetIcon(theme.AppIcon())
	w.root = kit.NewRoot(kit.NewBox(theme.Paper, nil))
	w.root.OnEscape = func() {
		if w.main != nil {
			w.main.escape()
		}
	}
	w.window.SetContent(w.root)
	w.root.Bind(w.window)
	w.bindKeys()
	p := app.Preferences()
	w.window.Resize(fyne.NewSize(float32(p.FloatWithFallback(prefWidth, 1280)), float32(p.FloatWithFallback(prefHeight, 800))))
	w.window.SetCloseIntercept(w.close)
	app.Lifecycle().SetOnEnteredForeground(func() { w.setFront(true) })
	app.Lifecycle().SetOnExitedForeground(func() { w.setFront(false) })
	return w
}

// Window returns the toolkit's window.
func (w *Window) Window() fyne.Window { return w.window }

// Run calls work in the background and done with its error on the UI goroutine,
// for screens before a profile is open.
func (w *Window) Run(work func(ctx context.Context) error, done func(error)) {
	w.session.Run(work, done)
}

// Post calls f on the UI goroutine; it may be called on any other.
func (w *Window) Post(f func()) { w.pump.Post(f) }

// Raise brings the window to the front.
func (w *Window) Raise() {
	w.hidden = false
	w.window.Show()
	w.window.RequestFocus()
	if w.Notifier != nil {
		w.Notifier.Withdraw(keyTray)
	}
	if w.tell {
		w.tell = false
		w.root.ShowToast(kit.Toast{Icon: "info", Text: wordKeepsRunning})
	}
}

// Open opens a page in the main window, if it is on show, in the place of any other.
func (w *Window) Open(page func(h stage.Host) stage.Page) {
	if w.main != nil {
		w.main.closePage()
		w.main.Open(page(w.main))
	}
}

// LockForAbsence locks the profile, unless the person chose never to have it
// locked, and calls done on the UI goroutine.
func (w *Window) LockForAbsence(done func()) {
	v := w.main
	if v == nil {
		done()
		return
	}
	var s model.Settings
	w.Run(func(ctx context.Context) (err error) {
		s, err = v.m.Settings(ctx)
		return err
	}, func(err error) {
		if w.main == v && (err != nil || s.LockAfter > 0) {
			w.Lock()
		}
		done()
	})
}

// Show shows a screen that takes the whole window: first start, lock.
func (w *Window) Show(o fyne.CanvasObject) {
	w.end()
	w.root.SetContent(o)
}

// Start shows the main window over an open messenger. onLock is called when
// the person locks it: the session has ended by then, and m is to be closed and
// the lock screen to be shown.
func (w *Window) Start(m Messenger, screens stage.Screens, onLock func()) {
	w.end()
	w.main = newMain(w, m, screens, onLock)
	w.root.SetContent(w.main.content)
	w.root.ToastArea = w.main.toastArea
	w.main.start()
}

// end takes leave of what is on show. A field that goes must not keep the keyboard:
// Enter would send what stands in it once more, and its caret go on blinking where
// nobody sees it.
func (w *Window) end() {
	w.window.Canvas().Unfocus()
	if w.main != nil {
		w.main.end()
		w.main, w.root.ToastArea = nil, nil
	}
	for top := w.window.Canvas().Overlays().Top(); top != nil; top = w.window.Canvas().Overlays().Top() {
		w.window.Canvas().Overlays().Remove(top)
	}
}

// Lock locks the profile if one is open.
func (w *Window) Lock() {
	if w.main != nil {
		onLock := w.main.onLock
		w.end()
		w.root.SetContent(kit.NewBox(theme.Paper, nil))
		onLock()
	}
}

// Quit remembers how the window stands and ends the program.
func (w *Window) Quit() {
	w.remember()
	w.end()
	w.session.End()
	w.pump.Close()
	w.app.Quit()
}

func (w *Window) close() {
	if w.tray {
		w.hide()
		return
	}
	w.Quit()
}

func (w *Window) remember() {
	s := w.window.Canvas().Size()
	p := w.app.Preferences()
	p.SetFloat(prefWidth, float64(s.Width))
	p.SetFloat(prefHeight, float64(s.Height))
	if w.main != nil {
		p.SetFloat(prefList, float64(w.main.listWidth))
	}
}

func (w *Window) setFront(front bool) {
	w.front = front
	if front && w.main != nil {
		w.main.cameToFront()
	}
}

// SetTray tells the window whether there is a tray with the program's icon. If it
// goes while the window is hidden in it, the window comes back: a program that
// nobody can see is not to run.
func (w *Window) SetTray(there bool) {
	w.tray = there
	if !there && w.hidden {
		w.Raise()
	}
}

// BeginHidden leaves the window in the tray, if there is one, until somebody wants
// it. It is called instead of showing it.
func (w *Window) BeginHidden() {
	w.hidden, w.front = true, false
}

// ShowUnlessInTray shows a window that began hidden if there is no tray.
func (w *Window) ShowUnlessInTray() { w.SetTray(w.tray) }

// hide closes the window to the tray, and says once that the program goes on.
func (w *Window) hide() {
	w.remember()
	w.hidden = true
	w.setFront(false)
	w.window.Hide()
	if w.app.Preferences().Bool(prefTold) {
		return
	}
	w.app.Preferences().SetBool(prefTold, true)
	if w.Notifier != nil && w.Notifier.Served() {
		w.Notifier.Show(desktop.Notice{Key: keyTray, Title: wordTitle, Body: wordKeepsRunning})
		return
	}
	w.tell = true
}

// bindKeys sets the keys that work everywhere.
func (w *Window) bindKeys() {
	main := func(f func(*mainView)) func() {
		return func() {
			if w.main != nil {
				f(w.main)
			}
		}
	}
	for key, f := range map[keys.Key]func(){
		keys.Add:        main((*mainView).addContact),
		keys.Search:     main((*mainView).search),
		keys.SearchHere: main((*mainView).searchHere),
		keys.Switch:     main((*mainView).switchTo),
		keys.Settings:   main((*mainView).settings),
		keys.Shortcuts:  main((*mainView).shortcuts),
		keys.FoundOlder: main(func(m *mainView) { m.find.step(1) }),
		keys.FoundNewer: main(func(m *mainView) { m.find.step(-1) }),
		keys.Details:    main(func(m *mainView) { m.talk.toggleDetails() }),
		keys.Above:      main(func(m *mainView) { m.step(-1) }),
		keys.Below:      main(func(m *mainView) { m.step(1) }),
		keys.Lock:       w.Lock,
		keys.Quit:       w.Quit,
	} {
		w.root.AddShortcut(w.window, key.Name, key.Mod, f)
	}
}
