package ui

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
)

// What is done with a message at once, or after a question.

// do calls the messenger, in the order of what is written, and says what failed.
func (c *conversation) do(work func(ctx context.Context) error) {
	c.v.writes.Run(work, func(err error) {
		if err != nil && model.KindOf(err) != model.Closed {
			kit.ShowToast(c.timeline, kit.Toast{Icon: "warning", Text: say.Error(err)})
		}
	})
}

func (c *conversation) react(m model.Message, emoji string) {
	c.do(func(ctx context.Context) error { return c.v.m.React(ctx, m.ID, emoji) })
}

func (c *conversation) star(m model.Message, on bool) {
	c.do(func(ctx context.Context) error { return c.v.m.Star(ctx, m.ID, on) })
}

// reactAt opens the emoji to react with, at that place.
func (c *conversation) reactAt(m model.Message, at fyne.Position) {
	kit.ShowMenuWith(c.timeline, at, c.reactionCells(m, at))
}

// pickReaction opens the picker for a message.
func (c *conversation) pickReaction(m model.Message, at fyne.Position) {
	c.v.pickEmoji(at, fyne.NewSize(pickerWidth, 0), func(emoji string) { c.react(m, emoji) })
}

// askDelete asks what of a message is to be deleted, and says what that cannot
// promise.
func (c *conversation) askDelete(m model.Message) {
	var done func()
	remove := func(both bool) func() {
		return func() {
			done()
			c.do(func(ctx context.Context) error { return c.v.m.Delete(ctx, []model.MessageID{m.ID}, both) })
		}
	}
	text := wordDeleteText
	buttons := []fyne.CanvasObject{kit.NewButton(wordDeleteHere, kit.Danger, remove(false))}
	if m.Direction == model.Outgoing && m.Deleted == model.DeletedNot {
		text = fmt.Sprintf(wordDeleteBothText, c.contact.Name)
		buttons = []fyne.CanvasObject{
			kit.NewButton(wordDeleteHere, kit.Secondary, remove(false)),
			kit.NewButton(wordDeleteBoth, kit.Danger, remove(true)),
		}
	}
	done = kit.ShowDialog(c.timeline, kit.DialogOptions{Title: wordDeleteAsk, Text: text,
		Buttons: append(buttons, kit.NewButton(wordStay, kit.Secondary, func() { done() }))})
}

// showQuoted shows what a message answers.
func (c *conversation) showQuoted(q model.Quote) {
	c.timeline.Reveal(c.contact, q.ID, q.Row)
}
