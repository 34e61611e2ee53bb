// Package suite has the primitives in the form in which the protocol uses them
// (docs/protocol.md §1 and §2): SHA-256 over several parts, HKDF-SHA256,
// X25519 that refuses low-order points, and ChaCha20-Poly1305 under keys that
// are used once. It adds no primitive of its own.
package suite

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"sotto/crypto/internal/wire"
)

// Sizes in bytes.
const (
	KeySize    = 32 // of every symmetric key and hash
	DHSize     = 32 // of an X25519 key or result
	TagSize    = chacha20poly1305.Overhead
	XNonceSize = chacha20poly1305.NonceSizeX
	SeedSize   = 64 // from which an ML-KEM key pair is made
)

// ErrLowOrder says that an X25519 public key is of low order, so that the
// result would not depend on the private key.
var ErrLowOrder = errors.New("suite: low-order X25519 key")

// ErrOpen says that a ciphertext was not made under this key and this
// associated data.
var ErrOpen = errors.New("suite: message authentication failed")

// Hash returns SHA-256 of the parts, one after the other.
func Hash(parts ...[]byte) [KeySize]byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return [KeySize]byte(h.Sum(nil))
}

// LabelledHash returns SHA-256 of LP(label) and the parts. It is for hashes
// that name things; the label keeps names of different kinds apart.
func LabelledHash(label string, parts ...[]byte) [KeySize]byte {
	return Hash(append([][]byte{wire.LP(nil, []byte(label))}, parts...)...)
}

// KDF returns n bytes of HKDF-SHA256 (RFC 5869), n at most 8,160.
func KDF(salt, ikm []byte, info string, n int) []byte {
	out, err := hkdf.Key(sha256.New, ikm, salt, info, n)
	if err != nil {
		panic("suite: " + err.Error()) // n is a constant of the protocol, and within the limit
	}
	return out
}

// KDFPair returns KDF(salt, nil, one, KeySize) and KDF(salt, nil, two, KeySize)
// for half as much work in the part of HKDF that both share.
func KDFPair(salt []byte, one, two string) (a, b []byte) {
	prk, err := hkdf.Extract(sha256.New, nil, salt)
	if err == nil {
		if a, err = hkdf.Expand(sha256.New, prk, one, KeySize); err == nil {
			b, err = hkdf.Expand(sha256.New, prk, two, KeySize)
		}
	}
	if err != nil {
		panic("suite: " + err.Error()) // as for KDF
	}
	return a, b
}

// PrivateDH returns the X25519 key that 32 bytes are.
func PrivateDH(b []byte) *ecdh.PrivateKey {
	k, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		panic("suite: private key is not 32 bytes") // any 32 bytes are a key
	}
	return k
}

// DH returns X25519 of a private and a 32-byte public key (RFC 7748), or
// ErrLowOrder if the result would be all zero.
func DH(private ecdh.KeyExchanger, public []byte) ([]byte, error) {
	pub, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("suite: X25519 key: %w", err)
	}
	out, err := private.ECDH(pub)
	if err != nil {
		return nil, ErrLowOrder
	}
	return out, nil
}

// Random returns n bytes of rand.
func Random(rand io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, fmt.Errorf("suite: randomness: %w", err)
	}
	return b, nil
}

// labelHedged keeps what Hedged derives apart from all else.
const labelHedged = "sotto/1 hedged randomness"

// Hedged returns n bytes that nobody can guess who does not know both what rand
// gave, n bytes of it, and all of the secrets. So they are good as long as
// either is: with a generator that repeats itself, as in a machine that was
// restored from a snapshot, and with secrets that somebody has copied. Without
// secrets it is as good as rand.
func Hedged(rand io.Reader, n int, secrets ...[]byte) ([]byte, error) {
	fresh, err := Random(rand, n)
	if err != nil {
		return nil, err
	}
	return KDF(nil, wire.LP(wire.LP(nil, fresh), secrets...), labelHedged, n), nil
}

// SealOnce appends to dst the ChaCha20-Poly1305 encryption of plaintext under
// a 32-byte key that is never used for anything else; so the nonce is zero.
func SealOnce(dst, key, plaintext, ad []byte) []byte {
	return newAEAD(chacha20poly1305.New, key).Seal(dst, make([]byte, chacha20poly1305.NonceSize), plaintext, ad)
}

// OpenOnce opens what SealOnce made, or returns ErrOpen.
func OpenOnce(key, ciphertext, ad []byte) ([]byte, error) {
	plain, err := newAEAD(chacha20poly1305.New, key).Open(nil, make([]byte, chacha20poly1305.NonceSize), ciphertext, ad)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Seal appends to dst the XChaCha20-Poly1305 encryption of plaintext under a
// 32-byte key and a random 24-byte nonce.
func Seal(dst, key, nonce, plaintext, ad []byte) []byte {
	return newAEAD(chacha20poly1305.NewX, key).Seal(dst, nonce, plaintext, ad)
}

// Open opens what Seal made, or returns ErrOpen.
func Open(key, nonce, ciphertext, ad []byte) ([]byte, error) {
	plain, err := newAEAD(chacha20poly1305.NewX, key).Open(nil, nonce, ciphertext, ad)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// newAEAD makes an AEAD from a key that is 32 bytes long by construction.
func newAEAD(make func([]byte) (cipher.AEAD, error), key []byte) cipher.AEAD {
	a, err := make(key)
	if err != nil {
		panic("suite: key is not 32 bytes")
	}
	return a
}
