package app

import (
	"context"
	"slices"

	"sotto/app/model"
	"sotto/app/store"
)

// This file is what a person can do with a message that is there (docs/protocol.md
// §9), besides reactions and disappearing.

// written returns a message that somebody wrote and nobody deleted, and its
// contact. Kinds NotFound, Deletion.
func (c *change) written(id model.MessageID) (model.Message, store.Contact, error) {
	msg, err := c.Message(id)
	if err != nil {
		return msg, store.Contact{}, err
	}
	switch {
	case msg.Note != "":
		return msg, store.Contact{}, model.E(model.NotFound, "message", nil)
	case msg.Deleted != "":
		return msg, store.Contact{}, model.E(model.Deletion, "", nil)
	}
	contact, err := c.Contact(msg.Contact)
	return msg, contact, err
}

// Reply writes to a contact in answer to a message of the conversation. Kinds as
// Send, Deletion.
func (m *Messenger) Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error) {
	text, err := checkText(text)
	if err != nil {
		return model.Message{}, err
	}
	var msg model.Message
	err = m.change(ctx, func(c *change) error {
		_, contact, err := c.written(to)
		if err != nil {
			return err
		}
		if err := writable(contact); err != nil {
			return err
		}
		msg, err = c.write(contact, model.Message{Text: text, Quote: &model.Quote{ID: to}})
		return err
	})
	return msg, err
}

// Forward writes a message's text to other contacts, marked as forwarded, without
// telling whose it was; to all of them or to none. Kinds as Send, Deletion.
func (m *Messenger) Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error {
	return m.change(ctx, func(c *change) error {
		msg, _, err := c.written(id)
		if err != nil {
			return err
		}
		for i, id := range to {
			if slices.Contains(to[:i], id) {
				continue
			}
			contact, err := c.Contact(id)
			if err != nil {
				return err
			}
			if err := writable(contact); err != nil {
				return err
			}
			if _, err := c.write(contact, model.Message{Text: msg.Text, Forwarded: true}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Edit replaces the text of a message of ours, on both sides. Kinds NotFound,
// NotOurs, Deletion, NotWaiting if it failed, EmptyText, TextTooLong, and for one
// that has arrived Blocked, AlarmUndecided.
func (m *Messenger) Edit(ctx context.Context, id model.MessageID, text string) error {
	text, err := checkText(text)
	if err != nil {
		return err
	}
	return m.change(ctx, func(c *change) error {
		msg, contact, err := c.written(id)
		if err != nil {
			return err
		}
		switch {
		case msg.Direction != model.Outgoing:
			return model.E(model.NotOurs, "", nil)
		case msg.State == model.Failed:
			return model.E(model.NotWaiting, "", nil)
		case text == msg.Text:
			return nil
		case msg.State == model.Delivered || msg.State == model.Read:
			if err := writable(contact); err != nil {
				return err
			}
		}
		u, err := c.Unsent(id)
		if err != nil {
			return err
		}
		if _, err := c.Tx.Edit(msg.Contact, model.Outgoing, id, text, u.Edition+1); err != nil {
			return err
		}
		if err := c.journal(id, model.Step{Kind: model.StepEdited}); err != nil {
			return err
		}
		return c.sealAgain(msg)
	})
}

// sealAgain puts a message of ours, as it is now, in the place of what is in the
// outbox of it. Without a session it waits for the next one.
func (c *change) sealAgain(msg model.Message) error {
	c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: msg.ID})
	if err := c.Unqueue(msg.ID); err != nil {
		return err
	}
	u, err := c.Unsent(msg.ID)
	if err != nil {
		return err
	}
	s, err := c.current(msg.Contact)
	if err != nil {
		return ignoreNotFound(err)
	}
	return c.sealMessage(s.ID, msg.Contact, u)
}

// Delete removes messages from this device. With forBoth their texts go from the
// contact's as well, and both see that there was one; that is for messages of ours
// only. All of them are deleted or none. Kinds NotFound, NotOurs.
func (m *Messenger) Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error {
	return m.change(ctx, func(c *change) error {
		for i, id := range ids {
			if slices.Contains(ids[:i], id) {
				continue
			}
			msg, err := c.Message(id)
			if err != nil {
				return err
			}
			if forBoth {
				err = c.erase(msg)
			} else {
				err = c.deleteHere(msg)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// erase deletes a message of ours for both.
func (c *change) erase(msg model.Message) error {
	if msg.Direction != model.Outgoing || msg.Note != "" {
		return model.E(model.NotOurs, "", nil)
	}
	u, err := c.Unsent(msg.ID)
	if err != nil || u.Deleted {
		return err
	}
	if _, err := c.Erase(msg.Contact, model.Outgoing, msg.ID, u.Edition+1); err != nil {
		return err
	}
	if err := c.UnqueueReaction(msg.ID); err != nil {
		return err
	}
	return c.sealAgain(msg)
}

// deleteHere removes a message from this device. One that waits is taken back;
// that one was deleted for both is told even if nothing of it is left here.
func (c *change) deleteHere(msg model.Message) error {
	c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: msg.ID})
	waits := msg.State == model.Waiting || msg.State == model.Stored
	if msg.Direction == model.Outgoing && msg.Note == "" && (waits || msg.Deleted != "" && msg.EditPending) {
		u, err := c.Unsent(msg.ID)
		if err != nil {
			return err
		}
		if err := c.Unqueue(msg.ID); err != nil {
			return err
		}
		told := store.Noticed{Message: msg.ID, Notice: store.NoticeTakenBack, Pos: u.Pos}
		if u.Deleted {
			told.Notice = store.NoticeDeleted
		}
		s, err := c.current(msg.Contact)
		if err == nil {
			err = c.tellNotice(s.ID, told)
		}
		if err != nil && model.KindOf(err) != model.NotFound {
			return err
		}
	}
	if err := c.UnqueueReaction(msg.ID); err != nil {
		return err
	}
	return c.Forget(msg.ID, c.now)
}

// tellNotice tells a contact what became of a message, what we think of it, or up to
// where we have read.
func (c *change) tellNotice(s store.SessionID, n store.Noticed) error {
	p := &content{message: n.Message, position: n.Pos}
	switch n.Notice {
	case store.NoticeReaction:
		return c.tellReaction(s, n.Message)
	case store.NoticeDeleted:
		p.deleted, p.forgotten = true, true
	case store.NoticeKept:
		p.kept = true
	case store.NoticeRead:
		p = &content{readTo: n.Pos}
	default:
		p.withdrawn = true
	}
	_, err := c.seal(s, p)
	return err
}

// Star marks a message for the person alone. Kinds NotFound, Deletion.
func (m *Messenger) Star(ctx context.Context, id model.MessageID, starred bool) error {
	return m.change(ctx, func(c *change) error {
		msg, _, err := c.written(id)
		if err != nil || msg.Starred == starred {
			return err
		}
		c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: id})
		return c.SetStarred(id, starred)
	})
}
