package suite

import (
	"bytes"
	"testing"

	"sotto/internal/corpus"
)

// Nothing opens but what was sealed, with the key, nonce and associated data
// with which it was: not with one bit of any of them altered, and not cut or
// made longer.
func FuzzOpen(f *testing.F) {
	f.Fuzz(func(t *testing.T, plaintext, ad []byte, part uint8, at uint16, mask byte) {
		key, nonce := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, XNonceSize)
		once, sealed := SealOnce(nil, key, plaintext, ad), Seal(nil, key, nonce, plaintext, ad)
		if got, err := OpenOnce(key, once, ad); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("what was sealed does not open: %v", err)
		}
		if got, err := Open(key, nonce, sealed, ad); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("what was sealed does not open: %v", err)
		}
		size := int(at) % (len(sealed) + 1)
		for _, b := range [][]byte{sealed[:min(size, len(sealed)-1)], append(bytes.Clone(sealed), mask)} {
			if _, err := Open(key, nonce, b, ad); err != ErrOpen {
				t.Fatalf("%d of %d bytes: %v", len(b), len(sealed), err)
			}
		}
		if mask == 0 {
			return
		}
		alter := func(i uint8, b []byte) []byte {
			if part%4 != i || len(b) == 0 {
				return b
			}
			b = bytes.Clone(b)
			b[int(at)%len(b)] ^= mask
			return b
		}
		k, n, a := alter(0, key), alter(1, nonce), alter(2, ad)
		same := part%4 == 2 && len(ad) == 0
		if _, err := Open(k, n, alter(3, sealed), a); (err == nil) != same {
			t.Fatalf("part %d altered: %v", part%4, err)
		}
		same = same || part%4 == 1 // there is no nonce
		if _, err := OpenOnce(k, alter(3, once), a); (err == nil) != same {
			t.Fatalf("used once, part %d altered: %v", part%4, err)
		}
	})
}

func TestCorpus(t *testing.T) {
	text, ad := []byte("text"), []byte("ad")
	corpus.Keep(t, "FuzzOpen", corpus.Seeds{
		"key":         {text, ad, uint8(0), uint16(KeySize - 1), byte(0x80)},
		"nonce-front": {text, ad, uint8(1), uint16(0), byte(1)},
		"nonce-end":   {text, ad, uint8(1), uint16(XNonceSize - 1), byte(1)},
		"ad":          {text, ad, uint8(2), uint16(1), byte(1)},
		"no-ad":       {text, []byte{}, uint8(2), uint16(0), byte(1)},
		"ciphertext":  {text, ad, uint8(3), uint16(0), byte(1)},
		"tag":         {text, ad, uint8(3), uint16(len(text) + TagSize - 1), byte(1)},
		"empty":       {[]byte{}, ad, uint8(3), uint16(0), byte(1)},
		"unaltered":   {text, ad, uint8(0), uint16(0), byte(0)},
	})
}
