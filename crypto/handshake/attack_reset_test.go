package handshake

import (
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// Attacks by whoever once copied a device, and would reset its sessions for
// ever.

// The attacker has copied Alice's device: its keys, a reset bundle, and the
// resumption secret of that moment. As long as the two do not talk he is Alice.
// After a round trip the secret is worth nothing: what he can make is a stale
// reset, which Bob is warned of.
func TestCopiedDevice(t *testing.T) {
	c := newContacts(t)
	copied := c.a.Resumption()
	reset := func(rs []byte) (bool, error) {
		msg1, _ := c.reset(t, rs, "")
		r, err := c.respond(msg1)
		return err == nil && r.Fresh, err
	}
	if fresh, err := reset(copied); err != nil || !fresh {
		t.Fatalf("right away: fresh is %v, error %v", fresh, err)
	}
	// One round trip later: Alice has opened a newer chain, and Bob knows.
	c.a, c.b = turn(t, c.a, c.b)
	if _, err := reset(copied); err == nil {
		t.Error("a copied resumption secret is good after a round trip")
	} else {
		want(t, err, ErrForged)
	}
	if fresh, err := reset(nil); err != nil || fresh {
		t.Errorf("without a secret: fresh is %v, error %v", fresh, err)
	}
	if fresh, err := reset(c.a.Resumption()); err != nil || !fresh {
		t.Errorf("Alice herself: fresh is %v, error %v", fresh, err)
	}
}

// The newest secret of Bob's may not have arrived: as long as it is not answered,
// that before it counts as well.
func TestResumptionsInFlight(t *testing.T) {
	c := newContacts(t)
	last := c.a.Resumption()
	cell, b := seal(t, c.b, "perhaps lost") // begins a chain
	c.b = b
	msg1, _ := c.reset(t, last, "")
	r, err := c.respond(msg1)
	check(t, err)
	if !r.Fresh {
		t.Error("a reset with the newest secret that arrived is stale")
	}
	// It has arrived after all.
	c.a = unseal(t, c.a, cell, "perhaps lost")
	msg1, _ = c.reset(t, c.a.Resumption(), "")
	r, err = c.respond(msg1)
	check(t, err)
	if n := len(c.b.Resumptions()); !r.Fresh || n != 2 {
		t.Errorf("with the newest secret: fresh is %v; %d secrets are accepted", r.Fresh, n)
	}
}

// Something that is no secret does not make a reset fresh: an empty one, or one
// of another length, in the list of those accepted.
func TestEmptyResumption(t *testing.T) {
	c := newContacts(t)
	own := []ratchet.List{pin(c.bob.self.Identity.List)}
	for _, accepted := range [][][]byte{{{}}, {nil}, {make([]byte, 31)}, {nil, {}}, nil} {
		msg1, _ := c.reset(t, nil, "")
		r, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, accepted, msg1)
		check(t, err)
		if r.Fresh {
			t.Errorf("a reset without a secret is fresh where %v is accepted", accepted)
		}
		for _, rs := range [][]byte{{}, nil} {
			f := c.byReset(rs)
			r, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, accepted, f.msg1(t))
			check(t, err)
			if r.Fresh {
				t.Error("a forged reset is fresh")
			}
		}
	}
}

// Who has Alice's device and her resumption secret, but no bundle, can do
// nothing; nor who has an older bundle that was used.
func TestCopiedWithoutBundle(t *testing.T) {
	c := newContacts(t)
	guess := newContacts(t).bundle
	real := c.bundle
	c.bundle = guess
	msg1, _ := c.reset(t, c.a.Resumption(), "")
	want(t, failure(c.respond(msg1)), ErrEnvelope)
	// The tag of a real one is seen on the wire; that is not the bundle.
	copy(msg1, real.head())
	want(t, failure(c.respond(msg1)), ErrEnvelope)
	// Its prekeys without its secret.
	c.bundle = &ResetBundle{secret: guess.secret, prekeys: real.prekeys}
	msg1, _ = c.reset(t, c.a.Resumption(), "")
	want(t, failure(c.respond(msg1)), ErrEnvelope)
	// Its secret without its prekeys.
	c.bundle = &ResetBundle{secret: real.secret, prekeys: guess.prekeys}
	msg1, _ = c.reset(t, c.a.Resumption(), "")
	want(t, failure(c.respond(msg1)), ErrForged)

	// A bundle that was used: Bob has a new offer, the old one is destroyed.
	c.bundle = real
	msg1, _ = c.reset(t, nil, "")
	check(t, failure(c.respond(msg1)))
	c.offer.Wipe()
	again, _ := c.reset(t, nil, "")
	want(t, failure(c.respond(again)), ErrEnvelope)
	used := c.bundle
	c.give(t)
	c.bundle = used
	again, _ = c.reset(t, nil, "")
	want(t, failure(c.respond(again)), ErrEnvelope)
}

