package mailbox

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"sotto/p2p/node"
)

// allowed is all that may lie on a mailbox's disk: docs/network.md has the same
// list. For each column there is what its values look like, in SQLite's notation.
var allowed = map[string]*regexp.Regexp{
	"clock.one":             regexp.MustCompile(`^1$`),
	"clock.day":             days5,
	"clock.date":            days5,
	"owners.owner":          regexp.MustCompile(`^\d+$`),
	"owners.key":            blob32,
	"queues.queue":          regexp.MustCompile(`^\d{1,7}$`),
	"queues.owner":          regexp.MustCompile(`^\d+$`),
	"queues.deposit":        blob32,
	"queues.withdrawal":     blob32,
	"queues.deposit_key":    blob32,
	"queues.withdrawal_key": blob32,
	"cells.place":           regexp.MustCompile(`^\d+$`),
	"cells.envelope":        regexp.MustCompile(`^X'[0-9A-F]{32}'$`),
	"cells.cell":            regexp.MustCompile(`^(NULL|X'([0-9A-F]{2})+')$`),
}

var (
	days5  = regexp.MustCompile(`^\d{1,5}$`)
	blob32 = regexp.MustCompile(`^X'[0-9A-F]{64}'$`)
)

// files returns what lies in a directory, each file's content.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	ok(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		ok(t, err)
		all[e.Name()] = b
	}
	return all
}

