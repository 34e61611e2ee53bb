// Package store is the encrypted database of a profile: one SQLite file whose
// pages are enciphered by Adiantum under a key of the vault and carry a
// checksum, so that an altered or damaged page is noticed when it is read.
//
// What would let a thief impersonate somebody or read on (ratchet states,
// device keys, open invitations) is sealed once more, record by record, under
// another key of the vault (docs/protocol.md §8).
//
// Everything happens in transactions: [DB.Update] commits durably (fsync) or
// changes nothing. A profile belongs to one process, which holds one
// connection; transactions are therefore one after the other.
package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the enciphering file layer

	"sotto/app/model"
)

// File is the name of the database inside a profile's directory.
const File = "sotto.db"

// applicationID marks the file as Sotto's in SQLite's header ("SOTT").
const applicationID = 0x534f5454

// Sealer seals single records; the vault's keys are one (docs/protocol.md §8).
type Sealer interface {
	// SealRecord enciphers plain, bound to the table, the record's id and a version.
	SealRecord(table, id string, version uint32, plain []byte) ([]byte, error)
	// OpenRecord undoes SealRecord and fails if anything differs.
	OpenRecord(table, id string, version uint32, sealed []byte) ([]byte, error)
}

// recordVersion is bound into every sealed record; it changes when the format
// of sealed records does.
const recordVersion = 1

// DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	sealer Sealer
	turn   chan struct{} // holds a token while nobody uses conn
	conn   *sqlite3.Conn // nil once closed
	ready  statements
	queued int64                     // the newest id given in the outbox, or found there when it was opened
	last   map[model.ContactID]int64 // and to each contact, in this run
	due    atomic.Int64              // when the next message is to disappear; see disappear.go
	at     func(point string)
	logged int // pages in the log
}

// Options say how to open a database.
type Options struct {
	Create bool         // make it if it is not there
	Files  string       // the enciphering SQLite file layer; "" is Adiantum on the system's files
	At     func(string) // called before and after each commit; see app.Surroundings
}

// Open opens the database in dir, and makes it if so asked. key is the 32
// byte page key. Errors are of kind ProfileDamaged, ProfileNewer, ProfileInUse,
// NoSpace or NoPermission.
func Open(ctx context.Context, dir string, key []byte, sealer Sealer, o Options) (*DB, error) {
	path := filepath.Join(dir, File)
	if o.Files == "" {
		o.Files = "adiantum"
	}
	if o.At == nil {
		o.At = func(string) {}
	}
	if !o.Create {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, model.E(model.ProfileDamaged, "the database is missing", err)
		}
	}
	if err := touch(path); err != nil {
		return nil, classify(err)
	}
	if err := wholeBlocks(path + "-wal"); err != nil {
		return nil, classify(err)
	}
	conn, err := sqlite3.OpenContext(ctx, "file:"+uriPath(path)+"?vfs="+gathering(o.Files)+"&modeof="+uriPath(path))
	if err != nil {
		return nil, classify(err)
	}
	db := &DB{sealer: sealer, turn: make(chan struct{}, 1), conn: conn, ready: make(statements), last: make(map[model.ContactID]int64), at: o.At}
	db.turn <- struct{}{}
	db.watchLog()
	if err := prepare(conn, key); err != nil {
		db.Close()
		return nil, classify(err)
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, classify(err)
	}
	if err := db.Update(ctx, func(t *Tx) error { return t.row("SELECT coalesce(max(id), 0) FROM outbox").Scan(&db.queued) }); err != nil {
		db.Close()
		return nil, classify(err)
	}
	return db, nil
}

