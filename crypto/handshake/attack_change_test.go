package handshake

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Attacks that change a byte: nothing that two people exchange can be altered,
// cut, lengthened or put together anew.

// An exchanged is a thing on its way, with what its receiver does with it. open
// says whether it was taken.
type exchanged struct {
	name string
	sent []byte
	open func([]byte) error
}

// exchanges are all things that go from one to the other, as the network sees
// them, and as somebody sees and can seal them who has the link or the reset
// bundle.
func exchanges(t testing.TB) []exchanged {
	c := newContacts(t)
	offer := c.bob.offer(t, Link)
	inv, bundle := offer.Invite(), open(t, offer)
	cell, err := offer.BundleCell(rand.Reader)
	check(t, err)
	msg1, _ := c.alice.initiate(t, bundle, nil, "hello")
	respond := func(b []byte) error { return failure(offer.Respond(c.bob.self, nil, b)) }
	resetMsg1, _ := c.reset(t, nil, "hello")
	head := c.bundle.head()
	resetRespond := func(b []byte) error { return failure(c.respond(b)) }

	inside := func(e exchanged, s secret.Key, label string, head []byte) exchanged {
		content, err := openCell(s, label, head, e.sent)
		check(t, err)
		return exchanged{e.name + ", inside", content, func(b []byte) error {
			cell, err := sealCell(rand.Reader, s, label, head, b)
			if err != nil {
				return err // longer than a cell
			}
			return e.open(cell)
		}}
	}
	outer := []exchanged{
		{"bundle", cell, func(b []byte) error { return failure(OpenBundle(inv, b)) }},
		{"first message", msg1, respond},
		{"first message of a reset", resetMsg1, resetRespond},
	}
	return append(outer,
		inside(outer[0], inv.secret, labelBundle, nil),
		inside(outer[1], inv.secret, labelEnvelope, nil),
		inside(outer[2], c.bundle.secret, labelEnvelope, head),
		exchanged{"invitation", []byte(inv.Text()), func(b []byte) error { return opensElse(inv, string(b)) }},
		exchanged{"reset bundle", c.offer.Bundle(), func(b []byte) error {
			given, err := ParseResetBundle(b)
			if err != nil {
				return err
			}
			d := *c
			d.bundle = given
			msg1, _, err := Reset(rand.Reader, d.alice.self, d.bob.self.Identity, d.a.Hash(), given, nil, nil)
			if err != nil {
				return err
			}
			return failure(d.respond(msg1))
		}},
	)
}

// opensElse is nil if a text is read as an invitation. One that differs in
// case or in the white space around it is the same invitation.
func opensElse(inv *Invite, text string) error {
	got, err := ParseInvite(text)
	if err == nil && got.Text() == inv.Text() {
		return fmt.Errorf("the same invitation")
	}
	return err
}

// One bit is changed, at many places of each.
func TestChangedBytes(t *testing.T) {
	for _, e := range exchanges(t) {
		if e.name != "invitation" {
			check(t, e.open(e.sent))
		}
		step := max(len(e.sent)/64, 1)
		sample(len(e.sent), step|1, func(i int) {
			if e.open(flipped(e.sent, i)) == nil {
				t.Fatalf("%s: byte %d can be altered", e.name, i)
			}
		})
		for _, n := range []int{0, 1, len(e.sent) / 2, len(e.sent) - 1} {
			if e.open(e.sent[:n]) == nil {
				t.Errorf("%s: taken when cut to %d bytes", e.name, n)
			}
		}
		if e.open(append(bytes.Clone(e.sent), 0)) == nil || e.open(append([]byte{0}, e.sent...)) == nil {
			t.Errorf("%s: taken with a byte more", e.name)
		}
	}
}

// changed is b after one of the changes that an attacker can think of.
func changed(t *rapid.T, b []byte) []byte {
	i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
	n := rapid.IntRange(1, min(64, len(b)-i)).Draw(t, "length")
	out := bytes.Clone(b)
	switch rapid.SampledFrom([]string{"set", "cut", "repeat", "exchange", "zero", "append"}).Draw(t, "change") {
	case "set":
		copy(out[i:], rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "bytes"))
	case "cut":
		out = slices.Delete(out, i, i+n)
	case "repeat":
		out = slices.Insert(out, i, b[i:i+n]...)
	case "exchange":
		j := rapid.IntRange(0, len(b)-n).Draw(t, "with")
		copy(out[i:], b[j:j+n])
		copy(out[j:], b[i:i+n])
	case "zero":
		clear(out[i : i+n])
	case "append":
		out = append(out, b[i:i+n]...)
	}
	return out
}

// Any change, of any thing.
func TestAnyChange(t *testing.T) {
	all := exchanges(t)
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(all).Draw(t, "what")
		if b := changed(t, e.sent); !bytes.Equal(b, e.sent) && e.open(b) == nil {
			t.Fatalf("%s: taken when changed", e.name)
		}
	})
}

// FuzzMalleable does the same, guided by what is reached.
func FuzzMalleable(f *testing.F) {
	all := exchanges(f)
	f.Fuzz(func(t *testing.T, which uint8, at uint16, mask []byte) {
		e := all[int(which)%len(all)]
		b := bytes.Clone(e.sent)
		for i, m := range mask {
			b[(int(at)+i)%len(b)] ^= m
		}
		if !bytes.Equal(b, e.sent) && e.open(b) == nil {
			t.Fatalf("%s: taken when changed", e.name)
		}
	})
}

// Padding cannot carry anything: whoever has the link writes into it.
func TestPaddingIsZero(t *testing.T) {
	alice, bob := newPerson(t), newPerson(t)
	offer := bob.offer(t, Link)
	inv := offer.Invite()
	msg1, _ := alice.initiate(t, open(t, offer), nil, "")
	content, err := openCell(inv.secret, labelEnvelope, nil, msg1)
	check(t, err)
	padded, _ := wire.Pad(content, contentSize)
	for _, at := range []int{wire.LPSize + len(content), contentSize - 1} {
		bad := bytes.Clone(padded)
		bad[at] = 1
		nonce := make([]byte, suite.XNonceSize)
		cell := suite.Seal(bytes.Clone(nonce), suite.KDF(nil, inv.secret[:], labelEnvelope, 32), nonce, bad, nil)
		want(t, failure(offer.Respond(bob.self, nil, cell)), ErrForged)
	}
}
