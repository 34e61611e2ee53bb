package app

import (
	"cmp"
	"context"
	"slices"

	"sotto/app/model"
	"sotto/app/store"
)

// Conversations returns the conversation list: first those that are pinned, then
// the others, each most recent activity first.
func (m *Messenger) Conversations(ctx context.Context) ([]model.Conversation, error) {
	var list []model.Conversation
	err := m.view(ctx, func(t *store.Tx) error {
		contacts, err := t.Contacts()
		if err != nil {
			return err
		}
		for _, c := range contacts {
			v, err := m.conversation(t, c)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b model.Conversation) int {
		if a.Contact.Pinned != b.Contact.Pinned {
			if a.Contact.Pinned {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Activity.Compare(a.Activity), cmp.Compare(a.Contact.Name, b.Contact.Name))
	})
	return list, err
}

// Conversation returns one line of the list. Kind NotFound.
func (m *Messenger) Conversation(ctx context.Context, id model.ContactID) (model.Conversation, error) {
	var v model.Conversation
	err := m.view(ctx, func(t *store.Tx) error {
		c, err := t.Contact(id)
		if err != nil {
			return err
		}
		v, err = m.conversation(t, c)
		return err
	})
	return v, err
}

func (m *Messenger) conversation(t *store.Tx, c store.Contact) (model.Conversation, error) {
	v := model.Conversation{Contact: m.present(c), Draft: c.Draft, Activity: c.Added}
	last, err := t.Messages(c.ID, model.Page{Limit: 1})
	if err != nil {
		return v, err
	}
	if len(last) > 0 {
		v.Last, v.Activity = &last[0], last[0].Time
		m.explain(c, v.Last)
	}
	v.Unread, v.FirstUnread, err = t.Unread(c.ID)
	return v, err
}

// Send seals a text for a contact, stores it and queues it. It goes out as
// soon as there is a way; State tells how far it has come. Kinds NotFound,
// EmptyText, TextTooLong, Blocked, AlarmUndecided, NoSpace.
func (m *Messenger) Send(ctx context.Context, id model.ContactID, text string) (model.Message, error) {
	text, err := checkText(text)
	if err != nil {
		return model.Message{}, err
	}
	var msg model.Message
	err = m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		if err := writable(contact); err != nil {
			return err
		}
		msg, err = c.write(contact, model.Message{Text: text})
		return err
	})
	return msg, err
}

// writable reports why nothing can be written to a contact. Kinds Blocked,
// AlarmUndecided.
func writable(contact store.Contact) error {
	switch {
	case contact.Blocked:
		return model.E(model.Blocked, contact.Name, nil)
	case contact.Alarm != model.AlarmNone:
		return model.E(model.AlarmUndecided, contact.Name, nil)
	}
	return nil
}

// write stores a new message of ours, seals it and queues it. msg has its text, what
// that answers, and whether it is forwarded.
func (c *change) write(contact store.Contact, msg model.Message) (model.Message, error) {
	msg.ID, msg.Contact, msg.Direction = model.MessageID(c.m.newMessageID(c.now)), contact.ID, model.Outgoing
	msg.State, msg.Time, msg.StateTime, msg.Timer = model.Waiting, c.now, c.now, contact.Timer
	if err := c.bringBack(contact); err != nil {
		return msg, err
	}
	th, err := c.thread(contact.ID)
	if err != nil {
		return msg, err
	}
	th.sent++
	c.setThread(contact.ID, th)
	if _, err := c.AddMessage(&msg, store.Place{Pos: th.sent}); err != nil {
		return msg, err
	}
	// Without a session (the device that we had one with was removed) it waits for
	// the next one, which seals all that waits.
	s, err := c.current(contact.ID)
	if err == nil {
		u := store.Unsent{ID: msg.ID, Pos: th.sent, Text: msg.Text, Time: msg.Time, Forwarded: msg.Forwarded, Timer: msg.Timer}
		if msg.Quote != nil {
			u.Quote = msg.Quote.ID
		}
		err = c.sealMessage(s.ID, contact.ID, u)
	}
	if err != nil && model.KindOf(err) != model.NotFound {
		return msg, err
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: msg.ID, New: true})
	msg.Reason = c.m.why(contact.Contact)
	if msg.Reason == model.ReasonAway {
		return msg, c.journal(msg.ID, model.Step{Kind: model.StepTried, Reason: msg.Reason})
	}
	return msg, nil
}

// Messages returns a page of a conversation, oldest first.
func (m *Messenger) Messages(ctx context.Context, id model.ContactID, p model.Page) ([]model.Message, error) {
	var page []model.Message
	err := m.view(ctx, func(t *store.Tx) error {
		contact, err := t.Contact(id)
		if err != nil {
			return err
		}
		page, err = t.Messages(id, p)
		all := make([]*model.Message, len(page))
		for i := range page {
			all[i] = &page[i]
		}
		m.explain(contact, all...)
		return err
	})
	return page, err
}

// Message returns one message. Kind NotFound.
func (m *Messenger) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	var msg model.Message
	err := m.view(ctx, func(t *store.Tx) (err error) {
		if msg, err = t.Message(id); err != nil {
			return err
		}
		contact, err := t.Contact(msg.Contact)
		m.explain(contact, &msg)
		return err
	})
	return msg, err
}

// MarkRead notes that the person saw a conversation up to a row, and tells the
// contact if the person wishes so.
func (m *Messenger) MarkRead(ctx context.Context, id model.ContactID, row int64) error {
	return m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		before, _, err := c.Unread(id)
		if err != nil || before == 0 {
			return err
		}
		newest, err := c.ReadByUs(id, row, c.now)
		if err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		settings := model.DefaultSettings()
		if err := readSettings(c.Tx, &settings); err != nil || !settings.ReadReceipts || contact.Blocked || contact.Trust == model.TrustUnconfirmed {
			return err
		}
		s, err := c.current(id)
		if model.KindOf(err) == model.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if newest > 0 {
			_, err = c.seal(s.ID, &content{readTo: newest})
		}
		return err
	})
}
