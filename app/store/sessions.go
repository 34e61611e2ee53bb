package store

import (
	"strconv"
	"time"

	"sotto/app/model"
)

// SessionID names a session in this database.
type SessionID int64

// Session is a stored session with a contact's device.
type Session struct {
	ID      SessionID
	Contact model.ContactID
	Device  []byte // public keys of the contact's device
	State   []byte // the ratchet, as its package serialises it
	OutSeq  uint64 // the last sequence number given to what we send
	InAcks  []byte // the sequence numbers received
	Created time.Time

	// Of a session that began with a reset:
	Replaces SessionID // the session whose place it takes once it is confirmed
	Fresh    bool      // whoever began it held that session until then
	Request  []byte    // our first message, if we began it and were not answered yet
	// UnderWay are, of a session that was replaced, the sequence numbers of the
	// contact's that were not acknowledged then, as app encodes them; empty if that
	// was not told.
	UnderWay []byte
}

// AddSession stores a new session, which receives, and returns its id; see
// MakeCurrent.
func (t *Tx) AddSession(s Session) (SessionID, error) {
	n, err := t.inserted(`INSERT INTO sessions (contact, device, state, created, replaces, fresh, request)
		VALUES (?,?,x'',?,?,?,?)`, s.Contact, s.Device, ms(s.Created), s.Replaces, s.Fresh, s.Request)
	if err != nil {
		return 0, err
	}
	id := SessionID(n)
	sealed, err := t.seal("sessions", id.record(), s.State)
	if err != nil {
		return 0, err
	}
	return id, t.exec("UPDATE sessions SET state=? WHERE id=?", sealed, id)
}

func (id SessionID) record() string { return strconv.FormatInt(int64(id), 10) }

// MakeCurrent makes a session the one to send on. The one before it goes on
// receiving what is under way, until Prune.
func (t *Tx) MakeCurrent(id SessionID, contact model.ContactID, now time.Time) error {
	if err := t.exec("UPDATE sessions SET current=0, retired=? WHERE contact=? AND current=1", ms(now), contact); err != nil {
		return err
	}
	return t.changed("UPDATE sessions SET current=1, retired=0 WHERE id=?", id)
}

// Retire makes a session one that only receives, until Prune.
func (t *Tx) Retire(id SessionID, now time.Time) error {
	return t.changed("UPDATE sessions SET current=0, retired=? WHERE id=?", ms(now), id)
}

// UpdateSession stores what changes with every cell: the ratchet state and the
// sequence numbers.
func (t *Tx) UpdateSession(s Session) error {
	sealed, err := t.seal("sessions", s.ID.record(), s.State)
	if err != nil {
		return err
	}
	return t.changed("UPDATE sessions SET state=?, out_seq=?, in_acks=?, underway=? WHERE id=?", sealed, s.OutSeq, s.InAcks, s.UnderWay, s.ID)
}

// AllSessions returns the ids of all sessions.
func (t *Tx) AllSessions() ([]SessionID, error) {
	var all []SessionID
	err := t.each(func(scan func(...any) error) error {
		var id SessionID
		err := scan(&id)
		all = append(all, id)
		return err
	}, "SELECT id FROM sessions")
	return all, err
}

// Sessions returns the sessions with a contact, newest first, without their
// states.
func (t *Tx) Sessions(contact model.ContactID) ([]Session, error) {
	var all []Session
	err := t.each(func(scan func(...any) error) error {
		s := Session{Contact: contact}
		err := scan(&s.ID, &s.Device)
		all = append(all, s)
		return err
	}, "SELECT id, device FROM sessions WHERE contact=? ORDER BY id DESC", contact)
	return all, err
}

// CurrentSession returns the session to send on, or kind NotFound.
func (t *Tx) CurrentSession(contact model.ContactID) (SessionID, error) {
	var id SessionID
	return id, found(t.row("SELECT id FROM sessions WHERE contact=? AND current=1", contact).Scan(&id))
}

// Session returns a session with its state opened.
func (t *Tx) Session(id SessionID) (Session, error) {
	s := Session{ID: id}
	var created int64
	err := found(t.row("SELECT contact, device, state, out_seq, in_acks, created, replaces, fresh, request, underway FROM sessions WHERE id=?", id).
		Scan(&s.Contact, &s.Device, &s.State, &s.OutSeq, &s.InAcks, &created, &s.Replaces, &s.Fresh, &s.Request, &s.UnderWay))
	if err != nil {
		return s, err
	}
	s.Created = unms(created)
	s.State, err = t.open("sessions", id.record(), s.State)
	return s, err
}

// DeleteSession destroys a session.
func (t *Tx) DeleteSession(id SessionID) error {
	return t.exec("DELETE FROM sessions WHERE id=?", id)
}

// Prune destroys sessions retired and envelope ids noted before a time.
func (t *Tx) Prune(before time.Time) error {
	if err := t.exec("DELETE FROM sessions WHERE retired>0 AND retired<?", ms(before)); err != nil {
		return err
	}
	// Resets that were never confirmed.
	if err := t.exec("DELETE FROM sessions WHERE replaces>0 AND current=0 AND retired=0 AND created<?", ms(before)); err != nil {
		return err
	}
	if err := t.exec("DELETE FROM withdrawn WHERE at<?", ms(before)); err != nil {
		return err
	}
	return t.exec("DELETE FROM seen WHERE at<?", ms(before))
}

// MarkSeen notes that a cell was taken in.
func (t *Tx) MarkSeen(envelope [16]byte, at time.Time) error {
	return t.exec("INSERT OR IGNORE INTO seen (envelope, at) VALUES (?, ?)", envelope[:], ms(at))
}

// Seen reports whether MarkSeen was called for a cell.
func (t *Tx) Seen(envelope [16]byte) (bool, error) {
	var n int
	err := t.row("SELECT count(*) FROM seen WHERE envelope=?", envelope[:]).Scan(&n)
	return n > 0, found(err)
}
