package ratchet

import (
	"bytes"
	"crypto/mlkem"
	"encoding/binary"
	"errors"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// stateVersion is the version of the bytes that MarshalBinary gives. They stay
// on the device, sealed by the vault, and are no part of the protocol.
const stateVersion = 2

// ErrState says that bytes are not a stored session.
var ErrState = errors.New("ratchet: malformed session state")

// Sizes in bytes of a stored session: about that of one without skipped keys,
// and that of each of them.
const (
	stateSize   = 6 << 10
	skippedSize = 4 + 8 + suite.KeySize
)

// MarshalBinary returns the session for a sealed store: some 5,000 bytes, and
// 44 for each key kept for a cell that is missing and for each list.
func (s *Session) MarshalBinary() ([]byte, error) {
	b := append(make([]byte, 0, stateSize+s.skippedKeys()*skippedSize), stateVersion)
	b = appendBool(b, s.initiator)
	b = appendBool(b, s.confirmed)
	b = append(b, s.hash[:]...)
	b = append(b, byte(len(s.own)))
	for _, l := range s.own {
		b = l.append(b)
	}
	b = append(b, byte(len(s.peer)))
	for _, l := range s.peer {
		b = l.append(b)
		b = binary.BigEndian.AppendUint32(b, l.announced.Chain)
		b = binary.BigEndian.AppendUint32(b, l.announced.N)
	}
	b = append(b, s.root[:]...)
	b = appendBool(b, s.pair != nil)
	if s.pair != nil {
		b = append(b, s.pair.private[:]...)
	}
	b = append(b, s.remote[:]...)
	b = appendBool(b, s.identity != nil)
	if s.identity != nil {
		b = append(b, s.identity.dh...)
		b = append(b, s.identity.kem...)
	}
	b = appendBool(b, s.send != nil)
	if s.send != nil {
		b = s.send.append(b)
	}
	b = append(b, s.sendNext[:]...)
	b = append(b, byte(len(s.resumptions)))
	for _, k := range s.resumptions {
		b = append(b, k[:]...)
	}
	b = appendBool(b, s.recv != nil)
	if s.recv != nil {
		b = s.recv.append(b)
		b = append(b, s.resumption[:]...)
	}
	b = append(b, s.recvNext.key[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.old)))
	for _, c := range s.old {
		b = c.append(b)
	}
	return b, nil
}

// ParseSession reads what MarshalBinary made. It refuses states that no
// session can be in.
func ParseSession(b []byte) (*Session, error) {
	r := wire.NewReader(b)
	if r.Byte() != stateVersion {
		return nil, ErrState
	}
	s := &Session{initiator: r.Bool(), confirmed: r.Bool()}
	r.Copy(s.hash[:])
	for range min(r.Byte(), MaxLists+1) {
		s.own = append(s.own, readList(r))
	}
	for range min(r.Byte(), MaxLists+1) {
		s.peer = append(s.peer, pinned{readList(r), Place{r.Uint32(), r.Uint32()}})
	}
	r.Copy(s.root[:])
	var pair []byte
	if r.Bool() {
		pair = r.Take(PairSize)
	}
	s.remote = new(Public)
	r.Copy(s.remote[:])
	if r.Bool() {
		// Whose keys they are follows from whose session it is.
		size := mlkem.EncapsulationKeySize1024
		if s.initiator {
			size = mlkem.SeedSize
		}
		s.identity = &identityKeys{dh: bytes.Clone(r.Take(suite.DHSize)), kem: bytes.Clone(r.Take(size))}
	}
	if r.Bool() {
		s.send = readSending(r)
	}
	r.Copy(s.sendNext[:])
	s.resumptions = make([]key, min(r.Byte(), 3))
	for i := range s.resumptions {
		r.Copy(s.resumptions[i][:])
	}
	if r.Bool() {
		s.recv = readReceiving(r)
		r.Copy(s.resumption[:])
	}
	var recvNext key
	r.Copy(recvNext[:])
	for n := r.Uint32(); n > 0; n-- {
		if len(s.old) == MaxSkippedSession {
			return nil, ErrState
		}
		s.old = append(s.old, readReceiving(r))
		if r.Failed() {
			return nil, ErrState
		}
	}
	if r.End() != nil {
		return nil, ErrState
	}
	s.recvNext = newHeader(recvNext)
	if pair != nil {
		if s.send == nil {
			return nil, ErrState
		}
		s.pair = &Pair{private: [PairSize]byte(pair), public: *s.send.public}
	}
	if !s.possible() {
		return nil, ErrState
	}
	return s, nil
}

