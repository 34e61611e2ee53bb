package suite

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 5869, test cases 1 and 3.
func TestKDF(t *testing.T) {
	ikm := bytes.Repeat([]byte{0x0b}, 22)
	got := KDF(unhex(t, "000102030405060708090a0b0c"), ikm, string(unhex(t, "f0f1f2f3f4f5f6f7f8f9")), 42)
	if want := "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"; hex.EncodeToString(got) != want {
		t.Errorf("got %x", got)
	}
	got = KDF(nil, ikm, "", 42)
	if want := "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"; hex.EncodeToString(got) != want {
		t.Errorf("got %x", got)
	}
}

// RFC 7748, section 5.2: the first iteration.
func TestDH(t *testing.T) {
	nine := append([]byte{9}, make([]byte, 31)...)
	got, err := DH(PrivateDH(nine), nine)
	if want := "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"; err != nil || hex.EncodeToString(got) != want {
		t.Errorf("got %x, %v", got, err)
	}
}

// Points of low order, canonical or not, give the same result for every
// private key, and are refused.
func TestLowOrder(t *testing.T) {
	k := PrivateDH(bytes.Repeat([]byte{7}, DHSize))
	for _, p := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		b := unhex(t, p)
		for _, top := range []byte{0, 0x80} { // the highest bit is not used
			b[31] |= top
			if _, err := DH(k, b); !errors.Is(err, ErrLowOrder) {
				t.Errorf("%x: got error %v", b, err)
			}
		}
	}
	if _, err := DH(k, make([]byte, 31)); err == nil {
		t.Error("a key of 31 bytes")
	}
	if _, err := DH(k, k.PublicKey().Bytes()); err != nil {
		t.Error(err)
	}
}

func TestAEAD(t *testing.T) {
	key, nonce := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, XNonceSize)
	for name, tt := range map[string]struct {
		sealed []byte
		open   func(key, sealed, ad []byte) ([]byte, error)
	}{
		"once": {SealOnce(nil, key, []byte("text"), []byte("ad")), OpenOnce},
		"nonce": {Seal(nil, key, nonce, []byte("text"), []byte("ad")), func(key, sealed, ad []byte) ([]byte, error) {
			return Open(key, nonce, sealed, ad)
		}},
	} {
		if got, err := tt.open(key, tt.sealed, []byte("ad")); err != nil || string(got) != "text" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		for _, ad := range []string{"", "aD", "ad "} {
			if _, err := tt.open(key, tt.sealed, []byte(ad)); err != ErrOpen {
				t.Errorf("%s: with associated data %q: %v", name, ad, err)
			}
		}
	}
}

func TestKDFPair(t *testing.T) {
	salt := bytes.Repeat([]byte{3}, KeySize)
	a, b := KDFPair(salt, "one", "two")
	if !bytes.Equal(a, KDF(salt, nil, "one", KeySize)) || !bytes.Equal(b, KDF(salt, nil, "two", KeySize)) {
		t.Error("a pair is not what two calls give")
	}
}

// Hedged depends on each secret and on the randomness, and takes no less of it
// than it gives.
func TestHedged(t *testing.T) {
	const n = 96
	zeros, ones := make([]byte, n), bytes.Repeat([]byte{1}, n)
	hedged := func(fresh []byte, secrets ...[]byte) string {
		b, err := Hedged(bytes.NewReader(fresh), n, secrets...)
		if err != nil || len(b) != n {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		return string(b)
	}
	seen := map[string]bool{}
	all := []string{
		hedged(zeros), hedged(ones), hedged(append(bytes.Clone(zeros[1:]), 1)),
		hedged(zeros, []byte("ab")), hedged(zeros, []byte("ab"), nil), hedged(zeros, []byte("a"), []byte("b")),
		hedged(zeros, []byte("ac")), hedged(ones, []byte("ab")),
	}
	for _, s := range all {
		seen[s] = true
	}
	if len(seen) != len(all) {
		t.Error("two inputs give the same")
	}
	if hedged(ones, []byte("ab")) != all[len(all)-1] {
		t.Error("one input gives two results")
	}
	if _, err := Hedged(bytes.NewReader(zeros[1:]), n, ones); err == nil {
		t.Error("secrets stand in for randomness that ends")
	}
}

func TestRandom(t *testing.T) {
	if _, err := Random(bytes.NewReader(make([]byte, 31)), 32); err == nil {
		t.Error("randomness that ends is taken")
	}
}

// The label is set off from what it labels.
func TestLabelledHash(t *testing.T) {
	if LabelledHash("ab", []byte("c")) == LabelledHash("a", []byte("bc")) {
		t.Error("label and content run together")
	}
	if Hash([]byte("ab"), []byte("c")) != Hash([]byte("abc")) {
		t.Error("Hash is not SHA-256 of the parts in a row")
	}
}
