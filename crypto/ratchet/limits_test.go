package ratchet

import (
	"crypto/rand"
	"errors"
	"math"
	"testing"
	"time"
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
	recent := *bob.recv
	recent.number = 100
	bob.recv = &recent
	for i := range MaxSkippedSession / MaxSkippedChain {
		c := &receiving{header: newHeader(key{byte(i)}), number: uint32(i) + 1, n: MaxSkippedChain}
		for n := range uint32(MaxSkippedChain) {
			c.skipped = append(c.skipped, &skippedKey{n: n, since: noon.Unix()})
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
	bob.old[0] = &receiving{header: bob.old[0].header, number: 1, n: MaxSkippedChain + 1, skipped: append(bob.old[0].skipped, &skippedKey{n: MaxSkippedChain})}
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
		if _, _, err := bob.Decrypt(tt.now, tt.cell); !errors.Is(err, tt.err) {
			t.Errorf("got error %v, want %v", err, tt.err)
		}
	}
	last, _ := seal(t, alice, "text")
	_, next, err := bob.Decrypt(at.Add(time.Second), last)
	check(t, err)
	if next.skippedKeys() != 0 || len(next.old) != 0 {
		t.Error("old keys stay when a cell is opened")
	}
	if bob.skippedKeys() != 2 {
		t.Error("the session before has changed")
	}
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
