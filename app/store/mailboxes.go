package store

import (
	"time"

	"sotto/app/model"
)

// mailboxTables is the migration that brings mailboxes.
const mailboxTables = `
-- Computers that hold sealed cells for us while we are away.
CREATE TABLE mailboxes (
	id       TEXT PRIMARY KEY,            -- random, known nowhere else
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL,
	contact  TEXT NOT NULL DEFAULT '',    -- whose computer it is, if a contact lends it
	secret   BLOB NOT NULL,               -- sealed: the seed of our owner key there, then the link
	health   TEXT NOT NULL,
	added    INTEGER NOT NULL,
	asked    INTEGER NOT NULL DEFAULT 0,
	answered INTEGER NOT NULL DEFAULT 0,
	silent   INTEGER NOT NULL DEFAULT 0,  -- since when it does not answer
	probed   INTEGER NOT NULL DEFAULT 0,  -- when it last had to show that it is honest
	fetched  INTEGER NOT NULL DEFAULT 0,
	used     INTEGER NOT NULL DEFAULT 0,
	quota    INTEGER NOT NULL DEFAULT 0,
	waiting  INTEGER NOT NULL DEFAULT 0,
	keep_for INTEGER NOT NULL DEFAULT 0,
	leaving  INTEGER NOT NULL DEFAULT 0   -- since when it is being given up; 0 while in use
) WITHOUT ROWID;

-- How often one was asked on a day, and how often it answered.
CREATE TABLE mailbox_days (
	mailbox  TEXT NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
	day      INTEGER NOT NULL,            -- days since 1970, UTC
	asked    INTEGER NOT NULL,
	answered INTEGER NOT NULL,
	PRIMARY KEY (mailbox, day)
) WITHOUT ROWID;

-- Our queues at our mailboxes: one for each contact, so that no two contacts
-- know of the same.
CREATE TABLE queues (
	mailbox TEXT NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
	contact TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
	secret  BLOB NOT NULL,                -- sealed: ids and keys of both ends
	made    INTEGER NOT NULL DEFAULT 0,   -- the mailbox has it
	PRIMARY KEY (mailbox, contact)
) WITHOUT ROWID;

-- Which set of mailboxes each contact was told of last.
CREATE TABLE announced (
	contact  TEXT PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
	revision INTEGER NOT NULL,
	sum      BLOB NOT NULL,               -- SHA-256 of what was told
	session  INTEGER NOT NULL,            -- the cell that told it
	seq      INTEGER NOT NULL
) WITHOUT ROWID;

-- Where contacts want to get what is for them while they are away.
CREATE TABLE contact_mailboxes (
	contact  TEXT PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
	revision INTEGER NOT NULL,
	entries  BLOB NOT NULL                -- sealed; the keys by which we deposit are in it
) WITHOUT ROWID;

-- Which cells of the outbox a mailbox says that it holds.
CREATE TABLE deposits (
	cell  INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
	queue BLOB NOT NULL,                  -- the id by which we deposit there
	at    INTEGER NOT NULL,
	PRIMARY KEY (cell, queue)
) WITHOUT ROWID;

-- Acknowledgements that are still to be deposited.
CREATE TABLE receipts (
	contact TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
	queue   BLOB NOT NULL,
	cell    BLOB NOT NULL DEFAULT x'',    -- empty until it is sealed
	PRIMARY KEY (contact, queue)
) WITHOUT ROWID;

-- For whom this computer is mailbox, and what they were told of it.
CREATE TABLE hosted (
	contact  TEXT PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
	secret   BLOB NOT NULL,               -- sealed: what they show to be served
	wanted   INTEGER NOT NULL,            -- 0: taken back
	revision INTEGER NOT NULL DEFAULT 0,
	sum      BLOB NOT NULL DEFAULT x'',   -- SHA-256 of what was told
	session  INTEGER NOT NULL DEFAULT 0,
	seq      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Contacts who offer to be mailbox for us.
CREATE TABLE mailbox_offers (
	contact  TEXT PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
	revision INTEGER NOT NULL,
	link     BLOB NOT NULL,               -- sealed; empty if it was taken back
	quota    INTEGER NOT NULL
) WITHOUT ROWID;
`

// Mailbox is a mailbox of ours with what is needed to use it.
type Mailbox struct {
	model.Mailbox           // without Days
	Seed          [32]byte  // of our owner key there
	Link          string    // where it is, and what admits us
	Probed        time.Time // when it last had to show that it is honest
	Fetched       time.Time
	Leaving       time.Time // since when it is being given up; zero while in use
}

