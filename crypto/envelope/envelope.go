// Package envelope seals cells once more for their way through a mailbox
// (docs/protocol.md §7.6).
//
// A cell is sealed already, but it has a tag in the clear by which its session
// is found, and it is the same at each mailbox that holds it. In an envelope a
// mailbox sees neither: it cannot tell how often a conversation turns, and two
// mailboxes cannot find out by comparing that they serve the same person. And
// since whoever runs the mailbox does not know the key, what opens was put there
// by the contact.
//
// The key comes from the private key with which the contact deposits, which both
// ends know and the mailbox does not.
package envelope

import (
	"errors"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Sizes in bytes.
const (
	SeedSize = 32                               // of the seed of a deposit key
	Overhead = suite.XNonceSize + suite.TagSize // that an envelope is larger than its cell
)

const (
	labelKey   = "sotto/1 envelope key"
	labelNonce = "sotto/1 envelope nonce"
)

// ErrOpen says that something was not sealed for this queue.
var ErrOpen = errors.New("envelope: not sealed for this queue")

// Seal returns the envelope of a cell for the queue whose deposit key has the
// seed, of [SeedSize] bytes. The same cell for the same queue always gives the
// same envelope, so that a mailbox that is given it again knows it. That is safe
// because the nonce is derived from the cell: another cell has another nonce.
func Seal(seed, cell []byte) []byte {
	key := suite.KDF(nil, seed, labelKey, suite.KeySize)
	nonce := suite.KDF(key, wire.LP(nil, cell), labelNonce, suite.XNonceSize)
	return suite.Seal(nonce, key, nonce, cell, nil)
}

// Open returns the cell in an envelope, or ErrOpen.
func Open(seed, envelope []byte) ([]byte, error) {
	if len(envelope) < Overhead {
		return nil, ErrOpen
	}
	key := suite.KDF(nil, seed, labelKey, suite.KeySize)
	cell, err := suite.Open(key, envelope[:suite.XNonceSize], envelope[suite.XNonceSize:], nil)
	if err != nil {
		return nil, ErrOpen
	}
	return cell, nil
}
