package main

import (
	"crypto/rand"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/handshake"
)

// The clock of the bench stands still.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A meeting has Bob, who invites, and Alice, who accepts. With stored, offers
// and sessions are serialised after each operation and read before the next.
type meeting struct {
	stored     bool
	alice, bob *handshake.Self
}

func newMeeting(stored bool) *meeting { return &meeting{stored, newSelf(), newSelf()} }

// newSelf makes an account with one device.
func newSelf() *handshake.Self {
	phrase := must(account.NewPhrase(rand.Reader))
	key := must(phrase.AccountKey())
	device := must(account.NewDevice(rand.Reader))
	list := must(account.NewList(key, device.Public()))
	return &handshake.Self{
		Identity: &account.Identity{Account: *key.Public(), List: list, Device: *device.Public()},
		Device:   device,
	}
}

// invite makes an offer, and the bundle's cell as Alice will fetch it.
func (m *meeting) invite() (*handshake.Offer, []byte) {
	offer := must(handshake.NewOffer(rand.Reader, m.bob, handshake.Link, noon.Add(24*time.Hour), nil))
	return offer, must(offer.BundleCell(rand.Reader))
}

// accept checks the bundle, the device list in it included, and begins.
func (m *meeting) accept(offer *handshake.Offer, cell []byte) (msg1 []byte, alice side) {
	bundle := must(handshake.OpenBundle(offer.Invite(), cell))
	msg1, s, err := handshake.Initiate(rand.Reader, m.alice, bundle, nil, make([]byte, payload))
	check(err)
	return msg1, keep(s, m.stored)
}

// answer opens the first message, and checks Alice's device list. With stored
// it begins with the offer's bytes.
func (m *meeting) answer(offer *handshake.Offer, bytes, msg1 []byte) (bob side) {
	if m.stored {
		offer = must(handshake.ParseOffer(bytes))
	}
	return keep(must(offer.Respond(m.bob, nil, msg1)).Session, m.stored)
}

func (m *meeting) offer(w *watch, n int) {
	w.start()
	for range n {
		offer, _ := m.invite()
		if m.stored {
			must(offer.MarshalBinary())
		}
	}
	w.stop()
}

func (m *meeting) initiate(w *watch, n int) {
	offer, cell := m.invite()
	w.start()
	for range n {
		m.accept(offer, cell)
	}
	w.stop()
}

func (m *meeting) respond(w *watch, n int) {
	offer, cell := m.invite()
	bytes := must(offer.MarshalBinary())
	msg1, _ := m.accept(offer, cell)
	w.start()
	for range n {
		m.answer(offer, bytes, msg1)
	}
	w.stop()
}

func (m *meeting) setup(w *watch, n int) {
	offer, cell := m.invite()
	bytes := must(offer.MarshalBinary())
	w.start()
	for range n {
		msg1, _ := m.accept(offer, cell)
		m.answer(offer, bytes, msg1)
	}
	w.stop()
}