// prepare readies a new connection. The order matters: key, then locking mode,
// then everything that reads the file.
func prepare(c *sqlite3.Conn, key []byte) error {
	for _, pragma := range []string{
		"PRAGMA hexkey='" + hex.EncodeToString(key) + "'",
		"PRAGMA busy_timeout=0", // nobody else is to have it; see app's lock
		"PRAGMA locking_mode=exclusive",
		"PRAGMA temp_store=memory",
	} {
		if err := c.Exec(pragma); err != nil {
			return withoutQuery(err)
		}
	}
	// This reads the header. Until it is read checksums are taken for new, and the
	// whole database would be written anew.
	if err := c.Exec("PRAGMA synchronous=full; PRAGMA schema_version"); err != nil {
		return err
	}
	// SQLite fills the log up to the end of a block with each commit, so that no
	// later write touches a block with something committed: a block is enciphered
	// as a whole, and cut off it is lost as a whole. But a power cut can take the
	// filling, and then the next transaction would begin in that block. So the log
	// begins anew. On a full disk it may be that it cannot.
	c.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	if err := c.EnableChecksums("main"); err != nil {
		return err
	}
	if err := searchable(c); err != nil {
		return err
	}
	return c.Exec(`
		PRAGMA journal_mode=wal;
		PRAGMA secure_delete=on;
		PRAGMA foreign_keys=on;
		PRAGMA cache_size=-16384;`)
}

// withoutQuery drops the statement from an error, because it holds the key.
func withoutQuery(err error) error {
	var e *sqlite3.Error
	if errors.As(err, &e) {
		return fmt.Errorf("store: setting the page key: %w", e.Code())
	}
	return errors.New("store: setting the page key failed")
}

// touch makes the file, readable by its owner alone, before SQLite would make
// it with wider rights.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// block is what is enciphered at once, in bytes.
const block = 4096

// wholeBlocks takes from the end of SQLite's log a block that was cut off while
// it was written: it cannot be deciphered, and SQLite would give up reading the
// whole log there. No transaction that was committed ends in it.
func wholeBlocks(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Size()%block == 0 {
		return err
	}
	return os.Truncate(path, info.Size()-info.Size()%block)
}

// Close writes the log back into the file and closes it.
func (db *DB) Close() error {
	<-db.turn
	defer func() { db.turn <- struct{}{} }()
	if db.conn == nil {
		return nil
	}
	db.ready.close()
	err := db.conn.Close()
	db.conn = nil
	return err
}

// Update runs f in a transaction and commits it durably. If f or the commit
// fails, nothing is changed. Reading is done in Update too: with one connection
// there is nothing to gain from a second kind of transaction, and a transaction
// that wrote nothing costs no fsync.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	select {
	case <-db.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { db.turn <- struct{}{} }()
	if db.conn == nil {
		return model.E(model.Closed, "", nil)
	}
	// Once begun, a transaction is interrupted by ctx up to its commit and not
	// within it: whoever asked is to know what became of it.
	t := &Tx{db: db}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return classify(err)
	}
	t.begun = true
	db.conn.SetInterrupt(ctx)
	err := f(t)
	db.conn.SetInterrupt(context.Background())
	if err == nil {
		db.at("before commit")
		err = t.exec("COMMIT")
		db.at("after commit")
	}
	// A full disk may have ended the transaction already.
	if err != nil && !t.Over() {
		t.exec("ROLLBACK")
	}
	if err == nil {
		db.checkpoint(logMost) // what was asked for is done, whatever becomes of this
	}
	if damagedIndex(err) {
		return db.renewIndex()
	}
	return classify(err)
}

// classify gives an error of SQLite or of the system the kind that a person
// can be told.
func classify(err error) error {
	if err == nil || model.KindOf(err) != "" {
		return err
	}
	switch {
	case errors.Is(err, sqlite3.FULL), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return model.E(model.NoSpace, "", err)
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.IOERR_DATA),
		errors.Is(err, sqlite3.IOERR_SHORT_READ), errors.Is(err, sqlite3.IOERR_CORRUPTFS):
		return model.E(model.ProfileDamaged, "database", err)
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return model.E(model.ProfileInUse, "", err)
	case errors.Is(err, sqlite3.READONLY), errors.Is(err, sqlite3.PERM), errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return model.E(model.NoPermission, "", err)
	}
	return err
}

// ms is how times are stored: milliseconds since 1970, 0 for no time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func unms(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v)
}
