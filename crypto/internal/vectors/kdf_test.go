package vectors

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"slices"
	"testing"

	"golang.org/x/crypto/argon2"

	"sotto/crypto/internal/suite"
)

type hkdfGroup struct {
	Tests []struct {
		verdict
		IKM, Salt, Info hexBytes
		Size            int
		OKM             hexBytes
	}
}

// The invalid vectors ask for more than HKDF gives. Lengths are constants in
// the product, so that is a mistake in the program, and panics.
func TestHKDFWycheproof(t *testing.T) {
	w := loadWycheproof[hkdfGroup](t, "hkdf_sha256")
	var n count
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			if v.Result == "invalid" {
				if !panics(func() { suite.KDF(v.Salt, v.IKM, string(v.Info), v.Size) }) {
					t.Errorf("vector %d: %d bytes are derived", v.TcID, v.Size)
				}
				continue
			}
			equal(t, v.TcID, suite.KDF(v.Salt, v.IKM, string(v.Info), v.Size), v.OKM)
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 83, invalid: 3})
}

func TestHKDFRFC(t *testing.T) {
	all := loadRFC[struct {
		Source               string
		IKM, Salt, Info, OKM hexBytes
	}](t, "hkdf_sha256")
	for _, v := range all {
		equal(t, v.Source, suite.KDF(v.Salt, v.IKM, string(v.Info), len(v.OKM)), v.OKM)
	}
	seen(t, len(all), 3)
}

// hmac is HMAC-SHA256 where the product has it: the extraction of HKDF is the
// HMAC of the input under the salt (RFC 5869, section 2.2).
func hmac(t *testing.T, key, message []byte) []byte {
	t.Helper()
	tag, err := hkdf.Extract(sha256.New, message, key)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

type macGroup struct {
	TagSize int // in bits
	Tests   []struct {
		verdict
		Key, Msg, Tag hexBytes
	}
}

func TestHMACWycheproof(t *testing.T) {
	w := loadWycheproof[macGroup](t, "hmac_sha256")
	var n count
	for _, g := range w.TestGroups {
		for _, v := range g.Tests {
			n.add(t, v.verdict)
			if got := hmac(t, v.Key, v.Msg)[:g.TagSize/8]; bytes.Equal(got, v.Tag) != (v.Result == "valid") {
				t.Errorf("vector %d (%s): got %x, %s", v.TcID, v.Comment, got, v.Result)
			}
		}
	}
	n.check(t, w.NumberOfTests, count{valid: 66, invalid: 108})
}

func TestHMACRFC(t *testing.T) {
	all := loadRFC[struct {
		Source            string
		Key, Message, Tag hexBytes
	}](t, "hmac_sha256")
	for _, v := range all {
		equal(t, v.Source, hmac(t, v.Key, v.Message), v.Tag)
	}
	seen(t, len(all), 6)
}

func TestSHA256(t *testing.T) {
	all := loadRFC[struct {
		Source          string
		Message, Digest hexBytes
		Repeat          int
	}](t, "sha256")
	for _, v := range all {
		got := suite.Hash(slices.Repeat([][]byte{v.Message}, v.Repeat)...)
		equal(t, v.Source, got[:], v.Digest)
	}
	seen(t, len(all), 4)
}

type hashGroup struct {
	TestType string
	Tests    []struct {
		Len          int // in bits
		Msg, MD      hexBytes
		ResultsArray []struct{ MD hexBytes }
	}
}

// One long message, and NIST's Monte Carlo test: a hundred times, a thousand
// digests each of the three before.
func TestSHA256ACVP(t *testing.T) {
	n := 0
	for _, g := range loadACVP[hashGroup](t, "SHA2-256").TestGroups {
		for _, v := range g.Tests {
			if len(v.Msg)*8 != v.Len {
				t.Fatalf("a message of %d bits is %d bytes", v.Len, len(v.Msg))
			}
			if g.TestType == "AFT" {
				n++
				got := suite.Hash(v.Msg)
				equal(t, g.TestType, got[:], v.MD)
				continue
			}
			seed := v.Msg
			for _, want := range v.ResultsArray {
				n++
				a, b, c := seed, seed, seed
				for range 1000 {
					d := suite.Hash(a, b, c)
					a, b, c = b, c, d[:]
				}
				seed = c
				equal(t, g.TestType, seed, want.MD)
			}
		}
	}
	seen(t, n, 101)
}

// The answers are those of the reference implementation. RFC 9106's own have a
// secret and associated data, for which the library has no parameters, and the
// product no use.
func TestArgon2id(t *testing.T) {
	all := loadRFC[struct {
		Source              string
		Time, Memory        uint32
		Threads             uint8
		Password, Salt, Tag hexBytes
	}](t, "argon2id")
	for _, v := range all {
		equal(t, v.Source, argon2.IDKey(v.Password, v.Salt, v.Time, v.Memory, v.Threads, suite.KeySize), v.Tag)
	}
	seen(t, len(all), 7)
}
