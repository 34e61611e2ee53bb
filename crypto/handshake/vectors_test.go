package handshake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"sotto/crypto/account"
	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/ratchet"
	"sotto/internal/interop"
)

// trace goes through the schedule step by step, with the responder's keys.
func trace(t testing.TB, p *prologue, keys *privatePrekeys, self *Self, content []byte) (v vectorSchedule, second *secondPart) {
	t.Helper()
	s := newSchedule(p)
	note := func(h, ck, k *[]byte, key secret.Key) {
		*h, *ck = bytes.Clone(s.h[:]), bytes.Clone(s.ck[:])
		if k != nil {
			*k = key[:]
		}
	}
	note(&v.H0, &v.CK0, nil, secret.Key{})
	m, err := parseFirstMessage(content)
	check(t, err)
	secrets, err := keys.agree(self, m)
	check(t, err)
	s.mixHash(m.e, m.ctOT, m.ctIK)
	k1 := s.mixKey(labelCK1, secrets...)
	note(&v.H1, &v.CK1, &v.K1, k1)
	shown, err := s.open(k1, m.c1)
	check(t, err)
	peer, err := account.ParseIdentity(shown)
	check(t, err)
	dhA, err := dh(suite.PrivateDH(keys.oneTime[:suite.DHSize]), peer.Device.X25519())
	check(t, err)
	k2 := s.mixKey(labelCK2, dhA)
	note(&v.H2, &v.CK2, &v.K2, k2)
	said, err := s.open(k2, m.c2)
	check(t, err)
	v.H3 = bytes.Clone(s.h[:])
	second, err = parseSecondPart(said)
	check(t, err)
	return v, second
}

func vectorSum(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}

func TestVectors(t *testing.T) {
	if *interop.Make {
		makeInviteVectors(t)
		makeHandshakeVectors(t)
	}
	for _, set := range interop.Sets {
		t.Run(set, func(t *testing.T) {
			people := loadPeople(t, set)
			followInviteVectors(t, set, people)
			var file vectorHandshakes
			interop.Load(t, set, "handshake", &file)
			for _, c := range file.Cases {
				t.Run(c.Name, func(t *testing.T) { c.follow(t, people) })
			}
		})
	}
}

func followInviteVectors(t *testing.T, set string, people *vectorPeople) {
	var v vectorInvite
	interop.Load(t, set, "invite", &v)
	self := people.self(v.Inviter)
	o := v.Invitation.offer(t, self)
	inv, token, text := o.Invite(), o.Invite().Token(), o.Invite().textHash()
	if inv.Text() != v.Invitation.Text || !bytes.Equal(text[:], v.Invitation.TextHash) || !bytes.Equal(token[:], v.Invitation.Token) {
		t.Error("another invitation")
	}
	if !bytes.Equal(inv.bundleHash[:], v.Invitation.BundleHash) || len(o.bundle.raw) != v.BundleSize {
		t.Error("another bundle")
	}
	cell, err := o.BundleCell(bytes.NewReader(v.Cell))
	check(t, err)
	if !bytes.Equal(cell, v.Cell) {
		t.Error("another cell")
	}

	parsed, err := ParseInvite(v.Invitation.Text)
	check(t, err)
	b, err := OpenBundle(parsed, v.Cell)
	check(t, err)
	if !bytes.Equal(b.raw, o.bundle.raw) || !bytes.Equal(b.Identity.Bytes(), self.Identity.Bytes()) || b.prekeys != o.keys.public() {
		t.Error("the bundle says something else")
	}
	for _, a := range v.Altered {
		want(t, failure(OpenBundle(parsed, a.Of(v.Cell))), ErrEnvelope)
	}
	for _, change := range []func(*Invite){
		func(i *Invite) { i.secret[0]++ },
		func(i *Invite) { i.bundleHash[0]++ },
		func(i *Invite) { i.Mode = Person },
		func(i *Invite) { i.Expires = i.Expires.Add(time.Second) },
	} {
		other := *parsed
		change(&other)
		if _, err := OpenBundle(&other, v.Cell); !errors.Is(err, ErrBundle) && !errors.Is(err, ErrEnvelope) {
			t.Errorf("with another invitation: %v", err)
		}
	}
	for _, raw := range [][]byte{b.raw[:len(b.raw)-1], append(bytes.Clone(b.raw), 0)} {
		want(t, failure(parseBundle(raw)), ErrBundle)
	}
	for _, text := range v.Texts {
		if got := textVerdict(t, text.Text); got != text.Verdict {
			t.Errorf("%q: %s, want %s", text.Text, got, text.Verdict)
		}
	}

	keys := v.Reset.private(t)
	reset := newResetOffer([32]byte{}, secret.Key(v.Reset.Secret), keys)
	name := reset.Token()
	if !bytes.Equal(vectorSum(reset.Bundle()), v.Reset.SHA256) || len(reset.Bundle()) != v.Reset.Size || !bytes.Equal(name[:], v.Reset.Token) {
		t.Error("another reset bundle")
	}
	back, err := ParseResetBundle(reset.Bundle())
	check(t, err)
	if back.prekeys != keys.public() || !bytes.Equal(back.secret[:], v.Reset.Secret) {
		t.Error("the reset bundle says something else")
	}
	for at := range 3 {
		want(t, failure(ParseResetBundle(interop.Alteration{At: at, XOR: 2}.Of(reset.Bundle()))), ErrBundle)
	}
	want(t, failure(ParseResetBundle(reset.Bundle()[1:])), ErrBundle)
	want(t, failure(ParseResetBundle(append(reset.Bundle(), 0))), ErrBundle)
}

