package app

import (
	"context"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// Texts that disappear (docs/protocol.md §9): each carries its time as it was when
// it was written. That begins when the other side has the text, or when the person
// has read it.

// checkTimer refuses a time after which texts cannot disappear. Kind BadTimer.
func checkTimer(after time.Duration) error {
	if after != 0 && (after < model.MinTimer || after > model.MaxTimer || after%time.Second != 0) {
		return model.E(model.BadTimer, "", nil)
	}
	return nil
}

// SetTimer sets after how long new texts of a conversation disappear, on both
// sides; 0 is never. Kinds NotFound, BadTimer, NotConfirmed, Blocked,
// AlarmUndecided.
func (m *Messenger) SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error {
	if err := checkTimer(after); err != nil {
		return err
	}
	return m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		if err := confirmed(contact); err != nil || contact.Timer == after {
			return err
		}
		setting := timerSetting{nextRevision(contact.TimerRev, c.now), after}
		if err := c.setTimer(id, model.Outgoing, setting); err != nil {
			return err
		}
		s, err := c.current(id)
		if err != nil {
			return ignoreNotFound(err) // it is told in the next session
		}
		_, err = c.seal(s.ID, &content{setting: &setting})
		return err
	})
}

// setTimer stores a setting and notes in the conversation who made it.
func (c *change) setTimer(id model.ContactID, by model.Direction, t timerSetting) error {
	if err := c.Tx.SetTimer(id, t.after, t.revision); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: id})
	return c.addNote(model.Message{Contact: id, Direction: by, Note: model.NoteTimer, Timer: t.after})
}

// takeSetting takes in what a contact says is set.
func (c *change) takeSetting(id model.ContactID, t timerSetting) error {
	contact, err := c.Contact(id)
	if err != nil {
		return err
	}
	if t.revision < contact.TimerRev || t.revision == contact.TimerRev && t.after <= contact.Timer {
		return nil
	}
	if t.after == contact.Timer { // nothing changes but who is known to have said so last
		return c.Tx.SetTimer(id, t.after, t.revision)
	}
	return c.setTimer(id, model.Incoming, t)
}

// tellSetting tells what is set in a new session: either side may have lost it.
func (c *change) tellSetting(s session) error {
	contact, err := c.Contact(s.Contact)
	if err != nil || contact.TimerRev == 0 {
		return ignoreNotFound(err)
	}
	_, err = c.seal(s.ID, &content{setting: &timerSetting{contact.TimerRev, contact.Timer}})
	return err
}

// expireBatch is how many messages disappear in one transaction, so that others
// get their turn.
const expireBatch = 200

// expire deletes messages whose time is over and returns how long to wait until
// there may be more.
func (m *Messenger) expire() time.Duration {
	const failed, most = time.Minute, time.Hour // the clock may be set meanwhile
	now := m.now()
	next, err := m.expireAt(now)
	switch {
	case err != nil:
		m.log.Warn("disappearing messages", "error", err)
		return failed
	case next.IsZero():
		return most
	}
	return min(max(next.Sub(now), 0), most)
}

// expireAt does so as of a time, and returns when the next are due, zero if none
// are.
func (m *Messenger) expireAt(now time.Time) (next time.Time, err error) {
	var gone []store.Expired
	err = m.db.Update(context.Background(), func(t *store.Tx) (err error) {
		gone, next, err = t.Expire(now, expireBatch)
		return err
	})
	if err != nil {
		return next, err
	}
	events := make([]model.Event, 0, len(gone))
	for _, e := range gone {
		events = append(events, model.Event{Kind: model.EventMessage, Contact: e.Contact, Message: e.ID})
	}
	m.hub.publish(events...)
	return next, nil
}
