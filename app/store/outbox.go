package store

import (
	"time"

	"sotto/app/model"
)

// Outgoing is a sealed cell in the outbox, kept until the other side
// acknowledges it end to end.
type Outgoing struct {
	ID      int64 // grows with every cell of a run of the program
	Prev    int64 // the ID of the cell for the contact that was queued before, 0 if none was in this run
	Contact model.ContactID
	Session SessionID
	Seq     uint64
	Message model.MessageID // that it brings, or takes back; "" if neither
	Notice  bool            // it takes Message back
	Cell    []byte
	Created time.Time
}

// Queue puts a sealed cell into the outbox and sets its ID.
func (t *Tx) Queue(o *Outgoing) error {
	if t.db.queued == 0 {
		if err := t.row("SELECT coalesce(max(id), 0) FROM outbox").Scan(&t.db.queued); err != nil {
			return err
		}
	}
	t.db.queued++
	o.ID, o.Prev = t.db.queued, t.db.last[o.Contact]
	t.db.last[o.Contact] = o.ID
	return t.exec("INSERT INTO outbox (id, contact, session, seq, message, notice, cell, created) VALUES (?,?,?,?,?,?,?,?)",
		o.ID, o.Contact, o.Session, o.Seq, o.Message, o.Notice, o.Cell, ms(o.Created))
}

// Outbox returns the next cells for a contact after the one with id after.
func (t *Tx) Outbox(contact model.ContactID, after int64, limit int) ([]Outgoing, error) {
	var all []Outgoing
	err := t.each(func(scan func(...any) error) error {
		o := Outgoing{Contact: contact}
		var created int64
		err := scan(&o.ID, &o.Session, &o.Seq, &o.Message, &o.Notice, &o.Cell, &created)
		o.Created = unms(created)
		all = append(all, o)
		return err
	}, "SELECT id, session, seq, message, notice, cell, created FROM outbox WHERE contact=? AND id>? ORDER BY id LIMIT ?", contact, after, limit)
	return all, err
}

// Acknowledged removes the cells of a session with sequence numbers from..to,
// marks the messages that they brought as delivered, and returns those.
func (t *Tx) Acknowledged(session SessionID, from, to uint64, at time.Time) ([]model.MessageID, error) {
	ids, err := t.messageIDs(`UPDATE messages SET state='delivered', reason='', state_time=?4, revision=revision+1, session=?1,
			arrived=CASE arrived WHEN 0 THEN ?4 ELSE arrived END
		WHERE id IN (SELECT message FROM outbox WHERE session=?1 AND seq BETWEEN ?2 AND ?3 AND length(message)>0 AND notice=0)
			AND outgoing=1 AND state NOT IN ('delivered', 'read')
		RETURNING id`, session, from, to, ms(at))
	if err != nil {
		return nil, err
	}
	return ids, t.exec("DELETE FROM outbox WHERE session=? AND seq BETWEEN ? AND ?", session, from, to)
}

// Unacknowledged returns the sequence numbers of a session's cells in the outbox,
// in order.
func (t *Tx) Unacknowledged(session SessionID) ([]uint64, error) {
	var all []uint64
	err := t.each(func(scan func(...any) error) error {
		var seq uint64
		err := scan(&seq)
		all = append(all, seq)
		return err
	}, "SELECT seq FROM outbox WHERE session=? AND seq>0 ORDER BY seq", session)
	return all, err
}

// FirstUnacknowledged returns the lowest of them, or 0.
func (t *Tx) FirstUnacknowledged(session SessionID) (uint64, error) {
	var seq uint64
	err := t.row("SELECT coalesce(min(seq), 0) FROM outbox WHERE session=? AND seq>0", session).Scan(&seq)
	return seq, err
}

// Unqueue removes the cells with a message: another takes their place, or takes
// it back.
func (t *Tx) Unqueue(id model.MessageID) error {
	return t.exec("DELETE FROM outbox WHERE message=? AND length(message)>0", id)
}

// Notices returns the messages to a contact that are taken back by cells in the
// outbox.
func (t *Tx) Notices(contact model.ContactID) ([]model.MessageID, error) {
	return t.messageIDs("SELECT message FROM outbox WHERE contact=? AND notice=1 ORDER BY id", contact)
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
