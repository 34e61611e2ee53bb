package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// This file is what a person does with mailboxes: other computers that hold
// sealed cells for them while they are away. What is wanted is in the database;
// keepers (collect.go) bring it about, however long that takes.

// mailTimeout is how long one question to a mailbox may take.
const mailTimeout = 30 * time.Second

// mailboxConn is a connection to a mailbox, as mailbox.Dial gives it.
type mailboxConn interface {
	Create(ctx context.Context, o mailbox.Owner, q mailbox.Queue) error
	Remove(ctx context.Context, o mailbox.Owner, queue mailbox.ID) error
	State(ctx context.Context, o mailbox.Owner) (mailbox.State, error)
	Put(ctx context.Context, d mailbox.Deposit, cells [][]byte) ([]mailbox.Outcome, error)
	Fetch(ctx context.Context, w mailbox.Withdrawal, after uint64) (cells []mailbox.Cell, more bool, err error)
	Delete(ctx context.Context, w mailbox.Withdrawal, envelopes []mailbox.Envelope) error
	Watch(ctx context.Context, queues []mailbox.Watched, wait time.Duration) ([]mailbox.Sight, error)
	Close() error
}

func dialMailbox(ctx context.Context, r node.Route) (mailboxConn, error) {
	c, err := mailbox.Dial(ctx, r)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Mailboxes returns our mailboxes in the order in which they were added, and
// what contacts offer.
func (m *Messenger) Mailboxes(ctx context.Context) (model.MailboxSummary, error) {
	s := model.MailboxSummary{Mailboxes: []model.Mailbox{}, Offers: []model.MailboxOffer{}}
	err := m.view(ctx, func(t *store.Tx) error {
		all, err := t.Mailboxes()
		if err != nil {
			return err
		}
		lent := make(map[model.ContactID]bool)
		for _, b := range all {
			if b.Fetched.After(s.Collected) {
				s.Collected = b.Fetched
			}
			if !b.Leaving.IsZero() {
				continue
			}
			lent[b.Contact] = true
			if err := m.presentMailbox(t, &b); err != nil {
				return err
			}
			s.Mailboxes = append(s.Mailboxes, b.Mailbox)
		}
		offers, err := t.Offers()
		if err != nil {
			return err
		}
		for _, o := range offers {
			c, err := t.Contact(o.Contact)
			if err != nil {
				return err
			}
			if !lent[o.Contact] && !c.Blocked {
				s.Offers = append(s.Offers, model.MailboxOffer{Contact: o.Contact, Name: m.present(c).Name, Quota: o.Quota})
			}
		}
		return nil
	})
	return s, err
}

// presentMailbox adds to a stored mailbox what is not stored with it.
func (m *Messenger) presentMailbox(t *store.Tx, b *store.Mailbox) (err error) {
	if b.Contact != "" {
		if c, err := t.Contact(b.Contact); err == nil && b.Name == "" {
			b.Name = m.present(c).Name
		}
	}
	b.Days, err = t.AnswerDays(b.ID, m.now())
	return err
}

// AddMailbox takes a mailbox into use, by the line that its owner was given.
// The mailbox must answer now; telling contacts of it goes on by itself. name
// may be empty. Kinds NotAMailbox, MailboxLinkDamaged, MailboxLinkNewer,
// MailboxKnown, TooManyMailboxes, MailboxRefused, MailboxUnreachable, BadName.
func (m *Messenger) AddMailbox(ctx context.Context, link, name string) (model.Mailbox, error) {
	parsed, err := parseMailboxLink(link)
	if err != nil {
		return model.Mailbox{}, err
	}
	owner := mailbox.Owner{Seed: mailbox.NewSeed()}
	if parsed.Secret != nil {
		owner.Secret = *parsed.Secret
	}
	b := store.Mailbox{Mailbox: model.Mailbox{Kind: model.MailboxOwn, Name: name}, Seed: owner.Seed, Link: parsed.String()}
	added, err := m.addMailbox(ctx, b)
	if parsed.Secret == nil && model.KindOf(err) == model.MailboxRefused {
		return m.addNamed(ctx, b, err)
	}
	return added, err
}

// AcceptMailbox takes up a contact's offer to be mailbox for us. Kinds NotFound
// and those of AddMailbox.
func (m *Messenger) AcceptMailbox(ctx context.Context, id model.ContactID) (model.Mailbox, error) {
	var offer store.Offer
	err := m.view(ctx, func(t *store.Tx) error {
		offers, err := t.Offers()
		for _, o := range offers {
			if o.Contact == id {
				offer = o
			}
		}
		return err
	})
	if err != nil {
		return model.Mailbox{}, err
	}
	if offer.Link == "" {
		return model.Mailbox{}, model.E(model.NotFound, "", nil)
	}
	parsed, err := parseMailboxLink(offer.Link)
	if err != nil {
		return model.Mailbox{}, err
	}
	if parsed.Secret == nil {
		return model.Mailbox{}, model.E(model.MailboxRefused, "", nil)
	}
	// The secret of an offer is the seed of the owner key that is admitted: see
	// hosting.go.
	b := store.Mailbox{Mailbox: model.Mailbox{Kind: model.MailboxContact, Contact: id}, Seed: *parsed.Secret, Link: parsed.String()}
	return m.addMailbox(ctx, b)
}

// parseMailboxLink reads a link, with the kinds of AddMailbox.
func parseMailboxLink(link string) (mailbox.Link, error) {
	l, err := mailbox.ParseLink(strings.TrimSpace(link))
	switch {
	case errors.Is(err, mailbox.ErrLinkNewer):
		err = model.E(model.MailboxLinkNewer, "", err)
	case errors.Is(err, mailbox.ErrLinkDamaged):
		err = model.E(model.MailboxLinkDamaged, "", err)
	case err != nil:
		err = model.E(model.NotAMailbox, "", err)
	case len(l.Route.Addrs) == 0:
		err = model.E(model.MailboxLinkDamaged, "", nil)
	}
	return l, err
}

// ownerAt returns where a mailbox of ours is, and what makes us its owner
// there.
func ownerAt(b store.Mailbox) (node.Route, mailbox.Owner, error) {
	l, err := mailbox.ParseLink(b.Link)
	if err != nil {
		return node.Route{}, mailbox.Owner{}, damaged("a mailbox", err)
	}
	o := mailbox.Owner{Seed: b.Seed}
	if l.Secret != nil && b.Kind == model.MailboxOwn {
		o.Secret = *l.Secret
	}
	return l.Route, o, nil
}

func (m *Messenger) addMailbox(ctx context.Context, b store.Mailbox) (model.Mailbox, error) {
	if b.Name != "" {
		name, err := checkName(b.Name)
		if err != nil {
			return model.Mailbox{}, err
		}
		b.Name = name
	}
	route, owner, err := ownerAt(b)
	if err != nil {
		return model.Mailbox{}, err
	}
	if b.Name == "" && b.Contact == "" {
		b.Name = shortName(route.Peer)
	}
	if err := m.view(ctx, func(t *store.Tx) error { return mayAdd(t, route) }); err != nil {
		return model.Mailbox{}, err
	}
	state, err := m.askState(ctx, route, owner)
	if err != nil {
		return model.Mailbox{}, err
	}
	b.ID, b.Health = model.MailboxID(m.newID()), model.HealthOK
	err = m.change(ctx, func(c *change) error {
		if err := mayAdd(c.Tx, route); err != nil {
			return err
		}
		b.Added, b.Asked, b.Answered = c.now, c.now, c.now
		noteState(&b, state)
		if err := c.AddMailbox(b); err != nil {
			return err
		}
		if err := c.CountAnswer(b.ID, c.now, true); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMailbox, Contact: b.Contact})
		c.after = append(c.after, func() { m.keepMailbox(b.ID) })
		return m.presentMailbox(c.Tx, &b)
	})
	return b.Mailbox, err
}

