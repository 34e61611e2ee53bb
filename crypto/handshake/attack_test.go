package handshake

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// No byte of a bundle's cell or of a first message can be altered on the way.
func TestAlteredCells(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	cell, err := offer.BundleCell(rand.Reader)
	check(t, err)
	msg1, _, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, nil)
	check(t, err)
	for i := range CellSize {
		if i > 64 && i%53 != 0 && i < CellSize-64 {
			continue
		}
		bad := bytes.Clone(cell)
		bad[i] ^= 1 << (i % 8)
		_, err := OpenBundle(inv, bad)
		want(t, err, ErrEnvelope)
		bad = bytes.Clone(msg1)
		bad[i] ^= 1 << (i % 8)
		_, _, _, err = Respond(offer, bob.self, nil, nil, bad)
		want(t, err, ErrEnvelope)
	}
	for _, n := range []int{0, 1, 40, CellSize - 1, CellSize + 1} {
		b := make([]byte, n)
		copy(b, msg1)
		_, _, _, err := Respond(offer, bob.self, nil, nil, b)
		want(t, err, ErrEnvelope)
		_, err = OpenBundle(inv, b)
		want(t, err, ErrEnvelope)
	}
	// The cells are not to be taken for each other.
	_, _, _, err = Respond(offer, bob.self, nil, nil, cell)
	want(t, err, ErrEnvelope)
	_, err = OpenBundle(inv, msg1)
	want(t, err, ErrEnvelope)
	// After all that the offer is still good.
	_, _, _, err = Respond(offer, bob.self, nil, nil, msg1)
	check(t, err)
}

// rewrite opens a cell as somebody who has the link can, and seals it changed.
func rewrite(t testing.TB, inv *Invite, label string, cell []byte, change func([]byte) []byte) []byte {
	t.Helper()
	content, err := openCell(inv, label, cell)
	check(t, err)
	cell, err = sealCell(rand.Reader, inv, label, change(bytes.Clone(content)))
	check(t, err)
	return cell
}

// Even somebody who has the link cannot change a first message of another's.
func TestAlteredByLinkHolder(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	msg1, _, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, []byte("hello"))
	check(t, err)
	content, err := openCell(inv, labelEnvelope, msg1)
	check(t, err)
	for i := range content {
		if i > 40 && i%29 != 0 && i < len(content)-40 {
			continue
		}
		bad := rewrite(t, inv, labelEnvelope, msg1, func(b []byte) []byte {
			b[i] ^= 1 << (i % 8)
			return b
		})
		_, _, _, err := Respond(offer, bob.self, nil, nil, bad)
		if err == nil {
			t.Fatalf("byte %d of a first message can be altered by who has the link", i)
		}
	}
	for _, change := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)-1] },
		func(b []byte) []byte { return append(b, 0) },
		func(b []byte) []byte { return nil },
		func(b []byte) []byte { clear(b[:32]); return b }, // E of low order
	} {
		_, _, _, err := Respond(offer, bob.self, nil, nil, rewrite(t, inv, labelEnvelope, msg1, change))
		if err == nil {
			t.Fatal("a first message that was cut, lengthened or emptied is read")
		}
	}
	// Nor can padding carry anything.
	padded, _ := wire.Pad(content, contentSize)
	padded[contentSize-1] = 1
	nonce := make([]byte, suite.XNonce)
	bad := suite.Seal(nonce, suite.KDF(nil, inv.Secret[:], labelEnvelope, 32), nonce, padded, nil)
	_, _, _, err = Respond(offer, bob.self, nil, nil, bad)
	want(t, err, ErrForged)
}

