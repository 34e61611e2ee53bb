package account

import (
	"bytes"
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

func TestIdentity(t *testing.T) {
	alice := newIdentity(t)
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
}
