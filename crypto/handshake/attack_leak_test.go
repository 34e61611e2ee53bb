package handshake

import (
	"bytes"
	"crypto/rand"
	"encoding"
	"encoding/base32"
	"fmt"
	"strings"
	"testing"

	"sotto/crypto/internal/secret/secrettest"
	"sotto/crypto/ratchet"
)

// A scan of all that leaves a device, and of what is inside of it once it is
// opened, for anything that must never leave it.
func TestNothingLeaks(t *testing.T) {
	alice, bob, offerA, offerB := meet(t)
	_, _, a, b := linked(t)
	reset, err := NewResetOffer(rand.Reader, bob.self, b.Hash())
	check(t, err)

	// What stays: private keys of devices, prekeys and pairs, and session keys.
	stays := map[string][]byte{
		"OT of A's offer":       offerA.keys.oneTime[:],
		"OT of B's offer":       offerB.keys.oneTime[:],
		"pair of A's offer":     offerA.keys.ratchet.Bytes(),
		"pair of B's offer":     offerB.keys.ratchet.Bytes(),
		"OT of a reset offer":   reset.keys.oneTime[:],
		"pair of a reset offer": reset.keys.ratchet.Bytes(),
	}
	for name, p := range map[string]*person{"A": alice, "B": bob} {
		device, err := p.self.Device.MarshalBinary()
		check(t, err)
		stays["device of "+name] = device[1:]
	}
	for name, o := range map[string]encoding.BinaryMarshaler{"A": offerA, "B": offerB, "reset": reset} {
		stored, err := o.MarshalBinary()
		check(t, err)
		stays["end of the stored offer "+name] = stored[len(stored)-privatePrekeysSize:]
	}

	// What goes, from the outside and from the inside.
	goes := map[string][]byte{}
	add := func(name string, b []byte) { goes[name] = b }
	for name, o := range map[string]*Offer{"A": offerA, "B": offerB} {
		text := o.Invite().Text()
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(text[len("sotto:i/1/"):]))
		check(t, err)
		add("invitation of "+name, []byte(text))
		add("invitation of "+name+", decoded", raw)
		cell, err := o.BundleCell(rand.Reader)
		check(t, err)
		add("bundle cell of "+name, cell)
		add("bundle of "+name, o.bundle.raw)
		token := o.Invite().Token()
		add("token of "+name, token[:])
	}
	msg1, session := alice.initiate(t, open(t, offerB), offerA, "payload")
	add("first message", msg1)
	content, err := openCell(offerB.Invite().secret, labelEnvelope, nil, msg1)
	check(t, err)
	add("first message, content", content)
	h0, ikm := personPrologue(offerA.Invite(), offerB.Invite())
	f := follow(t, h0, ikm, content, bob.self.Device, &offerB.keys.oneTime)
	add("first message, c1", f.identity)
	add("first message, c2", f.text)

	bundle, err := ParseResetBundle(reset.Bundle())
	check(t, err)
	resetMsg1, resumed, err := Reset(rand.Reader, alice.self, bob.self.Identity, b.Hash(), bundle, a.Resumptions()[0], []byte("payload"))
	check(t, err)
	add("reset bundle", reset.Bundle())
	add("first message of a reset", resetMsg1)
	content, err = openCell(bundle.secret, labelEnvelope, bundle.head(), resetMsg1)
	check(t, err)
	add("first message of a reset, content", content)
	h0, ikm = resetPrologue(b.Hash(), reset.Bundle(), a.Resumptions()[0])
	f = follow(t, h0, ikm, content, bob.self.Device, &reset.keys.oneTime)
	add("first message of a reset, c1", f.identity)
	add("first message of a reset, c2", f.text)
	stays["resumption secret"] = a.Resumptions()[0]
	for name, s := range map[string]*ratchet.Session{"by invitation": session, "by reset": resumed} {
		for i, k := range secrettest.Keys(s) {
			stays[fmt.Sprintf("key %d of a session %s", i, name)] = k
		}
	}
	for name, s := range map[string]*ratchet.Session{"by invitation": session, "by reset": resumed} {
		cell, _ := seal(t, s, "x")
		add("cell of a session "+name, cell)
	}

	if len(goes) < 20 || len(stays) < 20 {
		t.Fatalf("only %d things and %d secrets", len(goes), len(stays))
	}
	for what, b := range goes {
		for name, s := range stays {
			for i := 0; i+16 <= len(s); i += 16 {
				if bytes.Contains(b, s[i:i+16]) {
					t.Errorf("%s has part of: %s", what, name)
				}
			}
		}
		// The secret of an invitation is in its text, and that of a reset bundle
		// in the bundle, and nowhere else.
		for name, s := range map[string][]byte{"invitation of A": offerA.Invite().secret[:], "invitation of B": offerB.Invite().secret[:], "reset bundle": bundle.secret[:]} {
			if bytes.Contains(b, s[:16]) && !strings.HasPrefix(what, name) {
				t.Errorf("%s has the secret of: %s", what, name)
			}
		}
	}
	if !bytes.Contains(goes["invitation of A, decoded"], offerA.Invite().secret[:]) {
		t.Error("the scan does not find what is there")
	}
}
