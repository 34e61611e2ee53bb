package ratchet

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"sotto/crypto/internal/suite"
	"sotto/internal/corpus"
)

func TestCorpus(t *testing.T) {
	newA, newB := begin(t)
	alice, bob := settle(t)
	alice, bob = announce(t, alice, bob, 2)
	missing, alice := seal(t, alice, "missing")
	alice, bob = send(t, alice, bob, "text")
	bob, alice = send(t, bob, alice, "answer")
	over, _ := seal(t, alice, "the next chain")
	bob = open(t, bob, over, "the next chain")
	state := stored(t, bob)
	at := func(i int, value byte) []any {
		b := bytes.Clone(state)
		b[i] = value
		return []any{b}
	}
	few, many := *bob, *bob
	few.own = nil
	many.own = make([]List, MaxLists+1)
	count(many.own)
	corpus.Keep(t, "FuzzParseSession", corpus.Seeds{
		"valid-initiator":         {stored(t, newA)},
		"valid-responder":         {stored(t, newB)},
		"valid-keys-kept":         {state},
		"refused-empty":           {[]byte{}},
		"refused-cut":             {state[:len(state)-1]},
		"refused-a-byte-too-many": {append(bytes.Clone(state), 0)},
		"refused-version-1":       at(0, 1),
		"refused-flag-2":          at(1, 2),
		"refused-no-list":         {stored(t, &few)},
		"refused-65-lists":        {stored(t, &many)},
		"refused-chains-255":      at(len(state)-44-2-4-4-32-32-1, 255),
	})

	header := func(s *Session, alter func(h *headerText)) []byte {
		_, s = seal(t, s, "text")
		h := headerText{public: s.send.public, ct: s.send.ct, ct3: s.send.ct3, n: 1, from: 1, to: 1}
		alter(&h)
		return h.append(nil)
	}
	h, answer := header(newA, func(*headerText) {}), header(newB, func(*headerText) {})
	with := func(i int, value byte) []byte {
		b := bytes.Clone(h)
		b[i] = value
		return b
	}
	corpus.Keep(t, "FuzzParseHeader", corpus.Seeds{
		"valid":                   {h, false},
		"valid-answer":            {answer, true},
		"valid-greatest":          {header(newA, func(h *headerText) { h.n, h.pn = math.MaxUint32-1, math.MaxUint32 }), false},
		"refused-n-after-the-end": {header(newA, func(h *headerText) { h.n = math.MaxUint32 }), false},
		"refused-empty":           {[]byte{}, false},
		"refused-cut":             {h[:len(h)-1], false},
		"refused-a-byte-too-many": {append(bytes.Clone(h), 0), false},
		"refused-version":         {with(0, version+1), false},
		"refused-flag":            {with(1, flagAnswer), false},
		"refused-other-flag":      {with(1, 2), false},
		"refused-answer-expected": {h, true},
		"refused-answer":          {answer, false},
	})

	decrypt, malleable := corpus.Seeds{}, corpus.Seeds{}
	for kind, c := range chains(t) {
		name := strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(c.name, ",", "")), " ", "-")
		decrypt["valid-"+name] = []any{stored(t, c.to), c.cell}
		size := headerSize
		if kind == 1 || kind == 2 {
			size += answerSize
		}
		commitmentAt := headerAt + size + suite.TagSize
		for part, i := range map[string]int{
			"version": 0, "tag": 1, "nonce": nonceAt, "header": headerAt, "header-tag": commitmentAt - 1,
			"commitment": commitmentAt, "body": commitmentAt + suite.KeySize, "end": len(c.cell) - 1,
		} {
			malleable[name+"-"+part] = []any{uint8(kind), uint16(i), uint8(1)}
		}
	}
	altered := bytes.Clone(missing)
	altered[len(altered)-1] ^= 1
	decrypt["refused-altered"] = []any{state, altered}
	decrypt["refused-empty"] = []any{state, []byte{}}
	decrypt["refused-size"] = []any{state, missing[:len(missing)-1]}
	decrypt["valid-missing"] = []any{state, missing}
	decrypt["refused-replay"] = []any{state, over}
	stranger := binary.BigEndian.AppendUint64([]byte{version}, 7)
	decrypt["refused-unknown"] = []any{state, append(stranger, make([]byte, classes[0]-len(stranger))...)}
	malleable["unchanged"] = []any{uint8(0), uint16(0), uint8(0)}
	corpus.Keep(t, "FuzzDecrypt", decrypt)
	corpus.Keep(t, "FuzzCellMalleable", malleable)
}
