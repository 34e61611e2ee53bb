package handshake

import (
	"bytes"
	"encoding"
	"testing"

	"sotto/crypto/internal/wire"
	"sotto/internal/corpus"
)

// Whatever a parser takes has one encoding: written again it is the same bytes.
// The inputs from which fuzzing starts are made in corpus_test.go.

func FuzzParseInvite(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		i, err := ParseInvite(s)
		corpus.Judge(t, err)
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
	f.Fuzz(func(t *testing.T, b []byte) {
		sum := inviteChecksum(b)
		b = append(b, sum[:]...)
		i, err := parseInviteBytes(b)
		corpus.Judge(t, err)
		if err == nil && !bytes.Equal(i.bytes(), b) {
			t.Fatal("an invitation has two encodings")
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := parseBundle(b)
		corpus.Judge(t, err)
		if err == nil && !bytes.Equal(bundle.bytes(), b) {
			t.Fatal("a bundle has two encodings")
		}
	})
}

func FuzzParseResetBundle(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := ParseResetBundle(b)
		corpus.Judge(t, err)
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
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseOffer(b)
		corpus.Judge(t, err)
		if err == nil {
			stays(t, o, b)
		}
	})
}

func FuzzParseResetOffer(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseResetOffer(b)
		corpus.Judge(t, err)
		if err == nil {
			stays(t, o, b)
		}
	})
}

func FuzzParseFirstMessage(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseFirstMessage(b)
		corpus.Judge(t, err)
		if err == nil && !bytes.Equal(m.bytes(), b) {
			t.Fatal("a first message has two encodings")
		}
	})
}

// What c2 says: the ratchet keys.
func FuzzParseSecondPart(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseSecondPart(b)
		corpus.Judge(t, err)
		if err == nil && !bytes.Equal(p.bytes(), b) {
			t.Fatal("ratchet keys have two encodings")
		}
	})
}

// And the text beside them, by invitation and in a reset.
func FuzzParseText(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		if payload, err := parseText(b); err == nil && (!bytes.Equal(text(payload), b) || len(payload) > MaxPayload) {
			t.Fatal("a text has two encodings")
		}
		list, payload, err := parseResetText(b)
		corpus.Judge(t, err)
		if err == nil && (!bytes.Equal(resetText(list, payload), b) || len(payload) > MaxPayload) {
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
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > contentSize-len(c.bundle.head())-wire.LPSize {
			return
		}
		_, err := offer.Respond(c.bob.self, nil, wrap(t, link.prologue, b))
		if (err == nil) != bytes.Equal(b, goodLink) {
			t.Fatalf("first message: error %v", err)
		}
		_, err = c.respond(wrap(t, reset.prologue, b))
		if (err == nil) != bytes.Equal(b, goodReset) {
			t.Fatalf("first message of a reset: error %v", err)
		}
	})
}
