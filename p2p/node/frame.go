package node

import (
	"bufio"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/wire"
)

// A frame is one thing said on a session stream. On the wire it is a length
// as varint and a protobuf message of that many bytes:
//
//	message Frame { oneof f {
//	    bytes  cell = 1;               // 1 to 65,536 bytes
//	    uint64 ping = 2;               // to be answered by a pong with the same number
//	    uint64 pong = 3;
//	    Open   open = 4;               // the first frame of whoever opened the stream
//	    uint64 accept = 5;             // the first frame of the other: its boot number
//	} }
//	message Open { uint64 boot = 1; uint64 id = 2; uint64 seen = 3; }
//
// A message has at most one of these fields. Fields with other numbers are
// skipped, for those who come later.
type frame struct {
	kind protowire.Number // 0 if only unknown fields were there
	cell []byte
	n    uint64 // of ping, pong and accept
	open open
}

// An open frame tells the accepting side what it needs to choose between two
// streams: which run of the peer's node this is, the number of the session,
// and the number of the last session with us that the peer took part in.
type open struct{ boot, id, seen uint64 }

const (
	kindCell   protowire.Number = 1
	kindPing   protowire.Number = 2
	kindPong   protowire.Number = 3
	kindOpen   protowire.Number = 4
	kindAccept protowire.Number = 5
)

// maxFrame is the size of the largest message: a cell, and some bytes for the
// field's tag and length and for fields yet unknown.
const maxFrame = MaxCell + 64

var errFrame = fmt.Errorf("node: frame: %w", wire.ErrMalformed)

// appendFrame appends the frame with its length to b.
func appendFrame(b []byte, f frame) []byte {
	var body []byte
	switch f.kind {
	case kindCell:
		size := protowire.SizeTag(kindCell) + protowire.SizeBytes(len(f.cell))
		b = protowire.AppendVarint(b, uint64(size))
		b = protowire.AppendTag(b, kindCell, protowire.BytesType)
		return protowire.AppendBytes(b, f.cell)
	case kindOpen:
		var o []byte
		for i, v := range []uint64{f.open.boot, f.open.id, f.open.seen} {
			o = protowire.AppendTag(o, protowire.Number(i+1), protowire.VarintType)
			o = protowire.AppendVarint(o, v)
		}
		body = protowire.AppendTag(body, kindOpen, protowire.BytesType)
		body = protowire.AppendBytes(body, o)
	default:
		body = protowire.AppendTag(body, f.kind, protowire.VarintType)
		body = protowire.AppendVarint(body, f.n)
	}
	return protowire.AppendBytes(b, body)
}

// readFrame reads one frame. The cell in it is the caller's.
func readFrame(r *bufio.Reader) (frame, error) {
	body, err := wire.Read(r, maxFrame)
	if err != nil {
		return frame{}, err
	}
	return decodeFrame(body)
}

func decodeFrame(body []byte) (frame, error) {
	var f frame
	err := wire.Fields(body, func(num protowire.Number, n uint64, b []byte, isBytes bool) error {
		if num > kindAccept {
			return nil
		}
		wantBytes := num == kindCell || num == kindOpen
		if f.kind != 0 || isBytes != wantBytes {
			return errFrame
		}
		f.kind, f.n = num, n
		switch num {
		case kindCell:
			if len(b) == 0 || len(b) > MaxCell {
				return errFrame
			}
			f.cell = b
		case kindOpen:
			return f.open.decode(b)
		}
		return nil
	})
	return f, err
}

func (o *open) decode(body []byte) error {
	return wire.Fields(body, func(num protowire.Number, n uint64, _ []byte, isBytes bool) error {
		to := map[protowire.Number]*uint64{1: &o.boot, 2: &o.id, 3: &o.seen}[num]
		if to == nil {
			return nil
		}
		if isBytes {
			return errFrame
		}
		*to = n
		return nil
	})
}
