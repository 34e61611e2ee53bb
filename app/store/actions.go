package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"sotto/app/model"
)

// This file is what is stored of what a person does with messages that are there
// (see also disappear.go).

// actionTables is the migration that brings it.
const actionTables = `
ALTER TABLE contacts ADD COLUMN draft_reply BLOB NOT NULL DEFAULT x'';   -- the message that the draft answers
ALTER TABLE contacts ADD COLUMN draft_editing BLOB NOT NULL DEFAULT x''; -- or the one that it is to replace
ALTER TABLE contacts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;        -- until then
ALTER TABLE contacts ADD COLUMN labels TEXT NOT NULL DEFAULT '';         -- one a line
ALTER TABLE contacts ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN timer INTEGER NOT NULL DEFAULT 0;        -- seconds after which new texts disappear
ALTER TABLE contacts ADD COLUMN timer_rev INTEGER NOT NULL DEFAULT 0;    -- of that setting; the highest counts
ALTER TABLE contacts ADD COLUMN early INTEGER NOT NULL DEFAULT 0;        -- how many reactions wait for their message

ALTER TABLE messages ADD COLUMN quote BLOB NOT NULL DEFAULT x'';         -- id of the message that it answers
ALTER TABLE messages ADD COLUMN forwarded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;      -- by its writer, for both; the text is empty
ALTER TABLE messages ADD COLUMN editing INTEGER NOT NULL DEFAULT 0;      -- it was replaced or deleted, and that is not acknowledged; not while it waits
ALTER TABLE messages ADD COLUMN timer INTEGER NOT NULL DEFAULT 0;        -- seconds after which it disappears
ALTER TABLE messages ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;      -- when that is, once the time runs
ALTER TABLE messages ADD COLUMN mine TEXT NOT NULL DEFAULT '';           -- our reaction
ALTER TABLE messages ADD COLUMN mine_rev INTEGER NOT NULL DEFAULT 0;     -- the highest counts
ALTER TABLE messages ADD COLUMN theirs TEXT NOT NULL DEFAULT '';         -- the contact's reaction
ALTER TABLE messages ADD COLUMN theirs_rev INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_editing ON messages (conversation, row) WHERE editing = 1;
CREATE INDEX messages_starred ON messages (row) WHERE starred = 1;
CREATE INDEX messages_expires ON messages (expires) WHERE expires > 0 AND editing = 0;

-- withdrawn also has messages that had come and were deleted here, so that a copy
-- does not bring them back.
ALTER TABLE withdrawn ADD COLUMN conversation INTEGER NOT NULL DEFAULT 0; -- 0: not known
ALTER TABLE withdrawn ADD COLUMN here INTEGER NOT NULL DEFAULT 0;         -- deleted here

-- notice says what a cell tells of a message: see Notice.
ALTER TABLE outbox ADD COLUMN pos INTEGER NOT NULL DEFAULT 0;             -- with a notice: the message's position
UPDATE outbox SET pos=coalesce((SELECT m.pos FROM messages m WHERE m.id=message AND m.outgoing=1), 0) WHERE notice=1;

-- One row: the highest row of a message that was deleted, so that none is given
-- twice. Whoever reads on after a row would miss the second.
CREATE TABLE deleted (row INTEGER NOT NULL);
INSERT INTO deleted VALUES (0);

-- Reactions to messages that have not come.
CREATE TABLE early (
	conversation INTEGER NOT NULL REFERENCES contacts (n) ON DELETE CASCADE,
	id           BLOB NOT NULL,
	emoji        TEXT NOT NULL,
	revision     INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (conversation, id)
) WITHOUT ROWID;
`

