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
	var message key
	n := c.n
	message, c.chain = advance(c.chain)
	c.n++
	own, peer := s.OwnList(), s.PeerList()
	// The message key may be in use by a restored copy of this session, and rand
	// may be restored with it. A nonce that comes from all in which the two cells
	// can differ keeps their keystreams apart even then.
	nonce, err := suite.Hedged(rand, suite.XNonceSize, message[:], own.Hash[:], peer.Hash[:], plaintext)
	if err != nil {
		return nil, nil, fmt.Errorf("ratchet: %w", err)
	}

	// The cell is built where it will be, and each part is sealed in place.
	dir := direction(s.initiator)
	cell = append(make([]byte, 0, classes[class-1]), version)
	cell = append(cell, c.tag[:]...)
	cell = append(cell, nonce...)
	h := headerText{public: c.public, ct: c.ct, ct3: c.ct3, pn: c.pn, n: n, from: own.Version, to: peer.Version}
	header := h.append(cell)[len(cell):]
	cell = suite.Seal(cell, c.key[:], nonce, header, headerAD(class, c.tag, dir))
	bodyKey, commitment := cellKeys(message, nonce)
	ad := s.bodyAD(dir, class, cell, own, peer)
	cell = append(cell, commitment...)
	body := wire.LP(cell, plaintext)[len(cell):]
	body = body[:bodySize(class, c.ct3 != nil)] // the padding is there: a new buffer is zero
	return suite.SealOnce(cell, bodyKey, body, ad), next, nil
}

// startChain makes our next chain, for the peer's newest ratchet keys
// (docs/protocol.md §7.2). In the first of the responder the initiator's device
// keys enter as well: in that chain and in no other, or a quantum computer could
// read the answer, or the two sides would differ when messages cross.
func (s *Session) startChain(rand io.Reader) error {
	pair, err := NewPair(rand, s.root[:])
	if err != nil {
		return err
	}
	shDH, err := pair.agree(s.remote.dh())
	if err != nil {
		return err
	}
	kem := s.remoteKEM
	if kem == nil {
		if kem, err = s.remote.kem(); err != nil {
			return err
		}
	}
	shared, ct := kem.Encapsulate()
	c := &sending{header: newHeader(s.sendNext), public: pair.Public(), ct: ct}
	if s.send != nil {
		c.pn = s.send.n
	}
	secrets := wire.LP(nil, shDH, shared)
	if s.identity == nil {
		s.sent(c, step(s.root, secrets, labelStep, c.public[:], ct))
	} else {
		idDH, err := pair.agree(s.identity.dh)
		if err != nil {
			return err
		}
		ek, err := mlkem.NewEncapsulationKey1024(s.identity.kem)
		if err != nil {
			return ErrKey
		}
		idShared, ct3 := ek.Encapsulate()
		c.ct3 = ct3
		s.sent(c, step(s.root, wire.LP(secrets, idDH, idShared), labelStep3, c.public[:], ct, ct3, s.hash[:]))
		s.identity = nil
	}
	s.pair = pair
	return nil
}
