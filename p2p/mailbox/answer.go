package mailbox

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/wire"
)

// An answer is what a mailbox says to one request:
//
//	message Answer { uint64 number = 1; uint64 status = 2; bytes body = 3; }
//
// The body depends on the operation, or is a time for statusRate:
//
//	message State { uint64 queues = 1; uint64 max_queues = 2; uint64 cells = 3; uint64 bytes = 4; uint64 quota = 5; uint64 free = 6; uint64 days = 7; }
//	message Put   { bytes outcomes = 1; }                      // a byte for each cell
//	message Fetch { repeated Cell cell = 1; uint64 more = 2; } // more: 1 if there are further cells
//	message Cell  { uint64 number = 1; bytes cell = 2; }
//	message Watch { bytes sights = 1; }                        // a byte for each queue
//	message Rate  { uint64 after = 1; }                        // milliseconds
type answer struct {
	number uint64
	status status
	body   []byte
}

// encode returns the answer with its length before it.
func (a *answer) encode() []byte {
	size := protowire.SizeTag(1) + protowire.SizeVarint(a.number) + protowire.SizeTag(2) + 1
	if a.body != nil {
		size += protowire.SizeTag(3) + protowire.SizeBytes(len(a.body))
	}
	b := protowire.AppendVarint(make([]byte, 0, size+4), uint64(size))
	b = wire.AppendUint(b, 1, a.number)
	b = wire.AppendUint(b, 2, uint64(a.status))
	if a.body != nil {
		b = wire.AppendBytes(b, 3, a.body)
	}
	return b
}

func decodeAnswer(b []byte) (*answer, error) {
	a := new(answer)
	var seen seen
	err := wire.Fields(b, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
		switch {
		case num > 3:
			return nil
		case isBytes != (num == 3) || seen.twice(num):
			return errWire
		case num == 1:
			a.number = n
		case num == 2:
			if n < uint64(statusOK) || n > uint64(statusFault) {
				return errWire
			}
			a.status = status(n)
		case num == 3:
			a.body = v
		}
		return nil
	})
	if err == nil && (!seen.all(1, 2) || a.number == 0) {
		err = errWire
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// maxDays is the longest time for which a mailbox can say that it keeps cells.
const maxDays = 10_000

func (s *State) encode() (b []byte) {
	for i, v := range []int64{int64(s.Queues), int64(s.MaxQueues), int64(s.Cells), s.Bytes, s.Quota, s.Free, int64(s.Keep / (24 * time.Hour))} {
		b = wire.AppendUint(b, protowire.Number(i+1), uint64(max(v, 0)))
	}
	return b
}

func decodeState(b []byte) (State, error) {
	var v [8]int64
	var seen seen
	err := wire.Fields(b, func(num protowire.Number, n uint64, _ []byte, isBytes bool) error {
		if num > 7 {
			return nil
		}
		if isBytes || n > 1<<62 || seen.twice(num) {
			return errWire
		}
		v[num] = int64(n)
		return nil
	})
	if err == nil && (!seen.all(1, 2, 3, 4, 5, 6, 7) || v[7] > maxDays) {
		err = errWire
	}
	return State{int(v[1]), int(v[2]), int(v[3]), v[4], v[5], v[6], time.Duration(v[7]) * 24 * time.Hour}, err
}

// appendCell adds a cell to the body of a fetch's answer.
func appendCell(b []byte, number uint64, cell []byte) []byte {
	size := protowire.SizeTag(1) + protowire.SizeVarint(number) + protowire.SizeTag(2) + protowire.SizeBytes(len(cell))
	b = protowire.AppendTag(b, 1, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(size))
	b = wire.AppendUint(b, 1, number)
	return wire.AppendBytes(b, 2, cell)
}

// appendMore says in the body of a fetch's answer that there are further cells.
func appendMore(b []byte) []byte { return wire.AppendUint(b, 2, 1) }

// decodeFetch returns the cells, which share memory with b. Numbers must be
// greater than after and grow.
func decodeFetch(b []byte, after uint64) (cells []Cell, more bool, err error) {
	total := 0
	err = wire.Fields(b, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
		switch {
		case num > 2:
			return nil
		case isBytes != (num == 1):
			return errWire
		case num == 2:
			more = n == 1
			return nil
		}
		var c Cell
		var seen seen
		err := wire.Fields(v, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
			switch {
			case num > 2:
				return nil
			case isBytes != (num == 2) || seen.twice(num):
				return errWire
			case num == 1:
				c.Number = n
			case num == 2:
				c.Data = v
			}
			return nil
		})
		total += len(c.Data)
		if err != nil || c.Number <= after || len(c.Data) == 0 || len(c.Data) > MaxCell || len(cells) == MaxFetch || total > MaxBytes {
			return errWire
		}
		after = c.Number
		cells = append(cells, c)
		return nil
	})
	if err == nil && more && len(cells) == 0 {
		err = errWire
	}
	return cells, more, err
}

// decodeBytes reads a body with one field of a byte for each of so many things,
// none above max.
func decodeBytes(b []byte, count int, max byte) ([]byte, error) {
	var all []byte
	err := wire.Fields(b, func(num protowire.Number, _ uint64, v []byte, isBytes bool) error {
		if num > 1 {
			return nil
		}
		if !isBytes || all != nil || len(v) != count {
			return errWire
		}
		for _, x := range v {
			if x > max {
				return errWire
			}
		}
		all = v
		return nil
	})
	if err == nil && all == nil {
		err = errWire
	}
	return all, err
}

// decodeUint reads a body with one number.
func decodeUint(b []byte) (n uint64, err error) {
	var seen seen
	err = wire.Fields(b, func(num protowire.Number, v uint64, _ []byte, isBytes bool) error {
		if num > 1 {
			return nil
		}
		if isBytes || seen.twice(num) {
			return errWire
		}
		n = v
		return nil
	})
	if err == nil && !seen.all(1) {
		err = errWire
	}
	return n, err
}
