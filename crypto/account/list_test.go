package account

import (
	"crypto/ed25519"
	"math"
	"testing"
)

// cosign puts a device's co-signature on a list, which the account has to sign
// after that.
func cosign(l *List, by *Device) {
	hash := by.public.Hash()
	l.cosigner = hash[:]
	l.cosignature = ed25519.Sign(by.sign, signedMessage(labelCosignature, l.head()))
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

// What a list says must make sense, even if the account has signed it.
func TestListSense(t *testing.T) {
	k, d := newKey(t), newDevice(t)
	for name, change := range map[string]func(*List){
		"version 0":                func(l *List) { l.Version = 0 },
		"first with a list before": func(l *List) { l.Prev[0] = 1 },
		"first co-signed":          func(l *List) { cosign(l, d) },
		"first with both":          func(l *List) { l.Prev[0] = 1; cosign(l, d) },
		"no list before":           func(l *List) { l.Version = 2; cosign(l, d) },
		"no co-signature":          func(l *List) { l.Version = 2; l.Prev[0] = 1 },
		"no devices":               func(l *List) { l.Devices = nil },
		"flags":                    func(l *List) { l.Devices[0].Flags = 1 },
		"device twice":             func(l *List) { l.Devices = append(l.Devices, l.Devices[0]) },
		"out of order":             func(l *List) { l.Devices = append(l.Devices, ListEntry{}) },
		"of another account":       func(l *List) { l.Account[0] ^= 1 },
	} {
		l, err := NewList(k, d.Public())
		check(t, err)
		change(l)
		check(t, l.sign(k))
		if l.Verify(k.Public()) == nil {
			t.Errorf("%s: verifies", name)
		}
		if _, err := ParseList(l.Bytes()); err == nil && name != "of another account" {
			t.Errorf("%s: is read", name)
		}
	}
}

// The three kinds of list, and how each stands to another.
func TestJudge(t *testing.T) {
	k, first, second := newKey(t), newDevice(t), newDevice(t)
	one := newList(t, k, first)
	two := next(t, one, k, first, first, second)
	three := next(t, two, k, second, second)
	recovery, err := Recover(k, 29_000_000, newDevice(t).Public())
	check(t, err)
	later, err := Recover(k, 29_000_001, second.Public())
	check(t, err)
	after := next(t, later, k, second, second, first)
	other := newList(t, k, second)
	for _, l := range []*List{one, two, three, recovery, later, after, other} {
		check(t, l.Verify(k.Public()))
		again, err := ParseList(l.Bytes())
		check(t, err)
		if again.Hash() != l.Hash() {
			t.Error("a list changes when it is sent")
		}
	}
	for _, tt := range []struct {
		name      string
		l, pinned *List
		from      *Device
		want      Verdict
	}{
		{"the same", two, two, first, Same},
		{"the same, from nobody", two, two, nil, Same},
		{"next", two, one, first, Follows},
		{"next, by the second", three, two, second, Follows},
		{"next after a recovery", after, later, second, Follows},
		{"one is missing", three, one, second, Gap},
		{"one is missing after a recovery", after, recovery, second, Gap},
		{"one before", one, two, first, Rollback},
		{"before a recovery", three, recovery, first, Rollback},
		{"other first", other, one, first, Fork},
		{"next of another", two, other, first, Fork},
		{"recovery", recovery, three, nil, Recovery},
		{"recovery, from a device that is pinned", recovery, two, first, Recovery},
		{"recovery of a recovery", later, recovery, nil, Recovery},
		{"two in a minute", newRecovery(t, k, 29_000_000, first), recovery, nil, Fork},
	} {
		got, err := tt.l.Judge(tt.pinned, public(tt.from))
		if err != nil || got != tt.want {
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	for v := Same; v <= Rollback; v++ {
		if s := v.String(); s == "" || s == Verdict(0).String() {
			t.Errorf("verdict %d is %q", int(v), s)
		}
	}
}

func TestRecover(t *testing.T) {
	k, d := newKey(t), newDevice(t).Public()
	for _, minutes := range []uint32{0, 1} {
		_, err := Recover(k, minutes, d)
		want(t, err, ErrList)
	}
	_, err := Recover(k, 2)
	want(t, err, ErrList)
	// No version comes after the last.
	last, err := Recover(k, math.MaxUint32, d)
	check(t, err)
	by := newDevice(t)
	last.Devices[0].Hash = by.Public().Hash()
	_, err = last.Next(k, by, d)
	want(t, err, ErrList)
}

func newList(t testing.TB, k *Key, devices ...*Device) *List {
	t.Helper()
	l, err := NewList(k, publics(devices)...)
	check(t, err)
	return l
}

func newRecovery(t testing.TB, k *Key, minutes uint32, devices ...*Device) *List {
	t.Helper()
	l, err := Recover(k, minutes, publics(devices)...)
	check(t, err)
	return l
}

func next(t testing.TB, l *List, k *Key, by *Device, devices ...*Device) *List {
	t.Helper()
	l, err := l.Next(k, by, publics(devices)...)
	check(t, err)
	return l
}

func publics(devices []*Device) (all []*DevicePublic) {
	for _, d := range devices {
		all = append(all, d.Public())
	}
	return all
}

func public(d *Device) *DevicePublic {
	if d == nil {
		return nil
	}
	return d.Public()
}
