package handshake

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"strings"
	"testing"
)

// Attacks on what is promised: the bundle, the route, the version, the suite
// and the mode.

// Somebody on the way, who has the link too, puts a bundle of his own in the
// place of Bob's, or changes a part of Bob's.
func TestSwappedBundle(t *testing.T) {
	bob, attacker := newPerson(t), newPerson(t)
	offer, other := bob.offer(t, Link), attacker.offer(t, Link)
	inv := offer.Invite()
	swap := func(raw []byte) error {
		return failure(OpenBundle(inv, rewrite(t, inv.secret, labelBundle, nil, first(promiseCell(t, offer)), func([]byte) []byte { return raw })))
	}
	check(t, swap(offer.bundle.raw))
	want(t, swap(other.bundle.raw), ErrBundle)
	want(t, swap(nil), ErrBundle)
	sample(len(offer.bundle.raw), 61, func(i int) {
		want(t, swap(flipped(offer.bundle.raw, i)), ErrBundle)
	})
	// Bob's identity before prekeys of the attacker's, and the reverse.
	mixed := *offer.bundle
	mixed.prekeys = other.bundle.prekeys
	want(t, swap(mixed.bytes()), ErrBundle)
	mixed = *other.bundle
	mixed.prekeys = offer.bundle.prekeys
	want(t, swap(mixed.bytes()), ErrBundle)
}

// promiseCell is the honest cell of an offer.
func promiseCell(t testing.TB, o *Offer) ([]byte, *Invite) {
	t.Helper()
	inv, cell := promise(t, o, func(*Invite, *Bundle) {})
	return cell, inv
}

// The link is altered on its way, so that Alice looks for Bob elsewhere or
// under other conditions; the attacker makes the checksum good. With the
// unchanged bundle there is no session.
func TestSwappedRoute(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	for name, change := range map[string]func(*Invite){
		"route":         func(i *Invite) { i.Route = []byte("elsewhere") },
		"no route":      func(i *Invite) { i.Route = nil },
		"mailbox":       func(i *Invite) { i.Mailbox = []byte("elsewhere") },
		"route as both": func(i *Invite) { i.Route, i.Mailbox = i.Route[:4], i.Route[4:] },
	} {
		inv := *offer.Invite()
		change(&inv)
		altered, err := ParseInvite(inv.Text())
		check(t, err)
		bundle, err := OpenBundle(altered, first(promiseCell(t, offer)))
		check(t, err)
		msg1, _ := alice.initiate(t, bundle, nil, "")
		if _, err := offer.Respond(bob.self, nil, msg1); err == nil {
			t.Errorf("taken with another link: %s", name)
		} else {
			want(t, err, ErrForged)
		}
	}
	// A route in the bundle is bound by the bundle's hash.
	bad := *offer.bundle
	bad.Route = []byte("elsewhere")
	inv := offer.Invite()
	cell := rewrite(t, inv.secret, labelBundle, nil, first(promiseCell(t, offer)), func([]byte) []byte { return bad.bytes() })
	want(t, failure(OpenBundle(inv, cell)), ErrBundle)
}

// The link says another mode or time than the bundle, or the other way round.
func TestOtherModeOrTime(t *testing.T) {
	bob := newPerson(t)
	for name, change := range map[string]func(*Invite, *Bundle){
		"mode of the link":    func(i *Invite, _ *Bundle) { i.Mode = Person },
		"mode of the bundle":  func(_ *Invite, b *Bundle) { b.mode = Person },
		"mode of a reset":     func(_ *Invite, b *Bundle) { b.mode = reset },
		"no mode":             func(i *Invite, b *Bundle) { i.Mode, b.mode = 0, 0 },
		"time of the link":    func(i *Invite, _ *Bundle) { i.Expires = i.Expires.Add(1e9) },
		"time of the bundle":  func(_ *Invite, b *Bundle) { b.notAfter++ },
		"time of long before": func(_ *Invite, b *Bundle) { b.notAfter -= 1 << 32 },
	} {
		offer := bob.offer(t, Link)
		inv, cell := promise(t, offer, change)
		if name == "no mode" {
			want(t, failure(ParseInvite(inv.Text())), ErrDamaged)
			continue
		}
		if _, err := OpenBundle(inv, cell); err == nil {
			t.Errorf("taken: %s", name)
		} else {
			want(t, err, ErrBundle)
		}
	}
}

