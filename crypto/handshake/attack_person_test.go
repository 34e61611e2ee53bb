package handshake

import (
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
)

// Attacks on two people who scan each other's codes.

// Somebody has photographed both codes, and has both bundles. He cannot stand
// in for the one who goes first: it must be the identity that was scanned, with
// that device.
func TestPhotographedAsInitiator(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	attacker := newPerson(t)

	f := attacker.inPerson(bundleB, offerA.Invite())
	want(t, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrForged)
	f.shown = alice.self.Identity.Bytes()
	want(t, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrForged)

	// Alice's account with another device of hers is not what was scanned.
	device := newDevice(t)
	list, err := alice.self.Identity.List.Next(alice.key, alice.self.Device, alice.self.Device.Public(), device.Public())
	check(t, err)
	f.shown = (&account.Identity{Account: alice.self.Identity.Account, List: list, Device: *device.Public()}).Bytes()
	f.device = device
	want(t, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrForged)

	// With an invitation of his own he is not the one who was scanned, and what
	// Alice sends is not for who scanned somebody else.
	own := attacker.offer(t, Person)
	for !MayInitiate(own.Invite(), offerB.Invite()) {
		own = attacker.offer(t, Person)
	}
	msg1, _ := attacker.initiate(t, bundleB, own, "")
	want(t, failure(offerB.Respond(bob.self, bundleA, msg1)), ErrForged)
	good, _ := alice.initiate(t, bundleB, offerA, "")
	want(t, failure(offerB.Respond(bob.self, open(t, own), good)), ErrForged)
	check(t, failure(offerB.Respond(bob.self, bundleA, good)))
}

// Nor for the one who answers. He gives his own bundle for Bob's, or reads what
// Alice sends to Bob.
func TestPhotographedAsResponder(t *testing.T) {
	alice, _, offerA, offerB := meet(t)
	attacker := newPerson(t)
	inv := offerB.Invite()
	own := attacker.offer(t, Person)
	cell, err := sealCell(rand.Reader, inv.secret, labelBundle, nil, own.bundle.raw)
	check(t, err)
	want(t, failure(OpenBundle(inv, cell)), ErrBundle)

	msg1, _ := alice.initiate(t, open(t, offerB), offerA, "for Bob")
	his := *own.bundle
	his.invite = inv
	posing := &Offer{bundle: &his, keys: own.keys}
	want(t, failure(posing.Respond(attacker.self, open(t, offerA), msg1)), ErrForged)
}

// Somebody has photographed one of the codes only, and once copied Alice's
// device, so that he could send what Bob expects from her. What is missing is
// the secret on the code of Alice's, which only who stood before it has.
func TestPhotographedOneCode(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	f := alice.inPerson(bundleB, offerA.Invite())
	check(t, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))))
	// He knows the hash of her bundle, but not s_I.
	for name, secret := range map[string][]byte{"none": nil, "zeros": make([]byte, 32), "that of Bob's code": offerB.Invite().secret[:]} {
		f.prologue.secretI = secret
		refused(t, "s_I: "+name, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrForged)
	}
	// Or s_I, but not the hash.
	f = alice.inPerson(bundleB, offerA.Invite())
	for name, hash := range map[string][]byte{"none": nil, "zeros": make([]byte, 32), "that of Bob's": bundleB.invite.bundleHash[:]} {
		f.prologue.bundleI = hash
		refused(t, "H(b_I): "+name, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrForged)
	}
	// With Alice's code alone he has not even an envelope for Bob.
	f = alice.inPerson(bundleB, offerA.Invite())
	f.prologue.secretR = offerA.Invite().secret
	want(t, failure(offerB.Respond(bob.self, bundleA, f.msg1(t))), ErrEnvelope)
}

// Alice's copied device makes another bundle for the invitation that Bob has
// scanned from her: what was scanned is a hash.
func TestSwappedBundleInPerson(t *testing.T) {
	alice, _, offerA, _ := meet(t)
	inv := offerA.Invite()
	again := alice.offer(t, Person)
	cell, err := sealCell(rand.Reader, inv.secret, labelBundle, nil, again.bundle.raw)
	check(t, err)
	want(t, failure(OpenBundle(inv, cell)), ErrBundle)
	if suite.Hash(again.bundle.raw) == inv.bundleHash {
		t.Fatal("two bundles are the same")
	}
}
