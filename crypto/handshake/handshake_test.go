package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"

	"sotto/crypto/internal/secret/secrettest"
)

func TestLink(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	if bundle.Identity.Account != bob.self.Identity.Account || string(bundle.Route) != "somewhere" ||
		bundle.Invite().Text() != offer.Invite().Text() {
		t.Error("bundle does not say who and where the inviter is")
	}
	msg1, a := alice.initiate(t, bundle, nil, "hello")
	if len(msg1) != CellSize {
		t.Fatalf("first message has %d bytes", len(msg1))
	}
	stored, err := offer.MarshalBinary()
	check(t, err)
	offer, err = ParseOffer(stored)
	check(t, err)
	r, err := offer.Respond(bob.self, nil, msg1)
	check(t, err)
	if !bytes.Equal(r.Peer.Bytes(), alice.self.Identity.Bytes()) || string(r.Payload) != "hello" {
		t.Error("the inviter does not see the joiner's identity and payload")
	}
	converse(t, reload(t, a), reload(t, r.Session))
}

func TestPerson(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	if MayInitiate(offerB.Invite(), offerA.Invite()) || MayInitiate(offerA.Invite(), offerA.Invite()) {
		t.Fatal("more than one side goes first")
	}
	msg1, a := alice.initiate(t, bundleB, offerA, "hello")
	r, err := offerB.Respond(bob.self, bundleA, msg1)
	check(t, err)
	if r.Peer.Account != alice.self.Identity.Account || string(r.Payload) != "hello" {
		t.Error("the second does not see the first's identity and payload")
	}
	converse(t, reload(t, a), reload(t, r.Session))
}

// The side with the greater bundle hash answers, and an offer is good for the
// side that made it.
func TestPersonRoles(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	_, _, err := Initiate(rand.Reader, bob.self, bundleA, offerB, nil)
	want(t, err, ErrRole)
	msg1, _ := alice.initiate(t, bundleB, offerA, "")
	_, err = offerA.Respond(alice.self, bundleB, msg1)
	want(t, err, ErrRole)
	_, _, err = Initiate(rand.Reader, newPerson(t).self, bundleB, offerA, nil)
	want(t, err, ErrBundle)
	_, err = offerB.Respond(newPerson(t).self, bundleA, msg1)
	want(t, err, ErrBundle)
}

func TestPayload(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	_, _, err := Initiate(rand.Reader, alice.self, bundle, nil, make([]byte, MaxPayload+1))
	want(t, err, ErrTooLong)
	// The greatest payload fits beside the greatest identity.
	great := alice.greatest(t)
	msg1, _, err := Initiate(rand.Reader, great, bundle, nil, bytes.Repeat([]byte{1}, MaxPayload))
	check(t, err)
	r, err := offer.Respond(bob.self, nil, msg1)
	check(t, err)
	if len(r.Payload) != MaxPayload {
		t.Errorf("%d bytes of payload", len(r.Payload))
	}
	// And the greatest bundle into its cell.
	big, err := NewOffer(rand.Reader, great, Link, later, make([]byte, MaxRoute))
	check(t, err)
	open(t, big)
}

// constant is a generator of random numbers that is stuck.
type constant struct{}

func (constant) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 5
	}
	return len(b), nil
}

// What is made at random is not known to somebody who knows what the generator
// gives, and two first messages differ even if it repeats itself.
func TestHedged(t *testing.T) {
	alice, bob, carrier := newPerson(t), newPerson(t), newPerson(t)
	seen := map[string]bool{}
	add := func(name string, value []byte) {
		if seen[string(value)] {
			t.Errorf("%s follows from the generator alone", name)
		}
		seen[string(value)] = true
	}
	for _, p := range []*person{alice, bob} {
		offer, err := NewOffer(constant{}, p.self, Link, later, nil)
		check(t, err)
		add("s", offer.Invite().secret[:])
		add("OT", offer.keys.oneTime[:])
		add("R_B0, E_B0", offer.keys.ratchet.Bytes())
	}
	for _, p := range []*person{alice, bob} {
		offer, err := NewResetOffer(constant{}, p.self, [32]byte{1})
		check(t, err)
		reset := func(b []byte) []byte { return append([]byte("reset "), b...) }
		add("s of a reset bundle", reset(offer.bundle.secret[:]))
		add("OT of a reset bundle", reset(offer.keys.oneTime[:]))
		add("R_B0, E_B0 of a reset bundle", reset(offer.keys.ratchet.Bytes()))
	}
	for _, p := range []*person{alice, alice, bob} {
		offer := carrier.offer(t, Link)
		msg1, _, err := Initiate(constant{}, p.self, open(t, offer), nil, nil)
		check(t, err)
		content, err := openCell(offer.Invite().secret, labelEnvelope, nil, msg1)
		check(t, err)
		h0, ikm := linkPrologue(offer.Invite())
		f := follow(t, h0, ikm, content, carrier.self.Device, &offer.keys.oneTime)
		add("e", content[:32])
		add("R_A1, E_A1", f.text[:1216])
	}
}

// Whatever holds a secret prints nothing of it.
func TestRedaction(t *testing.T) {
	_, bob, offerA, offerB := meet(t)
	reset, err := NewResetOffer(rand.Reader, bob.self, [32]byte{1})
	check(t, err)
	p := invitationPrologue(offerB.Invite(), offerA.Invite())
	for _, v := range []any{offerB, reset, p, newSchedule(p)} {
		secrettest.Hidden(t, v, offerB.keys.oneTime[:], offerB.keys.ratchet.Bytes(), reset.keys.oneTime[:])
	}
}
