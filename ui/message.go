package ui

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// What can be done with one message: its menu, its details, sending it again,
// taking it back.

// messageMenu opens the menu of one message.
func (c *conversation) messageMenu(m model.Message, link string, at fyne.Position) {
	items := []kit.MenuItem{
		{Icon: "copy", Text: wordCopy, Key: "Ctrl C", Do: func() { c.copyText(m) }},
		{Icon: "info", Text: wordMenuDetails, Key: "I", Do: func() { c.openDetails(m.ID) }},
	}
	if part := c.timeline.Selected(); part != "" && part != m.Text {
		items = append([]kit.MenuItem{{Icon: "copy", Text: wordCopyPart, Do: func() { c.copyPart(part) }}}, items...)
	}
	if link != "" {
		items = append(items, kit.MenuItem{Icon: "link", Text: wordCopyAddress, Do: func() { c.copyAddress(link) }},
			kit.MenuItem{Icon: "external", Text: wordOpenIt, Do: func() { c.follow(link) }})
	}
	switch {
	case waits(m):
		items = append(items,
			kit.MenuItem{Icon: "edit", Text: wordEdit, Do: func() { c.openDetails(m.ID); c.details.editWhenRead() }},
			kit.MenuItem{Icon: "close", Text: wordCancelIt, Danger: true, Do: func() { c.cancelMessage(m) }})
	case m.Direction == model.Outgoing && m.State == model.Failed:
		items = append(items, kit.MenuItem{Icon: "refresh", Text: wordSendAgain, Do: func() { c.resend(m) }})
	}
	kit.ShowMenu(c.timeline, at, items...)
}

func (c *conversation) copyText(m model.Message) { c.copyPart(m.Text) }

// copyPart copies words of a message, as they were written.
func (c *conversation) copyPart(text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	kit.ShowToast(c.timeline, kit.Toast{Icon: "check", Text: wordCopied})
}

// openDetails shows the way of a message beside the conversation.
func (c *conversation) openDetails(id model.MessageID) {
	c.details.show(id)
	c.timeline.Mark(id)
	c.panel.SetOn(true)
	c.relayout()
	c.v.w.root.Refresh() // a toast stands in the middle of the conversation
}

func (c *conversation) closeDetails() {
	if !c.details.open() {
		return
	}
	c.details.show("")
	c.timeline.Mark("")
	c.panel.SetOn(false)
	c.relayout()
	c.v.w.root.Refresh()
	c.focus()
}

// toggleDetails opens the details of the message that the keyboard is at, or of
// the newest of mine, and closes them again.
func (c *conversation) toggleDetails() {
	m, ok := c.timeline.Chosen()
	if !ok {
		m, ok = c.timeline.LastMine()
	}
	switch {
	case c.id == "" || c.v.page != nil:
	case c.details.open():
		c.closeDetails()
	case ok:
		c.openDetails(m.ID)
	default:
		kit.ShowToast(c.timeline, kit.Toast{Icon: "info", Text: wordNoDetails})
	}
}

// resend tries at once to deliver a message that waits, or sends one that failed
// anew.
func (c *conversation) resend(m model.Message) {
	said := ""
	if m.State != model.Failed { // what is written anew is seen
		said = fmt.Sprintf(wordTrying, kit.Elide(c.contact.Name, theme.Body, 200))
	}
	c.change(m, c.v.m.Resend, fmt.Sprintf(wordTooLate, c.contact.Name), said)
}

// cancelMessage takes a message back that is not there yet.
func (c *conversation) cancelMessage(m model.Message) {
	c.change(m, c.v.m.Cancel, fmt.Sprintf(wordTooLateToCancel, c.contact.Name), wordCancelled)
}

// change does something with a message of mine. What comes too late is said in the
// details if they are open, else by a toast.
func (c *conversation) change(m model.Message, do func(context.Context, model.MessageID) error, late, said string) {
	turn := c.turn
	if c.details.id == m.ID {
		c.details.says("")
	}
	c.v.writes.Run(func(ctx context.Context) error { return do(ctx, m.ID) }, func(err error) {
		if turn != c.turn || model.KindOf(err) == model.Closed {
			return
		}
		words, icon := said, "check"
		switch {
		case model.KindOf(err) == model.NotWaiting:
			words, icon = late, "warning"
		case err != nil:
			words, icon = say.Error(err), "warning"
		}
		if c.details.id == m.ID {
			c.details.load()
			if err != nil {
				c.details.says(words)
				return
			}
		}
		if words != "" {
			kit.ShowToast(c.timeline, kit.Toast{Icon: icon, Text: words})
		}
	})
}
