package account

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"
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

func newKey(t testing.TB) *Key {
	t.Helper()
	p, err := NewPhrase(rand.Reader)
	check(t, err)
	k, err := p.AccountKey()
	check(t, err)
	return k
}

func newDevice(t testing.TB) *Device {
	t.Helper()
	d, err := NewDevice(rand.Reader)
	check(t, err)
	return d
}

func newIdentity(t testing.TB) *Identity {
	t.Helper()
	k, d := newKey(t), newDevice(t)
	l, err := NewList(k, d.Public())
	check(t, err)
	return &Identity{Account: *k.Public(), List: l, Device: *d.Public()}
}

func TestDevice(t *testing.T) {
	d := newDevice(t)
	b, err := d.MarshalBinary()
	check(t, err)
	again, err := ParseDevice(b)
	check(t, err)
	if *again.Public() != *d.Public() {
		t.Error("a device's keys change when they are stored")
	}
	for _, bad := range [][]byte{nil, b[:len(b)-1], append(bytes.Clone(b), 0), append([]byte{2}, b[1:]...)} {
		if _, err := ParseDevice(bad); err == nil {
			t.Errorf("%d bytes are read as a device", len(bad))
		}
	}
	if id := d.Public().ID(); id == newDevice(t).Public().ID() {
		t.Error("two devices have one name")
	}
	if _, err := NewDevice(bytes.NewReader(make([]byte, 127))); err == nil {
		t.Error("a device without enough randomness")
	}
	// The same randomness gives the same keys.
	seed := bytes.Repeat([]byte{7}, 128)
	one, err := NewDevice(bytes.NewReader(seed))
	check(t, err)
	two, err := NewDevice(bytes.NewReader(seed))
	check(t, err)
	if *one.Public() != *two.Public() {
		t.Error("device keys depend on more than rand")
	}
	dh, kem := one.Agreement()
	if !bytes.Equal(one.Public().X25519(), dh.PublicKey().Bytes()) || !bytes.Equal(one.Public().MLKEM(), kem.EncapsulationKey().Bytes()) {
		t.Error("private and public keys do not belong together")
	}
}

func TestList(t *testing.T) {
	k := newKey(t)
	var devs []*DevicePublic
	for n := range MaxDevices + 2 {
		l, err := NewList(k, devs...)
		if n == 0 || n > MaxDevices {
			want(t, err, ErrList)
		} else {
			check(t, err)
			check(t, l.Verify(k.Public()))
			again, err := ParseList(l.Bytes())
			check(t, err)
			check(t, again.Verify(k.Public()))
			if again.Hash() != l.Hash() || again.Version != 1 || len(again.Devices) != n {
				t.Error("a list changes when it is sent")
			}
			// The order in which devices are given is of no importance.
			devs[0], devs[n-1] = devs[n-1], devs[0]
			if same, err := NewList(k, devs...); err != nil || same.Hash() != l.Hash() {
				t.Error("a list depends on the order of devices")
			}
		}
		devs = append(devs, newDevice(t).Public())
	}
	_, err := NewList(k, devs[0], devs[0])
	want(t, err, ErrList)
}

// No bit of a list can be altered.
func TestListAltered(t *testing.T) {
	k, by := newKey(t), newDevice(t)
	l, err := NewList(k, by.Public())
	check(t, err)
	next, err := l.Next(k, by, by.Public(), newDevice(t).Public())
	check(t, err)
	for _, l := range []*List{l, next} {
		good := l.Bytes()
		again, err := ParseList(good)
		check(t, err)
		check(t, again.Verify(k.Public()))
		for i := range good {
			if i > 400 && i%17 != 0 { // the rest is signature
				continue
			}
			b := bytes.Clone(good)
			b[i] ^= 1 << (i % 8)
			if l, err := ParseList(b); err == nil && l.Verify(k.Public()) == nil {
				t.Fatalf("byte %d of a list can be altered", i)
			}
		}
		for i := range good {
			if _, err := ParseList(good[:i]); err == nil {
				t.Fatalf("%d of %d bytes are read as a list", i, len(good))
			}
		}
		_, err = ParseList(append(good, 0))
		want(t, err, ErrList)
	}
}

