package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// contacts are two people in a confirmed session, in which Bob has given Alice
// a reset bundle.
type contacts struct {
	alice, bob *person
	a, b       *ratchet.Session
	offer      *ResetOffer
	bundle     *ResetBundle
}

func newContacts(t testing.TB) *contacts {
	t.Helper()
	c := new(contacts)
	c.alice, c.bob, c.a, c.b = linked(t)
	c.a, c.b = converse(t, c.a, c.b)
	c.give(t)
	return c
}

// give makes another bundle of Bob's.
func (c *contacts) give(t testing.TB) {
	t.Helper()
	var err error
	c.offer, err = NewResetOffer(rand.Reader, c.bob.self, c.b.Hash())
	check(t, err)
	c.bundle, err = ParseResetBundle(c.offer.Bundle())
	check(t, err)
}

// reset is what Alice does.
func (c *contacts) reset(t testing.TB, rs []byte, payload string) ([]byte, *ratchet.Session) {
	t.Helper()
	msg1, s, err := Reset(rand.Reader, c.alice.self, c.bob.self.Identity, c.a.Hash(), c.bundle, rs, []byte(payload))
	check(t, err)
	return msg1, s
}

// respond is what Bob does.
func (c *contacts) respond(msg1 []byte) (*ResetRequest, error) {
	return c.offer.Respond(c.bob.self, c.alice.self.Identity, []ratchet.List{pin(c.bob.self.Identity.List)}, c.b.Resumptions(), msg1)
}

func TestReset(t *testing.T) {
	c := newContacts(t)
	if n := len(c.offer.Bundle()); n != 2851 {
		t.Errorf("a reset bundle has %d bytes", n)
	}
	for _, rs := range [][]byte{c.a.Resumption(), nil} {
		msg1, a := c.reset(t, rs, "hello")
		// It looks like a cell, and its tag finds the offer.
		tag, err := ratchet.CellTag(msg1)
		check(t, err)
		if len(msg1) != CellSize || tag != c.offer.Token() {
			t.Error("a reset does not look like a cell with the bundle's token")
		}
		stored, err := c.offer.MarshalBinary()
		check(t, err)
		if len(stored) != 257 {
			t.Errorf("a stored reset offer has %d bytes", len(stored))
		}
		c.offer, err = ParseResetOffer(stored)
		check(t, err)
		r, err := c.respond(msg1)
		check(t, err)
		if r.Fresh != (rs != nil) || string(r.Payload) != "hello" || r.Peer.Account != c.alice.self.Identity.Account {
			t.Errorf("reset with a resumption secret of %d bytes: fresh is %v, payload %q", len(rs), r.Fresh, r.Payload)
		}
		if r.Session.Hash() == c.b.Hash() {
			t.Error("the new session is the old one")
		}
		converse(t, reload(t, a), reload(t, r.Session))
	}
}

// The other side of the old session may begin as well.
func TestResetByResponder(t *testing.T) {
	c := newContacts(t)
	c.alice, c.bob, c.a, c.b = c.bob, c.alice, c.b, c.a
	c.give(t)
	msg1, a := c.reset(t, c.a.Resumption(), "")
	r, err := c.respond(msg1)
	check(t, err)
	if !r.Fresh {
		t.Error("a reset with the newest secret is stale")
	}
	converse(t, a, r.Session)
}

// Bob's list has changed since Alice saw it: the session begins with the list
// that she has, and Bob announces the new one in it.
func TestResetWithOlderList(t *testing.T) {
	c := newContacts(t)
	before := c.bob.self
	msg1, a := c.reset(t, nil, "")
	c.bob.self = c.bob.with(t, newDevice(t))
	own := []ratchet.List{pin(before.Identity.List), pin(c.bob.self.Identity.List)}
	r, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, nil, msg1)
	check(t, err)
	if r.Session.OwnList() != own[0] || a.PeerList() != own[0] || a.OwnList() != r.Session.PeerList() {
		t.Error("the two sides count on different lists")
	}
	a, b := converse(t, a, r.Session)
	_, b = seal(t, b, "the new list")
	b, err = b.PinOwn(own[1])
	check(t, err)
	if _, err := a.MarshalBinary(); err != nil || b.OwnList() != own[1] {
		t.Error("the new list cannot be announced")
	}
}

func TestResetPayload(t *testing.T) {
	c := newContacts(t)
	_, _, err := Reset(rand.Reader, c.alice.self, c.bob.self.Identity, c.a.Hash(), c.bundle, nil, make([]byte, MaxPayload+1))
	want(t, err, ErrTooLong)
	// The greatest payload fits beside the greatest identity.
	great := c.alice.greatest(t)
	msg1, _, err := Reset(rand.Reader, great, c.bob.self.Identity, c.a.Hash(), c.bundle, nil, make([]byte, MaxPayload))
	check(t, err)
	c.alice.self = great
	r, err := c.respond(msg1)
	check(t, err)
	if len(r.Payload) != MaxPayload {
		t.Errorf("%d bytes of payload", len(r.Payload))
	}
}

// Arguments that do not belong together are refused.
func TestResetArguments(t *testing.T) {
	c := newContacts(t)
	other := newPerson(t)
	begin := func(self *Self, peer *account.Identity, rs []byte) error {
		_, _, err := Reset(rand.Reader, self, peer, c.a.Hash(), c.bundle, rs, nil)
		return err
	}
	bob := c.bob.self.Identity
	for name, err := range map[string]error{
		"device of somebody else":          begin(&Self{c.alice.self.Identity, other.self.Device}, bob, nil),
		"resumption secret too short":      begin(c.alice.self, bob, make([]byte, 31)),
		"empty resumption secret":          begin(c.alice.self, bob, []byte{}),
		"offer for somebody else's device": failure(NewResetOffer(rand.Reader, &Self{c.alice.self.Identity, other.self.Device}, [32]byte{})),
		"offer without randomness":         failure(NewResetOffer(bytes.NewReader(make([]byte, 200)), c.bob.self, [32]byte{})),
	} {
		if err == nil {
			t.Error(name)
		}
	}
	want(t, begin(c.alice.self, c.alice.self.Identity, nil), ErrSelf)
	// Bob's device was taken out of his list since.
	want(t, begin(c.alice.self, &account.Identity{Account: bob.Account, List: bob.List, Device: other.self.Identity.Device}, nil), ErrBundle)

	msg1, _ := c.reset(t, nil, "")
	for name, own := range map[string][]ratchet.List{
		"no list":              nil,
		"not the list of self": {pin(bob.List), pin(c.alice.self.Identity.List)},
	} {
		if _, err := c.offer.Respond(c.bob.self, c.alice.self.Identity, own, nil, msg1); err == nil {
			t.Error(name)
		}
	}
}
