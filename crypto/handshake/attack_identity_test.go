package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// Attacks on who is who: the safety number covers account keys only, so
// somebody who could show another's account beside his own device would pass
// every comparison.

// impostures are identities that pass for alice's, or carry a device that she
// did not put in her list, made by somebody who has all that is public of hers.
func impostures(t testing.TB, alice, attacker *person) map[string]*account.Identity {
	t.Helper()
	a, m := alice.self.Identity, attacker.self.Identity
	// The same list with one device more, under the old signature.
	ghost := *a.List
	ghost.Devices = append([]account.ListEntry{{Hash: m.Device.Hash()}}, ghost.Devices...)
	if bytes.Compare(ghost.Devices[0].Hash[:], ghost.Devices[1].Hash[:]) > 0 {
		ghost.Devices[0], ghost.Devices[1] = ghost.Devices[1], ghost.Devices[0]
	}
	// One in which the attacker took Alice's place, and one of the attacker's
	// own making that says it is of Alice's account.
	replaced := *a.List
	replaced.Devices = []account.ListEntry{{Hash: m.Device.Hash()}}
	claimed := *m.List
	claimed.Account = a.List.Account
	return map[string]*account.Identity{
		"account and list, another device":     {Account: a.Account, List: a.List, Device: m.Device},
		"account, another's list and device":   {Account: a.Account, List: m.List, Device: m.Device},
		"account, a list that claims to be so": {Account: a.Account, List: &claimed, Device: m.Device},
		"ghost device in the list":             {Account: a.Account, List: &ghost, Device: m.Device},
		"device replaced in the list":          {Account: a.Account, List: &replaced, Device: m.Device},
		"list and device, another account":     {Account: m.Account, List: a.List, Device: a.Device},
	}
}

// The attacker invites with a bundle that shows Alice's account.
func TestImposterInBundle(t *testing.T) {
	alice, attacker := newPerson(t), newPerson(t)
	for name, id := range impostures(t, alice, attacker) {
		inv, cell := promise(t, attacker.offer(t, Link), func(_ *Invite, b *Bundle) { b.Identity = id })
		if _, err := OpenBundle(inv, cell); err == nil {
			t.Errorf("taken in a bundle: %s", name)
		} else {
			want(t, err, ErrBundle)
		}
	}
}

// The attacker accepts an invitation and shows Alice's account.
func TestImposterInFirstMessage(t *testing.T) {
	alice, bob, attacker := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	for name, id := range impostures(t, alice, attacker) {
		f := attacker.byLink(bundle)
		f.shown = id.Bytes()
		_, err := offer.Respond(bob.self, nil, f.msg1(t))
		if err == nil {
			t.Errorf("taken in a first message: %s", name)
		} else {
			want(t, err, ErrForged)
		}
	}
	// Without a trick the attacker is taken, for who he is.
	r, err := offer.Respond(bob.self, nil, attacker.byLink(bundle).msg1(t))
	check(t, err)
	if r.Peer.Account != attacker.self.Identity.Account {
		t.Error("taken for somebody else")
	}
}

// The attacker has got hold of a reset bundle, and shows Alice's account beside
// his device, or himself as he is.
func TestImposterInReset(t *testing.T) {
	c, attacker := newContacts(t), newPerson(t)
	for name, id := range impostures(t, c.alice, attacker) {
		f := c.byReset(nil)
		f.shown, f.device = id.Bytes(), attacker.self.Device
		_, err := c.respond(wrap(t, f.prologue, first(f.content(t))))
		if err == nil {
			t.Errorf("taken in a reset: %s", name)
		} else {
			want(t, err, ErrForged)
		}
	}
	f := c.byReset(nil)
	f.shown, f.device = attacker.self.Identity.Bytes(), attacker.self.Device
	want(t, failure(c.respond(f.msg1(t))), ErrPinned)
}

func first[A, B any](a A, _ B) A { return a }

