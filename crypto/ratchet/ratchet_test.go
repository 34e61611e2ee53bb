package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math"
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

func TestSkippedLimit(t *testing.T) {
	alice, bob := settle(t)
	chain := [][]byte{}
	for range MaxSkippedChain + 2 {
		var cell []byte
		cell, alice = seal(t, alice, "text")
		chain = append(chain, cell)
	}
	// One key too many before the first, and in the middle of a chain.
	refused(t, bob, chain[MaxSkippedChain+1], ErrTooFarAhead)
	begun := open(t, bob, chain[0], "text")
	for _, n := range []int{1, 2} {
		begun = open(t, begun, chain[n], "text")
	}
	bob = open(t, bob, chain[MaxSkippedChain], "text")
	refused(t, bob, chain[MaxSkippedChain], ErrReplay)
	if n := bob.skippedKeys(); n != MaxSkippedChain {
		t.Fatalf("%d keys kept", n)
	}
	if bob = reload(t, bob); bob.skippedKeys() != MaxSkippedChain {
		t.Fatal("keys are lost when the session is stored")
	}
	// Nothing missing between: no limit. And a missing one makes room.
	next := open(t, bob, chain[MaxSkippedChain+1], "text")
	_, more := seal(t, alice, "lost")
	after, more := seal(t, more, "text")
	refused(t, next, after, ErrTooFarAhead)
	next = open(t, next, chain[5], "text")
	next = open(t, next, after, "text")
	// The keys of one chain count as well when the next begins.
	answer, bob := seal(t, next, "answer")
	_, more = seal(t, more, "lost at the end")
	over, _ := seal(t, open(t, more, answer, "answer"), "text")
	refused(t, bob, over, ErrTooFarAhead)
}

func TestSkippedLimitOfSession(t *testing.T) {
	alice, bob := settle(t)
	_, alice = seal(t, alice, "lost")
	cell, _ := seal(t, alice, "text")
	for i := range MaxSkippedSession / MaxSkippedChain {
		c := &receiving{header: newHeader(key{byte(i)}), n: MaxSkippedChain}
		for n := range uint32(MaxSkippedChain) {
			c.skipped = append(c.skipped, skippedKey{n: n, since: noon.Unix()})
		}
		bob.old = append(bob.old, c)
	}
	refused(t, bob, cell, ErrTooFarAhead)
	if got := reload(t, bob); got.skippedKeys() != MaxSkippedSession {
		t.Fatal("a session with all keys it may have is not read")
	}
	bob.old[0] = bob.old[0].without(7)
	bob = open(t, bob, cell, "text")
	if n := bob.skippedKeys(); n != MaxSkippedSession {
		t.Fatalf("%d keys", n)
	}
	bob.old[0] = &receiving{header: bob.old[0].header, n: MaxSkippedChain + 1, skipped: append(bob.old[0].skipped, skippedKey{n: MaxSkippedChain})}
	if _, err := ParseSession(stored(t, bob)); !errors.Is(err, ErrState) {
		t.Fatal("a session with too many keys is read")
	}
}

// Keys of missing cells are dropped when they have been kept for 30 days.
func TestSkippedAge(t *testing.T) {
	alice, bob := settle(t)
	over, alice := seal(t, alice, "in a chain that is over")
	alice, bob = send(t, alice, bob, "text")
	bob, alice = send(t, bob, alice, "answer")
	late, alice := seal(t, alice, "in the chain that is not")
	alice, bob = send(t, alice, bob, "text")
	at := noon.Add(MaxSkippedAge)
	for _, tt := range []struct {
		cell     []byte
		now      time.Time
		err, old error
	}{
		{over, at, nil, nil},
		{late, at, nil, nil},
		{over, at.Add(time.Second), ErrUnknown, nil},
		{late, at.Add(time.Second), ErrReplay, nil},
	} {
		if _, _, err := bob.Decrypt(rand.Reader, tt.now, tt.cell); !errors.Is(err, tt.err) {
			t.Errorf("got error %v, want %v", err, tt.err)
		}
	}
	last, _ := seal(t, alice, "text")
	_, next, err := bob.Decrypt(rand.Reader, at.Add(time.Second), last)
	check(t, err)
	if next.skippedKeys() != 0 || len(next.old) != 0 {
		t.Error("old keys stay when a cell is opened")
	}
	if bob.skippedKeys() != 2 {
		t.Error("the session before has changed")
	}
}

// A header that only the peer can have made is not believed either: a chain
// that is shorter than what has come of it, numbers beyond all limits, a chain
// before ours began, and flags that are not of the chain.
func TestDishonestPeer(t *testing.T) {
	alice, bob := settle(t)
	alice, bob = send(t, alice, bob, "one")
	alice, bob = send(t, alice, bob, "two")
	bob, alice = send(t, bob, alice, "answer")
	for name, tt := range map[string]struct {
		change func(*sending)
		err    error
	}{
		"honest":             {func(c *sending) {}, nil},
		"pn too small":       {func(c *sending) { c.pn = 1 }, ErrForged},
		"pn too great":       {func(c *sending) { c.pn = 2 + MaxSkippedChain + 1 }, ErrTooFarAhead},
		"pn at its greatest": {func(c *sending) { c.pn = math.MaxUint32 }, ErrTooFarAhead},
		"n at its greatest":  {func(c *sending) { c.n = math.MaxUint32 - 1 }, ErrTooFarAhead},
		"n without its key":  {func(c *sending) { c.n = 1 }, ErrForged},
		"ek not valid":       {func(c *sending) { copy(c.public.ek(), bytes.Repeat([]byte{0xff}, 64)) }, ErrForged},
		"dh of low order":    {func(c *sending) { clear(c.public.dh()) }, ErrForged},
		"dh of another":      {func(c *sending) { c.public.dh()[3] ^= 1 }, ErrForged},
		"ct of another":      {func(c *sending) { c.ct = append([]byte{c.ct[0] ^ 1}, c.ct[1:]...) }, ErrForged},
		"ct3 out of place":   {func(c *sending) { c.ct3 = make([]byte, answerSize) }, ErrForged},
	} {
		liar := *alice
		check(t, liar.startChain(rand.Reader))
		c := *liar.send
		tt.change(&c)
		liar.send = &c
		cell, _ := seal(t, &liar, "text")
		if tt.err == nil {
			open(t, bob, cell, "text")
			continue
		}
		t.Log(name)
		refused(t, bob, cell, tt.err)
	}
	// Two chains in a row.
	_, begun := seal(t, alice, "a chain")
	begun.pair = nil
	cell, _ := seal(t, begun, "another")
	refused(t, bob, cell, ErrUnknown)
	owing := open(t, bob, first(seal(t, alice, "a chain")), "a chain")
	ahead := *begun
	ahead.send = &sending{header: owing.recvNext, public: begun.send.public, ct: begun.send.ct, pn: 1}
	ahead.pair = new(Pair)
	refused(t, owing, first(seal(t, &ahead, "ahead")), ErrForged)
}

func first(cell []byte, _ *Session) []byte { return cell }

// The chain whose number would wrap around is not sent on.
func TestChainFull(t *testing.T) {
	alice, _ := begin(t)
	c := *alice.send
	c.n = math.MaxUint32
	alice.send = &c
	_, _, err := alice.Encrypt(rand.Reader, nil)
	want(t, err, ErrChainFull)
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
