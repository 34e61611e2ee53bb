package handshake

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"fmt"
	"io"
	"slices"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// Prekeys are the keys that the responder makes in advance for one first
// message: the one-time pair OT, and the ratchet pair R_B0, E_B0 with which the
// session starts (docs/protocol.md §4.2). They are why a first message to
// somebody who is offline has forward secrecy: the private halves are destroyed
// when it is opened.

// kemCiphertextSize is the size of ctOT and ctIK in bytes.
const kemCiphertextSize = mlkem.CiphertextSize1024

// oneTimePublic is the public half of OT: X25519, then ML-KEM-1024.
type oneTimePublic [suite.DHSize + mlkem.EncapsulationKeySize1024]byte

func (p *oneTimePublic) dh() []byte { return p[:suite.DHSize] }
func (p *oneTimePublic) ek() []byte { return p[suite.DHSize:] }

// prekeys are the public halves, prekeysSize bytes.
type prekeys struct {
	oneTime oneTimePublic
	ratchet ratchet.Public
}

const prekeysSize = len(oneTimePublic{}) + ratchet.PublicSize

func (p *prekeys) append(b []byte) []byte {
	return append(append(b, p.oneTime[:]...), p.ratchet[:]...)
}

func (p *prekeys) read(r *wire.Reader) {
	r.Copy(p.oneTime[:])
	r.Copy(p.ratchet[:])
}

// oneTimeSize is the size of the private half of OT: an X25519 key and the seed
// of an ML-KEM-1024 key.
const oneTimeSize = suite.DHSize + mlkem.SeedSize

const privatePrekeysSize = oneTimeSize + ratchet.PairSize

// privatePrekeys are the private halves, privatePrekeysSize bytes.
type privatePrekeys struct {
	secret.Redacted
	oneTime [oneTimeSize]byte
	ratchet *ratchet.Pair

	// The keys that oneTime is, ready for use; nil after wipe.
	dh  *ecdh.PrivateKey
	kem *mlkem.DecapsulationKey1024
}

// newPrekeys makes prekeys from rand and a hedge (suite.Hedged). The ratchet
// pair is hedged with OT as well, so that the two differ even if rand repeats
// itself.
func newPrekeys(rand io.Reader, hedge []byte) (*privatePrekeys, error) {
	seeds, err := suite.Hedged(rand, oneTimeSize, hedge)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	pair, err := ratchet.NewPair(rand, slices.Concat(hedge, seeds))
	if err != nil {
		return nil, err
	}
	return ready(seeds, pair)
}

// ready makes the keys of OT from their seeds, which are oneTimeSize bytes.
func ready(seeds []byte, pair *ratchet.Pair) (*privatePrekeys, error) {
	kem, err := mlkem.NewDecapsulationKey1024(seeds[suite.DHSize:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	return &privatePrekeys{
		oneTime: [oneTimeSize]byte(seeds),
		ratchet: pair,
		dh:      suite.PrivateDH(seeds[:suite.DHSize]),
		kem:     kem,
	}, nil
}

func (p *privatePrekeys) append(b []byte) []byte {
	return append(append(b, p.oneTime[:]...), p.ratchet.Bytes()...)
}

func parsePrekeys(b []byte) (*privatePrekeys, error) {
	r := wire.NewReader(b)
	seeds, private := r.Take(oneTimeSize), r.Take(ratchet.PairSize)
	if r.End() != nil {
		return nil, ErrOffer
	}
	pair, err := ratchet.ParsePair(private)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffer, err)
	}
	return ready(seeds, pair)
}

func (p *privatePrekeys) public() prekeys {
	k := prekeys{ratchet: *p.ratchet.Public()}
	copy(k.oneTime.dh(), p.dh.PublicKey().Bytes())
	copy(k.oneTime.ek(), p.kem.EncapsulationKey().Bytes())
	return k
}

func (p *privatePrekeys) wipe() {
	clear(p.oneTime[:])
	p.ratchet.Wipe()
	p.dh, p.kem = nil, nil
}

// agree derives the four secrets that enter ck1 (docs/protocol.md §5.1), with
// the private halves of OT and of the device, or returns ErrWiped.
func (p *privatePrekeys) agree(self *Self, m *firstMessage) ([][]byte, error) {
	if p.kem == nil {
		return nil, ErrWiped
	}
	deviceDH, deviceKEM := self.Device.Agreement()
	dhOT, err := dh(p.dh, m.e)
	if err != nil {
		return nil, err
	}
	dhIK, err := dh(deviceDH, m.e)
	if err != nil {
		return nil, err
	}
	ssOT, err := p.kem.Decapsulate(m.ctOT)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	ssIK, err := deviceKEM.Decapsulate(m.ctIK)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return [][]byte{dhOT, dhIK, ssOT, ssIK}, nil
}

// dh is X25519, with the error of this package.
func dh(private *ecdh.PrivateKey, public []byte) ([]byte, error) {
	out, err := suite.DH(private, public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return out, nil
}

// encapsulate makes a secret for an ML-KEM-1024 key. Its randomness is the
// system's: crypto/mlkem takes no other.
func encapsulate(key []byte) (shared, ciphertext []byte, err error) {
	ek, err := mlkem.NewEncapsulationKey1024(key)
	if err != nil {
		return nil, nil, ErrKey
	}
	shared, ciphertext = ek.Encapsulate()
	return shared, ciphertext, nil
}
