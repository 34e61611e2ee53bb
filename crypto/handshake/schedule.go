package handshake

import (
	"crypto/mlkem"
	"encoding/binary"
	"errors"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// What the transcript begins with, and the labels of the key schedule
// (docs/protocol.md §5).
const (
	protocolName = "Sotto handshake 1"

	labelCK0 = "ck0"
	labelCK1 = "ck1"
	labelCK2 = "ck2"
)

// Sizes in bytes.
const (
	kemCiphertext = mlkem.CiphertextSize1024

	// c2Head is what stands before the payload in c2: R_A1, E_A1 and ctR.
	c2Head = ratchet.PublicSize + ratchet.CiphertextSize

	// MaxPayload is the greatest length of the payload of a first message,
	// beside the largest identity.
	MaxPayload = 3072
)

var (
	// ErrForged says that a first message was made with the invitation's
	// secret but is not what an honest joiner sends.
	ErrForged = errors.New("handshake: first message is not authentic")
	// ErrMode says that an invitation in person is used as a link, or a link
	// as one in person.
	ErrMode = errors.New("handshake: invitation is of the other mode")
	// ErrRole says that in person the other side is the one to go first.
	ErrRole = errors.New("handshake: the other side goes first")
	// ErrSelf says that somebody meets their own account.
	ErrSelf = errors.New("handshake: both sides are the same account")
	// ErrTooLong says that something does not fit into a cell.
	ErrTooLong = errors.New("handshake: too long")
	// ErrKey says that a public key is of low order or not valid.
	ErrKey = errors.New("handshake: public key is not valid")
)

// A meeting is the public and secret ground on which both sides stand before
// the first message.
type meeting struct {
	responder *Invite
	initiator *Invite // in person; else nil
}

// A schedule is the transcript hash and chaining key as they go along.
type schedule struct {
	secret.Redacted
	h  [32]byte
	ck []byte
}

// newSchedule derives h0 and ck0. In person the bundle hash and the secret of
// the initiator's invitation enter as well, in role order.
func newSchedule(m meeting) *schedule {
	text := m.responder.textHash()
	var hashI, secretI []byte
	if m.initiator != nil {
		hashI, secretI = m.initiator.BundleHash[:], m.initiator.Secret[:]
	}
	h0 := suite.Hash(wire.LP(nil, []byte(protocolName), binary.BigEndian.AppendUint16(nil, suiteID),
		[]byte{byte(m.responder.Mode)}, text[:], hashI, m.responder.BundleHash[:]))
	// The empty third field is where a reset will put its resumption secret.
	ikm := wire.LP(nil, secretI, m.responder.Secret[:], nil)
	return &schedule{h: h0, ck: suite.KDF(h0[:], ikm, labelCK0, suite.KeySize)}
}

// mix adds public bytes to the transcript.
func (s *schedule) mix(parts ...[]byte) {
	s.h = suite.Hash(append([][]byte{s.h[:]}, parts...)...)
}

// key adds secrets to the chaining key and returns the key that they give,
// bound to the transcript so far.
func (s *schedule) key(label string, secrets ...[]byte) []byte {
	b := suite.KDF(s.ck, wire.LP(nil, secrets...), label+string(s.h[:]), 2*suite.KeySize)
	s.ck = b[:suite.KeySize]
	return b[suite.KeySize:]
}

// seal encrypts under a key from the schedule and adds the result to the
// transcript.
func (s *schedule) seal(key, plaintext []byte) []byte {
	c := suite.SealOnce(nil, key, plaintext, s.h[:])
	s.mix(c)
	return c
}

// open is the inverse of seal.
func (s *schedule) open(key, ciphertext []byte) ([]byte, error) {
	b, err := suite.OpenOnce(key, ciphertext, s.h[:])
	if err != nil {
		return nil, ErrForged
	}
	s.mix(ciphertext)
	return b, nil
}

// MayInitiate reports whether, of two people who scanned each other, the one
// with the first invitation sends the first message: that with the smaller
// bundle hash.
func MayInitiate(own, theirs *Invite) bool {
	return string(own.BundleHash[:]) < string(theirs.BundleHash[:])
}
