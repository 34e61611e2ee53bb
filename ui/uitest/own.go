package uitest

import (
	"context"
	"slices"
	"time"

	"sotto/app/model"
)

// What a person keeps of a contact for themselves.

// SetPinned keeps a conversation at the top of the list.
func (m *Messenger) SetPinned(_ context.Context, id model.ContactID, pinned bool) error {
	m.ChangeContact(id, func(c *model.Contact) { c.Pinned = pinned })
	return nil
}

// SetMuted has nothing of a contact's make itself noticed until then.
func (m *Messenger) SetMuted(_ context.Context, id model.ContactID, until time.Time) error {
	m.ChangeContact(id, func(c *model.Contact) { c.MutedUntil = until })
	return nil
}

// SetArchived puts a conversation away.
func (m *Messenger) SetArchived(_ context.Context, id model.ContactID, archived bool) error {
	m.ChangeContact(id, func(c *model.Contact) { c.Archived = archived })
	return nil
}

// RemoveContact deletes everything of a contact.
func (m *Messenger) RemoveContact(_ context.Context, id model.ContactID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(id) == nil {
		return model.E(model.NotFound, "contact", nil)
	}
	m.conversations = slices.DeleteFunc(m.conversations, func(c *conversation) bool { return c.Contact.ID == id })
	m.emit(model.Event{Kind: model.EventContact, Contact: id})
	return nil
}

// UsedEmoji returns the emoji that were used last.
func (m *Messenger) UsedEmoji(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.emoji), nil
}

// SetUsedEmoji keeps the emoji that were used last.
func (m *Messenger) SetUsedEmoji(_ context.Context, used []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.emoji = slices.Clone(used)
	return nil
}
