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
	Message model.MessageID // that it brings, or tells of; "" if neither
	Notice  Notice          // what it tells of Message
	Pos     uint64          // with a notice: the position of Message, or up to which was read
	Cell    []byte
	Created time.Time
}

// Notice is what a cell tells of a message that it does not bring.
type Notice int

const (
	NoticeNone      Notice = iota // it brings it, or its newest edition
	NoticeTakenBack               // it is taken back
	NoticeDeleted                 // it is deleted, and is here no more
	NoticeReaction                // our reaction to it
	NoticeKept                    // it was taken back by its writer, and had come
	NoticeRead                    // all up to Pos were read; no Message
)

// Noticed is what a cell of the outbox tells of a message.
type Noticed struct {
	Message model.MessageID
	Notice  Notice
	Pos     uint64
}

// Queue puts a sealed cell into the outbox and sets its ID.
func (t *Tx) Queue(o *Outgoing) error {
	t.db.queued++
	o.ID, o.Prev = t.db.queued, t.db.last[o.Contact]
	t.db.last[o.Contact] = o.ID
	return t.exec("INSERT INTO outbox (id, contact, session, seq, message, notice, pos, cell, created) VALUES (?,?,?,?,?,?,?,?,?)",
		o.ID, o.Contact, o.Session, o.Seq, o.Message, o.Notice, o.Pos, o.Cell, ms(o.Created))
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
// marks the messages that they brought as delivered, and returns those. The time of
// those that disappear begins.
func (t *Tx) Acknowledged(session SessionID, from, to uint64, at time.Time) ([]model.MessageID, error) {
	ids, err := t.expiring(`UPDATE messages SET state=CASE state WHEN 'read' THEN state ELSE 'delivered' END, reason='',
			state_time=CASE WHEN state IN ('delivered', 'read') THEN state_time ELSE ?4 END, revision=revision+1, session=?1,
			arrived=CASE arrived WHEN 0 THEN ?4 ELSE arrived END, editing=0, expires=`+running("?4")+`
		WHERE id IN (SELECT message FROM outbox WHERE session=?1 AND seq BETWEEN ?2 AND ?3 AND length(message)>0 AND notice=0)
			AND outgoing=1 AND (state NOT IN ('delivered', 'read') OR editing=1)
		RETURNING id, expires`, session, from, to, ms(at))
	if err != nil {
		return nil, err
	}
	if err := t.exec("DELETE FROM taken_out WHERE session=? AND seq BETWEEN ? AND ?", session, from, to); err != nil {
		return nil, err
	}
	return ids, t.exec("DELETE FROM outbox WHERE session=? AND seq BETWEEN ? AND ?", session, from, to)
}

// takenOutTable is the migration that brings the cells that were taken out.
const takenOutTable = `
-- Sequence numbers of cells that were taken out of the outbox since another took
-- their place. A mailbox may have them, or the wire.
CREATE TABLE taken_out (
	session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
	seq     INTEGER NOT NULL,
	PRIMARY KEY (session, seq)
) WITHOUT ROWID;
`

// takeOut removes those cells from the outbox for which a condition is true.
func (t *Tx) takeOut(condition string, args ...any) error {
	if err := t.exec("INSERT OR IGNORE INTO taken_out SELECT session, seq FROM outbox WHERE seq>0 AND "+condition, args...); err != nil {
		return err
	}
	return t.exec("DELETE FROM outbox WHERE "+condition, args...)
}

// maxTakenOut is how many cells that were taken out are told of.
const maxTakenOut = 100

// Unacknowledged returns the sequence numbers of a session's cells that may be under
// way, in order: those in the outbox, and the latest that were taken out of it.
func (t *Tx) Unacknowledged(session SessionID) ([]uint64, error) {
	var all []uint64
	err := t.each(func(scan func(...any) error) error {
		var seq uint64
		err := scan(&seq)
		all = append(all, seq)
		return err
	}, `SELECT seq FROM outbox WHERE session=?1 AND seq>0 UNION
		SELECT * FROM (SELECT seq FROM taken_out WHERE session=?1 ORDER BY seq DESC LIMIT ?2) ORDER BY seq`, session, maxTakenOut)
	return all, err
}

// FirstUnacknowledged returns the lowest of them, or 0.
func (t *Tx) FirstUnacknowledged(session SessionID) (uint64, error) {
	var seq uint64
	err := t.row("SELECT coalesce(min(seq), 0) FROM outbox WHERE session=? AND seq>0", session).Scan(&seq)
	return seq, err
}

// Unqueue removes the cells with a message, or that take it back: another takes
// their place.
func (t *Tx) Unqueue(id model.MessageID) error {
	return t.takeOut("message=? AND length(message)>0 AND notice<>?", id, NoticeReaction)
}

// UnqueueReaction removes the cells with our reactions to a message.
func (t *Tx) UnqueueReaction(id model.MessageID) error {
	return t.takeOut("message=? AND length(message)>0 AND notice=?", id, NoticeReaction)
}

// Notices returns what the cells in the outbox tell a contact of messages.
func (t *Tx) Notices(contact model.ContactID) ([]Noticed, error) {
	var all []Noticed
	err := t.each(func(scan func(...any) error) error {
		var told Noticed
		err := scan(&told.Message, &told.Notice, &told.Pos)
		all = append(all, told)
		return err
	}, "SELECT message, notice, pos FROM outbox WHERE contact=? AND notice>0 ORDER BY id", contact)
	return all, err
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
