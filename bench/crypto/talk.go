package main

import (
	"bytes"
	"crypto/rand"

	"sotto/crypto/ratchet"
)

// skipped is the number of messages in a gap.
const skipped = 1000

// A side is a session as a program has it between two operations: in memory,
// or as bytes in a store.
type side struct {
	session *ratchet.Session
	bytes   []byte
}

func keep(s *ratchet.Session, stored bool) side {
	if stored {
		return side{bytes: must(s.MarshalBinary())}
	}
	return side{session: s}
}

func (s side) load() *ratchet.Session {
	if s.bytes != nil {
		return must(ratchet.ParseSession(s.bytes))
	}
	return s.session
}

func (s side) encrypt(text []byte) (cell []byte, next side) {
	cell, session, err := s.load().Encrypt(rand.Reader, text)
	check(err)
	return cell, keep(session, s.bytes != nil)
}

func (s side) decrypt(cell []byte) (text []byte, next side) {
	opened, session, err := s.load().Decrypt(noon, cell)
	check(err)
	return opened.Plaintext, keep(session, s.bytes != nil)
}

// send brings one message over.
func send(from, to side, text []byte) (side, side) {
	cell, from := from.encrypt(text)
	got, to := to.decrypt(cell)
	if !bytes.Equal(got, text) {
		panic("another text came out")
	}
	return from, to
}

// A talk goes on from a session that both sides have confirmed, in which Bob
// has opened a cell of Alice's newest chain. Sessions never change, so that
// every measurement begins at this place.
type talk struct{ alice, bob side }

func newTalk(m *meeting) *talk {
	offer, cell := m.invite()
	msg1, alice := m.accept(offer, cell)
	bob := m.answer(offer, must(offer.MarshalBinary()), msg1)
	for range 4 {
		alice, bob = send(alice, bob, []byte("message"))
		bob, alice = send(bob, alice, []byte("answer"))
	}
	alice, bob = send(alice, bob, []byte("message"))
	return &talk{alice, bob}
}

// cells are the next of Alice's chain.
func (t *talk) cells(n, size int) [][]byte {
	cells, alice := make([][]byte, n), t.alice
	for i := range cells {
		cells[i], alice = alice.encrypt(make([]byte, size))
	}
	return cells
}

func (t *talk) encrypt(size int) program {
	return func(w *watch, n int) {
		text, alice := make([]byte, size), t.alice
		w.start()
		for range n {
			_, alice = alice.encrypt(text)
		}
		w.stop()
	}
}

func (t *talk) decrypt(size int) program {
	return func(w *watch, n int) {
		cells, bob := t.cells(n, size), t.bob
		w.start()
		for _, cell := range cells {
			_, bob = bob.decrypt(cell)
		}
		w.stop()
	}
}

func (t *talk) oneWay(size int) program {
	return func(w *watch, n int) {
		text, alice, bob := make([]byte, size), t.alice, t.bob
		w.start()
		for range n {
			alice, bob = send(alice, bob, text)
		}
		w.stop()
	}
}

// pingPong has each side begin a chain with every message.
func (t *talk) pingPong(w *watch, n int) {
	text, alice, bob := make([]byte, 256), t.alice, t.bob
	w.start()
	for range n {
		bob, alice = send(bob, alice, text)
		alice, bob = send(alice, bob, text)
	}
	w.stop()
}

// gap opens the cell after those that are missing.
func (t *talk) gap(w *watch, n int) {
	cells := t.cells(skipped+1, 256)
	w.start()
	for range n {
		t.bob.decrypt(cells[skipped])
	}
	w.stop()
}

// skipped opens those that were missing, the newest first.
func (t *talk) skipped(w *watch, n int) {
	cells := t.cells(skipped+1, 256)
	_, bob := t.bob.decrypt(cells[skipped])
	w.start()
	for i := range n {
		_, bob = bob.decrypt(cells[skipped-1-i])
	}
	w.stop()
}
