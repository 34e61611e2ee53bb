package ratchet

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"testing"

	"sotto/crypto/internal/suite"
)

// counted counts what is done with a ratchet pair.
type (
	countedKEM struct {
		crypto.Decapsulator
		n *int
	}
	countedDH struct {
		ecdh.KeyExchanger
		n *int
	}
)

func (c countedKEM) Decapsulate(ct []byte) ([]byte, error) {
	*c.n++
	return c.Decapsulator.Decapsulate(ct)
}

func (c countedDH) ECDH(p *ecdh.PublicKey) ([]byte, error) {
	*c.n++
	return c.KeyExchanger.ECDH(p)
}

// Mallory floods Bob with cells under his tags: garbage, and headers that were
// made for another cell. Bob does nothing with a private key before a header is
// authentic.
func TestAttackHeaderFlood(t *testing.T) {
	alice, bob := settle(t)
	cell, alice := seal(t, alice, "text")
	long, _ := seal(t, alice, string(make([]byte, 2000)))
	var kem, dh int
	s := *bob
	s.pair = &Pair{
		private: bob.pair.private, public: bob.pair.public,
		kemKey: countedKEM{bob.pair.kem(), &kem}, dhKey: countedDH{bob.pair.dh(), &dh},
	}
	flood := [][]byte{long[:len(cell)], append(bytes.Clone(cell), make([]byte, len(long)-len(cell))...)}
	for i := headerAt; i < headerAt+headerSize+suite.TagSize; i += 7 {
		altered := bytes.Clone(cell)
		altered[i] ^= 0x40
		flood = append(flood, altered)
	}
	for _, tag := range s.Tags() {
		for _, size := range classes {
			garbage := make([]byte, size)
			_, err := rand.Read(garbage)
			check(t, err)
			garbage[0] = version
			copy(garbage[1:], tag[:])
			flood = append(flood, garbage)
		}
	}
	for _, c := range flood {
		refused(t, &s, c, ErrForged)
	}
	if kem != 0 || dh != 0 {
		t.Errorf("%d decapsulations and %d agreements for %d cells of nobody's", kem, dh, len(flood))
	}
	// Nor is a key derived, which would take many more allocations than the few
	// beside those of opening a header.
	c := flood[2]
	header := testing.AllocsPerRun(50, func() {
		u := s.fresh(noon).upcoming()
		_, _ = suite.Open(u.key[:], c[nonceAt:headerAt], c[headerAt:][:headerSize+suite.TagSize], headerAD(1, u.tag, 1))
	})
	derived := testing.AllocsPerRun(50, func() { suite.KDF(s.root[:], nil, labelTag, TagSize) })
	all := testing.AllocsPerRun(50, func() { _, _, _ = s.Decrypt(noon, c) })
	if all > header+2 || derived < 5 {
		t.Errorf("%v allocations for such a cell; opening its header takes %v, and a key %v", all, header, derived)
	}
	open(t, &s, cell, "text")
	if kem != 1 || dh != 1 {
		t.Errorf("%d decapsulations and %d agreements for a true cell", kem, dh)
	}
}
