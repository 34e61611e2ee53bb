package ratchet

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/hex"
	"math"
	"testing"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Bob's peer itself writes false headers: a chain that is shorter than what has
// come of it, numbers beyond all limits, a chain before ours began, and parts
// that are not of the chain.
func TestAttackFalseHeader(t *testing.T) {
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

// lowOrder are the encodings of all points of low order on Curve25519 and its
// twist that RFC 7748 knows: 0, 1, two of order 8, p-1, and p and p+1, which are
// not canonical. With the unused highest bit set they are the same points.
var lowOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// Bob's peer itself sends a ratchet key of low order, with which the agreement
// is zero whatever Bob's key is; it does its own half of the step with that.
func TestAttackLowOrder(t *testing.T) {
	alice, bob := settle(t)
	for _, point := range lowOrder {
		p, err := hex.DecodeString(point)
		check(t, err)
		for _, top := range []byte{0, 0x80} {
			liar := alice.step(t, func(l *lie) {
				copy(l.public.dh(), p)
				l.public.dh()[31] |= top
				l.dh = make([]byte, suite.DHSize)
			})
			refused(t, bob, first(seal(t, liar, "text")), ErrForged)
		}
	}
	open(t, bob, first(seal(t, alice.step(t, func(*lie) {}), "text")), "text")
}

// Bob's peer sends an ML-KEM key with a number that is not below q = 3329, in
// the first, a middle and the last place; or a key that is all ones.
func TestAttackKEMKey(t *testing.T) {
	alice, bob := settle(t)
	for _, i := range []int{0, 1, 383, 766, 767} {
		for _, number := range []uint16{3329, 4095} {
			liar := alice.step(t, func(l *lie) {
				// Two numbers of 12 bits in three bytes.
				b := l.public.ek()[i/2*3:][:3]
				if i%2 == 0 {
					b[0], b[1] = byte(number), b[1]&0xf0|byte(number>>8)
				} else {
					b[1], b[2] = b[1]&0x0f|byte(number<<4), byte(number>>4)
				}
			})
			refused(t, bob, first(seal(t, liar, "text")), ErrForged)
		}
	}
	liar := alice.step(t, func(l *lie) { copy(l.public.ek(), bytes.Repeat([]byte{0xff}, 1152)) })
	refused(t, bob, first(seal(t, liar, "text")), ErrForged)
}

// A KEM that gives everybody the same secret, and a Diffie-Hellman key that
// agrees with every other on the same: then only what the step binds tells one
// exchange from another.
type (
	brokenKEM struct{ crypto.Decapsulator }
	brokenDH  struct{ ecdh.KeyExchanger }
)

func (brokenKEM) Decapsulate([]byte) ([]byte, error)  { return make([]byte, 32), nil }
func (brokenDH) ECDH(*ecdh.PublicKey) ([]byte, error) { return make([]byte, 32), nil }

// Mallory re-encapsulates: he opens what was meant for a key that he knows and
// makes a ciphertext for another key, or shows one ciphertext under two keys,
// so that two sides who share a secret differ in whose keys they think it is
// from. Whatever the KEM does about it, keys and ciphertext are in the step.
func TestAttackReencapsulation(t *testing.T) {
	alice, bob := settle(t)
	b := *bob
	b.pair = &Pair{private: bob.pair.private, public: bob.pair.public, kemKey: brokenKEM{}, dhKey: brokenDH{bob.pair.dh()}}
	step := func(after func(*sending)) *Session {
		s := alice.step(t, func(l *lie) { l.dh, l.shared = make([]byte, 32), make([]byte, 32) })
		c := *s.send
		after(&c)
		s.send = &c
		return s
	}
	other, err := NewPair(rand.Reader, nil)
	check(t, err)
	open(t, &b, first(seal(t, step(func(*sending) {}), "text")), "text")
	for name, change := range map[string]func(*sending){
		"another ek": func(c *sending) { copy(c.public.ek(), other.public.ek()) },
		"another dh": func(c *sending) { copy(c.public.dh(), other.public.dh()) },
		"another ct": func(c *sending) { c.ct = append([]byte{c.ct[0] ^ 1}, c.ct[1:]...) },
	} {
		t.Log(name)
		refused(t, &b, first(seal(t, step(change), "text")), ErrForged)
	}
	// With the KEM as it is, a ciphertext for another key gives no session.
	foreign, _, err := other.Public().Encapsulate()
	check(t, err)
	refused(t, bob, first(seal(t, alice.step(t, func(l *lie) { l.ct = foreign }), "text")), ErrForged)

	// In chain B1 ct3 is bound as well.
	alice, bob = begin(t)
	_, bob = seal(t, bob, "begin B1")
	c := *bob.send
	c.ct3 = append([]byte{c.ct3[0] ^ 1}, c.ct3[1:]...)
	bob.send = &c
	cell, _ := seal(t, bob, "text")
	refused(t, alice, cell, ErrForged)
}

// A lie is what a dishonest sender makes of its half of a step.
type lie struct {
	public     Public
	ct         []byte
	dh, shared []byte
}

// step is startChain with a lie in it: header and step agree with each other,
// and only the recipient can find out.
func (s *Session) step(t tb, change func(*lie)) *Session {
	t.Helper()
	next := *s
	pair, err := NewPair(rand.Reader, nil)
	check(t, err)
	l := lie{public: pair.public}
	l.dh, err = pair.agree(s.remote.dh())
	check(t, err)
	l.ct, l.shared, err = s.remote.Encapsulate()
	check(t, err)
	change(&l)
	c := &sending{header: newHeader(s.sendNext), pn: s.send.n, public: &l.public, ct: l.ct}
	next.sent(c, step(s.root, wire.LP(nil, l.dh, l.shared), labelStep, c.public[:], l.ct))
	next.pair = pair
	return &next
}

// Bob's peer itself announces as many cells as it can without sending them. The
// keys that Bob keeps are bounded, and what is sent is still read.
func TestAttackSkippedKeys(t *testing.T) {
	alice, bob := settle(t)
	jump := func(s *Session, n int) *Session {
		next := *s
		c := *s.send
		for range n {
			_, c.chain = advance(c.chain)
			c.n++
		}
		next.send = &c
		return &next
	}
	for i := range 7 {
		alice, bob = send(t, alice, bob, "text")
		far := jump(alice, MaxSkippedChain+1)
		refused(t, bob, first(seal(t, far, "too far")), ErrTooFarAhead)
		if cell, ahead := seal(t, jump(alice, MaxSkippedChain), "far"); i < MaxSkippedSession/MaxSkippedChain {
			alice, bob = ahead, open(t, bob, cell, "far")
		} else {
			refused(t, bob, cell, ErrTooFarAhead)
		}
		alice, bob = send(t, alice, bob, "what comes in order")
		bob, alice = send(t, bob, alice, "answer")
	}
	if n := bob.skippedKeys(); n != MaxSkippedSession {
		t.Errorf("%d keys kept, want %d", n, MaxSkippedSession)
	}
	if n := len(stored(t, bob)); n > 600_000 {
		t.Errorf("%d bytes of state", n)
	}
}
