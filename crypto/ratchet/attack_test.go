package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"sotto/crypto/internal/suite"
)

// chains returns cells of every kind of chain, each with a session that opens it.
func chains(t tb) (all []specimen) {
	t.Helper()
	alice, bob := begin(t)
	add := func(name string, to *Session, cell []byte) { all = append(all, specimen{name, to, cell}) }
	a1, alice := seal(t, alice, "A1")
	add("A1", bob, a1)
	bob = open(t, bob, a1, "A1")
	b1, bob := seal(t, bob, "B1")
	add("B1, first", alice, b1)
	alice = open(t, alice, b1, "B1")
	b1b, bob := seal(t, bob, "B1b")
	add("B1, second", alice, b1b)
	a2, alice := seal(t, alice, "A2")
	add("A2, first", bob, a2)
	bob = open(t, bob, a2, "A2")
	lost, alice := seal(t, alice, "lost")
	a2b, alice := seal(t, alice, "A2b")
	bob = open(t, bob, a2b, "A2b")
	add("A2, skipped", bob, lost)
	bob, alice = send(t, bob, alice, "B2")
	_, bob = send(t, alice, bob, "A3")
	add("A2, over", bob, lost)
	return all
}

type specimen struct {
	name string
	to   *Session
	cell []byte
}

// Mallory alters a byte of a cell, any byte, in every kind of chain.
func TestAttackAlteredCell(t *testing.T) {
	for _, c := range chains(t) {
		before := stored(t, c.to)
		for i := range c.cell {
			cell := bytes.Clone(c.cell)
			cell[i] ^= 1 << (i % 8)
			_, next, err := c.to.Decrypt(noon, cell)
			target := ErrForged
			switch {
			case i == 0:
				target = ErrCell
			case i <= TagSize:
				target = ErrUnknown
			}
			if next != nil || !errors.Is(err, target) {
				t.Fatalf("%s: byte %d altered: got error %v, want %v", c.name, i, err, target)
			}
		}
		if !bytes.Equal(before, stored(t, c.to)) {
			t.Fatalf("%s: altered cells change the session", c.name)
		}
		if _, _, err := c.to.Decrypt(noon, c.cell); err != nil {
			t.Fatalf("%s: the cell itself: %v", c.name, err)
		}
	}
}

// Mallory puts parts of two true cells together, or moves one to another class.
func TestAttackSplicedCell(t *testing.T) {
	alice, bob := settle(t)
	alice, bob = send(t, alice, bob, "begins the chain")
	twin := first(seal(t, alice, "twin")) // under the same message key as one
	one, alice := seal(t, alice, "one")
	two, alice := seal(t, alice, "two")
	long, _ := seal(t, alice, string(make([]byte, 2000)))
	bodyAt := headerAt + headerSize + suite.TagSize
	refused(t, bob, append(bytes.Clone(one[:bodyAt]), two[bodyAt:]...), ErrForged)
	refused(t, bob, append(bytes.Clone(one[:bodyAt+32]), two[bodyAt+32:]...), ErrForged)
	refused(t, bob, append(bytes.Clone(one[:headerAt]), two[headerAt:]...), ErrForged)
	for _, other := range [][2][]byte{{one, twin}, {twin, one}} {
		refused(t, bob, append(bytes.Clone(other[0][:bodyAt]), other[1][bodyAt:]...), ErrForged)
		refused(t, bob, append(bytes.Clone(other[0][:bodyAt+32]), other[1][bodyAt+32:]...), ErrForged)
	}
	open(t, bob, twin, "twin")
	open(t, bob, one, "one")
	refused(t, bob, append(bytes.Clone(long[:bodyAt]), one[bodyAt:]...), ErrForged)
	refused(t, bob, long[:len(one)], ErrForged)
	refused(t, bob, append(bytes.Clone(one), make([]byte, len(long)-len(one))...), ErrForged)
}

// Mallory has the header key of a chain, which a state that he copied a round
// trip ago gives away, but not the chain key. He writes another header before a
// true body.
func TestAttackHeaderKey(t *testing.T) {
	alice, bob := settle(t)
	alice, bob = send(t, alice, bob, "text")
	cell, alice := seal(t, alice, "text")
	bodyAt := headerAt + headerSize + suite.TagSize
	reseal := func(change func(*headerText)) []byte {
		ad := headerAD(1, alice.send.tag, 1)
		b, err := suite.Open(alice.send.key[:], cell[nonceAt:headerAt], cell[headerAt:bodyAt], ad)
		check(t, err)
		h, err := parseHeader(b, false)
		check(t, err)
		change(h)
		front := suite.Seal(bytes.Clone(cell[:headerAt]), alice.send.key[:], cell[nonceAt:headerAt], h.append(nil), ad)
		return append(front, cell[bodyAt:]...)
	}
	for name, change := range map[string]func(*headerText){
		"another pn": func(h *headerText) { h.pn++ },
		"another n":  func(h *headerText) { h.n++ },
		"another ct": func(h *headerText) { h.ct = make([]byte, CiphertextSize) },
		"another dh": func(h *headerText) { h.public = new(Public) },
	} {
		t.Log(name)
		refused(t, bob, reseal(change), ErrForged)
	}
	open(t, bob, reseal(func(*headerText) {}), "text")
}

