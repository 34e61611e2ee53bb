package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"sotto/app/model"
)

// testSealer seals with a real AEAD, so that a record that is moved or altered
// does not open.
type testSealer struct{ key []byte }

func (s testSealer) ad(table, id string, v uint32) []byte {
	return fmt.Appendf(nil, "%s|%s|%d", table, id, v)
}

func (s testSealer) SealRecord(table, id string, v uint32, plain []byte) ([]byte, error) {
	a, err := chacha20poly1305.NewX(s.key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	rand.Read(nonce)
	return a.Seal(nonce, nonce, plain, s.ad(table, id, v)), nil
}

func (s testSealer) OpenRecord(table, id string, v uint32, sealed []byte) ([]byte, error) {
	a, err := chacha20poly1305.NewX(s.key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < a.NonceSize() {
		return nil, errors.New("short")
	}
	return a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], s.ad(table, id, v))
}

var testKey = bytes.Repeat([]byte{7}, 32)

func openTest(t testing.TB, dir string, create bool) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, testKey, testSealer{testKey}, Options{Create: create})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func update(t testing.TB, db *DB, f func(*Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func testContact(id string) Contact {
	return Contact{Contact: model.Contact{ID: model.ContactID(id), Claimed: "Alice " + id, Trust: model.TrustConfirmed, Added: time.Now()},
		Identity: []byte("keys"), Peer: "peer-" + id}
}

// fill makes a database with a contact, a session and n messages.
func fill(t testing.TB, db *DB, n int) {
	update(t, db, func(tx *Tx) error {
		if err := tx.PutContact(testContact("a")); err != nil {
			return err
		}
		s, err := tx.AddSession(Session{Contact: "a", State: []byte("ratchet-state-canary"), Created: time.Now()})
		if err != nil {
			return err
		}
		for i := range n {
			m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i)), Contact: "a", Direction: model.Incoming,
				State: model.Delivered, Text: fmt.Sprintf("plaintext-canary %d", i), Time: time.Now(), StateTime: time.Now()}
			if added, err := tx.AddMessage(&m, Place{Session: s, Pos: uint64(i + 1), Top: uint64(i)}); err != nil || !added {
				return fmt.Errorf("added=%v err=%w", added, err)
			}
		}
		return nil
	})
}

func TestPagesAndUnread(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	fill(t, db, 120)
	update(t, db, func(tx *Tx) error {
		newest, err := tx.Messages("a", model.Page{Limit: 50})
		if err != nil {
			return err
		}
		if len(newest) != 50 || newest[49].Text != "plaintext-canary 119" || newest[0].Text != "plaintext-canary 70" {
			t.Errorf("newest page: %d rows, %q to %q", len(newest), newest[0].Text, newest[len(newest)-1].Text)
		}
		older, err := tx.Messages("a", model.Page{Before: newest[0].Row, Limit: 500})
		if err != nil {
			return err
		}
		if len(older) != 70 || older[69].Text != "plaintext-canary 69" {
			t.Errorf("older page has %d rows", len(older))
		}
		after, err := tx.Messages("a", model.Page{After: older[10].Row, Limit: 3})
		if err != nil {
			return err
		}
		if len(after) != 3 || after[0].Text != "plaintext-canary 11" {
			t.Errorf("page after row 11: %+v", after)
		}
		n, first, err := tx.Unread("a")
		if n != 120 || first != older[0].Row {
			t.Errorf("unread %d from %d", n, first)
		}
		read, err2 := tx.ReadByUs("a", older[9].Row, time.Now())
		if read != 10 {
			t.Errorf("read up to %d, want 10", read)
		}
		n, first, err3 := tx.Unread("a")
		if n != 110 || first != older[10].Row {
			t.Errorf("unread after reading ten: %d from %d", n, first)
		}
		return errors.Join(err, err2, err3)
	})
}