// TestDiskAllowlist uses a mailbox in every way, and looks at each value in its
// database, and in the bytes of its files for what must not be there.
func TestDiskAllowlist(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "box")
	secret := NewSeed()
	s := open(t, dir, roomy(), SecretAccess(secret))
	p := serve(t, s)
	ctx := t.Context()
	alice, bob := dial(t, p), dial(t, p)
	owner := Owner{Seed: NewSeed(), Secret: secret}
	var queues []Queue
	for range 3 {
		q := NewQueue()
		queues = append(queues, q)
		ok(t, alice.Create(ctx, owner, q))
	}
	before := time.Now()
	var deleted []Envelope
	var gone [][]byte
	for i := range 20 {
		cell := randomCell(3000)
		_, err := bob.Put(ctx, queues[i%3].Deposit, [][]byte{cell, randomCell(500)})
		ok(t, err)
		if i%3 == 0 {
			deleted, gone = append(deleted, EnvelopeOf(cell)), append(gone, cell)
		}
		if i%3 == 2 {
			gone = append(gone, cell) // its queue is removed
		}
	}
	_, _, err := alice.Fetch(ctx, queues[0].Withdrawal, 0)
	ok(t, err)
	_, err = alice.Watch(ctx, []Watched{{Withdrawal: queues[1].Withdrawal}}, time.Second)
	ok(t, err)
	ok(t, alice.Delete(ctx, queues[0].Withdrawal, deleted))
	ok(t, alice.Remove(ctx, owner, queues[2].Withdrawal.ID))
	until(t, func() bool {
		left := 1
		s.box.call(func(*transaction) error { left = len(s.box.sweeps); return nil })
		return left == 0
	})
	peers := map[string]string{"the mailbox": string(p.node.ID())}
	s.mu.Lock()
	for id := range s.peers {
		peers["a client"] = string(id)
	}
	s.mu.Unlock()
	if len(peers) < 2 {
		t.Fatal("nobody is connected")
	}
	var forbidden [][]byte
	for _, id := range peers {
		raw := node.Route{Peer: node.ID(id)}.Encode(0)
		// The id in text, as a multihash, and as the key that it is made of.
		forbidden = append(forbidden, []byte(id), raw, raw[6:])
	}
	for _, q := range queues {
		forbidden = append(forbidden, q.Deposit.ID[:], q.Withdrawal.ID[:], q.Deposit.Seed[:], q.Withdrawal.Seed[:])
	}
	forbidden = append(forbidden, secret[:], owner.Seed[:], []byte("127.0.0.1"), []byte("/ip4/"), []byte("/tcp/"))
	forbidden = append(forbidden, gone...)

	// While it runs, with what is not in the main file yet.
	s.box.call(func(*transaction) error { return s.box.db.clear() })
	ok(t, s.box.db.clear())
	look := func(when string) {
		for name, content := range files(t, dir) {
			if name != File && name != File+"-wal" && name != File+"-shm" {
				t.Errorf("%s: there is a file %s", when, name)
			}
			for _, secret := range forbidden {
				if bytes.Contains(content, secret) {
					t.Errorf("%s: %s has %.40q", when, name, secret)
				}
				if text := []byte(hex.EncodeToString(secret)); bytes.Contains(bytes.ToLower(content), text) {
					t.Errorf("%s: %s has %.40q in hexadecimal", when, name, secret)
				}
			}
		}
	}
	look("running")
	alice.Close()
	bob.Close()
	ok(t, errors.Join(p.node.Close(), s.Close()))
	look("closed")
	for _, name := range []string{dir, filepath.Join(dir, File)} {
		info, err := os.Stat(name)
		ok(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has rights %v", name, info.Mode())
		}
	}

	db, err := sqlite3.Open("file:" + uriPath(filepath.Join(dir, File)) + "?mode=ro")
	ok(t, err)
	defer db.Close()
	read := &database{Conn: db}
	found := map[string]bool{}
	var columns []string
	ok(t, read.each("SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'", func(s *sqlite3.Stmt) error {
		columns = append(columns, s.ColumnText(0)+"."+s.ColumnText(1))
		return nil
	}))
	for _, c := range columns {
		looks := allowed[c]
		if looks == nil {
			t.Errorf("%s is not on the list", c)
			continue
		}
		found[c] = true
		table, column, _ := strings.Cut(c, ".")
		rows := 0
		ok(t, read.each(fmt.Sprintf("SELECT quote(%s) FROM %s", column, table), func(s *sqlite3.Stmt) error {
			rows++
			if v := s.ColumnText(0); !looks.MatchString(v) {
				t.Errorf("%s has a value %.100s", c, v)
			}
			return nil
		}))
		if rows == 0 {
			t.Errorf("%s has no values to look at", c)
		}
	}
	for c := range allowed {
		if !found[c] {
			t.Errorf("%s is on the list and not there", c)
		}
	}
	// No number is a time of the last hours in seconds, milliseconds or finer.
	for _, c := range columns {
		table, column, _ := strings.Cut(c, ".")
		if strings.HasPrefix(allowed[c].String(), "^X'") || c == "cells.cell" {
			continue
		}
		ok(t, read.each(fmt.Sprintf("SELECT %s FROM %s", column, table), func(s *sqlite3.Stmt) error {
			for unit := int64(1); unit <= 1e9; unit *= 1000 {
				from, to := before.Add(-time.Hour).UnixNano()/(1e9/unit), time.Now().UnixNano()/(1e9/unit)
				if v := s.ColumnInt64(0); v >= from && v <= to {
					t.Errorf("%s has %d, a time", c, v)
				}
			}
			return nil
		}))
	}
	if n, _ := read.number("SELECT count(*) FROM cells WHERE cell IS NULL"); n != int64(len(deleted)) {
		t.Errorf("%d tombstones, want %d", n, len(deleted))
	}
}

// What is committed is on the disk: tests can kill a program, not a computer.
func TestDurable(t *testing.T) {
	b := newTestBox(t, DefaultLimits(), newClock())
	for query, want := range map[string]int64{"PRAGMA synchronous": 2, "PRAGMA fullfsync": 0, "SELECT journal_mode = 'wal' FROM pragma_journal_mode": 1} {
		var got int64
		ok(t, b.call(func(*transaction) (err error) { got, err = b.db.number(query); return err }))
		if got != want {
			t.Errorf("%s is %d", query, got)
		}
	}
}