// quoted fills in what a message answers, as it is here.
func (t *Tx) quoted(m *model.Message) error {
	q := m.Quote
	if q == nil {
		return nil
	}
	var outgoing, deleted bool
	var row int64
	var text string
	err := found(t.row(`SELECT row, outgoing, deleted, substr(text, 1, ?3) FROM messages
		WHERE id=?1 AND conversation=(SELECT conversation FROM messages WHERE row=?2) AND note=''`, q.ID, m.Row, model.MaxQuote).
		Scan(&row, &outgoing, &deleted, &text))
	if model.KindOf(err) == model.NotFound || err == nil && deleted {
		*q = model.Quote{ID: q.ID, Gone: true}
		return nil
	}
	*q = model.Quote{ID: q.ID, Direction: direction(outgoing), Text: beginning(text, model.MaxQuote), Row: row}
	return err
}

func direction(outgoing bool) model.Direction {
	if outgoing {
		return model.Outgoing
	}
	return model.Incoming
}

// beginning cuts a text at a character, to at most n bytes.
func beginning(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// Edit replaces the text of a contact's message, or of ours to them, with a later
// edition of it, and reports whether it was one. What was deleted stays so.
func (t *Tx) Edit(contact model.ContactID, d model.Direction, id model.MessageID, text string, edition uint64) (bool, error) {
	n, err := t.count("UPDATE messages SET text=?4, edition=?5, editing="+changing+", revision=revision+1 WHERE conversation="+conversation+
		" AND outgoing=?2 AND id=?3 AND edition<?5 AND deleted=0", contact, d == model.Outgoing, id, text, edition)
	return n > 0, err
}

// changing is the value of editing for a message that is replaced now.
const changing = "(outgoing=1 AND state NOT IN ('waiting', 'stored'))"

// Erase deletes a contact's message, or one of ours to them, for both: what is
// left of it is that it was there. It reports whether it was there until now.
func (t *Tx) Erase(contact model.ContactID, d model.Direction, id model.MessageID, edition uint64) (bool, error) {
	n, err := t.count("UPDATE messages SET text='', deleted=1, edition=max(edition, ?4), editing="+changing+", quote=x'', forwarded=0, starred=0,"+
		" mine='', theirs='', revision=revision+1 WHERE conversation="+conversation+
		" AND outgoing=?2 AND id=?3 AND deleted=0 AND note=''", contact, d == model.Outgoing, id, edition)
	return n > 0, err
}

// CameIn reports whether a message came in a session.
func (t *Tx) CameIn(id model.MessageID, s SessionID) (bool, error) {
	var n int
	err := t.row("SELECT count(*) FROM messages WHERE id=? AND outgoing=0 AND session=?", id, s).Scan(&n)
	return n > 0, err
}

// Forget removes a message from this device. If it is a contact's, a copy of it
// does not bring it back; unless it is not known to be theirs, since then another
// may come by the same id that is.
func (t *Tx) Forget(id model.MessageID, at time.Time) error {
	err := t.exec(`INSERT OR IGNORE INTO withdrawn (id, at, conversation, here)
		SELECT id, ?2, conversation, 1 FROM messages WHERE id=?1 AND outgoing=0 AND note='' AND quarantined=0`, id, ms(at))
	if err != nil {
		return err
	}
	return t.DeleteMessage(id)
}

// SetStarred sets the person's mark on a message.
func (t *Tx) SetStarred(id model.MessageID, starred bool) error {
	return t.changed("UPDATE messages SET starred=?2, revision=revision+1 WHERE id=?1", id, starred)
}

// Reaction is somebody's reaction to a message. The one with the highest revision
// counts.
type Reaction struct {
	ID       model.MessageID
	Emoji    string // "": taken back
	Revision uint64
}

// React puts a reaction, ours or the contact's, on a message of a conversation,
// and reports whether that is news.
func (t *Tx) React(contact model.ContactID, mine bool, r Reaction) (bool, error) {
	query := "UPDATE messages SET theirs=?3, theirs_rev=?4, revision=revision+1 WHERE id=?2 AND theirs_rev<?4"
	if mine {
		query = "UPDATE messages SET mine=?3, mine_rev=?4, revision=revision+1 WHERE id=?2 AND mine_rev<?4"
	}
	n, err := t.count(query+" AND deleted=0 AND note='' AND conversation="+conversation, contact, r.ID, r.Emoji, r.Revision)
	return n > 0, err
}

// Reacted returns our reaction to a message. Kind NotFound.
func (t *Tx) Reacted(id model.MessageID) (Reaction, error) {
	r := Reaction{ID: id}
	return r, found(t.row("SELECT mine, mine_rev FROM messages WHERE id=?", id).Scan(&r.Emoji, &r.Revision))
}

// Known reports whether there is or was a message of that id, in whatever
// conversation.
func (t *Tx) Known(id model.MessageID) (bool, error) {
	var known bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM messages WHERE id=?1) OR EXISTS (SELECT 1 FROM withdrawn WHERE id=?1)", id).Scan(&known)
	return known, err
}

