package main

import (
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/sha256"

	"filippo.io/mldsa"
	"golang.org/x/crypto/chacha20poly1305"
)

// Sizes in bytes, by section of docs/protocol.md.
const (
	// §3
	accountKey = ed25519.PublicKeySize + mldsa.MLDSA65PublicKeySize
	deviceKeys = ed25519.PublicKeySize + keySize + mlkem.EncapsulationKeySize1024
	list       = listBody + ed25519.SignatureSize + mldsa.MLDSA65SignatureSize
	identity   = accountKey + 4 + list + deviceKeys
	// §4 and §5
	invitation = 220
	bundle     = 28 + identity + deviceDH + stepKeys + 4
	deviceDH   = keySize + mlkem.EncapsulationKeySize1024
	device     = keySize + mlkem.SeedSize // private
	payload    = 256
	// §7
	stepKeys  = keySize + mlkem.EncapsulationKeySize768
	stepBytes = stepKeys + mlkem.CiphertextSize768
	header    = 2 + stepBytes + 4*4
	outside   = 1 + 16 + chacha20poly1305.NonceSizeX + header + chacha20poly1305.Overhead // of a body
	body      = 4096 - outside - sha256.Size - chacha20poly1305.Overhead
)

var (
	invitationCell = size{16384 - chacha20poly1305.NonceSizeX - chacha20poly1305.Overhead, 0, chacha20poly1305.NonceSizeX}
	identityCell   = size{identity, sha256.Size, chacha20poly1305.NonceSize}
	stepCell       = size{stepBytes + 4 + payload, sha256.Size, chacha20poly1305.NonceSize}
	cellHeader     = size{header, 19, chacha20poly1305.NonceSizeX}
	cellBody       = size{body, 4*sha256.Size + 2, chacha20poly1305.NonceSize}
)

// A floor does what the protocol asks of the primitives, each thing once, and
// nothing else: what Sotto takes more is its own doing. With stored it also
// does what a stored session or offer cannot do without, since the libraries
// keep private keys as seeds: making them again, and reading a public key that
// was checked when it came.
type floor struct {
	*primitives
	stored bool
}

func newFloor(p *primitives, stored bool) *floor {
	p.prepare(invitationCell, identityCell, stepCell, cellHeader, cellBody)
	return &floor{p, stored}
}

// times makes a program of what is done once.
func times(once ...func()) program {
	return func(w *watch, n int) {
		w.start()
		for range n {
			for _, f := range once {
				f()
			}
		}
		w.stop()
	}
}

// offer makes an invitation and its bundle's cell (docs/protocol.md §4).
func (f *floor) offer() {
	f.hedged(32+16, device)
	f.hedged(keySize+mlkem.SeedSize, device+48)
	f.makeDH()
	f.makeKEM1024()
	f.makePair()
	f.hash(bundle)
	f.kdf(32, len("bundle"), keySize)
	f.random(invitationCell.nonce)
	f.seal(invitationCell)
}

func (f *floor) makePair() {
	f.hedged(keySize+mlkem.SeedSize, keySize)
	f.makeDH()
	f.makeKEM768()
}

// identity checks the device list of the other side.
func (f *floor) identity() {
	f.hash(accountKey)
	f.verify()
	f.hash(deviceKeys)
	f.hash(list)
}

// initiate opens the bundle and makes the first message (docs/protocol.md
// §5.1).
func (f *floor) initiate() {
	f.kdf(32, len("bundle"), keySize)
	f.open(invitationCell)
	f.hash(bundle)
	f.identity()

	f.hedged(keySize, device+keySize)
	f.makeDH()
	f.agree()
	f.agree()
	f.checkKEM1024().Encapsulate()
	f.checkKEM1024().Encapsulate()
	f.transcript()
	f.seal(identityCell)
	f.hash(sha256.Size + identity)
	f.agree()
	f.kdf(keySize, 3+sha256.Size, 2*keySize)
	f.makePair()
	f.checkKEM768().Encapsulate()
	f.seal(stepCell)
	f.hash(sha256.Size + stepCell.text)
	f.agree()
	f.begin()
	f.kdf(32, len("env"), keySize)
	f.random(invitationCell.nonce)
	f.seal(invitationCell)
}

// transcript is h0, ck0, h1 and k1.
func (f *floor) transcript() {
	f.hash(invitation)
	f.hash(140)
	f.kdf(3*4+keySize, len("ck0"), keySize)
	f.hash(sha256.Size + keySize + 2*mlkem.CiphertextSize1024)
	f.kdf(4*(4+keySize), 3+sha256.Size, 2*keySize)
}

// begin is what both sides derive when the first message stands: RK0, chain
// A1, the tags of two chains, and the hash of one's own list.
func (f *floor) begin() {
	f.kdf(0, 4+sha256.Size, 3*keySize)
	f.step()
	f.tag()
	f.hash(list)
}

// respond opens the first message.
func (f *floor) respond() {
	if f.stored {
		f.makeDH()
		f.makeKEM1024()
		f.makeDH()
		f.makeKEM768()
	}
	f.kdf(32, len("env"), keySize)
	f.open(invitationCell)
	f.agree()
	f.agree()
	f.decapsulate1024()
	f.decapsulate1024()
	f.transcript()
	f.open(identityCell)
	f.hash(sha256.Size + identity)
	f.identity()
	f.checkKEM1024()
	f.agree()
	f.kdf(keySize, 3+sha256.Size, 2*keySize)
	f.open(stepCell)
	f.hash(sha256.Size + stepCell.text)
	f.checkKEM768()
	f.agree()
	f.decapsulate768()
	f.begin()
}

// encrypt makes a cell of a text of so many bytes (docs/protocol.md §7.1). Its
// nonce is hedged with the text.
func (f *floor) encrypt(text int) func() {
	return func() {
		f.chain()
		f.hedged(cellHeader.nonce, 3*(4+keySize)+4+text)
		f.seal(cellHeader)
		f.kdf(keySize, len("cell"), 2*keySize)
		f.hash(outside)
		f.seal(cellBody)
	}
}

func (f *floor) decrypt() {
	f.chain()
	f.openSkipped()
}

// openSkipped opens a cell whose key was derived before.
func (f *floor) openSkipped() {
	f.open(cellHeader)
	f.kdf(keySize, len("cell"), 2*keySize)
	f.hash(outside)
	f.open(cellBody)
}

// gap opens the cell after so many that are missing.
func (f *floor) gap() {
	for range skipped {
		f.chain()
	}
	f.decrypt()
}

// turn is a ratchet step: a cell of a new chain, sealed and opened. The key
// that is encapsulated for was checked when it came.
func (f *floor) turn() {
	f.makePair()
	f.agree()
	f.checkKEM768().Encapsulate()
	f.step()
	f.encrypt(payload)()

	if f.stored {
		f.makeDH()
		f.makeKEM768()
		f.checkKEM768()
	}
	f.agree()
	f.decapsulate768()
	f.step()
	f.decrypt()
}

// step is the key schedule of one step, and the tag of a chain.
func (f *floor) step() {
	f.hash(stepBytes)
	f.kdf(2*(4+keySize), 4+sha256.Size, 4*keySize)
	f.tag()
}

func (f *floor) tag() { f.kdf(keySize, len("tag"), 16) }
