package app

import (
	"context"
	"encoding/hex"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
)

// This file is what becomes of a message of ours after it was written: who has
// it, and what the person can still do about it.

// takeAcks takes what arrived out of the outbox.
func (c *change) takeAcks(contact model.ContactID, s session, acks ackSet) error {
	for _, span := range acks {
		ids, err := c.Acknowledged(s.ID, span.from, span.to, c.now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
		}
	}
	return nil
}

// takeRead notes that a contact has seen our messages up to a position.
func (c *change) takeRead(contact model.ContactID, to uint64) error {
	ids, err := c.ReadByThem(contact, to, c.now)
	for _, id := range ids {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
	}
	return err
}

// journal notes a step on a message's way.
func (c *change) journal(id model.MessageID, s model.Step) error {
	s.Time = c.now
	return c.AddStep(id, s)
}

// why says what a message to a contact waits for now.
func (m *Messenger) why(contact model.Contact) model.Reason {
	n := m.network()
	switch {
	case contact.Blocked:
		return model.ReasonBlocked
	case contact.Alarm != model.AlarmNone:
		return model.ReasonAlarm
	case n == nil:
		return model.ReasonOffline
	case n.via(contact.ID) != model.ViaNone:
		return model.ReasonSending
	case len(hostAddresses()) == 0:
		return model.ReasonNoNetwork
	}
	if reason := n.heldUp(contact.ID); reason != model.ReasonNone {
		return reason
	}
	return model.ReasonAway
}

// explain sets the reason of those messages to a contact that wait.
func (m *Messenger) explain(contact store.Contact, messages ...*model.Message) {
	var reason model.Reason
	for _, msg := range messages {
		if msg.Direction == model.Outgoing && (msg.State == model.Waiting || msg.State == model.Stored) {
			if reason == "" {
				reason = m.why(contact.Contact)
			}
			msg.Reason = reason
		}
	}
}

// Details returns a message's way so far. Kind NotFound.
func (m *Messenger) Details(ctx context.Context, id model.MessageID) (model.Details, error) {
	var d model.Details
	err := m.view(ctx, func(t *store.Tx) error {
		var err error
		if d.Message, err = t.Message(id); err != nil {
			return err
		}
		contact, err := t.Contact(d.Message.Contact)
		if err != nil {
			return err
		}
		m.explain(contact, &d.Message)
		if s := d.Message.State; s == model.Waiting || s == model.Stored {
			if n := m.network(); n != nil && d.Message.Direction == model.Outgoing {
				d.NextTry = n.nextDeposit(contact.ID)
			}
		}
		noted, arrived, err := t.Steps(id)
		if err != nil {
			return err
		}
		d.Steps = way(d.Message, noted, arrived)
		d.Devices, err = devices(t, contact.ID)
		return err
	})
	return d, err
}

// way puts together what was noted of a message and what its row tells.
func way(msg model.Message, noted []model.Step, arrived time.Time) []model.Step {
	if msg.Note != "" {
		return nil
	}
	var steps []model.Step
	add := func(k model.StepKind, at time.Time) { steps = append(steps, model.Step{Kind: k, Time: at}) }
	if msg.Direction == model.Incoming {
		if len(noted) == 0 {
			add(model.StepArrived, arrived)
		}
		steps = append(steps, noted...)
		add(model.StepOpened, arrived)
		if msg.State == model.Read {
			add(model.StepSeen, msg.StateTime)
		}
		return steps
	}
	add(model.StepWritten, msg.Time)
	add(model.StepSealed, msg.Time)
	steps = append(steps, noted...)
	if !arrived.IsZero() {
		add(model.StepDelivered, arrived)
	}
	switch {
	case msg.State == model.Read:
		add(model.StepRead, msg.StateTime)
	case msg.State == model.Failed && msg.Reason == model.ReasonCancelled:
		add(model.StepCancelled, msg.StateTime)
	case msg.State == model.Failed:
		steps = append(steps, model.Step{Kind: model.StepFailed, Time: msg.StateTime, Reason: msg.Reason})
	}
	return steps
}

