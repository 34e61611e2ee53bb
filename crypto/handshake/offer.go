package handshake

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// offerVersion is the version of the bytes that MarshalBinary gives. They stay
// on the device, sealed by the vault, and are no part of the protocol.
const offerVersion = 1

// ErrOffer says that bytes are not a stored offer, or that an offer cannot be
// made of what was given.
var ErrOffer = errors.New("handshake: malformed offer")

// A Self is the side on which a function runs.
type Self struct {
	Identity *account.Identity
	Device   *account.Device
}

// check finds out whether identity and device belong together.
func (s *Self) check() error {
	if s.Identity == nil || s.Device == nil || *s.Device.Public() != s.Identity.Device {
		return errors.New("handshake: device keys are not those of the identity")
	}
	return nil
}

// An Offer is all that the inviter keeps of an open invitation: the private
// halves of the one-time pair and of the first ratchet pair, the bundle, and
// the invitation. After Respond it must be destroyed: forward secrecy of the
// first message rests on that.
type Offer struct {
	secret.Redacted
	invite  *Invite
	bundle  *Bundle
	oneTime oneTime
	ratchet *ratchet.Pair
}

// oneTimeSize is the size of the private half of OT: an X25519 key and the
// seed of an ML-KEM-1024 key.
const oneTimeSize = suite.DHSize + mlkem.SeedSize

// oneTime is the private half of the one-time pair OT.
type oneTime [oneTimeSize]byte

func (o *oneTime) dh() *ecdh.PrivateKey {
	k, err := ecdh.X25519().NewPrivateKey(o[:suite.DHSize])
	if err != nil {
		panic("handshake: " + err.Error()) // any 32 bytes are an X25519 key
	}
	return k
}

func (o *oneTime) kem() *mlkem.DecapsulationKey1024 {
	k, err := mlkem.NewDecapsulationKey1024(o[suite.DHSize:])
	if err != nil {
		panic("handshake: " + err.Error()) // any 64 bytes are a seed
	}
	return k
}

func (o *oneTime) public() (p oneTimePublic) {
	n := copy(p[:], o.dh().PublicKey().Bytes())
	copy(p[n:], o.kem().EncapsulationKey().Bytes())
	return p
}

// NewOffer makes an invitation that is good until notAfter (whole seconds) and
// says where the inviter is to be found: route is opaque here and has at most
// MaxRoute bytes.
func NewOffer(rand io.Reader, self *Self, mode Mode, notAfter time.Time, route []byte) (*Offer, error) {
	if err := self.check(); err != nil {
		return nil, err
	}
	until := notAfter.Unix()
	if !mode.valid() || len(route) > MaxRoute || until <= 0 || until > math.MaxUint32 {
		return nil, ErrOffer
	}
	seed, err := suite.Random(rand, len(Invite{}.Secret)+inviteIDSize+oneTimeSize)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	o := &Offer{invite: &Invite{
		Mode:    mode,
		Expires: time.Unix(until, 0).UTC(),
		Route:   bytes.Clone(route),
	}}
	r := wire.NewReader(seed)
	r.Copy(o.invite.Secret[:])
	var id [inviteIDSize]byte
	r.Copy(id[:])
	r.Copy(o.oneTime[:])
	if o.ratchet, err = ratchet.NewPair(rand); err != nil {
		return nil, err
	}
	o.bundle = &Bundle{
		Identity: self.Identity,
		Route:    o.invite.Route,
		mode:     mode,
		id:       id,
		notAfter: until,
		oneTime:  o.oneTime.public(),
		ratchet:  *o.ratchet.Public(),
	}
	o.bundle.raw = o.bundle.bytes()
	o.invite.BundleHash = suite.Hash(o.bundle.raw)
	return o, nil
}

// Invite returns the invitation to show.
func (o *Offer) Invite() *Invite { return o.invite }

// BundleCell returns the bundle, sealed for whoever has the invitation.
func (o *Offer) BundleCell(rand io.Reader) ([]byte, error) {
	return sealCell(rand, o.invite, labelBundle, o.bundle.raw)
}

// Wipe clears the private keys, after which the offer opens nothing. Copies
// that the runtime made are out of its reach.
func (o *Offer) Wipe() {
	clear(o.oneTime[:])
	o.ratchet.Wipe()
}

// MarshalBinary returns the offer for a sealed store.
func (o *Offer) MarshalBinary() ([]byte, error) {
	b := wire.LP([]byte{offerVersion}, o.invite.bytes(), o.bundle.raw)
	b = append(b, o.oneTime[:]...)
	return append(b, o.ratchet.Bytes()...), nil
}

// ParseOffer reads what MarshalBinary made.
func ParseOffer(b []byte) (*Offer, error) {
	r := wire.NewReader(b)
	version := r.Byte()
	inv, raw := r.LP(maxInviteText), r.LP(contentSize)
	var o Offer
	r.Copy(o.oneTime[:])
	pair := r.Take(ratchet.PairSize)
	if r.End() != nil || version != offerVersion {
		return nil, ErrOffer
	}
	var err error
	if o.invite, err = parseInviteBytes(inv); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if o.ratchet, err = ratchet.ParsePair(pair); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if o.bundle, err = parseBundle(raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if o.bundle.matches(o.invite) != nil || o.bundle.oneTime != o.oneTime.public() || o.bundle.ratchet != *o.ratchet.Public() {
		return nil, ErrOffer
	}
	return &o, nil
}