// What Open refuses it leaves as it is.
func TestOpenRefuses(t *testing.T) {
	good := t.TempDir()
	s := open(t, good, DefaultLimits(), OpenAccess())
	q := NewQueue()
	var o Owner
	o.Seed = NewSeed()
	b := &testBox{box: s.box}
	if st, err := b.create2(o, q); st != statusOK || err != nil {
		t.Fatal(st, err)
	}
	for range 50 {
		b.put2(q, randomCell(4000))
	}
	if _, err := Open(good, DefaultLimits(), OpenAccess(), nil, time.Now); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	ok(t, s.Close())
	image := files(t, good)[File]
	alter := func(query string) []byte {
		dir := t.TempDir()
		path := filepath.Join(dir, File)
		ok(t, os.WriteFile(path, image, 0o600))
		db, err := sqlite3.Open("file:" + uriPath(path))
		ok(t, err)
		ok(t, db.Exec(query))
		ok(t, db.Close())
		return files(t, dir)[File]
	}
	changed := func(at int, with ...byte) []byte {
		return slices.Concat(image[:at], with, image[at+len(with):])
	}
	for name, c := range map[string]struct {
		image []byte
		want  error
	}{
		"from the future":    {alter("PRAGMA user_version=2"), ErrNewer},
		"no version":         {alter("PRAGMA user_version=0"), ErrDamaged},
		"another program's":  {alter("PRAGMA application_id=1"), ErrDamaged},
		"a table is missing": {alter("DROP TABLE owners"), ErrDamaged},
		"a short key":        {alter("UPDATE queues SET deposit_key = x'00'"), ErrDamaged},
		"no owner":           {alter("DELETE FROM owners"), ErrDamaged},
		"no database":        {bytes.Repeat([]byte("no database "), 1000), ErrDamaged},
		"cut short":          {image[:len(image)/2-100], ErrDamaged},
		"header":             {changed(20, 1, 2, 3, 4, 5, 6, 7, 8, 9), ErrDamaged},
		"first page":         {changed(200, 0xff, 0xff, 0xff), ErrDamaged},
		"page of a table":    {flipPage(image, 3), ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			ok(t, os.WriteFile(filepath.Join(dir, File), c.image, 0o600))
			s, err := Open(dir, DefaultLimits(), OpenAccess(), nil, time.Now)
			if err == nil {
				s.Close()
			}
			want(t, err, c.want)
			now := files(t, dir)
			if !bytes.Equal(now[File], c.image) {
				t.Error("the file was changed")
			}
		})
	}
}

// flipPage changes a byte in the middle of a page.
func flipPage(image []byte, page int) []byte {
	b := bytes.Clone(image)
	b[page*pageSize+pageSize/2] ^= 0x40
	return b
}

// A damaged cell is a fault that is told, and nothing else stops.
func TestDamagedCell(t *testing.T) {
	dir := t.TempDir()
	b, err := openTestBox(dir, roomy(), newClock())
	ok(t, err)
	o, q, other := Owner{Seed: NewSeed()}, NewQueue(), NewQueue()
	b.create2(o, q)
	b.create2(o, other)
	for range 40 {
		b.put2(q, randomCell(4000))
	}
	ok(t, b.close())
	path := filepath.Join(dir, File)
	image, err := os.ReadFile(path)
	ok(t, err)
	ok(t, os.WriteFile(path, flipPage(image, len(image)/pageSize-3), 0o600))
	b, err = openTestBox(dir, roomy(), newClock())
	if errors.Is(err, ErrDamaged) {
		return // the page is one that opening reads
	}
	ok(t, err)
	defer b.close()
	if _, err := b.fetch2(q, 0); !errors.Is(err, ErrDamaged) {
		t.Errorf("fetched from a damaged file: %v", err)
	}
	if got, err := b.put2(other, []byte("cell")); err != nil || Outcome(got[0]) != Stored {
		t.Errorf("another queue: %v, %v", got, err)
	}
}