// devices returns the contact's computer that we exchange messages with.
func devices(t *store.Tx, id model.ContactID) ([]model.DeviceID, error) {
	current, err := t.CurrentSession(id)
	if model.KindOf(err) == model.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := t.Session(current)
	if err != nil || len(s.Device) != account.DevicePublicSize {
		return nil, err
	}
	device := account.DevicePublic(s.Device)
	name := device.ID()
	return []model.DeviceID{model.DeviceID(hex.EncodeToString(name[:]))}, nil
}

// waiting returns a message of ours that has not arrived. Kinds NotFound,
// NotWaiting.
func (c *change) waiting(id model.MessageID) (model.Message, error) {
	msg, err := c.Message(id)
	if err == nil && (msg.Direction != model.Outgoing || msg.State != model.Waiting && msg.State != model.Stored) {
		err = model.E(model.NotWaiting, "", nil)
	}
	return msg, err
}

// Cancel takes a message back that has not arrived. It is marked as failed at
// once; if it turns out to have arrived before, it is marked as delivered. One that
// failed already is given up: the person does not want it sent again. Kinds
// NotFound, NotWaiting.
func (m *Messenger) Cancel(ctx context.Context, id model.MessageID) error {
	return m.change(ctx, func(c *change) error {
		msg, err := c.Message(id)
		if err != nil {
			return err
		}
		given, err := c.GiveUp(id, c.now)
		if given {
			c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: id})
		}
		if err != nil || given {
			return err
		}
		if msg, err = c.waiting(id); err != nil {
			return err
		}
		u, err := c.Unsent(id)
		if err != nil {
			return err
		}
		if u.Deleted {
			return model.E(model.Deletion, "", nil)
		}
		if _, err := c.Fail(id, model.ReasonCancelled, c.now); err != nil {
			return err
		}
		if err := c.Unqueue(id); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: id})
		s, err := c.current(msg.Contact)
		if model.KindOf(err) == model.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return c.tellNotice(s.ID, store.Noticed{Message: id, Notice: store.NoticeTakenBack, Pos: u.Pos})
	})
}

// takeTakenBack notes that we took a message of ours back and have forgotten it,
// since our database was put back: its recipient has not kept it.
func (c *change) takeTakenBack(contact model.ContactID, id model.MessageID) error {
	if err := c.TakenBack(id, c.now); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
	return c.Unqueue(id)
}

// takeKept notes that a message that we took back is there all the same. If its
// text had been replaced before, which of the two is there is not known: the change
// was taken back with it, and goes again.
func (c *change) takeKept(contact model.ContactID, id model.MessageID) error {
	kept, err := c.Kept(contact, id, c.now)
	if err != nil || !kept {
		return err
	}
	msg, err := c.Message(id)
	if err == nil && msg.Edited {
		return c.sealAgain(msg)
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
	return err
}

// Resend tries at once to deliver a message that waits, or writes one that failed
// anew, at the end of its conversation. Kinds NotFound, NotWaiting, Blocked,
// AlarmUndecided.
func (m *Messenger) Resend(ctx context.Context, id model.MessageID) error {
	hurry := false
	err := m.change(ctx, func(c *change) error {
		msg, err := c.Message(id)
		if err != nil {
			return err
		}
		contact, err := c.Contact(msg.Contact)
		if err != nil {
			return err
		}
		if msg.Direction == model.Outgoing && msg.State == model.Failed && msg.Deleted == "" {
			if err := writable(contact); err != nil {
				return err
			}
			if err := c.DeleteMessage(id); err != nil {
				return err
			}
			c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: id})
			_, err := c.write(contact, model.Message{Text: msg.Text, Quote: msg.Quote, Forwarded: msg.Forwarded})
			return err
		}
		_, err = c.waiting(id)
		hurry = err == nil
		return err
	})
	if hurry {
		m.Retry(ctx)
	}
	return err
}
