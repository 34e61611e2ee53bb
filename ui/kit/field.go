package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Field is one line to write into, 36 high, or several: a label above, an icon before
// and a key hint or an eye behind, and below it the sentence that says what is wrong.
type Field struct {
	widget.BaseWidget
	OnChanged   func(text string) // may be nil
	OnSubmitted func(text string) // Enter, in a field of one line; may be nil
	OnGrown     func()            // it needs another height; may be nil

	entry    *Entry
	bare     fyne.CanvasObject
	height   float32
	most     int // lines that a field of several is high at most; 0: it is of one
	lines    int // that it is high
	label    *Text
	icon     *Icon
	hint     fyne.CanvasObject
	eye      *IconButton
	clear    *IconButton
	problem  *Text
	alert    *Icon
	rect     *canvas.Rectangle
	hovered  bool
	focused  bool
	disabled bool
}

var _ desktop.Hoverable = (*Field)(nil)

// NewField returns a field that says placeholder while it is empty.
func NewField(placeholder string) *Field { return newField(placeholder, 0) }

// NewArea returns a field of several lines, which grows with what is written up to
// that many and then scrolls.
func NewArea(placeholder string, most int) *Field {
	f := newField(placeholder, most)
	f.entry.OnSubmitted = nil // else Shift+Enter would not break the line
	return f
}

