package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestLogCutOff opens a database as a power cut leaves it that came while the
// log was written: it ends within a block.
func TestLogCutOff(t *testing.T) {
	from := t.TempDir()
	db := openTest(t, from, true)
	update(t, db, func(tx *Tx) error { return tx.SetMeta("kept", []byte("yes")) })
	for _, tail := range []int{1, 100, 4095} {
		dir := t.TempDir()
		for _, name := range []string{File, File + "-wal"} {
			b, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				t.Fatal(err)
			}
			if name != File {
				b = append(b, make([]byte, tail)...)
			}
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again := openTest(t, dir, false)
		update(t, again, func(tx *Tx) error {
			if v, err := tx.Meta("kept"); err != nil || string(v) != "yes" {
				t.Errorf("with %d bytes more: %q, %v", tail, v, err)
			}
			return nil
		})
	}
}

// TestOpenChangesNothing: what opening writes would grow with the database.
func TestOpenChangesNothing(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	fill(t, db, 1000)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	if err := openTest(t, dir, false).Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("opening and closing a database changed it")
	}
}
