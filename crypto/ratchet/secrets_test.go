package ratchet

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"sotto/crypto/internal/secret/secrettest"
)

// secrets returns all that a session must not let out.
func secrets(s *Session) [][]byte {
	all := secrettest.Keys(s)
	if s.identity != nil && s.initiator {
		all = append(all, s.identity.dh, s.identity.kem[:32], s.identity.kem[32:])
	}
	return all
}

// Whatever the schedule: no cell, tag or public key has a private key, root key,
// chain key, header key, message key or resumption secret in it, of either side,
// from before the cell or after it.
func TestAttackSearchedCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := map[string]bool{}
		learn := func(s *Session) {
			for _, k := range secrets(s) {
				known[string(k)] = true
			}
			// The key of the cell that comes next on each chain.
			if s.send != nil {
				k, _ := advance(s.send.chain)
				known[string(k[:])] = true
			}
			if s.recv != nil {
				k, _ := advance(s.recv.chain)
				known[string(k[:])] = true
			}
		}
		model(t, func(from, to *side, cell []byte) {
			learn(from.s)
			learn(to.s)
			public := append(from.s.send.public[:], cell...)
			for _, tag := range from.s.Tags() {
				public = append(public, tag[:]...)
			}
			for k := range known {
				if bytes.Contains(public, []byte(k)[:16]) {
					t.Fatal("a cell has part of a key in it")
				}
			}
		})
	})
}

// A state that is taken later has none of the keys of before, but those of cells
// that never came.
func TestAttackOldKeys(t *testing.T) {
	alice, bob := settle(t)
	alice, bob = send(t, alice, bob, "text")
	missing, alice := seal(t, alice, "comes late")
	alice, bob = send(t, alice, bob, "text")
	old := append(secrets(alice), secrets(bob)...)
	bob = open(t, bob, missing, "comes late")
	for range 2 {
		bob, alice = send(t, bob, alice, "round")
		alice, bob = send(t, alice, bob, "trip")
	}
	for _, s := range []*Session{alice, bob} {
		state := stored(t, s)
		for _, k := range old {
			if bytes.Contains(state, k) {
				t.Fatal("a key of before is still there")
			}
		}
		for _, k := range secrets(s) {
			if !bytes.Contains(state, k) {
				t.Fatal("the search does not find what is there")
			}
		}
	}
	// And neither side has what only the other should.
	for _, s := range [][2]*Session{{alice, bob}, {bob, alice}} {
		if s[0].pair != nil && bytes.Contains(stored(t, s[1]), s[0].pair.private[:32]) {
			t.Fatal("a private key is in the peer's state")
		}
	}
}

// Nothing that has a key in it shows it, whether it is printed, logged or
// marshalled.
func TestAttackLogs(t *testing.T) {
	alice, bob := begin(t)
	_, bob = seal(t, bob, "begin B1")
	a, b := settle(t)
	_, a = seal(t, a, "missing")
	cell, a := seal(t, a, "text")
	b = open(t, b, cell, "text")
	_, b = seal(t, b, "text")
	_, c := settle(t)
	over := *c
	over.old = []*receiving{b.recv}
	seen := map[reflect.Type]bool{}
	for _, s := range []*Session{alice, bob, a, b, &over} {
		for typ := range secrettest.Hidden(t, s, secrets(s)...) {
			seen[typ] = true
		}
	}
	for _, v := range []any{Session{}, Pair{}, header{}, sending{}, receiving{}, skippedKey{}, identityKeys{}, key{}} {
		if !seen[reflect.TypeOf(v)] {
			t.Errorf("no %T was printed", v)
		}
	}
	secret := bytes.Repeat([]byte("ck2 "), 8)
	secrettest.Hidden(t, &Start{Secret: secret}, secret)
	secrettest.Hidden(t, alice.pair, alice.pair.Bytes())
	k := step(alice.root, nil, labelStep)
	secrettest.Hidden(t, &k)
	// What Decrypt has at hand while it works.
	arrived, err := a.openHeader(a.upcoming(), first(seal(t, b, "text")), 1)
	check(t, err)
	secrettest.Hidden(t, arrived)
}
