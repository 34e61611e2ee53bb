package store

import (
	"strings"
	"time"

	"sotto/app/model"
)

// Contact is what is stored of a contact beyond what a person sees.
type Contact struct {
	model.Contact        // Via is not stored
	InPerson      bool   // verified as soon as confirmed
	Identity      []byte // account keys, device list, device keys
	Peer          string // transport peer id
	Draft         model.Draft
	ReadRow       int64
	TimerRev      uint64 // not changed by PutContact, nor is what follows and what is the person's own
	Early         int    // how many reactions wait for their message
}

const contactColumns = "id, claimed, renamed, trust, in_person, blocked, alarm, identity, peer, added, last_seen, draft, read_row"

const ownColumns = "draft_reply, draft_editing, pinned, archived, muted, labels, remark, timer, timer_rev, early"

func scanContact(scan func(...any) error) (Contact, error) {
	var c Contact
	var added, seen, muted, timer int64
	var labels string
	err := scan(&c.ID, &c.Claimed, &c.Renamed, &c.Trust, &c.InPerson, &c.Blocked, &c.Alarm, &c.Identity, &c.Peer, &added, &seen, &c.Draft.Text, &c.ReadRow,
		&c.Draft.ReplyTo, &c.Draft.Editing, &c.Pinned, &c.Archived, &muted, &labels, &c.Remark, &timer, &c.TimerRev, &c.Early)
	c.Added, c.LastSeen = unms(added), unms(seen)
	c.MutedUntil, c.Timer = unms(muted), time.Duration(timer)*time.Second
	if labels != "" {
		c.Labels = strings.Split(labels, "\n")
	}
	c.Name = c.Claimed
	if c.Renamed != "" {
		c.Name = c.Renamed
	}
	return c, err
}

// PutContact stores a contact, new or changed.
func (t *Tx) PutContact(c Contact) error {
	return t.exec(`INSERT INTO contacts (`+contactColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET claimed=excluded.claimed, renamed=excluded.renamed, trust=excluded.trust,
			in_person=excluded.in_person, blocked=excluded.blocked, alarm=excluded.alarm, identity=excluded.identity,
			peer=excluded.peer, last_seen=excluded.last_seen, draft=excluded.draft, read_row=excluded.read_row`,
		c.ID, c.Claimed, c.Renamed, c.Trust, c.InPerson, c.Blocked, c.Alarm, c.Identity, c.Peer, ms(c.Added), ms(c.LastSeen), c.Draft.Text, c.ReadRow)
}

// Contact returns one contact, or kind NotFound.
func (t *Tx) Contact(id model.ContactID) (Contact, error) {
	c, err := scanContact(t.row("SELECT "+contactColumns+", "+ownColumns+" FROM contacts WHERE id=?", id).Scan)
	return c, found(err)
}

// Contacts returns all contacts, by name.
func (t *Tx) Contacts() ([]Contact, error) {
	var all []Contact
	err := t.each(func(scan func(...any) error) error {
		c, err := scanContact(scan)
		all = append(all, c)
		return err
	}, "SELECT "+contactColumns+", "+ownColumns+" FROM contacts ORDER BY CASE renamed WHEN '' THEN claimed ELSE renamed END COLLATE NOCASE, id")
	return all, err
}

// SetLastSeen notes when a contact was last connected.
func (t *Tx) SetLastSeen(id model.ContactID, at time.Time) error {
	return t.exec("UPDATE contacts SET last_seen=max(last_seen, ?) WHERE id=?", ms(at), id)
}

// SetDraft stores what is written but not sent.
func (t *Tx) SetDraft(id model.ContactID, d model.Draft) error {
	return t.changed("UPDATE contacts SET draft=?2, draft_reply=?3, draft_editing=?4 WHERE id=?1", id, d.Text, d.ReplyTo, d.Editing)
}

// DeleteContact removes a contact with all that belongs to it: messages, sessions,
// what is under way, and whatever names it.
func (t *Tx) DeleteContact(id model.ContactID) error {
	for _, q := range []string{
		"DELETE FROM outbox WHERE contact=?",
		"DELETE FROM sessions WHERE contact=?",
		"DELETE FROM requests WHERE contact=?",
		"DELETE FROM joins WHERE contact=?",
		"UPDATE invitations SET used_by='' WHERE used_by=?",
		"DELETE FROM withdrawn WHERE conversation IN (SELECT n FROM contacts WHERE id=?)",
		"DELETE FROM contacts WHERE id=?",
	} {
		if err := t.exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

// MaxAddresses is how many addresses are kept for a contact.
const MaxAddresses = 16

// PutAddress notes an address of a contact. seen is when it was last reached,
// zero if it was only announced.
func (t *Tx) PutAddress(id model.ContactID, address string, seen time.Time) error {
	err := t.exec(`INSERT INTO addresses (contact, address, seen) VALUES (?, ?, ?)
		ON CONFLICT (contact, address) DO UPDATE SET seen=max(seen, excluded.seen)`, id, address, ms(seen))
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM addresses WHERE contact=?1 AND address NOT IN
		(SELECT address FROM addresses WHERE contact=?1 ORDER BY seen DESC, address LIMIT ?2)`, id, MaxAddresses)
}

// SetAddresses replaces the announced addresses of a contact; those that were
// reached at some time stay.
func (t *Tx) SetAddresses(id model.ContactID, addresses []string) error {
	if err := t.exec("DELETE FROM addresses WHERE contact=? AND seen=0", id); err != nil {
		return err
	}
	for _, a := range addresses {
		if err := t.PutAddress(id, a, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// Addresses returns where to look for a contact, last reached first.
func (t *Tx) Addresses(id model.ContactID) ([]string, error) {
	var all []string
	err := t.each(func(scan func(...any) error) error {
		var a string
		err := scan(&a)
		all = append(all, a)
		return err
	}, "SELECT address FROM addresses WHERE contact=? ORDER BY seen DESC, address", id)
	return all, err
}

// Refuse notes that an account is not to ask again.
func (t *Tx) Refuse(account model.ContactID, at time.Time) error {
	return t.exec("INSERT OR REPLACE INTO refused (account, at) VALUES (?, ?)", account, ms(at))
}

// Refused reports whether Refuse was called for an account.
func (t *Tx) Refused(account model.ContactID) (bool, error) {
	var n int
	err := t.row("SELECT count(*) FROM refused WHERE account=?", account).Scan(&n)
	return n > 0, found(err)
}