func textVerdict(t testing.TB, text string) string {
	t.Helper()
	switch _, err := ParseInvite(text); {
	case err == nil:
		return "accepted"
	case errors.Is(err, ErrNotInvite):
		return "not an invitation"
	case errors.Is(err, ErrNewer):
		return "newer"
	case errors.Is(err, ErrDamaged):
		return "damaged"
	default:
		t.Fatal(err)
		return ""
	}
}

// follow reads a first message as the responder.
func (c *vectorCase) follow(t *testing.T, people *vectorPeople) {
	initiator, responder := people.self(c.Initiator), people.self(c.Responder)
	var v vectorSchedule
	var second *secondPart
	var respond func(msg1 []byte) error
	if c.Reset != nil {
		v, second = c.followReset(t, people, initiator, responder)
		respond = func(msg1 []byte) error {
			_, err := c.Reset.offer(t).Respond(responder, initiator.Identity, c.Reset.had(people), c.Reset.Accepted, msg1)
			return err
		}
	} else {
		v, second = c.followInvited(t, initiator, responder)
		respond = func(msg1 []byte) error {
			_, err := c.Invitation.offer(t, responder).Respond(responder, c.met(t, initiator), msg1)
			return err
		}
	}
	for _, f := range []struct {
		name      string
		got, want []byte
	}{
		{"h0", v.H0, c.Schedule.H0}, {"ck0", v.CK0, c.Schedule.CK0},
		{"h1", v.H1, c.Schedule.H1}, {"ck1", v.CK1, c.Schedule.CK1}, {"k1", v.K1, c.Schedule.K1},
		{"h2", v.H2, c.Schedule.H2}, {"ck2", v.CK2, c.Schedule.CK2}, {"k2", v.K2, c.Schedule.K2},
		{"h3", v.H3, c.Schedule.H3},
	} {
		if !bytes.Equal(f.got, f.want) {
			t.Errorf("%s differs", f.name)
		}
	}
	pair, err := ratchet.ParsePair(c.Pair.Bytes())
	check(t, err)
	if second.remote != *pair.Public() || !bytes.Equal(second.ct, c.CTR) {
		t.Error("other ratchet keys")
	}
	for _, a := range c.Altered {
		if respond(a.Of(c.Msg1)) == nil {
			t.Errorf("accepted with byte %d changed", a.At)
		}
	}
	if respond(c.Msg1[1:]) == nil || respond(append(bytes.Clone(c.Msg1), 0)) == nil {
		t.Error("accepted with another length")
	}
}

// met is the initiator's bundle in person.
func (c *vectorCase) met(t testing.TB, initiator *Self) *Bundle {
	if c.InitiatorInvitation == nil {
		return nil
	}
	return c.InitiatorInvitation.offer(t, initiator).bundle
}

