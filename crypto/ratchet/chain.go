package ratchet

import (
	"slices"
	"time"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
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
	MaxLists          = 64 // device lists remembered of each side
)

// key is a root key, chain key, header key, message key or resumption secret.
type key = secret.Key

// stepKeys is what a step gives.
type stepKeys struct {
	secret.Redacted
	root       key
	chain      key
	header     key // of the same side's next chain
	resumption key // RS
}

// step derives the keys of a chain. The public parts of the step, of fixed
// sizes, go into the label.
func step(root key, secrets []byte, label string, public ...[]byte) (k stepKeys) {
	h := suite.Hash(public...)
	r := wire.NewReader(suite.KDF(root[:], secrets, label+string(h[:]), 4*suite.KeySize))
	for _, part := range []*key{&k.root, &k.chain, &k.header, &k.resumption} {
		r.Copy(part[:])
	}
	return k
}

// advance derives the key of one message and the chain key after it.
func advance(chain key) (message, next key) {
	m, c := suite.KDFPair(chain[:], labelMessage, labelChain)
	return key(m), key(c)
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
	secret.Redacted
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

// fresh returns a copy of the session without stale keys.
func (s *Session) fresh(now time.Time) *Session {
	next := *s
	stale := func(c *receiving) bool {
		return slices.ContainsFunc(c.skipped, func(k skippedKey) bool { return k.stale(now) })
	}
	if s.recv != nil && stale(s.recv) {
		next.recv = s.recv.fresh(now)
	}
	if !slices.ContainsFunc(s.old, stale) {
		return &next
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
