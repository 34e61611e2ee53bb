package uitest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sotto/app/model"
)

// What a person does with messages, as the messenger does it: told by an event, to
// nobody else.

// Reply answers a message of a conversation.
func (m *Messenger) Reply(_ context.Context, to model.MessageID, text string) (model.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.SendError != nil {
		return model.Message{}, m.SendError
	}
	_, x := m.message(to)
	if x == nil {
		return model.Message{}, model.E(model.NotFound, "message", nil)
	}
	q := &model.Quote{ID: to, Direction: x.Direction, Text: x.Text, Row: x.Row}
	return m.add(model.Message{Contact: x.Contact, Direction: model.Outgoing, State: model.Waiting, Text: text, Time: m.Now, Quote: q}), nil
}

// Forward writes a message's text to others.
func (m *Messenger) Forward(_ context.Context, id model.MessageID, to []model.ContactID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, x := m.message(id)
	if x == nil {
		return model.E(model.NotFound, "message", nil)
	}
	text := x.Text
	for _, c := range to {
		m.add(model.Message{Contact: c, Direction: model.Outgoing, State: model.Waiting, Text: text, Time: m.Now, Forwarded: true})
	}
	return nil
}

// React puts an emoji on a message.
func (m *Messenger) React(_ context.Context, id model.MessageID, emoji string) error {
	m.Change(id, func(x *model.Message) {
		x.Reactions = slices.DeleteFunc(slices.Clone(x.Reactions), func(r model.Reaction) bool { return r.Mine })
		if emoji != "" {
			x.Reactions = append(x.Reactions, model.Reaction{Emoji: emoji, Mine: true})
		}
	})
	return nil
}

// Delete removes messages here, or their texts on both sides.
func (m *Messenger) Delete(_ context.Context, ids []model.MessageID, forBoth bool) error {
	m.note(fmt.Sprintf("delete %d %t", len(ids), forBoth))
	for _, id := range ids {
		if forBoth {
			m.Change(id, func(x *model.Message) { x.Deleted, x.Text, x.Reactions, x.Quote = model.DeletedMine, "", nil, nil })
			continue
		}
		m.mu.Lock()
		if c, x := m.message(id); x != nil {
			contact := x.Contact
			c.messages = slices.DeleteFunc(c.messages, func(x model.Message) bool { return x.ID == id })
			m.emit(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
		}
		m.mu.Unlock()
	}
	return nil
}

// Star marks a message.
func (m *Messenger) Star(_ context.Context, id model.MessageID, starred bool) error {
	m.Change(id, func(x *model.Message) { x.Starred = starred })
	return nil
}

// SetTimer sets after how long new texts of a conversation disappear.
func (m *Messenger) SetTimer(_ context.Context, id model.ContactID, after time.Duration) error {
	m.ChangeContact(id, func(c *model.Contact) { c.Timer = after })
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(model.Message{Contact: id, Direction: model.Outgoing, State: model.Read, Time: m.Now, Note: model.NoteTimer, Timer: after})
	return nil
}
