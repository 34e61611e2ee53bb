package handshake

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	later = noon.Add(24 * time.Hour)
)

// person is somebody with an account of one device.
type person struct {
	key  *account.Key
	self *Self
}

func newPerson(t testing.TB) *person {
	t.Helper()
	phrase, err := account.NewPhrase(rand.Reader)
	check(t, err)
	key, err := phrase.AccountKey()
	check(t, err)
	dev, err := account.NewDevice(rand.Reader)
	check(t, err)
	list, err := account.NewList(key, dev.Public())
	check(t, err)
	return &person{key, &Self{
		Identity: &account.Identity{Account: *key.Public(), List: list, Device: *dev.Public()},
		Device:   dev,
	}}
}

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

func (p *person) offer(t testing.TB, mode Mode) *Offer {
	t.Helper()
	o, err := NewOffer(rand.Reader, p.self, mode, later, []byte("somewhere"))
	check(t, err)
	return o
}

// open fetches and opens the bundle of an offer, through the text of its link.
func open(t testing.TB, o *Offer) (*Invite, *Bundle) {
	t.Helper()
	inv, err := ParseInvite(o.Invite().Text())
	check(t, err)
	cell, err := o.BundleCell(rand.Reader)
	check(t, err)
	b, err := OpenBundle(inv, cell)
	check(t, err)
	return inv, b
}

func seal(t testing.TB, s *ratchet.Session, text string) ([]byte, *ratchet.Session) {
	t.Helper()
	cell, next, err := s.Encrypt(rand.Reader, []byte(text))
	check(t, err)
	return cell, reload(t, next)
}

func unseal(t testing.TB, s *ratchet.Session, cell []byte, text string) *ratchet.Session {
	t.Helper()
	got, next, err := s.Decrypt(rand.Reader, noon, cell)
	check(t, err)
	if string(got) != text {
		t.Fatalf("opened %q, want %q", got, text)
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
func converse(t testing.TB, a, b *ratchet.Session) {
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
	b2, b := seal(t, b, "B2")
	a = unseal(t, a, b2, "B2")
	a3, _ := seal(t, a, "A3")
	unseal(t, b, a3, "A3")
}

func TestLink(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	if bundle.Identity.Account != bob.self.Identity.Account || string(bundle.Route) != "somewhere" {
		t.Error("bundle does not say who and where the inviter is")
	}
	msg1, a, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, []byte("hello"))
	check(t, err)
	if len(msg1) != CellSize {
		t.Fatalf("first message has %d bytes", len(msg1))
	}
	stored, err := offer.MarshalBinary()
	check(t, err)
	offer, err = ParseOffer(stored)
	check(t, err)
	peer, payload, b, err := Respond(offer, bob.self, nil, nil, msg1)
	check(t, err)
	if !bytes.Equal(peer.Bytes(), alice.self.Identity.Bytes()) || string(payload) != "hello" {
		t.Error("the inviter does not see the joiner's identity and payload")
	}
	converse(t, reload(t, a), reload(t, b))
}

// devices gives the person more devices, and returns the side of the first,
// with a list of the greatest size.
func (p *person) devices(t testing.TB, n int) *Self {
	t.Helper()
	devs := []*account.DevicePublic{p.self.Device.Public()}
	for len(devs) < n {
		d, err := account.NewDevice(rand.Reader)
		check(t, err)
		devs = append(devs, d.Public())
	}
	list, err := p.self.Identity.List.Next(p.key, p.self.Device, devs...)
	check(t, err)
	return &Self{&account.Identity{Account: p.self.Identity.Account, List: list, Device: p.self.Identity.Device}, p.self.Device}
}