const mailboxColumns = "id, kind, name, contact, secret, health, added, asked, answered, silent, probed, fetched, used, quota, waiting, keep_for, leaving"

// AddMailbox stores a new mailbox.
func (t *Tx) AddMailbox(b Mailbox) error {
	secret := append(b.Seed[:], b.Link...)
	sealed, err := t.seal("mailboxes", string(b.ID), secret)
	clear(secret)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO mailboxes ("+mailboxColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		b.ID, b.Kind, b.Name, b.Contact, sealed, b.Health, ms(b.Added), ms(b.Asked), ms(b.Answered), ms(b.Silent), ms(b.Probed), ms(b.Fetched),
		b.Used, b.Quota, b.Waiting, b.KeepFor.Milliseconds(), ms(b.Leaving))
}

// MoveMailbox stores a new link of a mailbox.
func (t *Tx) MoveMailbox(b Mailbox) error {
	secret := append(b.Seed[:], b.Link...)
	sealed, err := t.seal("mailboxes", string(b.ID), secret)
	clear(secret)
	if err != nil {
		return err
	}
	return t.changed("UPDATE mailboxes SET secret=? WHERE id=?", sealed, b.ID)
}

// UpdateMailbox stores what changes of a mailbox: all but what it is and where.
func (t *Tx) UpdateMailbox(b Mailbox) error {
	return t.changed(`UPDATE mailboxes SET name=?, health=?, asked=?, answered=?, silent=?, probed=?, fetched=?, used=?, quota=?, waiting=?,
		keep_for=?, leaving=? WHERE id=?`, b.Name, b.Health, ms(b.Asked), ms(b.Answered), ms(b.Silent), ms(b.Probed), ms(b.Fetched), b.Used, b.Quota,
		b.Waiting, b.KeepFor.Milliseconds(), ms(b.Leaving), b.ID)
}

func (t *Tx) scanMailbox(scan func(...any) error) (Mailbox, error) {
	var b Mailbox
	var secret []byte
	var added, asked, answered, silent, probed, fetched, keep, leaving int64
	err := found(scan(&b.ID, &b.Kind, &b.Name, &b.Contact, &secret, &b.Health, &added, &asked, &answered, &silent, &probed, &fetched,
		&b.Used, &b.Quota, &b.Waiting, &keep, &leaving))
	if err != nil {
		return b, err
	}
	b.Added, b.Asked, b.Answered, b.Silent = unms(added), unms(asked), unms(answered), unms(silent)
	b.Probed, b.Fetched, b.Leaving = unms(probed), unms(fetched), unms(leaving)
	b.KeepFor = time.Duration(keep) * time.Millisecond
	if secret, err = t.open("mailboxes", string(b.ID), secret); err != nil {
		return b, err
	}
	if len(secret) < len(b.Seed) {
		return b, model.E(model.ProfileDamaged, "a mailbox", nil)
	}
	b.Link = string(secret[copy(b.Seed[:], secret):])
	return b, nil
}

// Mailbox returns one mailbox, or kind NotFound.
func (t *Tx) Mailbox(id model.MailboxID) (Mailbox, error) {
	return t.scanMailbox(t.row("SELECT "+mailboxColumns+" FROM mailboxes WHERE id=?", id).Scan)
}

// MailboxName returns the name of a mailbox and whose computer it is, empty if
// it is gone.
func (t *Tx) MailboxName(id model.MailboxID) (name string, contact model.ContactID, err error) {
	err = found(t.row("SELECT name, contact FROM mailboxes WHERE id=?", id).Scan(&name, &contact))
	if model.KindOf(err) == model.NotFound {
		err = nil
	}
	return name, contact, err
}

// Mailboxes returns all mailboxes, those that are being given up as well, in
// the order in which they were added.
func (t *Tx) Mailboxes() ([]Mailbox, error) {
	var all []Mailbox
	err := t.each(func(scan func(...any) error) error {
		b, err := t.scanMailbox(scan)
		all = append(all, b)
		return err
	}, "SELECT "+mailboxColumns+" FROM mailboxes ORDER BY added, id")
	return all, err
}

// DeleteMailbox forgets a mailbox and its queues.
func (t *Tx) DeleteMailbox(id model.MailboxID) error {
	return t.changed("DELETE FROM mailboxes WHERE id=?", id)
}

// day is the day that a time belongs to.
func day(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }

// healthDays is over how many days answers are counted.
const healthDays = len(model.Mailbox{}.Days)

