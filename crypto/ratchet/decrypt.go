package ratchet

import (
	"crypto/mlkem"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Opened is what a cell said.
type Opened struct {
	Plaintext []byte
	Place     Place
	// Recipient is the version of our device list that the sender had pinned.
	Recipient uint32
}

// Decrypt opens a cell, in the order of docs/protocol.md §7.3, and returns the
// session to go on with; what was opened and the session must be stored
// together. now is kept with the keys of missing cells, which are dropped 30
// days later. See the errors for what Decrypt refuses; after each the session is
// as it was.
func (s *Session) Decrypt(now time.Time, cell []byte) (*Opened, *Session, error) {
	class, ok := classOf(cell)
	if !ok || cell[0] != version {
		return nil, nil, ErrCell
	}
	next := s.fresh(now)
	c := next.chainOf([TagSize]byte(cell[1:]))
	if c == nil {
		return nil, nil, ErrUnknown
	}
	a, err := next.openHeader(c, cell, class)
	if err != nil {
		return nil, nil, err
	}
	var plaintext []byte
	switch {
	case c == next.recv:
		plaintext, err = next.openCurrent(a, now)
	case slices.Contains(next.old, c):
		plaintext, err = next.openOld(a)
	default:
		plaintext, err = next.openUpcoming(a, now)
	}
	if err != nil {
		return nil, nil, err
	}
	return &Opened{plaintext, a.place, a.header.to}, next, nil
}

// chainOf returns the peer's chain that has a tag, or nil.
func (s *Session) chainOf(tag [TagSize]byte) *receiving {
	switch {
	case s.recv != nil && tag == s.recv.tag:
		return s.recv
	case tag == s.recvNext.tag:
		return s.upcoming()
	}
	if i := slices.IndexFunc(s.old, func(c *receiving) bool { return c.tag == tag }); i >= 0 {
		return s.old[i]
	}
	return nil
}

// arrival is a cell whose header has been opened. Only openHeader makes one, and
// whatever costs more than opening a header needs one.
type arrival struct {
	cell     []byte
	class    byte
	chain    *receiving
	answer   bool
	header   *headerText
	place    Place
	from, to List // of the sender and of the recipient, as the header says
}

// openHeader opens a cell's header; nothing else is done before this succeeds.
func (s *Session) openHeader(c *receiving, cell []byte, class byte) (*arrival, error) {
	a := &arrival{cell: cell, class: class, chain: c, answer: s.answer(c)}
	size := headerSize
	if a.answer {
		size += answerSize
	}
	sealed := cell[headerAt : headerAt+size+suite.TagSize]
	b, err := suite.Open(c.key[:], cell[nonceAt:headerAt], sealed, headerAD(class, c.tag, direction(!s.initiator)))
	if err != nil {
		return nil, ErrForged
	}
	if a.header, err = parseHeader(b, a.answer); err != nil {
		return nil, err
	}
	a.place = Place{c.number, a.header.n}
	if a.from, a.to, err = s.agreed(a.header, a.place); err != nil {
		return nil, err
	}
	return a, nil
}

// The three functions below change a session that nobody else has yet. If they
// fail, it is dropped.

// openCurrent opens a cell of the peer's newest chain.
func (s *Session) openCurrent(a *arrival, now time.Time) (plaintext []byte, err error) {
	c, n := a.chain, a.header.n
	if n < c.n {
		plaintext, s.recv, err = s.openSkipped(a)
		return plaintext, err
	}
	if err := s.mayKeep(len(c.skipped), uint64(n-c.n), 0); err != nil {
		return nil, err
	}
	s.recv = c.skip(n, now)
	return s.openLast(s.recv, a)
}

// openUpcoming opens the first cell that arrives of the peer's next chain: it
// ends the chain before, does the step, and makes our own next chain due.
func (s *Session) openUpcoming(a *arrival, now time.Time) ([]byte, error) {
	// The peer starts a chain only for a chain of ours, and ours is still due.
	if s.pair == nil {
		return nil, ErrForged
	}
	ended := s.recv
	if ended == nil {
		ended = new(receiving)
	}
	pn, n := a.header.pn, a.header.n
	if pn < ended.n || s.recv == nil && pn != 0 {
		return nil, ErrForged
	}
	if err := s.mayKeep(len(ended.skipped), uint64(pn-ended.n), uint64(n)); err != nil {
		return nil, err
	}
	if err := s.receiveStep(a); err != nil {
		return nil, err
	}
	s.recv = s.recv.skip(n, now)
	plaintext, err := s.openLast(s.recv, a)
	if err != nil {
		return nil, err
	}
	ended = ended.skip(pn, now)
	ended.chain = key{}
	if len(ended.skipped) > 0 {
		s.old = append(slices.Clone(s.old), ended)
	}
	s.confirmed = true
	return plaintext, nil
}

// openOld opens a cell of a chain that is over.
func (s *Session) openOld(a *arrival) ([]byte, error) {
	if a.header.n >= a.chain.n {
		return nil, ErrForged
	}
	plaintext, c, err := s.openSkipped(a)
	if err != nil {
		return nil, err
	}
	i := slices.Index(s.old, a.chain)
	s.old = slices.Clone(s.old)
	if len(c.skipped) > 0 {
		s.old[i] = c
	} else {
		s.old = slices.Delete(s.old, i, i+1)
	}
	return plaintext, nil
}

// receiveStep does our half of the peer's step and uses up our pair.
func (s *Session) receiveStep(a *arrival) error {
	h := a.header
	kem, err := h.public.kem()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForged, err)
	}
	shDH, err := s.pair.agree(h.public.dh())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForged, err)
	}
	shared, err := s.pair.decapsulate(h.ct)
	if err != nil {
		return err
	}
	secrets := wire.LP(nil, shDH, shared)
	var keys stepKeys
	if a.answer {
		idDH, idShared, err := s.identity.agree(h)
		if err != nil {
			return err
		}
		keys = step(s.root, wire.LP(secrets, idDH, idShared), labelStep3, h.public[:], h.ct, h.ct3, s.hash[:])
	} else {
		keys = step(s.root, secrets, labelStep, h.public[:], h.ct)
	}
	s.received(a.chain, h.public, kem, keys)
	s.pair, s.identity = nil, nil
	return nil
}

