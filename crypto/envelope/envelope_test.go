package envelope

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"sotto/internal/corpus"
)

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func TestEnvelope(t *testing.T) {
	seed, other := random(SeedSize), random(SeedSize)
	for _, size := range []int{0, 1, 4096, 16384, 65536} {
		cell := random(size)
		e := Seal(seed, cell)
		if len(e) != size+Overhead {
			t.Errorf("an envelope of %d bytes around %d", len(e), size)
		}
		if got, err := Open(seed, e); err != nil || !bytes.Equal(got, cell) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if !bytes.Equal(e, Seal(seed, cell)) {
			t.Error("the same cell has two envelopes")
		}
		if _, err := Open(other, e); !errors.Is(err, ErrOpen) {
			t.Errorf("another queue's opened: %v", err)
		}
	}
}

// TestNothingInCommon: two queues, and two cells that differ in little, have no
// bytes in common beyond chance.
func TestNothingInCommon(t *testing.T) {
	seed, other, cell := random(SeedSize), random(SeedSize), random(4096)
	near := bytes.Clone(cell)
	near[4095] ^= 1
	common := func(a, b []byte) (n int) {
		for i := range a {
			if a[i] == b[i] {
				n++
			}
		}
		return n
	}
	e := Seal(seed, cell)
	for name, b := range map[string][]byte{"another queue": Seal(other, cell), "a cell like it": Seal(seed, near), "the cell": append(make([]byte, 24), append(cell, make([]byte, 16)...)...)} {
		if n := common(e, b); n > 100 { // 16 are expected
			t.Errorf("%s has %d bytes in common", name, n)
		}
	}
}

func FuzzOpen(f *testing.F) {
	seed := bytes.Repeat([]byte{7}, SeedSize)
	f.Fuzz(func(t *testing.T, e []byte, at uint16, flip byte) {
		cell, err := Open(seed, e)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if len(cell)+Overhead != len(e) {
			t.Error("another size")
		}
		if flip != 0 {
			e[int(at)%len(e)] ^= flip
			if _, err := Open(seed, e); err == nil {
				t.Error("an altered envelope opens")
			}
		}
	})
}

func TestCorpus(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, SeedSize)
	e := Seal(seed, []byte("cell"))
	corpus.Keep(t, "FuzzOpen", corpus.Seeds{
		"valid":           {e, uint16(3), byte(1)},
		"valid-empty":     {Seal(seed, nil), uint16(39), byte(128)},
		"valid-last-byte": {e, uint16(len(e) - 1), byte(1)},
		"refused-other":   {Seal(bytes.Repeat([]byte{8}, SeedSize), []byte("cell")), uint16(0), byte(0)},
		"refused-cut":     {e[:len(e)-1], uint16(0), byte(0)},
		"refused-short":   {e[:Overhead-1], uint16(0), byte(0)},
		"refused-empty":   {[]byte{}, uint16(0), byte(0)},
	})
}
