package mailbox

import (
	"crypto/ed25519"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/wire"
)

// An operation is what a request asks for. Values are part of the protocol.
type operation byte

const (
	opCreate operation = 1
	opRemove operation = 2
	opState  operation = 3
	opPut    operation = 4
	opProbe  operation = 5
	opFetch  operation = 6
	opDelete operation = 7
	opWatch  operation = 8
)

// A status is how a request went. Values are part of the protocol.
type status byte

const (
	statusOK      status = 1
	statusRefused status = 2
	statusQuota   status = 3
	statusRate    status = 4
	statusFault   status = 5
)

const (
	// maxRequest is the size in bytes of the largest request, without the cells
	// that follow a put. It is all that somebody can make a mailbox hold who has
	// shown no valid signature.
	maxRequest = 8192
	// maxAnswer is the size in bytes of the largest answer: cells, and 32 bytes
	// for each.
	maxAnswer = MaxBytes + 32*MaxFetch + 64
)

// A request is one thing asked for on a stream:
//
//	message Request { uint64 number = 1; uint64 operation = 2; bytes body = 3; repeated bytes signature = 4; }
//
// The body is a message of its own, one for each operation, and is signed as it
// is written. After a put the cells follow, one after the other, with nothing
// between.
type request struct {
	number     uint64
	op         operation
	body       []byte
	signatures [][]byte // 64 bytes each; one, or for a watch one for each queue
}

var errWire = fmt.Errorf("%w: %w", ErrProtocol, wire.ErrMalformed)

func (r *request) encode() []byte {
	var b []byte
	b = wire.AppendUint(b, 1, r.number)
	b = wire.AppendUint(b, 2, uint64(r.op))
	b = wire.AppendBytes(b, 3, r.body)
	for _, s := range r.signatures {
		b = wire.AppendBytes(b, 4, s)
	}
	return b
}

