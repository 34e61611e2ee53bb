package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"sotto/internal/corpus"
)

func FuzzUnpad(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		content, err := Unpad(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if again, ok := Pad(content, len(b)); !ok || !bytes.Equal(again, b) {
			t.Fatal("content has two encodings")
		}
	})
}

func FuzzPad(f *testing.F) {
	f.Fuzz(func(t *testing.T, content []byte, size int16) {
		b, ok := Pad(content, int(size))
		if !ok {
			corpus.Judge(t, errors.New("does not fit"))
			if len(content)+LPSize <= int(size) {
				t.Fatalf("%d bytes do not fit into %d", len(content), size)
			}
			return
		}
		got, err := Unpad(b)
		corpus.Judge(t, err)
		if err != nil || len(b) != int(size) || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes in %d: %v", len(content), size, err)
		}
	})
}

// What is read, field by field, in any order, is written again as the same
// bytes; and after the first field that did not fit there is nothing more.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, b, fields []byte) {
		r := NewReader(b)
		var again []byte
		for _, field := range fields {
			before := r.Failed()
			kind, n := field%9, int(field/9)
			got := readField(r, kind, n)
			if before && (!r.Failed() || len(bytes.Trim(got, "\x00")) > 0) {
				t.Fatalf("%x is read after an error", got)
			}
			if !r.Failed() {
				again = append(again, got...)
			}
		}
		err := r.End()
		corpus.Judge(t, err)
		if !bytes.HasPrefix(b, again) || err == nil && len(again) != len(b) || r.Failed() && err == nil {
			t.Fatalf("%x of %x was read, error %v", again, b, err)
		}
	})
}

// readField reads one field of a kind, and returns it as it would be written.
// Kinds with a limit or a size have n for it.
func readField(r *Reader, kind byte, n int) []byte {
	switch kind {
	case 0:
		return []byte{r.Byte()}
	case 1:
		if r.Bool() {
			return []byte{1}
		}
		return []byte{0}
	case 2:
		return binary.BigEndian.AppendUint16(nil, r.Uint16())
	case 3:
		return binary.BigEndian.AppendUint32(nil, r.Uint32())
	case 4:
		return binary.BigEndian.AppendUint64(nil, r.Uint64())
	case 5:
		p := r.Short(n)
		if len(p) > n {
			panic("too long")
		}
		return append([]byte{byte(len(p))}, p...)
	case 6:
		p := r.LP(n)
		if len(p) > n {
			panic("too long")
		}
		return LP(nil, p)
	case 7:
		p := make([]byte, n)
		r.Copy(p)
		return p
	default:
		return r.Rest()
	}
}

func TestCorpus(t *testing.T) {
	full, _ := Pad([]byte("content"), LPSize+7)
	padded, _ := Pad([]byte("content"), 20)
	empty, _ := Pad(nil, LPSize)
	dirty := bytes.Clone(padded)
	dirty[len(dirty)-1] = 1
	corpus.Keep(t, "FuzzUnpad", corpus.Seeds{
		"valid-full":               {full},
		"valid-padded":             {padded},
		"valid-no-content":         {empty},
		"refused-empty":            {[]byte{}},
		"refused-short-length":     {[]byte{0, 0, 0}},
		"refused-cut":              {full[:len(full)-1]},
		"refused-padding":          {dirty},
		"refused-length-4-GiB":     {[]byte{0xff, 0xff, 0xff, 0xff, 0}},
		"refused-length-one-above": {[]byte{0, 0, 0, 2, 0}},
	})
	corpus.Keep(t, "FuzzPad", corpus.Seeds{
		"valid-full":         {[]byte("content"), int16(LPSize + 7)},
		"valid-padded":       {[]byte("content"), int16(4096)},
		"valid-no-content":   {[]byte{}, int16(LPSize)},
		"refused-one-short":  {[]byte("content"), int16(LPSize + 6)},
		"refused-no-room":    {[]byte{}, int16(LPSize - 1)},
		"refused-negative":   {[]byte{}, int16(-1)},
		"refused-no-content": {[]byte("content"), int16(LPSize)},
	})
	// Fields are given as kind + 9·n.
	b := []byte{1, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 2, 'a', 'b', 0, 0, 0, 1, 'c', 'd', 'e', 'f'}
	all := []byte{0, 1, 2, 3, 4, 5 + 9*2, 6 + 9*1, 7 + 9*2, 8}
	corpus.Keep(t, "FuzzReader", corpus.Seeds{
		"valid-every-kind":       {b, all},
		"valid-nothing":          {[]byte{}, []byte{}},
		"refused-left-over":      {b, all[:8]},
		"refused-cut":            {b[:20], all},
		"refused-bool":           {[]byte{2}, []byte{1}},
		"refused-short-limit":    {b[16:19], []byte{5 + 9*1}},
		"refused-LP-limit":       {b[19:24], []byte{6}},
		"refused-LP-4-GiB":       {[]byte{0xff, 0xff, 0xff, 0xff}, []byte{6 + 9*20}},
		"refused-after-an-error": {b, append([]byte{4, 4, 4, 4}, all...)},
	})
}
