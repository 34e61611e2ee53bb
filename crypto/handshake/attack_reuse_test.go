package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"

	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
)

// Attacks that use something a second time, or as something else.

// A second person has the link as well. The second first message is told from
// noise when the offer is gone, which is the alarm; and nothing of the one
// session opens in the other.
func TestSecondUser(t *testing.T) {
	alice, bob, third := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	one, a := alice.initiate(t, bundle, nil, "")
	two, c := third.initiate(t, bundle, nil, "")
	r, err := offer.Respond(bob.self, nil, one)
	check(t, err)
	offer.Wipe()

	left, err := ParseInvite(bundle.Invite().Text())
	check(t, err)
	if !left.Opens(one) || !left.Opens(two) {
		t.Error("a second user of the link is not noticed")
	}
	if left.Opens(flipped(two, 100)) || left.Opens(nil) || left.Opens(make([]byte, CellSize)) || left.Opens(two[:CellSize-1]) {
		t.Error("noise is taken for a second user")
	}
	other, _ := alice.initiate(t, open(t, bob.offer(t, Link)), nil, "")
	if left.Opens(other) {
		t.Error("a message for another invitation is taken for a second user")
	}
	if a.Hash() == c.Hash() {
		t.Error("two first messages give one session")
	}
	cell, _ := seal(t, r.Session, "for Alice")
	_, _, err = c.Decrypt(noon, cell)
	want(t, err, ratchet.ErrUnknown)
	unseal(t, a, cell, "for Alice")
}

// The offer was used and wiped. Neither the message that used it nor another
// one opens any more, also not in a copy that was stored after that: who takes
// the device later reads no first message.
func TestSecondUse(t *testing.T) {
	c := newContacts(t)
	offer := c.bob.offer(t, Link)
	msg1, _ := c.alice.initiate(t, open(t, offer), nil, "hello")
	check(t, failure(offer.Respond(c.bob.self, nil, msg1)))
	offer.Wipe()
	want(t, failure(offer.Respond(c.bob.self, nil, msg1)), ErrWiped)
	stored, err := offer.MarshalBinary()
	check(t, err)
	if !bytes.HasSuffix(stored, make([]byte, privatePrekeysSize)) {
		t.Error("private keys are left after Wipe")
	}

	reset, _ := c.reset(t, c.a.Resumption(), "hello")
	check(t, failure(c.respond(reset)))
	c.offer.Wipe()
	want(t, failure(c.respond(reset)), ErrEnvelope)
	stored, err = c.offer.MarshalBinary()
	check(t, err)
	if !bytes.HasSuffix(stored, make([]byte, suite.KeySize+privatePrekeysSize)) {
		t.Error("secrets of a reset bundle are left after Wipe")
	}
}

// A first message is sent to another invitation of the same inviter, in a
// reset, to other prekeys: as it is, and, by who has both secrets, in the right
// envelope.
func TestReplayedElsewhere(t *testing.T) {
	c := newContacts(t)
	one, two := c.bob.offer(t, Link), c.bob.offer(t, Link)
	msg1, _ := c.alice.initiate(t, open(t, one), nil, "hello")
	content, err := openCell(one.Invite().secret, labelEnvelope, nil, msg1)
	check(t, err)
	want(t, failure(two.Respond(c.bob.self, nil, msg1)), ErrEnvelope)
	want(t, failure(two.Respond(c.bob.self, nil, wrap(t, invitationPrologue(two.Invite(), nil), content))), ErrForged)

	// Another invitation with the same prekeys, which an inviter does not make:
	// the texts differ.
	three := &Offer{bundle: new(Bundle), keys: one.keys}
	*three.bundle = *one.bundle
	inv := *one.Invite()
	inv.Route = []byte("elsewhere")
	three.bundle.invite = &inv
	want(t, failure(three.Respond(c.bob.self, nil, msg1)), ErrForged)

	// As a reset, with the secret and the keys of the invitation.
	as := &ResetOffer{session: c.b.Hash(), bundle: ResetBundle{secret: one.Invite().secret, prekeys: one.keys.public()}, keys: one.keys}
	c.offer = as
	want(t, failure(c.respond(msg1)), ErrEnvelope)
	want(t, failure(c.respond(wrap(t, as.bundle.prologue(c.b.Hash(), nil), content))), ErrForged)
	// And a reset as an answer to that invitation.
	c.bundle = &as.bundle
	reset, _ := c.reset(t, nil, "hello")
	want(t, failure(one.Respond(c.bob.self, nil, reset)), ErrEnvelope)
	content, err = openCell(as.bundle.secret, labelEnvelope, as.bundle.head(), reset)
	check(t, err)
	want(t, failure(one.Respond(c.bob.self, nil, wrap(t, invitationPrologue(one.Invite(), nil), content))), ErrForged)
}

