package screentest

import (
	"context"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Host is a window of a test. Background work is done at once; its result is
// handed over by Settle. What only waits for time to pass never ends.
type Host struct {
	t      testing.TB
	window *window
	root   *kit.Root
	queue  []func()
	ended  context.Context

	Page   *stage.Page // on show, or nil
	Talk   model.ContactID
	Locked bool
}

// window keeps what a test wants to call.
type window struct {
	fyne.Window
	dropped func(fyne.Position, []fyne.URI)
}

func (w *window) SetOnDropped(f func(fyne.Position, []fyne.URI)) { w.dropped = f }

// Drop lets a file fall on the window, and settles.
func (h *Host) Drop(path string) {
	h.t.Helper()
	if h.window.dropped == nil {
		h.t.Fatal("nothing may be dropped here")
	}
	h.window.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	h.Settle()
}

// NewHost opens a window of that size.
func NewHost(t testing.TB, width, height float32) *Host {
	t.Helper()
	app := test.NewTempApp(t)
	theme.Use(app, theme.Look{Mode: theme.Light})
	h := &Host{t: t, window: &window{Window: app.NewWindow("Sotto")}, root: kit.NewRoot(kit.Fill())}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.ended = ctx
	h.window.SetPadded(false)
	h.window.SetContent(h.root)
	h.window.Resize(fyne.NewSize(width, height))
	t.Cleanup(h.window.Close)
	return h
}

// Run is stage.Host's.
func (h *Host) Run(work func(context.Context) error, done func(error)) {
	err := work(h.ended)
	h.queue = append(h.queue, func() { done(err) })
}

// Settle hands results over until there are no more.
func (h *Host) Settle() {
	for len(h.queue) > 0 {
		h.Step()
	}
}

// Step hands one result over.
func (h *Host) Step() {
	f := h.queue[0]
	h.queue = h.queue[1:]
	f()
}

// Show fills the window with o.
func (h *Host) Show(o fyne.CanvasObject) { h.root.SetContent(o) }

// Open shows a page and settles nothing.
func (h *Host) Open(p stage.Page) {
	if h.Page != nil && h.Page.Key == p.Key {
		return
	}
	h.shut()
	h.Page = &p
	h.root.SetContent(p.Content)
	if p.Focus != nil {
		p.Focus()
	}
}

func (h *Host) shut() {
	if p := h.Page; p != nil {
		h.Page = nil
		if p.OnClose != nil {
			p.OnClose()
		}
	}
}

// Close closes the page.
func (h *Host) Close() { h.shut(); h.root.SetContent(kit.Fill()) }

// Converse closes the page and notes whose conversation is opened.
func (h *Host) Converse(id model.ContactID) { h.Close(); h.Talk = id }

// Lock notes that it was asked for.
func (h *Host) Lock() { h.Locked = true }

// Window returns the window.
func (h *Host) Window() fyne.Window { return h.window }

// OpenSettled opens a page and settles.
func (h *Host) OpenSettled(p stage.Page) { h.Open(p); h.Settle() }

// Event tells the page on show of an event, and settles.
func (h *Host) Event(e model.Event) {
	if h.Page != nil && h.Page.OnEvents != nil {
		h.Page.OnEvents([]model.Event{e})
	}
	h.Settle()
}

// screen returns what is on top: a dialog, or the window's content.
func (h *Host) screen() fyne.CanvasObject {
	if top := h.window.Canvas().Overlays().Top(); top != nil {
		return top
	}
	return h.root
}

// walk visits what is to be seen, until f says true.
func walk(o fyne.CanvasObject, f func(fyne.CanvasObject) bool) bool {
	if !o.Visible() {
		return false
	}
	if f(o) {
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
		if walk(c, f) {
			return true
		}
	}
	return false
}

// Sees reports whether these words are on the screen.
func (h *Host) Sees(words string) bool {
	return walk(h.screen(), func(o fyne.CanvasObject) bool {
		t, ok := o.(*kit.Text)
		return ok && t.Text() == words
	})
}

// WantSees fails the test unless these words are on the screen.
func (h *Host) WantSees(words ...string) {
	h.t.Helper()
	for _, w := range words {
		if !h.Sees(w) {
			h.t.Errorf("%q is not on the screen:\n%s", w, h.All())
		}
	}
}

// All returns all words on the screen.
func (h *Host) All() string {
	s := ""
	walk(h.screen(), func(o fyne.CanvasObject) bool {
		if t, ok := o.(*kit.Text); ok {
			s += fmt.Sprintf("  %s\n", t.Text())
		}
		return false
	})
	return s
}

// Press presses the button, link or row of that name, and settles.
func (h *Host) Press(name string) {
	h.t.Helper()
	pressed := walk(h.screen(), func(o fyne.CanvasObject) bool {
		_, mouse := o.(desktop.Mouseable)
		named, ok := o.(interface{ AccessibilityLabel() string })
		tap, taps := o.(fyne.Tappable)
		if !mouse || !ok || !taps || named.AccessibilityLabel() != name {
			return false
		}
		if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
			h.t.Errorf("%q is disabled", name)
		}
		tap.Tapped(&fyne.PointEvent{})
		return true
	})
	if !pressed {
		h.t.Fatalf("nothing named %q to press:\n%s", name, h.All())
	}
	h.Settle()
}

// named returns what has that name on the screen and can be disabled, or nil.
func (h *Host) named(name string) (found fyne.CanvasObject) {
	walk(h.screen(), func(o fyne.CanvasObject) bool {
		n, ok := o.(interface{ AccessibilityLabel() string })
		_, can := o.(fyne.Disableable)
		if ok && can && n.AccessibilityLabel() == name {
			found = o
		}
		return found != nil
	})
	if found == nil {
		h.t.Fatalf("nothing is named %q:\n%s", name, h.All())
	}
	return found
}

// Disabled reports whether the button of that name cannot be pressed.
func (h *Host) Disabled(name string) bool {
	h.t.Helper()
	return h.named(name).(fyne.Disableable).Disabled()
}

// Span returns where the button of that name begins and ends, from the upper edge
// of the window.
func (h *Host) Span(name string) (top, bottom float32) {
	h.t.Helper()
	o := h.named(name)
	y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
	return y, y + o.Size().Height
}

// Drops reports whether a file may be dropped on the window.
func (h *Host) Drops() bool { return h.window.dropped != nil }

// Fields returns the fields on the screen from top to bottom.
func (h *Host) Fields() []*kit.Field {
	var out []*kit.Field
	walk(h.screen(), func(o fyne.CanvasObject) bool {
		if f, ok := o.(*kit.Field); ok {
			out = append(out, f)
		}
		return false
	})
	return out
}

// Type writes into the i-th field on the screen.
func (h *Host) Type(i int, text string) {
	h.t.Helper()
	fields := h.Fields()
	if i >= len(fields) {
		h.t.Fatalf("no field %d on the screen:\n%s", i, h.All())
	}
	fields[i].SetText(text)
}

// Enter presses Enter in the i-th field, and settles.
func (h *Host) Enter(i int) {
	h.t.Helper()
	h.Fields()[i].Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.Settle()
}

// Find returns all parts of one type on the screen.
func Find[T fyne.CanvasObject](h *Host) (all []T) {
	walk(h.screen(), func(o fyne.CanvasObject) bool {
		if t, ok := o.(T); ok {
			all = append(all, t)
		}
		return false
	})
	return all
}
