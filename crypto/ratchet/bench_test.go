package ratchet

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/rand"
	"testing"

	"sotto/crypto/internal/suite"
)

// Cells of the smallest class on a chain that has begun.
func BenchmarkEncrypt(b *testing.B) {
	alice, _ := settle(b)
	_, alice = seal(b, alice, "begin the chain")
	text := make([]byte, 200)
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if _, alice, err = alice.Encrypt(rand.Reader, text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecrypt(b *testing.B) {
	alice, bob := settle(b)
	alice, bob = send(b, alice, bob, "begin the chain")
	cells := make([][]byte, 1000)
	for i := range cells {
		cells[i], alice = seal(b, alice, "text")
	}
	s, i := bob, 0
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if _, s, err = s.Decrypt(noon, cells[i]); err != nil {
			b.Fatal(err)
		}
		if i++; i == len(cells) {
			s, i = bob, 0
		}
	}
}

// What one cell needs of the primitives alone, to seal and to open it.
func BenchmarkPrimitivesOfCell(b *testing.B) {
	k, nonce, list, header := make([]byte, 32), make([]byte, suite.XNonceSize), make([]byte, 32), make([]byte, headerSize)
	body, cell := make([]byte, bodySize(1, false)), make([]byte, 0, classes[0])
	keys := func() {
		suite.KDFPair(k, labelMessage, labelChain)
		suite.KDF(k, nonce, labelCell, 64)
	}
	front := suite.Seal(nil, k, nonce, header, nil)
	sealed := suite.SealOnce(nil, k, body, nil)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			keys()
			_, _ = suite.Hedged(rand.Reader, suite.XNonceSize, k, list, list, body[:200])
			out := suite.Seal(cell, k, nonce, header, nil)
			suite.Hash(out)
			suite.SealOnce(out, k, body, nil)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			keys()
			_, _ = suite.Open(k, nonce, front, nil)
			suite.Hash(front)
			_, _ = suite.OpenOnce(k, sealed, nil)
		}
	})
}

// A cell after 1,000 that are missing.
func BenchmarkSkip1000(b *testing.B) {
	alice, bob := settle(b)
	alice, bob = send(b, alice, bob, "begin the chain")
	for range 1000 {
		_, alice = seal(b, alice, "lost")
	}
	cell, _ := seal(b, alice, "text")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := bob.Decrypt(noon, cell); err != nil {
			b.Fatal(err)
		}
	}
}

// A message and its answer, with a step on each side.
func BenchmarkRoundTrip(b *testing.B) {
	alice, bob := settle(b)
	b.ReportAllocs()
	for b.Loop() {
		alice, bob = send(b, alice, bob, "message")
		bob, alice = send(b, bob, alice, "answer")
	}
}

// What those steps need of the primitives alone: two pairs, two
// encapsulations, and on each side as many agreements.
func BenchmarkPrimitivesOfRoundTrip(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		for range 2 {
			ours, _ := ecdh.X25519().GenerateKey(rand.Reader)
			theirs, _ := ecdh.X25519().GenerateKey(rand.Reader)
			kem, _ := mlkem.GenerateKey768()
			_, ct := kem.EncapsulationKey().Encapsulate()
			suite.DH(ours, theirs.PublicKey().Bytes())
			suite.DH(theirs, ours.PublicKey().Bytes())
			kem.Decapsulate(ct)
		}
	}
}
