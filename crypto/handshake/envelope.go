package handshake

import (
	"bytes"
	"fmt"
	"io"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// CellSize is the size in bytes of everything that travels under an invitation
// or a reset bundle: the bundle and the first messages (docs/protocol.md §4.2
// and §5.2).
const CellSize = 16384

// contentSize is what a cell without a head holds, length prefix and padding
// included.
const contentSize = CellSize - suite.XNonceSize - suite.TagSize

// What the secret of an invitation or of a reset bundle is used for.
const (
	labelToken    = "token"
	labelBundle   = "bundle"
	labelEnvelope = "env"
)

// TokenSize is the size of a token in bytes.
const TokenSize = 16

// token derives the name on the wire of an invitation or a reset bundle from
// its secret s. It gives away nothing of the secret.
func token(s secret.Key) [TokenSize]byte {
	return [TokenSize]byte(suite.KDF(nil, s[:], labelToken, TokenSize))
}

// sealCell encrypts content, padded, under a key derived from the secret s. The
// cell begins with head in the clear, which is authenticated with the rest.
func sealCell(rand io.Reader, s secret.Key, label string, head, content []byte) ([]byte, error) {
	padded, ok := wire.Pad(content, contentSize-len(head))
	if !ok {
		return nil, ErrTooLong
	}
	nonce, err := suite.Random(rand, suite.XNonceSize)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	cell := append(append(make([]byte, 0, CellSize), head...), nonce...)
	return suite.Seal(cell, suite.KDF(nil, s[:], label, suite.KeySize), nonce, padded, head), nil
}

// openCell opens what sealCell made.
func openCell(s secret.Key, label string, head, cell []byte) ([]byte, error) {
	if len(cell) != CellSize || !bytes.HasPrefix(cell, head) {
		return nil, ErrEnvelope
	}
	nonce, sealed := cell[len(head):][:suite.XNonceSize], cell[len(head)+suite.XNonceSize:]
	padded, err := suite.Open(suite.KDF(nil, s[:], label, suite.KeySize), nonce, sealed, head)
	if err != nil {
		return nil, ErrEnvelope
	}
	content, err := wire.Unpad(padded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return content, nil
}
