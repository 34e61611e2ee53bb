package uitest

import (
	"context"
	"slices"
	"strings"

	"sotto/app/model"
)

// Change alters a message and tells of it.
func (m *Messenger) Change(id model.MessageID, change func(*model.Message)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, x := m.message(id); x != nil {
		change(x)
		x.Revision++
		last := c.messages[len(c.messages)-1]
		c.Last = &last
		m.emit(model.Event{Kind: model.EventMessage, Contact: x.Contact, Message: id})
	}
}

// SetMail changes our mailboxes and tells of it.
func (m *Messenger) SetMail(s model.MailboxSummary) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mail = s
	m.emit(model.Event{Kind: model.EventMailbox})
}

// SetWay says what a message's details are beside the message itself, and tells
// of it.
func (m *Messenger) SetWay(id model.MessageID, d model.Details) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Ways[id] = d
	if _, x := m.message(id); x != nil {
		m.emit(model.Event{Kind: model.EventMessage, Contact: x.Contact, Message: id})
	}
}

func (m *Messenger) message(id model.MessageID) (*conversation, *model.Message) {
	for _, c := range m.conversations {
		for i := range c.messages {
			if c.messages[i].ID == id {
				return c, &c.messages[i]
			}
		}
	}
	return nil, nil
}

// Details and the rest are the messenger's own methods.
func (m *Messenger) Details(_ context.Context, id model.MessageID) (model.Details, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, x := m.message(id)
	if x == nil {
		return model.Details{}, model.E(model.NotFound, "message", nil)
	}
	d, ok := m.Ways[id]
	if !ok {
		d.Steps = []model.Step{{Kind: model.StepWritten, Time: x.Time}, {Kind: model.StepSealed, Time: x.Time}}
		d.Devices = []model.DeviceID{"3f9a12bc00000000000000000000beef"}
	}
	d.Message = *x
	return d, nil
}

// waiting does something to a message that waits, or answers that it is too late.
func (m *Messenger) waiting(id model.MessageID, change func(*model.Message)) error {
	m.mu.Lock()
	_, x := m.message(id)
	ok := x != nil && (x.State == model.Waiting || x.State == model.Stored)
	m.mu.Unlock()
	if !ok {
		return model.E(model.NotWaiting, "", nil)
	}
	m.Change(id, change)
	return nil
}

func (m *Messenger) note(words string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = append(m.done, words)
}

func (m *Messenger) Resend(_ context.Context, id model.MessageID) error {
	m.note("resend")
	m.mu.Lock()
	if c, x := m.message(id); x != nil && x.State == model.Failed {
		again := model.Message{Contact: x.Contact, Direction: model.Outgoing, State: model.Waiting, Text: x.Text, Time: m.Now}
		c.messages = slices.DeleteFunc(c.messages, func(x model.Message) bool { return x.ID == id })
		m.emit(model.Event{Kind: model.EventMessage, Contact: again.Contact, Message: id})
		m.add(again)
		m.mu.Unlock()
		return nil
	}
	m.mu.Unlock()
	return m.waiting(id, func(x *model.Message) { x.State, x.Reason = model.Waiting, model.ReasonAway })
}

func (m *Messenger) Cancel(_ context.Context, id model.MessageID) error {
	m.note("cancel")
	m.mu.Lock()
	_, x := m.message(id)
	given := x != nil && x.State == model.Failed && x.Reason != model.ReasonCancelled
	m.mu.Unlock()
	if given {
		m.Change(id, func(x *model.Message) { x.Reason = model.ReasonCancelled })
		return nil
	}
	return m.waiting(id, func(x *model.Message) { x.State, x.Reason = model.Failed, model.ReasonCancelled })
}

func (m *Messenger) Edit(_ context.Context, id model.MessageID, text string) error {
	m.note("edit")
	if len(text) > model.MaxText {
		return model.E(model.TextTooLong, "", nil)
	}
	return m.waiting(id, func(x *model.Message) { x.Text, x.Edited = strings.TrimSpace(text), true })
}

func (m *Messenger) Mailboxes(context.Context) (model.MailboxSummary, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mail, nil
}