// There is nothing weaker to fall back to: a bundle of another version or suite
// is refused even where its hash is good.
func TestOtherVersionOrSuite(t *testing.T) {
	offer := newPerson(t).offer(t, Link)
	for _, version := range []byte{0, 2, 255} {
		raw := bytes.Clone(offer.bundle.raw)
		raw[0] = version
		inv := *offer.Invite()
		_, cell := promiseRaw(t, &inv, raw)
		want(t, failure(OpenBundle(&inv, cell)), ErrBundle)
	}
	for _, suite := range []uint16{0, 2, 256, 65535} {
		raw := bytes.Clone(offer.bundle.raw)
		binary.BigEndian.PutUint16(raw[2:], suite)
		inv := *offer.Invite()
		_, cell := promiseRaw(t, &inv, raw)
		want(t, failure(OpenBundle(&inv, cell)), ErrBundle)
	}
	c := newContacts(t)
	for _, at := range []int{0, 1, 2} {
		want(t, failure(ParseResetBundle(flipped(c.offer.Bundle(), at))), ErrBundle)
	}
	// The version of a link stands twice; neither can be lowered or raised.
	text := offer.Invite().Text()
	for prefix, target := range map[string]error{"sotto:i/0/": ErrDamaged, "sotto:i/2/": ErrNewer, "sotto:i//": ErrDamaged, "sotto:i/": ErrDamaged, "": ErrNotInvite} {
		want(t, failure(ParseInvite(strings.Replace(text, "sotto:i/1/", prefix, 1))), target)
	}
}

// Somebody answers under an invitation in person as if it were a link, to do
// without having been scanned, and the other way round.
func TestOtherModeOfFirstMessage(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	bundleA, bundleB := open(t, offerA), open(t, offerB)
	linkA, linkB := alice.offer(t, Link), bob.offer(t, Link)
	bundleLA, bundleLB := open(t, linkA), open(t, linkB)

	// The honest functions do not do it.
	initiate := func(b *Bundle, own *Offer) error {
		_, _, err := Initiate(rand.Reader, alice.self, b, own, nil)
		return err
	}
	want(t, initiate(bundleB, nil), ErrMode)
	want(t, initiate(bundleLB, offerA), ErrMode)
	want(t, initiate(bundleB, linkA), ErrMode)
	inPerson, _ := alice.initiate(t, bundleB, offerA, "")
	want(t, failure(offerB.Respond(bob.self, nil, inPerson)), ErrMode)
	want(t, failure(linkB.Respond(bob.self, bundleA, inPerson)), ErrMode)
	want(t, failure(offerB.Respond(bob.self, bundleLA, inPerson)), ErrMode)

	// What somebody makes who follows no rule does not open.
	asLink := alice.byLink(bundleB)
	want(t, failure(offerB.Respond(bob.self, bundleA, asLink.msg1(t))), ErrForged)
	asLink.prologue.mode = Link
	want(t, failure(offerB.Respond(bob.self, bundleA, asLink.msg1(t))), ErrForged)
	asPerson := alice.inPerson(bundleLB, offerA.Invite())
	want(t, failure(linkB.Respond(bob.self, nil, asPerson.msg1(t))), ErrForged)
	for _, m := range []Mode{0, Person, reset, 255} {
		f := alice.byLink(bundleLB)
		f.prologue.mode = m
		msg1 := first(f.content(t))
		f.prologue.mode = Link // of the envelope
		want(t, failure(linkB.Respond(bob.self, nil, wrap(t, f.prologue, msg1))), ErrForged)
	}
}
