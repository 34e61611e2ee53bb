package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
)

// meet returns two people and their offers in person, such that the first is
// the one to go first.
func meet(t testing.TB) (alice, bob *person, a, b *Offer) {
	t.Helper()
	alice, bob = newPerson(t), newPerson(t)
	a, b = alice.offer(t, Person), bob.offer(t, Person)
	if !MayInitiate(a.Invite(), b.Invite()) {
		alice, bob, a, b = bob, alice, b, a
	}
	return alice, bob, a, b
}

func TestPerson(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	invA, bundleA := open(t, offerA)
	invB, bundleB := open(t, offerB)
	if MayInitiate(invB, invA) || MayInitiate(invA, invA) {
		t.Fatal("more than one side goes first")
	}
	msg1, a, err := Initiate(rand.Reader, alice.self, invB, bundleB, offerA, []byte("hello"))
	check(t, err)
	peer, payload, b, err := Respond(offerB, bob.self, invA, bundleA, msg1)
	check(t, err)
	if peer.Account != alice.self.Identity.Account || string(payload) != "hello" {
		t.Error("the second does not see the first's identity and payload")
	}
	converse(t, reload(t, a), reload(t, b))
}

func TestPersonRoles(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	invA, bundleA := open(t, offerA)
	invB, bundleB := open(t, offerB)
	_, _, err := Initiate(rand.Reader, bob.self, invA, bundleA, offerB, nil)
	want(t, err, ErrRole)
	msg1, _, err := Initiate(rand.Reader, alice.self, invB, bundleB, offerA, nil)
	check(t, err)
	_, _, _, err = Respond(offerA, alice.self, invB, bundleB, msg1)
	want(t, err, ErrRole)
	// With the offer of somebody else.
	_, _, err = Initiate(rand.Reader, newPerson(t).self, invB, bundleB, offerA, nil)
	want(t, err, ErrBundle)
	_, _, _, err = Respond(offerB, newPerson(t).self, invA, bundleA, msg1)
	want(t, err, ErrBundle)
}

// Neither mode can be used as the other.
func TestModes(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	invA, bundleA := open(t, offerA)
	invB, bundleB := open(t, offerB)
	link := bob.offer(t, Link)
	invL, bundleL := open(t, link)
	aliceLink := alice.offer(t, Link)
	invAL, bundleAL := open(t, aliceLink)

	for _, err := range []error{
		second(Initiate(rand.Reader, alice.self, invB, bundleB, nil, nil)),
		second(Initiate(rand.Reader, alice.self, invL, bundleL, offerA, nil)),
		second(Initiate(rand.Reader, alice.self, invB, bundleB, aliceLink, nil)),
	} {
		want(t, err, ErrMode)
	}
	person, _, err := Initiate(rand.Reader, alice.self, invB, bundleB, offerA, nil)
	check(t, err)
	for _, err := range []error{
		fourth(Respond(offerB, bob.self, nil, nil, person)),
		fourth(Respond(offerB, bob.self, invA, nil, person)),
		fourth(Respond(offerB, bob.self, nil, bundleA, person)),
		fourth(Respond(link, bob.self, invA, bundleA, person)),
		fourth(Respond(offerB, bob.self, invAL, bundleAL, person)),
	} {
		want(t, err, ErrMode)
	}

	// Somebody who follows no rule sends a first message as for a link under
	// an invitation in person, and the other way round.
	asLink := forge(t, meeting{responder: invB}, bundleB, alice.self.Identity.Bytes(), alice.self.Device, unchanged)
	_, _, _, err = Respond(offerB, bob.self, invA, bundleA, asLink)
	want(t, err, ErrForged)
	asPerson := forge(t, meeting{responder: invL, initiator: invA}, bundleL, alice.self.Identity.Bytes(), alice.self.Device, unchanged)
	_, _, _, err = Respond(link, bob.self, nil, nil, asPerson)
	want(t, err, ErrForged)
}

// In person the one who answers talks to whom they scanned and to nobody else.
func TestPersonIsTheScanned(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	invA, bundleA := open(t, offerA)
	invB, bundleB := open(t, offerB)
	third := newPerson(t)

	// Somebody who has seen both displays shows an identity of their own.
	m := meeting{responder: invB, initiator: invA}
	msg1 := forge(t, m, bundleB, third.self.Identity.Bytes(), third.self.Device, unchanged)
	_, _, _, err := Respond(offerB, bob.self, invA, bundleA, msg1)
	want(t, err, ErrForged)
	// Alice's account with another device of hers is not what was scanned either.
	device, err := account.NewDevice(rand.Reader)
	check(t, err)
	list, err := alice.self.Identity.List.Next(alice.key, alice.self.Device, alice.self.Device.Public(), device.Public())
	check(t, err)
	shown := (&account.Identity{Account: alice.self.Identity.Account, List: list, Device: *device.Public()}).Bytes()
	_, _, _, err = Respond(offerB, bob.self, invA, bundleA, forge(t, m, bundleB, shown, device, unchanged))
	want(t, err, ErrForged)

	// A bundle that is not the one whose hash was scanned.
	var other *Offer
	for other == nil || !MayInitiate(other.Invite(), invB) {
		other = third.offer(t, Person)
	}
	_, bundleT := open(t, other)
	good, _, err := Initiate(rand.Reader, alice.self, invB, bundleB, offerA, nil)
	check(t, err)
	_, _, _, err = Respond(offerB, bob.self, invA, bundleT, good)
	want(t, err, ErrBundle)

	// Who was scanned is whom the secrets are with: Alice's message, for whom
	// somebody else was scanned.
	_, _, _, err = Respond(offerB, bob.self, other.Invite(), bundleT, good)
	want(t, err, ErrForged)
}

func second[A, B any](_ A, _ B, err error) error         { return err }
func fourth[A, B, C any](_ A, _ B, _ C, err error) error { return err }

// All that both sides stand on enters h0 or ck0.
func TestScheduleBinds(t *testing.T) {
	start := func(change func(*Invite, *Invite)) *schedule {
		r, i := invite(3, 2), invite(4, 1)
		r.Mode, i.Mode = Person, Person
		change(r, i)
		return newSchedule(meeting{responder: r, initiator: i})
	}
	plain := start(func(_, _ *Invite) {})
	for name, change := range map[string]func(r, i *Invite){
		"mode":        func(r, _ *Invite) { r.Mode = Link },
		"bundle of B": func(r, _ *Invite) { r.BundleHash[9] ^= 1 },
		"bundle of A": func(_, i *Invite) { i.BundleHash[9] ^= 1 },
		"secret of B": func(r, _ *Invite) { r.Secret[9] ^= 1 },
		"secret of A": func(_, i *Invite) { i.Secret[9] ^= 1 },
		"route of B":  func(r, _ *Invite) { r.Route[0] ^= 1 },
		"expiry of B": func(r, _ *Invite) { r.Expires = noon },
	} {
		if s := start(change); bytes.Equal(s.ck, plain.ck) {
			t.Errorf("%s is not bound", name)
		}
	}
	r, i := invite(3, 2), invite(4, 1)
	r.Mode = Person
	if bytes.Equal(newSchedule(meeting{responder: r}).ck, newSchedule(meeting{responder: r, initiator: i}).ck) {
		t.Error("the initiator's part is not bound")
	}
}
