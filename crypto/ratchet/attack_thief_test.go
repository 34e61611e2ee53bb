package ratchet

import (
	"bytes"
	"crypto/mlkem"
	"crypto/rand"
	"testing"
)

// Mallory copied Bob's session. After a round trip he does not read what Alice
// writes, whatever pair he takes for Bob's new one.
func TestAttackCopiedState(t *testing.T) {
	alice, bob := settle(t)
	thief := reload(t, bob)
	cell, alice := seal(t, alice, "before the round trip")
	bob = open(t, bob, cell, "before the round trip")
	thief = open(t, thief, cell, "before the round trip") // so much is lost
	cell, bob = seal(t, bob, "new pair")
	alice = open(t, alice, cell, "new pair")
	refused(t, thief, cell, ErrUnknown)
	cell, _ = seal(t, alice, "after the round trip")
	_, thief = seal(t, thief, "a pair of his own")
	refused(t, thief, cell, ErrForged)
	open(t, bob, cell, "after the round trip")
}

// Mallory has all that a step needs but one thing: the KEM key, because he
// owns a quantum computer; the X25519 key, because ML-KEM was broken; or the root
// key, because he got the pair alone.
func TestAttackHalfOfThePair(t *testing.T) {
	alice, bob := settle(t)
	cell, _ := seal(t, alice, "text")
	other, err := NewPair(rand.Reader, nil)
	check(t, err)
	pairs := map[string][2][]byte{
		"without the KEM key":    {bob.pair.private[:32], other.private[32:]},
		"without the X25519 key": {other.private[:32], bob.pair.private[32:]},
	}
	for name, halves := range pairs {
		thief := *bob
		thief.pair, err = ParsePair(bytes.Join(halves[:], nil))
		check(t, err)
		t.Log(name)
		refused(t, &thief, cell, ErrForged)
	}
	thief := *bob
	thief.root[0] ^= 1
	refused(t, &thief, cell, ErrForged)
	open(t, bob, cell, "text")
}

// Mallory has one of the two keys of the initiator's device. Chain B1 opens with
// both only.
func TestAttackDeviceKeys(t *testing.T) {
	for name, change := range map[string]func(*identityKeys){
		"another X25519 key": func(i *identityKeys) { i.dh = bytes.Repeat([]byte{7}, 32) },
		"another KEM key":    func(i *identityKeys) { i.kem = bytes.Repeat([]byte{7}, mlkem.SeedSize) },
	} {
		alice, bob := begin(t)
		cell, _ := seal(t, bob, "for Alice's device")
		other := *alice.identity
		change(&other)
		thief := *alice
		thief.identity = &other
		refused(t, &thief, cell, ErrForged)
		open(t, alice, cell, "for Alice's device")
		t.Log(name)
	}
}