func newField(placeholder string, most int) *Field {
	f := &Field{entry: NewEntry(most > 0), height: 36, most: most}
	f.entry.SetPlaceHolder(placeholder)
	f.bare = f.entry.Bare()
	f.problem = Paragraph("", theme.Caption, theme.Danger)
	f.alert = NewIcon("warning", 18, theme.Danger)
	f.entry.OnFocus = func(on bool) { f.focused = on; f.Refresh() }
	f.entry.OnChanged = func(s string) {
		if f.OnChanged != nil {
			f.OnChanged(s)
		}
		lines := f.lines
		f.Refresh()
		if f.lines != lines && f.OnGrown != nil {
			f.OnGrown()
		}
	}
	f.entry.OnSubmitted = func(s string) {
		if f.OnSubmitted != nil {
			f.OnSubmitted(s)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// WithLabel puts a label above the field, and returns it.
func (f *Field) WithLabel(s string) *Field {
	f.label = NewText(s, theme.Caption.SemiBold(), theme.Ink2)
	return f
}

// WithIcon puts an icon before the text, and returns f.
func (f *Field) WithIcon(name string) *Field { f.icon = NewIcon(name, 18, theme.Ink2); return f }

// WithKeyHint shows the key that leads here while the field is empty, and returns f.
func (f *Field) WithKeyHint(key string) *Field { f.hint = KeyHint(key); return f }

// WithClear puts a cross behind what was written that takes it away; do is called
// then. It returns f.
func (f *Field) WithClear(tip string, do func()) *Field {
	f.clear = NewIconButton("close", tip, do).Tiny().OnCard()
	f.clear.Hide()
	return f
}

// WithHeight makes the field higher than 36, and returns it.
func (f *Field) WithHeight(h float32) *Field { f.height = h; return f }

// Password shows dots, with an eye to look at what was written, and returns f.
func (f *Field) Password() *Field {
	f.entry.conceal()
	f.eye = NewIconButton("eye", wordShow, nil).Tiny().OnCard()
	f.eye.OnTap(func() {
		f.entry.Password = !f.entry.Password
		f.eye.SetTip(wordShow)
		f.eye.SetIcon("eye")
		if !f.entry.Password {
			f.eye.SetTip(wordHide)
			f.eye.SetIcon("eye-off")
		}
		f.entry.Refresh()
		f.Focus()
	})
	return f
}

// OnKey sees keys before the field does; it returns true for what it took.
func (f *Field) OnKey(h func(*fyne.KeyEvent) bool) { f.entry.OnKey = h }

// Text returns what was written.
func (f *Field) Text() string { return f.entry.Text }

// SetText changes it, and calls OnChanged if it was another.
func (f *Field) SetText(s string) { f.entry.SetTextAtEnd(s); f.Refresh() }

// SetError says below the field what is wrong; "" is nothing.
func (f *Field) SetError(s string) {
	if f.problem.text != s {
		f.problem.SetText(s)
		f.Refresh()
	}
}

// Focus gives the field the keyboard.
func (f *Field) Focus() {
	if c := canvasOf(f); c != nil {
		c.Focus(f.entry)
	}
}

// Focused reports whether the field has the keyboard.
func (f *Field) Focused() bool { return f.focused }

// Entry returns the entry inside.
func (f *Field) Entry() *Entry { return f.entry }

// Disable and Enable take and give the use of the field.
func (f *Field) Disable() { f.disabled = true; f.entry.Disable(); f.Refresh() }
func (f *Field) Enable()  { f.disabled = false; f.entry.Enable(); f.Refresh() }

// Tapped gives the keyboard to the text when its surroundings are clicked.
func (f *Field) Tapped(*fyne.PointEvent) { f.Focus() }

// MouseIn, MouseMoved and MouseOut are called by the toolkit.
func (f *Field) MouseIn(*desktop.MouseEvent)    { f.hovered = true; f.Refresh() }
func (f *Field) MouseMoved(*desktop.MouseEvent) {}
func (f *Field) MouseOut()                      { f.hovered = false; f.Refresh() }

const (
	areaLeast = 2  // lines of an area
	areaPad   = 8  // above and below them
	fieldLeft = 11 // of the text, without an icon
	fieldPad  = 12 // right of it
)

// count returns how many lines a field of several is high at that width.
func (f *Field) count(width float32) int {
	room := width - fieldLeft - fieldPad
	if room <= 0 {
		return areaLeast
	}
	return max(areaLeast, min(f.entry.Lines(room+2*theme.InnerPadding-theme.CaretWidth), f.most))
}

// box returns the height of the box alone.
func (f *Field) box(width float32) float32 {
	if f.most == 0 {
		return f.height
	}
	f.lines = f.count(width)
	return float32(f.lines)*theme.Body.Line + 2*areaPad
}

// HeightFor returns the height with label and sentence.
func (f *Field) HeightFor(width float32) float32 {
	h := f.box(width)
	if f.label != nil {
		h += 20
	}
	if f.problem.text != "" {
		h += 4 + f.problem.HeightFor(width)
	}
	return h
}

func (f *Field) layout(s fyne.Size) {
	y := float32(0)
	if f.label != nil {
		place(f.label, 0, 0, s.Width, 16)
		y = 20
	}
	box := f.box(s.Width)
	place(f.rect, 0, y, s.Width, box)
	left, right := float32(fieldLeft), s.Width-fieldPad
	if f.icon != nil {
		place(f.icon, 11, y+(box-18)/2, 18, 18)
		left = 37
	}
	if f.eye != nil {
		right = s.Width - 4 - 28
		place(f.eye, right, y+(box-28)/2, 28, 28)
		right -= 4
	}
	if f.clear != nil && f.clear.Visible() {
		right = s.Width - 4 - 28
		place(f.clear, right, y+(box-28)/2, 28, 28)
		right -= 4
	}
	if f.hint != nil {
		m := f.hint.MinSize()
		place(f.hint, s.Width-11-m.Width, y+(box-m.Height)/2, m.Width, m.Height)
		if f.hint.Visible() {
			right = s.Width - 11 - m.Width - 8
		}
	}
	if f.alert.Visible() {
		right -= 18
		place(f.alert, right, y+(box-18)/2, 18, 18)
		right -= 8
	}
	pad, high := (box-30)/2, float32(30)
	if f.most > 0 {
		pad, high = areaPad, box-2*areaPad
	}
	place(f.bare, left, y+pad, max(0, right-left), high)
	place(f.problem, 0, y+box+4, s.Width, f.problem.HeightFor(s.Width))
}

func (f *Field) paint() {
	left := float32(1)
	if f.disabled {
		left = theme.Disabled
	}
	stroke, width := theme.Line, float32(1)
	switch {
	case f.problem.text != "":
		stroke, width = theme.Danger, 2
	case f.focused:
		stroke, width = theme.Focus, 2
	case f.hovered && !f.disabled:
		stroke = theme.LineStrong
	}
	f.rect.FillColor = theme.Faded(theme.Card, left)
	f.rect.StrokeColor, f.rect.StrokeWidth = theme.Faded(stroke, left), width
	f.rect.CornerRadius = theme.RadiusMD
	if f.height > 40 {
		f.rect.CornerRadius = theme.RadiusLG
	}
	f.alert.Hidden = f.problem.text == "" || f.eye != nil
	if f.clear != nil {
		show(f.clear, f.entry.Text != "")
	}
	if f.hint != nil {
		show(f.hint, f.entry.Text == "" && !f.focused)
	}
}

// CreateRenderer is called by the toolkit.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.rect = &canvas.Rectangle{}
	objects := []fyne.CanvasObject{f.rect, f.bare, f.alert, f.problem}
	if f.label != nil {
		objects = append(objects, f.label)
	}
	if f.icon != nil {
		objects = append(objects, f.icon)
	}
	if f.hint != nil {
		objects = append(objects, f.hint)
	}
	if f.clear != nil {
		objects = append(objects, f.clear)
	}
	if f.eye != nil {
		objects = append(objects, f.eye)
	}
	return NewView(f,
		func() fyne.Size { return fyne.NewSize(120, f.HeightFor(f.Size().Width)) },
		f.layout, f.paint, objects...)
}

// show shows or hides o, if it is not so already.
func show(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}
