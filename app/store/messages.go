package store

import (
	"time"

	"sotto/app/model"
)

const messageColumns = `row, id, (SELECT c.id FROM contacts c WHERE c.n = conversation), outgoing, state, reason, text, time, state_time,
	edition > 0, missing, held, mailboxes, revision, unconfirmed, quarantined, note,
	quote, forwarded, starred, deleted, editing, timer, expires, mine, theirs`

// conversation is a contact's number, by which messages call it.
const conversation = "(SELECT n FROM contacts WHERE id=?1)"

func scanMessage(scan func(...any) error) (model.Message, error) {
	var m model.Message
	var outgoing, deleted bool
	var at, stateAt, timer, expires int64
	var quote model.MessageID
	var mine, theirs string
	err := scan(&m.Row, &m.ID, &m.Contact, &outgoing, &m.State, &m.Reason, &m.Text, &at, &stateAt,
		&m.Edited, &m.Missing, &m.Held, &m.Mailboxes, &m.Revision, &m.Unconfirmed, &m.Quarantined, &m.Note,
		&quote, &m.Forwarded, &m.Starred, &deleted, &m.EditPending, &timer, &expires, &mine, &theirs)
	m.Direction = direction(outgoing)
	m.Time, m.StateTime = unms(at), unms(stateAt)
	m.Timer, m.Expires = time.Duration(timer)*time.Second, unms(expires)
	if quote != "" {
		m.Quote = &model.Quote{ID: quote} // see quoted
	}
	if mine != "" {
		m.Reactions = append(m.Reactions, model.Reaction{Emoji: mine, Mine: true})
	}
	if theirs != "" {
		m.Reactions = append(m.Reactions, model.Reaction{Emoji: theirs})
	}
	switch {
	case deleted && outgoing:
		m.Deleted = model.DeletedMine
	case deleted:
		m.Deleted = model.DeletedTheirs
	}
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
	var quote model.MessageID
	if m.Quote != nil {
		quote = m.Quote.ID
	}
	var arrived int64
	if m.Direction == model.Incoming {
		arrived = ms(m.StateTime)
	}
	n, err := t.count(`INSERT INTO messages
		(conversation, row, id, outgoing, pos, state, reason, text, time, state_time, arrived, session, edition, missing, unconfirmed, quarantined, note,
			quote, forwarded, deleted, timer)
		SELECT n, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21 FROM contacts WHERE id=?1`,
		m.Contact, row, m.ID, m.Direction == model.Outgoing, int64(p.Pos)-int64(p.Used), m.State, m.Reason, m.Text, ms(m.Time), ms(m.StateTime), arrived, p.Session, p.Edition,
		missing, m.Unconfirmed, m.Quarantined, m.Note, quote, m.Forwarded, m.Deleted != model.DeletedNot, seconds(m.Timer))
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, model.E(model.NotFound, "contact", nil)
	}
	m.Row, m.Revision, m.Missing, m.Edited = row, 1, int(missing), p.Edition > 0
	return true, t.quoted(m)
}

// Message returns one message, or kind NotFound.
func (t *Tx) Message(id model.MessageID) (model.Message, error) {
	m, err := scanMessage(t.row("SELECT "+messageColumns+" FROM messages WHERE id=?", id).Scan)
	if err != nil {
		return m, found(err)
	}
	return m, t.quoted(&m)
}

// DeleteMessage removes a message from this device.
func (t *Tx) DeleteMessage(id model.MessageID) error {
	if err := t.exec("UPDATE deleted SET row=max(row, coalesce((SELECT m.row FROM messages m WHERE m.id=?), 0))", id); err != nil {
		return err
	}
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
	for i := range page {
		if err == nil {
			err = t.quoted(&page[i])
		}
	}
	return page, err
}

// Unread counts the unread messages of a conversation and names the row of the
// first, 0 if there is none.
func (t *Tx) Unread(contact model.ContactID) (n int, first int64, err error) {
	err = t.row("SELECT count(*), coalesce(min(row), 0) FROM messages WHERE conversation="+conversation+" AND outgoing=0 AND state='delivered'", contact).Scan(&n, &first)
	return n, first, found(err)
}

// ReadByUs marks incoming messages up to row as read; the time of those that
// disappear begins. It returns the newest position among those that changed, 0 if
// there is none.
func (t *Tx) ReadByUs(contact model.ContactID, row int64, at time.Time) (uint64, error) {
	var newest uint64
	err := t.each(func(scan func(...any) error) error {
		var pos, expires int64
		err := scan(&pos, &expires)
		newest = max(newest, uint64(max(pos, 0)))
		t.due(expires)
		return err
	}, "UPDATE messages SET state='read', state_time=?3, revision=revision+1, expires="+running("?3")+" WHERE conversation="+conversation+
		" AND row<=?2 AND outgoing=0 AND state='delivered' RETURNING pos, expires", contact, row, ms(at))
	if err != nil {
		return 0, err
	}
	return newest, t.exec("UPDATE contacts SET read_row=max(read_row, ?) WHERE id=?", row, contact)
}

// Confirm takes the mark "unconfirmed" from the messages of a session.
func (t *Tx) Confirm(session SessionID) ([]model.MessageID, error) {
	return t.messageIDs("UPDATE messages SET unconfirmed=0, revision=revision+1 WHERE session=? AND unconfirmed=1 RETURNING id", session)
}

// expiring is messageIDs for a query that returns expires as well.
func (t *Tx) expiring(query string, args ...any) ([]model.MessageID, error) {
	var ids []model.MessageID
	err := t.each(func(scan func(...any) error) error {
		var id model.MessageID
		var expires int64
		err := scan(&id, &expires)
		ids = append(ids, id)
		t.due(expires)
		return err
	}, query, args...)
	return ids, err
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