// CountAnswer notes that a mailbox was asked, and whether it answered.
func (t *Tx) CountAnswer(id model.MailboxID, at time.Time, answered bool) error {
	n := 0
	if answered {
		n = 1
	}
	err := t.exec(`INSERT INTO mailbox_days (mailbox, day, asked, answered) VALUES (?1, ?2, 1, ?3)
		ON CONFLICT (mailbox, day) DO UPDATE SET asked=asked+1, answered=answered+?3`, id, day(at), n)
	if err != nil {
		return err
	}
	return t.exec("DELETE FROM mailbox_days WHERE mailbox=? AND day<=?", id, day(at)-int64(healthDays))
}

// AnswerDays returns of the days up to now, oldest first, how many percent of
// the questions were answered; -1 where there was none.
func (t *Tx) AnswerDays(id model.MailboxID, now time.Time) ([healthDays]int, error) {
	var days [healthDays]int
	for i := range days {
		days[i] = -1
	}
	err := t.each(func(scan func(...any) error) error {
		var d, asked, answered int64
		if err := scan(&d, &asked, &answered); err != nil {
			return err
		}
		if i := d - day(now) + int64(healthDays) - 1; i >= 0 && i < int64(healthDays) && asked > 0 {
			days[i] = int(100 * answered / asked)
		}
		return nil
	}, "SELECT day, asked, answered FROM mailbox_days WHERE mailbox=?", id)
	return days, err
}

// MailQueue is a queue of ours: what is for us from one contact at one mailbox.
type MailQueue struct {
	Mailbox model.MailboxID
	Contact model.ContactID
	Secret  []byte // ids and keys of both ends
	Made    bool   // the mailbox has it
}

func (q *MailQueue) record() string { return string(q.Mailbox) + "/" + string(q.Contact) }

