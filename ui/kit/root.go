package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Root is the content of a window: the screen on show, above it one toast and
// one tooltip, and the window's keyboard shortcuts.
type Root struct {
	widget.BaseWidget
	content fyne.CanvasObject
	tip     *tipLayer
	toast   *toast
	keys    map[desktop.CustomShortcut]func()
	view    *View

	// OnResize is told the window's size before the content is laid out; may be nil.
	OnResize func(fyne.Size)
	// ToastArea returns the middle of a toast and the height it stands on, in
	// window coordinates; nil is the middle of the window, 24 above its edge.
	ToastArea func() (middle, bottom float32)
	// OnEscape is called for Esc when no menu or dialog took it; may be nil.
	OnEscape func()
}

// NewRoot returns the content of a window.
func NewRoot(content fyne.CanvasObject) *Root {
	r := &Root{content: content, tip: newTipLayer(), keys: map[desktop.CustomShortcut]func(){}}
	r.ExtendBaseWidget(r)
	return r
}

// RootOf returns the root of the window that o is in, or nil.
func RootOf(o fyne.CanvasObject) *Root {
	if c := canvasOf(o); c != nil {
		if r, ok := c.Content().(*Root); ok {
			return r
		}
	}
	return nil
}

// SetContent shows another screen.
func (r *Root) SetContent(o fyne.CanvasObject) {
	r.content = o
	r.Refresh()
}

// AddShortcut makes a key work everywhere in the window, also while text is
// being written, but not while a menu or dialog is open.
func (r *Root) AddShortcut(w fyne.Window, key fyne.KeyName, mod fyne.KeyModifier, f func()) {
	s := desktop.CustomShortcut{KeyName: key, Modifier: mod}
	r.keys[s] = f
	w.Canvas().AddShortcut(&s, func(fyne.Shortcut) { r.Shortcut(&s) })
}

// Shortcut does what was added for a key, and reports whether there is any. The
// toolkit asks the part that has the keyboard first; one that takes shortcuts
// hands the window's on.
func (r *Root) Shortcut(s *desktop.CustomShortcut) bool {
	f, ok := r.keys[*s]
	if c := canvasOf(r); ok && (c == nil || c.Overlays().Top() == nil) {
		f()
	}
	return ok
}

// Bind makes the window's keys work where nothing has the keyboard.
func (r *Root) Bind(w fyne.Window) {
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { Pass(r, e) })
}

// Pass hands on a key that means nothing to the part o of a window, and reports
// whether it means something there: Esc closes the menu or dialog on top, or lets
// the window decide; a key that was added as a shortcut does what was added. The
// toolkit itself takes a key for a shortcut only if more than Shift is held down.
func Pass(o fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		escape(o)
		return true
	}
	r := RootOf(o)
	return r != nil && r.Shortcut(&desktop.CustomShortcut{KeyName: e.Name, Modifier: Modifiers()})
}

// Modifiers returns the keys held down beside the one that was typed. A test puts
// its own in place.
var Modifiers = func() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// MenuKey reports whether a key asks for the menu of what has the keyboard: the
// Menu key, or Shift and F10 where there is none.
func MenuKey(e *fyne.KeyEvent) bool {
	return e.Name == desktop.KeyMenu || e.Name == fyne.KeyF10 && Modifiers()&fyne.KeyModifierShift != 0
}

// escape closes the menu or dialog on top of the window that o is in, or else
// lets the window decide.
func escape(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	if top, ok := c.Overlays().Top().(*overlay); ok {
		top.close()
		return
	}
	if r := RootOf(o); r != nil && r.OnEscape != nil {
		r.OnEscape()
	}
}

// canvasOf returns the canvas that o is on, or nil. The toolkit knows it from the
// first frame on; before that it is the one of the only window.
func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	d := fyne.CurrentApp().Driver()
	if c := d.CanvasForObject(o); c != nil {
		return c
	}
	if ws := d.AllWindows(); len(ws) == 1 {
		return ws[0].Canvas()
	}
	return nil
}

// CreateRenderer is called by the toolkit.
func (r *Root) CreateRenderer() fyne.WidgetRenderer {
	r.view = NewView(r,
		func() fyne.Size { return fyne.NewSize(360, 480) },
		func(s fyne.Size) {
			if r.OnResize != nil {
				r.OnResize(s)
			}
			place(r.content, 0, 0, s.Width, s.Height)
			place(r.tip, 0, 0, s.Width, s.Height)
			if r.toast != nil {
				r.placeToast(s)
			}
		}, func() {
			if r.view != nil {
				r.view.objects = r.objects()
			}
		})
	r.view.objects = r.objects()
	return r.view
}

func (r *Root) objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.content}
	if r.toast != nil {
		out = append(out, r.toast)
	}
	return append(out, r.tip)
}

// Toast is a sentence that says what was done and goes by itself. Nothing that
// must be decided is ever said by one.
type Toast struct {
	Icon     string
	Text     string
	Action   string // "" is none
	OnAction func()
}

