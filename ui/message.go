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

// quickReactions are the emoji above a message's menu.
var quickReactions = []string{"👍", "❤️", "😄", "😮", "🎉"}

// messageMenu opens the menu of one message.
func (c *conversation) messageMenu(m model.Message, link string, at fyne.Position) {
	deleted, mine := m.Deleted != model.DeletedNot, m.Direction == model.Outgoing
	var items []kit.MenuItem
	add := func(ok bool, it kit.MenuItem) {
		if ok {
			items = append(items, it)
		}
	}
	part := c.timeline.Selected()
	add(part != "" && part != m.Text, kit.MenuItem{Icon: "copy", Text: wordCopyPart, Do: func() { c.copyPart(part) }})
	add(!deleted, kit.MenuItem{Icon: "reply", Text: wordReply, Key: "R", Do: func() { c.reply(m) }})
	add(!deleted, kit.MenuItem{Icon: "forward", Text: wordForward, Do: func() { c.forward(m) }})
	add(!deleted, kit.MenuItem{Icon: "copy", Text: wordCopy, Key: "Ctrl C", Do: func() { c.copyText(m) }})
	add(link != "", kit.MenuItem{Icon: "link", Text: wordCopyAddress, Do: func() { c.copyAddress(link) }})
	add(link != "", kit.MenuItem{Icon: "external", Text: wordOpenIt, Do: func() { c.follow(link) }})
	star := kit.MenuItem{Icon: "star", Text: wordStar, Do: func() { c.star(m, true) }}
	if m.Starred {
		star = kit.MenuItem{Icon: "star-filled", Text: wordUnstar, Do: func() { c.star(m, false) }}
	}
	add(!deleted, star)
	add(editable(m), kit.MenuItem{Icon: "edit", Text: wordEdit, Do: func() { c.edit(m) }})
	add(true, kit.MenuItem{Icon: "info", Text: wordMenuDetails, Key: "I", Do: func() { c.openDetails(m.ID) }})
	add(mine && m.State == model.Failed, kit.MenuItem{Icon: "refresh", Text: wordSendAgain, Do: func() { c.resend(m) }})
	add(waits(m) && !deleted, kit.MenuItem{Icon: "close", Text: wordCancelIt, Danger: true, Do: func() { c.cancelMessage(m) }})
	add(true, kit.MenuItem{Icon: "trash", Text: wordDelete, Danger: true, Do: func() { c.askDelete(m) }})
	var cells []kit.MenuCell
	if !deleted {
		cells = c.reactionCells(m, at)
	}
	kit.ShowMenuWith(c.timeline, at, cells, items...)
}

// reactionCells are the emoji above a message's menu: one that is there already is
// taken back. At their end one opens the picker, at the place of the menu.
func (c *conversation) reactionCells(m model.Message, at fyne.Position) []kit.MenuCell {
	chosen := ""
	for _, r := range m.Reactions {
		if r.Mine {
			chosen = r.Emoji
		}
	}
	var cells []kit.MenuCell
	for _, e := range quickReactions {
		put := e
		if e == chosen {
			put = ""
		}
		cells = append(cells, kit.MenuCell{Emoji: e, Label: e, On: e == chosen, Do: func() { c.react(m, put) }})
	}
	return append(cells, kit.MenuCell{Icon: "plus", Label: wordMoreEmoji, Do: func() { c.pickReaction(m, at) }})
}

// editable reports whether the text of a message can be replaced.
func editable(m model.Message) bool {
	return m.Direction == model.Outgoing && m.State != model.Failed && m.Deleted == model.DeletedNot && m.Note == ""
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