// The attacker shows all that is Alice's, and lacks only her device's keys.
func TestStolenIdentity(t *testing.T) {
	c, attacker := newContacts(t), newPerson(t)
	offer := c.bob.offer(t, Link)
	f := attacker.byLink(open(t, offer))
	f.shown = c.alice.self.Identity.Bytes()
	want(t, failure(offer.Respond(c.bob.self, nil, f.msg1(t))), ErrForged)

	f = c.byReset(c.a.Resumption())
	f.device = attacker.self.Device
	want(t, failure(c.respond(f.msg1(t))), ErrForged)

	// She herself does it.
	f = c.byReset(c.a.Resumption())
	check(t, failure(c.respond(f.msg1(t))))
}

// Key-compromise impersonation: the attacker has copied everything of Bob's, the
// open offer with OT included, and pretends to Bob to be Alice. He computes
// DH(IK_A,OT) with OT, so Bob opens the message; but no session is confirmed
// without Alice's device, and nothing that Bob sends is read without it.
func TestKeyCompromise(t *testing.T) {
	alice, bob, attacker := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	f := attacker.byLink(open(t, offer))
	f.shown = alice.self.Identity.Bytes()
	// With the device keys of Bob alone he does not come that far.
	want(t, failure(offer.Respond(bob.self, nil, f.msg1(t))), ErrForged)

	var err error
	f.dhA, err = dh(offer.keys.dh, alice.self.Identity.Device.X25519())
	check(t, err)
	content, forged := f.content(t)
	r, err := offer.Respond(bob.self, nil, wrap(t, f.prologue, content))
	check(t, err)
	if r.Session.Hash() != forged.Hash() {
		t.Fatal("the attacker has another session than Bob")
	}
	cell, forged := seal(t, forged, "it's me, Alice")
	b := unseal(t, r.Session, cell, "it's me, Alice")
	answer, b := seal(t, b, "answer")
	_, _, err = forged.Decrypt(noon, answer)
	want(t, err, ratchet.ErrForged)
	cell, _ = seal(t, forged, "believe me")
	b = unseal(t, b, cell, "believe me")
	if b.Confirmed() || forged.Confirmed() {
		t.Error("a session is confirmed in which Alice's device has no part")
	}
}

// The attacker has copied one of the two private keys of Alice's device, or can
// compute it from the public key. Neither of X25519 and ML-KEM-1024 alone is
// enough to read the answer: both have a part in chain B1.
func TestAnswerNeedsDeviceKeys(t *testing.T) {
	alice, _, a, b := linked(t)
	attacker := newPerson(t)
	answer, _ := seal(t, b, "answer")
	state, err := a.MarshalBinary()
	check(t, err)
	dhA, kemA := alice.self.Device.Agreement()
	dhM, kemM := attacker.self.Device.Agreement()
	for name, swap := range map[string][2][]byte{
		"X25519":      {dhA.Bytes(), dhM.Bytes()},
		"ML-KEM-1024": {kemA.Bytes(), kemM.Bytes()},
	} {
		if bytes.Count(state, swap[0]) != 1 {
			t.Fatal("a device key is not in the state")
		}
		s, err := ratchet.ParseSession(bytes.Replace(state, swap[0], swap[1], 1))
		check(t, err)
		if _, _, err = s.Decrypt(noon, answer); err == nil {
			t.Errorf("the answer is read without the %s key of the device", name)
		}
	}
	unseal(t, a, answer, "answer")
}

// Unknown key share: Alice accepts an invitation of Mallory's, who has put into
// his bundle the prekeys of Bob's, and into his own device list Bob's device;
// that is not forbidden, since all of it is public to who has Bob's link. He
// hands Alice's message on. Every secret in it is one that Bob has, but Bob
// must not come to talk with Alice while she thinks that she talks to Mallory.
func TestUnknownKeyShare(t *testing.T) {
	alice, bob, mallory := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	list, err := account.NewList(mallory.key, &bob.self.Identity.Device)
	check(t, err)
	inv, cell := promise(t, offer, func(_ *Invite, b *Bundle) {
		b.Identity = &account.Identity{Account: mallory.self.Identity.Account, List: list, Device: bob.self.Identity.Device}
	})
	bundle, err := OpenBundle(inv, cell)
	check(t, err)
	msg1, a := alice.initiate(t, bundle, nil, "for Mallory")
	if a.PeerList() != pin(list) {
		t.Fatal("Alice does not think that she talks to Mallory")
	}
	want(t, failure(offer.Respond(bob.self, nil, msg1)), ErrForged)
}