// A bundle that somebody else put in its place is not the one promised.
func TestSwappedBundle(t *testing.T) {
	bob, third := newPerson(t), newPerson(t)
	offer, other := bob.offer(t, Link), third.offer(t, Link)
	inv := offer.Invite()
	cell, err := offer.BundleCell(rand.Reader)
	check(t, err)

	// Whoever has the link can seal a bundle of their own, or change one.
	swapped := rewrite(t, inv, labelBundle, cell, func([]byte) []byte { return other.bundle.raw })
	_, err = OpenBundle(inv, swapped)
	want(t, err, ErrBundle)
	for i := range offer.bundle.raw {
		if i > 64 && i%61 != 0 {
			continue
		}
		bad := rewrite(t, inv, labelBundle, cell, func(b []byte) []byte { b[i] ^= 1; return b })
		_, err = OpenBundle(inv, bad)
		want(t, err, ErrBundle)
	}

	// A dishonest inviter promises a bundle whose parts do not fit together.
	for name, change := range map[string]func(*Invite, *Bundle){
		"another's device": func(_ *Invite, b *Bundle) {
			b.Identity = &account.Identity{Account: b.Identity.Account, List: b.Identity.List, Device: third.self.Identity.Device}
		},
		"another's list": func(_ *Invite, b *Bundle) {
			b.Identity = &account.Identity{Account: b.Identity.Account, List: third.self.Identity.List, Device: third.self.Identity.Device}
		},
		"another's account": func(_ *Invite, b *Bundle) {
			b.Identity = &account.Identity{Account: third.self.Identity.Account, List: b.Identity.List, Device: b.Identity.Device}
		},
		"another mode":   func(i *Invite, _ *Bundle) { i.Mode = Person },
		"another expiry": func(i *Invite, _ *Bundle) { i.Expires = i.Expires.Add(1e9) },
		"honest":         func(*Invite, *Bundle) {},
	} {
		b, i := *offer.bundle, *inv
		change(&i, &b)
		raw := b.bytes()
		i.BundleHash = suite.Hash(raw)
		cell, err := sealCell(rand.Reader, &i, labelBundle, raw)
		check(t, err)
		_, err = OpenBundle(&i, cell)
		if name == "honest" {
			check(t, err)
			continue
		}
		t.Log(name)
		want(t, err, ErrBundle)

		// Initiate does not rely on OpenBundle.
		b.raw = raw
		_, _, err = Initiate(rand.Reader, newPerson(t).self, &i, &b, nil, nil)
		want(t, err, ErrBundle)
	}
	// A bundle and an invitation of two different offers.
	_, bundle := open(t, other)
	_, _, err = Initiate(rand.Reader, newPerson(t).self, inv, bundle, nil, nil)
	want(t, err, ErrBundle)
}

// Keys that would make the secrets predictable are refused.
func TestWeakKeys(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	for name, change := range map[string]func(*Bundle){
		"OT of low order":   func(b *Bundle) { clear(b.oneTime.dh()) },
		"OT not valid":      func(b *Bundle) { copy(b.oneTime.ek(), bytes.Repeat([]byte{0xff}, 99)) },
		"R_B0 of low order": func(b *Bundle) { clear(b.ratchet[:32]) },
		"E_B0 not valid":    func(b *Bundle) { copy(b.ratchet[32:], bytes.Repeat([]byte{0xff}, 99)) },
		"IK of low order":   func(b *Bundle) { b.Identity = bob.identity(t, func(d *account.DevicePublic) { clear(d.X25519()) }) },
		"IK not valid": func(b *Bundle) {
			b.Identity = bob.identity(t, func(d *account.DevicePublic) { copy(d.MLKEM(), bytes.Repeat([]byte{0xff}, 99)) })
		},
	} {
		t.Log(name)
		offer := bob.offer(t, Link)
		b, inv := *offer.bundle, *offer.invite
		change(&b)
		b.raw = b.bytes()
		inv.BundleHash = suite.Hash(b.raw)
		_, _, err := Initiate(rand.Reader, alice.self, &inv, &b, nil, nil)
		want(t, err, ErrKey)
	}
}