// A cell is given out for one of another kind under the same secret; and no two
// things that are derived from a secret are the same.
func TestCrossUse(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv := offer.Invite()
	cell, err := offer.BundleCell(rand.Reader)
	check(t, err)
	msg1, _ := alice.initiate(t, open(t, offer), nil, "")
	want(t, failure(offer.Respond(bob.self, nil, cell)), ErrEnvelope)
	want(t, failure(OpenBundle(inv, msg1)), ErrEnvelope)
	if inv.Opens(cell) {
		t.Error("the bundle is taken for a second user")
	}
	// A reset bundle's head is authenticated: the same cell without it is none.
	b := &ResetBundle{secret: inv.secret}
	headed, err := sealCell(rand.Reader, b.secret, labelEnvelope, b.head(), []byte("content"))
	check(t, err)
	want(t, failure(openCell(inv.secret, labelEnvelope, nil, headed)), ErrEnvelope)

	derived := map[string]string{}
	for name, key := range map[string][]byte{
		"secret": inv.secret[:],
		"token":  suite.KDF(nil, inv.secret[:], labelToken, 32),
		"bundle": suite.KDF(nil, inv.secret[:], labelBundle, 32),
		"env":    suite.KDF(nil, inv.secret[:], labelEnvelope, 32),
	} {
		if other, ok := derived[string(key[:16])]; ok {
			t.Errorf("%s and %s are the same", name, other)
		}
		derived[string(key[:16])] = name
	}
	token := inv.Token()
	if derived[string(token[:])] != "token" {
		t.Error("the token is derived otherwise")
	}
	// The keys of cells are those: an envelope opens with its own and no other.
	for _, kind := range []struct {
		label string
		cell  []byte
	}{{labelBundle, cell}, {labelEnvelope, msg1}} {
		for _, label := range []string{labelBundle, labelEnvelope, labelToken} {
			_, err := suite.Open(suite.KDF(nil, inv.secret[:], label, 32), kind.cell[:24], kind.cell[24:], nil)
			if (err == nil) != (label == kind.label) {
				t.Errorf("a cell of %q with the key %q: error %v", kind.label, label, err)
			}
		}
	}
}

// A bundle for a meeting in person is given out as that of a link, by who makes
// a link for it.
func TestPersonBundleAsLink(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Person)
	inv := *offer.Invite()
	inv.Mode = Link
	cell, err := sealCell(rand.Reader, inv.secret, labelBundle, nil, offer.bundle.raw)
	check(t, err)
	want(t, failure(OpenBundle(&inv, cell)), ErrBundle)
	// Alice, if she took it, would not reach Bob.
	b := *offer.bundle
	b.invite, b.mode = &inv, Link
	msg1, _ := alice.initiate(t, &b, nil, "")
	want(t, failure(offer.Respond(bob.self, nil, msg1)), ErrMode)
	theirs := alice.offer(t, Person)
	for !MayInitiate(theirs.Invite(), offer.Invite()) {
		theirs = alice.offer(t, Person)
	}
	want(t, failure(offer.Respond(bob.self, open(t, theirs), msg1)), ErrForged)
}
