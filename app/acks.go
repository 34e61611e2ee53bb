package app

import (
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// span is a run of sequence numbers, both ends included.
type span struct{ from, to uint64 }

// ackSet is the set of sequence numbers that were received in a session: its
// spans are in order and do not touch. Numbers start at 1. The set of somebody
// who lost nothing is one span.
type ackSet []span

// maxSpans bounds what is kept and told of a session with gaps; the oldest gap
// is the one worth telling, so the newest spans are dropped.
const maxSpans = 64

// has reports whether seq is in the set.
func (a ackSet) has(seq uint64) bool {
	return slices.ContainsFunc(a, func(s span) bool { return s.from <= seq && seq <= s.to })
}

// with returns the set with seq added; a is left as it is.
func (a ackSet) with(seq uint64) ackSet {
	if a.has(seq) {
		return a
	}
	out := append(slices.Clone(a), span{seq, seq})
	slices.SortFunc(out, func(x, y span) int {
		if x.from < y.from {
			return -1
		}
		return 1
	})
	merged := out[:1]
	for _, s := range out[1:] {
		if last := &merged[len(merged)-1]; s.from == last.to+1 {
			last.to = s.to
		} else {
			merged = append(merged, s)
		}
	}
	return merged[:min(len(merged), maxSpans)]
}

// top is the highest number in the set, or 0.
func (a ackSet) top() uint64 {
	if len(a) == 0 {
		return 0
	}
	return a[len(a)-1].to
}

// lacking calls f for every run of numbers up to top that is not in the set.
func (a ackSet) lacking(top uint64, f func(from, to uint64) error) error {
	next := uint64(1)
	for _, s := range append(slices.Clone(a), span{top + 1, top + 1}) {
		if s.from > next && next <= top {
			if err := f(next, min(s.from-1, top)); err != nil {
				return err
			}
		}
		next = s.to + 1
	}
	return nil
}

// bytes encodes the set as pairs of varints: the gap before a span and its
// length less one.
func (a ackSet) bytes() []byte {
	b := []byte{}
	var end uint64
	for _, s := range a {
		b = protowire.AppendVarint(b, s.from-end)
		b = protowire.AppendVarint(b, s.to-s.from)
		end = s.to
	}
	return b
}

var errAcks = errors.New("app: malformed acknowledgement")

// parseAcks decodes what bytes encoded, strictly.
func parseAcks(b []byte) (ackSet, error) {
	var a ackSet
	var end uint64
	for len(b) > 0 {
		gap, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return nil, errAcks
		}
		length, k := protowire.ConsumeVarint(b[n:])
		if k < 0 {
			return nil, errAcks
		}
		b = b[n+k:]
		s := span{from: end + gap, to: end + gap + length}
		// The gap is at least 2 (spans do not touch), or 1 before the first.
		if gap == 0 || len(a) > 0 && gap == 1 || s.from < end || s.to < s.from || len(a) == maxSpans {
			return nil, errAcks
		}
		a, end = append(a, s), s.to
	}
	return a, nil
}
