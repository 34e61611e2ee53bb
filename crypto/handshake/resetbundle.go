package handshake

import (
	"encoding/binary"
	"fmt"
	"io"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

const (
	resetVersion = 1

	// resetBundleSize is 2,851 bytes.
	resetBundleSize = 1 + 2 + suite.KeySize + prekeysSize
)

// A ResetBundle is what one side of a confirmed session gives the other, so
// that it can begin a new one if it should lose its state (docs/protocol.md
// §4.3). It is good once.
type ResetBundle struct {
	secret.Redacted
	secret secret.Key // s
	prekeys
}

func (b *ResetBundle) bytes() []byte {
	out := append(make([]byte, 0, resetBundleSize), resetVersion)
	out = binary.BigEndian.AppendUint16(out, suiteID)
	out = append(out, b.secret[:]...)
	return b.prekeys.append(out)
}

// ParseResetBundle reads what ResetOffer.Bundle made, or returns ErrBundle. Its
// keys are checked when they are used.
func ParseResetBundle(b []byte) (*ResetBundle, error) {
	r := wire.NewReader(b)
	out := new(ResetBundle)
	version, id := r.Byte(), r.Uint16()
	r.Copy(out.secret[:])
	out.prekeys.read(r)
	if r.End() != nil || version != resetVersion || id != suiteID {
		return nil, ErrBundle
	}
	return out, nil
}

// head is what the first message of a reset begins with in the clear, so that
// it looks like a cell of a session.
func (b *ResetBundle) head() []byte {
	t := token(b.secret)
	return append([]byte{resetVersion}, t[:]...)
}

// prologue is what both sides of a reset stand on: the session in which the
// bundle was given, and the resumption secret, which may be nil.
func (b *ResetBundle) prologue(session [32]byte, rs []byte) *prologue {
	return &prologue{mode: reset, origin: session, bundleR: suite.Hash(b.bytes()), secretR: b.secret, resume: rs}
}

// A ResetOffer is all that the giver keeps of a reset bundle. After Respond,
// and when a newer session with the same contact is confirmed, it must be
// destroyed.
type ResetOffer struct {
	secret.Redacted
	session [32]byte // h3 of the session in which the bundle is given
	bundle  ResetBundle
	keys    *privatePrekeys
}

// NewResetOffer makes a reset bundle for the peer of the confirmed session that
// has this hash.
func NewResetOffer(rand io.Reader, self *Self, session [32]byte) (*ResetOffer, error) {
	if err := self.check(); err != nil {
		return nil, err
	}
	s, err := suite.Hedged(rand, suite.KeySize, self.hedge(), session[:])
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	keys, err := newPrekeys(rand, append(self.hedge(), s...))
	if err != nil {
		return nil, err
	}
	return newResetOffer(session, secret.Key(s), keys), nil
}

func newResetOffer(session [32]byte, s secret.Key, keys *privatePrekeys) *ResetOffer {
	return &ResetOffer{session: session, bundle: ResetBundle{secret: s, prekeys: keys.public()}, keys: keys}
}

// Bundle returns the reset bundle, 2,851 bytes, which goes through the session
// and nowhere else.
func (o *ResetOffer) Bundle() []byte { return o.bundle.bytes() }

// Token returns the tag of the first message that uses the bundle, see
// ratchet.CellTag.
func (o *ResetOffer) Token() [TokenSize]byte { return token(o.bundle.secret) }

// Wipe clears the private keys and the secret, after which the offer opens
// nothing. Copies that the runtime made are out of its reach.
func (o *ResetOffer) Wipe() {
	clear(o.bundle.secret[:])
	o.keys.wipe()
}

// MarshalBinary returns the offer for a sealed store, 257 bytes.
func (o *ResetOffer) MarshalBinary() ([]byte, error) {
	b := append([]byte{offerVersion}, o.session[:]...)
	b = append(b, o.bundle.secret[:]...)
	return o.keys.append(b), nil
}

// ParseResetOffer reads what MarshalBinary made, or returns ErrOffer.
func ParseResetOffer(b []byte) (*ResetOffer, error) {
	r := wire.NewReader(b)
	version := r.Byte()
	var session [32]byte
	var s secret.Key
	r.Copy(session[:])
	r.Copy(s[:])
	private := r.Take(privatePrekeysSize)
	if r.End() != nil || version != offerVersion {
		return nil, ErrOffer
	}
	keys, err := parsePrekeys(private)
	if err != nil {
		return nil, err
	}
	return newResetOffer(session, s, keys), nil
}
