package mailbox

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/internal/corpus"
	"sotto/p2p/wire"
)

// testSig is a signature by its size.
var testSig = bytes.Repeat([]byte{7}, 64)

// requests are one of each operation, by a name for the corpus.
func requests() map[string]*request {
	id, key := ID{1}, publicKey{2}
	owner := ownerBody{owner: key, secret: [32]byte{3}, withdrawal: id, deposit: ID{4}, withdrawalKey: publicKey{5}, depositKey: publicKey{6}}
	put := queueBody{id: id, envelopes: []Envelope{{1}, {2}}, sizes: []int{1, MaxCell}}
	watch := watchBody{ids: []ID{id, {9}}, after: []uint64{0, 1 << 39}, wait: 60000}
	one := [][]byte{testSig}
	return map[string]*request{
		"valid-create": {1, opCreate, owner.encode(opCreate), one},
		"valid-remove": {2, opRemove, owner.encode(opRemove), one},
		"valid-state":  {3, opState, owner.encode(opState), one},
		"valid-put":    {4, opPut, put.encode(opPut), one},
		"valid-probe":  {5, opProbe, (&queueBody{id: id}).encode(opProbe), one},
		"valid-fetch":  {6, opFetch, (&queueBody{id: id, after: 77}).encode(opFetch), one},
		"valid-delete": {1 << 60, opDelete, (&queueBody{id: id, envelopes: put.envelopes}).encode(opDelete), one},
		"valid-watch":  {8, opWatch, watch.encode(), [][]byte{testSig, testSig}},
	}
}

// decodeWhole reads a request and its body.
func decodeWhole(b []byte) (*request, []byte, error) {
	r, err := decodeRequest(b)
	if err != nil {
		return nil, nil, err
	}
	switch r.op {
	case opCreate, opRemove, opState:
		o, err := decodeOwner(r.op, r.body)
		return r, o.encode(r.op), err
	case opWatch:
		w, err := decodeWatch(r.body)
		if err != nil {
			return nil, nil, err
		}
		return r, w.encode(), nil
	default:
		q, err := decodeQueue(r.op, r.body)
		return r, q.encode(r.op), err
	}
}

func badRequests() map[string][]byte {
	good := requests()
	with := func(name string, f func(*request)) []byte {
		r := *good[name]
		f(&r)
		return r.encode()
	}
	body := func(name string, b []byte) []byte { return with(name, func(r *request) { r.body = b }) }
	probe := good["valid-probe"].body
	many := queueBody{id: ID{1}}
	for range MaxPut + 1 {
		many.envelopes, many.sizes = append(many.envelopes, Envelope{}), append(many.sizes, 1)
	}
	large := queueBody{id: ID{1}}
	for range 17 {
		large.envelopes, large.sizes = append(large.envelopes, Envelope{}), append(large.sizes, MaxCell)
	}
	return map[string][]byte{
		"refused-empty":            {},
		"refused-group":            {1<<3 | 3},
		"refused-cut":              good["valid-put"].encode()[:40],
		"refused-number-twice":     wire.AppendUint(good["valid-probe"].encode(), 1, 9),
		"refused-operation-none":   with("valid-probe", func(r *request) { r.op = 0 }),
		"refused-operation-9":      with("valid-probe", func(r *request) { r.op = 9 }),
		"refused-number-zero":      with("valid-probe", func(r *request) { r.number = 0 }),
		"refused-unsigned":         with("valid-probe", func(r *request) { r.signatures = nil }),
		"refused-signed-twice":     with("valid-probe", func(r *request) { r.signatures = [][]byte{testSig, testSig} }),
		"refused-short-signature":  with("valid-probe", func(r *request) { r.signatures = [][]byte{testSig[:63]} }),
		"refused-number-as-bytes":  wire.AppendBytes(nil, 1, []byte{1}),
		"refused-body-as-number":   wire.AppendUint(nil, 3, 1),
		"refused-short-id":         body("valid-probe", wire.AppendBytes(nil, 1, make([]byte, 15))),
		"refused-id-twice":         body("valid-probe", append(probe[:len(probe):len(probe)], probe...)),
		"refused-no-id":            body("valid-probe", nil),
		"refused-probe-with-cells": body("valid-probe", good["valid-put"].body),
		"refused-fetch-no-after":   body("valid-fetch", probe),
		"refused-delete-nothing":   body("valid-delete", probe),
		"refused-put-nothing":      body("valid-put", probe),
		"refused-put-no-sizes":     body("valid-put", good["valid-delete"].body),
		"refused-put-empty-cell":   body("valid-put", (&queueBody{envelopes: []Envelope{{}}, sizes: []int{0}}).encode(opPut)),
		"refused-put-large-cell":   body("valid-put", (&queueBody{envelopes: []Envelope{{}}, sizes: []int{MaxCell + 1}}).encode(opPut)),
		"refused-put-many-cells":   body("valid-put", many.encode(opPut)),
		"refused-put-many-bytes":   body("valid-put", large.encode(opPut)),
		"refused-create-as-state":  body("valid-state", good["valid-create"].body),
		"refused-state-as-create":  body("valid-create", good["valid-state"].body),
		"refused-watch-nothing":    body("valid-watch", wire.AppendUint(nil, 3, 1)),
		"refused-watch-no-wait":    body("valid-watch", wire.AppendUint(wire.AppendBytes(nil, 1, make([]byte, 16)), 2, 0)),
		"refused-watch-long":       body("valid-watch", (&watchBody{ids: []ID{{}}, after: []uint64{0}, wait: 1 << 40}).encode()),
		"refused-watch-uneven":     body("valid-watch", wire.AppendBytes(good["valid-watch"].body, 1, make([]byte, 16))),
	}
}

