package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/emoji"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const (
	suggestMost   = 8
	suggestLetter = 2 // letters after the colon from which on something is suggested
	suggestWidth  = 300
	suggestRow    = 36
)

// emojiWord returns what of a text before the caret may be the name of an emoji:
// what follows the last colon. whole says that another colon ends it.
func emojiWord(before string) (name string, whole, ok bool) {
	if rest, found := strings.CutSuffix(before, ":"); found {
		before, whole = rest, true
	}
	begin := strings.LastIndexByte(before, ':')
	if begin < 0 {
		return "", false, false
	}
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	if last := []rune(before[:begin]); len(last) > 0 && letter(last[len(last)-1]) {
		return "", false, false // the colon of "at 14:02" or of an address
	}
	name = before[begin+1:]
	if strings.ContainsFunc(name, func(r rune) bool { return !letter(r) && r != '_' && r != '-' }) {
		return "", false, false
	}
	return name, whole, len([]rune(name)) >= suggestLetter
}

// suggest lists emoji above the composer while the name of one is being written.
// It lies in the window like any part of it, so that the field keeps the keyboard.
type suggest struct {
	widget.BaseWidget
	p     *composer
	found []emoji.Emoji
	at    int
	word  string // for which it was closed by hand
	busy  bool   // the text is being changed by it
	box   *kit.Box
	draw  []fyne.CanvasObject
	rect  *canvas.Rectangle
}

var (
	_ fyne.Tappable     = (*suggest)(nil)
	_ desktop.Hoverable = (*suggest)(nil)
)

func newSuggest(p *composer) *suggest {
	s := &suggest{p: p, box: kit.Floating(theme.RadiusLG, nil), rect: &canvas.Rectangle{CornerRadius: theme.RadiusSM}}
	s.ExtendBaseWidget(s)
	s.Hide()
	return s
}

// read returns the name that ends at the caret.
func (s *suggest) read() (name string, whole, ok bool) {
	text := []rune(s.p.entry.Text)
	return emojiWord(string(text[:min(s.p.entry.CursorTextOffset(), len(text))]))
}

// look reads what stands before the caret.
func (s *suggest) look() {
	if s.busy {
		return
	}
	name, whole, ok := s.read()
	if e, is := emoji.Of(name); ok && whole && is {
		s.put(e, len([]rune(name))+2)
		return
	}
	if s.word != "" && !strings.HasPrefix(name, s.word) {
		s.word = ""
	}
	s.found, s.at = nil, 0
	if ok && !whole && s.word == "" {
		s.found = emoji.Search(name)
		s.found = s.found[:min(len(s.found), suggestMost)]
	}
	s.show()
}

func (s *suggest) show() {
	show(s, len(s.found) > 0)
	s.p.c.relayout()
	s.Refresh()
}

func (s *suggest) open() bool { return s.Visible() }

// end closes the list without choosing.
func (s *suggest) end() {
	if s.open() {
		s.found = nil
		s.show()
	}
}

// choose writes one of them in place of its name.
func (s *suggest) choose(i int) {
	if i < 0 || i >= len(s.found) {
		return
	}
	name, _, ok := s.read()
	if !ok { // the caret was put elsewhere
		s.end()
		return
	}
	s.put(s.found[i], len([]rune(name))+1)
}

// put writes an emoji over that many characters before the caret.
func (s *suggest) put(e emoji.Emoji, over int) {
	s.busy = true
	for range over {
		s.p.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	s.p.insert(e.Text)
	s.busy = false
	s.p.c.v.useEmoji(e)
	s.found = nil
	s.show()
}

// key takes the keys that mean the list while it is open.
func (s *suggest) key(e *fyne.KeyEvent) bool {
	if !s.open() {
		return false
	}
	switch n := len(s.found); e.Name {
	case fyne.KeyDown:
		s.at = (s.at + 1) % n
	case fyne.KeyUp:
		s.at = (s.at + n - 1) % n
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab:
		s.choose(s.at)
	case fyne.KeyEscape:
		s.word, _, _ = s.read()
		s.end()
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd:
		s.end()
		return false
	default:
		return false
	}
	s.Refresh()
	return true
}

func (s *suggest) height() float32 { return float32(len(s.found))*suggestRow + 2*7 }

func (s *suggest) under(p fyne.Position) int { return int((p.Y - 7) / suggestRow) }

// Tapped chooses what is clicked.
func (s *suggest) Tapped(e *fyne.PointEvent) {
	s.choose(s.under(e.Position))
	s.p.focus()
}

// MouseIn, MouseMoved and MouseOut are called by the toolkit.
func (s *suggest) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }
func (s *suggest) MouseMoved(e *desktop.MouseEvent) {
	kit.Touched()
	if i := s.under(e.Position); i >= 0 && i < len(s.found) && i != s.at {
		s.at = i
		s.Refresh()
	}
}
func (s *suggest) MouseOut() {}

// AccessibilityLabel names what Enter would write.
func (s *suggest) AccessibilityLabel() string {
	if s.at < len(s.found) {
		return s.found[s.at].Name
	}
	return ""
}

// AccessibilityRole says that this is text.
func (s *suggest) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (s *suggest) paint() {
	size := s.Size()
	kit.At(s.box, 0, 0, size.Width, size.Height)
	s.rect.FillColor = theme.Color(theme.HoverRaised)
	s.draw = append(s.draw[:0:0], s.box, s.rect)
	signs := theme.Style{Size: 18, Line: suggestRow}
	for i, e := range s.found {
		y := 7 + float32(i)*suggestRow
		if i == s.at {
			kit.At(s.rect, 7, y, size.Width-14, suggestRow)
		}
		s.draw = kit.DrawLines(s.draw, kit.Wrap(e.Text, signs, 0), signs, theme.Color(theme.Ink), 15, y, 24, fyne.TextAlignCenter)
		name := kit.Elide(":"+e.Code+":", theme.Body, size.Width-47-19)
		s.draw = kit.DrawLines(s.draw, kit.Wrap(name, theme.Body, 0), theme.Body, theme.Color(theme.Ink), 47, y+8, 0, fyne.TextAlignLeading)
	}
}

func (s *suggest) CreateRenderer() fyne.WidgetRenderer { return suggestRenderer{s} }

type suggestRenderer struct{ s *suggest }

func (r suggestRenderer) Destroy()                     {}
func (r suggestRenderer) MinSize() fyne.Size           { return fyne.NewSize(100, suggestRow) }
func (r suggestRenderer) Layout(fyne.Size)             { r.s.paint() }
func (r suggestRenderer) Refresh()                     { r.s.paint(); r.s.box.Refresh(); canvas.Refresh(r.s) }
func (r suggestRenderer) Objects() []fyne.CanvasObject { return r.s.draw }
