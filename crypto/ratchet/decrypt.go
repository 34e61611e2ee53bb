package ratchet

import (
	"bytes"
	"crypto/mlkem"
	"crypto/subtle"
	"fmt"
	"io"
	"slices"
	"time"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Decrypt opens a cell and returns the session to go on with; plaintext and
// session must be stored together. now is kept with the keys of missing cells,
// which are dropped 30 days later. Decrypt makes no keys and leaves rand
// alone. See the errors for what it refuses; after each the session is as it
// was.
func (s *Session) Decrypt(_ io.Reader, now time.Time, cell []byte) (plaintext []byte, next *Session, err error) {
	class, ok := classOf(cell)
	if !ok || cell[0] != version {
		return nil, nil, ErrCell
	}
	tag := [TagSize]byte(cell[1:])
	s = s.fresh(now)
	switch {
	case s.recv != nil && tag == s.recv.tag:
		return s.openCurrent(now, cell, class)
	case tag == s.recvNext.tag:
		return s.openNext(now, cell, class)
	}
	for i, c := range s.old {
		if tag == c.tag {
			return s.openOld(i, cell, class)
		}
	}
	return nil, nil, ErrUnknown
}

// openCurrent opens a cell of the peer's newest chain.
func (s *Session) openCurrent(now time.Time, cell []byte, class byte) ([]byte, *Session, error) {
	c := s.recv
	h, err := s.openHeader(c.header, c.answer, cell, class)
	if err != nil {
		return nil, nil, err
	}
	next := *s
	if h.n < c.n {
		var plaintext []byte
		if plaintext, next.recv, err = s.openSkipped(c, h.n, cell, class); err != nil {
			return nil, nil, err
		}
		return plaintext, &next, nil
	}
	if err := s.mayKeep(len(c.skipped), uint64(h.n-c.n), 0); err != nil {
		return nil, nil, err
	}
	d := c.skip(h.n, now)
	plaintext, err := s.openLast(d, cell, class)
	if err != nil {
		return nil, nil, err
	}
	next.recv = d
	return plaintext, &next, nil
}

// openNext opens the first cell that arrives of the peer's next chain: it ends
// the chain before, does the step, and makes our own next chain due.
func (s *Session) openNext(now time.Time, cell []byte, class byte) ([]byte, *Session, error) {
	answer := s.initiator && s.recv == nil
	h, err := s.openHeader(s.recvNext, answer, cell, class)
	if err != nil {
		return nil, nil, err
	}
	// The peer starts a chain only for a chain of ours, and ours is still due.
	if s.pair == nil {
		return nil, nil, ErrForged
	}
	ended := s.recv
	if ended == nil {
		ended = new(receiving)
	}
	if h.pn < ended.n || s.recv == nil && h.pn != 0 {
		return nil, nil, ErrForged
	}
	if err := s.mayKeep(len(ended.skipped), uint64(h.pn-ended.n), uint64(h.n)); err != nil {
		return nil, nil, err
	}
	next := *s
	c, err := next.receiveStep(h, answer)
	if err != nil {
		return nil, nil, err
	}
	c = c.skip(h.n, now)
	plaintext, err := next.openLast(c, cell, class)
	if err != nil {
		return nil, nil, err
	}
	ended = ended.skip(h.pn, now)
	ended.chain = key{}
	if len(ended.skipped) > 0 {
		next.old = append(slices.Clone(s.old), ended)
	}
	next.recv, next.confirmed = c, true
	return plaintext, &next, nil
}

// openOld opens a cell of a chain that is over.
func (s *Session) openOld(i int, cell []byte, class byte) ([]byte, *Session, error) {
	c := s.old[i]
	h, err := s.openHeader(c.header, c.answer, cell, class)
	if err != nil {
		return nil, nil, err
	}
	if h.n >= c.n {
		return nil, nil, ErrForged
	}
	plaintext, d, err := s.openSkipped(c, h.n, cell, class)
	if err != nil {
		return nil, nil, err
	}
	next := *s
	next.old = slices.Clone(s.old)
	if len(d.skipped) > 0 {
		next.old[i] = d
	} else {
		next.old = slices.Delete(next.old, i, i+1)
	}
	return plaintext, &next, nil
}

// openHeader opens a cell's header; nothing else is done before this succeeds.
func (s *Session) openHeader(k header, answer bool, cell []byte, class byte) (*headerText, error) {
	size := headerSize
	if answer {
		size += answerSize
	}
	sealed := cell[headerAt : headerAt+size+suite.TagSize]
	b, err := suite.Open(k.key[:], cell[nonceAt:headerAt], sealed, headerAD(class, k.tag, direction(!s.initiator)))
	if err != nil {
		return nil, ErrForged
	}
	h, err := parseHeader(b, answer)
	if err != nil {
		return nil, err
	}
	if h.from != s.peer.Version || h.to != s.own.Version {
		return nil, ErrListVersion
	}
	return h, nil
}

// mayKeep checks the limits before any key is derived: more keys are to be
// kept for a chain that has some, and others for the chain after it.
func (s *Session) mayKeep(has int, more, after uint64) error {
	if uint64(has)+more > MaxSkippedChain || after > MaxSkippedChain ||
		uint64(s.skippedKeys())+more+after > MaxSkippedSession {
		return ErrTooFarAhead
	}
	return nil
}

// receiveStep does our half of the peer's step and uses up our pair.
func (s *Session) receiveStep(h *headerText, answer bool) (*receiving, error) {
	if err := h.public.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	shDH, err := s.pair.DH(h.public.dh())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	shared, err := s.pair.Decapsulate(h.ct)
	if err != nil {
		return nil, err
	}
	c := &receiving{header: s.recvNext, answer: answer}
	secrets := wire.LP(nil, shDH, shared)
	var nextHeader key
	if answer {
		idDH, idShared, err := s.identity.agree(h)
		if err != nil {
			return nil, err
		}
		s.root, c.chain, nextHeader = step(s.root, wire.LP(secrets, idDH, idShared), labelStep3, h.public[:], h.ct, h.ct3, s.hash[:])
		s.identity = nil
	} else {
		s.root, c.chain, nextHeader = step(s.root, secrets, labelStep, h.public[:], h.ct)
	}
	s.recvNext = newHeader(nextHeader)
	s.remote, s.pair = h.public, nil
	return c, nil
}

// agree does the part of the initiator's device keys in chain B1.
func (i *identityKeys) agree(h *headerText) (shDH, shared []byte, err error) {
	if shDH, err = dh(privateDH(i.dh), h.public.dh()); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	kem, err := mlkem.NewDecapsulationKey1024(i.kem)
	if err != nil {
		return nil, nil, fmt.Errorf("ratchet: %w", err)
	}
	if shared, err = kem.Decapsulate(h.ct3); err != nil {
		return nil, nil, fmt.Errorf("ratchet: %w", err)
	}
	return shDH, shared, nil
}

// openLast opens the body of the cell that the chain stands at, and moves it on.
func (s *Session) openLast(c *receiving, cell []byte, class byte) ([]byte, error) {
	message, chain := advance(c.chain)
	plaintext, err := s.openBody(message, c.answer, cell, class)
	if err != nil {
		return nil, err
	}
	c.chain = chain
	c.n++
	return plaintext, nil
}

// openSkipped opens the body of a cell that was missing, and returns the chain
// without its key.
func (s *Session) openSkipped(c *receiving, n uint32, cell []byte, class byte) ([]byte, *receiving, error) {
	i, ok := c.find(n)
	if !ok {
		return nil, nil, ErrReplay
	}
	plaintext, err := s.openBody(c.skipped[i].message, c.answer, cell, class)
	if err != nil {
		return nil, nil, err
	}
	return plaintext, c.without(i), nil
}

// openBody checks the commitment and opens the body.
func (s *Session) openBody(message key, answer bool, cell []byte, class byte) ([]byte, error) {
	at := len(cell) - bodySize(class, answer) - suite.TagSize - suite.KeySize
	before, commitment, sealed := cell[:at], cell[at:at+suite.KeySize], cell[at+suite.KeySize:]
	bodyKey, want := cellKeys(message, cell[nonceAt:headerAt])
	if subtle.ConstantTimeCompare(commitment, want) == 0 {
		return nil, ErrForged
	}
	ad := s.bodyAD(direction(!s.initiator), class, before, s.peer, s.own)
	body, err := suite.OpenOnce(bodyKey, sealed, ad)
	if err != nil {
		return nil, ErrForged
	}
	plaintext, err := wire.Unpad(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return bytes.Clone(plaintext), nil
}
