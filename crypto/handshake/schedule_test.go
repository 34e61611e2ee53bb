package handshake

import (
	"bytes"
	"crypto/hkdf"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"sotto/crypto/account"
	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
)

// What follows is docs/protocol.md §5 once more, in its own words and with
// nothing of the package but the private keys of B.

// following is a schedule that is followed from the outside.
type following struct {
	h, ck          []byte
	identity, text []byte // plaintexts of c1 and c2
}

func lp(parts ...[]byte) (b []byte) {
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}

func sum(parts ...[]byte) []byte {
	h := sha256.Sum256(slices.Concat(parts...))
	return h[:]
}

func kdf(t testing.TB, salt, ikm []byte, info string, n int) []byte {
	t.Helper()
	b, err := hkdf.Key(sha256.New, ikm, salt, info, n)
	check(t, err)
	return b
}

func aeadOpen(t testing.TB, k, ad, c []byte) []byte {
	t.Helper()
	a, err := chacha20poly1305.New(k)
	check(t, err)
	b, err := a.Open(nil, make([]byte, 12), c, ad)
	check(t, err)
	return b
}

// follow reads the content of a first message with the private keys of B, from
// h0 and the input of ck0.
func follow(t testing.TB, h0, ikm0, content []byte, device *account.Device, ot *[oneTimeSize]byte) *following {
	t.Helper()
	agree := func(private []byte, public []byte) []byte {
		b, err := dh(suite.PrivateDH(private), public)
		check(t, err)
		return b
	}
	decapsulate := func(seed, ct []byte) []byte {
		k, err := mlkem.NewDecapsulationKey1024(seed)
		check(t, err)
		b, err := k.Decapsulate(ct)
		check(t, err)
		return b
	}
	take := func(n int) (b []byte) {
		b, content = content[:n], content[n:]
		return b
	}
	e, ctOT, ctIK := take(32), take(1568), take(1568)
	c1 := take(int(binary.BigEndian.Uint32(take(4))))
	c2 := take(int(binary.BigEndian.Uint32(take(4))))
	if len(content) != 0 {
		t.Fatal("a first message is longer than its parts")
	}
	ikDH, ikKEM := device.Agreement()

	ck0 := kdf(t, h0, ikm0, "ck0", 32)
	h1 := sum(h0, e, ctOT, ctIK)
	k := kdf(t, ck0, lp(agree(ot[:32], e), agree(ikDH.Bytes(), e), decapsulate(ot[32:], ctOT), decapsulate(ikKEM.Bytes(), ctIK)), "ck1"+string(h1), 64)
	f := &following{identity: aeadOpen(t, k[32:], h1, c1)}
	h2 := sum(h1, c1)
	ikA := f.identity[len(f.identity)-1632:][32:64]
	k = kdf(t, k[:32], lp(agree(ot[:32], ikA)), "ck2"+string(h2), 64)
	f.text = aeadOpen(t, k[32:], h2, c2)
	f.ck, f.h = k[:32], sum(h2, c2)
	return f
}

// same checks that a session begins where the schedule ends: it has h3 for its
// hash, and its first cell the tag that follows from ck2.
func (f *following) same(t testing.TB, a *ratchet.Session) {
	t.Helper()
	if h := a.Hash(); !bytes.Equal(h[:], f.h) {
		t.Error("h3 is another one")
	}
	cell, _ := seal(t, a, "A1")
	tag, err := ratchet.CellTag(cell)
	check(t, err)
	hkA1 := kdf(t, f.ck, nil, "root"+string(f.h), 96)[32:64]
	if !bytes.Equal(tag[:], kdf(t, nil, hkA1, "tag", 16)) {
		t.Error("ck2 is another one")
	}
}

// linkPrologue is h0 and the input of ck0 for a link; personPrologue in person.
func linkPrologue(inv *Invite) (h0, ikm []byte) {
	b := inv.bytes()
	return sum(lp([]byte("Sotto handshake 1"), []byte{0, 1}, []byte{1}, sum([]byte(inv.Text())), nil, b[2:34])), lp(nil, b[34:66], nil)
}

func personPrologue(invA, invB *Invite) (h0, ikm []byte) {
	a, b := invA.bytes(), invB.bytes()
	return sum(lp([]byte("Sotto handshake 1"), []byte{0, 1}, []byte{2}, sum([]byte(invB.Text())), a[2:34], b[2:34])), lp(a[34:66], b[34:66], nil)
}

func resetPrologue(session [32]byte, bundle, rs []byte) (h0, ikm []byte) {
	return sum(lp([]byte("Sotto handshake 1"), []byte{0, 1}, []byte{3}, session[:], nil, sum(bundle))), lp(nil, bundle[3:35], rs)
}

func TestScheduleOfLink(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	msg1, a := alice.initiate(t, open(t, offer), nil, "hello")
	content, err := openCell(offer.Invite().secret, labelEnvelope, nil, msg1)
	check(t, err)
	h0, ikm := linkPrologue(offer.Invite())
	f := follow(t, h0, ikm, content, bob.self.Device, &offer.keys.oneTime)
	f.same(t, a)
	if !bytes.Equal(f.identity, alice.self.Identity.Bytes()) || string(f.text[1216+1088:]) != "\x00\x00\x00\x05hello" {
		t.Error("the first message says something else")
	}
}

func TestScheduleInPerson(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	msg1, a := alice.initiate(t, open(t, offerB), offerA, "")
	content, err := openCell(offerB.Invite().secret, labelEnvelope, nil, msg1)
	check(t, err)
	h0, ikm := personPrologue(offerA.Invite(), offerB.Invite())
	follow(t, h0, ikm, content, bob.self.Device, &offerB.keys.oneTime).same(t, a)
}

func TestScheduleOfReset(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	session, rs := [32]byte{7}, bytes.Repeat([]byte{9}, 32)
	offer, err := NewResetOffer(rand.Reader, bob.self, session)
	check(t, err)
	for _, rs := range [][]byte{rs, nil} {
		b, err := ParseResetBundle(offer.Bundle())
		check(t, err)
		msg1, a, err := Reset(rand.Reader, alice.self, bob.self.Identity, session, b, rs, []byte("hello"))
		check(t, err)

		// The envelope, from the page as well.
		s := offer.Bundle()[3:35]
		head := append([]byte{1}, kdf(t, nil, s, "token", 16)...)
		aead, err := chacha20poly1305.NewX(kdf(t, nil, s, "env", 32))
		check(t, err)
		padded, err := aead.Open(nil, msg1[17:41], msg1[41:], head)
		check(t, err)
		if len(padded) != 16327 || !bytes.Equal(msg1[:17], head) {
			t.Error("envelope of a reset")
		}
		content := padded[4:][:binary.BigEndian.Uint32(padded)]

		h0, ikm := resetPrologue(session, offer.Bundle(), rs)
		f := follow(t, h0, ikm, content, bob.self.Device, &offer.keys.oneTime)
		f.same(t, a)
		if string(f.text[1216+1088:]) != "\x00\x00\x00\x01\x00\x00\x00\x05hello" {
			t.Error("the first message of a reset says something else")
		}
	}
}