// identity is the identity of a dishonest person, who signs a list of device
// keys that nobody has.
func (p *person) identity(t testing.TB, change func(*account.DevicePublic)) *account.Identity {
	t.Helper()
	d := p.self.Identity.Device
	change(&d)
	l, err := account.NewList(p.key, &d)
	check(t, err)
	return &account.Identity{Account: p.self.Identity.Account, List: l, Device: d}
}

// forge makes a first message as Initiate does, but by somebody who follows no
// rule: the identity shown need not be their own, nor the ratchet keys valid.
func forge(t testing.TB, m meeting, b *Bundle, shown []byte, device *account.Device, change func(c2 []byte) []byte) []byte {
	t.Helper()
	e, err := suite.NewDH(rand.Reader)
	check(t, err)
	dhOT, err := dh(e, b.oneTime.dh())
	check(t, err)
	dhIK, err := dh(e, b.Identity.Device.X25519())
	check(t, err)
	ssOT, ctOT, err := encapsulate(b.oneTime.ek())
	check(t, err)
	ssIK, ctIK, err := encapsulate(b.Identity.Device.MLKEM())
	check(t, err)
	s := newSchedule(m)
	s.mix(e.PublicKey().Bytes(), ctOT, ctIK)
	c1 := s.seal(s.key(labelCK1, dhOT, dhIK, ssOT, ssIK), shown)
	own, _ := device.Agreement()
	dhA, err := dh(own, b.oneTime.dh())
	check(t, err)
	k2 := s.key(labelCK2, dhA)
	pair, err := ratchet.NewPair(rand.Reader)
	check(t, err)
	ctR, _, err := b.ratchet.Encapsulate()
	check(t, err)
	c2 := s.seal(k2, change(wire.LP(append(pair.Public()[:], ctR...), []byte("hello"))))
	cell, err := sealCell(rand.Reader, m.responder, labelEnvelope,
		bytes.Join([][]byte{e.PublicKey().Bytes(), ctOT, ctIK, wire.LP(nil, c1, c2)}, nil))
	check(t, err)
	return cell
}

func unchanged(b []byte) []byte { return b }

func TestDishonestJoiner(t *testing.T) {
	alice, bob, third := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	m := meeting{responder: inv}
	id := alice.self.Identity
	for name, tt := range map[string]struct {
		shown  []byte
		device *account.Device
		change func([]byte) []byte
		err    error
	}{
		"honest": {id.Bytes(), alice.self.Device, unchanged, nil},
		// Somebody who is not Alice shows Alice's account.
		"own device beside Alice's list": {
			(&account.Identity{Account: id.Account, List: id.List, Device: third.self.Identity.Device}).Bytes(),
			third.self.Device, unchanged, account.ErrNotInList},
		"own list beside Alice's account": {
			(&account.Identity{Account: id.Account, List: third.self.Identity.List, Device: third.self.Identity.Device}).Bytes(),
			third.self.Device, unchanged, account.ErrSignature},
		"all of Alice's, without her device": {id.Bytes(), third.self.Device, unchanged, ErrForged},
		"the inviter's own":                  {bob.self.Identity.Bytes(), bob.self.Device, unchanged, ErrSelf},
		"no identity":                        {nil, alice.self.Device, unchanged, ErrForged},
		"R_A1 of low order":                  {id.Bytes(), alice.self.Device, func(b []byte) []byte { clear(b[:32]); return b }, ErrKey},
		"E_A1 not valid":                     {id.Bytes(), alice.self.Device, func(b []byte) []byte { copy(b[32:], bytes.Repeat([]byte{0xff}, 99)); return b }, ErrKey},
		"payload cut":                        {id.Bytes(), alice.self.Device, func(b []byte) []byte { b[c2Head+3]++; return b }, ErrForged},
		"payload too long":                   {id.Bytes(), alice.self.Device, func(b []byte) []byte { return wire.LP(b[:c2Head], make([]byte, MaxPayload+1)) }, ErrForged},
		"device key of low order": {
			alice.identity(t, func(d *account.DevicePublic) { clear(d.X25519()) }).Bytes(), alice.self.Device, unchanged, ErrKey},
		"device KEM key not valid": {
			alice.identity(t, func(d *account.DevicePublic) { copy(d.MLKEM(), bytes.Repeat([]byte{0xff}, 99)) }).Bytes(),
			alice.self.Device, unchanged, ErrKey},
	} {
		t.Log(name)
		msg1 := forge(t, m, bundle, tt.shown, tt.device, tt.change)
		_, _, s, err := Respond(offer, bob.self, nil, nil, msg1)
		want(t, err, tt.err)
		if (s == nil) != (tt.err != nil) {
			t.Fatal("session and error")
		}
	}
}

