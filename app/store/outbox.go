package store

import (
	"time"

	"sotto/app/model"
)

// Outgoing is a sealed cell in the outbox, kept until the other side
// acknowledges it end to end.
type Outgoing struct {
	ID      int64
	Contact model.ContactID
	Session SessionID
	Seq     uint64
	Message model.MessageID // "" if the cell holds no message
	Cell    []byte
	Created time.Time
}

// Queue puts a sealed cell into the outbox and sets its ID.
func (t *Tx) Queue(o *Outgoing) error {
	var err error
	o.ID, err = t.inserted("INSERT INTO outbox (contact, session, seq, message, cell, created) VALUES (?,?,?,?,?,?)",
		o.Contact, o.Session, o.Seq, o.Message, o.Cell, ms(o.Created))
	return err
}

// Outbox returns the next cells for a contact after the one with id after.
func (t *Tx) Outbox(contact model.ContactID, after int64, limit int) ([]Outgoing, error) {
	var all []Outgoing
	err := t.each(func(scan func(...any) error) error {
		o := Outgoing{Contact: contact}
		var created int64
		err := scan(&o.ID, &o.Session, &o.Seq, &o.Message, &o.Cell, &created)
		o.Created = unms(created)
		all = append(all, o)
		return err
	}, "SELECT id, session, seq, message, cell, created FROM outbox WHERE contact=? AND id>? ORDER BY id LIMIT ?", contact, after, limit)
	return all, err
}

// Acknowledged removes the cells of a session with sequence numbers from..to
// and returns the messages that were in them.
func (t *Tx) Acknowledged(session SessionID, from, to uint64) ([]model.MessageID, error) {
	ids, err := t.messageIDs("DELETE FROM outbox WHERE session=? AND seq BETWEEN ? AND ? RETURNING message", session, from, to)
	kept := ids[:0]
	for _, id := range ids {
		if id != "" {
			kept = append(kept, id)
		}
	}
	return kept, err
}

// ClearOutbox removes every cell for a contact.
func (t *Tx) ClearOutbox(contact model.ContactID) error {
	return t.exec("DELETE FROM outbox WHERE contact=?", contact)
}

// QueueLength counts the cells of the outbox.
func (t *Tx) QueueLength() (int, error) {
	var n int
	return n, found(t.row("SELECT count(*) FROM outbox").Scan(&n))
}
