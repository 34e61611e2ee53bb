package handshake

import (
	"bytes"
	"crypto/ecdh"
	"fmt"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// Respond opens the first message for an offer. It returns who sent it, as
// far as that is known before the session is Confirmed, the payload, and the
// session, whose first Encrypt makes the answer.
//
// theirs and theirBundle are nil for a link. In person they are the invitation
// that was scanned from the other side and the bundle it promises; the sender
// must be the identity in that bundle, and the one that MayInitiate.
//
// On success the caller destroys the offer and stores the session and the hash
// of msg1 in one transaction. The same msg1 again is answered with what was
// answered before; for another see Invite.Opens.
//
// It returns ErrEnvelope for what a stranger without the link made up, ErrMode
// and ErrRole for arguments that do not go together, and else ErrForged,
// ErrKey or ErrSelf. The offer stays good after each.
func Respond(o *Offer, self *Self, theirs *Invite, theirBundle *Bundle, msg1 []byte) (peer *account.Identity, payload []byte, s *ratchet.Session, err error) {
	if err := self.check(); err != nil {
		return nil, nil, nil, err
	}
	if self.Identity.Device != o.bundle.Identity.Device {
		return nil, nil, nil, ErrBundle
	}
	m, err := responderMeeting(o, theirs, theirBundle)
	if err != nil {
		return nil, nil, nil, err
	}
	content, err := openCell(o.invite, labelEnvelope, msg1)
	if err != nil {
		return nil, nil, nil, err
	}
	r := wire.NewReader(content)
	e, ctOT, ctIK := r.Take(suite.DHSize), r.Take(kemCiphertext), r.Take(kemCiphertext)
	c1, c2 := r.LP(contentSize), r.LP(contentSize)
	if err := r.End(); err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrForged, err)
	}

	t := newSchedule(m)
	k1, err := o.firstKey(t, self, e, ctOT, ctIK)
	if err != nil {
		return nil, nil, nil, err
	}
	if peer, err = openIdentity(t, k1, c1, theirBundle); err != nil {
		return nil, nil, nil, err
	}
	if peer.Account == self.Identity.Account {
		return nil, nil, nil, ErrSelf
	}
	dhA, err := dh(o.oneTime.dh(), peer.Device.X25519())
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := t.open(t.key(labelCK2, dhA), c2)
	if err != nil {
		return nil, nil, nil, err
	}
	r = wire.NewReader(b)
	var remote ratchet.Public
	r.Copy(remote[:])
	ctR := r.Take(ratchet.CiphertextSize)
	payload = r.LP(MaxPayload)
	if err := r.End(); err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	s, err = ratchet.Respond(t.start(o.bundle.Identity, peer), o.ratchet, &remote, ctR, peer.Device.X25519(), peer.Device.MLKEM())
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return peer, payload, s, nil
}

// responderMeeting checks that the invitations are of one mode, and in person
// that it is for the other side to go first and that its bundle is the one
// that was scanned.
func responderMeeting(o *Offer, theirs *Invite, theirBundle *Bundle) (meeting, error) {
	m := meeting{responder: o.invite, initiator: theirs}
	person := o.invite.Mode == Person
	if person != (theirs != nil) || person != (theirBundle != nil) {
		return m, ErrMode
	}
	if !person {
		return m, nil
	}
	if theirs.Mode != Person {
		return m, ErrMode
	}
	if !MayInitiate(theirs, o.invite) {
		return m, ErrRole
	}
	return m, theirBundle.verify(theirs)
}

// firstKey derives k1 with the private keys of the offer and of the device.
func (o *Offer) firstKey(t *schedule, self *Self, e, ctOT, ctIK []byte) ([]byte, error) {
	deviceDH, deviceKEM := self.Device.Agreement()
	dhOT, err := dh(o.oneTime.dh(), e)
	if err != nil {
		return nil, err
	}
	dhIK, err := dh(deviceDH, e)
	if err != nil {
		return nil, err
	}
	ssOT, err := o.oneTime.kem().Decapsulate(ctOT)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	ssIK, err := deviceKEM.Decapsulate(ctIK)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	t.mix(e, ctOT, ctIK)
	return t.key(labelCK1, dhOT, dhIK, ssOT, ssIK), nil
}

// openIdentity opens c1. Nothing is done with the keys in it before the list
// that the account signed is known to have the device, and in person before
// the identity is known to be the one in the bundle that was scanned.
func openIdentity(t *schedule, k1, c1 []byte, theirBundle *Bundle) (*account.Identity, error) {
	b, err := t.open(k1, c1)
	if err != nil {
		return nil, err
	}
	peer, err := account.ParseIdentity(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if err := peer.Verify(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if theirBundle != nil && !bytes.Equal(b, theirBundle.Identity.Bytes()) {
		return nil, fmt.Errorf("%w: identity is not that of the scanned bundle", ErrForged)
	}
	return peer, nil
}

// dh is X25519, with the error of this package.
func dh(private *ecdh.PrivateKey, public []byte) ([]byte, error) {
	out, err := suite.DH(private, public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return out, nil
}