func (c *vectorCase) followInvited(t *testing.T, initiator, responder *Self) (vectorSchedule, *secondPart) {
	o, theirs := c.Invitation.offer(t, responder), c.met(t, initiator)
	if o.Invite().Text() != c.Invitation.Text || theirs != nil && theirs.invite.Text() != c.InitiatorInvitation.Text {
		t.Error("another invitation")
	}
	got, err := o.Respond(responder, theirs, c.Msg1)
	check(t, err)
	hash := got.Session.Hash()
	if !bytes.Equal(got.Payload, c.Payload) || !bytes.Equal(hash[:], c.Schedule.H3) || !bytes.Equal(got.Peer.Bytes(), initiator.Identity.Bytes()) {
		t.Error("the first message says something else")
	}

	other := *c.Invitation
	other.Expiry++
	other.Bundle.NotAfter++
	if _, err := other.offer(t, responder).Respond(responder, theirs, c.Msg1); err == nil {
		t.Error("accepted for another invitation")
	}
	other = *c.Invitation
	other.Bundle.OneTime = other.Bundle.Ratchet
	if _, err := (&Offer{bundle: o.bundle, keys: other.Bundle.private(t)}).Respond(responder, theirs, c.Msg1); err == nil {
		t.Error("accepted with other one-time keys")
	}
	if theirs == nil {
		theirs = o.bundle
	} else {
		theirs = nil
	}
	want(t, failure(o.Respond(responder, theirs, c.Msg1)), ErrMode)

	p, err := o.responderPrologue(c.met(t, initiator))
	check(t, err)
	content, err := openCell(o.Invite().secret, labelEnvelope, nil, c.Msg1)
	check(t, err)
	v, second := trace(t, p, o.keys, responder, content)
	if !bytes.Equal(suite.PrivateDH(c.E).PublicKey().Bytes(), content[:suite.DHSize]) {
		t.Error("another E")
	}
	return v, second
}

func (r *vectorReset) offer(t testing.TB) *ResetOffer {
	t.Helper()
	stored, err := newResetOffer([32]byte(r.Session), secret.Key(r.Secret), r.private(t)).MarshalBinary()
	check(t, err)
	o, err := ParseResetOffer(stored)
	check(t, err)
	return o
}

// had are the lists that the responder's account has had.
func (r *vectorReset) had(people *vectorPeople) (all []ratchet.List) {
	for _, name := range r.Lists {
		all = append(all, pin(people.lists[name]))
	}
	return all
}

func (c *vectorCase) followReset(t *testing.T, people *vectorPeople, initiator, responder *Self) (vectorSchedule, *secondPart) {
	o, had := c.Reset.offer(t), c.Reset.had(people)
	if name := o.Token(); !bytes.Equal(name[:], c.Reset.Token) {
		t.Error("another token")
	}
	if tag, err := ratchet.CellTag(c.Msg1); err != nil || tag != o.Token() {
		t.Errorf("the message has another tag, %v", err)
	}
	got, err := o.Respond(responder, initiator.Identity, had, c.Reset.Accepted, c.Msg1)
	check(t, err)
	hash := got.Session.Hash()
	if !bytes.Equal(got.Payload, c.Payload) || !bytes.Equal(hash[:], c.Schedule.H3) || got.Fresh != (c.Reset.Resumption != nil) {
		t.Error("the reset says something else")
	}
	if got.Session.OwnList() != pin(people.lists[c.Reset.Pinned]) {
		t.Error("the session does not begin with the list that the initiator has pinned")
	}

	if c.Reset.Resumption != nil {
		want(t, failure(o.Respond(responder, initiator.Identity, had, nil, c.Msg1)), ErrForged)
	}
	elsewhere := *c.Reset
	elsewhere.Session = elsewhere.Secret
	want(t, failure(elsewhere.offer(t).Respond(responder, initiator.Identity, had, c.Reset.Accepted, c.Msg1)), ErrForged)
	peer := *initiator.Identity
	peer.List = people.lists["alice second"]
	want(t, failure(o.Respond(responder, &peer, had, c.Reset.Accepted, c.Msg1)), ErrPinned)
	unknown := bytes.Clone(c.Msg1)
	unknown[1]++
	want(t, failure(o.Respond(responder, initiator.Identity, had, c.Reset.Accepted, unknown)), ErrEnvelope)
	if c.Reset.Pinned == "bob first" {
		want(t, failure(o.Respond(responder, initiator.Identity, had[1:], c.Reset.Accepted, c.Msg1)), ErrListUnknown)
	}

	content, err := openCell(o.bundle.secret, labelEnvelope, o.bundle.head(), c.Msg1)
	check(t, err)
	v, second := trace(t, o.bundle.prologue(o.session, c.Reset.Resumption), o.keys, responder, content)
	if !bytes.Equal(suite.PrivateDH(c.E).PublicKey().Bytes(), content[:suite.DHSize]) {
		t.Error("another E")
	}
	return v, second
}
