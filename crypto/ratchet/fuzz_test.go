package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"sotto/internal/corpus"
)

// What is read as a session is written as the same bytes, and can be used.
func FuzzParseSession(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSession(b)
		corpus.Judge(t, err)
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
		_, _ = s.PinOwn(list(7))
		_, _ = s.PinPeer(Place{1, 1}, list(7))
		_, _ = s.Resumption(), s.Resumptions()
	})
}

// A header that was opened is read with care all the same, since the peer may
// be dishonest.
func FuzzParseHeader(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte, answer bool) {
		h, err := parseHeader(b, answer)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if !bytes.Equal(h.append(nil), b) {
			t.Fatal("a header has two encodings")
		}
	})
}

// Whatever the session and the cell: a cell that opens leaves a session that can
// be stored, in which it does not open again.
func FuzzDecrypt(f *testing.F) {
	f.Fuzz(func(t *testing.T, state, cell []byte) {
		s, err := ParseSession(state)
		if err != nil {
			return
		}
		opened, next, err := s.Decrypt(noon, cell)
		corpus.Judge(t, err)
		if err != nil {
			if opened != nil || next != nil || !bytes.Equal(stored(t, s), state) {
				t.Fatal("a refused cell leaves a trace")
			}
			return
		}
		if len(opened.Plaintext) > len(cell) {
			t.Fatal("more comes out than was in")
		}
		again := reload(t, next)
		if _, _, err := again.Decrypt(noon, cell); !errors.Is(err, ErrReplay) && !errors.Is(err, ErrUnknown) {
			t.Fatalf("opened once, and then %v", err)
		}
	})
}

// No byte of a cell can be changed, in any kind of chain.
func FuzzCellMalleable(f *testing.F) {
	of := chains(f)
	f.Fuzz(func(t *testing.T, kind uint8, at uint16, flip uint8) {
		c := of[int(kind)%len(of)]
		cell := bytes.Clone(c.cell)
		cell[int(at)%len(cell)] ^= flip
		if _, _, err := c.to.Decrypt(noon, cell); (err == nil) != (flip == 0) {
			t.Fatalf("%s, byte %d: %v", c.name, at, err)
		}
	})
}
