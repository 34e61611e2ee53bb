package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// chooseTimer asks after how long new messages disappear.
func (c *conversation) chooseTimer(at fyne.CanvasObject) {
	var done func()
	body := kit.VStack(theme.S2, kit.NewText(part.WordDisappear, theme.Body.SemiBold(), theme.Ink))
	id := c.id
	for _, d := range part.Timers(c.contact.Timer) {
		body.Add(kit.Left(kit.NewRadio(part.TimerWords(d), d == c.contact.Timer, func() {
			done()
			if d != c.contact.Timer {
				c.do(func(ctx context.Context) error { return c.v.m.SetTimer(ctx, id, d) })
			}
		})))
	}
	body.Add(kit.Paragraph(part.WordDisappearText, theme.Caption, theme.Ink2))
	done = kit.ShowPopover(at, 300, body)
}
