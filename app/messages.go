package app

import (
	"cmp"
	"context"
	"slices"

	"sotto/app/model"
	"sotto/app/store"
)

// Conversations returns the conversation list, most recent activity first.
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
		switch {
		case contact.Blocked:
			return model.E(model.Blocked, contact.Name, nil)
		case contact.Alarm != model.AlarmNone:
			return model.E(model.AlarmUndecided, contact.Name, nil)
		}
		msg = model.Message{
			ID:        model.MessageID(m.newID()),
			Contact:   id,
			Direction: model.Outgoing,
			State:     model.Waiting,
			Text:      text,
			Time:      c.now,
			StateTime: c.now,
		}
		// Without a session (the device that we had one with was removed) it
		// waits for the next one, which seals all that waits.
		s, err := c.current(id)
		if err != nil && model.KindOf(err) != model.NotFound {
			return err
		}
		var seq uint64
		if err == nil {
			if seq, err = c.seal(s.ID, &content{message: msg.ID, sentAt: msg.Time, text: text}); err != nil {
				return err
			}
		}
		if _, err := c.AddMessage(&msg, s.ID, seq); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMessage, Contact: id, Message: msg.ID, New: true})
		return nil
	})
	return msg, err
}

// Messages returns a page of a conversation, oldest first.
func (m *Messenger) Messages(ctx context.Context, id model.ContactID, p model.Page) ([]model.Message, error) {
	var page []model.Message
	err := m.view(ctx, func(t *store.Tx) error {
		if _, err := t.Contact(id); err != nil {
			return err
		}
		var err error
		page, err = t.Messages(id, p)
		return err
	})
	return page, err
}

// Message returns one message. Kind NotFound.
func (m *Messenger) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	var msg model.Message
	err := m.view(ctx, func(t *store.Tx) (err error) {
		msg, err = t.Message(id)
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
		read, err := c.ReadByUs(id, row, c.now)
		if err != nil || len(read) == 0 {
			return err
		}
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		settings := model.Settings{ReadReceipts: true}
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
		if seq := read[s.ID]; seq > 0 {
			_, err = c.seal(s.ID, &content{readTo: seq})
		}
		return err
	})
}

// SetDraft keeps what is written to a contact but not sent.
func (m *Messenger) SetDraft(ctx context.Context, id model.ContactID, text string) error {
	if len(text) > model.MaxText {
		return model.E(model.TextTooLong, "", nil)
	}
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		return c.SetDraft(id, text)
	})
}
