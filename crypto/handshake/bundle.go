package handshake

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

const (
	bundleVersion = 1
	inviteIDSize  = 16

	// maxBundleRoute leaves room for more addresses than a QR has.
	maxBundleRoute = 256
)

// A Bundle is what the inviter shows to whoever has the invitation
// (docs/protocol.md §4.2). OpenBundle makes it.
type Bundle struct {
	Identity *account.Identity
	Route    []byte // where to find the inviter

	invite   *Invite
	raw      []byte
	mode     Mode
	id       [inviteIDSize]byte
	notAfter int64 // Unix time in seconds
	prekeys
}

// Invite returns the invitation that promised the bundle.
func (b *Bundle) Invite() *Invite { return b.invite }

func (b *Bundle) bytes() []byte {
	out := []byte{bundleVersion, byte(b.mode)}
	out = binary.BigEndian.AppendUint16(out, suiteID)
	out = append(out, b.id[:]...)
	out = binary.BigEndian.AppendUint64(out, uint64(b.notAfter))
	out = append(out, b.Identity.Bytes()...)
	out = b.prekeys.append(out)
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
	key, list, device := r.Take(account.PublicKeySize), r.LP(account.MaxListSize), r.Take(account.DevicePublicSize)
	b.prekeys.read(r)
	b.Route = bytes.Clone(r.LP(maxBundleRoute))
	if r.End() != nil || version != bundleVersion || id != suiteID {
		return nil, ErrBundle
	}
	b.Identity = &account.Identity{Account: account.PublicKey(key), Device: account.DevicePublic(device)}
	var err error
	if b.Identity.List, err = account.ParseList(list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return b, nil
}

// readBundle reads a bundle that an invitation promises: the hash before
// anything else, since what has another is not parsed, then mode and time,
// which both say.
func readBundle(inv *Invite, raw []byte) (*Bundle, error) {
	hash := suite.Hash(raw)
	if subtle.ConstantTimeCompare(hash[:], inv.bundleHash[:]) == 0 {
		return nil, ErrBundle
	}
	b, err := parseBundle(raw)
	if err != nil {
		return nil, err
	}
	if b.mode != inv.Mode || b.notAfter != inv.Expires.Unix() {
		return nil, ErrBundle
	}
	b.invite = inv
	return b, nil
}

// OpenBundle opens a bundle's cell and checks that it is the bundle of the
// invitation, that mode and expiry are those of the invitation, that the
// account signed the device list, and that the device is in it. It returns
// ErrEnvelope for a cell that was made without the invitation's secret, and
// ErrBundle for all else. It is for the caller to know whether the invitation
// has expired.
func OpenBundle(inv *Invite, cell []byte) (*Bundle, error) {
	raw, err := openCell(inv.secret, labelBundle, nil, cell)
	if err != nil {
		return nil, err
	}
	b, err := readBundle(inv, raw)
	if err != nil {
		return nil, err
	}
	if err := b.Identity.Verify(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return b, nil
}
