package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// side is one end of the model: a session, and what is on its way to it.
type side struct {
	s        *Session
	sent     int
	coming   []envelope // sent by the other and not delivered
	arrived  []envelope
	received map[string]bool
}

type envelope struct {
	cell []byte
	text string
}

// TestModel lets two sides send while a network loses, delays, reorders,
// repeats and alters cells, and both are stored and read again at any time.
// Each cell opens to its text, once, whenever it comes; nothing else opens, and
// what is refused changes nothing.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alice, bob := begin(t)
		sides := [2]*side{{s: alice, received: map[string]bool{}}, {s: bob, received: map[string]bool{}}}
		pick := func(t *rapid.T) (me, other *side) {
			i := rapid.IntRange(0, 1).Draw(t, "side")
			return sides[i], sides[1-i]
		}
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				me, other := pick(t)
				for range rapid.IntRange(1, 4).Draw(t, "cells") {
					text := fmt.Sprintf("%v %d", me == sides[0], me.sent)
					cell, next, err := me.s.Encrypt(rand.Reader, []byte(text))
					if err != nil {
						t.Fatal(err)
					}
					me.s = next
					me.sent++
					other.coming = append(other.coming, envelope{cell, text})
				}
			},
			"deliver": func(t *rapid.T) {
				me, _ := pick(t)
				if len(me.coming) == 0 {
					t.Skip()
				}
				me.deliver(t, rapid.IntRange(0, len(me.coming)-1).Draw(t, "cell"))
			},
			"lose": func(t *rapid.T) {
				me, _ := pick(t)
				if len(me.coming) == 0 {
					t.Skip()
				}
				i := rapid.IntRange(0, len(me.coming)-1).Draw(t, "cell")
				me.coming = append(me.coming[:i:i], me.coming[i+1:]...)
			},
			"repeat": func(t *rapid.T) {
				me, _ := pick(t)
				if len(me.arrived) == 0 {
					t.Skip()
				}
				me.refuse(t, rapid.SampledFrom(me.arrived).Draw(t, "cell").cell, ErrReplay, ErrUnknown)
			},
			"alter": func(t *rapid.T) {
				me, _ := pick(t)
				if len(me.coming) == 0 {
					t.Skip()
				}
				cell := bytes.Clone(rapid.SampledFrom(me.coming).Draw(t, "cell").cell)
				cell[rapid.IntRange(0, len(cell)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
				me.refuse(t, cell, ErrForged, ErrUnknown, ErrCell)
			},
			"reflect": func(t *rapid.T) {
				me, other := pick(t)
				if len(other.coming) == 0 {
					t.Skip()
				}
				me.refuse(t, other.coming[0].cell, ErrUnknown)
			},
			"restart": func(t *rapid.T) {
				me, _ := pick(t)
				me.s = reload(t, me.s)
			},
			"": func(t *rapid.T) {
				if b := sides[1].s; b.Confirmed() && !sides[0].s.Confirmed() {
					t.Fatal("the responder is confirmed before the initiator")
				}
			},
		})
		for _, me := range sides {
			for len(me.coming) > 0 {
				me.deliver(t, len(me.coming)-1) // the newest first
			}
			if n := len(me.s.old); n > 0 {
				for _, c := range me.s.old {
					if len(c.skipped) == 0 {
						t.Fatal("a chain with nothing missing is kept")
					}
				}
			}
		}
	})
}

func (me *side) deliver(t *rapid.T, i int) {
	e := me.coming[i]
	me.coming = append(me.coming[:i:i], me.coming[i+1:]...)
	got, next, err := me.s.Decrypt(rand.Reader, noon, e.cell)
	if err != nil {
		t.Fatalf("cell %q: %v", e.text, err)
	}
	if string(got) != e.text || me.received[e.text] {
		t.Fatalf("opened %q, want %q, once", got, e.text)
	}
	me.s, me.received[e.text] = next, true
	me.arrived = append(me.arrived, e)
}

func (me *side) refuse(t *rapid.T, cell []byte, targets ...error) {
	before := stored(t, me.s)
	_, next, err := me.s.Decrypt(rand.Reader, noon, cell)
	for _, target := range targets {
		if errors.Is(err, target) {
			if next != nil || !bytes.Equal(before, stored(t, me.s)) {
				t.Fatal("a refused cell changes the session")
			}
			return
		}
	}
	t.Fatalf("got error %v, want one of %v", err, targets)
}
