package mailbox

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// File is the name of the database in a mailbox's directory.
const File = "mailbox.db"

// applicationID marks the file in SQLite's header as a mailbox ("SOTM").
const applicationID = 0x534f544d

// schema is the whole of what lies on the disk. Nothing else may; a test holds
// it against the list in docs/network.md. Times are whole days.
const schema = `
-- The mailbox's own count of days, and the last date on which it grew.
CREATE TABLE clock (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	day  INTEGER NOT NULL,
	date INTEGER NOT NULL                -- days since 1970
);

CREATE TABLE owners (
	owner INTEGER PRIMARY KEY,           -- random
	key   BLOB NOT NULL UNIQUE           -- Ed25519
);

CREATE TABLE queues (
	queue          INTEGER PRIMARY KEY,  -- random
	owner          INTEGER NOT NULL,
	deposit        BLOB NOT NULL UNIQUE, -- SHA-256 of the deposit id
	withdrawal     BLOB NOT NULL UNIQUE, -- SHA-256 of the withdrawal id
	deposit_key    BLOB NOT NULL,        -- Ed25519
	withdrawal_key BLOB NOT NULL         -- Ed25519
);

-- What lies in the queues, in order; see place.go for what a place is.
CREATE TABLE cells (
	place    INTEGER PRIMARY KEY,
	envelope BLOB NOT NULL,              -- first 16 bytes of the cell's SHA-256
	cell     BLOB                        -- NULL: a tombstone, the cell was deleted
);
CREATE UNIQUE INDEX cells_envelope ON cells (place >> 40, envelope);
`

// pageSize is the database's, in bytes.
const pageSize = 4096

// A database is the open file. One goroutine uses it.
type database struct {
	*sqlite3.Conn
	path string

	putCell, findCell, buryCell, fetchCells, firstCell, anyCell, sumQueue, sweepSum, sweepCells *sqlite3.Stmt
}

// openDatabase opens the database in dir and makes it if there is none. The
// directory is made, and both are for their owner alone. The file will not grow
// beyond maxBytes. Files names the SQLite file layer.
func openDatabase(dir string, maxBytes int64, files string) (*database, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, classify(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, classify(err)
	}
	path := filepath.Join(dir, File)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, classify(err)
	}
	err = f.Chmod(0o600)
	f.Close() // before SQLite opens it: closing gives up the locks of POSIX
	if err != nil {
		return nil, classify(err)
	}
	c, err := sqlite3.Open("file:" + uriPath(path) + "?modeof=" + uriPath(path) + "&vfs=" + files)
	if err != nil {
		return nil, classify(err)
	}
	db := &database{Conn: c, path: path}
	if err := db.ready(maxBytes); err != nil {
		db.release()
		return nil, classify(err)
	}
	// The names of the file and its log are to survive a crash too.
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
	return db, nil
}

// ready looks at what the file is before anything in it may change, and makes
// the tables of a new one.
func (db *database) ready(maxBytes int64) error {
	// Until then even the log is left as it is.
	if _, err := db.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true); err != nil {
		return err
	}
	if err := db.Exec(`PRAGMA busy_timeout=0; PRAGMA locking_mode=exclusive; PRAGMA temp_store=memory`); err != nil {
		return err
	}
	version, err := db.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	app, err := db.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	tables, err := db.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	switch {
	case version == 0 && app == 0 && tables == 0:
	case app != applicationID:
		return fmt.Errorf("%w: another program's database", ErrDamaged)
	case version > 1:
		return fmt.Errorf("%w: version %d", ErrNewer, version)
	case version < 1:
		return fmt.Errorf("%w: no version", ErrDamaged)
	}
	if _, err := db.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, false); err != nil {
		return err
	}
	fresh := version == 0
	if fresh {
		err := db.Exec(fmt.Sprintf("PRAGMA page_size=%d; PRAGMA auto_vacuum=incremental", pageSize))
		if err != nil {
			return err
		}
		if err := db.EnableChecksums("main"); err != nil {
			return err
		}
	}
	err = db.Exec(fmt.Sprintf(`
		PRAGMA journal_mode=wal;
		PRAGMA synchronous=full;
		PRAGMA secure_delete=on;
		PRAGMA cache_size=-4096;
		PRAGMA journal_size_limit=%d;
		PRAGMA max_page_count=%d`, 8<<20, max(maxBytes/pageSize, 64)))
	if err != nil {
		return err
	}
	if fresh {
		err := db.Exec(fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA application_id=%d; PRAGMA user_version=1; COMMIT", schema, applicationID))
		if err != nil {
			return err
		}
	}
	return db.prepare()
}