// Two people who both have a link make two different first messages. What is
// left of the invitation tells the second from noise.
func TestSecondFirstMessage(t *testing.T) {
	alice, bob, third := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	first, a, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, nil)
	check(t, err)
	second, c, err := Initiate(rand.Reader, third.self, inv, bundle, nil, nil)
	check(t, err)
	_, _, b, err := Respond(offer, bob.self, nil, nil, first)
	check(t, err)
	offer.Wipe()

	// The offer is gone, so the second is not read.
	_, _, _, err = Respond(offer, bob.self, nil, nil, second)
	if err == nil {
		t.Fatal("a wiped offer answers")
	}
	left, err := ParseInvite(inv.Text())
	check(t, err)
	noise := bytes.Clone(second)
	noise[100] ^= 1
	if !left.Opens(first) || !left.Opens(second) || left.Opens(noise) || left.Opens(nil) {
		t.Error("a second first message is not told from noise")
	}
	// And nothing of the one session opens in the other.
	if a.Hash() == c.Hash() {
		t.Error("two first messages give one session")
	}
	cell, _ := seal(t, b, "for Alice")
	_, _, err = c.Decrypt(rand.Reader, noon, cell)
	want(t, err, ratchet.ErrUnknown)
	unseal(t, a, cell, "for Alice")
}

// The answer is read by nobody but the holder of the device keys in the
// identity shown, even if everything else of the joiner's is known.
func TestAnswerNeedsDeviceKeys(t *testing.T) {
	alice, bob, third := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv, bundle := open(t, offer)
	msg1, a, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, nil)
	check(t, err)
	_, _, b, err := Respond(offer, bob.self, nil, nil, msg1)
	check(t, err)
	answer, _ := seal(t, b, "answer")

	state, err := a.MarshalBinary()
	check(t, err)
	own, kem := alice.self.Device.Agreement()
	notDH, notKEM := third.self.Device.Agreement()
	for _, swap := range [][2][]byte{{own.Bytes(), notDH.Bytes()}, {kem.Bytes(), notKEM.Bytes()}} {
		if bytes.Count(state, swap[0]) != 1 {
			t.Fatal("a device key is not in the state")
		}
		s, err := ratchet.ParseSession(bytes.Replace(state, swap[0], swap[1], 1))
		check(t, err)
		_, _, err = s.Decrypt(rand.Reader, noon, answer)
		want(t, err, ratchet.ErrForged)
	}
	unseal(t, a, answer, "answer")
}

// A link on which anything was changed leads to no session, also where the
// checksum was made good.
func TestAlteredInvite(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	_, bundle := open(t, offer)
	for name, change := range map[string]func(*Invite){
		"route":   func(i *Invite) { i.Route = []byte("elsewhere") },
		"mailbox": func(i *Invite) { i.Mailbox = []byte("elsewhere") },
		"secret":  func(i *Invite) { i.Secret[0] ^= 1 },
	} {
		inv := *offer.Invite()
		change(&inv)
		msg1, _, err := Initiate(rand.Reader, alice.self, &inv, bundle, nil, nil)
		check(t, err)
		_, _, _, err = Respond(offer, bob.self, nil, nil, msg1)
		target := ErrForged
		if name == "secret" {
			target = ErrEnvelope
		}
		want(t, fmt.Errorf("%s: %w", name, err), target)
	}
}
