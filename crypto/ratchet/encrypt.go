package ratchet

import (
	"crypto/mlkem"
	"fmt"
	"io"
	"math"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Encrypt seals a plaintext in a cell of the smallest class that it fits into,
// and returns the session to go on with. Both must be stored before the cell
// is sent. It returns ErrTooLong for more than MaxPlaintext bytes.
func (s *Session) Encrypt(rand io.Reader, plaintext []byte) (cell []byte, next *Session, err error) {
	state := *s
	next = &state
	if next.pair == nil {
		if err := next.startChain(rand); err != nil {
			return nil, nil, err
		}
	}
	c := *next.send
	next.send = &c
	if c.n == math.MaxUint32 {
		return nil, nil, ErrChainFull
	}
	class, ok := fit(len(plaintext), c.ct3 != nil)
	if !ok || len(plaintext) > MaxPlaintext() {
		return nil, nil, ErrTooLong
	}
	body, _ := wire.Pad(plaintext, bodySize(class, c.ct3 != nil))
	nonce, err := suite.Random(rand, suite.XNonce)
	if err != nil {
		return nil, nil, fmt.Errorf("ratchet: %w", err)
	}
	var message key
	n := c.n
	message, c.chain = advance(c.chain)
	c.n++

	h := headerText{public: c.public, ct: c.ct, ct3: c.ct3, pn: c.pn, n: n, from: s.own.Version, to: s.peer.Version}
	dir := direction(s.initiator)
	cell = make([]byte, 0, classes[class-1])
	cell = append(cell, version)
	cell = append(cell, c.tag[:]...)
	cell = append(cell, nonce...)
	cell = suite.Seal(cell, c.key[:], nonce, h.append(make([]byte, 0, headerSize+answerSize)), headerAD(class, c.tag, dir))
	bodyKey, commitment := cellKeys(message, nonce)
	ad := s.bodyAD(dir, class, cell, s.own, s.peer)
	cell = append(cell, commitment...)
	return suite.SealOnce(cell, bodyKey, body, ad), next, nil
}

// startChain makes our next chain, for the peer's newest ratchet keys. In the
// first of the responder the initiator's device keys enter as well: in that
// chain and in no other, or a quantum computer could read the answer, or the
// two sides would differ when messages cross.
func (s *Session) startChain(rand io.Reader) error {
	pair, err := NewPair(rand)
	if err != nil {
		return err
	}
	shDH, err := pair.DH(s.remote.dh())
	if err != nil {
		return err
	}
	ct, shared, err := s.remote.Encapsulate()
	if err != nil {
		return err
	}
	c := &sending{header: newHeader(s.sendNext), public: pair.public, ct: ct}
	if s.send != nil {
		c.pn = s.send.n
	}
	secrets := wire.LP(nil, shDH, shared)
	if s.identity == nil {
		s.root, c.chain, s.sendNext = step(s.root, secrets, labelStep, c.public[:], ct)
	} else {
		idDH, err := pair.DH(s.identity.dh)
		if err != nil {
			return err
		}
		ek, err := mlkem.NewEncapsulationKey1024(s.identity.kem)
		if err != nil {
			return ErrKey
		}
		idShared, ct3 := ek.Encapsulate()
		c.ct3 = ct3
		s.root, c.chain, s.sendNext = step(s.root, wire.LP(secrets, idDH, idShared), labelStep3, c.public[:], ct, ct3, s.hash[:])
		s.identity = nil
	}
	s.pair, s.send = pair, c
	return nil
}