// A reset has to come from the account, the device and with the list that are
// pinned for the old session.
func TestResetByOther(t *testing.T) {
	c := newContacts(t)
	alice := c.alice
	second := newDevice(t)
	longer := alice.with(t, second)
	recovered, err := account.Recover(alice.key, 29_000_000, alice.self.Device.Public())
	check(t, err)
	id := alice.self.Identity
	for name, by := range map[string]*Self{
		"another account":  newPerson(t).self,
		"another device":   {&account.Identity{Account: id.Account, List: longer.Identity.List, Device: *second.Public()}, second},
		"a later list":     longer,
		"a recovered list": {&account.Identity{Account: id.Account, List: recovered, Device: id.Device}, alice.self.Device},
	} {
		for _, rs := range [][]byte{nil, c.a.Resumption()} {
			c.alice = &person{alice.key, by}
			msg1, _ := c.reset(t, rs, "")
			c.alice = alice
			refused(t, name, failure(c.respond(msg1)), ErrPinned)
		}
	}
}

// The message names a list of Bob's that he never had: Alice was shown a forged
// one, or her device was made to say so.
func TestResetWithUnknownList(t *testing.T) {
	c := newContacts(t)
	own := []ratchet.List{{Version: 3}, {Version: 5}, pin(c.bob.self.Identity.List)}
	for _, version := range []uint32{0, 2, 4, 6, 1 << 31} {
		f := c.byReset(nil)
		f.text = resetText(version, nil)
		_, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, nil, f.msg1(t))
		want(t, err, ErrListUnknown)
	}
	// One that he had: the session counts on it, whatever Alice thinks it says,
	// so that nothing opens between two that have different ones in mind.
	f := c.byReset(nil)
	f.text = resetText(3, nil)
	content, a := f.content(t)
	r, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, nil, wrap(t, f.prologue, content))
	check(t, err)
	cell, _ := seal(t, a, "A1")
	if _, _, err := r.Session.Decrypt(noon, cell); err == nil {
		t.Error("a cell opens between two that pin different lists")
	}
}

// The bundle was given in another session of the same two people, or is said to
// have been.
func TestResetOfAnotherSession(t *testing.T) {
	c := newContacts(t)
	earlier := c.a.Hash()
	a, b := linkAgain(t, c)
	msg1, _ := c.reset(t, nil, "") // with the bundle of the first session
	check(t, failure(c.respond(msg1)))
	c.a, c.b = a, b
	msg1, _ = c.reset(t, nil, "") // which is said to be of the second
	want(t, failure(c.respond(msg1)), ErrForged)
	c.give(t)
	if c.a.Hash() == earlier {
		t.Fatal("two sessions have one hash")
	}
	f := c.byReset(nil)
	f.prologue.origin = earlier
	want(t, failure(c.respond(f.msg1(t))), ErrForged)
	// Nor is a resumption secret of the one good for the other.
	msg1, _ = c.reset(t, c.a.Resumption(), "")
	_, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, []ratchet.List{pin(c.bob.self.Identity.List)}, nil, msg1)
	want(t, err, ErrForged)
}

// linkAgain lets the two meet a second time.
func linkAgain(t testing.TB, c *contacts) (a, b *ratchet.Session) {
	t.Helper()
	offer := c.bob.offer(t, Link)
	msg1, a := c.alice.initiate(t, open(t, offer), nil, "")
	r, err := offer.Respond(c.bob.self, nil, msg1)
	check(t, err)
	return converse(t, a, r.Session)
}

// A reset is not a way past confirmation: what arrives first is from somebody
// who only claims to be Alice, as with an invitation.
func TestResetIsUnconfirmed(t *testing.T) {
	c := newContacts(t)
	msg1, a := c.reset(t, c.a.Resumption(), "")
	r, err := c.respond(msg1)
	check(t, err)
	cell, _ := seal(t, a, "A1")
	if b := unseal(t, r.Session, cell, "A1"); a.Confirmed() || b.Confirmed() {
		t.Error("a session is confirmed by a reset")
	}
}