// Mallory sends a cell again, at any later time.
func TestAttackReplay(t *testing.T) {
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
	_, bob = send(t, alice, bob, "next chain")
	refused(t, bob, third, ErrReplay)
	bob = open(t, bob, late, "late")
	refused(t, bob, late, ErrUnknown)
	refused(t, bob, third, ErrUnknown)
}

// Mallory sends Alice's cells back to her. Their tags are none of Bob's; if
// they were, the direction is still another.
func TestAttackReflection(t *testing.T) {
	alice, bob := settle(t)
	own, alice := seal(t, alice, "own")
	refused(t, alice, own, ErrUnknown)
	sent := alice.send
	for name, mirror := range map[string]func(*Session){
		"as the newest chain": func(s *Session) {
			s.recv = &receiving{header: sent.header, number: s.recv.number, chain: before(t, bob, own)}
		},
		"as the next chain": func(s *Session) { s.recvNext = sent.header },
	} {
		s := *alice
		mirror(&s)
		t.Log(name)
		refused(t, &s, own, ErrForged)
	}
	// Header and body each have the direction in them.
	at := headerAt + headerSize + suite.TagSize
	ours := func(dir byte) error {
		_, err := suite.Open(sent.key[:], own[nonceAt:headerAt], own[headerAt:at], headerAD(1, sent.tag, dir))
		return err
	}
	if ours(1) != nil || ours(2) == nil || bytes.Equal(alice.bodyAD(1, 1, nil, listA, listB), alice.bodyAD(2, 1, nil, listA, listB)) {
		t.Error("one direction is like the other")
	}
}

// before returns the chain key with which a session opens the first cell of the
// peer's next chain.
func before(t tb, s *Session, cell []byte) key {
	t.Helper()
	next := *s
	a, err := next.openHeader(next.upcoming(), cell, 1)
	check(t, err)
	check(t, next.receiveStep(a))
	return next.recv.chain
}

// Mallory makes the two sides count on different lists: a list of the same
// version with another device in it, on either side.
func TestAttackGhostDevice(t *testing.T) {
	ghost := List{1, [32]byte{'G'}}
	for name, change := range map[string]func(*Start){
		"in the list of the sender":    func(s *Start) { s.Peer = ghost },
		"in the list of the recipient": func(s *Start) { s.Own = ghost },
	} {
		alice, bob := beginWith(t, change)
		t.Log(name)
		refused(t, bob, first(seal(t, alice, "text")), ErrForged)
		refused(t, alice, first(seal(t, bob, "text")), ErrForged)
	}
	// And later, by another list in place of an announced one.
	alice, bob := settle(t)
	cell, alice := seal(t, alice, "list")
	opened, bob := read(t, bob, cell)
	alice, err := alice.PinOwn(list(2))
	check(t, err)
	bob, err = bob.PinPeer(opened.Place, List{2, ghost.Hash})
	check(t, err)
	refused(t, bob, first(seal(t, alice, "text")), ErrForged)
}

// Mallory, who once copied Alice's session, goes on with the list from before
// she removed a device, or shows Bob's side a list that Bob does not know.
func TestAttackListRollback(t *testing.T) {
	alice, bob := settle(t)
	late, alice := seal(t, alice, "sealed before the announcement")
	alice, bob = announce(t, alice, bob, 2)
	stale := alice.claiming(listA, listB)
	refused(t, bob, first(seal(t, stale, "text")), ErrListRollback)
	refused(t, bob, first(seal(t, alice.claiming(list(2), list(9)), "text")), ErrListUnknown)
	refused(t, bob, first(seal(t, alice.claiming(list(3), listB), "text")), ErrListAhead)
	alice, bob = send(t, alice, bob, "text")
	bob, alice = send(t, bob, alice, "answer")
	refused(t, bob, first(seal(t, alice.claiming(listA, listB), "in the next chain")), ErrListRollback)
	open(t, bob, late, "sealed before the announcement")
}

