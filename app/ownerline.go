package app

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
)

// An owner line is what a person hands to whoever starts a mailbox that is to
// serve them alone. It is public:
//
//	sotto:o/1/ and in base32: Ed25519 public key 32 | checksum 4
//
// The checksum is the beginning of the SHA-256 of the key, against slips of the
// hand.
const (
	ownerPrefix = "sotto:o/1/"
	ownerSum    = 4
)

// ErrOwnerLine is returned for text that is no owner line, or one that was cut
// short or altered.
var ErrOwnerLine = errors.New("app: not an owner line")

var ownerCoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// OwnerLine returns the line for a key.
func OwnerLine(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return ownerPrefix + strings.ToLower(ownerCoding.EncodeToString(append(bytes.Clone(key), sum[:ownerSum]...)))
}

// ParseOwnerLine reads what [OwnerLine] wrote, in lower or upper case.
func ParseOwnerLine(s string) (ed25519.PublicKey, error) {
	code, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), ownerPrefix)
	if !ok || len(code) > 2*ed25519.PublicKeySize {
		return nil, ErrOwnerLine
	}
	b, err := ownerCoding.DecodeString(strings.ToUpper(code))
	if err != nil || len(b) != ed25519.PublicKeySize+ownerSum {
		return nil, ErrOwnerLine
	}
	key := ed25519.PublicKey(b[:ed25519.PublicKeySize])
	if OwnerLine(key) != ownerPrefix+code {
		return nil, ErrOwnerLine
	}
	return key, nil
}
