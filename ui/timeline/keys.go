package timeline

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
	"sotto/ui/kit"
)

// The timeline takes the keyboard as one part: the arrow keys go from message to
// message, and what a message's menu offers has keys of its own.

var (
	_ fyne.Focusable    = (*Timeline)(nil)
	_ fyne.Shortcutable = (*Timeline)(nil)
)

// hold takes the keyboard because of a click: what is selected can be copied, and
// what is typed goes on to where messages are written.
func (t *Timeline) hold() {
	c := fyne.CurrentApp().Driver().CanvasForObject(t)
	if c == nil || t.focused {
		return
	}
	t.clicked = true
	c.Focus(t)
}

// FocusGained is called by the toolkit. The keyboard begins where it was, or at the
// hit that is looked at, else at the newest message on the screen.
func (t *Timeline) FocusGained() {
	t.menuOpens = false
	if t.clicked {
		return
	}
	t.focused = true
	i := t.index(t.chosen)
	coming := i < 0 && t.hit != "" && t.chosen == t.hit // it is being read
	if !coming && (i < 0 || !t.onScreen(i)) {
		t.chosen = ""
		for i := len(t.messages) - 1; i >= 0; i-- {
			if t.messages[i].Note == "" && t.onScreen(i) {
				t.chosen = t.messages[i].ID
				break
			}
		}
	}
	t.layout()
}

// FocusLost is called by the toolkit.
func (t *Timeline) FocusLost() {
	t.clicked = t.clicked && t.menuOpens
	t.focused = false
	t.layout()
}

// TypedRune takes the keys that stand in a message's menu.
func (t *Timeline) TypedRune(r rune) {
	if t.clicked && t.OnWrite != nil {
		t.OnWrite(r)
		return
	}
	m, ok := t.Chosen()
	if !ok {
		return
	}
	var do func(model.Message)
	switch unicode.ToLower(r) {
	case 'i':
		do = t.OnDetails
	case 'r':
		do = t.OnReply
	case 'e':
		do = t.reactByKey
	}
	if do != nil && (m.Deleted == model.DeletedNot || unicode.ToLower(r) == 'i') {
		do(m)
	}
}

// TypedShortcut is called by the toolkit.
func (t *Timeline) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		if text := t.Selected(); text != "" && t.OnCopyPart != nil {
			t.OnCopyPart(text)
			return
		}
		if m, ok := t.Chosen(); ok && t.OnCopy != nil {
			t.OnCopy(m)
		}
	case *desktop.CustomShortcut:
		if r := kit.RootOf(t); r != nil {
			r.Shortcut(s)
		}
	}
}

// TypedKey is called by the toolkit.
func (t *Timeline) TypedKey(e *fyne.KeyEvent) {
	kit.Touched()
	if t.clicked && (e.Name == fyne.KeyUp || e.Name == fyne.KeyDown) {
		t.clicked = false
		t.FocusGained()
		return
	}
	if kit.MenuKey(e) {
		t.menu()
		return
	}
	switch e.Name {
	case fyne.KeyUp:
		t.step(-1)
	case fyne.KeyDown:
		t.step(1)
	case fyne.KeyPageUp:
		t.ScrollPage(-1)
	case fyne.KeyPageDown:
		t.ScrollPage(1)
	case fyne.KeyEnd:
		t.JumpToEnd()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.menu()
	case fyne.KeyDelete:
		if m, ok := t.Chosen(); ok && t.OnDelete != nil {
			t.OnDelete(m)
		}
	case fyne.KeyEscape:
		t.Unselect()
		if t.OnLeave != nil {
			t.OnLeave()
		}
	default:
		kit.Pass(t, e)
	}
}

// Chosen returns the message that the keyboard is at.
func (t *Timeline) Chosen() (model.Message, bool) {
	i := t.index(t.chosen)
	if !t.focused || i < 0 {
		return model.Message{}, false
	}
	return t.messages[i], true
}

// LastMine returns the newest message of mine that is held.
func (t *Timeline) LastMine() (model.Message, bool) {
	for i := len(t.messages) - 1; i >= 0; i-- {
		if t.messages[i].Direction == model.Outgoing {
			return t.messages[i], true
		}
	}
	return model.Message{}, false
}

// Mark draws an outline around the message with id, until another is marked; ""
// is none.
func (t *Timeline) Mark(id model.MessageID) {
	if t.marked != id {
		t.marked = id
		t.layout()
	}
}

// step goes to the message above or below, past what nobody wrote, and scrolls
// to it if it is not on the screen.
func (t *Timeline) step(by int) {
	i := t.index(t.chosen)
	if i < 0 {
		t.FocusGained()
		return
	}
	for i += by; i >= 0 && i < len(t.messages) && t.messages[i].Note != ""; i += by {
	}
	if i < 0 || i >= len(t.messages) {
		if by > 0 && t.OnLeave != nil {
			t.OnLeave() // past the newest one is where the next is written
		}
		return
	}
	t.chosen = t.messages[i].ID
	t.layout()
	if r := t.rows[t.chosen]; r != nil {
		t.reveal(r)
	}
}

// reveal scrolls until the row is on the screen.
func (t *Timeline) reveal(r *row) {
	top, bottom := r.Position().Y, r.Position().Y+r.Size().Height
	switch h := t.Size().Height; {
	case top < 0:
		t.ScrollBy(top)
	case bottom > h:
		t.ScrollBy(min(top, bottom-h+endPadding))
	}
}

// menu opens the menu of the message that the keyboard is at, below its bubble.
func (t *Timeline) menu() {
	m, ok := t.Chosen()
	r := t.rows[t.chosen]
	if !ok || r == nil || t.OnMenu == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r)
	link := ""
	if r.shape.text != nil && len(r.shape.text.Links()) > 0 {
		link = r.shape.text.Links()[0]
	}
	t.OnMenu(m, link, at.Add(r.bubble).AddXY(12, min(r.shape.h, t.Size().Height)))
}

// reactByKey asks for an emoji for the message that the keyboard is at, over its
// bubble.
func (t *Timeline) reactByKey(m model.Message) {
	if r := t.rows[m.ID]; r != nil && t.OnReactWith != nil {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r)
		t.OnReactWith(m, at.Add(r.bubble).AddXY(0, max(0, -r.Position().Y-r.bubble.Y)))
	}
}

// onScreen reports whether some of message i's bubble is to be seen.
func (t *Timeline) onScreen(i int) bool {
	r := t.rows[t.messages[i].ID]
	if r == nil || r.shape == nil {
		return false
	}
	y := r.Position().Y + r.bubble.Y
	return y+r.shape.h > 0 && y < t.Size().Height
}

// AccessibilityLabel reads the message that the keyboard is at.
func (t *Timeline) AccessibilityLabel() string {
	if r := t.rows[t.chosen]; r != nil && t.focused {
		return r.AccessibilityLabel()
	}
	return wordTimeline
}

// AccessibilityRole says that this is text.
func (t *Timeline) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
