package wire

import (
	"bytes"
	"testing"
)

func TestPad(t *testing.T) {
	for _, tt := range []struct {
		length, size int
		ok           bool
	}{
		{0, 3, false}, {0, 4, true}, {1, 4, false}, {0, 0, false}, {0, -1, false},
		{95, 100, true}, {96, 100, true}, {97, 100, false},
	} {
		content := bytes.Repeat([]byte{7}, tt.length)
		b, ok := Pad(content, tt.size)
		if ok != tt.ok || ok && len(b) != tt.size {
			t.Errorf("%d in %d: %v, %d bytes", tt.length, tt.size, ok, len(b))
		}
		if !ok {
			continue
		}
		got, err := Unpad(b)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d in %d: %x, %v", tt.length, tt.size, got, err)
		}
		for i := LPSize + tt.length; i < tt.size; i++ {
			b[i] = 1
			if _, err := Unpad(b); err == nil {
				t.Errorf("padding at %d is not zero", i)
			}
			b[i] = 0
		}
	}
	for _, b := range [][]byte{nil, {0, 0, 0}, {0, 0, 0, 1}, {0xff, 0xff, 0xff, 0xff, 0}} {
		if _, err := Unpad(b); err == nil {
			t.Errorf("%x has content", b)
		}
	}
}

func TestReader(t *testing.T) {
	b := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 2, 'a', 'b', 0, 0, 0, 1, 'c', 9, 9}
	r := NewReader(b)
	var two [2]byte
	if r.Byte() != 1 || r.Uint16() != 0x0203 || r.Uint32() != 0x04050607 || r.Uint64() != 0x08090a0b0c0d0e0f ||
		!r.Bool() || string(r.Short(2)) != "ab" || string(r.LP(1)) != "c" {
		t.Error("a field is read wrong")
	}
	r.Copy(two[:])
	if two != [2]byte{9, 9} || r.End() != nil || r.Failed() {
		t.Error("the end is not the end")
	}
	for name, read := range map[string]func(*Reader){
		"nothing read":     func(r *Reader) {},
		"too little":       func(r *Reader) { r.Take(3) },
		"too much":         func(r *Reader) { r.Take(5) },
		"negative":         func(r *Reader) { r.Take(-1) },
		"no bool":          func(r *Reader) { r.Bool(); r.Rest() },
		"Short over max":   func(r *Reader) { r.Short(1); r.Rest() },
		"LP over max":      func(r *Reader) { r.LP(1 << 20); r.Rest() },
		"Uint64 of 4":      func(r *Reader) { r.Uint64() },
		"failed by caller": func(r *Reader) { r.Rest(); r.Fail() },
	} {
		r := NewReader([]byte{2, 2, 2, 2})
		if read(r); r.End() != ErrMalformed {
			t.Errorf("%s: no error", name)
		}
		if r.Failed() && (r.Byte() != 0 || r.Uint16() != 0 || r.Uint32() != 0 || r.Uint64() != 0) {
			t.Errorf("%s: something is read after the error", name)
		}
	}
}
