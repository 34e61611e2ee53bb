package start

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/app"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// askWords is the first step of restoring: the 24 words.
func (f *Flow) askWords() {
	entry := kit.NewEntry(true)
	entry.SetPlaceHolder(wordWords)
	box := kit.NewBox(theme.Card, nil).Stroke(theme.Line).Radius(theme.RadiusLG)
	bare := entry.Bare()
	focused, wrong := false, false
	outline := func() {
		switch {
		case wrong:
			box.StrokeWide(theme.Danger)
		case focused:
			box.StrokeWide(theme.Focus)
		default:
			box.Stroke(theme.Line)
		}
	}
	area := kit.Stack(box, kit.Pad(14, 14, 14, 14, bare), kit.Spacer(0, 132))
	verdict := kit.Paragraph(fmt.Sprintf(wordCount, 0), theme.Caption, theme.Ink2)
	next := kit.NewButton(wordContinue, kit.Primary, nil).WithSize(kit.Large)
	next.Disable()
	submit := func() {
		if app.CheckPhrase(entry.Text).Right {
			f.words = entry.Text
			f.askName()
		}
	}
	judge := func(text string) {
		sentence, token := verdictOf(text)
		verdict.SetText(sentence)
		verdict.SetColor(token)
		wrong = token == theme.Danger
		if token == theme.OK {
			next.Enable()
		} else {
			next.Disable()
		}
		outline()
	}
	entry.OnChanged = judge
	entry.OnFocus = func(on bool) { focused = on; outline() }
	entry.OnKey = func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
			submit()
			return true
		}
		return false
	}
	next.OnTap(submit)
	back := f.Welcome
	if f.unlock != nil {
		back = f.unlock
	}
	f.show(page{back: back, at: 1, of: 3, title: wordRestoreTitle, text: wordRestoreHint, width: 600,
		content: kit.VStack(theme.S8, kit.VStack(theme.S2, area, verdict), kit.Left(next))})
	f.Window.Window().Canvas().Focus(entry)
	if f.words != "" {
		entry.SetTextAtEnd(f.words)
		judge(f.words)
	}
}

// verdictOf says how far the words typed so far are right.
func verdictOf(text string) (sentence string, token theme.Token) {
	c := app.CheckPhrase(text)
	switch {
	case c.Right:
		return wordRight, theme.OK
	case c.Unknown > 0:
		return fmt.Sprintf(wordUnknown, c.Unknown, shorten(strings.Fields(text)[c.Unknown-1])), theme.Danger
	case c.Words > 24:
		return fmt.Sprintf(wordTooMany, c.Words), theme.Danger
	case c.Words == 24:
		return wordDisorder, theme.Danger
	}
	return fmt.Sprintf(wordCount, c.Words), theme.Ink2
}

// shorten keeps a pasted wall of text out of the sentence.
func shorten(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
