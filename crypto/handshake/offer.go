package handshake

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"time"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// offerVersion is the version of the bytes that MarshalBinary gives, of an
// Offer and of a ResetOffer. They stay on the device, sealed by the vault, and
// are no part of the protocol.
const offerVersion = 1

// An Offer is all that the inviter keeps of an open invitation: the private
// halves of the one-time pair and of the first ratchet pair, the bundle, and
// the invitation. After Respond it must be destroyed: forward secrecy of the
// first message rests on that.
type Offer struct {
	secret.Redacted
	bundle *Bundle
	keys   *privatePrekeys
}

// NewOffer makes an invitation that is good until notAfter (whole seconds) and
// says where the inviter is to be found: route is opaque here and has at most
// MaxRoute bytes. It returns ErrOffer for what no invitation can say.
func NewOffer(rand io.Reader, self *Self, mode Mode, notAfter time.Time, route []byte) (*Offer, error) {
	if err := self.check(); err != nil {
		return nil, err
	}
	until := notAfter.Unix()
	if !mode.valid() || len(route) > MaxRoute || until <= 0 || until > math.MaxUint32 {
		return nil, ErrOffer
	}
	var inv Invite
	seed, err := suite.Hedged(rand, len(inv.secret)+inviteIDSize, self.hedge())
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	keys, err := newPrekeys(rand, append(self.hedge(), seed...))
	if err != nil {
		return nil, err
	}
	inv.Mode, inv.Expires, inv.Route = mode, time.Unix(until, 0).UTC(), bytes.Clone(route)
	b := &Bundle{
		Identity: self.Identity,
		Route:    inv.Route,
		invite:   &inv,
		mode:     mode,
		notAfter: until,
		prekeys:  keys.public(),
	}
	copy(inv.secret[:], seed)
	copy(b.id[:], seed[len(inv.secret):])
	b.raw = b.bytes()
	inv.bundleHash = suite.Hash(b.raw)
	return &Offer{bundle: b, keys: keys}, nil
}

// Invite returns the invitation to show.
func (o *Offer) Invite() *Invite { return o.bundle.invite }

// BundleCell returns the bundle, sealed for whoever has the invitation.
func (o *Offer) BundleCell(rand io.Reader) ([]byte, error) {
	return sealCell(rand, o.Invite().secret, labelBundle, nil, o.bundle.raw)
}

// Wipe clears the private keys, after which the offer opens nothing. Copies
// that the runtime made are out of its reach.
func (o *Offer) Wipe() { o.keys.wipe() }

// MarshalBinary returns the offer for a sealed store.
func (o *Offer) MarshalBinary() ([]byte, error) {
	return o.keys.append(wire.LP([]byte{offerVersion}, o.Invite().bytes(), o.bundle.raw)), nil
}

// ParseOffer reads what MarshalBinary made, or returns ErrOffer.
func ParseOffer(b []byte) (*Offer, error) {
	r := wire.NewReader(b)
	version := r.Byte()
	inv, raw := r.LP(maxInviteText), r.LP(contentSize)
	private := r.Take(privatePrekeysSize)
	if r.End() != nil || version != offerVersion {
		return nil, ErrOffer
	}
	keys, err := parsePrekeys(private)
	if err != nil {
		return nil, err
	}
	invite, err := parseInviteBytes(inv)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	bundle, err := readBundle(invite, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if bundle.prekeys != keys.public() {
		return nil, ErrOffer
	}
	return &Offer{bundle: bundle, keys: keys}, nil
}
