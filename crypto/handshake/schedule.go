package handshake

import (
	"encoding/binary"

	"sotto/crypto/account"
	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// What the transcript begins with, and the labels of the key schedule
// (docs/protocol.md §5).
const (
	protocolName = "Sotto handshake 1"

	// suiteID names the primitives of docs/protocol.md §2. There is no
	// negotiation: another number is another protocol.
	suiteID = 1

	labelCK0 = "ck0"
	labelCK1 = "ck1"
	labelCK2 = "ck2"
)

// A prologue is what both sides know before the first message. All of it enters
// h0 or ck0, so that two sides that differ in any of it share no key.
type prologue struct {
	secret.Redacted
	mode    Mode
	origin  [32]byte   // H(invitation text); in a reset h3 of the old session
	bundleI []byte     // H(b_I) in person, else nil
	bundleR [32]byte   // H(b_R), or of the reset bundle
	secretI []byte     // s_I in person, else nil
	secretR secret.Key // s_R, or s of the reset bundle
	resume  []byte     // rs of a fresh reset, else nil
}

// invitationPrologue is the prologue of a handshake by invitation. In person the
// bundle hash and the secret of the initiator's invitation are part of it; else
// initiator is nil.
func invitationPrologue(responder, initiator *Invite) *prologue {
	p := &prologue{
		mode:    responder.Mode,
		origin:  responder.textHash(),
		bundleR: responder.bundleHash,
		secretR: responder.secret,
	}
	if initiator != nil {
		p.bundleI, p.secretI = initiator.bundleHash[:], initiator.secret[:]
	}
	return p
}

// A schedule is the transcript hash h and the chaining key ck as they go along:
// what the Noise framework calls a SymmetricState.
type schedule struct {
	secret.Redacted
	h  [32]byte
	ck secret.Key
}

// newSchedule derives h0 and ck0.
func newSchedule(p *prologue) *schedule {
	h0 := suite.Hash(wire.LP(nil, []byte(protocolName), binary.BigEndian.AppendUint16(nil, suiteID),
		[]byte{byte(p.mode)}, p.origin[:], p.bundleI, p.bundleR[:]))
	ikm := wire.LP(nil, p.secretI, p.secretR[:], p.resume)
	return &schedule{h: h0, ck: secret.Key(suite.KDF(h0[:], ikm, labelCK0, suite.KeySize))}
}

// mixHash adds public bytes to the transcript.
func (s *schedule) mixHash(parts ...[]byte) {
	s.h = suite.Hash(append([][]byte{s.h[:]}, parts...)...)
}

// mixKey adds secrets to the chaining key and returns the key that they give,
// bound to the transcript so far.
func (s *schedule) mixKey(label string, secrets ...[]byte) secret.Key {
	b := suite.KDF(s.ck[:], wire.LP(nil, secrets...), label+string(s.h[:]), 2*suite.KeySize)
	s.ck = secret.Key(b)
	return secret.Key(b[suite.KeySize:])
}

// seal encrypts under a key from the schedule and adds the result to the
// transcript.
func (s *schedule) seal(key secret.Key, plaintext []byte) []byte {
	c := suite.SealOnce(nil, key[:], plaintext, s.h[:])
	s.mixHash(c)
	return c
}

// open is the inverse of seal.
func (s *schedule) open(key secret.Key, ciphertext []byte) ([]byte, error) {
	b, err := suite.OpenOnce(key[:], ciphertext, s.h[:])
	if err != nil {
		return nil, ErrForged
	}
	s.mixHash(ciphertext)
	return b, nil
}

// start is what the ratchet begins with when the transcript is complete: h3,
// ck2 and the device lists that each side has of both.
func (s *schedule) start(own, peer ratchet.List) *ratchet.Start {
	return &ratchet.Start{Hash: s.h, Secret: s.ck[:], Own: own, Peer: peer}
}

// pin is how the ratchet remembers a device list.
func pin(l *account.List) ratchet.List { return ratchet.List{Version: l.Version, Hash: l.Hash()} }
