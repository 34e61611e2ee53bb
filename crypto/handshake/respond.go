package handshake

import (
	"bytes"
	"fmt"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// A Request is what a first message says. Who made it is known for certain when
// the session is Confirmed, and not before.
type Request struct {
	Peer    *account.Identity
	Payload []byte
	Session *ratchet.Session // whose first Encrypt makes the answer
}

// Respond opens the first message for an offer (docs/protocol.md §5.1).
//
// theirs is nil for a link. In person it is the bundle of the other side, which
// was opened with the invitation that was scanned: the sender must be the
// identity in it, and the one that MayInitiate.
//
// On success the caller destroys the offer and stores the session and the hash
// of msg1 in one transaction. The same msg1 again is answered with what was
// answered before; for another see Invite.Opens.
//
// It returns ErrEnvelope for what a stranger without the link made up, ErrMode
// and ErrRole for arguments that do not go together, ErrWiped, and else
// ErrForged, ErrKey or ErrSelf. An offer that is not wiped stays good after each.
func (o *Offer) Respond(self *Self, theirs *Bundle, msg1 []byte) (*Request, error) {
	if err := self.check(); err != nil {
		return nil, err
	}
	if self.Identity.Device != o.bundle.Identity.Device {
		return nil, ErrBundle
	}
	p, err := o.responderPrologue(theirs)
	if err != nil {
		return nil, err
	}
	content, err := openCell(o.Invite().secret, labelEnvelope, nil, msg1)
	if err != nil {
		return nil, err
	}
	m, err := parseFirstMessage(content)
	if err != nil {
		return nil, err
	}
	secrets, err := o.keys.agree(self, m)
	if err != nil {
		return nil, err
	}
	s := newSchedule(p)
	shown, err := s.openIdentity(m, secrets)
	if err != nil {
		return nil, err
	}
	peer, err := readIdentity(shown, self)
	if err != nil {
		return nil, err
	}
	if theirs != nil && !bytes.Equal(shown, theirs.Identity.Bytes()) {
		return nil, fmt.Errorf("%w: identity is not that of the scanned bundle", ErrForged)
	}
	second, err := s.openSecond(m, peer, o.keys)
	if err != nil {
		return nil, err
	}
	payload, err := parseText(second.text)
	if err != nil {
		return nil, err
	}
	session, err := s.session(pin(o.bundle.Identity.List), peer, o.keys, second)
	if err != nil {
		return nil, err
	}
	return &Request{Peer: peer, Payload: payload, Session: session}, nil
}

// responderPrologue checks that the invitations are of one mode, and in person
// that it is for the other side to go first, and returns what the handshake
// begins with.
func (o *Offer) responderPrologue(theirs *Bundle) (*prologue, error) {
	if (o.bundle.mode == Person) != (theirs != nil) {
		return nil, ErrMode
	}
	if theirs == nil {
		return invitationPrologue(o.Invite(), nil), nil
	}
	if theirs.mode != Person {
		return nil, ErrMode
	}
	if !MayInitiate(theirs.invite, o.Invite()) {
		return nil, ErrRole
	}
	return invitationPrologue(o.Invite(), theirs.invite), nil
}