// mayAdd refuses a mailbox that we have, and one too many. One that is being
// given up may be added again: it is another one to it, with another owner key.
func mayAdd(t *store.Tx, route node.Route) error {
	all, err := t.Mailboxes()
	if err != nil {
		return err
	}
	n := 0
	for _, b := range all {
		if !b.Leaving.IsZero() {
			continue
		}
		n++
		r, _, err := ownerAt(b)
		if err != nil {
			return err
		}
		if r.Peer == route.Peer {
			return model.E(model.MailboxKnown, b.Name, nil)
		}
	}
	if n >= model.MaxMailboxes {
		return model.E(model.TooManyMailboxes, "", nil)
	}
	return nil
}

// askState asks a mailbox what we have there.
func (m *Messenger) askState(ctx context.Context, route node.Route, owner mailbox.Owner) (mailbox.State, error) {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	conn, err := m.dial(ctx, route)
	if err != nil {
		return mailbox.State{}, mailboxError(err)
	}
	defer conn.Close()
	state, err := conn.State(ctx, owner)
	return state, mailboxError(err)
}

// mailboxError gives an error of a mailbox the kind that a person can be told.
func mailboxError(err error) error {
	switch {
	case err == nil || model.KindOf(err) != "":
		return err
	case errors.Is(err, mailbox.ErrRefused), errors.Is(err, mailbox.ErrQuota):
		return model.E(model.MailboxRefused, "", err)
	}
	return model.E(model.MailboxUnreachable, "", err)
}

