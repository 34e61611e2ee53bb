package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"sotto/app/model"
)

// migrations bring a database from one version to the next: migrations[i] from
// version i to i+1. One that has been released is never changed.
var migrations = []string{
	// 1: the first version.
	`
-- What the profile is: one value a name. Secrets are sealed.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE contacts (
	n         INTEGER PRIMARY KEY,        -- what messages call it
	id        TEXT NOT NULL UNIQUE,       -- account id, hex
	claimed   TEXT NOT NULL,              -- their name for themselves
	renamed   TEXT NOT NULL DEFAULT '',   -- ours for them
	trust     TEXT NOT NULL,
	in_person INTEGER NOT NULL DEFAULT 0, -- verified as soon as confirmed
	blocked   INTEGER NOT NULL DEFAULT 0,
	alarm     TEXT NOT NULL DEFAULT '',
	identity  BLOB NOT NULL,              -- account keys, device list, device keys: all public
	peer      TEXT NOT NULL,              -- transport peer id
	added     INTEGER NOT NULL,
	last_seen INTEGER NOT NULL DEFAULT 0,
	draft     TEXT NOT NULL DEFAULT '',
	read_row  INTEGER NOT NULL DEFAULT 0, -- messages up to here were seen
	sent_pos  INTEGER NOT NULL DEFAULT 0, -- position of our newest message (docs/protocol.md §9)
	have      BLOB NOT NULL DEFAULT x''   -- positions of theirs that have come
);

-- Where a contact was or says it is, newest first in use.
CREATE TABLE addresses (
	contact TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
	address TEXT NOT NULL,
	seen    INTEGER NOT NULL,             -- 0: announced, never reached
	PRIMARY KEY (contact, address)
) WITHOUT ROWID;

CREATE TABLE sessions (
	id       INTEGER PRIMARY KEY,
	contact  TEXT NOT NULL,               -- a contact, or the account of a request
	device   BLOB NOT NULL,               -- public keys of the contact's device
	state    BLOB NOT NULL,               -- sealed
	out_seq  INTEGER NOT NULL DEFAULT 0,  -- the last sequence number given out
	in_acks  BLOB NOT NULL DEFAULT x'',   -- the sequence numbers received
	created  INTEGER NOT NULL,
	current  INTEGER NOT NULL DEFAULT 0,  -- the one to send on
	retired  INTEGER NOT NULL DEFAULT 0,  -- since when it only receives, until it is deleted
	replaces INTEGER NOT NULL DEFAULT 0,  -- of a reset: the session whose place it takes
	fresh    INTEGER NOT NULL DEFAULT 0,  -- of a reset: by somebody who held that session
	underway BLOB NOT NULL DEFAULT x'',   -- once it was replaced: the sequence numbers that were under way to us
	request  BLOB NOT NULL DEFAULT x''    -- of a reset of ours: sent until it is answered
);
CREATE INDEX sessions_contact ON sessions (contact);

CREATE TABLE messages (
	row          INTEGER PRIMARY KEY,         -- the order in which they are shown; see places.go
	id           BLOB NOT NULL UNIQUE,
	conversation INTEGER NOT NULL REFERENCES contacts (n) ON DELETE CASCADE,
	outgoing     INTEGER NOT NULL,
	pos          INTEGER NOT NULL,            -- its writer's count in this conversation, 0 if it has none, below 0 if that was used before; see places.go
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL DEFAULT '',    -- why it failed
	text         TEXT NOT NULL,
	time         INTEGER NOT NULL,
	state_time   INTEGER NOT NULL,
	arrived      INTEGER NOT NULL DEFAULT 0,  -- when it was stored by the recipient, here or there, if it was
	session      INTEGER NOT NULL DEFAULT 0,  -- in which it came, or was acknowledged
	edition      INTEGER NOT NULL DEFAULT 0,  -- how often the text was replaced
	missing      INTEGER NOT NULL DEFAULT 0,  -- how many just before it have not come
	held         INTEGER NOT NULL DEFAULT 0,  -- by how many of their mailboxes
	mailboxes    INTEGER NOT NULL DEFAULT 0,  -- of how many
	revision     INTEGER NOT NULL DEFAULT 1,
	unconfirmed  INTEGER NOT NULL DEFAULT 0,
	quarantined  INTEGER NOT NULL DEFAULT 0,
	note         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX messages_place ON messages (conversation, row);
CREATE INDEX messages_position ON messages (conversation, outgoing, pos) WHERE pos > 0;
CREATE INDEX messages_unread ON messages (conversation, row) WHERE outgoing = 0 AND state = 'delivered';
CREATE INDEX messages_unread_there ON messages (conversation, pos) WHERE outgoing = 1 AND state = 'delivered';
CREATE INDEX messages_waiting ON messages (conversation, row) WHERE outgoing = 1 AND state IN ('waiting', 'stored');
CREATE INDEX messages_unconfirmed ON messages (session) WHERE unconfirmed = 1;

-- What happened to a message on its way that does not follow from its row.
CREATE TABLE trail (
	message   INTEGER NOT NULL REFERENCES messages (row) ON UPDATE CASCADE ON DELETE CASCADE,
	at        INTEGER NOT NULL,
	kind      TEXT NOT NULL,
	mailbox   TEXT NOT NULL DEFAULT '',
	via       TEXT NOT NULL DEFAULT '',
	reason    TEXT NOT NULL DEFAULT '',
	held      INTEGER NOT NULL DEFAULT 0,
	mailboxes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX trail_message ON trail (message);

-- Ids of messages of theirs that were taken back before they came.
CREATE TABLE withdrawn (
	id BLOB PRIMARY KEY,
	at INTEGER NOT NULL
) WITHOUT ROWID;

-- Sealed cells that are not acknowledged yet.
CREATE TABLE outbox (
	id      INTEGER PRIMARY KEY,          -- in the order of sending; never given twice
	contact TEXT NOT NULL,
	session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
	seq     INTEGER NOT NULL,             -- 0: it begins the session
	message BLOB NOT NULL,                -- id of the message that it brings or takes back, or empty
	notice  INTEGER NOT NULL,             -- it takes it back
	cell    BLOB NOT NULL,
	created INTEGER NOT NULL
);
CREATE INDEX outbox_contact ON outbox (contact, id);
CREATE UNIQUE INDEX outbox_seq ON outbox (session, seq);
CREATE INDEX outbox_message ON outbox (message) WHERE length(message) > 0;

-- Cells taken in already, so that a copy is known before it is opened.
CREATE TABLE seen (
	envelope BLOB PRIMARY KEY,            -- first 16 bytes of the cell's SHA-256
	at       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at);

CREATE TABLE invitations (
	id      TEXT PRIMARY KEY,             -- the token by which it is asked for
	mode    TEXT NOT NULL,
	state   TEXT NOT NULL,
	offer   BLOB NOT NULL,                -- sealed; empty once it is used up
	bundle  BLOB NOT NULL,                -- the cell that is handed out
	secret  BLOB NOT NULL,                -- the link, sealed: tells a second user from noise
	request BLOB NOT NULL DEFAULT x'',    -- SHA-256 of the first message that used it
	used_by TEXT NOT NULL DEFAULT '',     -- account id
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE requests (
	id         TEXT PRIMARY KEY,
	contact    TEXT NOT NULL,             -- account id
	name       TEXT NOT NULL,
	text       TEXT NOT NULL,
	message    TEXT NOT NULL,             -- message id of text
	time       INTEGER NOT NULL,          -- when text was written
	mode       TEXT NOT NULL,
	invitation TEXT NOT NULL,
	identity   BLOB NOT NULL,
	peer       TEXT NOT NULL,
	addresses  TEXT NOT NULL,             -- one a line
	session    INTEGER NOT NULL,
	arrived    INTEGER NOT NULL
) WITHOUT ROWID;

-- Accounts that asked and are not to ask again.
CREATE TABLE refused (
	account TEXT PRIMARY KEY,
	at      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE joins (
	id       TEXT PRIMARY KEY,
	link     BLOB NOT NULL,               -- sealed; empty once it is over
	mode     TEXT NOT NULL,
	state    TEXT NOT NULL,
	name     TEXT NOT NULL DEFAULT '',
	contact  TEXT NOT NULL DEFAULT '',
	session  INTEGER NOT NULL DEFAULT 0,
	bundle   BLOB NOT NULL DEFAULT x'',   -- theirs, as fetched
	request  BLOB NOT NULL DEFAULT x'',   -- our first message: resent as it is
	own      TEXT NOT NULL DEFAULT '',    -- in person: our invitation that they scan
	problem  TEXT NOT NULL DEFAULT '',
	started  INTEGER NOT NULL,
	expires  INTEGER NOT NULL
) WITHOUT ROWID;

-- Reset bundles that we gave, with their private halves.
CREATE TABLE reset_offers (
	token   BLOB PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
	offer   BLOB NOT NULL,                -- sealed; empty once it is used
	request BLOB NOT NULL DEFAULT x'',    -- SHA-256 of the first message that used it
	began   INTEGER NOT NULL DEFAULT 0    -- the session that it began
) WITHOUT ROWID;

-- Reset bundles that we got. They have a secret in them.
CREATE TABLE reset_bundles (
	id      INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
	bundle  BLOB NOT NULL                 -- sealed
);
CREATE INDEX reset_bundles_session ON reset_bundles (session);
`,
	mailboxTables,
	searchTables,
	actionTables,
	surplusTable,
	takenOutTable,
}

