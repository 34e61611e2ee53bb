package ui

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// timers are the lengths that a person can choose from; 0 is for good.
var timers = []time.Duration{0, time.Hour, 8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour}

// timerWords names a length on its own.
func timerWords(d time.Duration) string {
	if d == 0 {
		return wordStayFor
	}
	s := when.Span(d)
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// chooseTimer asks after how long new messages disappear.
func (c *conversation) chooseTimer(at fyne.CanvasObject) {
	var done func()
	body := kit.VStack(theme.S2, kit.NewText(wordDisappear, theme.Body.SemiBold(), theme.Ink))
	id := c.id
	choices := timers
	known := false
	for _, d := range timers {
		known = known || d == c.contact.Timer
	}
	if !known {
		choices = append(append([]time.Duration(nil), timers...), c.contact.Timer)
	}
	for _, d := range choices {
		body.Add(kit.Left(kit.NewRadio(timerWords(d), d == c.contact.Timer, func() {
			done()
			if d != c.contact.Timer {
				c.do(func(ctx context.Context) error { return c.v.m.SetTimer(ctx, id, d) })
			}
		})))
	}
	body.Add(kit.Paragraph(wordDisappearTip, theme.Caption, theme.Ink2))
	done = kit.ShowPopover(at, 300, body)
}
