package account

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"testing"

	"sotto/crypto/internal/secret/secrettest"
	"sotto/crypto/internal/suite"
)

// Mallory shows Alice's account and list beside keys of his own.
func TestAttackForeignDevice(t *testing.T) {
	alice, mallory := newIdentity(t), newIdentity(t)
	check(t, alice.Verify())
	want(t, (&Identity{alice.Account, alice.List, mallory.Device}).Verify(), ErrNotInList)
	want(t, (&Identity{alice.Account, mallory.List, alice.Device}).Verify(), ErrSignature)
	want(t, (&Identity{alice.Account, mallory.List, mallory.Device}).Verify(), ErrSignature)
	want(t, (&Identity{mallory.Account, alice.List, alice.Device}).Verify(), ErrSignature)
	want(t, (&Identity{Account: alice.Account, Device: mallory.Device}).Verify(), ErrIdentity)
	// One key of the device, or half of the account key, is exchanged.
	for i, cut := range map[string][2]int{"Ed25519": {0, 32}, "X25519": {32, 64}, "ML-KEM": {64, DevicePublicSize}} {
		mixed := *alice
		copy(mixed.Device[cut[0]:cut[1]], mallory.Device[cut[0]:cut[1]])
		want(t, mixed.Verify(), ErrNotInList)
		t.Log(i)
	}
	for _, cut := range [][2]int{{0, 32}, {32, PublicKeySize}} {
		mixed := *alice
		copy(mixed.Account[cut[0]:cut[1]], mallory.Account[cut[0]:cut[1]])
		want(t, mixed.Verify(), ErrSignature)
	}
}

