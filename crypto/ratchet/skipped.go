package ratchet

import (
	"slices"
	"time"

	"sotto/crypto/internal/secret"
)

// Limits of docs/protocol.md §7.4.
const (
	MaxSkippedChain   = 2_000  // keys kept for cells that are missing, of a chain
	MaxSkippedSession = 10_000 // and of all chains together
	MaxSkippedAge     = 30 * 24 * time.Hour
)

// A skippedKey is the key of a cell that has not come yet. Chains share them, so
// that a chain less one of a thousand is not a copy of the others.
type skippedKey struct {
	secret.Redacted
	n       uint32
	since   int64 // Unix time in seconds
	message key
}

// find returns where the key of cell n is or would be.
func (c *receiving) find(n uint32) (int, bool) {
	return slices.BinarySearchFunc(c.skipped, n, func(k *skippedKey, n uint32) int {
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
		k := &skippedKey{n: d.n, since: now.Unix()}
		k.message, d.chain = advance(d.chain)
		d.skipped = append(d.skipped, k)
	}
	return &d
}

// fresh returns the chain without the keys kept since before limit, in seconds.
func (c *receiving) fresh(limit int64) *receiving {
	stale := func(k *skippedKey) bool { return k.since < limit }
	if !slices.ContainsFunc(c.skipped, stale) {
		return c
	}
	d := *c
	d.skipped = slices.DeleteFunc(slices.Clone(c.skipped), stale)
	return &d
}

// fresh returns a copy of the session without stale keys.
func (s *Session) fresh(now time.Time) *Session {
	limit := now.Add(-MaxSkippedAge).Unix()
	next := *s
	if s.recv != nil {
		next.recv = s.recv.fresh(limit)
	}
	next.old = nil
	for _, c := range s.old {
		if c = c.fresh(limit); len(c.skipped) > 0 {
			next.old = append(next.old, c)
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

// mayKeep checks the limits before any key is derived: more keys are to be
// kept for a chain that has some, and others for the chain after it.
func (s *Session) mayKeep(has int, more, after uint64) error {
	if uint64(has)+more > MaxSkippedChain || after > MaxSkippedChain ||
		uint64(s.skippedKeys())+more+after > MaxSkippedSession {
		return ErrTooFarAhead
	}
	return nil
}
