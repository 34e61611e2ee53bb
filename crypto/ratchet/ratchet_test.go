package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"reflect"
	"testing"
	"time"

	"sotto/crypto/account"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// tb is the part of testing.TB that a rapid.T has as well.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func check(t tb, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t tb, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// begin returns the two sessions that a handshake between Alice, who
// initiates, and Bob would give.
func begin(t tb) (alice, bob *Session) {
	t.Helper()
	device, err := account.NewDevice(rand.Reader)
	check(t, err)
	a1, err := NewPair(rand.Reader)
	check(t, err)
	b0, err := NewPair(rand.Reader)
	check(t, err)
	secret := make([]byte, 32)
	_, err = rand.Read(secret)
	check(t, err)
	listA, listB := List{1, [32]byte{'A'}}, List{1, [32]byte{'B'}}
	ct, shared, err := b0.Public().Encapsulate()
	check(t, err)
	dh, kem := device.Agreement()
	h3 := [32]byte(secret)
	alice, err = Initiate(&Start{Hash: h3, Secret: secret, Own: listA, Peer: listB}, a1, b0.Public(), ct, shared, dh, kem)
	check(t, err)
	bob, err = Respond(&Start{Hash: h3, Secret: secret, Own: listB, Peer: listA}, b0, a1.Public(), ct,
		device.Public().X25519(), device.Public().MLKEM())
	check(t, err)
	return alice, bob
}

// settle has both sides confirmed, and the chain that Alice sends on next due.
func settle(t tb) (alice, bob *Session) {
	t.Helper()
	alice, bob = begin(t)
	for range 2 {
		alice, bob = send(t, alice, bob, "from Alice")
		bob, alice = send(t, bob, alice, "from Bob")
	}
	return alice, bob
}

func seal(t tb, s *Session, text string) ([]byte, *Session) {
	t.Helper()
	cell, next, err := s.Encrypt(rand.Reader, []byte(text))
	check(t, err)
	return cell, next
}

func open(t tb, s *Session, cell []byte, text string) *Session {
	t.Helper()
	got, next, err := s.Decrypt(rand.Reader, noon, cell)
	check(t, err)
	if string(got) != text {
		t.Fatalf("opened %q, want %q", got, text)
	}
	return next
}

// send has a cell go from one to the other.
func send(t tb, from, to *Session, text string) (*Session, *Session) {
	t.Helper()
	cell, from := seal(t, from, text)
	return from, open(t, to, cell, text)
}

// refused checks that a cell is refused with an error, and that this leaves
// the session as it was.
func refused(t tb, s *Session, cell []byte, target error) {
	t.Helper()
	before := stored(t, s)
	got, next, err := s.Decrypt(rand.Reader, noon, cell)
	want(t, err, target)
	if got != nil || next != nil {
		t.Fatal("a refused cell gives something")
	}
	if !bytes.Equal(before, stored(t, s)) {
		t.Fatal("a refused cell changes the session")
	}
}

func stored(t tb, s *Session) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	check(t, err)
	return b
}

func reload(t tb, s *Session) *Session {
	t.Helper()
	s, err := ParseSession(stored(t, s))
	check(t, err)
	return s
}

// After each step a stored session is the same when it is read again.
func TestStore(t *testing.T) {
	alice, bob := begin(t)
	same := func(s *Session) {
		t.Helper()
		b := stored(t, s)
		again, err := ParseSession(b)
		check(t, err)
		if !bytes.Equal(b, stored(t, again)) {
			t.Fatal("a session changes when it is stored")
		}
		for i := range b {
			if _, err := ParseSession(b[:i]); err == nil {
				t.Fatalf("%d of %d bytes make a session", i, len(b))
			}
			if i > 300 { // the rest is cut at a field's end now and then
				break
			}
		}
		if _, err := ParseSession(append(bytes.Clone(b), 0)); err == nil {
			t.Fatal("a session with a byte too many is read")
		}
	}
	for range 3 {
		same(alice)
		same(bob)
		_, alice = seal(t, alice, "lost")
		alice, bob = send(t, reload(t, alice), reload(t, bob), "from Alice")
		same(alice)
		same(bob)
		_, bob = seal(t, bob, "lost")
		bob, alice = send(t, reload(t, bob), reload(t, alice), "from Bob")
	}
}

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

func TestReplay(t *testing.T) {
	alice, bob := settle(t)
	first, alice := seal(t, alice, "first")
	second, alice := seal(t, alice, "second")
	bob = open(t, bob, second, "second")
	refused(t, bob, second, ErrReplay)
	bob = open(t, bob, first, "first")
	refused(t, bob, first, ErrReplay)
	refused(t, bob, second, ErrReplay)

	// From a chain that is over with a key left, and with none.
	late, alice := seal(t, alice, "late")
	third, alice := seal(t, alice, "third")
	bob = open(t, bob, third, "third")
	bob, alice = send(t, bob, alice, "answer")
	alice, bob = send(t, alice, bob, "next chain")
	refused(t, bob, third, ErrReplay)
	bob = open(t, bob, late, "late")
	refused(t, bob, late, ErrUnknown)
	refused(t, bob, third, ErrUnknown)
	// What one sends does not open on one's own side.
	own, alice := seal(t, alice, "own")
	refused(t, alice, own, ErrUnknown)
}

