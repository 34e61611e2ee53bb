package ratchet

import (
	"slices"
	"time"

	"sotto/crypto/internal/suite"
)

// Labels of docs/protocol.md §7.
const (
	labelRoot    = "root"
	labelStep    = "step"
	labelStep3   = "step3" // of chain B1
	labelTag     = "tag"
	labelMessage = "m"
	labelChain   = "c"
	labelCell    = "cell"
)

// Limits of docs/protocol.md §7.4.
const (
	MaxSkippedChain   = 2_000  // keys kept for cells that are missing, of a chain
	MaxSkippedSession = 10_000 // and of all chains together
	MaxSkippedAge     = 30 * 24 * time.Hour
)

// step derives root key, chain key and the header key of the same side's next
// chain. The public parts of the step, of fixed sizes, go into the label.
func step(root key, secrets []byte, label string, public ...[]byte) (next, chain, nextHeader key) {
	h := suite.Hash(public...)
	return split3(suite.KDF(root[:], secrets, label+string(h[:]), 3*suite.KeySize))
}

// advance derives the key of one message and the chain key after it.
func advance(chain key) (message, next key) {
	return key(suite.KDF(chain[:], nil, labelMessage, suite.KeySize)),
		key(suite.KDF(chain[:], nil, labelChain, suite.KeySize))
}

// cellKeys derives the key of a cell's body and the commitment to it. The
// nonce is part of it, so that a message key that is used twice by a restored
// copy of the database is still not a keystream that is used twice.
func cellKeys(message key, nonce []byte) (body, commitment []byte) {
	b := suite.KDF(message[:], nonce, labelCell, 2*suite.KeySize)
	return b[:suite.KeySize], b[suite.KeySize:]
}

// A skippedKey is the key of a cell that has not come yet.
type skippedKey struct {
	n       uint32
	since   int64 // Unix time in seconds
	message key
}

// find returns where the key of cell n is or would be.
func (c *receiving) find(n uint32) (int, bool) {
	return slices.BinarySearchFunc(c.skipped, n, func(k skippedKey, n uint32) int {
		switch {
		case k.n < n:
			return -1
		case k.n > n:
			return 1
		}
		return 0
	})
}

// without returns the chain less one of its skipped keys.
func (c *receiving) without(i int) *receiving {
	d := *c
	d.skipped = slices.Delete(slices.Clone(c.skipped), i, i+1)
	return &d
}

// skip returns the chain moved on to cell n, with the keys of the cells
// between kept. The caller has checked the limits.
func (c *receiving) skip(n uint32, now time.Time) *receiving {
	d := *c
	if n == c.n {
		return &d
	}
	d.skipped = slices.Grow(slices.Clone(c.skipped), int(n-c.n))
	for ; d.n < n; d.n++ {
		k := skippedKey{n: d.n, since: now.Unix()}
		k.message, d.chain = advance(d.chain)
		d.skipped = append(d.skipped, k)
	}
	return &d
}

// stale reports whether a key was kept too long.
func (k skippedKey) stale(now time.Time) bool {
	return k.since < now.Add(-MaxSkippedAge).Unix()
}

// fresh returns the chain without stale keys.
func (c *receiving) fresh(now time.Time) *receiving {
	d := *c
	d.skipped = slices.DeleteFunc(slices.Clone(c.skipped), func(k skippedKey) bool { return k.stale(now) })
	return &d
}

// fresh returns the session without stale keys: itself, if there are none.
func (s *Session) fresh(now time.Time) *Session {
	stale := func(c *receiving) bool {
		return slices.ContainsFunc(c.skipped, func(k skippedKey) bool { return k.stale(now) })
	}
	if (s.recv == nil || !stale(s.recv)) && !slices.ContainsFunc(s.old, stale) {
		return s
	}
	next := *s
	if s.recv != nil {
		next.recv = s.recv.fresh(now)
	}
	next.old = nil
	for _, c := range s.old {
		if d := c.fresh(now); len(d.skipped) > 0 {
			next.old = append(next.old, d)
		}
	}
	return &next
}

// skippedKeys is the number of skipped keys in all chains.
func (s *Session) skippedKeys() int {
	n := 0
	if s.recv != nil {
		n = len(s.recv.skipped)
	}
	for _, c := range s.old {
		n += len(c.skipped)
	}
	return n
}