// Mallory writes a device of his own into Alice's list, and has all of the
// signatures but one, or one half of one.
func TestAttackGhostDevice(t *testing.T) {
	k, other, d, ghost := newKey(t), newKey(t), newDevice(t), newDevice(t)
	l := newList(t, k, d)
	l.Devices = append(l.Devices, ListEntry{Hash: ghost.Public().Hash()})
	slices.SortFunc(l.Devices, func(a, b ListEntry) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
	want(t, l.Verify(k.Public()), ErrSignature) // the signature is of the list without it

	good, err := k.sign(labelList, l.body())
	check(t, err)
	foreign, err := other.sign(labelList, l.body())
	check(t, err)
	anotherKind, err := k.sign("sotto/1 something else", l.body())
	check(t, err)
	const half = ed25519.SignatureSize
	for name, sig := range map[string][]byte{
		"none":              nil,
		"zeros":             make([]byte, signatureSize),
		"another account's": foreign,
		"only ML-DSA":       append(bytes.Clone(foreign[:half]), good[half:]...),
		"only Ed25519":      append(bytes.Clone(good[:half]), foreign[half:]...),
		"Ed25519 cut off":   good[half:],
		"ML-DSA cut off":    good[:half],
		"of another kind":   anotherKind,
		// Each half is bound to the kind by itself.
		"ML-DSA of another kind":  append(bytes.Clone(good[:half]), anotherKind[half:]...),
		"Ed25519 of another kind": append(bytes.Clone(anotherKind[:half]), good[half:]...),
	} {
		l.signature = sig
		if err := l.Verify(k.Public()); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	l.signature = good
	check(t, l.Verify(k.Public()))
}

// Mallory changes a list on its way, in any place.
func TestAttackAlteredList(t *testing.T) {
	k, d := newKey(t), newDevice(t)
	one := newList(t, k, d)
	for _, l := range []*List{one, next(t, one, k, d, d, newDevice(t))} {
		good := l.Bytes()
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
		_, err := ParseList(append(good, 0))
		want(t, err, ErrList)
	}
}

// Mallory has the phrase, and none of the devices. Whatever he signs is a
// recovery, or is refused: it never follows.
func TestAttackStolenPhrase(t *testing.T) {
	k, d, mine := newKey(t), newDevice(t), newDevice(t)
	one := newList(t, k, d)
	two := next(t, one, k, d, d, newDevice(t))
	// forge signs with the account key whatever it is given.
	forge := func(change func(*List)) *List {
		l := &List{Account: k.public.ID(), Version: 2, Prev: one.Hash(), Devices: []ListEntry{{Hash: mine.Public().Hash()}}}
		change(l)
		check(t, l.sign(k))
		return l
	}
	for name, l := range map[string]*List{
		"co-signed by himself": forge(func(l *List) { cosign(l, mine) }),
		"in the name of Alice's device": forge(func(l *List) {
			cosign(l, mine)
			hash := d.Public().Hash()
			l.cosigner = hash[:]
		}),
		"with a co-signature of another list": forge(func(l *List) {
			cosign(l, d)
			l.cosigner, l.cosignature = two.cosigner, two.cosignature
		}),
		"with no co-signature at all": forge(func(l *List) {
			cosign(l, mine)
			l.cosignature = make([]byte, ed25519.SignatureSize)
		}),
	} {
		check(t, l.Verify(k.Public()))
		for _, from := range []*Device{d, mine, nil} {
			v, err := l.Judge(one, public(from))
			if v != 0 || !errors.Is(err, ErrChange) {
				t.Errorf("%s: %v, %v", name, v, err)
			}
		}
	}
	// What he can sign is a recovery, whoever is said to bring it.
	for _, from := range []*Device{d, mine, nil} {
		if v, err := newRecovery(t, k, 29_000_000, mine).Judge(one, public(from)); err != nil || v != Recovery {
			t.Errorf("recovery: %v, %v", v, err)
		}
	}
	// A true change cannot be made to look like one: the account has signed
	// that it was co-signed.
	bare := *two
	bare.cosigner, bare.cosignature, bare.Prev = nil, nil, [32]byte{}
	want(t, bare.Verify(k.Public()), ErrSignature)
	// Nor does a list follow in the session of a device that did not sign it.
	_, err := two.Judge(one, mine.Public())
	want(t, err, ErrChange)
	_, err = two.Judge(one, nil)
	want(t, err, ErrChange)
}

// Mallory holds a device that Alice has removed.
func TestAttackRemovedDevice(t *testing.T) {
	k, d, removed := newKey(t), newDevice(t), newDevice(t)
	both := newList(t, k, d, removed)
	without := next(t, both, k, d, d)
	_, err := without.Next(k, removed, removed.Public())
	want(t, err, ErrChange)
	l := draft(k, without.Version+1, []*DevicePublic{removed.Public()})
	l.Prev = without.Hash()
	cosign(l, removed)
	check(t, l.sign(k))
	_, err = l.Judge(without, removed.Public())
	want(t, err, ErrChange)
	// It shows the list in which it still was.
	if v, err := both.Judge(without, removed.Public()); err != nil || v != Rollback {
		t.Errorf("%v, %v", v, err)
	}
	// A device of the list cannot sign in the name of another.
	for _, name := range []*Device{removed, newDevice(t)} {
		l = draft(k, both.Version+1, []*DevicePublic{d.Public()})
		l.Prev = both.Hash()
		cosign(l, d)
		hash := name.Public().Hash()
		l.cosigner = hash[:]
		check(t, l.sign(k))
		for _, from := range []*Device{d, name} {
			_, err = l.Judge(both, from.Public())
			want(t, err, ErrChange)
		}
	}
	// Nor is one that did not sign the one from which a list has to come.
	third := newDevice(t)
	l = next(t, both, k, d, d, third)
	_, err = l.Judge(both, removed.Public())
	want(t, err, ErrChange)
	_, err = l.Judge(both, third.Public())
	want(t, err, ErrChange)
}

// Mallory shows Bob lists of Mallory's own account as changes of Alice's.
func TestAttackForeignList(t *testing.T) {
	alice, mallory, d := newKey(t), newKey(t), newDevice(t)
	pinned := newList(t, alice, d)
	for _, l := range []*List{newList(t, mallory, d), newRecovery(t, mallory, 29_000_000, d)} {
		v, err := l.Judge(pinned, d.Public())
		if v != 0 || !errors.Is(err, ErrChange) {
			t.Errorf("%v, %v", v, err)
		}
		want(t, l.Verify(alice.Public()), ErrSignature)
	}
	_, err := pinned.Next(mallory, d, d.Public())
	want(t, err, ErrChange)
}

// The network brings Alice's lists in any order: what is held over a gap
// follows in the end, and every order ends with the same list.
func TestAttackReorderedLists(t *testing.T) {
	k, d := newKey(t), newDevice(t)
	chain := []*List{newList(t, k, d)}
	for range 4 {
		chain = append(chain, next(t, chain[len(chain)-1], k, d, d, newDevice(t)))
	}
	orders := 0
	permute(chain[1:], func(order []*List) {
		orders++
		pinned, held := chain[0], []*List(nil)
		for _, l := range order {
			held = append(held, l)
			for again := true; again; {
				again = false
				for i, l := range held {
					v, err := l.Judge(pinned, d.Public())
					check(t, err)
					if v == Follows {
						pinned, held, again = l, slices.Delete(held, i, i+1), true
						break
					}
					if v != Gap {
						t.Fatalf("version %d after %d: %v", l.Version, pinned.Version, v)
					}
				}
			}
		}
		if pinned.Hash() != chain[4].Hash() || len(held) != 0 {
			t.Fatalf("ends with version %d and %d held", pinned.Version, len(held))
		}
	})
	if orders != 24 {
		t.Fatalf("%d orders, want 24", orders)
	}
}

// permute calls f with every order of the lists.
func permute(lists []*List, f func([]*List)) {
	if len(lists) == 0 {
		f(nil)
	}
	for i, l := range lists {
		rest := append(slices.Clone(lists[:i]), lists[i+1:]...)
		permute(rest, func(tail []*List) { f(append([]*List{l}, tail...)) })
	}
}

// Mallory uses a signature of one kind, or a key, where another is due.
func TestAttackCrossUse(t *testing.T) {
	k, d := newKey(t), newDevice(t)
	one := newList(t, k, d)
	two := next(t, one, k, d, d)

	// A co-signature as the Ed25519 half of an account signature, under an
	// account key whose Ed25519 key is that of the device.
	account := *k.Public()
	copy(account[:], d.Public().Ed25519())
	mixed := *two
	mixed.Account = account.ID()
	mixed.signature = append(ed25519.Sign(d.sign, signedMessage(labelCosignature, mixed.head())), two.signature[ed25519.SignatureSize:]...)
	want(t, mixed.Verify(&account), ErrSignature)
	if ed25519.Verify(d.Public().Ed25519(), signedMessage(labelList, two.head()), two.cosignature) {
		t.Error("a co-signature is a signature of the account's kind")
	}

	// The account signs a list. That does not co-sign it, though a device has
	// the account's Ed25519 key as its own.
	twin := *newDevice(t)
	twin.sign = k.classical
	copy(twin.public[:], k.classical.Public().(ed25519.PublicKey))
	pinned := newList(t, k, &twin)
	forged := draft(k, 2, []*DevicePublic{d.Public()})
	forged.Prev = pinned.Hash()
	hash := twin.public.Hash()
	forged.cosigner = hash[:]
	sig, err := k.sign(labelList, forged.head())
	check(t, err)
	forged.cosignature = sig[:ed25519.SignatureSize]
	check(t, forged.sign(k))
	_, err = forged.Judge(pinned, &twin.public)
	want(t, err, ErrChange)

	// The hash of one kind of thing is not that of another with the same bytes.
	same := make([]byte, PublicKeySize)
	seen := map[[32]byte]bool{suite.Hash(same): true}
	for _, label := range []string{labelAccountID, labelDevice, labelListHash} {
		h := suite.LabelledHash(label, same)
		if seen[h] {
			t.Errorf("%q does not keep hashes apart", label)
		}
		seen[h] = true
	}
	if (new(PublicKey)).ID() != suite.LabelledHash(labelAccountID, same) {
		t.Error("an account id is another hash")
	}
}

// Mallory reads logs, crash reports and what is marshalled by mistake.
func TestAttackLogs(t *testing.T) {
	entropy := bytes.Repeat([]byte("entropy!"), EntropySize/8)
	phrase, err := PhraseFromEntropy(entropy)
	check(t, err)
	k, err := phrase.AccountKey()
	check(t, err)
	d := newDevice(t)
	stored, err := d.MarshalBinary()
	check(t, err)
	dh, kem := d.Agreement()
	secrettest.Hidden(t, phrase, entropy)
	secrettest.Hidden(t, &phrase, entropy)
	secrettest.Hidden(t, k, k.classical.Seed(), k.pq.Bytes())
	secrettest.Hidden(t, *k, k.classical.Seed(), k.pq.Bytes())
	secrettest.Hidden(t, d, stored[1:], d.sign.Seed(), dh.Bytes(), kem.Bytes())
	for _, v := range []any{phrase, &phrase, k, *k, d} {
		if got := fmt.Sprintf("%v %s %x", v, v, v); got != "[secret] [secret] [secret]" {
			t.Errorf("%T: %s", v, got)
		}
	}
	// Somebody's struct with a phrase in a field that fmt does not ask.
	secrettest.Hidden(t, settings{phrase, d}, entropy, d.sign.Seed(), dh.Bytes(), kem.Bytes())
}

// settings is a struct that does not redact itself.
type settings struct {
	phrase Phrase
	device *Device
}

// Mallory searches all that the account shows for a private key.
func TestAttackPublicBytes(t *testing.T) {
	phrase, err := PhraseFromEntropy(bytes.Repeat([]byte("entropy!"), EntropySize/8))
	check(t, err)
	k, err := phrase.AccountKey()
	check(t, err)
	d := newDevice(t)
	dh, kem := d.Agreement()
	one := newList(t, k, d)
	identity := &Identity{Account: *k.Public(), List: one, Device: *d.Public()}
	number := SafetyNumber(k.Public(), &newIdentity(t).Account)
	for name, shown := range map[string][]byte{
		"identity":      identity.Bytes(),
		"list":          next(t, one, k, d, d, newDevice(t)).Bytes(),
		"safety number": []byte(number),
	} {
		for _, s := range [][]byte{phrase.Entropy(), k.classical.Seed(), k.pq.Bytes(), d.sign.Seed(), dh.Bytes(), kem.Bytes()[:32], kem.Bytes()[32:]} {
			for i := 0; i+8 <= len(s); i++ {
				if bytes.Contains(shown, s[i:i+8]) {
					t.Errorf("%s has eight bytes of a private key", name)
				}
			}
		}
	}
}
