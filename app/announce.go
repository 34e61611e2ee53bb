package app

import (
	"bytes"
	"crypto/sha256"

	"sotto/app/model"
	"sotto/app/store"
)

// This file is how the two ends agree on mailboxes: what we tell contacts, and
// what they tell us (docs/protocol.md §9, fields 11 and 12). What a contact is
// to know follows from the database; whenever that differs from what it was
// told last, or the session in which it was told is gone, it is told anew.

// tellAll tells every contact what it has not been told yet.
func (c *change) tellAll() error {
	contacts, err := c.Contacts()
	if err != nil {
		return err
	}
	for _, contact := range contacts {
		if err := c.tellMailboxes(contact); err != nil {
			return err
		}
	}
	return c.tellOffers()
}

// tellMailboxes tells a contact where we want to get what is for us.
func (c *change) tellMailboxes(contact store.Contact) error {
	s, err := c.mayTell(contact)
	if err != nil || s.ID == 0 {
		return err
	}
	told, err := c.Announced(contact.ID)
	if err != nil {
		return err
	}
	queues, err := c.MailQueuesOf(contact.ID)
	if err != nil {
		return err
	}
	set := new(mailboxSet)
	for _, q := range queues {
		e, err := c.entry(q)
		if err != nil {
			return err
		}
		set.entries = append(set.entries, e)
	}
	if len(set.entries) == 0 && told.Revision == 0 {
		return nil // there never was one
	}
	sum := sha256.Sum256(entryBytes(set.entries))
	if told.Session == s.ID && bytes.Equal(told.Sum, sum[:]) {
		return nil
	}
	told.Revision, told.Sum, told.Session = c.nextRevision(told.Revision), sum[:], s.ID
	set.revision = told.Revision
	if told.Seq, err = c.seal(s.ID, &content{set: set}); err != nil {
		return err
	}
	return c.SetAnnounced(contact.ID, told)
}

// entry is a queue of ours as the contact who deposits there is told of it.
func (c *change) entry(q store.MailQueue) (depositAt, error) {
	b, err := c.Mailbox(q.Mailbox)
	if err != nil {
		return depositAt{}, err
	}
	route, _, err := ownerAt(b)
	if err != nil {
		return depositAt{}, err
	}
	keys, err := parseQueue(q.Secret)
	return depositAt{route: route.Encode(maxEntryAddrs), queue: keys.Deposit.ID, key: keys.Deposit.Seed}, err
}

// maxEntryAddrs is how many addresses of a mailbox a contact is told.
const maxEntryAddrs = 4

// allHeard reports whether every contact with a queue at a mailbox has
// acknowledged what it was told last of our mailboxes.
func (c *change) allHeard(id model.MailboxID) (bool, error) {
	queues, err := c.MailQueues(id)
	if err != nil {
		return false, err
	}
	for _, q := range queues {
		told, err := c.Announced(q.Contact)
		if err != nil {
			return false, err
		}
		if told.Revision == 0 {
			continue // they never knew of it
		}
		current, err := c.CurrentSession(q.Contact)
		if err != nil && model.KindOf(err) != model.NotFound {
			return false, err
		}
		waits, err := c.InOutbox(told.Session, told.Seq)
		if err != nil || waits || current != told.Session {
			return false, err
		}
		contact, err := c.Contact(q.Contact)
		if err != nil || contact.Blocked || contact.Alarm != model.AlarmNone {
			return false, err // they were told only what was before
		}
	}
	return true, nil
}

// mayTell returns the session in which a contact can be told something that
// has an effect, or none.
func (c *change) mayTell(contact store.Contact) (session, error) {
	if contact.Trust == model.TrustUnconfirmed || contact.Blocked || contact.Alarm != model.AlarmNone {
		return session{}, nil
	}
	s, err := c.current(contact.ID)
	if model.KindOf(err) == model.NotFound || err == nil && !s.ratchet.Confirmed() {
		return session{}, nil
	}
	return s, err
}

// nextRevision is higher than the one before, and higher than any that was
// given out before this database was put back from a copy.
func (c *change) nextRevision(last uint64) uint64 {
	return max(last+1, uint64(max(c.now.UnixMilli(), 0)))
}

// oweReceiptIn is oweReceipt to whom a session is with.
func (c *change) oweReceiptIn(id store.SessionID) error {
	s, err := c.session(id)
	if err != nil {
		return err
	}
	return c.oweReceipt(s.Contact)
}

// noteFetched notes by which mailbox a message came, if it did.
func (c *change) noteFetched(id model.MessageID) error {
	if c.mailbox == "" {
		return nil
	}
	name, contact, err := c.MailboxName(c.mailbox)
	if err != nil {
		return err
	}
	if contact != "" {
		lender, err := c.Contact(contact)
		if err != nil {
			return err
		}
		name = lender.Name
	}
	return c.journal(id, model.Step{Kind: model.StepFetched, Mailbox: name})
}

// takeMailboxes takes in where a contact wants to get what is for them.
// Everything that they have not acknowledged is deposited there anew: what the
// mailboxes before held may be lost.
func (c *change) takeMailboxes(contact model.ContactID, set *mailboxSet) error {
	newer, err := c.SetContactMailboxes(contact, set.revision, entryBytes(set.entries))
	if err != nil || !newer {
		return err
	}
	held, err := c.ForgetDeposits(contact)
	if err != nil {
		return err
	}
	for _, id := range held {
		if err := c.noteHeld(contact, id, 0, len(set.entries)); err != nil {
			return err
		}
	}
	if err := c.ForgetReceipts(contact); err != nil {
		return err
	}
	if err := c.oweReceipt(contact); err != nil {
		return err
	}
	c.after = append(c.after, func() { c.m.depositNow(contact) })
	return nil
}

// entriesOf returns where a contact wants to get what is for them.
func entriesOf(t *store.Tx, contact model.ContactID) ([]depositAt, error) {
	b, err := t.ContactMailboxes(contact)
	if err != nil {
		return nil, err
	}
	set, err := parseMailboxSet(b)
	if err != nil {
		return nil, damaged("a contact's mailboxes", err)
	}
	return set.entries, nil
}

// oweReceipt notes that a contact whose mail came by a mailbox is to hear of it
// the same way, since they may never be connected to us.
func (c *change) oweReceipt(contact model.ContactID) error {
	entries, err := entriesOf(c.Tx, contact)
	for _, e := range entries {
		if err := c.Owe(contact, e.queue); err != nil {
			return err
		}
		c.poke(contact)
	}
	return err
}
