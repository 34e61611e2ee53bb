package handshake

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
	"sotto/internal/interop"
)

// makeInviteVectors makes invite.json of this program.
func makeInviteVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 3)
	v := vectorInvite{Inviter: vectorSide{"bob", "bob first", "bob laptop"}}
	self := loadPeople(t, "go").self(v.Inviter)
	o, err := NewOffer(rand.Reader, self, Link, time.Unix(1_900_000_000, 0), []byte("where Bob is"))
	check(t, err)
	o.Invite().Mailbox = []byte("a box")
	v.Invitation, v.BundleSize = *publishOffer(o), len(o.bundle.raw)
	v.Cell, err = o.BundleCell(rand.Reader)
	check(t, err)
	for _, at := range []int{0, 23, 24, 2000, 12000, -1} {
		v.Altered = append(v.Altered, interop.Alteration{At: at, XOR: 128})
	}

	text := v.Invitation.Text
	with := func(change func(*Invite)) string {
		inv := *o.Invite()
		change(&inv)
		return inv.Text()
	}
	for _, s := range []string{
		text, strings.ToUpper(text), "\t" + text + "\r\n", text[1:], text[:len(text)-1], text + "a", text + "=", text + "/",
		text[:30] + text[31:], text[:30] + " " + text[30:], text[:30] + "\n" + text[30:],
		strings.Replace(text, "/1/", "/2/", 1), strings.Replace(text, "/1/", "/0/", 1), strings.Replace(text, "/1/", "//", 1),
		"sotto:i/1/", "sotto:i/", "sotto:", "",
		with(func(i *Invite) { i.Mode = 3 }), with(func(i *Invite) { i.Mode = 0 }),
		with(func(i *Invite) { i.Route = make([]byte, MaxRoute) }), with(func(i *Invite) { i.Route = make([]byte, MaxRoute+1) }),
		with(func(i *Invite) { i.Mailbox = make([]byte, MaxMailbox) }), with(func(i *Invite) { i.Mailbox = make([]byte, MaxMailbox+1) }),
		with(func(i *Invite) { i.Route, i.Mailbox = nil, nil }),
	} {
		v.Texts = append(v.Texts, vectorText{s, textVerdict(t, s)})
	}

	reset, err := NewResetOffer(rand.Reader, self, [32]byte{})
	check(t, err)
	name := reset.Token()
	v.Reset = vectorResetBundle{reset.bundle.secret[:], publishPrekeys(reset.keys), name[:], vectorSum(reset.Bundle()), len(reset.Bundle())}
	interop.Save(t, "invite", v)
}

// makeHandshakeVectors makes handshake.json of this program.
func makeHandshakeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 4)
	people := loadPeople(t, "go")
	var file vectorHandshakes
	for _, c := range []vectorCase{
		{Name: "link", Payload: []byte("from Alice, by a link")},
		{Name: "in person", Payload: []byte("from Alice, in person")},
		{Name: "fresh reset", Payload: []byte("anew"), Reset: &vectorReset{Pinned: "bob first", Resumption: make([]byte, 32)}},
		{Name: "stale reset", Payload: []byte{}, Reset: &vectorReset{Pinned: "bob second"}},
	} {
		c.Initiator, c.Responder = vectorSide{"alice", "alice first", "alice laptop"}, vectorSide{"bob", "bob first", "bob laptop"}
		if c.Reset != nil {
			c.Responder.List = "bob second"
		}
		c.make(t, people)
		for _, at := range []int{0, 1, 16, 17, 40, 41, 5000, 12000, -1} {
			c.Altered = append(c.Altered, interop.Alteration{At: at, XOR: 1})
		}
		file.Cases = append(file.Cases, c)
	}
	interop.Save(t, "handshake", file)
}

func (c *vectorCase) make(t *testing.T, people *vectorPeople) {
	alice, bob := people.self(c.Initiator), people.self(c.Responder)
	var read bytes.Buffer // what was random in the first message
	source := io.TeeReader(rand.Reader, &read)
	var p *prologue
	var keys *privatePrekeys
	var content []byte
	if c.Reset == nil {
		mode := Link
		var own *Offer
		var theirs *Bundle
		if c.Name == "in person" {
			mode = Person
		}
		o, err := NewOffer(rand.Reader, bob, mode, time.Unix(1_900_000_000, 0), []byte("where Bob is"))
		check(t, err)
		for mode == Person && (own == nil || !MayInitiate(own.Invite(), o.Invite())) {
			own, err = NewOffer(rand.Reader, alice, mode, time.Unix(1_900_000_000, 0), nil)
			check(t, err)
			theirs, c.InitiatorInvitation = own.bundle, publishOffer(own)
		}
		c.Invitation = publishOffer(o)
		c.Msg1, _, err = Initiate(source, alice, o.bundle, own, c.Payload)
		check(t, err)
		p, err = o.responderPrologue(theirs)
		check(t, err)
		content, err = openCell(o.Invite().secret, labelEnvelope, nil, c.Msg1)
		check(t, err)
		keys = o.keys
	} else {
		r := c.Reset
		r.Session = make([]byte, 32)
		r.Accepted = [][]byte{make([]byte, 32), make([]byte, 32)}
		for _, b := range [][]byte{r.Session, r.Accepted[0], r.Accepted[1]} {
			_, err := rand.Read(b)
			check(t, err)
		}
		if r.Resumption != nil {
			r.Resumption = r.Accepted[1]
		}
		r.Lists = []string{"bob first", "bob second"}
		o, err := NewResetOffer(rand.Reader, bob, [32]byte(r.Session))
		check(t, err)
		name := o.Token()
		r.Secret, r.Token, r.vectorPrekeys = o.bundle.secret[:], name[:], publishPrekeys(o.keys)
		pinned := *bob.Identity
		pinned.List = people.lists[r.Pinned]
		c.Msg1, _, err = Reset(source, alice, &pinned, o.session, &o.bundle, r.Resumption, c.Payload)
		check(t, err)
		p = o.bundle.prologue(o.session, r.Resumption)
		content, err = openCell(o.bundle.secret, labelEnvelope, o.bundle.head(), c.Msg1)
		check(t, err)
		keys = o.keys
	}
	var second *secondPart
	c.Schedule, second = trace(t, p, keys, bob, content)
	c.CTR = second.ct

	// The keys that Alice made, out of what she read and hedged it with.
	e, err := suite.Hedged(&read, suite.DHSize, alice.hedge(), c.Schedule.CK0)
	check(t, err)
	pair, err := ratchet.NewPair(&read, append(alice.hedge(), c.Schedule.CK2...))
	check(t, err)
	if second.remote != *pair.Public() {
		t.Fatal("these are not the keys that were made")
	}
	c.E, c.Pair = e, interop.NewPair(pair.Bytes())
}
