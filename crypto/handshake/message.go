package handshake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// Both halves of the first message, the same for a link, in person and in a
// reset (docs/protocol.md §5.1).

// MaxPayload is the greatest length in bytes of the payload of a first message,
// beside the largest identity.
const MaxPayload = 3072

// A firstMessage is the content of Msg1.
type firstMessage struct {
	e, ctOT, ctIK []byte
	c1            []byte // the initiator's identity
	c2            []byte // the initiator's ratchet keys, and what it says
}

func (m *firstMessage) bytes() []byte {
	return wire.LP(bytes.Join([][]byte{m.e, m.ctOT, m.ctIK}, nil), m.c1, m.c2)
}

func parseFirstMessage(content []byte) (*firstMessage, error) {
	r := wire.NewReader(content)
	m := &firstMessage{e: r.Take(suite.DHSize), ctOT: r.Take(kemCiphertextSize), ctIK: r.Take(kemCiphertextSize)}
	m.c1, m.c2 = r.LP(contentSize), r.LP(contentSize)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return m, nil
}

// initiate does the initiator's half: it makes the first message to the device
// of peer and to the prekeys, which says text beside the ratchet keys, and the
// session that it opens.
//
// What is random in it is hedged with the private keys of the device, so that
// nobody who guesses rand can read the message, and with the chaining key, so
// that two messages differ even if rand repeats itself, as it does in a machine
// that was put back to a snapshot.
func (s *schedule) initiate(rand io.Reader, self *Self, peer *account.Identity, keys *prekeys, text []byte) (*firstMessage, *ratchet.Session, error) {
	m, err := s.sealIdentity(rand, self, peer, keys)
	if err != nil {
		return nil, nil, err
	}
	// From here on our device's key has a part in it.
	deviceDH, deviceKEM := self.Device.Agreement()
	dhA, err := dh(deviceDH, keys.oneTime.dh())
	if err != nil {
		return nil, nil, err
	}
	k2 := s.mixKey(labelCK2, dhA)
	pair, err := ratchet.NewPair(rand, append(self.hedge(), s.ck[:]...))
	if err != nil {
		return nil, nil, err
	}
	ctR, ssR, err := keys.ratchet.Encapsulate()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	second := &secondPart{remote: *pair.Public(), ct: ctR, text: text}
	m.c2 = s.seal(k2, second.bytes())

	start := s.start(pin(self.Identity.List), pin(peer.List))
	session, err := ratchet.Initiate(start, pair, &keys.ratchet, ctR, ssR, deviceDH, deviceKEM)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return m, session, nil
}

// sealIdentity makes all of the first message but c2: our identity, for who has
// the device's and the one-time private keys.
func (s *schedule) sealIdentity(rand io.Reader, self *Self, peer *account.Identity, keys *prekeys) (*firstMessage, error) {
	seed, err := suite.Hedged(rand, suite.DHSize, self.hedge(), s.ck[:])
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	e := suite.PrivateDH(seed)
	dhOT, err := dh(e, keys.oneTime.dh())
	if err != nil {
		return nil, err
	}
	dhIK, err := dh(e, peer.Device.X25519())
	if err != nil {
		return nil, err
	}
	ssOT, ctOT, err := encapsulate(keys.oneTime.ek())
	if err != nil {
		return nil, err
	}
	ssIK, ctIK, err := encapsulate(peer.Device.MLKEM())
	if err != nil {
		return nil, err
	}
	m := &firstMessage{e: e.PublicKey().Bytes(), ctOT: ctOT, ctIK: ctIK}
	s.mixHash(m.e, m.ctOT, m.ctIK)
	m.c1 = s.seal(s.mixKey(labelCK1, dhOT, dhIK, ssOT, ssIK), self.Identity.Bytes())
	return m, nil
}

// openIdentity opens c1 with what privatePrekeys.agree derived. It fails on a
// message for another prologue.
func (s *schedule) openIdentity(m *firstMessage, secrets [][]byte) ([]byte, error) {
	s.mixHash(m.e, m.ctOT, m.ctIK)
	return s.open(s.mixKey(labelCK1, secrets...), m.c1)
}

// readIdentity reads what c1 says. Nothing is done with the keys in it before
// the list that the account signed is known to have the device.
func readIdentity(b []byte, self *Self) (*account.Identity, error) {
	peer, err := account.ParseIdentity(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if err := peer.Verify(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	if peer.Account == self.Identity.Account {
		return nil, ErrSelf
	}
	return peer, nil
}

// A secondPart is what c2 says.
type secondPart struct {
	remote ratchet.Public // R_A1, E_A1
	ct     []byte         // ctR
	text   []byte         // as it was given to initiate
}

// openSecond opens c2, which only the holder of the peer's device can have made.
func (s *schedule) openSecond(m *firstMessage, peer *account.Identity, keys *privatePrekeys) (*secondPart, error) {
	dhA, err := dh(keys.dh, peer.Device.X25519())
	if err != nil {
		return nil, err
	}
	b, err := s.open(s.mixKey(labelCK2, dhA), m.c2)
	if err != nil {
		return nil, err
	}
	return parseSecondPart(b)
}

func parseSecondPart(b []byte) (*secondPart, error) {
	r := wire.NewReader(b)
	p := new(secondPart)
	r.Copy(p.remote[:])
	p.ct, p.text = r.Take(ratchet.CiphertextSize), r.Rest()
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return p, nil
}

func (p *secondPart) bytes() []byte {
	return bytes.Join([][]byte{p.remote[:], p.ct, p.text}, nil)
}

// text is what c2 says beside the ratchet keys. That of a reset says moreover
// which of the responder's lists the initiator has pinned.
func text(payload []byte) []byte { return wire.LP(nil, payload) }

func parseText(b []byte) (payload []byte, err error) {
	r := wire.NewReader(b)
	payload = r.LP(MaxPayload)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return payload, nil
}

func resetText(list uint32, payload []byte) []byte {
	return wire.LP(binary.BigEndian.AppendUint32(nil, list), payload)
}

func parseResetText(b []byte) (list uint32, payload []byte, err error) {
	r := wire.NewReader(b)
	list = r.Uint32()
	payload, err = parseText(r.Rest())
	return list, payload, err
}

// session begins the responder's session, for which the initiator counts on
// our list own.
func (s *schedule) session(own ratchet.List, peer *account.Identity, keys *privatePrekeys, p *secondPart) (*ratchet.Session, error) {
	start := s.start(own, pin(peer.List))
	session, err := ratchet.Respond(start, keys.ratchet, &p.remote, p.ct, peer.Device.X25519(), peer.Device.MLKEM())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return session, nil
}