// migrate brings the database to this program's version, each step in a
// transaction of its own. One from the future is left as it is.
func (db *DB) migrate(ctx context.Context) error {
	var version, app int
	err := db.Update(ctx, func(t *Tx) error {
		if err := t.row("PRAGMA application_id").Scan(&app); err != nil {
			return err
		}
		return t.row("PRAGMA user_version").Scan(&version)
	})
	if err != nil {
		return err
	}
	switch {
	case version > len(migrations):
		return model.E(model.ProfileNewer, fmt.Sprintf("database version %d", version), nil)
	case version > 0 && app != applicationID:
		return model.E(model.ProfileDamaged, "not a database of Sotto", nil)
	}
	for ; version < len(migrations); version++ {
		err := db.Update(ctx, func(t *Tx) error {
			if err := t.script(migrations[version]); err != nil {
				return err
			}
			db.at("migrating")
			// PRAGMA takes no parameters; both values are ours.
			return t.script(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version+1))
		})
		if err != nil {
			return err
		}
	}
	return db.Update(ctx, (*Tx).currentIndex)
}

// uriPath escapes a path for use in an SQLite URI, as a path or as the value of
// a parameter.
func uriPath(path string) string {
	return strings.ReplaceAll(url.PathEscape(path), "&", "%26")
}
