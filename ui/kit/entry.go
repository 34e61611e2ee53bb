package kit

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Entry is the toolkit's text entry without its box: caret, selection and
// clipboard are the toolkit's, ground and outline are drawn by whoever holds it.
type Entry struct {
	widget.Entry
	OnFocus func(focused bool)          // may be nil
	OnKey   func(e *fyne.KeyEvent) bool // may be nil; true: done, the entry shall not see it
	// TakesTab says that OnKey wants Tab just now; may be nil.
	TakesTab func() bool
	lines    *widget.RichText // the same text, to count its lines
	eye      bool             // Tab goes past the eye that follows
	caret    *fyne.Animation  // watches the caret while the keyboard is here
	stilled  time.Time        // when the caret was last kept from blinking
}

// The caret blinks for some time after whatever the person did last, and then
// stands still: for each blink the toolkit paints the whole window a dozen times,
// which is too much for a window that is only left open.
const (
	blinkFor  = 10 * time.Second
	stillness = 250 * time.Millisecond // the toolkit's is 300 after a key
)

// still keeps the caret from blinking, if it is time.
func (e *Entry) still(float32) {
	now := time.Now()
	if now.Sub(LastInput()) < blinkFor || now.Sub(e.stilled) < stillness || e.SelectedText() != "" {
		return
	}
	e.stilled = now
	e.Entry.TypedKey(&fyne.KeyEvent{}) // no key; a caret does not blink where somebody types
}

// NewEntry returns an entry of one line, or of several that wrap at words.
func NewEntry(multiline bool) *Entry {
	e := &Entry{}
	e.TextStyle = theme.EntryStyle
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if multiline {
		e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	}
	e.ExtendBaseWidget(e)
	return e
}

// SetPlaceHolder sets what the entry shows while it is empty.
func (e *Entry) SetPlaceHolder(s string) {
	e.Entry.SetPlaceHolder(InOrder(s, rightToLeft || BeginsRightToLeft(s)))
}

// conceal makes the entry show dots. The toolkit would add an eye of its own
// where it finds no action item.
func (e *Entry) conceal() {
	e.Password, e.eye = true, true
	nothing := canvas.NewRectangle(color.Transparent)
	e.ActionItem = nothing
}

// FocusGained is called by the toolkit.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.caret == nil {
		e.caret = fyne.NewAnimation(time.Hour, e.still)
		e.caret.RepeatCount = fyne.AnimationRepeatForever
	}
	e.caret.Start()
	if e.OnFocus != nil {
		e.OnFocus(true)
	}
}

// FocusLost is called by the toolkit.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.caret != nil {
		e.caret.Stop()
	}
	if e.OnFocus != nil {
		e.OnFocus(false)
	}
}

// AcceptsTab lets Tab go on to the next part, also out of several lines, unless
// an eye follows (see tab) or somebody listens for it.
func (e *Entry) AcceptsTab() bool { return e.eye || e.TakesTab != nil && e.TakesTab() }

// tab goes from a passphrase to the next part, past the eye: whoever types the
// passphrase again and comes to a space would uncover the first one. Backwards
// the eye is reached.
func (e *Entry) tab() {
	c := canvasOf(e)
	if c == nil {
		return
	}
	if Modifiers()&fyne.KeyModifierShift != 0 {
		c.FocusPrevious()
		return
	}
	c.FocusNext()
	c.FocusNext()
}

// TypedKey is called by the toolkit.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	Touched()
	if e.OnKey != nil && e.OnKey(k) {
		return
	}
	switch {
	case k.Name == fyne.KeyTab && e.eye:
		e.tab()
	case Pass(e, k):
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedRune is called by the toolkit.
func (e *Entry) TypedRune(r rune) {
	Touched()
	e.Entry.TypedRune(r)
}

// TypedShortcut is called by the toolkit: the window's shortcuts come first.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok {
		if r := RootOf(e); r != nil && r.Shortcut(c) {
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// TappedSecondary opens a menu of the kit's in place of the toolkit's.
func (e *Entry) TappedSecondary(ev *fyne.PointEvent) {
	clip := fyne.CurrentApp().Clipboard()
	items := []MenuItem{
		{Icon: "copy", Text: wordCopy, Key: "Ctrl C", Disabled: e.Password || e.SelectedText() == "",
			Do: func() { e.Entry.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip}) }},
		{Icon: "clipboard", Text: wordPaste, Key: "Ctrl V", Disabled: e.Disabled(),
			Do: func() { e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip}) }},
		{Icon: "check", Text: wordSelectAll, Key: "Ctrl A",
			Do: func() { e.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }},
	}
	ShowMenu(e, ev.AbsolutePosition, items...)
}

// SetTextAtEnd changes the text and puts the caret behind it.
func (e *Entry) SetTextAtEnd(s string) {
	e.SetText(s)
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
}

// manyLines is the length of a text, in bytes, that surely takes more lines
// than are ever shown.
const manyLines = 4000

// Lines returns how many lines the text takes at that width of the entry, or
// some large number.
func (e *Entry) Lines(width float32) int {
	if e.lines == nil {
		e.lines = widget.NewRichText(&widget.TextSegment{})
		e.lines.Wrapping = fyne.TextWrapWord
	}
	if len(e.Text) > manyLines {
		return manyLines // breaking up a book at every key would be felt
	}
	seg := e.lines.Segments[0].(*widget.TextSegment)
	seg.Text, seg.Style.TextStyle = e.Text, theme.EntryStyle
	e.lines.Resize(fyne.NewSize(width, 10))
	e.lines.Refresh()
	return max(1, int((e.lines.MinSize().Height-2*theme.InnerPadding)/theme.Body.Line+.5))
}

// Bare returns e cut free of the outline that the toolkit draws around it: the
// text begins at the left edge of the room; one line stands in the middle of its
// height, several fill it.
func (e *Entry) Bare() fyne.CanvasObject {
	const cut, keep = theme.InnerPadding - 2, 2 // the caret is drawn a little left of the text
	inner := Place(fyne.Size{}, func(s fyne.Size) {
		h := theme.Body.Line + 2*theme.InnerPadding
		if e.MultiLine {
			h = s.Height + 2*theme.InnerPadding
		}
		place(e, -cut, (s.Height-h)/2, s.Width+2*cut, h)
	}, e)
	clip := container.NewClip(inner)
	clip.ExtendBaseWidget(clip) // else it does not lay out what it clips
	return Place(fyne.NewSize(40, theme.Body.Line), func(s fyne.Size) {
		place(clip, -keep, 0, s.Width+keep, s.Height)
	}, clip)
}
