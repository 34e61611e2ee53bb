package handshake

import (
	"bytes"
	"crypto/mlkem"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

const (
	bundleVersion = 1
	inviteIDSize  = 16

	// maxBundleRoute leaves room for more addresses than a QR has.
	maxBundleRoute = 256

	// suiteID names the primitives of docs/protocol.md §2. There is no
	// negotiation: another number is another protocol.
	suiteID = 1
)

// ErrBundle says that a bundle is not the one that the invitation promises, or
// not one that an honest inviter makes.
var ErrBundle = errors.New("handshake: bundle does not match the invitation")

// oneTimePublic is the public half of OT: X25519, then ML-KEM-1024.
type oneTimePublic [suite.DHSize + mlkem.EncapsulationKeySize1024]byte

func (p *oneTimePublic) dh() []byte { return p[:suite.DHSize] }
func (p *oneTimePublic) ek() []byte { return p[suite.DHSize:] }

// A Bundle is what the inviter shows to whoever has the invitation
// (docs/protocol.md §4.2).
type Bundle struct {
	Identity *account.Identity
	Route    []byte // where to find the inviter

	raw      []byte
	mode     Mode
	id       [inviteIDSize]byte
	notAfter int64 // Unix time in seconds
	oneTime  oneTimePublic
	ratchet  ratchet.Public
}

func (b *Bundle) bytes() []byte {
	out := []byte{bundleVersion, byte(b.mode)}
	out = binary.BigEndian.AppendUint16(out, suiteID)
	out = append(out, b.id[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(b.notAfter))
	out = append(out, b.Identity.Bytes()...)
	out = append(out, b.oneTime[:]...)
	out = append(out, b.ratchet[:]...)
	return wire.LP(out, b.Route)
}

func parseBundle(raw []byte) (*Bundle, error) {
	r := wire.NewReader(raw)
	b := &Bundle{raw: bytes.Clone(raw)}
	version := r.Byte()
	b.mode = Mode(r.Byte())
	id := r.Uint16()
	r.Copy(b.id[:])
	b.notAfter = int64(r.Uint64())
	account1, list, device := r.Take(account.PublicKeySize), r.LP(account.MaxListSize), r.Take(account.DevicePublicSize)
	r.Copy(b.oneTime[:])
	r.Copy(b.ratchet[:])
	b.Route = bytes.Clone(r.LP(maxBundleRoute))
	if r.End() != nil || version != bundleVersion || id != suiteID {
		return nil, ErrBundle
	}
	b.Identity = &account.Identity{Account: account.PublicKey(account1), Device: account.DevicePublic(device)}
	var err error
	if b.Identity.List, err = account.ParseList(list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return b, nil
}

// matches checks that the bundle is the one of which the invitation has the
// hash, and that what both say is the same.
func (b *Bundle) matches(inv *Invite) error {
	hash := suite.Hash(b.raw)
	if subtle.ConstantTimeCompare(hash[:], inv.BundleHash[:]) == 0 ||
		b.mode != inv.Mode || b.notAfter != inv.Expires.Unix() {
		return ErrBundle
	}
	return nil
}

// verify makes all checks that come before any use of the bundle's keys.
func (b *Bundle) verify(inv *Invite) error {
	if err := b.matches(inv); err != nil {
		return err
	}
	if err := b.Identity.Verify(); err != nil {
		return fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return nil
}

// OpenBundle opens a bundle's cell and checks that it is the bundle of the
// invitation, that mode and expiry are those of the invitation, that the
// account signed the device list, and that the device is in it. It returns
// ErrEnvelope for a cell that was made without the invitation's secret, and
// ErrBundle for all else. It is for the caller to know whether the invitation
// has expired.
func OpenBundle(inv *Invite, cell []byte) (*Bundle, error) {
	raw, err := openCell(inv, labelBundle, cell)
	if err != nil {
		return nil, err
	}
	// The hash before anything else: what has another is not parsed.
	if hash := suite.Hash(raw); subtle.ConstantTimeCompare(hash[:], inv.BundleHash[:]) == 0 {
		return nil, ErrBundle
	}
	b, err := parseBundle(raw)
	if err != nil {
		return nil, err
	}
	if err := b.verify(inv); err != nil {
		return nil, err
	}
	return b, nil
}
