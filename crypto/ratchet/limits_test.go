package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math"
	"testing"
	"time"

	"sotto/crypto/internal/wire"
)

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
	// Keys that are part of the step as well, so that all that is made of them
	// would open.
	for name, change := range map[string]func(*Public){
		"ek not valid":    func(p *Public) { copy(p.ek(), bytes.Repeat([]byte{0xff}, 64)) },
		"dh of low order": func(p *Public) { clear(p.dh()) },
	} {
		t.Log(name)
		refused(t, bob, first(seal(t, alice.startWith(t, change), "text")), ErrForged)
	}
	open(t, bob, first(seal(t, alice.startWith(t, func(*Public) {}), "text")), "text")

	// A cell after the end of a chain that is over.
	late, sender := seal(t, alice, "one that is missing")
	sender, bob2 := send(t, sender, bob, "the last")
	c := *sender.send
	c.n = 7
	beyond := *sender
	beyond.send = &c
	bob2, sender = send(t, bob2, sender, "answer")
	_, bob2 = send(t, sender, bob2, "the next chain")
	refused(t, bob2, first(seal(t, &beyond, "beyond")), ErrForged)
	open(t, bob2, late, "one that is missing")

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

// startWith is startChain with public keys that need not be those of the pair.
func (s *Session) startWith(t tb, change func(*Public)) *Session {
	t.Helper()
	next := *s
	pair, err := NewPair(rand.Reader)
	check(t, err)
	shDH, err := pair.DH(s.remote.dh())
	check(t, err)
	ct, shared, err := s.remote.Encapsulate()
	check(t, err)
	change(&pair.public)
	c := &sending{header: newHeader(s.sendNext), pn: s.send.n, public: pair.public, ct: ct}
	next.root, c.chain, next.sendNext = step(s.root, wire.LP(nil, shDH, shared), labelStep, c.public[:], ct)
	next.pair, next.send = pair, c
	return &next
}

// The chain whose number would wrap around is not sent on.
func TestChainFull(t *testing.T) {
	alice, _ := begin(t)
	c := *alice.send
	c.n = math.MaxUint32
	alice.send = &c
	_, _, err := alice.Encrypt(rand.Reader, nil)
	want(t, err, ErrChainFull)
}
