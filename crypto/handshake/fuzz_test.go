package handshake

import (
	"bytes"
	"crypto/rand"
	"testing"
)

func FuzzParseInvite(f *testing.F) {
	f.Add(invite(62, 5).Text())
	f.Add(invite(0, 0).QRText())
	f.Add("sotto:i/2/")
	f.Add("sotto:i/1/ae")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := ParseInvite(s)
		if err != nil {
			return
		}
		again, err := ParseInvite(i.QRText())
		if err != nil || again.Text() != i.Text() {
			t.Fatalf("%q: does not come back", s)
		}
	})
}

// The binary form, without having to guess the checksum.
func FuzzParseInviteBytes(f *testing.F) {
	b := invite(62, 5).bytes()
	f.Add(b[:len(b)-checksumSize])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		sum := inviteChecksum(b)
		b = append(b, sum[:]...)
		i, err := parseInviteBytes(b)
		if err != nil {
			return
		}
		if !bytes.Equal(i.bytes(), b) {
			t.Fatal("an invitation has two encodings")
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add(newPerson(f).offer(f, Link).bundle.raw)
	f.Add([]byte{bundleVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := parseBundle(b)
		if err != nil {
			return
		}
		if !bytes.Equal(bundle.bytes(), b) {
			t.Fatal("a bundle has two encodings")
		}
	})
}

func FuzzParseOffer(f *testing.F) {
	b, err := newPerson(f).offer(f, Person).MarshalBinary()
	check(f, err)
	f.Add(b)
	f.Add([]byte{offerVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseOffer(b)
		if err != nil {
			return
		}
		if again, err := o.MarshalBinary(); err != nil || !bytes.Equal(again, b) {
			t.Fatal("an offer has two encodings")
		}
	})
}

// What a first message can say, without having to guess the secret.
func FuzzRespond(f *testing.F) {
	alice, bob := newPerson(f), newPerson(f)
	offer := bob.offer(f, Link)
	inv, bundle := open(f, offer)
	msg1, _, err := Initiate(rand.Reader, alice.self, inv, bundle, nil, []byte("hello"))
	check(f, err)
	good, err := openCell(inv, labelEnvelope, msg1)
	check(f, err)
	f.Add(good)
	f.Add(good[:32])
	f.Fuzz(func(t *testing.T, b []byte) {
		cell, err := sealCell(rand.Reader, inv, labelEnvelope, b)
		if err != nil {
			return
		}
		if _, _, _, err := Respond(offer, bob.self, nil, nil, cell); err == nil && !bytes.Equal(b, good) {
			t.Fatal("a made-up first message is taken")
		}
	})
}