func TestStatesNeverGoBack(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	fill(t, db, 1)
	msg := model.Message{ID: "ff", Contact: "a", Direction: model.Outgoing, State: model.Waiting, Text: "x", Time: time.Now()}
	update(t, db, func(tx *Tx) error {
		if _, err := tx.AddMessage(&msg, Place{Pos: 1}); err != nil {
			return err
		}
		return tx.Queue(&Outgoing{Contact: "a", Session: 1, Seq: 7, Message: "ff", Cell: []byte("cell")})
	})
	now := time.Now()
	held := func(tx *Tx, n int) error { _, err := tx.Held("ff", n, 3, now); return err }
	for i, step := range []struct {
		f    func(tx *Tx) error
		want model.State
	}{
		{func(tx *Tx) error { _, err := tx.ReadByThem("a", 1, now); return err }, model.Waiting},
		{func(tx *Tx) error { return held(tx, 2) }, model.Stored},
		{func(tx *Tx) error { return held(tx, 0) }, model.Waiting},
		{func(tx *Tx) error { return held(tx, 1) }, model.Stored},
		{func(tx *Tx) error { _, err := tx.Fail("ff", model.ReasonCancelled, now); return err }, model.Failed},
		{func(tx *Tx) error { return held(tx, 2) }, model.Failed},
		{func(tx *Tx) error { _, err := tx.Acknowledged(1, 8, 9, now); return err }, model.Failed},
		{func(tx *Tx) error { _, err := tx.Acknowledged(1, 1, 7, now); return err }, model.Delivered},
		{func(tx *Tx) error { return held(tx, 2) }, model.Delivered},
		{func(tx *Tx) error { _, err := tx.Fail("ff", model.ReasonBlocked, now); return err }, model.Delivered},
		{func(tx *Tx) error { _, err := tx.ReadByThem("a", 1, now); return err }, model.Read},
		{func(tx *Tx) error { _, err := tx.Acknowledged(1, 1, 9, now); return err }, model.Read},
	} {
		update(t, db, func(tx *Tx) error {
			if err := step.f(tx); err != nil {
				return err
			}
			m, err := tx.Message("ff")
			if m.State != step.want {
				t.Errorf("after step %d: %s, want %s", i, m.State, step.want)
			}
			return err
		})
	}
}

// TestPlaceBesideGone: of two that are missing one will not come; the other gets
// its place all the same.
func TestPlaceBesideGone(t *testing.T) {
	for _, c := range []struct{ gone, late uint64 }{{2, 3}, {3, 2}} {
		db := openTest(t, t.TempDir(), true)
		fill(t, db, 0)
		update(t, db, func(tx *Tx) error {
			var top uint64
			for _, pos := range []uint64{1, 4, c.late} {
				m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", pos)), Contact: "a", Direction: model.Incoming, State: model.Delivered, Text: fmt.Sprint(pos)}
				if _, err := tx.AddMessage(&m, Place{Pos: pos, Top: top}); err != nil {
					return err
				}
				if top = max(top, pos); pos == 4 {
					if _, err := tx.Gone("a", c.gone); err != nil {
						return err
					}
				}
			}
			page, err := tx.Messages("a", model.Page{})
			if err != nil {
				return err
			}
			var shown []string
			for _, m := range page {
				shown = append(shown, fmt.Sprintf("%s after %d missing", m.Text, m.Missing))
			}
			if want := fmt.Sprintf("[1 after 0 missing %d after 0 missing 4 after 0 missing]", c.late); fmt.Sprint(shown) != want {
				t.Errorf("%d is gone and %d comes late: %v, want %s", c.gone, c.late, shown, want)
			}
			return nil
		})
	}
}