// PutMailQueue stores a queue, new or changed.
func (t *Tx) PutMailQueue(q MailQueue) error {
	sealed, err := t.seal("queues", q.record(), q.Secret)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO queues (mailbox, contact, secret, made) VALUES (?,?,?,?)
		ON CONFLICT (mailbox, contact) DO UPDATE SET secret=excluded.secret, made=excluded.made`, q.Mailbox, q.Contact, sealed, q.Made)
}

// MailQueues returns the queues at a mailbox.
func (t *Tx) MailQueues(id model.MailboxID) ([]MailQueue, error) {
	return t.mailQueues("SELECT mailbox, contact, secret, made FROM queues WHERE mailbox=? ORDER BY contact", id)
}

// MailQueuesOf returns the queues for a contact that are to be announced to
// them: those that are made, at mailboxes in use.
func (t *Tx) MailQueuesOf(id model.ContactID) ([]MailQueue, error) {
	return t.mailQueues(`SELECT mailbox, q.contact, q.secret, made FROM queues q JOIN mailboxes b ON b.id=q.mailbox
		WHERE q.contact=? AND made=1 AND leaving=0 ORDER BY b.added, b.id`, id)
}

func (t *Tx) mailQueues(query string, args ...any) ([]MailQueue, error) {
	var all []MailQueue
	err := t.each(func(scan func(...any) error) error {
		var q MailQueue
		err := scan(&q.Mailbox, &q.Contact, &q.Secret, &q.Made)
		if err != nil {
			return err
		}
		q.Secret, err = t.open("queues", q.record(), q.Secret)
		all = append(all, q)
		return err
	}, query, args...)
	return all, err
}

// DeleteMailQueue forgets a queue.
func (t *Tx) DeleteMailQueue(q MailQueue) error {
	return t.exec("DELETE FROM queues WHERE mailbox=? AND contact=?", q.Mailbox, q.Contact)
}

// surplusTable is the migration that brings surplus queues.
const surplusTable = `
-- Queues at our mailboxes for contacts that were removed, until the mailbox has
-- removed them as well.
CREATE TABLE surplus_queues (
	mailbox TEXT NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
	queue   BLOB NOT NULL,                -- the id by which it is collected from, 16 bytes
	PRIMARY KEY (mailbox, queue)
) WITHOUT ROWID;
`

// MailQueuesFor returns all queues for a contact, at whichever mailbox.
func (t *Tx) MailQueuesFor(id model.ContactID) ([]MailQueue, error) {
	return t.mailQueues("SELECT mailbox, contact, secret, made FROM queues WHERE contact=?", id)
}

// AddSurplusQueue notes that a mailbox is to remove a queue, by its id for
// withdrawal.
func (t *Tx) AddSurplusQueue(at model.MailboxID, queue [16]byte) error {
	return t.exec("INSERT OR IGNORE INTO surplus_queues (mailbox, queue) VALUES (?, ?)", at, queue[:])
}

// SurplusQueues returns the queues that a mailbox is to remove.
func (t *Tx) SurplusQueues(at model.MailboxID) ([][16]byte, error) {
	var all [][16]byte
	err := t.each(func(scan func(...any) error) error {
		var id []byte
		if err := scan(&id); err != nil {
			return err
		}
		if len(id) != 16 {
			return model.E(model.ProfileDamaged, "a queue's id", nil)
		}
		all = append(all, [16]byte(id))
		return nil
	}, "SELECT queue FROM surplus_queues WHERE mailbox=?", at)
	return all, err
}

// DeleteSurplusQueue notes that the mailbox does not have a queue any more.
func (t *Tx) DeleteSurplusQueue(at model.MailboxID, queue [16]byte) error {
	return t.exec("DELETE FROM surplus_queues WHERE mailbox=? AND queue=?", at, queue[:])
}

// WantQueues returns the contacts that have no queue at a mailbox and are to
// have one.
func (t *Tx) WantQueues(id model.MailboxID) ([]model.ContactID, error) {
	return t.contactIDs(`SELECT id FROM contacts WHERE trust<>'unconfirmed' AND blocked=0
		AND NOT EXISTS (SELECT 1 FROM queues WHERE mailbox=? AND contact=contacts.id) ORDER BY id`, id)
}

func (t *Tx) contactIDs(query string, args ...any) ([]model.ContactID, error) {
	var ids []model.ContactID
	err := t.each(func(scan func(...any) error) error {
		var id model.ContactID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, query, args...)
	return ids, err
}

// Told is what a contact was told of something that has revisions, and the cell
// that told it.
type Told struct {
	Revision uint64
	Sum      []byte // SHA-256 of what was told; empty if nothing was
	Session  SessionID
	Seq      uint64
}

// Announced returns which set of mailboxes a contact was told of last.
func (t *Tx) Announced(id model.ContactID) (Told, error) {
	var a Told
	err := found(t.row("SELECT revision, sum, session, seq FROM announced WHERE contact=?", id).Scan(&a.Revision, &a.Sum, &a.Session, &a.Seq))
	if model.KindOf(err) == model.NotFound {
		err = nil
	}
	return a, err
}

// SetAnnounced is for Announced.
func (t *Tx) SetAnnounced(id model.ContactID, a Told) error {
	return t.exec(`INSERT INTO announced (contact, revision, sum, session, seq) VALUES (?,?,?,?,?)
		ON CONFLICT (contact) DO UPDATE SET revision=excluded.revision, sum=excluded.sum, session=excluded.session, seq=excluded.seq`,
		id, a.Revision, a.Sum, a.Session, a.Seq)
}

// InOutbox reports whether a cell still waits for its acknowledgement.
func (t *Tx) InOutbox(session SessionID, seq uint64) (bool, error) {
	var n int
	err := found(t.row("SELECT count(*) FROM outbox WHERE session=? AND seq=?", session, seq).Scan(&n))
	return n > 0, err
}

// SetContactMailboxes stores where a contact wants to get what is for them. It
// reports false, and stores nothing, unless revision is higher than before.
func (t *Tx) SetContactMailboxes(id model.ContactID, revision uint64, entries []byte) (bool, error) {
	sealed, err := t.seal("contact_mailboxes", string(id), entries)
	if err != nil {
		return false, err
	}
	n, err := t.count(`INSERT INTO contact_mailboxes (contact, revision, entries) VALUES (?,?,?)
		ON CONFLICT (contact) DO UPDATE SET revision=excluded.revision, entries=excluded.entries WHERE excluded.revision>revision`, id, int64(revision), sealed)
	return n > 0, err
}

// ContactMailboxes returns what SetContactMailboxes stored, or nil.
func (t *Tx) ContactMailboxes(id model.ContactID) ([]byte, error) {
	var sealed []byte
	err := found(t.row("SELECT entries FROM contact_mailboxes WHERE contact=?", id).Scan(&sealed))
	if model.KindOf(err) == model.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t.open("contact_mailboxes", string(id), sealed)
}

// HaveMailboxes returns the contacts who have told us of mailboxes.
func (t *Tx) HaveMailboxes() ([]model.ContactID, error) {
	return t.contactIDs("SELECT contact FROM contact_mailboxes")
}
