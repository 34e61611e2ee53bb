package handshake

import (
	"errors"
	"fmt"
	"io"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// CellSize is the size in bytes of everything that travels under an
// invitation: the bundle and the first message.
const CellSize = 16384

// contentSize is what a cell holds, length prefix and padding included.
const contentSize = CellSize - suite.XNonce - suite.TagSize

// What the secret of an invitation is used for, besides its token.
const (
	labelBundle   = "bundle"
	labelEnvelope = "env"
)

// ErrEnvelope says that a cell was not made with the secret of this
// invitation, so it is from somebody who does not have the link.
var ErrEnvelope = errors.New("handshake: cell is not of this invitation")

// sealCell encrypts content, padded, under a key derived from the secret of an
// invitation.
func sealCell(rand io.Reader, inv *Invite, label string, content []byte) ([]byte, error) {
	padded, ok := wire.Pad(content, contentSize)
	if !ok {
		return nil, ErrTooLong
	}
	nonce, err := suite.Random(rand, suite.XNonce)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	return suite.Seal(nonce, suite.KDF(nil, inv.Secret[:], label, suite.KeySize), nonce, padded, nil), nil
}

// openCell opens what sealCell made.
func openCell(inv *Invite, label string, cell []byte) ([]byte, error) {
	if len(cell) != CellSize {
		return nil, ErrEnvelope
	}
	nonce, sealed := cell[:suite.XNonce], cell[suite.XNonce:]
	padded, err := suite.Open(suite.KDF(nil, inv.Secret[:], label, suite.KeySize), nonce, sealed, nil)
	if err != nil {
		return nil, ErrEnvelope
	}
	content, err := wire.Unpad(padded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return content, nil
}

// Opens reports whether a first message was made by somebody who has the
// invitation. An inviter whose invitation is used, and who gets a first message
// other than the one that used it, asks this. If so then two people have the
// link, and the person is to be warned, at the accepted contact as well
// (docs/protocol.md §6).
func (i *Invite) Opens(msg1 []byte) bool {
	_, err := openCell(i, labelEnvelope, msg1)
	return err == nil
}
