package vectors

import (
	"crypto/cipher"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"sotto/crypto/internal/suite"
)

type aeadGroup struct {
	Tests []struct {
		verdict
		Key, IV, AAD, Msg, CT, Tag hexBytes
	}
}

// aead is one of the two AEADs, in the form in which the vectors give it.
type aead struct {
	seal func(key, nonce, plaintext, ad []byte) []byte
	open func(key, nonce, ciphertext, ad []byte) ([]byte, error)
}

// chacha is the library's: the product uses it under a zero nonce only, for
// which nobody has published vectors. See TestOnceIsChaCha20Poly1305.
var chacha = aead{
	seal: func(key, nonce, plaintext, ad []byte) []byte {
		return newChaCha(key).Seal(nil, nonce, plaintext, ad)
	},
	open: func(key, nonce, ciphertext, ad []byte) ([]byte, error) {
		return newChaCha(key).Open(nil, nonce, ciphertext, ad)
	},
}

var xchacha = aead{
	seal: func(key, nonce, plaintext, ad []byte) []byte { return suite.Seal(nil, key, nonce, plaintext, ad) },
	open: suite.Open,
}

func newChaCha(key []byte) cipher.AEAD {
	a, err := chacha20poly1305.New(key)
	if err != nil {
		panic(err)
	}
	return a
}

// checkAEAD goes through a file. A nonce of another size is a mistake in the
// program, and panics; all other invalid vectors do not open.
func checkAEAD(t *testing.T, algorithm string, a aead, nonceSize int, want count) {
	w := loadWycheproof[aeadGroup](t, algorithm)
	var n count
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			sealed := slices.Concat(v.CT, v.Tag)
			if len(v.IV) != nonceSize {
				if v.Result != "invalid" ||
					!panics(func() { a.seal(v.Key, v.IV, v.Msg, v.AAD) }) ||
					!panics(func() { _, _ = a.open(v.Key, v.IV, sealed, v.AAD) }) {
					t.Errorf("vector %d: a nonce of %d bytes is taken", v.TcID, len(v.IV))
				}
				continue
			}
			got, err := a.open(v.Key, v.IV, sealed, v.AAD)
			if (err == nil) != (v.Result == "valid") {
				t.Errorf("vector %d (%s): error %v, want %s", v.TcID, v.Comment, err, v.Result)
			}
			if v.Result == "valid" {
				equal(t, v.TcID, got, v.Msg)
				equal(t, v.TcID, a.seal(v.Key, v.IV, v.Msg, v.AAD), sealed)
			} else if got != nil {
				t.Errorf("vector %d (%s): plaintext in spite of an error", v.TcID, v.Comment)
			}
		}
	}
	n.check(t, w.NumberOfTests, want)
}

func TestChaCha20Poly1305Wycheproof(t *testing.T) {
	checkAEAD(t, "chacha20_poly1305", chacha, chacha20poly1305.NonceSize, count{valid: 256, invalid: 69})
}

func TestXChaCha20Poly1305Wycheproof(t *testing.T) {
	checkAEAD(t, "xchacha20_poly1305", xchacha, suite.XNonceSize, count{valid: 246, invalid: 69})
}

// What the product seals under a key that it uses once is the AEAD that the
// vectors are of, with a nonce of zeros.
func TestOnceIsChaCha20Poly1305(t *testing.T) {
	w := loadWycheproof[aeadGroup](t, "chacha20_poly1305")
	n := 0
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n++
			want := chacha.seal(v.Key, make([]byte, chacha20poly1305.NonceSize), v.Msg, v.AAD)
			equal(t, v.TcID, suite.SealOnce(nil, v.Key, v.Msg, v.AAD), want)
			got, err := suite.OpenOnce(v.Key, want, v.AAD)
			if err != nil {
				t.Errorf("vector %d: %v", v.TcID, err)
			}
			equal(t, v.TcID, got, v.Msg)
		}
	}
	seen(t, n, 325)
}

func TestAEADRFC(t *testing.T) {
	n := 0
	for algorithm, a := range map[string]aead{"chacha20_poly1305": chacha, "xchacha20_poly1305": xchacha} {
		for _, v := range loadRFC[struct {
			Source                                    string
			Key, Nonce, AAD, Message, Ciphertext, Tag hexBytes
		}](t, algorithm) {
			n++
			sealed := slices.Concat(v.Ciphertext, v.Tag)
			equal(t, v.Source, a.seal(v.Key, v.Nonce, v.Message, v.AAD), sealed)
			got, err := a.open(v.Key, v.Nonce, sealed, v.AAD)
			if err != nil {
				t.Errorf("%s: %v", v.Source, err)
			}
			equal(t, v.Source, got, v.Message)
		}
	}
	seen(t, n, 3)
}
