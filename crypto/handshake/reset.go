package handshake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
)

// Reset makes the first message of a new session with a contact whose session
// is lost, one cell of CellSize bytes, and the session that it opens
// (docs/protocol.md §5.2). peer is the contact as pinned, device list
// included; session is the hash of the old session; b is a bundle that the
// contact gave in it, which the caller destroys in the same transaction in
// which it stores the results. payload is as in Initiate.
//
// rs is ratchet.Session.Resumption of the old session, and nil if there is none
// that can be trusted: then the contact is warned.
//
// It returns ErrBundle if peer's device is not in peer's list, ErrSelf,
// ErrTooLong, and ErrKey for a key that is not valid.
func Reset(rand io.Reader, self *Self, peer *account.Identity, session [32]byte, b *ResetBundle, rs, payload []byte) (msg1 []byte, s *ratchet.Session, err error) {
	if err := self.check(); err != nil {
		return nil, nil, err
	}
	if rs != nil && len(rs) != suite.KeySize {
		return nil, nil, errors.New("handshake: resumption secret must have 32 bytes")
	}
	if len(payload) > MaxPayload {
		return nil, nil, ErrTooLong
	}
	if err := peer.Verify(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if peer.Account == self.Identity.Account {
		return nil, nil, ErrSelf
	}
	text := resetText(peer.List.Version, payload)
	m, s, err := newSchedule(b.prologue(session, rs)).initiate(rand, self, peer, &b.prekeys, text)
	if err != nil {
		return nil, nil, err
	}
	msg1, err = sealCell(rand, b.secret, labelEnvelope, b.head(), m.bytes())
	return msg1, s, err
}

// A ResetRequest is what the first message of a reset says.
type ResetRequest struct {
	Request

	// Fresh says that the sender had a current resumption secret of the old
	// session. Without it anybody who ever copied the sender's device and the
	// bundle can have made the message, and verification lapses.
	Fresh bool
}

// Respond opens the first message of a reset for the offer whose Token is the
// message's tag. peer is the contact as pinned for the old session. own are
// all device lists that our account has had, oldest first; the last is that of
// self. rs is ratchet.Session.Resumptions of the old session.
//
// On success the caller destroys the offer and stores the session in one
// transaction. The new session replaces the old one when it is Confirmed
// (docs/protocol.md §6).
//
// It returns ErrEnvelope for what somebody without the bundle made up, ErrPinned
// for another account, device or device list than peer's, ErrListUnknown, and
// else ErrForged, ErrKey or ErrSelf. The offer stays good after each.
func (o *ResetOffer) Respond(self *Self, peer *account.Identity, own []ratchet.List, rs [][]byte, msg1 []byte) (*ResetRequest, error) {
	if err := self.check(); err != nil {
		return nil, err
	}
	if len(own) == 0 || own[len(own)-1] != pin(self.Identity.List) {
		return nil, errors.New("handshake: the last list is not that of the identity")
	}
	content, err := openCell(o.bundle.secret, labelEnvelope, o.bundle.head(), msg1)
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
	// Which resumption secret c1 was made with shows only in that it opens.
	var s *schedule
	var shown []byte
	var fresh bool
	for _, r := range append(slices.Clone(rs), nil) {
		if fresh = r != nil; fresh && len(r) != suite.KeySize {
			continue // an empty one would make a stale reset fresh
		}
		s = newSchedule(o.bundle.prologue(o.session, r))
		if shown, err = s.openIdentity(m, secrets); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if _, err := readIdentity(shown, self); err != nil {
		return nil, err
	}
	if !bytes.Equal(shown, peer.Bytes()) {
		return nil, ErrPinned
	}
	second, err := s.openSecond(m, peer, o.keys)
	if err != nil {
		return nil, err
	}
	version, payload, err := parseResetText(second.text)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(own, func(l ratchet.List) bool { return l.Version == version })
	if i < 0 {
		return nil, ErrListUnknown
	}
	session, err := s.session(own[i], peer, o.keys, second)
	if err != nil {
		return nil, err
	}
	return &ResetRequest{Request{Peer: peer, Payload: payload, Session: session}, fresh}, nil
}
