package handshake

import (
	"bytes"
	"io"

	"sotto/crypto/ratchet"
)

// Initiate makes the first message to the inviter who made a bundle, one cell
// of CellSize bytes, and the session that it opens (docs/protocol.md §5.1).
// payload has at most MaxPayload bytes; its recipient can read it before knowing
// for certain who sent it.
//
// own is nil for a link. In person it is the joiner's own offer, which the
// inviter has scanned: it must be of mode Person, of the same identity, and
// the one that MayInitiate.
//
// The caller stores both results before it sends the message, and when there
// is no answer it sends the same bytes again. A second call would make a
// second message, which the inviter takes for an attack.
//
// It returns ErrMode and ErrRole for offers that do not go together, ErrSelf,
// ErrTooLong, and ErrKey for a key in the bundle that is not valid.
func Initiate(rand io.Reader, self *Self, b *Bundle, own *Offer, payload []byte) (msg1 []byte, s *ratchet.Session, err error) {
	if err := self.check(); err != nil {
		return nil, nil, err
	}
	if len(payload) > MaxPayload {
		return nil, nil, ErrTooLong
	}
	if b.Identity.Account == self.Identity.Account {
		return nil, nil, ErrSelf
	}
	p, err := initiatorPrologue(self, b, own)
	if err != nil {
		return nil, nil, err
	}
	m, s, err := newSchedule(p).initiate(rand, self, b.Identity, &b.prekeys, text(payload))
	if err != nil {
		return nil, nil, err
	}
	msg1, err = sealCell(rand, b.invite.secret, labelEnvelope, nil, m.bytes())
	return msg1, s, err
}

// initiatorPrologue checks that the invitations are of one mode, and in person
// that it is for us to go first, and returns what the handshake begins with.
func initiatorPrologue(self *Self, b *Bundle, own *Offer) (*prologue, error) {
	if (b.mode == Person) != (own != nil) {
		return nil, ErrMode
	}
	if own == nil {
		return invitationPrologue(b.invite, nil), nil
	}
	if own.bundle.mode != Person {
		return nil, ErrMode
	}
	if !MayInitiate(own.Invite(), b.invite) {
		return nil, ErrRole
	}
	if !bytes.Equal(own.bundle.Identity.Bytes(), self.Identity.Bytes()) {
		return nil, ErrBundle
	}
	return invitationPrologue(b.invite, own.Invite()), nil
}
