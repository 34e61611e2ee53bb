package ui

import (
	"context"

	"sotto/app/model"
)

// What passes between an open conversation and the messenger: pages of messages, those
// that changed, what was read, what is sent.

// Load makes the conversation the timeline's source.
func (c *conversation) Load(p model.Page, deliver func([]model.Message)) {
	id, turn := c.id, c.turn
	var ms []model.Message
	run := c.v.session.Run
	if c.timeline.Messages() == 0 {
		run = c.v.session.RunSoon // what is further away is asked for before it is needed
	}
	run(func(ctx context.Context) (err error) {
		ms, err = c.v.m.Messages(ctx, id, p)
		return err
	}, func(err error) {
		switch {
		case turn != c.turn:
		case err != nil:
			c.v.fails(wordLoadFails, err)
		default:
			deliver(ms)
		}
	})
}

// readMessages reads messages that are new or changed.
func (c *conversation) readMessages(ids []model.MessageID) {
	turn := c.turn
	seen := map[model.MessageID]bool{}
	var ms []model.Message
	var gone []model.MessageID
	c.v.Run(func(ctx context.Context) error {
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			m, err := c.v.m.Message(ctx, id)
			if model.KindOf(err) == model.NotFound {
				gone = append(gone, id)
				continue
			}
			if err != nil {
				return err
			}
			ms = append(ms, m)
		}
		return nil
	}, func(err error) {
		switch {
		case turn != c.turn:
		case err != nil:
			c.v.fails(wordLoadFails, err)
		default:
			c.timeline.Remove(gone...)
			c.timeline.Put(ms...)
			c.markRead()
		}
	})
}

// markRead tells the messenger what the person has seen, if the window is in front.
func (c *conversation) markRead() {
	row := c.timeline.Seen()
	if c.id == "" || !c.v.w.front || row <= c.marked {
		return
	}
	c.marked = row
	id := c.id
	c.v.writes.Run(func(ctx context.Context) error { return c.v.m.MarkRead(ctx, id, row) }, func(error) {})
}

// send stores a message; the timeline shows it as soon as that is done.
func (c *conversation) send(text string, t *target) {
	id, turn := c.id, c.turn
	var m model.Message
	c.v.writes.Run(func(ctx context.Context) (err error) {
		if t != nil {
			m, err = c.v.m.Reply(ctx, t.message.ID, text)
		} else {
			m, err = c.v.m.Send(ctx, id, text)
		}
		return err
	}, func(err error) {
		switch {
		case err == nil && turn == c.turn:
			c.timeline.Put(m)
		case err != nil && turn == c.turn:
			words := wordSendFails
			if model.KindOf(err) == model.TextTooLong {
				words = wordTooLong
			}
			c.composer.giveBack(text, t)
			c.v.fails(words, err)
		}
	})
}
