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
		_, _, err = Initiate(rand.Reader, alice.self, bundle, nil, nil)
		check(b, err)
	}
}

func BenchmarkRespond(b *testing.B) {
	alice, bob := newPerson(b), newPerson(b)
	offer := bob.offer(b, Link)
	msg1, _ := alice.initiate(b, open(b, offer), nil, "")
	for b.Loop() {
		_, err := offer.Respond(bob.self, nil, msg1)
		check(b, err)
	}
}

func BenchmarkResetBundle(b *testing.B) {
	bob := newPerson(b)
	for b.Loop() {
		offer, err := NewResetOffer(rand.Reader, bob.self, [32]byte{1})
		check(b, err)
		offer.Bundle()
	}
}

func BenchmarkReset(b *testing.B) {
	c := newContacts(b)
	rs := c.a.Resumption()
	for b.Loop() {
		_, _, err := Reset(rand.Reader, c.alice.self, c.bob.self.Identity, c.a.Hash(), c.bundle, rs, nil)
		check(b, err)
	}
}

func BenchmarkResetRespond(b *testing.B) {
	c := newContacts(b)
	msg1, _ := c.reset(b, c.a.Resumption(), "")
	for b.Loop() {
		_, err := c.respond(msg1)
		check(b, err)
	}
}
