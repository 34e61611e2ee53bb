package handshake

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/internal/secret"
	"sotto/crypto/ratchet"
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	later = noon.Add(24 * time.Hour)
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// failure is the error of a call with two results.
func failure[A any](_ A, err error) error { return err }

// person is somebody with an account of one device.
type person struct {
	key  *account.Key
	self *Self
}

func newDevice(t testing.TB) *account.Device {
	t.Helper()
	d, err := account.NewDevice(rand.Reader)
	check(t, err)
	return d
}

func newPerson(t testing.TB) *person {
	t.Helper()
	phrase, err := account.NewPhrase(rand.Reader)
	check(t, err)
	key, err := phrase.AccountKey()
	check(t, err)
	dev := newDevice(t)
	list, err := account.NewList(key, dev.Public())
	check(t, err)
	return &person{key, &Self{
		Identity: &account.Identity{Account: *key.Public(), List: list, Device: *dev.Public()},
		Device:   dev,
	}}
}

// with gives the person more devices, and returns the side of the first.
func (p *person) with(t testing.TB, devs ...*account.Device) *Self {
	t.Helper()
	public := []*account.DevicePublic{p.self.Device.Public()}
	for _, d := range devs {
		public = append(public, d.Public())
	}
	list, err := p.self.Identity.List.Next(p.key, p.self.Device, public...)
	check(t, err)
	return &Self{&account.Identity{Account: p.self.Identity.Account, List: list, Device: p.self.Identity.Device}, p.self.Device}
}

// greatest is the side of the first device, with a list of the greatest size.
func (p *person) greatest(t testing.TB) *Self {
	t.Helper()
	devs := make([]*account.Device, account.MaxDevices-1)
	for i := range devs {
		devs[i] = newDevice(t)
	}
	return p.with(t, devs...)
}

// signs is the identity of a dishonest person, who signs a list of device keys
// that nobody has.
func (p *person) signs(t testing.TB, change func(*account.DevicePublic)) *account.Identity {
	t.Helper()
	d := p.self.Identity.Device
	change(&d)
	l, err := account.NewList(p.key, &d)
	check(t, err)
	return &account.Identity{Account: p.self.Identity.Account, List: l, Device: d}
}

func (p *person) offer(t testing.TB, mode Mode) *Offer {
	t.Helper()
	o, err := NewOffer(rand.Reader, p.self, mode, later, []byte("somewhere"))
	check(t, err)
	return o
}

// open fetches and opens the bundle of an offer, through the text of its link.
func open(t testing.TB, o *Offer) *Bundle {
	t.Helper()
	inv, err := ParseInvite(o.Invite().Text())
	check(t, err)
	cell, err := o.BundleCell(rand.Reader)
	check(t, err)
	b, err := OpenBundle(inv, cell)
	check(t, err)
	return b
}

// initiate makes a first message for a bundle.
func (p *person) initiate(t testing.TB, b *Bundle, own *Offer, payload string) ([]byte, *ratchet.Session) {
	t.Helper()
	msg1, s, err := Initiate(rand.Reader, p.self, b, own, []byte(payload))
	check(t, err)
	return msg1, s
}

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

// linked returns two people and their sessions after a meeting by link, before
// anything was said in them.
func linked(t testing.TB) (alice, bob *person, a, b *ratchet.Session) {
	t.Helper()
	alice, bob = newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	msg1, a := alice.initiate(t, open(t, offer), nil, "hello")
	r, err := offer.Respond(bob.self, nil, msg1)
	check(t, err)
	return alice, bob, a, r.Session
}

func seal(t testing.TB, s *ratchet.Session, text string) ([]byte, *ratchet.Session) {
	t.Helper()
	cell, next, err := s.Encrypt(rand.Reader, []byte(text))
	check(t, err)
	return cell, reload(t, next)
}

func unseal(t testing.TB, s *ratchet.Session, cell []byte, text string) *ratchet.Session {
	t.Helper()
	got, next, err := s.Decrypt(noon, cell)
	check(t, err)
	if string(got.Plaintext) != text {
		t.Fatalf("opened %q, want %q", got.Plaintext, text)
	}
	return reload(t, next)
}

// reload stores a session and reads it again, as the program does at each step.
func reload(t testing.TB, s *ratchet.Session) *ratchet.Session {
	t.Helper()
	b, err := s.MarshalBinary()
	check(t, err)
	s, err = ratchet.ParseSession(b)
	check(t, err)
	return s
}

// converse lets a and b, fresh from a handshake, exchange cells of the first
// chains, and checks who is confirmed when.
func converse(t testing.TB, a, b *ratchet.Session) (*ratchet.Session, *ratchet.Session) {
	t.Helper()
	confirmed := func(wantA, wantB bool) {
		t.Helper()
		if a.Confirmed() != wantA || b.Confirmed() != wantB {
			t.Fatalf("confirmed: %v and %v, want %v and %v", a.Confirmed(), b.Confirmed(), wantA, wantB)
		}
	}
	if a.Hash() != b.Hash() {
		t.Fatal("session hashes differ")
	}
	a1, a := seal(t, a, "A1")
	b1, b := seal(t, b, "B1")
	b1b, b := seal(t, b, "B1 again")
	b = unseal(t, b, a1, "A1")
	confirmed(false, false)
	a = unseal(t, a, b1b, "B1 again") // the first of the two is lost so far
	confirmed(true, false)
	a2, a := seal(t, a, "A2")
	a = unseal(t, a, b1, "B1")
	b = unseal(t, b, a2, "A2")
	confirmed(true, true)
	return turn(t, a, b)
}

// turn lets b say something, and then a: one round trip.
func turn(t testing.TB, a, b *ratchet.Session) (*ratchet.Session, *ratchet.Session) {
	t.Helper()
	cell, b := seal(t, b, "of the responder")
	a = unseal(t, a, cell, "of the responder")
	cell, a = seal(t, a, "of the initiator")
	return a, unseal(t, b, cell, "of the initiator")
}

// rewrite opens a cell as somebody who has its secret can, and seals it
// changed.
func rewrite(t testing.TB, s secret.Key, label string, head, cell []byte, change func([]byte) []byte) []byte {
	t.Helper()
	content, err := openCell(s, label, head, cell)
	check(t, err)
	cell, err = sealCell(rand.Reader, s, label, head, change(bytes.Clone(content)))
	check(t, err)
	return cell
}

// sample calls f with positions in n bytes: with all of the first and last 64,
// and with every step-th between.
func sample(n, step int, f func(i int)) {
	for i := range n {
		if i < 64 || i >= n-64 || i%step == 0 {
			f(i)
		}
	}
}

// flipped is b with one bit of byte i changed.
func flipped(b []byte, i int) []byte {
	bad := bytes.Clone(b)
	bad[i] ^= 1 << (i % 8)
	return bad
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	check(t, err)
	return b
}
