package ratchet

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

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
	shDH, err := pair.agree(remote.dh())
	if err != nil {
		return nil, err
	}
	c := &sending{header: newHeader(a1), public: pair.Public(), ct: ct}
	s.sent(c, step(s.root, wire.LP(nil, shDH, shared), labelStep, c.public[:], ct))
	s.pair, s.remote, s.recvNext = pair, clone(remote), newHeader(b1)
	s.identity = &identityKeys{dh: deviceDH.Bytes(), kem: deviceKEM.Bytes()}
	return s, nil
}

// Respond makes the responder's session, whose chain A1 is ready for
// receiving: pair is R_B0 and E_B0, and remote, R_A1 and E_A1, and ct came in
// the first message. deviceDH and deviceKEM are the public keys of the
// initiator's device. The first Encrypt will start chain B1.
func Respond(st *Start, pair *Pair, remote *Public, ct []byte, deviceDH, deviceKEM []byte) (*Session, error) {
	s, a1, b1 := st.begin(false)
	kem, err := remote.kem()
	if err != nil {
		return nil, err
	}
	if _, err := mlkem.NewEncapsulationKey1024(deviceKEM); err != nil {
		return nil, ErrKey
	}
	shDH, err := pair.agree(remote.dh())
	if err != nil {
		return nil, err
	}
	shared, err := pair.decapsulate(ct)
	if err != nil {
		return nil, err
	}
	s.recvNext, s.sendNext = newHeader(a1), b1
	s.received(s.upcoming(), clone(remote), kem, step(s.root, wire.LP(nil, shDH, shared), labelStep, remote[:], ct))
	s.identity = &identityKeys{dh: bytes.Clone(deviceDH), kem: bytes.Clone(deviceKEM)}
	return s, nil
}

// clone returns a copy that is the session's own.
func clone(p *Public) *Public {
	q := *p
	return &q
}