// Both signatures are needed, by the right key, over the right kind of thing.
func TestListSignature(t *testing.T) {
	k, other, d := newKey(t), newKey(t), newDevice(t)
	l, err := NewList(k, d.Public())
	check(t, err)
	want(t, l.Verify(other.Public()), ErrSignature)

	good := l.signature
	foreign, err := other.sign(labelList, l.body())
	check(t, err)
	const cut = ed25519.SignatureSize
	anotherKind, err := k.sign("sotto/1 something else", l.body())
	check(t, err)
	for name, sig := range map[string][]byte{
		"only ML-DSA":       append(bytes.Clone(foreign[:cut]), good[cut:]...),
		"only Ed25519":      append(bytes.Clone(good[:cut]), foreign[cut:]...),
		"of another kind":   anotherKind,
		"none":              nil,
		"another account's": foreign,
	} {
		l.signature = sig
		if err := l.Verify(k.Public()); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	l.signature = good
	// Another account's key, half by half.
	mixed := *k.Public()
	copy(mixed[:32], other.Public()[:32])
	want(t, l.Verify(&mixed), ErrSignature)
	check(t, l.Verify(k.Public()))

	// A list that was changed after it was read is not the signed one.
	l.Devices[0].Hash[0] ^= 1
	want(t, l.Verify(k.Public()), ErrSignature)
}

func TestListChange(t *testing.T) {
	k, first, second := newKey(t), newDevice(t), newDevice(t)
	l1, err := NewList(k, first.Public())
	check(t, err)
	l2, err := l1.Next(k, first, first.Public(), second.Public())
	check(t, err)
	l3, err := l2.Next(k, second, second.Public())
	check(t, err)
	for _, l := range []*List{l2, l3} {
		check(t, l.Verify(k.Public()))
	}
	check(t, l2.VerifyChange(l1, first.Public()))
	check(t, l3.VerifyChange(l2, second.Public()))
	want(t, l3.VerifyChange(l1, first.Public()), ErrChange)
	want(t, l3.VerifyChange(l2, first.Public()), ErrChange) // did not co-sign
	want(t, l2.VerifyChange(l1, second.Public()), ErrChange)
	want(t, l1.VerifyChange(l2, first.Public()), ErrChange)
	want(t, l2.VerifyChange(l3, first.Public()), ErrChange)

	// The account has signed two first lists, and this follows from the other.
	fork, err := NewList(k, first.Public(), newDevice(t).Public())
	check(t, err)
	want(t, l2.VerifyChange(fork, first.Public()), ErrChange)

	_, err = l1.Next(k, second, second.Public())
	want(t, err, ErrChange) // not in the list before
	_, err = l1.Next(newKey(t), first, first.Public())
	want(t, err, ErrChange) // another account

	// Somebody with a stolen phrase, but without a device, signs a list that
	// seems to be co-signed.
	forged := *l2
	forged.cosignature = ed25519.Sign(second.sign, signedMessage(labelCosignature, forged.head()))
	check(t, forged.sign(k))
	check(t, forged.Verify(k.Public()))
	want(t, forged.VerifyChange(l1, first.Public()), ErrSignature)

	// A co-signature cannot be taken away: the account signature covers it.
	bare := *l2
	bare.cosigner, bare.cosignature = nil, nil
	want(t, bare.Verify(k.Public()), ErrSignature)
}

// What a list says must make sense, even if the account has signed it.
func TestListSense(t *testing.T) {
	k, d := newKey(t), newDevice(t)
	for name, change := range map[string]func(*List){
		"version 0":         func(l *List) { l.Version = 0 },
		"first with a prev": func(l *List) { l.Prev[0] = 1 },
		"first co-signed": func(l *List) {
			h := d.Public().Hash()
			l.cosigner, l.cosignature = h[:], make([]byte, ed25519.SignatureSize)
		},
		"no devices":    func(l *List) { l.Devices = nil },
		"flags":         func(l *List) { l.Devices[0].Flags = 1 },
		"device twice":  func(l *List) { l.Devices = append(l.Devices, l.Devices[0]) },
		"out of order":  func(l *List) { l.Devices = append(l.Devices, ListEntry{}) },
		"of an account": func(l *List) { l.Account[0] ^= 1 },
	} {
		l, err := NewList(k, d.Public())
		check(t, err)
		change(l)
		check(t, l.sign(k))
		if l.Verify(k.Public()) == nil {
			t.Errorf("%s: verifies", name)
		}
	}
}

func TestIdentity(t *testing.T) {
	alice, bob := newIdentity(t), newIdentity(t)
	b := alice.Bytes()
	again, err := ParseIdentity(b)
	check(t, err)
	check(t, again.Verify())
	if !bytes.Equal(again.Bytes(), b) {
		t.Error("an identity changes when it is sent")
	}
	for i := range b {
		if _, err := ParseIdentity(b[:i]); err == nil {
			t.Fatalf("%d of %d bytes are read as an identity", i, len(b))
		}
	}
	_, err = ParseIdentity(append(bytes.Clone(b), 0))
	want(t, err, ErrIdentity)

	// The parts of two people do not go together in any way.
	want(t, (&Identity{alice.Account, alice.List, bob.Device}).Verify(), ErrNotInList)
	want(t, (&Identity{alice.Account, bob.List, alice.Device}).Verify(), ErrSignature)
	want(t, (&Identity{alice.Account, bob.List, bob.Device}).Verify(), ErrSignature)
	want(t, (&Identity{bob.Account, alice.List, alice.Device}).Verify(), ErrSignature)
	want(t, (&Identity{Account: alice.Account, Device: alice.Device}).Verify(), ErrIdentity)
	// Nor do a device's own keys and somebody else's.
	mixed := *alice
	copy(mixed.Device.X25519(), bob.Device.X25519())
	want(t, mixed.Verify(), ErrNotInList)
}