// TestPlaceOfUsedCount: a writer whose database was put back gives counts again;
// what was written then stands in its order, whatever came between.
func TestPlaceOfUsedCount(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000)
	for _, order := range [][]string{{"lost", "first", "second", "third"}, {"third", "lost", "second", "first"}, {"second", "third", "old", "first"}, {"third", "old", "second", "lost", "first"}, {"lost", "fourth", "first", "second", "third"}} {
		db := openTest(t, t.TempDir(), true)
		fill(t, db, 0)
		update(t, db, func(tx *Tx) error {
			top := uint64(2)
			for i, name := range order {
				m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i+1)), Contact: "a", Direction: model.Incoming, State: model.Delivered, Text: name}
				var p Place
				switch name {
				case "lost": // in the session before
					p, m.Time = Place{Pos: 2, Top: 1, Session: 1}, at
				case "old":
					m.Time = at.Add(-time.Hour)
				case "first":
					p, m.Time = Place{Used: 1, Session: 2}, at.Add(time.Second)
				case "second":
					p, m.Time = Place{Used: 2, Session: 2}, at.Add(2*time.Second)
				case "fourth": // in the session before, which still took it
					p, m.Time, top = Place{Pos: 4, Top: 2, Session: 1}, at.Add(4*time.Second), 4
				case "third": // by a clock that is wrong
					p, m.Time = Place{Pos: 3, Top: top, Session: 2}, at.Add(-40*24*time.Hour)
				}
				if _, err := tx.AddMessage(&m, p); err != nil {
					return err
				}
			}
			page, err := tx.Messages("a", model.Page{})
			if err != nil {
				return err
			}
			var shown []string
			for _, m := range page {
				if m.Text != "old" && m.Text != "lost" {
					shown = append(shown, m.Text)
				}
			}
			if s := fmt.Sprint(shown); s != "[first second third]" && s != "[first second third fourth]" {
				t.Errorf("came as %v, stand as %v", order, shown)
			}
			return nil
		})
	}
}

// TestUsedCountBehindItsReasons: whatever the clock of a computer says whose
// database was put back, what it writes stands behind what it had.
func TestUsedCountBehindItsReasons(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_000)
	db := openTest(t, t.TempDir(), true)
	fill(t, db, 0)
	update(t, db, func(tx *Tx) error {
		for i, m := range []struct {
			text  string
			ours  bool
			place Place
			early time.Duration
		}{
			{"one", false, Place{Pos: 1, Session: 1}, 0},
			{"two", false, Place{Pos: 2, Top: 1, Session: 1}, 0},
			{"three", false, Place{Pos: 3, Top: 2, Session: 2}, 0},
			{"answer", true, Place{Pos: 1}, 0},
			{"four", false, Place{Pos: 4, Top: 3, Session: 3}, 40 * 24 * time.Hour},
			{"two again", false, Place{Used: 2, After: 1, Session: 3}, 40 * 24 * time.Hour},
		} {
			d := model.Incoming
			if m.ours {
				d = model.Outgoing
			}
			msg := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i+1)), Contact: "a", Direction: d, State: model.Delivered, Text: m.text, Time: at.Add(-m.early)}
			if _, err := tx.AddMessage(&msg, m.place); err != nil {
				return err
			}
		}
		page, err := tx.Messages("a", model.Page{})
		if err != nil {
			return err
		}
		var shown []string
		for _, m := range page {
			shown = append(shown, m.Text)
		}
		if want := []string{"one", "two", "three", "answer", "two again", "four"}; !slices.Equal(shown, want) {
			t.Errorf("shown as %q, want %q", shown, want)
		}
		// What was read is told by the counts that are theirs alone.
		if newest, err := tx.ReadByUs("a", page[4].Row, at); err != nil || newest != 3 {
			t.Errorf("read up to %d, %v; want 3", newest, err)
		}
		return nil
	})
}

