package handshake

import (
	"crypto/rand"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// Attacks with keys that make secrets predictable, and with ciphertexts that
// were made for other keys.

// A dishonest inviter, or one whose peer gives a reset bundle, publishes points
// of low order or ML-KEM keys that are not valid, so that others could compute
// what A and he share.
func TestWeakPrekeys(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	prekeysAre := func(change func(*prekeys)) func(*Bundle) {
		return func(b *Bundle) { change(&b.prekeys) }
	}
	device := func(change func(*account.DevicePublic)) func(*Bundle) {
		return func(b *Bundle) { b.Identity = bob.signs(t, change) }
	}
	cases := map[string]func(*Bundle){
		"honest":         func(*Bundle) {},
		"E of OT":        prekeysAre(func(k *prekeys) { invalid(k.oneTime.ek()) }),
		"E_B0":           prekeysAre(func(k *prekeys) { invalid(k.ratchet[32:]) }),
		"ML-KEM of IK_B": device(func(d *account.DevicePublic) { invalid(d.MLKEM()) }),
	}
	for name, p := range lowOrder(t) {
		cases["X25519 of OT: "+name] = prekeysAre(func(k *prekeys) { copy(k.oneTime.dh(), p) })
		cases["R_B0: "+name] = prekeysAre(func(k *prekeys) { copy(k.ratchet[:32], p) })
		cases["X25519 of IK_B: "+name] = device(func(d *account.DevicePublic) { copy(d.X25519(), p) })
	}
	for name, change := range cases {
		target := ErrKey
		if name == "honest" {
			target = nil
		}
		inv, cell := promise(t, offer, func(_ *Invite, b *Bundle) { change(b) })
		bundle, err := OpenBundle(inv, cell)
		check(t, err)
		_, _, err = Initiate(rand.Reader, alice.self, bundle, nil, nil)
		refused(t, "invitation, "+name, err, target)

		given, err := ParseResetBundle((&ResetBundle{prekeys: bundle.prekeys}).bytes())
		check(t, err)
		_, _, err = Reset(rand.Reader, alice.self, bundle.Identity, [32]byte{}, given, nil, nil)
		refused(t, "reset, "+name, err, target)
	}
}

// refused is want with a name, for tables.
func refused(t testing.TB, name string, err, target error) {
	t.Helper()
	if target == nil && err != nil || target != nil && err == nil {
		t.Errorf("%s: got error %v, want %v", name, err, target)
	} else {
		want(t, err, target)
	}
}

// A dishonest initiator sends such keys.
func TestWeakFirstMessage(t *testing.T) {
	c := newContacts(t)
	offer := c.bob.offer(t, Link)
	bundle := open(t, offer)
	cases := map[string]func(*forger){
		"honest": func(*forger) {},
		"E_A1":   func(f *forger) { f.second = func(p *secondPart) { invalid(p.remote[32:]) } },
	}
	for name, p := range lowOrder(t) {
		cases["E: "+name] = func(f *forger) { f.low = p }
		cases["R_A1: "+name] = func(f *forger) { f.second = func(s *secondPart) { copy(s.remote[:32], p) } }
	}
	for name, change := range cases {
		target := ErrKey
		if name == "honest" {
			target = nil
		}
		f := c.alice.byLink(bundle)
		change(f)
		refused(t, "invitation, "+name, failure(offer.Respond(c.bob.self, nil, f.msg1(t))), target)
		f = c.byReset(nil)
		change(f)
		refused(t, "reset, "+name, failure(c.respond(f.msg1(t))), target)
	}
}

// A dishonest account signs a list with a device whose keys nobody holds, and
// shows that device: in c1, and as a contact that was pinned long ago.
func TestWeakInitiatorDevice(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	cases := map[string]func(*account.DevicePublic){"ML-KEM": func(d *account.DevicePublic) { invalid(d.MLKEM()) }}
	for name, p := range lowOrder(t) {
		cases["X25519: "+name] = func(d *account.DevicePublic) { copy(d.X25519(), p) }
	}
	for name, change := range cases {
		id := alice.signs(t, change)
		f := alice.byLink(bundle)
		f.shown = id.Bytes()
		if name != "ML-KEM" {
			f.dhA = make([]byte, 32) // what X25519 would give
		}
		refused(t, "invitation, "+name, failure(offer.Respond(bob.self, nil, f.msg1(t))), ErrKey)

		o, err := NewResetOffer(rand.Reader, bob.self, [32]byte{1})
		check(t, err)
		f.prologue, f.keys, f.text = o.bundle.prologue([32]byte{1}, nil), &o.bundle.prekeys, resetText(1, nil)
		own := []ratchet.List{pin(bob.self.Identity.List)}
		refused(t, "reset, "+name, failure(o.Respond(bob.self, id, own, nil, f.msg1(t))), ErrKey)
	}
}

// KEM re-encapsulation. The attacker gets Alice to encapsulate for a key of his
// and makes the ciphertext anew for Bob's, or mixes up ciphertexts and keys: no
// two sides agree on a secret with different keys or ciphertexts in mind.
func TestReencapsulation(t *testing.T) {
	alice, bob, attacker := newPerson(t), newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	bundle := open(t, offer)
	again := func(key []byte) (ss, ct []byte) {
		ss, ct, err := encapsulate(key)
		check(t, err)
		return ss, ct
	}
	for name, change := range map[string]func(m *firstMessage, ssOT, ssIK *[]byte){
		"ctOT for the attacker's key":       func(m *firstMessage, _, _ *[]byte) { _, m.ctOT = again(attacker.self.Identity.Device.MLKEM()) },
		"ctIK for the attacker's key":       func(m *firstMessage, _, _ *[]byte) { _, m.ctIK = again(attacker.self.Identity.Device.MLKEM()) },
		"the same, with what it gives":      func(m *firstMessage, _, ss *[]byte) { *ss, m.ctIK = again(attacker.self.Identity.Device.MLKEM()) },
		"ctOT made anew":                    func(m *firstMessage, _, _ *[]byte) { _, m.ctOT = again(bundle.oneTime.ek()) },
		"ctIK made anew":                    func(m *firstMessage, _, _ *[]byte) { _, m.ctIK = again(bundle.Identity.Device.MLKEM()) },
		"ciphertexts exchanged":             func(m *firstMessage, _, _ *[]byte) { m.ctOT, m.ctIK = m.ctIK, m.ctOT },
		"ciphertexts and secrets exchanged": func(m *firstMessage, a, b *[]byte) { m.ctOT, m.ctIK, *a, *b = m.ctIK, m.ctOT, *b, *a },
		"one ciphertext for both":           func(m *firstMessage, a, b *[]byte) { m.ctIK, *b = m.ctOT, *a },
	} {
		f := alice.byLink(bundle)
		f.first = change
		refused(t, name, failure(offer.Respond(bob.self, nil, f.msg1(t))), ErrForged)
	}
	// A ciphertext of the ratchet made anew leads to another chain A1.
	f := alice.byLink(bundle)
	f.second = func(p *secondPart) {
		var err error
		p.ct, _, err = bundle.ratchet.Encapsulate()
		check(t, err)
	}
	content, a := f.content(t)
	r, err := offer.Respond(bob.self, nil, wrap(t, f.prologue, content))
	check(t, err)
	cell, _ := seal(t, a, "A1")
	if _, _, err := r.Session.Decrypt(noon, cell); err == nil {
		t.Error("a chain is shared under another ciphertext")
	}
}

// The inviter's one-time key and device key change places, or one stands in
// both: the message that comes of it is good for no honest side.
func TestExchangedKeys(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	dhIK, kemIK := bob.self.Device.Agreement()
	for name, change := range map[string]func(*Bundle){
		"device key in the place of OT": func(b *Bundle) {
			copy(b.oneTime.dh(), dhIK.PublicKey().Bytes())
			copy(b.oneTime.ek(), kemIK.EncapsulationKey().Bytes())
		},
		"OT in the place of the device key": func(b *Bundle) {
			b.Identity = bob.signs(t, func(d *account.DevicePublic) {
				copy(d.X25519(), b.oneTime.dh())
				copy(d.MLKEM(), b.oneTime.ek())
			})
		},
		"both": func(b *Bundle) {
			ot := b.oneTime
			copy(b.oneTime.dh(), dhIK.PublicKey().Bytes())
			copy(b.oneTime.ek(), kemIK.EncapsulationKey().Bytes())
			b.Identity = bob.signs(t, func(d *account.DevicePublic) {
				copy(d.X25519(), ot.dh())
				copy(d.MLKEM(), ot.ek())
			})
		},
		"R_B0 in the place of OT": func(b *Bundle) { copy(b.oneTime.dh(), b.ratchet[:32]) },
	} {
		inv, cell := promise(t, offer, func(_ *Invite, b *Bundle) { change(b) })
		bundle, err := OpenBundle(inv, cell)
		check(t, err)
		msg1, _ := alice.initiate(t, bundle, nil, "")
		refused(t, name, failure(offer.Respond(bob.self, nil, msg1)), ErrForged)
	}
}
