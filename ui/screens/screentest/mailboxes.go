package screentest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"sotto/app/model"
)

// Mail is the part of the messenger that is about mailboxes: ours, and what this
// computer holds for others.
type Mail struct {
	Summary model.MailboxSummary
	Lent    model.Hosting
	// AddError is what AddMailbox answers with, once; ProbeError what ProbeMailbox
	// does.
	AddError, ProbeError error
	// Probed are the mailboxes that were tried.
	Probed []model.MailboxID
}

// Box returns a mailbox that answers, which change may alter.
func Box(id, name string, change func(*model.Mailbox)) model.Mailbox {
	b := model.Mailbox{ID: model.MailboxID(id), Kind: model.MailboxOwn, Name: name, Health: model.HealthOK,
		Used: 420 << 10, Quota: 64 << 20, KeepFor: 30 * 24 * time.Hour}
	for i := range b.Days {
		b.Days[i] = 100
	}
	if change != nil {
		change(&b)
	}
	return b
}

// Contacts and the rest are the messenger's own methods.
func (m *Messenger) Contacts(context.Context) ([]model.Contact, error) {
	var out []model.Contact
	for _, c := range m.People {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b model.Contact) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (m *Messenger) Mailboxes(context.Context) (model.MailboxSummary, error) {
	s := m.Mail.Summary
	s.Mailboxes, s.Offers = slices.Clone(s.Mailboxes), slices.Clone(s.Offers)
	return s, nil
}

func (m *Messenger) AddMailbox(_ context.Context, link, name string) (model.Mailbox, error) {
	if err := m.Mail.AddError; err != nil {
		m.Mail.AddError = nil
		return model.Mailbox{}, err
	}
	m.log("add %s as %s", link, name)
	b := Box(fmt.Sprintf("%032x", len(m.Mail.Summary.Mailboxes)+1), name, nil)
	m.Mail.Summary.Mailboxes = append(m.Mail.Summary.Mailboxes, b)
	return b, nil
}

func (m *Messenger) AcceptMailbox(_ context.Context, id model.ContactID) (model.Mailbox, error) {
	s := &m.Mail.Summary
	i := slices.IndexFunc(s.Offers, func(o model.MailboxOffer) bool { return o.Contact == id })
	if i < 0 {
		return model.Mailbox{}, model.E(model.NotFound, "", nil)
	}
	b := Box("b"+string(id)[:31], s.Offers[i].Name, func(b *model.Mailbox) { b.Kind, b.Contact = model.MailboxContact, id })
	s.Offers = slices.Delete(s.Offers, i, i+1)
	s.Mailboxes = append(s.Mailboxes, b)
	return b, nil
}

func (m *Messenger) box(id model.MailboxID) *model.Mailbox {
	for i := range m.Mail.Summary.Mailboxes {
		if b := &m.Mail.Summary.Mailboxes[i]; b.ID == id {
			return b
		}
	}
	return nil
}

func (m *Messenger) RenameMailbox(_ context.Context, id model.MailboxID, name string) error {
	if len(name) > model.MaxName {
		return model.E(model.BadName, "", nil)
	}
	m.box(id).Name = name
	return nil
}

func (m *Messenger) RemoveMailbox(_ context.Context, id model.MailboxID) error {
	m.Mail.Summary.Mailboxes = slices.DeleteFunc(m.Mail.Summary.Mailboxes, func(b model.Mailbox) bool { return b.ID == id })
	return nil
}

func (m *Messenger) ProbeMailbox(_ context.Context, id model.MailboxID) error {
	m.Mail.Probed = append(m.Mail.Probed, id)
	return m.Mail.ProbeError
}

func (m *Messenger) Hosting(context.Context) (model.Hosting, error) { return m.Mail.Lent, nil }

func (m *Messenger) SetHosting(_ context.Context, contacts []model.ContactID, quota int64) error {
	m.Mail.Lent.Contacts, m.Mail.Lent.Quota = contacts, quota
	return nil
}
