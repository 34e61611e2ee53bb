package ratchet

import (
	"crypto/mlkem"
	"encoding/binary"
	"math"
	"slices"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// TagSize is the size of the tag that says which session a cell is for.
const TagSize = 16

// Sizes in bytes (docs/protocol.md §7.1).
const (
	version = 1

	headerSize = 1 + 1 + PublicSize + CiphertextSize + 4*4
	answerSize = mlkem.CiphertextSize1024 // ct3, in the headers of chain B1

	nonceAt    = 1 + TagSize
	headerAt   = nonceAt + suite.XNonceSize
	overhead   = headerAt + headerSize + suite.TagSize + suite.KeySize + suite.TagSize
	flagAnswer = 1
)

// classes are the sizes that a cell can have. All cells of a class look alike.
var classes = [...]int{4096, 16384, 65536}

// MaxPlaintext is the greatest length of a plaintext in bytes: what fits into
// the largest cell of any chain, B1 included.
func MaxPlaintext() int {
	return classes[len(classes)-1] - overhead - answerSize - wire.LPSize
}

// CellTag returns the tag of a cell, to find its session by. It returns
// ErrCell if the bytes have neither a size nor the version of a cell.
func CellTag(cell []byte) (tag [TagSize]byte, err error) {
	if _, ok := classOf(cell); !ok || cell[0] != version {
		return tag, ErrCell
	}
	return [TagSize]byte(cell[1:]), nil
}

// classOf returns the number of a cell's class, counted from 1.
func classOf(cell []byte) (byte, bool) {
	i := slices.Index(classes[:], len(cell))
	return byte(i + 1), i >= 0
}

// bodySize is the size of a padded body in a class.
func bodySize(class byte, answer bool) int {
	n := classes[class-1] - overhead
	if answer {
		n -= answerSize
	}
	return n
}

// fit returns the smallest class for a plaintext of n bytes.
func fit(n int, answer bool) (class byte, ok bool) {
	for class = 1; int(class) <= len(classes); class++ {
		if n <= bodySize(class, answer)-wire.LPSize {
			return class, true
		}
	}
	return 0, false
}

// headerAD binds a header to the outside of its cell and to its direction.
func headerAD(class byte, tag [TagSize]byte, dir byte) []byte {
	ad := append([]byte{version, class}, tag[:]...)
	return append(ad, dir)
}

// bodyAD binds a body to the session, to all of the cell before it, and to the
// device lists on which the two sides agreed.
func (s *Session) bodyAD(dir, class byte, before []byte, from, to List) []byte {
	h := suite.Hash(before)
	return slices.Concat(s.hash[:], []byte{dir, class}, h[:], from.Hash[:], to.Hash[:])
}

// headerText is the plaintext of a header.
type headerText struct {
	public   *Public
	ct, ct3  []byte // ct3 in chain B1 only
	pn, n    uint32
	from, to uint32 // versions of the sender's and of the recipient's list
}

func (h *headerText) append(dst []byte) []byte {
	var flags byte
	if h.ct3 != nil {
		flags = flagAnswer
	}
	dst = append(dst, version, flags)
	dst = append(dst, h.public[:]...)
	dst = append(dst, h.ct...)
	for _, v := range []uint32{h.pn, h.n, h.from, h.to} {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return append(dst, h.ct3...)
}

// parseHeader reads a header. What it returns has parts of b.
func parseHeader(b []byte, answer bool) (*headerText, error) {
	r := wire.NewReader(b)
	h := new(headerText)
	v, flags, public := r.Byte(), r.Byte(), r.Take(PublicSize)
	h.ct = r.Take(CiphertextSize)
	h.pn, h.n, h.from, h.to = r.Uint32(), r.Uint32(), r.Uint32(), r.Uint32()
	var want byte
	if answer {
		h.ct3, want = r.Take(answerSize), flagAnswer
	}
	if r.End() != nil || v != version || flags != want || h.n == math.MaxUint32 {
		return nil, ErrForged
	}
	h.public = (*Public)(public)
	return h, nil
}
