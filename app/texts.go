package app

import (
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// takeText stores a text that arrived, or a later edition of one that is here.
// msg has the mark that it is to bear.
func (c *change) takeText(contact store.Contact, s session, p *content, msg model.Message) error {
	known := !msg.Quarantined && (!msg.Unconfirmed || contact.Trust == model.TrustUnconfirmed)
	switch back, here, err := c.Withdrawn(contact.ID, p.message); {
	case err != nil || here:
		return err
	case back && p.text != "" && known:
		// Its writer's database was put back to before that: it is told again.
		_, err := c.seal(s.ID, &content{message: p.message, withdrawn: true})
		return err
	case back:
		return nil
	case p.withdrawn && known:
		return c.takeWithdrawal(contact.ID, s, p)
	case p.withdrawn, p.deleted && !known:
		return nil
	}
	msg.ID, msg.Contact, msg.Direction, msg.State = p.message, contact.ID, model.Incoming, model.Delivered
	msg.Text, msg.Time, msg.StateTime = p.text, plausible(p.sentAt, c.now), c.now
	msg.Forwarded, msg.Timer = p.forwarded, p.timer
	if p.quote != "" {
		msg.Quote = &model.Quote{ID: p.quote}
	}
	if p.deleted {
		msg.Deleted, msg.State = model.DeletedTheirs, model.Read // there is nothing to read
	}
	var place store.Place
	if known {
		// Whoever may be somebody else has no say in the order of a conversation.
		var err error
		if place, err = c.arrive(contact.ID, p); err != nil {
			return err
		}
	}
	place.Session, place.Edition = s.ID, p.edition
	if known {
		// It may have come before in a session that was being replaced: here its
		// writer is known, and it gets its place.
		if old, err := c.Message(msg.ID); err == nil && old.Quarantined && old.Contact == contact.ID {
			if err := c.DeleteMessage(msg.ID); err != nil {
				return err
			}
		}
	}
	added, err := c.AddMessage(&msg, place)
	if err != nil {
		return err
	}
	if !added {
		return c.takeEdition(contact.ID, s, p, known)
	}
	if contact.Early > 0 && known {
		if err := c.TakeEarly(contact.ID, msg.ID, c.now); err != nil {
			return err
		}
	}
	if err := c.bringBack(contact); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: msg.ID, New: true})
	return c.noteFetched(msg.ID)
}

// takeEdition replaces the text of a message that is here, or deletes it. Whoever
// may be somebody else can do so only with what came in the same session.
func (c *change) takeEdition(contact model.ContactID, s session, p *content, known bool) error {
	if !known {
		if same, err := c.CameIn(p.message, s.ID); err != nil || !same {
			return err
		}
	}
	var done bool
	var err error
	if p.deleted {
		done, err = c.Erase(contact, model.Incoming, p.message, p.edition)
	} else {
		done, err = c.Tx.Edit(contact, model.Incoming, p.message, p.text, p.edition)
	}
	if err == nil && done {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: p.message})
	}
	return err
}

// takeWithdrawal forgets a message that was taken back, if it has not come: then
// it is not shown when it does.
func (c *change) takeWithdrawal(contact model.ContactID, s session, p *content) error {
	msg, err := c.Message(p.message)
	if err == nil && msg.Contact != contact {
		return nil // of another conversation
	}
	if err == nil && msg.Direction == model.Outgoing {
		return c.takeTakenBack(contact, p.message)
	}
	if err == nil {
		_, err = c.seal(s.ID, &content{message: p.message, kept: true})
		return err
	}
	if model.KindOf(err) != model.NotFound {
		return err
	}
	if err := c.Withdraw(contact, p.message, c.now); err != nil || p.position == 0 {
		return err
	}
	return c.takeGone(contact, ackSet{{p.position, p.position}})
}

// plausible keeps a sender's wrong clock from putting a message into the
// future.
func plausible(sent, now time.Time) time.Time {
	if sent.IsZero() || sent.After(now) {
		return now
	}
	return sent
}
