package phrase

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// Sheet is what there is to show of a recovery phrase: the words, and the
// question whether they are on paper.
type Sheet struct {
	Words   []string
	Step    func(at int) fyne.CanvasObject // what stands above the title of page at, 0 or 1; may be nil
	Show    func(o fyne.CanvasObject)      // shows one of the two pages in place of the other
	OnDone  func()                         // the three words were right
	OnLater func()                         // not now; nil offers no such thing

	hide func() // hides the words and stops watching the window; nil if they are not on show
}

// Close forgets what is on show. It must be called when the sheet goes in any
// other way than by OnDone and OnLater.
func (s *Sheet) Close() {
	if s.hide != nil {
		s.hide()
		s.hide = nil
	}
}

// Open shows the words.
func (s *Sheet) Open() {
	g := newGrid(s.Words)
	toggle := kit.NewButton(wordHideWords, kit.Secondary, nil).WithSize(kit.Large)
	open := true
	set := func(on bool) {
		open = on
		g.reveal(on)
		if on {
			toggle.SetText(wordHideWords)
		} else {
			toggle.SetText(wordShowWords)
		}
	}
	toggle.OnTap(func() { set(!open) })
	set(true)
	unwatch := onFocusLost(func() { set(false) })
	s.hide = func() { set(false); unwatch() }
	leave := func(next func()) func() {
		return func() { s.Close(); next() }
	}
	written := kit.NewButton(wordWritten, kit.Primary, leave(s.ask)).WithSize(kit.Large)
	row := kit.HStack(theme.S3, written, toggle, kit.Fill())
	stack := kit.VStack(theme.S3, written, toggle)
	if s.OnLater != nil {
		later := kit.NewButton(wordLater, kit.Quiet, leave(s.OnLater)).WithSize(kit.Large).OnPaper()
		row.Add(later)
		stack.Add(later)
	}
	s.Show(s.page(0, wordTitle, wordText,
		kit.VStack(theme.S4, g.object, kit.Note("eye-off", wordNote)),
		part.NewAdapt(640, stack, row)))
}

// page arranges a page: what stands above, title, text, content, buttons.
func (s *Sheet) page(at int, title, text string, content, buttons fyne.CanvasObject) fyne.CanvasObject {
	head := kit.VStack(0)
	if s.Step != nil {
		head.Add(s.Step(at))
		head.Add(kit.Spacer(0, theme.S5))
	}
	head.Add(kit.Paragraph(title, theme.Display, theme.Ink))
	head.Add(kit.Spacer(0, theme.S2))
	head.Add(limited(600, kit.Paragraph(text, theme.Body, theme.Ink2)))
	return kit.VStack(0, head, kit.Spacer(0, theme.S6), content, kit.Spacer(0, theme.S8), buttons)
}

// limited makes o at most w wide, at the left.
func limited(w float32, o fyne.CanvasObject) fyne.CanvasObject {
	return part.NewAdapt(w, o, kit.Width(w, o))
}

// ask asks for three of the words.
func (s *Sheet) ask() {
	var fields []*kit.Field
	done := kit.NewButton(wordDone, kit.Primary, nil).WithSize(kit.Large)
	asked := pick(len(s.Words), 3)
	check := func() {
		for i, f := range fields {
			if !strings.EqualFold(strings.TrimSpace(f.Text()), s.Words[asked[i]]) {
				f.SetError(fmt.Sprintf(wordWrongWord, asked[i]+1))
				f.Focus()
				return
			}
		}
		s.OnDone()
	}
	form := kit.VStack(theme.S4)
	for i, at := range asked {
		f := kit.NewField("").WithLabel(nameOfWord(at + 1)).WithHeight(44)
		f.OnChanged = func(string) { f.SetError("") }
		f.OnSubmitted = func(string) {
			if i+1 < len(fields) {
				fields[i+1].Focus()
				return
			}
			check()
		}
		fields = append(fields, f)
		form.Add(f)
	}
	done.OnTap(check)
	again := kit.NewButton(wordLookAgain, kit.Secondary, s.Open).WithSize(kit.Large)
	s.Show(s.page(1, wordAskTitle, wordAskText, limited(340, form),
		part.NewAdapt(400, kit.VStack(theme.S3, done, again), kit.HStack(theme.S3, done, again))))
	fields[0].Focus()
}

// pick returns k different numbers below n in rising order.
func pick(n, k int) []int {
	out := rand.Perm(n)[:k]
	slices.Sort(out)
	return out
}

// onFocusLost calls f when the window loses the focus, besides whatever is
// called already, until the returned function is called.
func onFocusLost(f func()) (stop func()) {
	l := fyne.CurrentApp().Lifecycle()
	hooks, ok := l.(interface{ OnExitedForeground() func() })
	if !ok {
		return func() {}
	}
	before := hooks.OnExitedForeground()
	on := true
	l.SetOnExitedForeground(func() {
		if before != nil {
			before()
		}
		if on {
			f()
		}
	})
	return func() {
		if on {
			on = false
			l.SetOnExitedForeground(before)
		}
	}
}

// nameOfWord names a word by its number.
func nameOfWord(n int) string { return fmt.Sprintf(wordAskWord, n) }
