// Package wire reads the messages of Sotto's protocols: a length as varint and
// that many bytes of protobuf, of which only varints and byte strings are used.
package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMalformed is returned for bytes that are no message, and for a message
// longer than its reader allows.
var ErrMalformed = errors.New("malformed message")

// Read reads a length of at most max and that many bytes. Nothing is allocated
// for a length above max.
func Read(r *bufio.Reader, max uint64) ([]byte, error) {
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	if size > max {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return body, nil
}

// Fields calls f with every field of a protobuf message that is a varint or a
// byte string; fields of other types are skipped. It returns the first error of
// f, or ErrMalformed.
func Fields(body []byte, f func(num protowire.Number, n uint64, b []byte, isBytes bool) error) error {
	for len(body) > 0 {
		num, typ, size := protowire.ConsumeTag(body)
		if size < 0 {
			return ErrMalformed
		}
		body = body[size:]
		var (
			n uint64
			b []byte
		)
		switch typ {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(body)
		case protowire.BytesType:
			b, size = protowire.ConsumeBytes(body)
		default:
			size = protowire.ConsumeFieldValue(num, typ, body)
		}
		if size < 0 {
			return ErrMalformed
		}
		body = body[size:]
		if typ == protowire.VarintType || typ == protowire.BytesType {
			if err := f(num, n, b, typ == protowire.BytesType); err != nil {
				return err
			}
		}
	}
	return nil
}

// AppendBytes appends a field that is a byte string.
func AppendBytes(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

// AppendUint appends a field that is a varint.
func AppendUint(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}