// A bit that is altered anywhere is noticed, in every kind of chain.
func TestAlteredBit(t *testing.T) {
	type step struct {
		name string
		to   *Session
		cell []byte
	}
	alice, bob := begin(t)
	a1, alice := seal(t, alice, "A1")
	steps := []step{{"A1", bob, a1}}
	bob = open(t, bob, a1, "A1")
	b1, bob := seal(t, bob, "B1")
	steps = append(steps, step{"B1, first", alice, b1})
	alice = open(t, alice, b1, "B1")
	b1b, bob := seal(t, bob, "B1b")
	steps = append(steps, step{"B1, second", alice, b1b})
	a2, alice := seal(t, alice, "A2")
	steps = append(steps, step{"A2", bob, a2})
	bob = open(t, bob, a2, "A2")
	lost, alice := seal(t, alice, "lost")
	a2b, alice := seal(t, alice, "A2b")
	bob = open(t, bob, a2b, "A2b")
	steps = append(steps, step{"A2, skipped", bob, lost})
	bob, alice = send(t, bob, alice, "B2")
	_, bob = send(t, alice, bob, "A3")
	steps = append(steps, step{"A2, over", bob, lost})

	for _, s := range steps {
		before := stored(t, s.to)
		for i := range s.cell {
			// Every byte of the front, and every 41st of the long parts.
			if i > headerAt+64 && i%41 != 0 && i < len(s.cell)-64 {
				continue
			}
			cell := bytes.Clone(s.cell)
			cell[i] ^= 1 << (i % 8)
			_, next, err := s.to.Decrypt(rand.Reader, noon, cell)
			target := ErrForged
			switch {
			case i == 0:
				target = ErrCell
			case i <= TagSize:
				target = ErrUnknown
			}
			if next != nil || !errors.Is(err, target) {
				t.Fatalf("%s: byte %d altered: got error %v, want %v", s.name, i, err, target)
			}
		}
		if !bytes.Equal(before, stored(t, s.to)) {
			t.Fatalf("%s: altered cells change the session", s.name)
		}
		if _, _, err := s.to.Decrypt(rand.Reader, noon, s.cell); err != nil {
			t.Fatalf("%s: the cell itself: %v", s.name, err)
		}
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

// Neither side accepts a peer that counts on other device lists.
func TestListVersions(t *testing.T) {
	for name, change := range map[string]func(*Session){
		"own":  func(s *Session) { s.own.Version++ },
		"peer": func(s *Session) { s.peer.Version++ },
	} {
		alice, bob := begin(t)
		cell, _ := seal(t, alice, "text")
		change(bob)
		refused(t, bob, cell, ErrListVersion)
		t.Log(name)
	}
	// The same version with another hash is another list as well.
	alice, bob := begin(t)
	cell, _ := seal(t, alice, "text")
	bob.peer.Hash[0] ^= 1
	refused(t, bob, cell, ErrForged)
}

// Each step takes new randomness: the same session, used twice by a copy of
// the database, gives two different cells and different keystreams.
func TestRestoredCopy(t *testing.T) {
	alice, _ := settle(t)
	_, alice = seal(t, alice, "begin the chain")
	one, _ := seal(t, alice, "one text")
	two, _ := seal(t, alice, "one text")
	at := headerAt + headerSize + 16
	if bytes.Equal(one[at:at+32], two[at:at+32]) || bytes.Equal(one[at+32:], two[at+32:]) {
		t.Error("the same message key gives the same body key")
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

// States that no session can be in are refused, even if well-formed.
func TestImpossibleStates(t *testing.T) {
	settledA, settledB := settle(t)
	for name, tt := range map[string]struct {
		s      *Session
		change func(*Session)
	}{
		"initiator without a chain":    {initiator(begin(t)), func(s *Session) { s.send, s.pair = nil, nil }},
		"nothing for B1 to open with":  {initiator(begin(t)), func(s *Session) { s.pair = nil }},
		"confirmed without a cell":     {initiator(begin(t)), func(s *Session) { s.confirmed = true }},
		"no device keys":               {initiator(begin(t)), func(s *Session) { s.identity = nil }},
		"device keys left over":        {settledA, func(s *Session) { s.identity = initiator(begin(t)).identity }},
		"device keys of the other":     {initiator(begin(t)), func(s *Session) { s.identity = responder(begin(t)).identity }},
		"pair without a chain":         {responder(begin(t)), func(s *Session) { s.pair = initiator(begin(t)).pair }},
		"responder without a chain":    {responder(begin(t)), func(s *Session) { s.recv = nil }},
		"responder with B1 to receive": {settledB, func(s *Session) { c := *s.recv; c.answer = true; s.recv = &c }},
		"chain over with nothing left": {settledB, func(s *Session) { s.old = []*receiving{{n: 3}} }},
		"chain over with a chain key": {settledB, func(s *Session) {
			s.old = []*receiving{{n: 3, chain: key{1}, skipped: []skippedKey{{n: 1}}}}
		}},
		"key of a cell to come": {settledB, func(s *Session) { s.old = []*receiving{{n: 3, skipped: []skippedKey{{n: 3}}}} }},
		"keys out of order":     {settledB, func(s *Session) { s.old = []*receiving{{n: 3, skipped: []skippedKey{{n: 2}, {n: 1}}}} }},
		"keys twice":            {settledB, func(s *Session) { s.old = []*receiving{{n: 3, skipped: []skippedKey{{n: 1}, {n: 1}}}} }},
	} {
		s := *tt.s
		tt.change(&s)
		if _, err := ParseSession(stored(t, &s)); !errors.Is(err, ErrState) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if got := reload(t, settledA); !reflect.DeepEqual(got.Tags(), settledA.Tags()) {
		t.Error("tags differ after storing")
	}
}

func initiator(s, _ *Session) *Session { return s }
func responder(_, s *Session) *Session { return s }
