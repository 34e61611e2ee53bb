package ratchet

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"errors"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
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

// header is a header key with the tag of its chain.
type header struct {
	secret.Redacted
	key key
	tag [TagSize]byte
}

// newHeader derives the tag of a chain from its header key.
func newHeader(k key) header {
	return header{key: k, tag: [TagSize]byte(suite.KDF(nil, k[:], labelTag, TagSize))}
}

// sending is the chain on which we send. Values are not changed but replaced.
type sending struct {
	header
	chain  key
	n      uint32  // cells sent on it
	pn     uint32  // cells sent on our chain before
	public *Public // our ratchet keys
	ct     []byte  // encapsulated for the peer's ratchet key
	ct3    []byte  // encapsulated for the initiator's device; in chain B1 only
}

// receiving is a chain of the peer's, the newest or, in Session.old, one of
// which keys are still missing. Values are not changed but replaced.
type receiving struct {
	header
	number  uint32 // among the peer's chains, counted from 1
	chain   key    // zero when the chain is over
	n       uint32 // number of the next cell; the length of a chain that is over
	skipped []skippedKey
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

// A Start is what the handshake hands over to both sides.
type Start struct {
	secret.Redacted
	Hash      [32]byte // h3
	Secret    []byte   // ck2
	Own, Peer List
}

// begin derives RK0 and the header keys of the chains A1 and B1.
func (st *Start) begin(initiator bool) (s *Session, a1, b1 key) {
	s = &Session{hash: st.Hash, initiator: initiator, own: []List{st.Own}, peer: []pinned{{List: st.Peer}}}
	b := suite.KDF(st.Secret, nil, labelRoot+string(st.Hash[:]), 3*suite.KeySize)
	s.root = key(b)
	return s, key(b[suite.KeySize:]), key(b[2*suite.KeySize:])
}

// Initiate makes the initiator's session, whose chain A1 is ready for sending:
// pair is R_A1 and E_A1, remote R_B0 and E_B0, and ct and shared come from
// remote.Encapsulate. The device's private keys stay in the session until the
// responder's first cell is opened.
func Initiate(st *Start, pair *Pair, remote *Public, ct, shared []byte, deviceDH *ecdh.PrivateKey, deviceKEM *mlkem.DecapsulationKey1024) (*Session, error) {
	s, a1, b1 := st.begin(true)
	shDH, err := pair.DH(remote.dh())
	if err != nil {
		return nil, err
	}
	c := &sending{header: newHeader(a1), public: &pair.public, ct: ct}
	s.sent(c, step(s.root, wire.LP(nil, shDH, shared), labelStep, c.public[:], ct))
	s.pair, s.remote, s.recvNext = pair, remote, newHeader(b1)
	s.identity = &identityKeys{dh: deviceDH.Bytes(), kem: deviceKEM.Bytes()}
	return s, nil
}

// Respond makes the responder's session, whose chain A1 is ready for
// receiving: pair is R_B0 and E_B0, and remote, R_A1 and E_A1, and ct came in
// the first message. deviceDH and deviceKEM are the public keys of the
// initiator's device. The first Encrypt will start chain B1.
func Respond(st *Start, pair *Pair, remote *Public, ct []byte, deviceDH, deviceKEM []byte) (*Session, error) {
	s, a1, b1 := st.begin(false)
	if err := remote.Check(); err != nil {
		return nil, err
	}
	if _, err := mlkem.NewEncapsulationKey1024(deviceKEM); err != nil {
		return nil, ErrKey
	}
	shDH, err := pair.DH(remote.dh())
	if err != nil {
		return nil, err
	}
	shared, err := pair.Decapsulate(ct)
	if err != nil {
		return nil, err
	}
	s.recvNext, s.sendNext = newHeader(a1), b1
	s.received(s.upcoming(), remote, step(s.root, wire.LP(nil, shDH, shared), labelStep, remote[:], ct))
	s.identity = &identityKeys{dh: bytes.Clone(deviceDH), kem: bytes.Clone(deviceKEM)}
	return s, nil
}

// sent makes c, with the keys of its step, the chain on which we send.
func (s *Session) sent(c *sending, k stepKeys) {
	c.chain = k.chain
	s.send, s.root, s.sendNext = c, k.root, k.header
	s.resumptions = append([]key{k.resumption}, s.resumptions[:min(len(s.resumptions), 1)]...)
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
// are the ratchet keys that came with it.
func (s *Session) received(c *receiving, remote *Public, k stepKeys) {
	c.chain = k.chain
	s.recv, s.root, s.recvNext = c, k.root, newHeader(k.header)
	s.remote, s.resumption = remote, k.resumption
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

// Errors of Encrypt and Decrypt. The session is unchanged by all of them.
var (
	// ErrTooLong says that a plaintext is longer than MaxPlaintext.
	ErrTooLong = errors.New("ratchet: plaintext too long")
	// ErrCell says that bytes are not a cell.
	ErrCell = errors.New("ratchet: not a cell")
	// ErrUnknown says that a cell's tag is none of this session's: the cell is
	// for another session, or a repetition from a chain that is over.
	ErrUnknown = errors.New("ratchet: cell of no chain of this session")
	// ErrForged says that a cell has a tag of this session but was not made by
	// the peer as it stands.
	ErrForged = errors.New("ratchet: cell is not authentic")
	// ErrReplay says that the key of a cell was used already, or was kept for
	// 30 days in vain.
	ErrReplay = errors.New("ratchet: cell was opened before")
	// ErrTooFarAhead says that more cells are missing before this one than a
	// session keeps keys for. Opening the missing ones helps.
	ErrTooFarAhead = errors.New("ratchet: too many cells are missing before this one")
	// ErrListAhead says that a cell counts on a device list of its sender's that
	// was not announced yet. Keep the cell and open it after the announcement.
	ErrListAhead = errors.New("ratchet: device list of the sender is not known yet")
	// ErrListRollback says that the sender has gone back to an older device
	// list of its own. That is a reason for an alarm.
	ErrListRollback = errors.New("ratchet: sender counts on an older device list of its own")
	// ErrListUnknown says that the sender counts on a device list of ours that
	// we never had in this session. That is a reason for an alarm: the sender
	// was shown a list that this device does not know.
	ErrListUnknown = errors.New("ratchet: sender counts on a device list that is not ours")
	// ErrChainFull says that 2³²-1 cells were sent without an answer.
	ErrChainFull = errors.New("ratchet: chain is full")
)
