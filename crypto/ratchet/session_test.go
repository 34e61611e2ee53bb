package ratchet

import (
	"bytes"
	"crypto/rand"
	"testing"
)

// The tags a session lists are those under which cells reach it.
func TestTags(t *testing.T) {
	alice, bob := begin(t)
	listed := func(s *Session, cell []byte) {
		t.Helper()
		tag, err := CellTag(cell)
		check(t, err)
		for _, x := range s.Tags() {
			if x == tag {
				return
			}
		}
		t.Fatal("the tag of a cell is not listed")
	}
	var lost [][]byte
	for range 3 {
		var cell []byte
		cell, alice = seal(t, alice, "late")
		lost = append(lost, cell)
		cell, alice = seal(t, alice, "on time")
		listed(bob, cell)
		bob = open(t, bob, cell, "on time")
		cell, bob = seal(t, bob, "answer")
		listed(alice, cell)
		alice = open(t, alice, cell, "answer")
		for _, c := range lost {
			listed(bob, c)
		}
	}
	if n := len(bob.Tags()); n != 4 {
		t.Errorf("%d tags, want the current, the next and two of earlier chains", n)
	}
	for _, c := range lost {
		bob = open(t, bob, c, "late")
	}
	if n := len(bob.Tags()); n != 2 {
		t.Errorf("%d tags, want 2 when nothing is missing", n)
	}
}

// A cell has the smallest class that its plaintext fits into.
func TestClasses(t *testing.T) {
	alice, bob := begin(t)
	a1 := func() *Session { return alice }
	b1 := func() *Session { return bob }
	for _, tt := range []struct {
		name   string
		s      func() *Session
		length int
		cell   int
	}{
		{"empty", a1, 0, 4096},
		{"full", a1, 1665, 4096},
		{"one more", a1, 1666, 16384},
		{"full", a1, 13953, 16384},
		{"one more", a1, 13954, 65536},
		{"longest", a1, MaxPlaintext(), 65536},
		{"B1 full", b1, 97, 4096},
		{"B1 one more", b1, 98, 16384},
		{"B1 full", b1, 12385, 16384},
		{"B1 one more", b1, 12386, 65536},
		{"B1 longest", b1, MaxPlaintext(), 65536},
	} {
		text := string(bytes.Repeat([]byte("x"), tt.length))
		cell, _ := seal(t, tt.s(), text)
		if len(cell) != tt.cell {
			t.Errorf("%s, %d bytes: cell of %d, want %d", tt.name, tt.length, len(cell), tt.cell)
		}
		peer := bob
		if tt.s() == bob {
			peer = alice
		}
		open(t, peer, cell, text)
	}
	if MaxPlaintext() != 61537 {
		t.Errorf("MaxPlaintext is %d", MaxPlaintext())
	}
	for _, s := range []*Session{alice, bob} {
		_, _, err := s.Encrypt(rand.Reader, make([]byte, MaxPlaintext()+1))
		want(t, err, ErrTooLong)
	}
}

// Messages that cross do no harm, however many.
func TestCrossing(t *testing.T) {
	alice, bob := begin(t)
	for range 4 {
		a1, a := seal(t, alice, "a1")
		b1, b := seal(t, bob, "b1")
		a2, a := seal(t, a, "a2")
		b2, b := seal(t, b, "b2")
		a = open(t, a, b2, "b2")
		b = open(t, b, a2, "a2")
		alice, bob = open(t, a, b1, "b1"), open(t, b, a1, "a1")
	}
}

// A sender whose randomness fails sends nothing.
func TestNoRandomness(t *testing.T) {
	for _, n := range []int{0, 23, 40, 96, 119} {
		alice, bob := begin(t)
		_ = alice
		if _, next, err := bob.Encrypt(bytes.NewReader(make([]byte, n)), nil); err == nil || next != nil {
			t.Errorf("a cell with %d bytes of randomness", n)
		}
	}
}

// Device keys leave the session as soon as chain B1 does not need them.
func TestDeviceKeysLeave(t *testing.T) {
	alice, bob := begin(t)
	if alice.identity == nil || bob.identity == nil {
		t.Fatal("no device keys before chain B1")
	}
	b1, bob := seal(t, bob, "B1")
	alice = open(t, alice, b1, "B1")
	if alice.identity != nil || bob.identity != nil {
		t.Error("device keys stay after chain B1")
	}
	if alice.pair != nil {
		t.Error("a used ratchet pair stays")
	}
}

// A cell of another size is none, whatever it says.
func TestSizes(t *testing.T) {
	alice, bob := begin(t)
	cell, _ := seal(t, alice, "text")
	for _, c := range [][]byte{nil, {}, {1}, cell[:len(cell)-1], append(bytes.Clone(cell), 0), make([]byte, 4096), make([]byte, 65536)} {
		refused(t, bob, c, ErrCell)
		_, err := CellTag(c)
		want(t, err, ErrCell)
	}
	// A cell that is longer by whole classes has another class.
	refused(t, bob, append(bytes.Clone(cell), make([]byte, 16384-4096)...), ErrForged)
}

// The resumption secret that one side would reset with is among those that the
// other accepts, as long as no more than one chain is on its way; and it is
// another after each round trip.
func TestResumption(t *testing.T) {
	fresh := func(from, to *Session) bool {
		mine := from.Resumption()
		for _, r := range to.Resumptions() {
			if bytes.Equal(mine, r) {
				return true
			}
		}
		return false
	}
	alice, bob := begin(t)
	if alice.Resumption() != nil || len(alice.Resumptions()) != 1 || len(bob.Resumptions()) != 0 || !fresh(bob, alice) {
		t.Error("after the handshake, only Bob can reset, with the secret of A1")
	}
	seen := map[string]bool{}
	for range 3 {
		old := [2]*Session{alice, bob}
		var cell []byte
		cell, alice = seal(t, alice, "on its way")
		if !fresh(bob, alice) {
			t.Error("a chain of which nothing has arrived makes the one before stale")
		}
		bob = open(t, bob, cell, "on its way")
		bob, alice = send(t, bob, alice, "answer")
		alice, bob = reload(t, alice), reload(t, bob)
		if !fresh(alice, bob) || !fresh(bob, alice) {
			t.Error("after a round trip a reset is not fresh")
		}
		alice, bob = send(t, alice, bob, "one more")
		bob, alice = send(t, bob, alice, "round trip")
		if old[0].Resumption() != nil && fresh(old[0], bob) || fresh(old[1], alice) {
			t.Error("a copy is as good as the original after a round trip")
		}
		if seen[string(bob.Resumption())] {
			t.Error("a resumption secret comes twice")
		}
		seen[string(bob.Resumption())] = true
	}
	if len(alice.Resumptions()) != 1 || len(bob.Resumptions()) != 2 || len(bob.Resumption()) != 32 {
		t.Errorf("%d secrets of Alice's, whose newest chain has arrived, and %d of Bob's", len(alice.Resumptions()), len(bob.Resumptions()))
	}
}