func decodeRequest(b []byte) (*request, error) {
	r := new(request)
	var seen seen
	err := wire.Fields(b, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
		switch {
		case num > 4:
			return nil
		case isBytes != (num >= 3) || num < 4 && seen.twice(num):
			return errWire
		case num == 1:
			r.number = n
		case num == 2:
			if n < uint64(opCreate) || n > uint64(opWatch) {
				return errWire
			}
			r.op = operation(n)
		case num == 3:
			r.body = v
		case num == 4:
			if len(v) != ed25519.SignatureSize || len(r.signatures) == MaxWatch {
				return errWire
			}
			r.signatures = append(r.signatures, v)
		}
		return nil
	})
	if err == nil && (!seen.all(1, 2, 3) || r.number == 0 || len(r.signatures) == 0 || r.op != opWatch && len(r.signatures) != 1) {
		err = errWire
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// seen notes which fields of a message were there.
type seen uint32

func (s *seen) twice(num protowire.Number) bool {
	before := *s&(1<<num) != 0
	*s |= 1 << num
	return before
}

func (s seen) all(nums ...protowire.Number) bool {
	for _, n := range nums {
		if s&(1<<n) == 0 {
			return false
		}
	}
	return true
}

// ownerBody is the body of create, remove and state.
//
//	message Owner {
//	    bytes owner = 1;          // the key that signs, 32 bytes
//	    bytes secret = 2;         // the access secret, 32 bytes; not in a remove
//	    bytes withdrawal = 3;     // the queue's withdrawal id, 16 bytes; not in a state
//	    bytes deposit = 4;        // create only: the deposit id, 16 bytes
//	    bytes withdrawal_key = 5; // create only: 32 bytes
//	    bytes deposit_key = 6;    // create only: 32 bytes
//	}
type ownerBody struct {
	owner                     publicKey
	secret                    [32]byte
	withdrawal, deposit       ID
	withdrawalKey, depositKey publicKey
}

// ownerFields are the fields that must be there, and no others may.
var ownerFields = map[operation][]protowire.Number{
	opCreate: {1, 2, 3, 4, 5, 6}, opRemove: {1, 3}, opState: {1, 2},
}

func (o *ownerBody) fields() [][]byte {
	return [][]byte{nil, o.owner[:], o.secret[:], o.withdrawal[:], o.deposit[:], o.withdrawalKey[:], o.depositKey[:]}
}

func (o *ownerBody) encode(op operation) (b []byte) {
	for _, num := range ownerFields[op] {
		b = wire.AppendBytes(b, num, o.fields()[num])
	}
	return b
}

func decodeOwner(op operation, b []byte) (o ownerBody, err error) {
	want := ownerFields[op]
	fields := o.fields()
	var seen seen
	err = wire.Fields(b, func(num protowire.Number, _ uint64, v []byte, isBytes bool) error {
		if num > 6 {
			return nil
		}
		if !isBytes || len(v) != len(fields[num]) || seen.twice(num) {
			return errWire
		}
		copy(fields[num], v)
		return nil
	})
	if err == nil && (!seen.all(want...) || int(popcount(seen)) != len(want)) {
		err = errWire
	}
	return o, err
}

func popcount(s seen) (n int) {
	for ; s != 0; s &= s - 1 {
		n++
	}
	return n
}

// queueBody is the body of probe, put, fetch and delete.
//
//	message Queue {
//	    bytes id = 1;                // of 16 bytes: for deposits, or for withdrawals
//	    repeated bytes envelope = 2; // put and delete: 16 bytes each
//	    repeated uint64 size = 3;    // put: of each cell, in the same order
//	    uint64 after = 4;            // fetch: cells with greater numbers
//	}
type queueBody struct {
	id        ID
	envelopes []Envelope
	sizes     []int
	after     uint64
}

// total is the size in bytes of all cells of a put.
func (q *queueBody) total() (n int) {
	for _, s := range q.sizes {
		n += s
	}
	return n
}

func (q *queueBody) encode(op operation) []byte {
	b := wire.AppendBytes(nil, 1, q.id[:])
	for _, e := range q.envelopes {
		b = wire.AppendBytes(b, 2, e[:])
	}
	for _, s := range q.sizes {
		b = wire.AppendUint(b, 3, uint64(s))
	}
	if op == opFetch {
		b = wire.AppendUint(b, 4, q.after)
	}
	return b
}

func decodeQueue(op operation, b []byte) (q queueBody, err error) {
	var ids, afters int
	most := map[operation]int{opPut: MaxPut, opDelete: MaxFetch}[op]
	err = wire.Fields(b, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
		switch {
		case num > 4:
			return nil
		case isBytes != (num <= 2):
			return errWire
		case num == 1:
			if ids++; len(v) != len(q.id) {
				return errWire
			}
			copy(q.id[:], v)
		case num == 2:
			if len(v) != len(Envelope{}) || len(q.envelopes) == most {
				return errWire
			}
			q.envelopes = append(q.envelopes, Envelope(v))
		case num == 3:
			if n == 0 || n > MaxCell || op != opPut || len(q.sizes) == most {
				return errWire
			}
			q.sizes = append(q.sizes, int(n))
		case num == 4:
			if afters++; op != opFetch {
				return errWire
			}
			q.after = n
		}
		return nil
	})
	switch {
	case err != nil:
	case ids != 1, afters > 1, op == opFetch && afters != 1,
		most > 0 && len(q.envelopes) == 0,
		op == opPut && (len(q.sizes) != len(q.envelopes) || q.total() > MaxBytes):
		err = errWire
	}
	return q, err
}

// watchBody is the body of watch.
//
//	message Watch {
//	    repeated bytes id = 1;     // withdrawal ids of 16 bytes
//	    repeated uint64 after = 2; // in the same order
//	    uint64 wait = 3;           // milliseconds; then the answer comes whatever was seen
//	}
type watchBody struct {
	ids   []ID
	after []uint64
	wait  uint64
}

func (w *watchBody) encode() (b []byte) {
	for i := range w.ids {
		b = wire.AppendBytes(b, 1, w.ids[i][:])
		b = wire.AppendUint(b, 2, w.after[i])
	}
	return wire.AppendUint(b, 3, w.wait)
}

func decodeWatch(b []byte) (w watchBody, err error) {
	var waits int
	err = wire.Fields(b, func(num protowire.Number, n uint64, v []byte, isBytes bool) error {
		switch {
		case num > 3:
			return nil
		case isBytes != (num == 1):
			return errWire
		case num == 1:
			if len(v) != len(ID{}) || len(w.ids) == MaxWatch {
				return errWire
			}
			w.ids = append(w.ids, ID(v))
		case num == 2:
			if len(w.after) == MaxWatch {
				return errWire
			}
			w.after = append(w.after, n)
		case num == 3:
			waits++
			w.wait = n
		}
		return nil
	})
	if err == nil && (waits != 1 || len(w.ids) == 0 || len(w.ids) != len(w.after) || w.wait > uint64(MaxWait.Milliseconds())) {
		err = errWire
	}
	return w, err
}
