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

// A List is a device list that a session pins: both sides count on the version
// and hash that they had at the handshake.
type List struct {
	Version uint32
	Hash    [32]byte
}

// A Session is one side of a conversation between two devices. It is
// immutable, so it may be read from several goroutines.
type Session struct {
	secret.Redacted

	hash      [32]byte // h3, the session hash of the handshake
	initiator bool
	own, peer List
	confirmed bool

	root key // root key of the newest chain of either direction

	// pair is our ratchet pair, kept until the peer's next chain opens. It is
	// nil from then until we send: the next Encrypt starts a chain. So a chain
	// is made at the first use, and never two in a row by the same side.
	pair   *Pair
	remote Public // the peer's newest ratchet keys

	// identity has what chain B1 needs of the initiator's device: its private
	// keys on its own side, its public keys on the other. It is nil as soon as
	// B1 exists.
	identity *identityKeys

	send     *sending // nil until the responder first sends
	sendNext key      // header key of our next chain

	recv     *receiving // nil until the initiator first receives
	recvNext header     // of the peer's next chain
	old      []*receiving
}

// header is a header key with the tag of its chain.
type header struct {
	key key
	tag [TagSize]byte
}

// newHeader derives the tag of a chain from its header key.
func newHeader(k key) header {
	return header{k, [TagSize]byte(suite.KDF(nil, k[:], labelTag, TagSize))}
}

// sending is the chain on which we send. Values are not changed but replaced.
type sending struct {
	header
	chain  key
	n      uint32 // cells sent on it
	pn     uint32 // cells sent on our chain before
	public Public // our ratchet keys
	ct     []byte // encapsulated for the peer's ratchet key
	ct3    []byte // encapsulated for the initiator's device; in chain B1 only
}

// receiving is a chain of the peer's, the newest or, in Session.old, one of
// which keys are still missing. Values are not changed but replaced.
type receiving struct {
	header
	chain   key    // zero when the chain is over
	n       uint32 // number of the next cell; the length of a chain that is over
	answer  bool   // chain B1, whose headers have ct3
	skipped []skippedKey
}

// identityKeys are the initiator's device keys, X25519 and ML-KEM-1024: the
// private ones on its own side, the public ones on the other.
type identityKeys struct {
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
	s = &Session{hash: st.Hash, initiator: initiator, own: st.Own, peer: st.Peer}
	s.root, a1, b1 = split3(suite.KDF(st.Secret, nil, labelRoot+string(st.Hash[:]), 3*suite.KeySize))
	return s, a1, b1
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
	c := &sending{header: newHeader(a1), public: pair.public, ct: ct}
	s.root, c.chain, s.sendNext = step(s.root, wire.LP(nil, shDH, shared), labelStep, c.public[:], ct)
	s.pair, s.remote, s.send = pair, *remote, c
	s.recvNext = newHeader(b1)
	s.identity = &identityKeys{deviceDH.Bytes(), deviceKEM.Bytes()}
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
	c := &receiving{header: newHeader(a1)}
	var a2 key
	s.root, c.chain, a2 = step(s.root, wire.LP(nil, shDH, shared), labelStep, remote[:], ct)
	s.remote, s.recv, s.recvNext, s.sendNext = *remote, c, newHeader(a2), b1
	s.identity = &identityKeys{bytes.Clone(deviceDH), bytes.Clone(deviceKEM)}
	return s, nil
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
	// ErrListVersion says that the peer counts on device lists other than
	// those that this session pins.
	ErrListVersion = errors.New("ratchet: other device lists than at the handshake")
	// ErrChainFull says that 2³²-1 cells were sent without an answer.
	ErrChainFull = errors.New("ratchet: chain is full")
)