// possible reports whether the parts of a session fit together.
func (s *Session) possible() bool {
	// Who has sent and received what: the initiator can send from the start
	// and the responder can receive, and device keys wait for chain B1.
	if s.initiator {
		if s.send == nil || s.send.ct3 != nil || s.confirmed != (s.recv != nil) ||
			(s.recv == nil) != (s.identity != nil) || s.recv == nil && s.pair == nil {
			return false
		}
	} else {
		if s.recv == nil || s.confirmed && s.send == nil || (s.send == nil) != (s.identity != nil) {
			return false
		}
	}
	if len(s.resumptions) > 2 || (len(s.resumptions) > 0) != (s.send != nil) {
		return false
	}
	// Chains of the peer's, in order.
	var number uint32
	for _, c := range s.old {
		if len(c.skipped) == 0 || c.chain != (key{}) || c.number <= number || !c.ordered() {
			return false
		}
		number = c.number
	}
	if s.recv != nil && (s.recv.number <= number || !s.recv.ordered()) || s.recv == nil && len(s.old) > 0 {
		return false
	}
	return s.skippedKeys() <= MaxSkippedSession && s.listsPossible()
}

// listsPossible reports whether lists are remembered in order, not too many,
// and were announced in chains that have begun.
func (s *Session) listsPossible() bool {
	if n := len(s.own); n < 1 || n > MaxLists {
		return false
	}
	if n := len(s.peer); n < 1 || n > MaxLists {
		return false
	}
	for i := range s.own[1:] {
		if s.own[i].Version >= s.own[i+1].Version {
			return false
		}
	}
	for i := range s.peer[1:] {
		l, next := s.peer[i], s.peer[i+1]
		if l.Version >= next.Version || !l.announced.before(next.announced) {
			return false
		}
	}
	last := s.peer[len(s.peer)-1].announced
	return last == Place{} || s.recv != nil && last.Chain <= s.recv.number
}

// ordered reports whether the skipped keys are of cells before the next one,
// each once, in order, and not too many.
func (c *receiving) ordered() bool {
	for i, k := range c.skipped {
		if k.n >= c.n || i > 0 && c.skipped[i-1].n >= k.n {
			return false
		}
	}
	return len(c.skipped) <= MaxSkippedChain
}

func (l List) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, l.Version)
	return append(b, l.Hash[:]...)
}

func readList(r *wire.Reader) (l List) {
	l.Version = r.Uint32()
	r.Copy(l.Hash[:])
	return l
}

func (c *sending) append(b []byte) []byte {
	b = append(b, c.key[:]...)
	b = append(b, c.chain[:]...)
	b = binary.BigEndian.AppendUint32(b, c.n)
	b = binary.BigEndian.AppendUint32(b, c.pn)
	b = append(b, c.public[:]...)
	b = append(b, c.ct...)
	b = appendBool(b, c.ct3 != nil)
	return append(b, c.ct3...)
}

func readSending(r *wire.Reader) *sending {
	c := new(sending)
	r.Copy(c.key[:])
	c.header = newHeader(c.key)
	r.Copy(c.chain[:])
	c.n, c.pn = r.Uint32(), r.Uint32()
	c.public = new(Public)
	r.Copy(c.public[:])
	c.ct = bytes.Clone(r.Take(CiphertextSize))
	if r.Bool() {
		c.ct3 = bytes.Clone(r.Take(answerSize))
	}
	return c
}

func (c *receiving) append(b []byte) []byte {
	b = append(b, c.key[:]...)
	b = append(b, c.chain[:]...)
	b = binary.BigEndian.AppendUint32(b, c.number)
	b = binary.BigEndian.AppendUint32(b, c.n)
	b = binary.BigEndian.AppendUint16(b, uint16(len(c.skipped)))
	for _, k := range c.skipped {
		b = binary.BigEndian.AppendUint32(b, k.n)
		b = binary.BigEndian.AppendUint64(b, uint64(k.since))
		b = append(b, k.message[:]...)
	}
	return b
}

func readReceiving(r *wire.Reader) *receiving {
	c := new(receiving)
	r.Copy(c.key[:])
	c.header = newHeader(c.key)
	r.Copy(c.chain[:])
	c.number, c.n = r.Uint32(), r.Uint32()
	n := r.Uint16()
	if n > MaxSkippedChain {
		r.Fail()
		return c
	}
	c.skipped = make([]*skippedKey, 0, n)
	for ; n > 0 && !r.Failed(); n-- {
		k := &skippedKey{n: r.Uint32(), since: int64(r.Uint64())}
		r.Copy(k.message[:])
		c.skipped = append(c.skipped, k)
	}
	return c
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}