func noteState(b *store.Mailbox, s mailbox.State) {
	b.Used, b.Quota, b.Waiting, b.KeepFor = s.Bytes, s.Quota, s.Cells, s.Keep
}

// RenameMailbox sets what the person calls a mailbox. Kinds NotFound, BadName.
func (m *Messenger) RenameMailbox(ctx context.Context, id model.MailboxID, name string) error {
	name, err := checkName(name)
	if err != nil {
		return err
	}
	return m.editMailbox(ctx, id, func(b *store.Mailbox) { b.Name = name })
}

// editMailbox changes a mailbox that is in use.
func (m *Messenger) editMailbox(ctx context.Context, id model.MailboxID, f func(*store.Mailbox)) error {
	return m.change(ctx, func(c *change) error {
		b, err := c.Mailbox(id)
		if err != nil {
			return err
		}
		if !b.Leaving.IsZero() {
			return model.E(model.NotFound, "", nil)
		}
		f(&b)
		c.publish(model.Event{Kind: model.EventMailbox})
		return c.UpdateMailbox(b)
	})
}

// RemoveMailbox takes a mailbox out of use. Contacts are told first; what comes
// to it meanwhile is still collected, until all contacts know, or for two days.
// Kind NotFound.
func (m *Messenger) RemoveMailbox(ctx context.Context, id model.MailboxID) error {
	return m.change(ctx, func(c *change) error {
		b, err := c.Mailbox(id)
		if err != nil {
			return err
		}
		if !b.Leaving.IsZero() {
			return model.E(model.NotFound, "", nil)
		}
		b.Leaving = c.now
		if err := c.UpdateMailbox(b); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMailbox})
		c.after = append(c.after, func() { m.keepMailbox(id) })
		return c.tellAll()
	})
}

// ProbeMailbox has a mailbox show now that it answers, holds our queues and
// gives back what it takes. What comes of it is its health. Kinds NotFound,
// Offline, MailboxUnreachable, MailboxRefused.
func (m *Messenger) ProbeMailbox(ctx context.Context, id model.MailboxID) error {
	err := m.view(ctx, func(t *store.Tx) error {
		_, err := t.Mailbox(id)
		return err
	})
	if err != nil {
		return err
	}
	n := m.network()
	if n == nil {
		return model.E(model.Offline, "", nil)
	}
	k := n.keeper(id)
	if k == nil {
		return model.E(model.NotFound, "", nil)
	}
	answer := make(chan error, 1)
	select {
	case k.probes <- answer:
	case <-k.done:
		return model.E(model.NotFound, "", nil)
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return mailboxError(err)
	case <-k.done:
		return model.E(model.NotFound, "", nil)
	case <-ctx.Done():
		return ctx.Err()
	}
}
