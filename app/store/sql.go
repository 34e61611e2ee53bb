package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"

	"github.com/ncruces/go-sqlite3"

	"sotto/app/model"
)

// This file is how the rest of the package speaks SQL: parameters are bound and
// columns read by Go type, and each statement is compiled once and kept, since
// compiling costs as much as running.

// Tx is a transaction. It is valid inside the function it was given to, on that
// goroutine.
type Tx struct {
	db    *DB
	begun bool
}

var errOver = errors.New("store: the transaction was undone")

// statements keeps compiled statements that are not in use, by their text.
type statements map[string]*sqlite3.Stmt

func (s statements) close() {
	for query, stmt := range s {
		stmt.Close()
		delete(s, query)
	}
}

// Try runs f so that its writes are undone if it fails, and nothing else is.
// Whoever goes on after an error asks Over first.
func (t *Tx) Try(f func() error) error {
	if err := t.exec("SAVEPOINT try"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		return t.exec("RELEASE try")
	}
	if !t.Over() {
		if err := t.script("ROLLBACK TO try; RELEASE try"); err != nil {
			return err
		}
	}
	return err
}

// Over reports whether SQLite has ended the transaction by itself and undone all
// of it, as it does when the disk is full.
func (t *Tx) Over() bool { return t.db.conn.GetAutocommit() }

// start takes or compiles the statement and binds args to it.
func (t *Tx) start(query string, args []any) (*sqlite3.Stmt, error) {
	if t.begun && t.Over() {
		// What is written now would be committed at once and alone.
		return nil, errOver
	}
	stmt := t.db.ready[query]
	if stmt != nil {
		// The same statement may be needed again before this one is done.
		delete(t.db.ready, query)
	} else {
		var tail string
		var err error
		if stmt, tail, err = t.db.conn.PrepareFlags(query, sqlite3.PREPARE_PERSISTENT); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		if tail != "" {
			stmt.Close()
			return nil, errors.New("store: more than one statement")
		}
	}
	for i, arg := range args {
		if err := bind(stmt, i+1, arg); err != nil {
			t.finish(query, stmt)
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	return stmt, nil
}

// finish ends what start began and returns the statement's error.
func (t *Tx) finish(query string, stmt *sqlite3.Stmt) error {
	err := stmt.Reset()
	stmt.ClearBindings() // texts and keys are not kept longer than needed
	if old := t.db.ready[query]; old != nil {
		old.Close()
	}
	t.db.ready[query] = stmt
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// exec runs a statement to its end.
func (t *Tx) exec(query string, args ...any) error {
	stmt, err := t.start(query, args)
	if err != nil {
		return err
	}
	for stmt.Step() {
	}
	return t.finish(query, stmt)
}

// script runs statements without parameters.
func (t *Tx) script(queries string) error {
	if err := t.db.conn.Exec(queries); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// count is exec, and tells how many rows the statement touched.
func (t *Tx) count(query string, args ...any) (int64, error) {
	if err := t.exec(query, args...); err != nil {
		return 0, err
	}
	return t.db.conn.Changes(), nil
}

// changed is exec for statements that must touch a row: kind NotFound.
func (t *Tx) changed(query string, args ...any) error {
	n, err := t.count(query, args...)
	if err == nil && n == 0 {
		err = model.E(model.NotFound, "", nil)
	}
	return err
}

// inserted is exec, and returns the id of the row that was inserted.
func (t *Tx) inserted(query string, args ...any) (int64, error) {
	if err := t.exec(query, args...); err != nil {
		return 0, err
	}
	return t.db.conn.LastInsertRowID(), nil
}

var errNoRows = errors.New("store: no rows")

// row is a query for one row, asked by Scan.
type row struct {
	t     *Tx
	query string
	args  []any
}

func (t *Tx) row(query string, args ...any) row { return row{t, query, args} }

// Scan reads the first row, or fails with errNoRows.
func (r row) Scan(dest ...any) error {
	stmt, err := r.t.start(r.query, r.args)
	if err != nil {
		return err
	}
	there := stmt.Step()
	if there {
		err = scan(stmt, dest)
	}
	if ferr := r.t.finish(r.query, stmt); ferr != nil {
		return ferr
	}
	if err == nil && !there {
		err = errNoRows
	}
	return err
}

// each calls f for every row of the result.
func (t *Tx) each(f func(scan func(...any) error) error, query string, args ...any) error {
	stmt, err := t.start(query, args)
	if err != nil {
		return err
	}
	read := func(dest ...any) error { return scan(stmt, dest) }
	for stmt.Step() {
		if err := f(read); err != nil {
			t.finish(query, stmt)
			return err
		}
	}
	return t.finish(query, stmt)
}

// found turns "no rows" into NotFound.
func found(err error) error {
	if errors.Is(err, errNoRows) {
		return model.E(model.NotFound, "", nil)
	}
	return err
}

// bind sets a parameter. An empty slice is an empty value and not NULL; NULL is
// not used here.
func bind(stmt *sqlite3.Stmt, i int, v any) error {
	switch v := v.(type) {
	case []byte:
		if len(v) == 0 {
			return stmt.BindZeroBlob(i, 0)
		}
		return stmt.BindBlob(i, v)
	case string:
		return stmt.BindText(i, v)
	case int64:
		return stmt.BindInt64(i, v)
	case bool:
		return stmt.BindBool(i, v)
	case model.MessageID: // hex, stored as the 16 bytes it stands for
		b, err := hex.DecodeString(string(v))
		if err != nil {
			return errors.New("a message id is not hex")
		}
		return bind(stmt, i, b)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return stmt.BindText(i, r.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return stmt.BindInt64(i, r.Int())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return stmt.BindInt64(i, int64(r.Uint()))
	}
	return fmt.Errorf("no parameter can be a %T", v)
}

// scan reads the columns of the row that stmt stands on.
func scan(stmt *sqlite3.Stmt, dest []any) error {
	for i, d := range dest {
		switch d := d.(type) {
		case *[]byte:
			*d = stmt.ColumnBlob(i, nil)
		case *string:
			*d = stmt.ColumnText(i)
		case *int64:
			*d = stmt.ColumnInt64(i)
		case *bool:
			*d = stmt.ColumnBool(i)
		case *model.MessageID:
			*d = model.MessageID(hex.EncodeToString(stmt.ColumnRawBlob(i)))
		default:
			switch r := reflect.ValueOf(d).Elem(); r.Kind() {
			case reflect.String:
				r.SetString(stmt.ColumnText(i))
			case reflect.Int, reflect.Int32, reflect.Int64:
				r.SetInt(stmt.ColumnInt64(i))
			case reflect.Uint32, reflect.Uint64:
				r.SetUint(uint64(stmt.ColumnInt64(i)))
			default:
				return fmt.Errorf("store: no column can be a %T", d)
			}
		}
	}
	return nil
}
