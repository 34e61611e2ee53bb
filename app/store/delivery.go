package store

import (
	"time"

	"sotto/app/model"
)

// Held notes how many of the recipient's mailboxes hold a message of ours, and
// reports whether that is news.
func (t *Tx) Held(id model.MessageID, held, mailboxes int, at time.Time) (bool, error) {
	n, err := t.count(`UPDATE messages SET held=?2, mailboxes=?3, revision=revision+1,
			state=CASE WHEN ?2>0 THEN 'stored' ELSE 'waiting' END,
			state_time=CASE WHEN (?2>0)=(state='stored') THEN state_time ELSE ?4 END
		WHERE id=?1 AND outgoing=1 AND state IN ('waiting', 'stored') AND (held<>?2 OR mailboxes<>?3)`, id, held, mailboxes, ms(at))
	return n > 0, err
}

// Fail marks a message of ours as one that will not be delivered, and reports
// whether it was waiting.
func (t *Tx) Fail(id model.MessageID, why model.Reason, at time.Time) (bool, error) {
	n, err := t.count(`UPDATE messages SET state='failed', reason=?2, state_time=?3, revision=revision+1
		WHERE id=?1 AND outgoing=1 AND state IN ('waiting', 'stored')`, id, why, ms(at))
	return n > 0, err
}

// GiveUp notes that a message of ours that failed is not to be sent any more, and
// reports whether it had failed for another reason until now.
func (t *Tx) GiveUp(id model.MessageID, at time.Time) (bool, error) {
	n, err := t.count(`UPDATE messages SET reason=?2, state_time=?3, revision=revision+1
		WHERE id=?1 AND outgoing=1 AND state='failed' AND reason<>?2`, id, model.ReasonCancelled, ms(at))
	return n > 0, err
}

// TakenBack marks a message of ours as one that was taken back, whatever it was
// thought to be.
func (t *Tx) TakenBack(id model.MessageID, at time.Time) error {
	return t.exec("UPDATE messages SET state='failed', reason=?2, state_time=?3, arrived=0, held=0, expires=0, revision=revision+1 WHERE id=?1 AND outgoing=1",
		id, model.ReasonCancelled, ms(at))
}

// Kept marks a message of ours that was taken back as delivered, since its
// recipient has it all the same, and reports whether it was one.
func (t *Tx) Kept(contact model.ContactID, id model.MessageID, at time.Time) (bool, error) {
	n, err := t.count("UPDATE messages SET state='delivered', reason='', state_time=?3, arrived=?3, editing=edition>0, revision=revision+1, expires="+running("?3")+" WHERE conversation="+conversation+
		" AND id=?2 AND outgoing=1 AND state='failed'", contact, id, ms(at))
	return n > 0, err
}

// FailWaiting does so with every waiting message to a contact.
func (t *Tx) FailWaiting(contact model.ContactID, why model.Reason, at time.Time) ([]model.MessageID, error) {
	return t.messageIDs("UPDATE messages SET state='failed', reason=?2, state_time=?3, revision=revision+1 WHERE conversation="+conversation+
		" AND outgoing=1 AND state IN ('waiting', 'stored') RETURNING id", contact, why, ms(at))
}

// ReadByThem marks our delivered messages up to a position as read and returns
// them.
func (t *Tx) ReadByThem(contact model.ContactID, to uint64, at time.Time) ([]model.MessageID, error) {
	return t.messageIDs("UPDATE messages SET state='read', state_time=?3, revision=revision+1 WHERE conversation="+conversation+
		" AND outgoing=1 AND state='delivered' AND pos BETWEEN 1 AND ?2 RETURNING id", contact, to, ms(at))
}

// Unsent is a message of ours that is to be sealed, with what goes into its cell.
type Unsent struct {
	ID      model.MessageID
	Pos     uint64
	Edition uint64
	Text    string
	Time    time.Time
	State   model.State
	Quote   model.MessageID // that it answers
	// Deleted: it is to be deleted there, and what is above but for ID and Pos is of
	// no account.
	Deleted   bool
	Forwarded bool
	Timer     time.Duration
}

const unsentColumns = "id, pos, edition, text, time, state, quote, deleted, forwarded, timer"

func (t *Tx) unsent(query string, args ...any) ([]Unsent, error) {
	var all []Unsent
	err := t.each(func(scan func(...any) error) error {
		u, err := scanUnsent(scan)
		all = append(all, u)
		return err
	}, query, args...)
	return all, err
}

