package app

import (
	"context"
	"errors"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
)

// Contacts returns everybody we can write to, by name.
func (m *Messenger) Contacts(ctx context.Context) ([]model.Contact, error) {
	var stored []store.Contact
	err := m.view(ctx, func(t *store.Tx) (err error) {
		stored, err = t.Contacts()
		return err
	})
	contacts := make([]model.Contact, 0, len(stored))
	for _, c := range stored {
		contacts = append(contacts, m.present(c))
	}
	return contacts, err
}

// Contact returns one contact. Kind NotFound.
func (m *Messenger) Contact(ctx context.Context, id model.ContactID) (model.Contact, error) {
	var c store.Contact
	err := m.view(ctx, func(t *store.Tx) (err error) {
		c, err = t.Contact(id)
		return err
	})
	return m.present(c), err
}

// present adds to a stored contact how it is reached now.
func (m *Messenger) present(c store.Contact) model.Contact {
	if n := m.network(); n != nil && !c.Blocked {
		c.Via = n.via(c.ID)
	}
	if c.Name == "" { // not told yet: they have not answered
		c.Name = "Contact " + string(c.ID[:min(8, len(c.ID))])
	}
	return c.Contact
}

// editContact changes one contact.
func (m *Messenger) editContact(ctx context.Context, id model.ContactID, f func(*change, *store.Contact) error) error {
	return m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		if err := f(c, &contact); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventContact, Contact: id})
		c.after = append(c.after, c.m.tendMailboxes)
		return c.PutContact(contact)
	})
}

// Rename sets what we call a contact; "" goes back to what they call
// themselves. Kinds NotFound, BadName.
func (m *Messenger) Rename(ctx context.Context, id model.ContactID, name string) error {
	if name != "" {
		var err error
		if name, err = checkName(name); err != nil {
			return err
		}
	}
	return m.editContact(ctx, id, func(_ *change, c *store.Contact) error {
		c.Renamed = name
		return nil
	})
}

// Block stops or resumes exchanging anything with a contact. They are not
// told; what they send meanwhile is not taken in.
func (m *Messenger) Block(ctx context.Context, id model.ContactID, blocked bool) error {
	err := m.editContact(ctx, id, func(_ *change, c *store.Contact) error {
		c.Blocked = blocked
		return nil
	})
	if err == nil {
		m.keep(id)
	}
	return err
}

// SafetyNumber returns what two people compare. Kinds NotFound, NotConfirmed.
func (m *Messenger) SafetyNumber(ctx context.Context, id model.ContactID) (model.SafetyNumber, error) {
	var n model.SafetyNumber
	err := m.view(ctx, func(t *store.Tx) error {
		c, err := t.Contact(id)
		if err != nil {
			return err
		}
		theirs, err := comparable(c)
		if err != nil {
			return err
		}
		ours := &m.self.Identity.Account
		n = model.SafetyNumber{Digits: account.SafetyNumber(ours, theirs), Code: account.SafetyCode(ours, theirs)}
		return nil
	})
	return n, err
}

// comparable returns the account key of a contact whose handshake is complete.
func comparable(c store.Contact) (*account.PublicKey, error) {
	if c.Trust == model.TrustUnconfirmed {
		return nil, model.E(model.NotConfirmed, c.Name, nil)
	}
	identity, err := account.ParseIdentity(c.Identity)
	if err != nil {
		return nil, damaged("a contact's keys", err)
	}
	return &identity.Account, nil
}

// CheckSafetyCode compares a scanned safety code with a contact's and marks
// them verified if it is the same. Kinds NotFound, NotConfirmed, NotACode,
// NumbersDoNotMatch.
func (m *Messenger) CheckSafetyCode(ctx context.Context, id model.ContactID, scanned string) error {
	return m.editContact(ctx, id, func(_ *change, c *store.Contact) error {
		theirs, err := comparable(*c)
		if err != nil {
			return err
		}
		switch err := account.CompareSafetyCode(scanned, &m.self.Identity.Account, theirs); {
		case errors.Is(err, account.ErrSafetyMismatch):
			return model.E(model.NumbersDoNotMatch, c.Name, err)
		case err != nil:
			return model.E(model.NotACode, "", err)
		}
		c.Trust = model.TrustVerified
		return nil
	})
}

// SetVerified notes that the person compared safety numbers, or takes it back.
// Kinds NotFound, NotConfirmed.
func (m *Messenger) SetVerified(ctx context.Context, id model.ContactID, verified bool) error {
	return m.editContact(ctx, id, func(_ *change, c *store.Contact) error {
		if _, err := comparable(*c); err != nil {
			return err
		}
		c.Trust = model.TrustConfirmed
		if verified {
			c.Trust = model.TrustVerified
		}
		return nil
	})
}

// DismissAlarm notes that the person read a contact's alarm and decided to go
// on. It does not make anybody verified.
func (m *Messenger) DismissAlarm(ctx context.Context, id model.ContactID) error {
	return m.editContact(ctx, id, func(_ *change, c *store.Contact) error {
		c.Alarm = model.AlarmNone
		return nil
	})
}
