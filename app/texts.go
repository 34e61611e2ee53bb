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
	switch gone, err := c.Withdrawn(p.message); {
	case err != nil:
		return err
	case gone && p.text != "" && known:
		// Its writer's database was put back to before that: it is told again.
		_, err := c.seal(s.ID, &content{message: p.message, withdrawn: true})
		return err
	case gone:
		return nil
	case p.withdrawn && known:
		return c.takeWithdrawal(contact.ID, s, p)
	case p.withdrawn:
		return nil
	}
	msg.ID, msg.Contact, msg.Direction, msg.State = p.message, contact.ID, model.Incoming, model.Delivered
	msg.Text, msg.Time, msg.StateTime = p.text, plausible(p.sentAt, c.now), c.now
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
		if old, err := c.Message(msg.ID); err == nil && old.Quarantined {
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
		edited, err := c.Edit(contact.ID, model.Incoming, msg.ID, msg.Text, p.edition)
		if err == nil && edited {
			c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: msg.ID})
		}
		return err
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: msg.ID, New: true})
	return c.noteFetched(msg.ID)
}

// takeWithdrawal forgets a message that was taken back, if it has not come: then
// it is not shown when it does.
func (c *change) takeWithdrawal(contact model.ContactID, s session, p *content) error {
	msg, err := c.Message(p.message)
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
	if err := c.Withdraw(p.message, c.now); err != nil || p.position == 0 {
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
