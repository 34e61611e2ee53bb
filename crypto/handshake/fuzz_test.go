package handshake

import (
	"bytes"
	"crypto/rand"
	"encoding"
	"testing"

	"sotto/crypto/internal/wire"
	"sotto/crypto/ratchet"
)

// Whatever a parser takes has one encoding: written again it is the same bytes.

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
		if err == nil && !bytes.Equal(i.bytes(), b) {
			t.Fatal("an invitation has two encodings")
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add(newPerson(f).offer(f, Link).bundle.raw)
	f.Add([]byte{bundleVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := parseBundle(b)
		if err == nil && !bytes.Equal(bundle.bytes(), b) {
			t.Fatal("a bundle has two encodings")
		}
	})
}

func FuzzParseResetBundle(f *testing.F) {
	o, err := NewResetOffer(rand.Reader, newPerson(f).self, [32]byte{1})
	check(f, err)
	f.Add(o.Bundle())
	f.Add([]byte{resetVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := ParseResetBundle(b)
		if err == nil && !bytes.Equal(bundle.bytes(), b) {
			t.Fatal("a reset bundle has two encodings")
		}
	})
}

// stays checks that a stored offer comes back as it was stored.
func stays(t *testing.T, o encoding.BinaryMarshaler, stored []byte) {
	if again, err := o.MarshalBinary(); err != nil || !bytes.Equal(again, stored) {
		t.Fatal("an offer has two encodings")
	}
}

func FuzzParseOffer(f *testing.F) {
	b, err := newPerson(f).offer(f, Person).MarshalBinary()
	check(f, err)
	f.Add(b)
	f.Add([]byte{offerVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := ParseOffer(b); err == nil {
			stays(t, o, b)
		}
	})
}

func FuzzParseResetOffer(f *testing.F) {
	o, err := NewResetOffer(rand.Reader, newPerson(f).self, [32]byte{1})
	check(f, err)
	b, err := o.MarshalBinary()
	check(f, err)
	f.Add(b)
	f.Add([]byte{offerVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := ParseResetOffer(b); err == nil {
			stays(t, o, b)
		}
	})
}

func FuzzParseFirstMessage(f *testing.F) {
	m := &firstMessage{make([]byte, 32), make([]byte, kemCiphertext), make([]byte, kemCiphertext), []byte("c1"), []byte("c2")}
	f.Add(m.bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseFirstMessage(b)
		if err == nil && !bytes.Equal(m.bytes(), b) {
			t.Fatal("a first message has two encodings")
		}
	})
}

// What c2 says, by invitation and in a reset.
func FuzzParseSecondPart(f *testing.F) {
	p := &secondPart{ct: make([]byte, ratchet.CiphertextSize), text: []byte("\x00\x00\x00\x02hi")}
	f.Add(p.bytes())
	p.text = []byte("\x00\x00\x00\x01\x00\x00\x00\x02hi")
	f.Add(p.bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseSecondPart(b)
		if err != nil {
			return
		}
		if !bytes.Equal(p.bytes(), b) {
			t.Fatal("ratchet keys have two encodings")
		}
		if payload, err := parseText(p.text); err == nil && !bytes.Equal(text(payload), p.text) {
			t.Fatal("a text has two encodings")
		}
		if list, payload, err := parseResetText(p.text); err == nil && !bytes.Equal(resetText(list, payload), p.text) {
			t.Fatal("the text of a reset has two encodings")
		}
	})
}

// What a first message can say, without having to guess the secret: nothing but
// an honest one is taken, by invitation or in a reset.
func FuzzRespond(f *testing.F) {
	c := newContacts(f)
	offer := c.bob.offer(f, Link)
	link, reset := c.alice.byLink(open(f, offer)), c.byReset(nil)
	goodLink, goodReset := first(link.content(f)), first(reset.content(f))
	f.Add(goodLink)
	f.Add(goodReset)
	f.Add(goodLink[:32])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > contentSize-len(c.bundle.head())-wire.LPSize {
			return
		}
		_, err := offer.Respond(c.bob.self, nil, wrap(t, link.ground, b))
		if (err == nil) != bytes.Equal(b, goodLink) {
			t.Fatalf("first message: error %v", err)
		}
		_, err = c.respond(wrap(t, reset.ground, b))
		if (err == nil) != bytes.Equal(b, goodReset) {
			t.Fatalf("first message of a reset: error %v", err)
		}
	})
}
