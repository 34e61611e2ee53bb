package ratchet

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/mlkem"
	"errors"
	"fmt"
	"io"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
)

// Sizes in bytes.
const (
	// PublicSize is the size of the public half of a ratchet pair: X25519,
	// then the ML-KEM-768 encapsulation key.
	PublicSize = suite.DHSize + mlkem.EncapsulationKeySize768
	// PairSize is the size of the private half: an X25519 key and a seed.
	PairSize = suite.DHSize + mlkem.SeedSize
	// CiphertextSize is the size of an ML-KEM-768 ciphertext.
	CiphertextSize = mlkem.CiphertextSize768
)

// ErrKey says that a public key is not valid: an ML-KEM key with numbers out
// of range, or an X25519 key of low order.
var ErrKey = errors.New("ratchet: public key is not valid")

// A Public is the public half of a ratchet pair.
type Public [PublicSize]byte

func (p *Public) dh() []byte { return p[:suite.DHSize] }
func (p *Public) ek() []byte { return p[suite.DHSize:] }

// Encapsulate makes a secret that only the holder of the pair can open: a
// ciphertext of CiphertextSize bytes and 32 bytes of secret. crypto/mlkem takes
// its randomness from the system and lets nobody else give it, so it cannot be
// mixed with a secret of ours. Were it to fail, the X25519 key beside it, and the
// root key before it, still protect the step.
func (p *Public) Encapsulate() (ciphertext, shared []byte, err error) {
	kem, err := p.kem()
	if err != nil {
		return nil, nil, err
	}
	shared, ciphertext = kem.Encapsulate()
	return ciphertext, shared, nil
}

// kem returns the ML-KEM key, or ErrKey if it is not valid. A bad X25519 key
// shows when it is used.
func (p *Public) kem() (*mlkem.EncapsulationKey768, error) {
	k, err := mlkem.NewEncapsulationKey768(p.ek())
	if err != nil {
		return nil, ErrKey
	}
	return k, nil
}

// A Pair is a ratchet pair: X25519 and ML-KEM-768, for one step.
type Pair struct {
	secret.Redacted
	private [PairSize]byte
	public  Public

	// The same keys, ready for use, in a pair that was just made. A stored
	// session has many uses that do not touch its pair, and reading it should
	// not cost as much as a step.
	dhKey  ecdh.KeyExchanger
	kemKey crypto.Decapsulator
}

// NewPair makes a pair from 96 bytes of rand, hedged (suite.Hedged) by secret
// bytes that whoever predicts rand does not know. In a session that is the root
// key: then a pair heals if rand is good, and is no worse than the session was
// if it is not. hedge may be nil where there is no such secret yet.
func NewPair(rand io.Reader, hedge []byte) (*Pair, error) {
	b, err := suite.Hedged(rand, PairSize, hedge)
	if err != nil {
		return nil, fmt.Errorf("ratchet: %w", err)
	}
	return ParsePair(b)
}

// ParsePair reads the PairSize bytes that Bytes gave.
func ParsePair(b []byte) (*Pair, error) {
	if len(b) != PairSize {
		return nil, errors.New("ratchet: pair of the wrong size")
	}
	p := &Pair{private: [PairSize]byte(b)}
	p.dhKey, p.kemKey = p.dh(), p.kem()
	copy(p.public.dh(), p.dhKey.PublicKey().Bytes())
	copy(p.public.ek(), p.kemKey.Encapsulator().Bytes())
	return p, nil
}

// Bytes returns the private half, PairSize bytes.
func (p *Pair) Bytes() []byte { return bytes.Clone(p.private[:]) }

// Wipe clears the private half.
func (p *Pair) Wipe() {
	clear(p.private[:])
	p.dhKey, p.kemKey = nil, nil
}

// Public returns the public half.
func (p *Pair) Public() *Public {
	q := p.public
	return &q
}

func (p *Pair) dh() ecdh.KeyExchanger {
	if p.dhKey != nil {
		return p.dhKey
	}
	return suite.PrivateDH(p.private[:suite.DHSize])
}

func (p *Pair) kem() crypto.Decapsulator {
	if p.kemKey != nil {
		return p.kemKey
	}
	k, err := mlkem.NewDecapsulationKey768(p.private[suite.DHSize:])
	if err != nil {
		panic("ratchet: " + err.Error()) // any 64 bytes are a seed
	}
	return k
}

// agree returns X25519 of the pair and a peer's key, 32 bytes, or ErrKey.
func (p *Pair) agree(peer []byte) ([]byte, error) { return dh(p.dh(), peer) }

// decapsulate returns the 32 bytes that somebody encapsulated for the pair. A
// ciphertext that was made for another key gives a secret that nobody else has,
// not an error.
func (p *Pair) decapsulate(ciphertext []byte) ([]byte, error) {
	shared, err := p.kem().Decapsulate(ciphertext)
	if err != nil {
		return nil, fmt.Errorf("ratchet: %w", err)
	}
	return shared, nil
}

func dh(private ecdh.KeyExchanger, peer []byte) ([]byte, error) {
	out, err := suite.DH(private, peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return out, nil
}
