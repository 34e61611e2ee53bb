package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// editor is the field in which a message that still waits is written anew: Enter
// keeps the new text, Shift+Enter breaks the line, Esc leaves the old one.
type editor struct {
	content fyne.CanvasObject
	entry   *kit.Entry
	save    *kit.Button
	lines   int
	width   float32
}

const editorMost = 10 // lines, then it scrolls

func newEditor(text string, save func(text string), cancel, relayout func()) *editor {
	e := &editor{entry: kit.NewEntry(true), lines: 1}
	e.entry.SetText(text)
	submit := func() {
		if text := strings.TrimFunc(e.entry.Text, unicode.IsSpace); text != "" {
			save(text)
		}
	}
	e.save = kit.NewButton(wordSaveEdit, kit.Primary, submit).WithSize(kit.Tiny)
	e.entry.OnKey = func(k *fyne.KeyEvent) bool {
		switch {
		case k.Name == fyne.KeyEscape:
			cancel()
		case (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) && kit.Modifiers()&fyne.KeyModifierShift != 0:
			e.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
			submit()
		default:
			return false
		}
		return true
	}
	e.entry.OnChanged = func(s string) {
		if strings.TrimFunc(s, unicode.IsSpace) == "" {
			e.save.Disable()
		} else {
			e.save.Enable()
		}
		if e.count(e.width) != e.lines {
			relayout()
		}
	}
	bare := e.entry.Bare()
	height := func(width float32) float32 {
		e.width, e.lines = width, e.count(width)
		return float32(e.lines) * theme.Body.Line
	}
	field := kit.PlaceFor(height, func(s fyne.Size) { kit.At(bare, 0, 0, s.Width, s.Height) }, bare)
	box := kit.NewBox(theme.Card, kit.Pad(13, 17, 13, 17, field)).StrokeWide(theme.Focus).Radius(theme.RadiusXL)
	buttons := kit.HStack(theme.S2, kit.Fill(), kit.NewButton(wordKeepAsIs, kit.Secondary, cancel).WithSize(kit.Tiny), e.save)
	e.content = kit.VStack(theme.S2, box, buttons)
	return e
}

func (e *editor) count(width float32) int {
	if width <= 0 {
		return 1
	}
	return min(editorMost, e.entry.Lines(width+2*theme.InnerPadding-theme.CaretWidth))
}

// focus gives the field the keyboard, with the caret at the end.
func (e *editor) focus(c fyne.Canvas) {
	c.Focus(e.entry)
	e.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
}