func scanUnsent(scan func(...any) error) (Unsent, error) {
	var u Unsent
	var at, timer int64
	err := scan(&u.ID, &u.Pos, &u.Edition, &u.Text, &at, &u.State, &u.Quote, &u.Deleted, &u.Forwarded, &timer)
	u.Time, u.Timer = unms(at), time.Duration(timer)*time.Second
	return u, err
}

// Unsent returns one message of ours as it would be sealed, or kind NotFound.
func (t *Tx) Unsent(id model.MessageID) (Unsent, error) {
	u, err := scanUnsent(t.row("SELECT "+unsentColumns+" FROM messages WHERE id=? AND outgoing=1", id).Scan)
	return u, found(err)
}

// Undelivered returns our waiting messages to a contact, oldest first.
func (t *Tx) Undelivered(contact model.ContactID) ([]Unsent, error) {
	return t.unsent("SELECT "+unsentColumns+" FROM messages WHERE conversation="+conversation+
		" AND outgoing=1 AND state IN ('waiting', 'stored') ORDER BY row", contact)
}

// Editing returns our messages to a contact that had arrived and were replaced or
// deleted, as far as that is not acknowledged, oldest first.
func (t *Tx) Editing(contact model.ContactID) ([]Unsent, error) {
	return t.unsent("SELECT "+unsentColumns+" FROM messages WHERE conversation="+conversation+" AND editing=1 ORDER BY row", contact)
}

// Arrived returns our messages at the positions from..to that were acknowledged
// in another session, oldest first, at most limit.
func (t *Tx) Arrived(contact model.ContactID, from, to uint64, but SessionID, limit int) ([]Unsent, error) {
	return t.unsent("SELECT "+unsentColumns+" FROM messages WHERE conversation="+conversation+
		" AND outgoing=1 AND pos BETWEEN ?2 AND ?3 AND pos>0 AND session<>?4 AND state IN ('delivered', 'read') ORDER BY pos LIMIT ?5",
		contact, from, to, but, limit)
}

// Coming returns those of the positions from..to at which there is a message of
// ours that did not fail, at most 10,000.
func (t *Tx) Coming(contact model.ContactID, from, to uint64) ([]uint64, error) {
	var all []uint64
	err := t.each(func(scan func(...any) error) error {
		var pos uint64
		err := scan(&pos)
		all = append(all, pos)
		return err
	}, "SELECT pos FROM messages WHERE conversation="+conversation+
		" AND outgoing=1 AND pos BETWEEN ?2 AND ?3 AND pos>0 AND state<>'failed' ORDER BY pos LIMIT 10000", contact, from, to)
	return all, err
}

// Lost takes back that a message of ours arrived: the recipient has it no more, and
// it does not disappear before they have.
func (t *Tx) Lost(id model.MessageID, to model.State, why model.Reason, at time.Time) error {
	return t.changed("UPDATE messages SET state=?2, reason=?3, state_time=?4, arrived=0, held=0, expires=0, editing=0, revision=revision+1 WHERE id=?1 AND outgoing=1", id, to, why, ms(at))
}

// AddStep notes what happened to a message on its way, if that does not follow
// from the message itself.
func (t *Tx) AddStep(id model.MessageID, s model.Step) error {
	return t.exec(`INSERT INTO trail (message, at, kind, mailbox, via, reason, held, mailboxes)
		SELECT row, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM messages WHERE id=?1`, id, ms(s.Time), s.Kind, s.Mailbox, s.Via, s.Reason, s.Held, s.Mailboxes)
}

// Steps returns what AddStep noted, oldest first, and when the message arrived,
// there or here; zero if it did not.
func (t *Tx) Steps(id model.MessageID) (steps []model.Step, arrived time.Time, err error) {
	var at int64
	if err := found(t.row("SELECT arrived FROM messages WHERE id=?", id).Scan(&at)); err != nil {
		return nil, time.Time{}, err
	}
	arrived = unms(at)
	err = t.each(func(scan func(...any) error) error {
		var s model.Step
		var at int64
		err := scan(&at, &s.Kind, &s.Mailbox, &s.Via, &s.Reason, &s.Held, &s.Mailboxes)
		s.Time = unms(at)
		steps = append(steps, s)
		return err
	}, `SELECT at, kind, mailbox, via, reason, held, mailboxes FROM trail
		WHERE message=(SELECT row FROM messages WHERE id=?) ORDER BY rowid`, id)
	return steps, arrived, err
}