// The same with a reset: Mallory, a contact of both, gives Alice the bundle
// that he got from Bob, and hands her reset on. And he gives it in a session
// other than the one for which it was made.
func TestResetBundleOfAnother(t *testing.T) {
	bob, mallory := newPerson(t), newPerson(t)
	withMallory, err := NewResetOffer(rand.Reader, bob.self, [32]byte{1}) // in a session of Mallory and Bob
	check(t, err)
	bundle, err := ParseResetBundle(withMallory.Bundle())
	check(t, err)
	alice := newPerson(t)
	list, err := account.NewList(mallory.key, &bob.self.Identity.Device)
	check(t, err)
	id := &account.Identity{Account: mallory.self.Identity.Account, List: list, Device: bob.self.Identity.Device}
	msg1, _, err := Reset(rand.Reader, alice.self, id, [32]byte{2}, bundle, nil, nil) // in one of Alice and Mallory
	check(t, err)
	own := []ratchet.List{pin(bob.self.Identity.List)}
	want(t, failure(withMallory.Respond(bob.self, mallory.self.Identity, own, nil, msg1)), ErrForged)
	// Not even if Bob looked for whom he had pinned elsewhere.
	want(t, failure(withMallory.Respond(bob.self, alice.self.Identity, own, nil, msg1)), ErrForged)
}

// The attacker mirrors: what Alice sent comes back to her, or she is shown her
// own identity, or her own bundle.
func TestReflection(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offerA, offerB := alice.offer(t, Link), bob.offer(t, Link)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	msg1, _ := alice.initiate(t, bundleB, nil, "hello")
	want(t, failure(offerA.Respond(alice.self, nil, msg1)), ErrEnvelope)
	// As whoever has both links can: in the right envelope.
	content, err := openCell(offerB.Invite().secret, labelEnvelope, nil, msg1)
	check(t, err)
	want(t, failure(offerA.Respond(alice.self, nil, wrap(t, invitationPrologue(offerA.Invite(), nil), content))), ErrForged)

	_, _, err = Initiate(rand.Reader, alice.self, bundleA, nil, nil)
	want(t, err, ErrSelf)
	f := alice.byLink(bundleA)
	want(t, failure(offerA.Respond(alice.self, nil, f.msg1(t))), ErrSelf)

	// Another device of the same account is the same account.
	second := newDevice(t)
	list, err := alice.self.Identity.List.Next(alice.key, alice.self.Device, alice.self.Device.Public(), second.Public())
	check(t, err)
	other := &Self{&account.Identity{Account: alice.self.Identity.Account, List: list, Device: *second.Public()}, second}
	_, _, err = Initiate(rand.Reader, other, bundleA, nil, nil)
	want(t, err, ErrSelf)

	// A reset comes back to who made it.
	c := newContacts(t)
	reset, _ := c.reset(t, c.a.Resumption(), "")
	mirror, err := NewResetOffer(rand.Reader, c.alice.self, c.a.Hash())
	check(t, err)
	own := []ratchet.List{pin(c.alice.self.Identity.List)}
	want(t, failure(mirror.Respond(c.alice.self, c.bob.self.Identity, own, c.a.Resumptions(), reset)), ErrEnvelope)
	inside, err := openCell(c.bundle.secret, labelEnvelope, c.bundle.head(), reset)
	check(t, err)
	again := wrap(t, mirror.bundle.prologue(c.a.Hash(), nil), inside)
	want(t, failure(mirror.Respond(c.alice.self, c.bob.self.Identity, own, c.a.Resumptions(), again)), ErrForged)
	// Or shows its receiver to himself.
	f = c.byReset(nil)
	f.shown, f.device = c.bob.self.Identity.Bytes(), c.bob.self.Device
	want(t, failure(c.respond(f.msg1(t))), ErrSelf)
}