// ShowToast shows t in the window that o is in; it replaces the one before.
func ShowToast(o fyne.CanvasObject, t Toast) {
	if r := RootOf(o); r != nil {
		r.ShowToast(t)
	}
}

// ShowToast shows t; it replaces the one before.
func (r *Root) ShowToast(t Toast) {
	r.hideToast()
	r.toast = newToast(t, r.hideToast)
	r.Refresh()
	r.toast.wait()
}

func (r *Root) hideToast() {
	if r.toast != nil {
		r.toast.stop()
		r.toast = nil
		r.Refresh()
	}
}

// MoveToast puts the toast, if there is one, where it belongs now: what it stands
// above has changed.
func (r *Root) MoveToast() {
	if r.toast != nil {
		r.placeToast(r.Size())
	}
}

func (r *Root) placeToast(s fyne.Size) {
	middle, bottom := s.Width/2, s.Height-24
	if r.ToastArea != nil {
		middle, bottom = r.ToastArea()
	}
	m := r.toast.MinSize()
	w := min(m.Width, s.Width-16)
	x := max(8, min(middle-w/2, s.Width-8-w))
	place(r.toast, x, bottom-m.Height, w, m.Height)
}

// toast is 48 high and stays while the pointer is over it.
type toast struct {
	widget.BaseWidget
	box     *Box
	timer   *fyne.Animation
	life    time.Duration
	onEnd   func()
	hovered bool
}

func newToast(t Toast, onEnd func()) *toast {
	row := HStack(12)
	if t.Icon != "" {
		row.Add(NewIcon(t.Icon, 20, theme.OK))
	}
	row.Add(Grow(NewText(t.Text, theme.Body, theme.Ink)))
	o := &toast{life: 4 * time.Second, onEnd: onEnd}
	if t.Action != "" {
		o.life = 8 * time.Second
		row.Add(Spacer(4, 0))
		row.Add(NewLink(t.Action, theme.Small, func() { onEnd(); t.OnAction() }))
	}
	o.box = Floating(theme.RadiusLG, Pad(0, 20, 0, 16, row))
	o.ExtendBaseWidget(o)
	return o
}

func (t *toast) wait() {
	t.stop()
	t.timer = After(t.life, func() {
		if !t.hovered {
			t.onEnd()
		}
	})
}

func (t *toast) stop() {
	if t.timer != nil {
		t.timer.Stop()
	}
}

func (t *toast) MouseIn(*desktop.MouseEvent)    { t.hovered = true; t.stop() }
func (t *toast) MouseMoved(*desktop.MouseEvent) {}
func (t *toast) MouseOut()                      { t.hovered = false; t.wait() }

func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	return NewView(t,
		func() fyne.Size { return fyne.NewSize(t.box.MinSize().Width, 48) },
		func(s fyne.Size) { place(t.box, 0, 0, s.Width, s.Height) }, nil, t.box)
}

// tipLayer draws one tooltip above everything else.
type tipLayer struct {
	widget.BaseWidget
	words *Text
	box   *Box
	of    fyne.CanvasObject
}

func newTipLayer() *tipLayer {
	t := &tipLayer{words: NewText("", theme.Caption, theme.Paper)}
	t.box = NewBox(theme.Ink, Pad(6, 10, 6, 10, t.words)).Radius(theme.RadiusSM)
	t.box.Hide()
	t.ExtendBaseWidget(t)
	return t
}

func (t *tipLayer) CreateRenderer() fyne.WidgetRenderer {
	return NewView(t, func() fyne.Size { return fyne.Size{} }, func(fyne.Size) {}, nil, t.box)
}

// Tip returns a tooltip on its own, as the layer draws it.
func Tip(text string) fyne.CanvasObject {
	return NewBox(theme.Ink, Pad(6, 10, 6, 10, NewText(text, theme.Caption, theme.Paper))).Radius(theme.RadiusSM)
}

// tips returns the layer that a tooltip of o belongs to.
func tips(o fyne.CanvasObject) *tipLayer {
	c := canvasOf(o)
	if c == nil {
		return nil
	}
	if top, ok := c.Overlays().Top().(*overlay); ok {
		return top.tip
	}
	if r, ok := c.Content().(*Root); ok {
		return r.tip
	}
	return nil
}

func showTip(o fyne.CanvasObject, text string) {
	t := tips(o)
	if t == nil {
		return
	}
	t.of = o
	t.words.SetText(text)
	m, room := t.box.MinSize(), t.Size()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	x := max(4, min(at.X+(o.Size().Width-m.Width)/2, room.Width-4-m.Width))
	y := at.Y + o.Size().Height + 6
	if y+m.Height > room.Height-4 {
		y = at.Y - 6 - m.Height
	}
	place(t.box, x, y, m.Width, m.Height)
	t.box.Show()
	t.Refresh()
}

func hideTip(o fyne.CanvasObject) {
	if t := tips(o); t != nil && t.of == o {
		t.of = nil
		t.box.Hide()
	}
}
