package ratchet

import (
	"bytes"
	"crypto/mlkem"

	"sotto/crypto/internal/secret"
)

// A Session is one side of a conversation between two devices. It is
// immutable, so it may be read from several goroutines.
type Session struct {
	secret.Redacted

	hash      [32]byte // h3, the session hash of the handshake
	initiator bool
	confirmed bool
	own       []List   // our device lists in this session, the newest last
	peer      []pinned // the peer's

	root key // root key of the newest chain of either direction

	// pair is our ratchet pair, kept until the peer's next chain opens. It is
	// nil from then until we send: the next Encrypt starts a chain. So a chain
	// is made at the first use, and never two in a row by the same side.
	pair   *Pair
	remote *Public // the peer's newest ratchet keys

	// remoteKEM is the ML-KEM key of remote, ready for use since it was checked.
	// A session that was stored has lost it.
	remoteKEM *mlkem.EncapsulationKey768

	// identity has what chain B1 needs of the initiator's device: its private
	// keys on its own side, its public keys on the other. It is nil as soon as
	// B1 exists.
	identity *identityKeys

	send        *sending // nil until the responder first sends
	sendNext    key      // header key of our next chain
	resumptions []key    // RS of our newest chain, and of the one before if the newest may not have arrived

	recv       *receiving // nil until the initiator first receives
	recvNext   header     // of the peer's next chain
	resumption key        // RS of recv
	old        []*receiving
}

// answer reports whether a chain of the peer's is B1, whose headers have ct3.
func (s *Session) answer(c *receiving) bool { return s.initiator && c.number == 1 }

// identityKeys are the initiator's device keys, X25519 and ML-KEM-1024: the
// private ones on its own side, the public ones on the other.
type identityKeys struct {
	secret.Redacted
	dh  []byte // 32 bytes
	kem []byte // seed or encapsulation key
}

// sent makes c, with the keys of its step, the chain on which we send.
func (s *Session) sent(c *sending, k stepKeys) {
	c.chain = k.chain
	s.send, s.root, s.sendNext = c, k.root, k.header
	s.resumptions = append([]key{k.resumption}, s.resumptions...)
}

// upcoming is the peer's next chain before its step.
func (s *Session) upcoming() *receiving {
	c := &receiving{header: s.recvNext, number: 1}
	if s.recv != nil {
		c.number = s.recv.number + 1
	}
	return c
}

// received makes c, with the keys of its step, the peer's newest chain. remote
// are the ratchet keys that came with it, and kem the checked half of them.
func (s *Session) received(c *receiving, remote *Public, kem *mlkem.EncapsulationKey768, k stepKeys) {
	c.chain = k.chain
	s.recv, s.root, s.recvNext = c, k.root, newHeader(k.header)
	s.remote, s.remoteKEM, s.resumption = remote, kem, k.resumption
	// The peer starts a chain for our newest, so that one has arrived.
	s.resumptions = s.resumptions[:min(len(s.resumptions), 1)]
}

// Resumption returns the secret with which a reset by this side is known to be
// fresh: that of the peer's newest chain of which something was opened
// (docs/protocol.md §7.2), 32 bytes, or nil if there is none yet.
func (s *Session) Resumption() []byte {
	if s.recv == nil {
		return nil
	}
	return bytes.Clone(s.resumption[:])
}

// Resumptions returns the secrets by which a reset by the peer is known to be
// fresh: that of our own newest chain, and as long as nothing shows that the
// peer has opened a cell of it, that of the one before as well.
func (s *Session) Resumptions() [][]byte {
	all := make([][]byte, len(s.resumptions))
	for i := range all {
		all[i] = bytes.Clone(s.resumptions[i][:])
	}
	return all
}

// Hash returns h3, which is the same on both sides and differs between any two
// sessions.
func (s *Session) Hash() [32]byte { return s.hash }

// Confirmed reports whether the peer has proven to be who it says, against a
// quantum computer as well: for the initiator, that a cell of chain B1 was
// opened; for the responder, a cell of chain A2 (docs/protocol.md §6).
func (s *Session) Confirmed() bool { return s.confirmed }

// Tags returns the tags of all cells that this session can open: those of the
// peer's newest chain, of its next, and of earlier ones with keys left.
func (s *Session) Tags() [][TagSize]byte {
	tags := make([][TagSize]byte, 0, 2+len(s.old))
	if s.recv != nil {
		tags = append(tags, s.recv.tag)
	}
	tags = append(tags, s.recvNext.tag)
	for _, c := range s.old {
		tags = append(tags, c.tag)
	}
	return tags
}

// direction is 1 for cells of the initiator and 2 for those of the responder.
func direction(fromInitiator bool) byte {
	if fromInitiator {
		return 1
	}
	return 2
}
