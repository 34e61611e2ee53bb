// Package wire reads and writes the few shapes that every byte layout of the
// protocol is made of (docs/protocol.md §1): big-endian integers, fields of a
// fixed size, fields behind a length prefix, and content padded with zeros to
// an exact size.
//
// Writing is appending. Reading goes through a Reader that remembers the first
// thing that was wrong, so that a parser reads all fields in a row and asks
// once, at the end, whether the input was exactly what it should be.
package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// ErrMalformed says that bytes do not have the layout they should have: cut
// short, too long, a length out of range, or padding that is not zero.
var ErrMalformed = errors.New("wire: malformed input")

// LPSize is the size of the length prefix that LP writes, in bytes.
const LPSize = 4

// LP appends each part behind its 4-byte big-endian length.
func LP(dst []byte, parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += LPSize + len(p)
	}
	dst = slices.Grow(dst, size)
	for _, p := range parts {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(p)))
		dst = append(dst, p...)
	}
	return dst
}

// Pad returns LP(content) followed by zeros up to size bytes, and false if it
// does not fit.
func Pad(content []byte, size int) ([]byte, bool) {
	if size < LPSize || len(content) > size-LPSize {
		return nil, false
	}
	b := make([]byte, size)
	binary.BigEndian.PutUint32(b, uint32(len(content)))
	copy(b[LPSize:], content)
	return b, true
}

// Unpad returns the content of what Pad made, as a part of b. Padding that is
// not zero is refused, so that every content has one encoding only.
func Unpad(b []byte) ([]byte, error) {
	r := NewReader(b)
	content := r.LP(len(b))
	if rest := r.Rest(); bytes.Count(rest, []byte{0}) != len(rest) {
		return nil, ErrMalformed
	}
	return content, r.End()
}

// A Reader takes fields off the front of a byte slice. After the first field
// that does not fit, every further read gives zeros and End gives an error.
// Slices it returns are parts of the input.
type Reader struct {
	b      []byte
	failed bool
}

// NewReader returns a Reader of b.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Fail makes End return an error; for a field with a value that is not allowed.
func (r *Reader) Fail() { r.failed, r.b = true, nil }

// Take returns the next n bytes, or nil if there are fewer.
func (r *Reader) Take(n int) []byte {
	if r.failed || n < 0 || n > len(r.b) {
		r.Fail()
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

// Copy fills dst with the next bytes.
func (r *Reader) Copy(dst []byte) { copy(dst, r.Take(len(dst))) }

// Byte returns the next byte.
func (r *Reader) Byte() byte {
	if p := r.Take(1); p != nil {
		return p[0]
	}
	return 0
}

// Bool returns the next byte, which must be 0 or 1.
func (r *Reader) Bool() bool {
	b := r.Byte()
	if b > 1 {
		r.Fail()
	}
	return b == 1
}

// Uint16 returns the next two bytes as a big-endian number.
func (r *Reader) Uint16() uint16 {
	if p := r.Take(2); p != nil {
		return binary.BigEndian.Uint16(p)
	}
	return 0
}

// Uint32 returns the next four bytes as a big-endian number.
func (r *Reader) Uint32() uint32 {
	if p := r.Take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

// Uint64 returns the next eight bytes as a big-endian number.
func (r *Reader) Uint64() uint64 {
	if p := r.Take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// Short returns a field of at most max bytes behind a one-byte length.
func (r *Reader) Short(max int) []byte {
	n := int(r.Byte())
	if n > max {
		r.Fail()
	}
	return r.Take(n)
}

// LP returns a field of at most max bytes behind a four-byte length.
func (r *Reader) LP(max int) []byte {
	n := r.Uint32()
	if uint64(n) > uint64(max) {
		r.Fail()
	}
	return r.Take(int(n))
}

// Rest returns all that is left.
func (r *Reader) Rest() []byte { return r.Take(len(r.b)) }

// End returns ErrMalformed if a field did not fit or something is left.
func (r *Reader) End() error {
	if r.failed || len(r.b) != 0 {
		return ErrMalformed
	}
	return nil
}

// Failed reports whether something did not fit; for loops over many fields.
func (r *Reader) Failed() bool { return r.failed }
