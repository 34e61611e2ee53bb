package ratchet

import (
	"bytes"
	"crypto/rand"
	"testing"
)

// What is read as a session is written as the same bytes.
func FuzzParseSession(f *testing.F) {
	alice, bob := begin(f)
	f.Add(stored(f, alice))
	f.Add(stored(f, bob))
	alice, bob = settle(f)
	_, alice = seal(f, alice, "lost")
	_, bob = send(f, alice, bob, "text")
	f.Add(stored(f, bob))
	f.Add([]byte{stateVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSession(b)
		if err != nil {
			return
		}
		if !bytes.Equal(stored(t, s), b) {
			t.Fatal("a session has two encodings")
		}
		// It may be one that nobody has been in, but it must not fall over.
		if cell, next, err := s.Encrypt(rand.Reader, []byte("text")); err == nil {
			_, _, _ = next.Decrypt(noon, cell)
		}
	})
}

// A header that was opened is read with care all the same, since the peer may
// be dishonest.
func FuzzHeader(f *testing.F) {
	alice, bob := begin(f)
	for _, s := range []*Session{alice, bob} {
		_, s = seal(f, s, "text")
		h := headerText{public: s.send.public, ct: s.send.ct, ct3: s.send.ct3, n: 1, from: 1, to: 1}
		f.Add(h.append(nil), s == bob)
	}
	f.Fuzz(func(t *testing.T, b []byte, answer bool) {
		h, err := parseHeader(b, answer)
		if err != nil {
			return
		}
		if !bytes.Equal(h.append(nil), b) {
			t.Fatal("a header has two encodings")
		}
	})
}

// No cell but the peer's opens.
func FuzzDecrypt(f *testing.F) {
	alice, bob := settle(f)
	cell, _ := seal(f, alice, "text")
	f.Add(cell[:headerAt], uint8(0))
	f.Add([]byte{version}, uint8(2))
	tags := bob.Tags()
	f.Add(append([]byte{version}, tags[1][:]...), uint8(1))
	f.Fuzz(func(t *testing.T, front []byte, class uint8) {
		b := make([]byte, classes[int(class)%len(classes)])
		copy(b, front)
		if bytes.Equal(b, cell) {
			return
		}
		if _, _, err := bob.Decrypt(noon, b); err == nil {
			t.Fatal("made-up bytes open")
		}
	})
}
