package store

import (
	"time"

	"sotto/app/model"
)

// Messages are shown in the order of their rows. A new one is put at the end,
// and if others are known to be missing before it, because their writer counts,
// so far behind the last that each of them will find its row free, below it and
// above all that had come when it came. Rows of messages that are there never
// change.

// Place says where a message belongs.
type Place struct {
	Pos     uint64    // its writer's count in the conversation, from 1; 0 if it has none
	Top     uint64    // the highest count of its writer's that has come
	Session SessionID // in which it came
	Edition uint64    // how often its text was replaced
	Used    uint64    // its count if that was used before, by a database that was put back; Pos is 0 then
	After   uint64    // the highest count of ours that its writer had
}

// rowStep is how far apart rows are.
const rowStep = 1 << 16

// maxAhead bounds the room that is left for missing messages. A writer may claim
// to have written any number.
const maxAhead = 1 << 16

// place finds the row of a new message, and how many are missing just before it.
func (t *Tx) place(m *model.Message, p Place) (row int64, missing uint64, err error) {
	if p.Pos > 0 && p.Pos < p.Top {
		if row, missing, err = t.fill(m, p.Pos); err != nil || row > 0 {
			return row, missing, err
		}
	} else if p.Pos > p.Top && m.Direction == model.Incoming {
		missing = p.Pos - p.Top - 1
	} else if p.Used > 0 {
		if row, err = t.beside(m, p); err != nil || row > 0 {
			return row, 0, err
		}
	}
	if err := t.row("SELECT max((SELECT coalesce(max(row), 0) FROM messages), (SELECT row FROM deleted))").Scan(&row); err != nil {
		return 0, 0, err
	}
	missing = min(missing, maxAhead)
	return row + rowStep*int64(missing+1), missing, nil
}

// maxPutBack is how many messages beside looks back.
const maxPutBack = 256

// beside finds a free row for a message whose count was used: behind what its
// writer had when it was written, that is our messages up to p.After and the
// writer's own with lower counts, and before the first behind these that was
// written later. That is one with a higher count, unless it may be of before the
// database was put back: it may if it came in no younger session than the message
// that used the count first, nor bears a later time. Times alone would not do,
// since a computer whose database was put back often has a wrong clock. Row is 0
// if nothing was written later.
func (t *Tx) beside(m *model.Message, p Place) (row int64, err error) {
	err = t.row(`WITH theirs AS (SELECT row, pos, session, time FROM messages WHERE conversation=`+conversation+` AND outgoing=0 AND pos<>0 ORDER BY row DESC LIMIT ?3)
		SELECT coalesce(min(row), 0) FROM theirs WHERE abs(pos)>?4 AND
			(session=?5 OR time>?6 OR session>coalesce((SELECT session FROM messages
				WHERE conversation=`+conversation+` AND outgoing=0 AND pos BETWEEN 1 AND ?4 ORDER BY pos DESC LIMIT 1), 0)) AND
			row>coalesce((SELECT row FROM messages WHERE conversation=`+conversation+` AND outgoing=1 AND pos BETWEEN 1 AND ?2 ORDER BY pos DESC LIMIT 1), 0) AND
			row>coalesce((SELECT max(row) FROM theirs WHERE pos BETWEEN 1 AND ?4-1 OR session=?5 AND pos BETWEEN 1-?4 AND -1), 0)`,
		m.Contact, p.After, maxPutBack, p.Used, p.Session, ms(m.Time)).Scan(&row)
	if err != nil || row == 0 {
		return 0, err
	}
	// Rows of missing messages are kept free from rowStep after the one before on.
	var before int64
	if err := t.row("SELECT coalesce(max(row), 0) FROM messages WHERE row<?", row).Scan(&before); err != nil {
		return 0, err
	}
	if free := before + min(row-before, rowStep)/2; free > before {
		return free, nil
	}
	for {
		row--
		var taken int
		if err := t.row("SELECT count(*) FROM messages WHERE row=?", row).Scan(&taken); err != nil || taken == 0 {
			return row, err
		}
	}
}

// fill finds a free row for a message that comes late, before the first of its
// writer's that comes after it, and splits the gap there. Row is 0 if there is no
// room for it.
func (t *Tx) fill(m *model.Message, pos uint64) (row int64, missing uint64, err error) {
	var next int64
	var nextPos, gap uint64
	err = found(t.row(`SELECT row, pos, missing FROM messages
		WHERE conversation=`+conversation+` AND outgoing=?2 AND pos>?3 AND pos>0 ORDER BY pos LIMIT 1`, m.Contact, m.Direction == model.Outgoing, pos).
		Scan(&next, &nextPos, &gap))
	if model.KindOf(err) == model.NotFound || err == nil && nextPos-pos > maxAhead {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	after := nextPos - pos - 1 // between the two; not all of them need be missing still, see Gone
	for row = next - rowStep*int64(after+1); ; row++ {
		var taken int
		if err := t.row("SELECT count(*) FROM messages WHERE row=?", row).Scan(&taken); err != nil {
			return 0, 0, err
		}
		if taken == 0 {
			break
		}
	}
	left := gap - min(gap, 1)
	after = min(after, left)
	return row, left - after, t.exec("UPDATE messages SET missing=?, revision=revision+1 WHERE row=?", after, next)
}

// Gone notes that the message of theirs at pos will not come, so that nobody
// waits for it, and returns the message before which it is missing, if there is
// one.
func (t *Tx) Gone(contact model.ContactID, pos uint64) ([]model.MessageID, error) {
	return t.messageIDs(`UPDATE messages SET missing=missing-1, revision=revision+1 WHERE missing>0 AND row=(
		SELECT row FROM messages WHERE conversation=`+conversation+` AND outgoing=0 AND pos>?2 AND pos>0 ORDER BY pos LIMIT 1) RETURNING id`, contact, pos)
}

// Thread is the count of a conversation's messages on both sides.
type Thread struct {
	Sent uint64 // position of our newest
	Have []byte // positions of theirs that have come, as app encodes it
}

// Thread returns the counts of a conversation, or kind NotFound.
func (t *Tx) Thread(contact model.ContactID) (Thread, error) {
	var th Thread
	return th, found(t.row("SELECT sent_pos, have FROM contacts WHERE id=?", contact).Scan(&th.Sent, &th.Have))
}

// SetThread stores them.
func (t *Tx) SetThread(contact model.ContactID, th Thread) error {
	return t.changed("UPDATE contacts SET sent_pos=?, have=? WHERE id=?", th.Sent, th.Have, contact)
}

// Withdraw notes that a message of a contact was taken back before it came.
func (t *Tx) Withdraw(contact model.ContactID, id model.MessageID, at time.Time) error {
	return t.exec("INSERT OR IGNORE INTO withdrawn (id, at, conversation) VALUES (?2, ?3, "+conversation+")", contact, id, ms(at))
}

// Withdrawn reports whether a contact's message was taken back before it came, or
// had come and was deleted here.
func (t *Tx) Withdrawn(contact model.ContactID, id model.MessageID) (back, here bool, err error) {
	err = found(t.row("SELECT here=0, here FROM withdrawn WHERE id=?2 AND conversation IN (0, "+conversation+")", contact, id).Scan(&back, &here))
	if model.KindOf(err) == model.NotFound {
		err = nil
	}
	return back, here, err
}
