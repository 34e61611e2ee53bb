package ratchet

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// side is one end of the model: a session as it is stored, and what is on its
// way to it.
type side struct {
	s        *Session
	sent     int
	coming   []envelope // sent by the other and not opened
	arrived  []envelope
	received map[string]bool
}

type envelope struct {
	cell      []byte
	text      string
	list      uint32 // version of the sender's list that is in force
	announces uint32 // version of the list that the cell announces, or 0
}

// schedules is how often a model is run, in units of what rapid does by itself,
// which is 100.
const schedules = 20

// TestModel lets two sides send and announce device lists while a network
// loses, delays, reorders, repeats, reflects and alters cells; both are stored
// and read again at any time, and crash before they have stored what they did.
// Each cell opens to its text, once, whenever it comes, but one that counts on a
// list that was not announced yet waits for that; nothing else opens, and what
// is refused changes nothing.
func TestModel(t *testing.T) {
	for range schedules {
		rapid.Check(t, func(t *rapid.T) { model(t, func(_, _ *side, _ []byte) {}) })
	}
}

// model plays one schedule. It calls sealed with every cell that is sent.
func model(t *rapid.T, sealed func(from, to *side, cell []byte)) {
	alice, bob := begin(t)
	sides := [2]*side{{s: alice, received: map[string]bool{}}, {s: bob, received: map[string]bool{}}}
	pick := func(t *rapid.T) (me, other *side) {
		i := rapid.IntRange(0, 1).Draw(t, "side")
		return sides[i], sides[1-i]
	}
	cell := func(t *rapid.T, of []envelope) int {
		if len(of) == 0 {
			t.Skip()
		}
		return rapid.IntRange(0, len(of)-1).Draw(t, "cell")
	}
	send := func(t *rapid.T, from, to *side, announces uint32) {
		text := fmt.Sprintf("%v %d", from == sides[0], from.sent)
		e := envelope{text: text, list: from.s.OwnList().Version, announces: announces}
		e.cell, from.s = seal(t, from.s, text)
		from.sent++
		to.coming = append(to.coming, e)
		sealed(from, to, e.cell)
	}
	t.Repeat(map[string]func(*rapid.T){
		"send": func(t *rapid.T) {
			me, other := pick(t)
			for range rapid.IntRange(1, 4).Draw(t, "cells") {
				send(t, me, other, 0)
			}
		},
		"announce": func(t *rapid.T) {
			me, other := pick(t)
			v := me.s.OwnList().Version + rapid.Uint32Range(1, 3).Draw(t, "versions")
			send(t, me, other, v)
			var err error
			me.s, err = me.s.PinOwn(list(v))
			check(t, err)
		},
		"deliver": func(t *rapid.T) {
			me, _ := pick(t)
			me.deliver(t, cell(t, me.coming))
		},
		"lose": func(t *rapid.T) {
			me, _ := pick(t)
			i := cell(t, me.coming)
			me.coming = slices.Delete(me.coming, i, i+1)
		},
		"repeat": func(t *rapid.T) {
			me, _ := pick(t)
			me.refuse(t, me.arrived[cell(t, me.arrived)].cell, ErrReplay, ErrUnknown)
		},
		"alter": func(t *rapid.T) {
			me, _ := pick(t)
			c := bytes.Clone(me.coming[cell(t, me.coming)].cell)
			c[rapid.IntRange(0, len(c)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			me.refuse(t, c, ErrForged, ErrUnknown, ErrCell, ErrListAhead)
		},
		"reflect": func(t *rapid.T) {
			me, other := pick(t)
			me.refuse(t, other.coming[cell(t, other.coming)].cell, ErrUnknown)
		},
		"restart": func(t *rapid.T) {
			me, _ := pick(t)
			me.s = reload(t, me.s)
		},
		// A crash before the transaction ends: as if nothing had been done.
		"crash when sending": func(t *rapid.T) {
			me, _ := pick(t)
			_, _ = seal(t, me.s, "never stored, never sent")
			me.s = reload(t, me.s)
		},
		"crash when receiving": func(t *rapid.T) {
			me, _ := pick(t)
			_, _, _ = me.s.Decrypt(noon, me.coming[cell(t, me.coming)].cell)
			me.s = reload(t, me.s)
		},
		"": func(t *rapid.T) {
			if b := sides[1].s; b.Confirmed() && !sides[0].s.Confirmed() {
				t.Fatal("the responder is confirmed before the initiator")
			}
		},
	})
	for _, me := range sides {
		// All that was not lost, the newest first, and what is ahead again.
		for progress := true; progress; {
			progress = false
			for i := len(me.coming) - 1; i >= 0; i-- {
				progress = me.deliver(t, i) || progress
			}
		}
		for _, e := range me.coming {
			if e.list <= me.s.PeerList().Version {
				t.Fatalf("cell %q stays closed", e.text)
			}
		}
		for _, c := range me.s.old {
			if len(c.skipped) == 0 {
				t.Fatal("a chain with nothing missing is kept")
			}
		}
	}
}

// deliver has one of the coming cells opened, and reports whether it was.
func (me *side) deliver(t *rapid.T, i int) bool {
	e := me.coming[i]
	if e.list > me.s.PeerList().Version {
		me.refuse(t, e.cell, ErrListAhead)
		return false
	}
	me.coming = slices.Delete(me.coming, i, i+1)
	got, next, err := me.s.Decrypt(noon, e.cell)
	if err != nil {
		t.Fatalf("cell %q: %v", e.text, err)
	}
	if string(got.Plaintext) != e.text || me.received[e.text] {
		t.Fatalf("opened %q, want %q, once", got.Plaintext, e.text)
	}
	me.s, me.received[e.text] = next, true
	if e.announces != 0 {
		me.s, err = me.s.PinPeer(got.Place, list(e.announces))
		check(t, err)
	}
	me.arrived = append(me.arrived, e)
	return true
}

// refuse checks that a cell is refused, with one of the errors.
func (me *side) refuse(t *rapid.T, cell []byte, targets ...error) {
	before := stored(t, me.s)
	_, next, err := me.s.Decrypt(noon, cell)
	if !slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) }) {
		t.Fatalf("got error %v, want one of %v", err, targets)
	}
	if next != nil || !bytes.Equal(before, stored(t, me.s)) {
		t.Fatal("a refused cell changes the session")
	}
}