func TestRequests(t *testing.T) {
	for name, r := range requests() {
		got, body, err := decodeWhole(r.encode())
		if err != nil || !reflect.DeepEqual(got, r) || !bytes.Equal(body, r.body) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if len(r.encode()) > maxRequest {
			t.Errorf("%s has %d bytes", name, len(r.encode()))
		}
		later := wire.AppendBytes(r.encode(), 9, []byte("news"))
		if _, _, err := decodeWhole(later); err != nil {
			t.Errorf("%s with a field of later: %v", name, err)
		}
	}
	for name, b := range badRequests() {
		if r, _, err := decodeWhole(b); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// The largest of each fits.
func TestLargestRequests(t *testing.T) {
	put, del, watch := queueBody{}, queueBody{}, watchBody{wait: 300000}
	for range MaxPut {
		put.envelopes, put.sizes = append(put.envelopes, Envelope{}), append(put.sizes, MaxBytes/MaxPut)
	}
	for range MaxFetch {
		del.envelopes = append(del.envelopes, Envelope{})
	}
	var sigs [][]byte
	for range MaxWatch {
		watch.ids, watch.after, sigs = append(watch.ids, ID{}), append(watch.after, 1<<40), append(sigs, testSig)
	}
	for _, r := range []request{
		{1 << 62, opPut, put.encode(opPut), [][]byte{testSig}},
		{1 << 62, opDelete, del.encode(opDelete), [][]byte{testSig}},
		{1 << 62, opWatch, watch.encode(), sigs},
	} {
		b := r.encode()
		if _, _, err := decodeWhole(b); err != nil || len(b) > maxRequest {
			t.Errorf("operation %d: %d bytes, %v", r.op, len(b), err)
		}
	}
	var body []byte
	for i := range MaxFetch {
		body = appendCell(body, 1<<40-MaxFetch+uint64(i), make([]byte, MaxBytes/MaxFetch))
	}
	body = appendMore(body)
	a := (&answer{number: 1 << 62, status: statusOK, body: body}).encode()
	if len(a) > maxAnswer {
		t.Errorf("the largest answer has %d bytes", len(a))
	}
	if cells, more, err := decodeFetch(body, 0); err != nil || len(cells) != MaxFetch || !more {
		t.Error(len(cells), more, err)
	}
}

func TestAnswers(t *testing.T) {
	state := State{1, 2, 3, 4, 5, 6, 7 * 24 * time.Hour}
	if got, err := decodeState(state.encode()); err != nil || got != state {
		t.Error(got, err)
	}
	for name, a := range answers() {
		b := a.encode()
		_, n := protowire.ConsumeVarint(b)
		got, err := decodeAnswer(b[n:])
		if err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func answers() map[string]*answer {
	return map[string]*answer{
		"valid-bare":    {number: 1, status: statusOK},
		"valid-refused": {number: 1 << 63, status: statusRefused},
		"valid-rate":    {2, statusRate, wire.AppendUint(nil, 1, 500)},
		"valid-put":     {3, statusOK, wire.AppendBytes(nil, 1, []byte{1, 2, 3})},
		"valid-fetch":   {4, statusOK, appendMore(appendCell(appendCell(nil, 1, []byte("one")), 2, []byte("two")))},
		"valid-state":   {5, statusOK, (&State{1, 2, 3, 4, 5, 6, 7 * 24 * time.Hour}).encode()},
		"valid-empty":   {6, statusOK, []byte{}},
	}
}

func FuzzRequest(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		r, body, err := decodeWhole(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		same := *r
		same.body = body // in the one form in which we write it
		again, body2, err := decodeWhole(same.encode())
		if err != nil || !reflect.DeepEqual(*again, same) || !bytes.Equal(body, body2) {
			t.Errorf("%+v became %+v, %v", r, again, err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := decodeAnswer(b)
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if cells, _, err := decodeFetch(a.body, 3); err == nil {
			last := uint64(3)
			for _, c := range cells {
				if c.Number <= last || len(c.Data) == 0 || len(c.Data) > MaxCell {
					t.Fatalf("cell %d of %d bytes", c.Number, len(c.Data))
				}
				last = c.Number
			}
		}
		if s, err := decodeState(a.body); err == nil && (s.Free < 0 || s.Quota < 0 || s.Cells < 0) {
			t.Errorf("%+v", s)
		}
		if all, err := decodeBytes(a.body, 3, 3); err == nil && len(all) != 3 {
			t.Error(all)
		}
		decodeUint(a.body)
		decodeHello(b)
	})
}

// TestCorpus keeps the committed inputs of the fuzz targets.
func TestCorpus(t *testing.T) {
	links, reqs, anss := corpus.Seeds{}, corpus.Seeds{}, corpus.Seeds{}
	for name, l := range testLinks {
		links[name] = []any{l.String()}
		links[name+"-upper"] = []any{strings.ToUpper(l.String())}
	}
	for name, c := range badLinks() {
		links[name] = []any{c.s}
	}
	for name, r := range requests() {
		reqs[name] = []any{r.encode()}
	}
	for name, b := range badRequests() {
		reqs[name] = []any{b}
	}
	for name, a := range answers() {
		b := a.encode()
		_, n := protowire.ConsumeVarint(b)
		anss[name] = []any{b[n:]}
	}
	anss["refused-status"] = []any{wire.AppendUint(wire.AppendUint(nil, 1, 1), 2, 9)}
	anss["refused-no-number"] = []any{wire.AppendUint(nil, 2, 1)}
	anss["refused-cut"] = []any{[]byte{8}}
	anss["refused-body-as-number"] = []any{wire.AppendUint(nil, 3, 1)}
	corpus.Keep(t, "FuzzLink", links)
	corpus.Keep(t, "FuzzRequest", reqs)
	corpus.Keep(t, "FuzzAnswer", anss)
}