const (
	// MaxEarly is how many reactions are kept of each contact for messages that
	// have not come.
	MaxEarly = 1000
	// EarlyFor is how long.
	EarlyFor = 30 * 24 * time.Hour
)

// PutEarly keeps a contact's reaction until its message comes.
func (t *Tx) PutEarly(contact model.ContactID, r Reaction, at time.Time) error {
	err := t.exec(`INSERT INTO early (conversation, id, emoji, revision, at) VALUES (`+conversation+`, ?2, ?3, ?4, ?5)
		ON CONFLICT (conversation, id) DO UPDATE SET emoji=excluded.emoji, revision=excluded.revision, at=excluded.at
			WHERE excluded.revision>early.revision`, contact, r.ID, r.Emoji, r.Revision, ms(at))
	if err != nil {
		return err
	}
	err = t.exec("DELETE FROM early WHERE conversation="+conversation+` AND (at<?2 OR id IN
		(SELECT id FROM early WHERE conversation=`+conversation+" ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?3))", contact, ms(at.Add(-EarlyFor)), MaxEarly)
	if err != nil {
		return err
	}
	return t.countEarly(contact)
}

func (t *Tx) countEarly(contact model.ContactID) error {
	return t.exec("UPDATE contacts SET early=(SELECT count(*) FROM early WHERE conversation=n) WHERE id=?", contact)
}

// TakeEarly puts the reaction on a message of theirs or ours that was kept for it,
// if there is one.
func (t *Tx) TakeEarly(contact model.ContactID, id model.MessageID, now time.Time) error {
	r := Reaction{ID: id}
	var at int64
	err := found(t.row("SELECT emoji, revision, at FROM early WHERE conversation="+conversation+" AND id=?2", contact, id).Scan(&r.Emoji, &r.Revision, &at))
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.exec("DELETE FROM early WHERE conversation="+conversation+" AND id=?2", contact, id); err != nil {
		return err
	}
	if now.Sub(unms(at)) <= EarlyFor {
		if _, err := t.React(contact, false, r); err != nil {
			return err
		}
	}
	return t.countEarly(contact)
}

// SetPinned, SetArchived, SetMuted, SetLabels and SetRemark store what the person
// wants of a contact.
func (t *Tx) SetPinned(id model.ContactID, pinned bool) error {
	return t.changed("UPDATE contacts SET pinned=?2 WHERE id=?1", id, pinned)
}

func (t *Tx) SetArchived(id model.ContactID, archived bool) error {
	return t.changed("UPDATE contacts SET archived=?2 WHERE id=?1", id, archived)
}

func (t *Tx) SetMuted(id model.ContactID, until time.Time) error {
	return t.changed("UPDATE contacts SET muted=?2 WHERE id=?1", id, ms(until))
}

func (t *Tx) SetLabels(id model.ContactID, labels []string) error {
	return t.changed("UPDATE contacts SET labels=?2 WHERE id=?1", id, strings.Join(labels, "\n"))
}

func (t *Tx) SetRemark(id model.ContactID, remark string) error {
	return t.changed("UPDATE contacts SET remark=?2 WHERE id=?1", id, remark)
}
