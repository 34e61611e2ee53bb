package store

import (
	"context"

	"github.com/ncruces/go-sqlite3"
)

// SQLite moves what is in its log into the database from time to time, and begins
// the log anew. That takes as long as some ten commits, so it is done when nobody
// waits (Checkpoint), and in a commit only if there is never such a time.
const (
	logSome = 1000 // pages; SQLite's own measure
	logMost = 2000
)

// watchLog has the length of the log noted with each commit.
func (db *DB) watchLog() {
	db.conn.WALHook(func(_ *sqlite3.Conn, _ string, pages int) error {
		db.logged = pages
		return nil
	})
}

// Checkpoint empties the log if it is worth the while.
func (db *DB) Checkpoint(ctx context.Context) error {
	select {
	case <-db.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { db.turn <- struct{}{} }()
	return db.checkpoint(logSome)
}

// checkpoint empties the log if it has so many pages. What fails is tried again:
// nothing is lost, the log just grows.
func (db *DB) checkpoint(pages int) error {
	if db.conn == nil || db.logged < pages {
		return nil
	}
	db.logged = 0
	_, _, err := db.conn.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
	return classify(err)
}
