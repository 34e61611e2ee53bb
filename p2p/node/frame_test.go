package node

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/wire"
)

var frames = []frame{
	{kind: kindCell, cell: []byte{1}},
	{kind: kindCell, cell: make([]byte, MaxCell)},
	{kind: kindPing},
	{kind: kindPing, n: 1<<64 - 1},
	{kind: kindPong, n: 7},
	{kind: kindAccept, n: 1 << 40},
	{kind: kindOpen, open: open{boot: 1, id: 1<<64 - 1}},
	{kind: kindOpen, open: open{boot: 1, id: 2, seen: 3}},
}

func TestFrames(t *testing.T) {
	var sent []byte
	for _, f := range frames {
		sent = appendFrame(sent, f)
	}
	r := bufio.NewReader(bytes.NewReader(sent))
	for _, want := range frames {
		got, err := readFrame(r)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("kind %d: %v", want.kind, err)
		}
	}
	if _, err := readFrame(r); err != io.EOF {
		t.Fatal(err)
	}
	// A field that comes later in the protocol's life is skipped.
	later := protowire.AppendTag(nil, 6, protowire.BytesType)
	later = protowire.AppendBytes(later, []byte("news"))
	if f, err := decodeFrame(later); err != nil || f.kind != 0 {
		t.Fatal(f, err)
	}
}

// bytesField is a protobuf field, varintField another.
func bytesField(num protowire.Number, b []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
}

func varintField(num protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), n)
}

var badFrames = map[string][]byte{
	"empty cell":        bytesField(1, nil),
	"cell too large":    bytesField(1, make([]byte, MaxCell+1)),
	"cell as number":    varintField(1, 1),
	"ping as bytes":     bytesField(2, []byte{1}),
	"two cells":         append(bytesField(1, []byte{1}), bytesField(1, []byte{2})...),
	"ping and pong":     append(varintField(2, 1), varintField(3, 1)...),
	"open with bytes":   bytesField(4, bytesField(2, []byte{1})),
	"open cut short":    bytesField(4, []byte{8}),
	"field number 0":    {0, 0},
	"length beyond end": {1<<3 | 2, 9, 1},
	"half a varint":     {2 << 3, 0x80},
	"group":             {1<<3 | 3},
}

func TestBadFrames(t *testing.T) {
	for name, body := range badFrames {
		if f, err := decodeFrame(body); err == nil {
			t.Errorf("%s: taken as %+v", name, f)
		}
	}
	long := protowire.AppendVarint(nil, maxFrame+1)
	if _, err := readFrame(bufio.NewReader(bytes.NewReader(long))); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a length of %d bytes: %v", maxFrame+1, err)
	}
	endless := bytes.Repeat([]byte{0xff}, 20)
	if _, err := readFrame(bufio.NewReader(bytes.NewReader(endless))); err == nil {
		t.Error("an endless length")
	}
}

func FuzzFrame(f *testing.F) {
	for _, fr := range frames {
		if len(fr.cell) < 100 {
			f.Add(appendFrame(nil, fr))
		}
	}
	for _, b := range badFrames {
		if len(b) < 100 {
			f.Add(append([]byte{byte(len(b))}, b...))
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		fr, err := readFrame(bufio.NewReader(bytes.NewReader(sent)))
		if err != nil || fr.kind == 0 {
			return
		}
		again, err := readFrame(bufio.NewReader(bytes.NewReader(appendFrame(nil, fr))))
		if err != nil || !reflect.DeepEqual(fr, again) {
			t.Fatalf("%+v became %+v, %v", fr, again, err)
		}
	})
}

func FuzzInvite(f *testing.F) {
	for _, sent := range [][]byte{
		encodeQuestion(Token{1}, nil), encodeQuestion(Token{1}, []byte("cell")),
		encodeAnswer(OK, []byte("bundle")), encodeAnswer(Gone, nil), {0}, {2, 1, 1},
	} {
		f.Add(sent)
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		body, err := wire.Read(bufio.NewReader(bytes.NewReader(sent)), maxFrame)
		if err != nil {
			return
		}
		if token, cell, err := decodeQuestion(body); err == nil {
			again, _ := wire.Read(bufio.NewReader(bytes.NewReader(encodeQuestion(token, cell))), maxFrame)
			token2, cell2, err := decodeQuestion(again)
			if err != nil || token != token2 || !bytes.Equal(cell, cell2) || (cell == nil) != (cell2 == nil) {
				t.Fatal("a question changed on the way", err)
			}
		}
		if answer, s, err := decodeAnswer(body); err == nil {
			again, _ := wire.Read(bufio.NewReader(bytes.NewReader(encodeAnswer(s, answer))), maxFrame)
			answer2, s2, err := decodeAnswer(again)
			if err != nil || s != s2 || !bytes.Equal(answer, answer2) {
				t.Fatal("an answer changed on the way", err)
			}
		}
	})
}

func TestBadInviteMessages(t *testing.T) {
	token := bytesField(1, make([]byte, 16))
	for name, body := range map[string][]byte{
		"nothing":         nil,
		"no token":        bytesField(2, []byte("cell")),
		"short token":     bytesField(1, make([]byte, 15)),
		"long token":      bytesField(1, make([]byte, 17)),
		"token as number": varintField(1, 16),
		"two tokens":      append(bytes.Clone(token), token...),
		"empty cell":      append(bytes.Clone(token), bytesField(2, nil)...),
		"large cell":      append(bytes.Clone(token), bytesField(2, make([]byte, MaxCell+1))...),
		"two cells":       append(append(bytes.Clone(token), bytesField(2, []byte{1})...), bytesField(2, []byte{1})...),
	} {
		if _, _, err := decodeQuestion(body); err == nil {
			t.Errorf("question with %s was taken", name)
		}
	}
	for name, body := range map[string][]byte{
		"nothing":         nil,
		"no status":       bytesField(2, []byte("answer")),
		"unknown status":  varintField(1, 5),
		"status 0":        varintField(1, 0),
		"status 257":      varintField(1, 257),
		"status as bytes": bytesField(1, []byte{1}),
		"two":             append(varintField(1, 1), varintField(1, 1)...),
		"large answer":    append(varintField(1, 1), bytesField(2, make([]byte, MaxCell+1))...),
	} {
		if _, s, err := decodeAnswer(body); err == nil {
			t.Errorf("answer with %s was taken as %d", name, s)
		}
	}
}