// Mallory changes what the handshake had bound: another suite or mode, another
// invitation, or another first message give another session hash, with which
// nothing opens, even if all keys were the same.
func TestAttackOtherTranscript(t *testing.T) {
	alice, bob := beginWith(t, func(s *Start) { s.Hash[0] ^= 1 })
	refused(t, bob, first(seal(t, alice, "text")), ErrUnknown) // header keys come from the hash as well
	alice, bob = settle(t)
	cell, _ := seal(t, alice, "text")
	bob.hash[0] ^= 1
	refused(t, bob, cell, ErrForged)
	// Chain B1 has the hash in its step.
	alice, bob = begin(t)
	bob.hash[0] ^= 1
	cell, bob = seal(t, bob, "text")
	upcoming, err := alice.openHeader(alice.upcoming(), cell, 1)
	check(t, err)
	good := *alice
	check(t, good.receiveStep(upcoming))
	if good.root == bob.root {
		t.Error("chain B1 does not depend on the session hash")
	}
}

// Mallory has a state that was copied from Alice's disk, while Alice goes on
// with hers: even when the random generator was copied with it, no keystream is
// used for two texts, and the recipient takes only one of the two cells.
func TestAttackRestoredCopy(t *testing.T) {
	alice, bob := settle(t)
	_, alice = seal(t, alice, "begin the chain")
	seed := make([]byte, 200)
	_, err := rand.Read(seed)
	check(t, err)
	sealWith := func(s *Session, text string) []byte {
		cell, _, err := s.Encrypt(bytes.NewReader(seed), []byte(text))
		check(t, err)
		return cell
	}
	one, same := sealWith(alice, "one text"), sealWith(reload(t, alice), "one text")
	if !bytes.Equal(one, same) {
		t.Fatal("a cell depends on more than session, randomness and text")
	}
	pinned, err := alice.PinOwn(list(2))
	check(t, err)
	bodyAt := headerAt + headerSize + suite.TagSize + suite.KeySize
	for name, other := range map[string][]byte{
		"another text":          sealWith(alice, "two text"),
		"another list":          sealWith(pinned, "one text"),
		"other randomness":      first(seal(t, alice, "one text")),
		"other text, other rng": first(seal(t, alice, "two text")),
	} {
		if bytes.Equal(one[nonceAt:headerAt], other[nonceAt:headerAt]) {
			t.Errorf("%s: the same nonce under one header key", name)
		}
		// Under one keystream the padding, which is zero in both, would agree.
		if bytes.Equal(one[bodyAt+64:bodyAt+128], other[bodyAt+64:bodyAt+128]) {
			t.Errorf("%s: the same keystream", name)
		}
	}
	bob = open(t, bob, one, "one text")
	refused(t, bob, sealWith(alice, "two text"), ErrReplay)

	// In the first cell of a chain as well: the ratchet pair comes from the root
	// key too, so that two sessions with one generator have two pairs.
	pairOf := func(s *Session) Public {
		_, next, err := s.Encrypt(bytes.NewReader(seed), nil)
		check(t, err)
		return next.pair.public
	}
	another, third := initiator(settle(t)), initiator(settle(t))
	if pairOf(another) == pairOf(third) {
		t.Error("a random generator that repeats itself gives the same ratchet pair twice")
	}
}

// Mallory uses a key of one kind where another is due: no two keys that a
// session derives are the same, and none opens what is sealed under another.
func TestAttackCrossUse(t *testing.T) {
	alice, bob := settle(t)
	cell, sealed := seal(t, alice, "text")
	mk, next := advance(before(t, bob, cell))
	body, commitment := cellKeys(mk, cell[nonceAt:headerAt])
	keys := map[string]key{
		"root": sealed.root, "chain before": before(t, bob, cell), "chain": next, "message": mk,
		"body": key(body), "commitment": key(commitment), "header": sealed.send.key, "next header": sealed.sendNext,
		"resumption": sealed.resumptions[0], "resumption before": sealed.resumptions[1],
		"their next header": sealed.recvNext.key, "root before": alice.root,
	}
	seen := map[key]string{}
	for name, k := range keys {
		if seen[k] != "" {
			t.Errorf("%s and %s are one key", name, seen[k])
		}
		seen[k] = name
	}
	bodyAt := headerAt + headerSize + suite.TagSize + suite.KeySize
	ad := bob.bodyAD(1, 1, cell[:bodyAt-suite.KeySize], listA, listB)
	for name, k := range keys {
		if _, err := suite.OpenOnce(k[:], cell[bodyAt:], ad); (err == nil) != (name == "body") {
			t.Errorf("body with the %s key: %v", name, err)
		}
		_, err := suite.Open(k[:], cell[nonceAt:headerAt], cell[headerAt:bodyAt-suite.KeySize], headerAD(1, sealed.send.tag, 1))
		if (err == nil) != (name == "header") {
			t.Errorf("header with the %s key: %v", name, err)
		}
	}
	if bytes.Contains(cell, sealed.send.key[:16]) || newHeader(sealed.send.key).tag == [TagSize]byte(sealed.send.key[:]) {
		t.Error("the tag is part of the header key")
	}
}
