package handshake

import (
	"bytes"
	"crypto/mlkem"
	"fmt"
	"io"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// Initiate makes the first message to an inviter, one cell of CellSize bytes,
// and the session that it opens. payload has at most MaxPayload bytes; its
// recipient can read it before knowing for certain who sent it.
//
// own is nil for a link. In person it is the joiner's own offer, which the
// inviter has scanned: it must be of mode Person, of the same identity, and
// the one that MayInitiate.
//
// The caller stores both results before it sends the message, and when there
// is no answer it sends the same bytes again. A second call would make a
// second message, which the inviter takes for an attack.
func Initiate(rand io.Reader, self *Self, inv *Invite, b *Bundle, own *Offer, payload []byte) (msg1 []byte, s *ratchet.Session, err error) {
	if err := self.check(); err != nil {
		return nil, nil, err
	}
	if err := b.verify(inv); err != nil {
		return nil, nil, err
	}
	if len(payload) > MaxPayload {
		return nil, nil, ErrTooLong
	}
	if b.Identity.Account == self.Identity.Account {
		return nil, nil, ErrSelf
	}
	m, err := initiatorMeeting(self, inv, own)
	if err != nil {
		return nil, nil, err
	}

	// E, ctOT, ctIK: to the one-time pair and to the device.
	e, err := suite.NewDH(rand)
	if err != nil {
		return nil, nil, fmt.Errorf("handshake: %w", err)
	}
	dhOT, err := dh(e, b.oneTime.dh())
	if err != nil {
		return nil, nil, err
	}
	dhIK, err := dh(e, b.Identity.Device.X25519())
	if err != nil {
		return nil, nil, err
	}
	ssOT, ctOT, err := encapsulate(b.oneTime.ek())
	if err != nil {
		return nil, nil, err
	}
	ssIK, ctIK, err := encapsulate(b.Identity.Device.MLKEM())
	if err != nil {
		return nil, nil, err
	}
	t := newSchedule(m)
	t.mix(e.PublicKey().Bytes(), ctOT, ctIK)
	c1 := t.seal(t.key(labelCK1, dhOT, dhIK, ssOT, ssIK), self.Identity.Bytes())

	// From here on our device's key has a part in it.
	deviceDH, deviceKEM := self.Device.Agreement()
	dhA, err := dh(deviceDH, b.oneTime.dh())
	if err != nil {
		return nil, nil, err
	}
	k2 := t.key(labelCK2, dhA)
	pair, err := ratchet.NewPair(rand)
	if err != nil {
		return nil, nil, err
	}
	ctR, ssR, err := b.ratchet.Encapsulate()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	public := pair.Public()
	c2 := t.seal(k2, wire.LP(append(public[:], ctR...), payload))

	s, err = ratchet.Initiate(t.start(self.Identity, b.Identity), pair, &b.ratchet, ctR, ssR, deviceDH, deviceKEM)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	content := bytes.Join([][]byte{e.PublicKey().Bytes(), ctOT, ctIK, wire.LP(nil, c1, c2)}, nil)
	msg1, err = sealCell(rand, inv, labelEnvelope, content)
	return msg1, s, err
}

// initiatorMeeting checks that the invitations are of one mode, and in person
// that it is for us to go first.
func initiatorMeeting(self *Self, inv *Invite, own *Offer) (meeting, error) {
	m := meeting{responder: inv}
	if (inv.Mode == Person) != (own != nil) {
		return m, ErrMode
	}
	if own == nil {
		return m, nil
	}
	if own.invite.Mode != Person {
		return m, ErrMode
	}
	if !MayInitiate(own.invite, inv) {
		return m, ErrRole
	}
	if !bytes.Equal(own.bundle.Identity.Bytes(), self.Identity.Bytes()) {
		return m, ErrBundle
	}
	m.initiator = own.invite
	return m, nil
}

// start is what the ratchet begins with.
func (s *schedule) start(own, peer *account.Identity) *ratchet.Start {
	pin := func(l *account.List) ratchet.List { return ratchet.List{Version: l.Version, Hash: l.Hash()} }
	return &ratchet.Start{Hash: s.h, Secret: s.ck, Own: pin(own.List), Peer: pin(peer.List)}
}

// encapsulate makes a secret for an ML-KEM-1024 key.
func encapsulate(key []byte) (shared, ciphertext []byte, err error) {
	ek, err := mlkem.NewEncapsulationKey1024(key)
	if err != nil {
		return nil, nil, ErrKey
	}
	shared, ciphertext = ek.Encapsulate()
	return shared, ciphertext, nil
}