// agree does the part of the initiator's device keys in chain B1.
func (i *identityKeys) agree(h *headerText) (shDH, shared []byte, err error) {
	if shDH, err = dh(suite.PrivateDH(i.dh), h.public.dh()); err != nil {
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
func (s *Session) openLast(c *receiving, a *arrival) ([]byte, error) {
	message, chain := advance(c.chain)
	plaintext, err := s.openBody(message, a)
	if err != nil {
		return nil, err
	}
	c.chain = chain
	c.n++
	return plaintext, nil
}

// openSkipped opens the body of a cell that was missing, and returns the chain
// without its key.
func (s *Session) openSkipped(a *arrival) ([]byte, *receiving, error) {
	i, ok := a.chain.find(a.header.n)
	if !ok {
		return nil, nil, ErrReplay
	}
	plaintext, err := s.openBody(a.chain.skipped[i].message, a)
	if err != nil {
		return nil, nil, err
	}
	return plaintext, a.chain.without(i), nil
}

// openBody checks the commitment and opens the body.
func (s *Session) openBody(message key, a *arrival) ([]byte, error) {
	at := len(a.cell) - bodySize(a.class, a.answer) - suite.TagSize - suite.KeySize
	before, commitment, sealed := a.cell[:at], a.cell[at:at+suite.KeySize], a.cell[at+suite.KeySize:]
	bodyKey, want := cellKeys(message, a.cell[nonceAt:headerAt])
	if subtle.ConstantTimeCompare(commitment, want) == 0 {
		return nil, ErrForged
	}
	ad := s.bodyAD(direction(!s.initiator), a.class, before, a.from, a.to)
	body, err := suite.OpenOnce(bodyKey, sealed, ad)
	if err != nil {
		return nil, ErrForged
	}
	plaintext, err := wire.Unpad(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return plaintext, nil
}
