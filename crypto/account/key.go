package account

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"

	"filippo.io/mldsa"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Labels of docs/protocol.md §3.2.
const (
	labelEd25519   = "sotto/1 account ed25519"
	labelMLDSA     = "sotto/1 account ml-dsa-65"
	labelAccountID = "sotto/1 account id"
)

// PublicKeySize is the size of an account's public key: Ed25519 (32 bytes),
// then ML-DSA-65 (1,952).
const PublicKeySize = ed25519.PublicKeySize + mldsa.MLDSA65PublicKeySize

// signatureSize is the size of an account signature: Ed25519, then ML-DSA-65.
const signatureSize = ed25519.SignatureSize + mldsa.MLDSA65SignatureSize

// ErrSignature says that a signature was not made by the key it should be from.
var ErrSignature = errors.New("account: signature is not valid")

// A PublicKey is what an account is: nothing else names it, and nothing can
// replace it.
type PublicKey [PublicKeySize]byte

// An ID is the hash that stands for a PublicKey.
type ID [32]byte

// String returns the ID in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// ID returns the hash of the key (docs/protocol.md §3.2).
func (p *PublicKey) ID() ID { return suite.LabelledHash(labelAccountID, p[:]) }

// verify returns ErrSignature unless both halves of sig are valid. One alone
// counts for nothing: the first holds today, the second also against a quantum
// computer.
func (p *PublicKey) verify(label string, message, sig []byte) error {
	if len(sig) != signatureSize {
		return ErrSignature
	}
	pq, err := mldsa.NewPublicKey(mldsa.MLDSA65(), p[ed25519.PublicKeySize:])
	if err != nil {
		return ErrSignature
	}
	m := signedMessage(label, message)
	classical := ed25519.Verify(p[:ed25519.PublicKeySize], m, sig[:ed25519.SignatureSize])
	err = mldsa.Verify(pq, m, sig[ed25519.SignatureSize:], &mldsa.Options{Context: label})
	if !classical || err != nil {
		return ErrSignature
	}
	return nil
}

// signedMessage is what is signed for a message of the kind that label names.
func signedMessage(label string, message []byte) []byte {
	return wire.LP(nil, []byte(label), message)
}

// A Key is the private key of an account. It signs device lists, and nothing
// else: no contact, no invitation and no message.
type Key struct {
	secret.Redacted
	classical ed25519.PrivateKey
	pq        *mldsa.PrivateKey
	public    PublicKey
}

// AccountKey derives the account key: the same phrase gives the same key.
func (p Phrase) AccountKey() (*Key, error) {
	pq, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), suite.KDF(nil, p.entropy[:], labelMLDSA, mldsa.PrivateKeySize))
	if err != nil {
		return nil, fmt.Errorf("account: ML-DSA-65 key: %w", err)
	}
	k := &Key{
		classical: ed25519.NewKeyFromSeed(suite.KDF(nil, p.entropy[:], labelEd25519, ed25519.SeedSize)),
		pq:        pq,
	}
	n := copy(k.public[:], k.classical.Public().(ed25519.PublicKey))
	copy(k.public[n:], pq.PublicKey().Bytes())
	return k, nil
}

// Public returns a copy of the public key.
func (k *Key) Public() *PublicKey {
	p := k.public
	return &p
}

// sign is deterministic in both halves. So one content gives one list, and no
// random generator can spoil a signature. What the hedged variant of FIPS 204
// has for it, resistance to faults brought about in the processor, is of no use
// against anybody who is kept out here.
func (k *Key) sign(label string, message []byte) ([]byte, error) {
	m := signedMessage(label, message)
	pq, err := k.pq.SignDeterministic(m, &mldsa.Options{Context: label})
	if err != nil {
		return nil, fmt.Errorf("account: ML-DSA-65 signature: %w", err)
	}
	return append(ed25519.Sign(k.classical, m), pq...), nil
}
