package main

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"

	"filippo.io/mldsa"
	"golang.org/x/crypto/chacha20poly1305"
)

// primitives calls what the standard library and its neighbours offer, on
// zeros of the right length. Keys and ciphertexts were made before, results
// are written over each other, and nobody looks at them.
type primitives struct {
	zeros, out []byte
	sealed     map[size][]byte

	x25519         *ecdh.PrivateKey
	mlkem768       *mlkem.DecapsulationKey768
	mlkem1024      *mlkem.DecapsulationKey1024
	ek768, ek1024  []byte
	ct768, ct1024  []byte
	ed25519, mldsa []byte // public keys and signatures of so many zeros
	edSig, mldsaSg []byte
}

// size is that of a plaintext and its associated data, and of the nonce.
type size struct{ text, ad, nonce int }

const keySize = 32

// listLabel is the context of an account's signatures, and signed the size of
// what they are over, for a list of one device.
const (
	listLabel = "sotto/1 device list"
	listBody  = 70 + 36 + 1
	signed    = 4 + len(listLabel) + 4 + listBody
)

var mldsaOptions = &mldsa.Options{Context: listLabel}

func newPrimitives() *primitives {
	p := &primitives{zeros: make([]byte, 1<<16), out: make([]byte, 0, 1<<16), sealed: make(map[size][]byte)}
	p.x25519 = must(ecdh.X25519().GenerateKey(rand.Reader))
	p.mlkem768, p.mlkem1024 = must(mlkem.GenerateKey768()), must(mlkem.GenerateKey1024())
	p.ek768, p.ek1024 = p.mlkem768.EncapsulationKey().Bytes(), p.mlkem1024.EncapsulationKey().Bytes()
	_, p.ct768 = p.mlkem768.EncapsulationKey().Encapsulate()
	_, p.ct1024 = p.mlkem1024.EncapsulationKey().Encapsulate()

	edKey := ed25519.NewKeyFromSeed(p.zeros[:ed25519.SeedSize])
	p.ed25519, p.edSig = edKey.Public().(ed25519.PublicKey), ed25519.Sign(edKey, p.zeros[:signed])
	pqKey := must(mldsa.GenerateKey(mldsa.MLDSA65()))
	p.mldsa, p.mldsaSg = pqKey.PublicKey().Bytes(), must(pqKey.SignDeterministic(p.zeros[:signed], mldsaOptions))
	return p
}

func (p *primitives) random(n int) { must(rand.Read(p.out[:n])) }

func (p *primitives) hash(n int) { sha256.Sum256(p.zeros[:n]) }

// hedged is so many bytes of randomness, with secrets mixed in.
func (p *primitives) hedged(n, secrets int) {
	p.random(n)
	p.kdf(4+n+4+secrets, 25, n)
}

// kdf is HKDF-SHA256 of so many bytes of input and of info.
func (p *primitives) kdf(input, info, n int) {
	must(hkdf.Key(sha256.New, p.zeros[:input], p.zeros[:keySize], string(p.zeros[:info]), n))
}

// chain gives a message key and the next chain key. Both come out of the same
// extraction.
func (p *primitives) chain() {
	k := must(hkdf.Extract(sha256.New, nil, p.zeros[:keySize]))
	must(hkdf.Expand(sha256.New, k, "m", keySize))
	must(hkdf.Expand(sha256.New, k, "c", keySize))
}

func (p *primitives) aead(nonce int) cipher.AEAD {
	if nonce == chacha20poly1305.NonceSizeX {
		return must(chacha20poly1305.NewX(p.zeros[:keySize]))
	}
	return must(chacha20poly1305.New(p.zeros[:keySize]))
}

func (p *primitives) seal(s size) {
	p.aead(s.nonce).Seal(p.out, p.zeros[:s.nonce], p.zeros[:s.text], p.zeros[:s.ad])
}

func (p *primitives) open(s size) {
	must(p.aead(s.nonce).Open(p.out, p.zeros[:s.nonce], p.sealed[s], p.zeros[:s.ad]))
}

// prepare makes what open opens.
func (p *primitives) prepare(sizes ...size) {
	for _, s := range sizes {
		p.sealed[s] = p.aead(s.nonce).Seal(nil, p.zeros[:s.nonce], p.zeros[:s.text], p.zeros[:s.ad])
	}
}

// makeDH is an X25519 key pair out of 32 bytes, agree the agreement.
func (p *primitives) makeDH() { must(ecdh.X25519().NewPrivateKey(p.zeros[:keySize])) }
func (p *primitives) agree()  { must(p.x25519.ECDH(p.x25519.PublicKey())) }

// makeKEM768 is a key pair out of 64 bytes, with the bytes of its public half.
func (p *primitives) makeKEM768() {
	must(mlkem.NewDecapsulationKey768(p.zeros[:mlkem.SeedSize])).EncapsulationKey().Bytes()
}

func (p *primitives) makeKEM1024() {
	must(mlkem.NewDecapsulationKey1024(p.zeros[:mlkem.SeedSize])).EncapsulationKey().Bytes()
}

// checkKEM768 reads and checks a public key, without which there is no
// encapsulation.
func (p *primitives) checkKEM768() *mlkem.EncapsulationKey768 {
	return must(mlkem.NewEncapsulationKey768(p.ek768))
}

func (p *primitives) checkKEM1024() *mlkem.EncapsulationKey1024 {
	return must(mlkem.NewEncapsulationKey1024(p.ek1024))
}

func (p *primitives) decapsulate768()  { must(p.mlkem768.Decapsulate(p.ct768)) }
func (p *primitives) decapsulate1024() { must(p.mlkem1024.Decapsulate(p.ct1024)) }

// verify is an account's signature, of which both halves count.
func (p *primitives) verify() {
	if !ed25519.Verify(p.ed25519, p.zeros[:signed], p.edSig) {
		panic("signature of the bench is not valid")
	}
	check(mldsa.Verify(must(mldsa.NewPublicKey(mldsa.MLDSA65(), p.mldsa)), p.zeros[:signed], p.mldsaSg, mldsaOptions))
}
