package store

import (
	"time"

	"sotto/app/model"
)

// Messages that disappear have a timer; when the time begins to run they get a
// time at which it is over. Once that is past they are deleted, like those that a
// person deletes here. The index that finds them leaves out what is still to be
// told, so that nothing is lost on its way.

// SetTimer stores after how long new texts of a conversation disappear.
func (t *Tx) SetTimer(id model.ContactID, after time.Duration, revision uint64) error {
	return t.changed("UPDATE contacts SET timer=?2, timer_rev=?3 WHERE id=?1", id, seconds(after), revision)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// running is the value of expires for a message whose time begins at the
// parameter.
func running(at string) string {
	return "CASE WHEN timer>0 AND expires=0 THEN " + at + "+1000*timer ELSE expires END"
}

// due notes when a message is to disappear.
func (t *Tx) due(expires int64) {
	if first := t.db.due.Load(); expires > 0 && (first == 0 || expires < first) {
		t.db.due.Store(expires)
	}
}

// Due returns a time before which no message is to disappear, as far as this run
// of the program knows; zero if none is known of. It is taken as seen.
func (db *DB) Due() time.Time { return unms(db.due.Swap(0)) }

// Expired is a message that has disappeared.
type Expired struct {
	Contact model.ContactID
	ID      model.MessageID
}

// Expire deletes messages whose time is over, at most limit, and returns them and
// when the next is due, zero if none is.
func (t *Tx) Expire(now time.Time, limit int) (gone []Expired, next time.Time, err error) {
	err = t.each(func(scan func(...any) error) error {
		var e Expired
		err := scan(&e.ID, &e.Contact)
		gone = append(gone, e)
		return err
	}, `SELECT id, (SELECT c.id FROM contacts c WHERE c.n = conversation) FROM messages
		WHERE expires>0 AND editing=0 AND expires<=? ORDER BY expires LIMIT ?`, ms(now), limit)
	if err != nil {
		return nil, next, err
	}
	for _, e := range gone {
		if err := t.Forget(e.ID, now); err != nil {
			return nil, next, err
		}
	}
	var at int64
	err = t.row("SELECT coalesce(min(expires), 0) FROM messages WHERE expires>0 AND editing=0").Scan(&at)
	return gone, unms(at), err
}
