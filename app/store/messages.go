package store

import (
	"time"

	"sotto/app/model"
)

const messageColumns = `row, id, (SELECT c.id FROM contacts c WHERE c.n = conversation), outgoing, state, reason, text, time, state_time,
	edition > 0, missing, held, mailboxes, revision, unconfirmed, quarantined, note`

// conversation is a contact's number, by which messages call it.
const conversation = "(SELECT n FROM contacts WHERE id=?1)"

func scanMessage(scan func(...any) error) (model.Message, error) {
	var m model.Message
	var outgoing bool
	var at, stateAt int64
	err := scan(&m.Row, &m.ID, &m.Contact, &outgoing, &m.State, &m.Reason, &m.Text, &at, &stateAt,
		&m.Edited, &m.Missing, &m.Held, &m.Mailboxes, &m.Revision, &m.Unconfirmed, &m.Quarantined, &m.Note)
	m.Direction = model.Incoming
	if outgoing {
		m.Direction = model.Outgoing
	}
	m.Time, m.StateTime = unms(at), unms(stateAt)
	return m, err
}

// AddMessage stores a new message at its place and sets its Row. It reports
// false, and stores nothing, if a message of that id is there.
func (t *Tx) AddMessage(m *model.Message, p Place) (bool, error) {
	var known int
	if err := t.row("SELECT count(*) FROM messages WHERE id=?", m.ID).Scan(&known); err != nil || known > 0 {
		return false, err
	}
	row, missing, err := t.place(m, p)
	if err != nil {
		return false, err
	}
	var arrived int64
	if m.Direction == model.Incoming {
		arrived = ms(m.StateTime)
	}
	n, err := t.count(`INSERT INTO messages
		(conversation, row, id, outgoing, pos, state, reason, text, time, state_time, arrived, session, edition, missing, unconfirmed, quarantined, note)
		SELECT n, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17 FROM contacts WHERE id=?1`,
		m.Contact, row, m.ID, m.Direction == model.Outgoing, p.Pos, m.State, m.Reason, m.Text, ms(m.Time), ms(m.StateTime), arrived, p.Session, p.Edition,
		missing, m.Unconfirmed, m.Quarantined, m.Note)
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, model.E(model.NotFound, "contact", nil)
	}
	m.Row, m.Revision, m.Missing, m.Edited = row, 1, int(missing), p.Edition > 0
	return true, nil
}

// Message returns one message, or kind NotFound.
func (t *Tx) Message(id model.MessageID) (model.Message, error) {
	m, err := scanMessage(t.row("SELECT "+messageColumns+" FROM messages WHERE id=?", id).Scan)
	return m, found(err)
}

// DeleteMessage removes a message from this device.
func (t *Tx) DeleteMessage(id model.MessageID) error {
	return t.changed("DELETE FROM messages WHERE id=?", id)
}

// MaxPage is the most messages that Messages returns.
const MaxPage = 500

// Messages returns a page of a conversation, oldest first.
func (t *Tx) Messages(contact model.ContactID, p model.Page) ([]model.Message, error) {
	limit := min(max(p.Limit, 0), MaxPage)
	if limit == 0 {
		limit = 50
	}
	query := "SELECT * FROM (SELECT " + messageColumns + " FROM messages WHERE conversation=" + conversation + " AND (?2=0 OR row<?2) ORDER BY row DESC LIMIT ?3) ORDER BY row"
	key := p.Before
	if p.After > 0 {
		query = "SELECT " + messageColumns + " FROM messages WHERE conversation=" + conversation + " AND row>?2 ORDER BY row LIMIT ?3"
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

// Unread counts the unread messages of a conversation and names the row of the
// first, 0 if there is none.
func (t *Tx) Unread(contact model.ContactID) (n int, first int64, err error) {
	err = t.row("SELECT count(*), coalesce(min(row), 0) FROM messages WHERE conversation="+conversation+" AND outgoing=0 AND state='delivered'", contact).Scan(&n, &first)
	return n, first, found(err)
}

// ReadByUs marks incoming messages up to row as read. It returns the newest
// position among those that changed, 0 if there is none.
func (t *Tx) ReadByUs(contact model.ContactID, row int64, at time.Time) (uint64, error) {
	var newest uint64
	err := t.each(func(scan func(...any) error) error {
		var pos uint64
		err := scan(&pos)
		newest = max(newest, pos)
		return err
	}, "UPDATE messages SET state='read', state_time=?3, revision=revision+1 WHERE conversation="+conversation+
		" AND row<=?2 AND outgoing=0 AND state='delivered' RETURNING pos", contact, row, ms(at))
	if err != nil {
		return 0, err
	}
	return newest, t.exec("UPDATE contacts SET read_row=max(read_row, ?) WHERE id=?", row, contact)
}

// Confirm takes the mark "unconfirmed" from the messages of a session.
func (t *Tx) Confirm(session SessionID) ([]model.MessageID, error) {
	return t.messageIDs("UPDATE messages SET unconfirmed=0, revision=revision+1 WHERE session=? AND unconfirmed=1 RETURNING id", session)
}

// Edit replaces the text of a contact's message, or of ours to them, with a later
// edition of it, and reports whether it was one.
func (t *Tx) Edit(contact model.ContactID, d model.Direction, id model.MessageID, text string, edition uint64) (bool, error) {
	n, err := t.count("UPDATE messages SET text=?4, edition=?5, revision=revision+1 WHERE conversation="+conversation+
		" AND outgoing=?2 AND id=?3 AND edition<?5", contact, d == model.Outgoing, id, text, edition)
	return n > 0, err
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
