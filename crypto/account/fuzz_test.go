package account

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"sotto/internal/corpus"
)

func FuzzParseList(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseList(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if !bytes.Equal(l.Bytes(), b) {
			t.Fatal("a list has two encodings")
		}
		if len(b) > MaxListSize {
			t.Fatalf("a list has %d bytes", len(b))
		}
	})
}

func FuzzParseIdentity(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := ParseIdentity(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if !bytes.Equal(i.Bytes(), b) {
			t.Fatal("an identity has two encodings")
		}
		if len(b) > MaxIdentitySize {
			t.Fatalf("an identity has %d bytes", len(b))
		}
		_ = i.Verify()
	})
}

func FuzzParseDevice(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDevice(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if again, err := d.MarshalBinary(); err != nil || !bytes.Equal(again, b) {
			t.Fatal("device keys have two encodings")
		}
	})
}

func FuzzParsePhrase(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePhrase(s)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if got := strings.Join(p.Words(), " "); got != strings.Join(strings.Fields(strings.ToLower(s)), " ") {
			t.Fatalf("%q is read as another phrase", s)
		}
	})
}

func FuzzCompareSafetyCode(f *testing.F) {
	a, b := somebody.key.Public(), other.key.Public()
	f.Fuzz(func(t *testing.T, s string) {
		err := CompareSafetyCode(s, a, b)
		corpus.Judge(t, err)
		if err == nil && strings.ToUpper(strings.TrimSpace(s)) != SafetyCode(a, b) {
			t.Fatalf("%q passes", s)
		}
	})
}

// altered returns a copy of b in which one byte is another, or false if mask
// leaves it as it is.
func altered(b []byte, at uint16, mask byte) ([]byte, bool) {
	b = bytes.Clone(b)
	b[int(at)%len(b)] ^= mask
	return b, mask != 0
}

// No byte of a list can be altered. Nor can any byte of what a device has
// co-signed, even by somebody who holds the account key and signs it anew.
func FuzzListMalleable(f *testing.F) {
	p := somebody
	f.Fuzz(func(t *testing.T, which uint8, at uint16, mask byte) {
		good := p.lists[int(which)%len(p.lists)]
		b, ok := altered(good.Bytes(), at, mask)
		if !ok {
			return
		}
		l, err := ParseList(b)
		if err != nil {
			return
		}
		if l.Verify(p.key.Public()) == nil {
			t.Fatal("an altered list verifies")
		}
		must(l.sign(p.key))
		if bytes.Equal(l.Bytes(), good.Bytes()) {
			return // only the signature was altered
		}
		if v, err := l.Judge(p.lists[0], p.devices[0].Public()); v == Follows || v == Same {
			t.Fatalf("an altered change, signed anew: %v, %v", v, err)
		}
	})
}

// No byte of an identity can be altered.
func FuzzIdentityMalleable(f *testing.F) {
	f.Fuzz(func(t *testing.T, which uint8, at uint16, mask byte) {
		b, ok := altered(somebody.identity(somebody.lists[int(which)%3]).Bytes(), at, mask)
		if !ok {
			return
		}
		i, err := ParseIdentity(b)
		if err == nil {
			err = i.Verify()
		}
		if err == nil {
			t.Fatal("an altered identity verifies")
		}
	})
}

// Another key, in any byte, has another safety number and another code; and no
// character of a code can be altered.
func FuzzSafetyMalleable(f *testing.F) {
	a, b := somebody.key.Public(), other.key.Public()
	number, code := SafetyNumber(a, b), SafetyCode(a, b)
	f.Fuzz(func(t *testing.T, first bool, at uint16, mask byte) {
		key, peer := a, b
		if first {
			key, peer = b, a
		}
		bad, ok := altered(key[:], at, mask)
		if !ok {
			return
		}
		k := PublicKey(bad)
		if SafetyNumber(&k, peer) == number || SafetyCode(&k, peer) == code {
			t.Fatal("an altered key has the same safety number")
		}
		if err := CompareSafetyCode(code, &k, peer); !errors.Is(err, ErrSafetyMismatch) {
			t.Fatalf("an altered key passes: %v", err)
		}
		text, _ := altered([]byte(code), at, mask)
		if !strings.EqualFold(string(text), code) && CompareSafetyCode(string(text), a, b) == nil {
			t.Fatalf("%q passes", text)
		}
	})
}
