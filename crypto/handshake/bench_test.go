package handshake

import (
	"crypto/rand"
	"testing"
)

func BenchmarkOffer(b *testing.B) {
	bob := newPerson(b)
	for b.Loop() {
		offer := bob.offer(b, Link)
		if _, err := offer.BundleCell(rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInitiate(b *testing.B) {
	alice, bob := newPerson(b), newPerson(b)
	offer := bob.offer(b, Link)
	cell, err := offer.BundleCell(rand.Reader)
	check(b, err)
	for b.Loop() {
		bundle, err := OpenBundle(offer.Invite(), cell)
		check(b, err)
		_, _, err = Initiate(rand.Reader, alice.self, offer.Invite(), bundle, nil, nil)
		check(b, err)
	}
}

func BenchmarkRespond(b *testing.B) {
	alice, bob := newPerson(b), newPerson(b)
	offer := bob.offer(b, Link)
	inv, bundle := open(b, offer)
	msg1, _, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, nil)
	check(b, err)
	for b.Loop() {
		_, _, _, err := Respond(offer, bob.self, nil, nil, msg1)
		check(b, err)
	}
}