// TestOutboxIDsGrow: whoever has looked through the outbox up to an id finds all
// that comes later behind it, even if what was there at the start is gone.
func TestOutboxIDsGrow(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	fill(t, db, 0)
	queue := func(tx *Tx, seq uint64) int64 {
		o := Outgoing{Contact: "a", Session: 1, Seq: seq, Cell: []byte("cell")}
		if err := tx.Queue(&o); err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	var old int64
	update(t, db, func(tx *Tx) error { queue(tx, 1); old = queue(tx, 2); return nil })
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openTest(t, dir, false)
	update(t, db, func(tx *Tx) error {
		if _, err := tx.Acknowledged(1, 1, 2, time.Now()); err != nil {
			return err
		}
		if id := queue(tx, 3); id <= old {
			t.Errorf("a cell has id %d; there were %d before", id, old)
		}
		return nil
	})
}

// TestPlaces brings messages in every order of a few and looks at the order they
// are shown in, and at what is said to be missing on the way.
func TestPlaces(t *testing.T) {
	for _, order := range [][]uint64{{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {3, 1, 5, 2, 4}, {1, 5, 3, 2, 4}, {2, 5, 4, 1, 3}} {
		db := openTest(t, t.TempDir(), true)
		fill(t, db, 0)
		update(t, db, func(tx *Tx) error {
			var top uint64
			here := map[uint64]bool{}
			for _, pos := range order {
				own := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", 100+pos)), Contact: "a", Direction: model.Outgoing, State: model.Waiting, Text: "mine"}
				m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", pos)), Contact: "a", Direction: model.Incoming, State: model.Delivered, Text: fmt.Sprint(pos)}
				if added, err := tx.AddMessage(&m, Place{Pos: pos, Top: top}); err != nil || !added {
					return fmt.Errorf("%v %w", added, err)
				}
				if _, err := tx.AddMessage(&own, Place{}); err != nil {
					return err
				}
				top, here[pos] = max(top, pos), true
				page, err := tx.Messages("a", model.Page{})
				if err != nil {
					return err
				}
				var last uint64
				for _, m := range page {
					if m.Direction == model.Outgoing {
						continue
					}
					var at uint64
					fmt.Sscan(m.Text, &at)
					want := 0
					for p := last + 1; p < at; p++ {
						want++
					}
					if at <= last || m.Missing != want {
						t.Errorf("order %v, after %d: %s stands after %d with %d missing, want %d", order, pos, m.Text, last, m.Missing, want)
					}
					last = at
				}
			}
			return nil
		})
	}
}

func TestFailedTransactionChangesNothing(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	boom := errors.New("boom")
	err := db.Update(t.Context(), func(tx *Tx) error {
		if err := tx.PutContact(testContact("a")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	update(t, db, func(tx *Tx) error {
		if _, err := tx.Contact("a"); model.KindOf(err) != model.NotFound {
			t.Errorf("contact of a failed transaction: %v", err)
		}
		return nil
	})
}

// TestNothingReadableOnDisk looks for what was stored in every file of the
// profile, and proves that the search can find.
func TestNothingReadableOnDisk(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	fill(t, db, 50)
	search := func(want string) (found []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(want)) {
				found = append(found, e.Name())
			}
			if info, _ := e.Info(); info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %o", e.Name(), info.Mode().Perm())
			}
		}
		return found
	}
	check := func() {
		for _, canary := range []string{"plaintext-canary", "ratchet-state-canary", "Alice a", "peer-a", "CREATE TABLE", "SQLite format 3"} {
			if f := search(canary); f != nil {
				t.Errorf("%q stands in %v", canary, f)
			}
		}
	}
	check() // with the log
	db.Close()
	check()
	if err := os.WriteFile(filepath.Join(dir, "planted"), []byte("xx plaintext-canary xx"), 0o600); err != nil {
		t.Fatal(err)
	}
	if search("plaintext-canary") == nil {
		t.Error("the search does not find what was planted")
	}
}

// TestSealedRecordIsBound moves a sealed record to another place.
func TestSealedRecordIsBound(t *testing.T) {
	db := openTest(t, t.TempDir(), true)
	update(t, db, func(tx *Tx) error {
		if err := tx.SetSecret("one", []byte("secret one")); err != nil {
			return err
		}
		raw, err := tx.Meta("one")
		if err != nil {
			return err
		}
		if bytes.Contains(raw, []byte("secret one")) {
			t.Error("a secret is stored in the clear")
		}
		if err := tx.SetMeta("two", raw); err != nil {
			return err
		}
		if _, err := tx.Secret("two"); model.KindOf(err) != model.ProfileDamaged {
			t.Errorf("a moved record opened: %v", err)
		}
		return nil
	})
}

func TestDamage(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	fill(t, db, 2000)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, File)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// readAll touches every page.
	readAll := func(dir string) error {
		db, err := Open(context.Background(), dir, testKey, testSealer{testKey}, Options{})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Update(context.Background(), func(tx *Tx) error {
			var verdict string
			if err := tx.row("PRAGMA integrity_check").Scan(&verdict); err != nil {
				return err
			}
			if verdict != "ok" {
				return model.E(model.ProfileDamaged, verdict, nil)
			}
			page, err := tx.Messages("a", model.Page{Limit: MaxPage})
			for err == nil && len(page) > 0 {
				page, err = tx.Messages("a", model.Page{Before: page[0].Row, Limit: MaxPage})
			}
			return err
		})
	}
	if err := readAll(dir); err != nil {
		t.Fatalf("undamaged: %v", err)
	}
	damage := func(name string, b []byte) {
		t.Run(name, func(t *testing.T) {
			d := t.TempDir()
			if err := os.WriteFile(filepath.Join(d, File), b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := readAll(d); model.KindOf(err) != model.ProfileDamaged {
				t.Errorf("got %v, want profile-damaged", err)
			}
			after, err := os.ReadFile(filepath.Join(d, File))
			if err != nil || !bytes.Equal(after, b) {
				t.Errorf("the damaged file was changed (%d bytes, %v)", len(after), err)
			}
		})
	}
	pages := len(whole) / 4096
	for _, page := range []int{0, 1, 2, pages / 2, pages - 1} {
		b := bytes.Clone(whole)
		b[page*4096+1234] ^= 0x10
		damage(fmt.Sprintf("bit in page %d", page), b)
	}
	damage("cut in the middle", whole[:pages/2*4096])
	damage("cut inside a page", whole[:pages/2*4096+77])
	damage("random", func() []byte { b := make([]byte, 40960); rand.Read(b); return b }())
	t.Run("other key", func(t *testing.T) {
		other := bytes.Repeat([]byte{8}, 32)
		if db, err := Open(t.Context(), dir, other, testSealer{other}, Options{}); model.KindOf(err) != model.ProfileDamaged {
			t.Errorf("got %v %v", db, err)
		}
	})
	t.Run("missing", func(t *testing.T) {
		if _, err := Open(t.Context(), t.TempDir(), testKey, testSealer{testKey}, Options{}); model.KindOf(err) != model.ProfileDamaged {
			t.Errorf("got %v", err)
		}
	})
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	fill(t, db, 3)
	update(t, db, func(tx *Tx) error { return tx.exec("PRAGMA user_version=99") })
	db.Close()
	if _, err := Open(t.Context(), dir, testKey, testSealer{testKey}, Options{}); model.KindOf(err) != model.ProfileNewer {
		t.Fatalf("got %v, want profile-newer", err)
	}
}

func TestOneProcess(t *testing.T) {
	dir := t.TempDir()
	openTest(t, dir, true)
	if _, err := Open(t.Context(), dir, testKey, testSealer{testKey}, Options{}); model.KindOf(err) != model.ProfileInUse {
		t.Fatalf("got %v, want profile-in-use", err)
	}
}

// A log that has grown is emptied when there is time, and at last in any case.
func TestCheckpoint(t *testing.T) {
	dir := t.TempDir()
	db := openTest(t, dir, true)
	stored := func() int64 {
		info, err := os.Stat(filepath.Join(dir, File))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write := func(name string, pages int) {
		update(t, db, func(tx *Tx) error { return tx.SetMeta(name, make([]byte, pages*block)) })
	}
	before := stored()
	write("little", logSome/2)
	if err := db.Checkpoint(t.Context()); err != nil || stored() != before {
		t.Fatalf("a short log was emptied: %v", err)
	}
	write("more", logSome)
	if stored() != before {
		t.Fatal("the log was emptied while somebody waited")
	}
	if err := db.Checkpoint(t.Context()); err != nil || stored() < before+logSome*block {
		t.Fatalf("the log was not emptied: %v", err)
	}
	before = stored()
	write("much", logMost)
	if stored() < before+logMost*block {
		t.Fatal("the log grows without end")
	}
}
