package account

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzParseList(f *testing.F) {
	k, d := newKey(f), newDevice(f)
	l, err := NewList(k, d.Public())
	check(f, err)
	next, err := l.Next(k, d, d.Public(), newDevice(f).Public())
	check(f, err)
	f.Add(l.Bytes())
	f.Add(next.Bytes())
	f.Add([]byte{listFormat})
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseList(b)
		if err != nil {
			return
		}
		if !bytes.Equal(l.Bytes(), b) {
			t.Fatal("a list has two encodings")
		}
	})
}

func FuzzParseIdentity(f *testing.F) {
	f.Add(newIdentity(f).Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := ParseIdentity(b)
		if err != nil {
			return
		}
		if !bytes.Equal(i.Bytes(), b) {
			t.Fatal("an identity has two encodings")
		}
		_ = i.Verify()
	})
}

func FuzzParseDevice(f *testing.F) {
	b, err := newDevice(f).MarshalBinary()
	check(f, err)
	f.Add(b)
	f.Add(b[1:])
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDevice(b)
		if err != nil {
			return
		}
		if again, err := d.MarshalBinary(); err != nil || !bytes.Equal(again, b) {
			t.Fatal("device keys have two encodings")
		}
	})
}

func FuzzParsePhrase(f *testing.F) {
	f.Add(strings.Repeat("abandon ", 23) + "art")
	f.Add(strings.Repeat("zoo ", 23) + "vote")
	f.Add("Abandon\u00a0art")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePhrase(s)
		if err != nil {
			return
		}
		if got := strings.Join(p.Words(), " "); got != strings.Join(strings.Fields(strings.ToLower(s)), " ") {
			t.Fatalf("%q is read as another phrase", s)
		}
	})
}

func FuzzCompareSafetyCode(f *testing.F) {
	var a, b PublicKey
	b[0] = 1
	f.Add(SafetyCode(&a, &b))
	f.Add(safetyPrefix)
	f.Fuzz(func(t *testing.T, s string) {
		if CompareSafetyCode(s, &a, &b) == nil && strings.ToUpper(strings.TrimSpace(s)) != SafetyCode(&a, &b) {
			t.Fatalf("%q passes", s)
		}
	})
}
