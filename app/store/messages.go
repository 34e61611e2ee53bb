package store

import (
	"time"

	"sotto/app/model"
)

const messageColumns = "row, id, contact, outgoing, state, text, time, state_time, revision, unconfirmed, quarantined, note"

func scanMessage(scan func(...any) error) (model.Message, error) {
	var m model.Message
	var outgoing bool
	var at, stateAt int64
	err := scan(&m.Row, &m.ID, &m.Contact, &outgoing, &m.State, &m.Text, &at, &stateAt, &m.Revision, &m.Unconfirmed, &m.Quarantined, &m.Note)
	m.Direction = model.Incoming
	if outgoing {
		m.Direction = model.Outgoing
	}
	m.Time, m.StateTime = unms(at), unms(stateAt)
	return m, err
}

// AddMessage stores a new message at the end of its conversation and sets its
// Row. It reports false, and stores nothing, if a message of that id is there.
func (t *Tx) AddMessage(m *model.Message, session SessionID, seq uint64) (bool, error) {
	n, err := t.count(`INSERT OR IGNORE INTO messages
		(id, contact, outgoing, state, text, time, state_time, session, seq, unconfirmed, quarantined, note)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		m.ID, m.Contact, m.Direction == model.Outgoing, m.State, m.Text, ms(m.Time), ms(m.StateTime), session, seq, m.Unconfirmed, m.Quarantined, m.Note)
	if err != nil || n == 0 {
		return false, err
	}
	m.Row, m.Revision = t.db.conn.LastInsertRowID(), 1
	return true, nil
}

// Message returns one message, or kind NotFound.
func (t *Tx) Message(id model.MessageID) (model.Message, error) {
	m, err := scanMessage(t.row("SELECT "+messageColumns+" FROM messages WHERE id=?", id).Scan)
	return m, found(err)
}

// MaxPage is the most messages that Messages returns.
const MaxPage = 500

// Messages returns a page of a conversation, oldest first.
func (t *Tx) Messages(contact model.ContactID, p model.Page) ([]model.Message, error) {
	limit := min(max(p.Limit, 0), MaxPage)
	if limit == 0 {
		limit = 50
	}
	query := "SELECT * FROM (SELECT " + messageColumns + " FROM messages WHERE contact=?1 AND (?2=0 OR row<?2) ORDER BY row DESC LIMIT ?3) ORDER BY row"
	key := p.Before
	if p.After > 0 {
		query = "SELECT " + messageColumns + " FROM messages WHERE contact=?1 AND row>?2 ORDER BY row LIMIT ?3"
		key = p.After
	}
	var page []model.Message
	err := t.each(func(scan func(...any) error) error {
		m, err := scanMessage(scan)
		page = append(page, m)
		return err
	}, query, contact, key, limit)
	return page, err
}

// Advance moves one of our messages to a later state and reports whether it
// changed. States never go back.
func (t *Tx) Advance(id model.MessageID, to model.State, at time.Time) (bool, error) {
	n, err := t.count(`UPDATE messages SET state=?2, state_time=?3, revision=revision+1
		WHERE id=?1 AND outgoing=1 AND state<>?2 AND state<>'read' AND NOT (state='delivered' AND ?2 IN ('waiting','failed'))`, id, to, ms(at))
	return n > 0, err
}

// ReadByThem marks our messages of a session up to seq as read and returns
// those that changed.
func (t *Tx) ReadByThem(session SessionID, seq uint64, at time.Time) ([]model.MessageID, error) {
	return t.messageIDs(`UPDATE messages SET state='read', state_time=?3, revision=revision+1
		WHERE session=?1 AND outgoing=1 AND seq<=?2 AND state IN ('waiting','delivered') RETURNING id`, session, seq, ms(at))
}

// ReadByUs marks incoming messages up to row as read. It returns, for each
// session, the highest sequence number among those that changed.
func (t *Tx) ReadByUs(contact model.ContactID, row int64, at time.Time) (map[SessionID]uint64, error) {
	read := make(map[SessionID]uint64)
	err := t.each(func(scan func(...any) error) error {
		var s SessionID
		var seq uint64
		err := scan(&s, &seq)
		read[s] = max(read[s], seq)
		return err
	}, `UPDATE messages SET state='read', state_time=?3, revision=revision+1
		WHERE contact=?1 AND row<=?2 AND outgoing=0 AND state='delivered' RETURNING session, seq`, contact, row, ms(at))
	if err != nil {
		return nil, err
	}
	return read, t.exec("UPDATE contacts SET read_row=max(read_row, ?) WHERE id=?", row, contact)
}

// Confirm takes the mark "unconfirmed" from the messages of a session.
func (t *Tx) Confirm(session SessionID) ([]model.MessageID, error) {
	return t.messageIDs("UPDATE messages SET unconfirmed=0, revision=revision+1 WHERE session=? AND unconfirmed=1 RETURNING id", session)
}

func (t *Tx) messageIDs(query string, args ...any) ([]model.MessageID, error) {
	var ids []model.MessageID
	err := t.each(func(scan func(...any) error) error {
		var id model.MessageID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, query, args...)
	return ids, err
}

// Unread counts the unread messages of a conversation and names the row of the
// first, 0 if there is none.
func (t *Tx) Unread(contact model.ContactID) (n int, first int64, err error) {
	err = t.row("SELECT count(*), coalesce(min(row), 0) FROM messages WHERE contact=? AND outgoing=0 AND state='delivered'", contact).Scan(&n, &first)
	return n, first, found(err)
}

// Resend is a message of ours to be sealed anew, because its session is gone.
type Resend struct {
	Message model.MessageID
	Text    string
	Time    time.Time
}

// Undelivered returns our waiting messages to a contact, oldest first.
func (t *Tx) Undelivered(contact model.ContactID) ([]Resend, error) {
	var all []Resend
	err := t.each(func(scan func(...any) error) error {
		var r Resend
		var at int64
		err := scan(&r.Message, &r.Text, &at)
		r.Time = unms(at)
		all = append(all, r)
		return err
	}, "SELECT id, text, time FROM messages WHERE contact=? AND outgoing=1 AND state='waiting' ORDER BY row", contact)
	return all, err
}

// Moved notes the session and sequence number under which a message goes now.
func (t *Tx) Moved(id model.MessageID, session SessionID, seq uint64) error {
	return t.changed("UPDATE messages SET session=?, seq=? WHERE id=?", session, seq, id)
}

// FailWaiting marks every waiting message to a contact as failed.
func (t *Tx) FailWaiting(contact model.ContactID, at time.Time) ([]model.MessageID, error) {
	return t.messageIDs(`UPDATE messages SET state='failed', state_time=?2, revision=revision+1
		WHERE contact=?1 AND outgoing=1 AND state='waiting' RETURNING id`, contact, ms(at))
}
