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
	id        TEXT PRIMARY KEY,           -- account id, hex
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
	read_row  INTEGER NOT NULL DEFAULT 0  -- messages up to here were seen
) WITHOUT ROWID;

-- Where a contact was or says it is, newest first in use.
CREATE TABLE addresses (
	contact TEXT NOT NULL REFERENCES contacts ON DELETE CASCADE,
	address TEXT NOT NULL,
	seen    INTEGER NOT NULL,             -- 0: announced, never reached
	PRIMARY KEY (contact, address)
) WITHOUT ROWID;

CREATE TABLE sessions (
	id       INTEGER PRIMARY KEY,
	contact  TEXT NOT NULL,               -- a contact, or the account of a request
	state    BLOB NOT NULL,               -- sealed
	out_seq  INTEGER NOT NULL DEFAULT 0,  -- the last sequence number given out
	in_acks  BLOB NOT NULL DEFAULT x'',   -- the sequence numbers received
	created  INTEGER NOT NULL,
	current  INTEGER NOT NULL DEFAULT 0,  -- the one to send on
	retired  INTEGER NOT NULL DEFAULT 0   -- since when it only receives, until it is deleted
);
CREATE INDEX sessions_contact ON sessions (contact);

-- The tag in the clear at the head of a cell picks the session.
CREATE TABLE tags (
	tag     BLOB PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX tags_session ON tags (session);

CREATE TABLE messages (
	row         INTEGER PRIMARY KEY AUTOINCREMENT,
	id          TEXT NOT NULL UNIQUE,
	contact     TEXT NOT NULL REFERENCES contacts ON DELETE CASCADE,
	outgoing    INTEGER NOT NULL,
	state       TEXT NOT NULL,
	text        TEXT NOT NULL,
	time        INTEGER NOT NULL,
	state_time  INTEGER NOT NULL,
	revision    INTEGER NOT NULL DEFAULT 1,
	session     INTEGER NOT NULL,
	seq         INTEGER NOT NULL,         -- in that session and direction
	unconfirmed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX messages_contact ON messages (contact, row);
CREATE INDEX messages_unread ON messages (contact, row) WHERE outgoing = 0 AND state = 'delivered';
CREATE INDEX messages_seq ON messages (session, outgoing, seq);

-- Sealed cells that are not acknowledged yet.
CREATE TABLE outbox (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	contact TEXT NOT NULL,
	session INTEGER NOT NULL,
	seq     INTEGER NOT NULL,
	message TEXT NOT NULL DEFAULT '',     -- the message inside, if it is one
	cell    BLOB NOT NULL,
	created INTEGER NOT NULL
);
CREATE INDEX outbox_contact ON outbox (contact, id);
CREATE UNIQUE INDEX outbox_seq ON outbox (session, seq);

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
`,
	// 2: resets, device lists that change.
	`
ALTER TABLE sessions ADD COLUMN device   BLOB NOT NULL DEFAULT x'';   -- public keys of the contact's device
ALTER TABLE sessions ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;  -- of a reset: the session whose place it takes
ALTER TABLE sessions ADD COLUMN fresh    INTEGER NOT NULL DEFAULT 0;  -- of a reset: by somebody who held that session
ALTER TABLE sessions ADD COLUMN request  BLOB NOT NULL DEFAULT x'';   -- of a reset of ours: sent until it is answered

ALTER TABLE messages ADD COLUMN note        TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;

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
			// PRAGMA takes no parameters; both values are ours.
			return t.script(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version+1))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// uriPath escapes a path for use in an SQLite URI, as a path or as the value of
// a parameter.
func uriPath(path string) string {
	return strings.ReplaceAll(url.PathEscape(path), "&", "%26")
}
