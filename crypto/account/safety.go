package account

import (
	"bytes"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

const (
	labelSafetyNumber = "sotto/1 safety number"
	labelSafetyCode   = "sotto/1 safety code"

	// safetyPrefix begins the text in a safety code's QR. All of it is in the
	// alphanumeric alphabet of QR codes.
	safetyPrefix = "SOTTO:V/1/"

	safetyGroups = 12 // of five digits
	safetySize   = 32 // bytes in a safety code
)

var (
	// ErrNotSafetyCode says that a text is not a safety code.
	ErrNotSafetyCode = errors.New("account: not a safety code")
	// ErrSafetyMismatch says that a safety code is not that of these two accounts.
	ErrSafetyMismatch = errors.New("account: safety codes do not match")
)

var safetyEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// safety derives n bytes from both accounts, the same whichever comes first.
func safety(a, b *PublicKey, label string, n int) []byte {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return suite.KDF(nil, wire.LP(nil, a[:], b[:]), label, n)
}

// SafetyNumber returns 60 digits that two people compare to know that nobody
// is between them; it is the same for both (docs/protocol.md §3.5).
func SafetyNumber(a, b *PublicKey) string {
	var digits strings.Builder
	raw := safety(a, b, labelSafetyNumber, safetyGroups*5)
	for ; len(raw) > 0; raw = raw[5:] {
		n := uint64(raw[0])<<32 | uint64(binary.BigEndian.Uint32(raw[1:]))
		fmt.Fprintf(&digits, "%05d", n%100_000)
	}
	return digits.String()
}

// SafetyCode returns the same for a QR: upper-case text of 62 characters.
func SafetyCode(a, b *PublicKey) string {
	return safetyPrefix + safetyEncoding.EncodeToString(safety(a, b, labelSafetyCode, safetySize))
}

// CompareSafetyCode checks a scanned code against two accounts, in constant
// time. It returns ErrNotSafetyCode or ErrSafetyMismatch.
func CompareSafetyCode(code string, a, b *PublicKey) error {
	want := SafetyCode(a, b)
	code = strings.TrimSpace(code)
	if len(code) != len(want) { // before ToUpper, which has letters for others of another length
		return ErrNotSafetyCode
	}
	code = strings.ToUpper(code)
	if !strings.HasPrefix(code, safetyPrefix) {
		return ErrNotSafetyCode
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 0 {
		return ErrSafetyMismatch
	}
	return nil
}
