package store

import (
	"time"

	"sotto/app/model"
)

// Undeposited returns the next cells for a contact after the one with id after
// that a queue does not hold, but for those that were sealed since a time, by
// now. (Clocks are set back: a cell from the future is an old one.)
func (t *Tx) Undeposited(contact model.ContactID, queue [16]byte, after int64, since, now time.Time, limit int) ([]Outgoing, error) {
	var all []Outgoing
	err := t.each(func(scan func(...any) error) error {
		o := Outgoing{Contact: contact}
		var created int64
		err := scan(&o.ID, &o.Session, &o.Seq, &o.Message, &o.Notice, &o.Cell, &created)
		o.Created = unms(created)
		all = append(all, o)
		return err
	}, `SELECT id, session, seq, message, notice, cell, created FROM outbox o WHERE contact=?1 AND id>?2 AND (created<=?3 OR created>?4)
		AND NOT EXISTS (SELECT 1 FROM deposits WHERE cell=o.id AND queue=?5) ORDER BY id LIMIT ?6`, contact, after, ms(since), ms(now), queue[:], limit)
	return all, err
}

// OldestUndeposited returns when the first of those cells was sealed, whenever
// that is, or the zero time if there is none.
func (t *Tx) OldestUndeposited(contact model.ContactID, queue [16]byte, after int64) (time.Time, error) {
	var at int64
	err := found(t.row(`SELECT created FROM outbox o WHERE contact=?1 AND id>?2
		AND NOT EXISTS (SELECT 1 FROM deposits WHERE cell=o.id AND queue=?3) ORDER BY id LIMIT 1`, contact, after, queue[:]).Scan(&at))
	if model.KindOf(err) == model.NotFound {
		return time.Time{}, nil
	}
	return unms(at), err
}

// Deposited notes that a queue holds a cell of the outbox, and returns how many
// queues do. It is 0 if the cell is no longer in the outbox.
func (t *Tx) Deposited(cell int64, queue [16]byte, at time.Time) (held int, err error) {
	err = t.exec("INSERT OR IGNORE INTO deposits (cell, queue, at) SELECT id, ?, ? FROM outbox WHERE id=?", queue[:], ms(at), cell)
	if err != nil {
		return 0, err
	}
	err = found(t.row("SELECT count(*) FROM deposits WHERE cell=?", cell).Scan(&held))
	return held, err
}

// ForgetDeposits forgets what the mailboxes of a contact hold, so that
// everything is deposited anew. It returns the messages that were held.
func (t *Tx) ForgetDeposits(contact model.ContactID) ([]model.MessageID, error) {
	held, err := t.messageIDs(`SELECT message FROM outbox o WHERE contact=? AND length(message)>0 AND notice=0
		AND EXISTS (SELECT 1 FROM deposits WHERE cell=o.id)`, contact)
	if err != nil {
		return nil, err
	}
	return held, t.exec("DELETE FROM deposits WHERE cell IN (SELECT id FROM outbox WHERE contact=?)", contact)
}

// ForgetOldDeposits forgets what was deposited before a time, because mailboxes
// do not keep it for ever.
func (t *Tx) ForgetOldDeposits(before time.Time) error {
	return t.exec("DELETE FROM deposits WHERE at<?", ms(before))
}

// Owe notes that a contact is to be sent, by a queue of theirs, what we have
// received.
func (t *Tx) Owe(contact model.ContactID, queue [16]byte) error {
	return t.exec(`INSERT INTO receipts (contact, queue) VALUES (?, ?)
		ON CONFLICT (contact, queue) DO UPDATE SET cell=x''`, contact, queue[:])
}

// Receipt reports whether an acknowledgement is owed to a contact by a queue,
// and returns its cell if it is sealed.
func (t *Tx) Receipt(contact model.ContactID, queue [16]byte) (cell []byte, owed bool, err error) {
	err = found(t.row("SELECT cell FROM receipts WHERE contact=? AND queue=?", contact, queue[:]).Scan(&cell))
	if model.KindOf(err) == model.NotFound {
		return nil, false, nil
	}
	return cell, err == nil, err
}

// SetReceipt is the acknowledgement that goes by every queue of a contact by
// which one is owed and not sealed yet.
func (t *Tx) SetReceipt(contact model.ContactID, cell []byte) error {
	return t.exec("UPDATE receipts SET cell=? WHERE contact=? AND cell=x''", cell, contact)
}

// ReceiptStored notes that a queue holds an acknowledgement. One that has come
// up meanwhile is still owed.
func (t *Tx) ReceiptStored(contact model.ContactID, queue [16]byte, cell []byte) error {
	return t.exec("DELETE FROM receipts WHERE contact=? AND queue=? AND cell=?", contact, queue[:], cell)
}

// ForgetReceipts forgets what is owed to a contact.
func (t *Tx) ForgetReceipts(contact model.ContactID) error {
	return t.exec("DELETE FROM receipts WHERE contact=?", contact)
}
