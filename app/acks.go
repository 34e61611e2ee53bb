package app

import (
	"cmp"
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

const (
	// maxSpans bounds what is told of a set with gaps: the oldest gap is the one
	// worth telling, so the newest spans are left out.
	maxSpans = 64
	// maxKept bounds what is kept of one. A session does not open what would
	// leave more gaps than it keeps keys for (ratchet.MaxSkippedSession).
	maxKept = 10_240
)

// find returns the place of the first span that ends at or after seq.
func (a ackSet) find(seq uint64) int {
	i, _ := slices.BinarySearchFunc(a, seq, func(s span, seq uint64) int { return cmp.Compare(s.to, seq) })
	return i
}

// has reports whether seq is in the set.
func (a ackSet) has(seq uint64) bool {
	i := a.find(seq)
	return i < len(a) && a[i].from <= seq
}

// with returns the set with seq added; a is left as it is.
func (a ackSet) with(seq uint64) ackSet {
	i := a.find(seq)
	if i < len(a) && a[i].from <= seq {
		return a
	}
	out := slices.Insert(slices.Clone(a), i, span{seq, seq})
	if i+1 < len(out) && out[i+1].from == seq+1 {
		out[i].to = out[i+1].to
		out = slices.Delete(out, i+1, i+2)
	}
	if i > 0 && out[i-1].to+1 == seq {
		out[i-1].to = out[i].to
		out = slices.Delete(out, i, i+1)
	}
	return out[:min(len(out), maxKept)]
}

// told is what is told of the set.
func (a ackSet) told() ackSet { return a[:min(len(a), maxSpans)] }

// upTo returns the set with all numbers up to n added; a is left as it is.
func (a ackSet) upTo(n uint64) ackSet {
	if n == 0 {
		return a
	}
	out := ackSet{{1, n}}
	for _, s := range a {
		switch {
		case s.to <= n:
		case s.from <= n+1:
			out[0].to = s.to
		default:
			out = append(out, s)
		}
	}
	return out
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

// parseAcks decodes what somebody tells, strictly.
func parseAcks(b []byte) (ackSet, error) { return parseSet(b, maxSpans) }

// parseSet decodes what bytes encoded, at most so many spans.
func parseSet(b []byte, most int) (ackSet, error) {
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
		if gap == 0 || len(a) > 0 && gap == 1 || s.from < end || s.to < s.from || len(a) == most {
			return nil, errAcks
		}
		a, end = append(a, s), s.to
	}
	return a, nil
}