func (db *database) prepare() (err error) {
	for to, query := range map[**sqlite3.Stmt]string{
		&db.putCell:    "INSERT INTO cells (place, envelope, cell) VALUES (?, ?, ?)",
		&db.findCell:   "SELECT place, length(cell) FROM cells WHERE place >> 40 = ? AND envelope = ?",
		&db.buryCell:   "UPDATE cells SET cell = NULL WHERE place = ?",
		&db.fetchCells: "SELECT place, cell FROM cells WHERE place > ? AND place < ? AND cell IS NOT NULL ORDER BY place",
		&db.firstCell:  "SELECT place FROM cells WHERE place > ? AND place < ? AND cell IS NOT NULL ORDER BY place LIMIT 1",
		&db.anyCell:    "SELECT place FROM cells WHERE place >= ? ORDER BY place LIMIT 1",
		&db.sumQueue:   "SELECT count(*), count(cell), coalesce(sum(length(cell)), 0), max(place) FROM cells WHERE place >= ? AND place < ?",
		&db.sweepSum:   "SELECT count(*), count(cell), coalesce(sum(length(cell)), 0), max(place) FROM (SELECT place, cell FROM cells WHERE place >= ? AND place < ? ORDER BY place LIMIT ?)",
		&db.sweepCells: "DELETE FROM cells WHERE place >= ? AND place <= ?",
	} {
		if *to, _, err = db.PrepareFlags(query, sqlite3.PREPARE_PERSISTENT); err != nil {
			return err
		}
	}
	return nil
}

// number returns the first column of the first row, or 0 without a row.
func (db *database) number(query string) (n int64, err error) {
	err = db.each(query, func(s *sqlite3.Stmt) error { n = s.ColumnInt64(0); return nil })
	return n, err
}

// each calls f for every row.
func (db *database) each(query string, f func(*sqlite3.Stmt) error) error {
	s, _, err := db.Prepare(query)
	if err != nil {
		return err
	}
	defer s.Close()
	for s.Step() {
		if err := f(s); err != nil {
			return err
		}
	}
	return s.Err()
}

// run binds the parameters and calls f, if there is one, for every row.
func run(s *sqlite3.Stmt, f func(), params ...any) error {
	for i, p := range params {
		var err error
		switch p := p.(type) {
		case int64:
			err = s.BindInt64(i+1, p)
		case []byte:
			err = s.BindBlob(i+1, p)
		}
		if err != nil {
			return err
		}
	}
	for s.Step() {
		if f != nil {
			f()
		}
	}
	err := s.Err()
	return errors.Join(err, s.Reset())
}

// exec prepares and runs a statement that is not used often.
func (db *database) exec(query string, params ...any) error {
	s, _, err := db.Prepare(query)
	if err != nil {
		return err
	}
	return errors.Join(run(s, nil, params...), s.Close())
}

// clear empties the log, so that nothing of what was deleted is left in it.
func (db *database) clear() error {
	_, _, err := db.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	return err
}

// close empties the log and closes the file.
func (db *database) close() error {
	return errors.Join(db.clear(), db.release())
}

// release closes the file.
func (db *database) release() error {
	for _, s := range slices.Collect(db.Stmts()) {
		s.Close()
	}
	return db.Close()
}

// size is how many bytes of the file are in use, and how many there are.
func (db *database) size() (used, all int64, err error) {
	pages, err := db.number("PRAGMA page_count")
	if err != nil {
		return 0, 0, err
	}
	free, err := db.number("PRAGMA freelist_count")
	return (pages - free) * pageSize, pages * pageSize, err
}

// full reports whether an error means that there is no space.
func full(err error) bool {
	return errors.Is(err, sqlite3.FULL) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// classify gives an error of SQLite or of the system its kind.
func classify(err error) error {
	var kind error
	switch {
	case err == nil, errors.Is(err, ErrNewer), errors.Is(err, ErrDamaged):
		return err
	case full(err):
		kind = ErrNoSpace
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.IOERR_DATA),
		errors.Is(err, sqlite3.IOERR_SHORT_READ), errors.Is(err, sqlite3.IOERR_CORRUPTFS),
		errors.Is(err, sqlite3.ERROR): // a table that is not there
		kind = ErrDamaged
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		kind = ErrInUse
	case errors.Is(err, sqlite3.READONLY), errors.Is(err, sqlite3.PERM), errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = ErrPermission
	default:
		kind = ErrFault
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// uriPath escapes a path for use in an SQLite URI, as a path or as the value of
// a parameter.
func uriPath(path string) string {
	return strings.ReplaceAll(url.PathEscape(path), "&", "%26")
}
