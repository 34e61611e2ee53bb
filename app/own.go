package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// This file is what a person keeps of a contact for themselves: nobody is told.

func (m *Messenger) setOwn(ctx context.Context, id model.ContactID, f func(*change) error) error {
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventContact, Contact: id})
		return f(c)
	})
}

// SetPinned keeps a conversation at the top of the list. Kind NotFound.
func (m *Messenger) SetPinned(ctx context.Context, id model.ContactID, pinned bool) error {
	return m.setOwn(ctx, id, func(c *change) error { return c.SetPinned(id, pinned) })
}

// SetArchived puts a conversation away. A new message brings it back unless it is
// muted. Kind NotFound.
func (m *Messenger) SetArchived(ctx context.Context, id model.ContactID, archived bool) error {
	return m.setOwn(ctx, id, func(c *change) error { return c.SetArchived(id, archived) })
}

// bringBack takes a conversation out of the archive because of a new message.
func (c *change) bringBack(contact store.Contact) error {
	if !contact.Archived || contact.Muted(c.now) {
		return nil
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	return c.SetArchived(contact.ID, false)
}

// SetMuted has nothing of a contact's make itself noticed until then; the zero
// time ends it, model.Forever is for good. Kind NotFound.
func (m *Messenger) SetMuted(ctx context.Context, id model.ContactID, until time.Time) error {
	if until.After(model.Forever) {
		until = model.Forever
	}
	return m.setOwn(ctx, id, func(c *change) error { return c.SetMuted(id, until) })
}

// SetLabels replaces a contact's labels. Kinds NotFound, BadLabel.
func (m *Messenger) SetLabels(ctx context.Context, id model.ContactID, labels []string) error {
	var all []string
	for _, l := range labels {
		clean := cleanName(l)
		if clean == "" || len(l) > model.MaxLabel {
			return model.E(model.BadLabel, "", nil)
		}
		all = append(all, clean)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > model.MaxLabels {
		return model.E(model.BadLabel, "too many", nil)
	}
	return m.setOwn(ctx, id, func(c *change) error { return c.SetLabels(id, all) })
}

// Labels returns all labels in use, sorted.
func (m *Messenger) Labels(ctx context.Context) ([]string, error) {
	var all []string
	err := m.view(ctx, func(t *store.Tx) error {
		contacts, err := t.Contacts()
		for _, c := range contacts {
			all = append(all, c.Labels...)
		}
		return err
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// SetRemark keeps a private note about a contact. Kinds NotFound, TextTooLong.
func (m *Messenger) SetRemark(ctx context.Context, id model.ContactID, remark string) error {
	if len(remark) > model.MaxRemark {
		return model.E(model.TextTooLong, "", nil)
	}
	remark = strings.TrimSpace(cleanText(remark))
	return m.setOwn(ctx, id, func(c *change) error { return c.SetRemark(id, remark) })
}

// SetDraft keeps what is written to a contact but not sent. Kinds NotFound,
// TextTooLong.
func (m *Messenger) SetDraft(ctx context.Context, id model.ContactID, d model.Draft) error {
	if len(d.Text) > model.MaxText {
		return model.E(model.TextTooLong, "", nil)
	}
	for _, id := range []model.MessageID{d.ReplyTo, d.Editing} {
		if id != "" && len(unhex(string(id))) != 16 {
			return model.E(model.NotFound, "message", nil)
		}
	}
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		return c.SetDraft(id, d)
	})
}

// RemoveContact deletes everything of a contact from this device. They are not
// told: what they send is not taken in any more, and waits on their side. Kind
// NotFound.
func (m *Messenger) RemoveContact(ctx context.Context, id model.ContactID) error {
	hosted := false
	err := m.change(ctx, func(c *change) error {
		if _, err := c.Contact(id); err != nil {
			return err
		}
		sessions, err := c.Sessions(id)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			delete(c.m.held, s.ID)
			delete(c.m.wants, s.ID)
			if err := c.forget(s.ID); err != nil {
				return err
			}
		}
		delete(c.m.strays, id)
		queues, err := c.MailQueuesFor(id)
		if err != nil {
			return err
		}
		for _, q := range queues {
			keys, err := parseQueue(q.Secret)
			if err != nil {
				return err
			}
			if err := c.AddSurplusQueue(q.Mailbox, keys.Withdrawal.ID); err != nil {
				return err
			}
		}
		all, err := c.Hosted()
		if err != nil {
			return err
		}
		hosted = slices.ContainsFunc(all, func(h store.Hosted) bool { return h.Contact == id })
		c.publish(model.Event{Kind: model.EventContact, Contact: id})
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		c.after = append(c.after, func() { m.keep(id) }, m.tendMailboxes)
		return c.DeleteContact(id)
	})
	if err == nil && hosted {
		err = m.restartNetwork(ctx) // it serves them no more
	}
	return err
}
