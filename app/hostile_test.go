package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// outboxOf returns the sealed cells that wait for a contact.
func outboxOf(t testing.TB, p *person, id model.ContactID) [][]byte {
	t.Helper()
	var cells [][]byte
	err := p.view(t.Context(), func(tx *store.Tx) error {
		out, err := tx.Outbox(id, 0, 10_000)
		for _, o := range out {
			cells = append(cells, o.Cell)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// waitingCells makes two contacts, takes both offline and returns n sealed
// messages "0", "1", ... of Alice's that Bob has not seen.
func waitingCells(t testing.TB, n int) (alice, bob *person, ofBob, ofAlice model.ContactID, cells [][]byte) {
	t.Helper()
	alice, bob = newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice = introduce(t, alice, bob)
	until(t, "empty queues", func() bool {
		return must(alice.Status(t.Context()))(t).Queue == 0 && must(bob.Status(t.Context()))(t).Queue == 0
	})
	alice.goOffline()
	bob.goOffline()
	for i := range n {
		must(alice.Send(t.Context(), ofBob, fmt.Sprint(i)))(t)
	}
	return alice, bob, ofBob, ofAlice, outboxOf(t, alice, ofBob)
}

// take hands cells to a messenger as the network would.
func (p *person) take(cells ...[]byte) {
	p.t.Helper()
	p.takeFrom("", cells...)
}

// takeFrom hands over cells that a peer sent.
func (p *person) takeFrom(peer node.ID, cells ...[]byte) {
	p.t.Helper()
	var all []arrival
	for _, c := range cells {
		all = append(all, arrival{from: peer, cell: c})
	}
	if err := p.receive(p.t.Context(), all); err != nil {
		p.t.Fatal(err)
	}
}

func TestCellsAlteredReplayedReordered(t *testing.T) {
	alice, bob, ofBob, ofAlice, cells := waitingCells(t, 40)
	if len(cells) < 40 {
		t.Fatalf("%d cells wait", len(cells))
	}
	// Damaged copies first: one bit anywhere, a cut, noise.
	for i, cell := range cells {
		for range 8 {
			bad := bytes.Clone(cell)
			bad[rand.IntN(len(bad))] ^= 1 << rand.IntN(8)
			bob.take(bad)
		}
		bob.take(cell[:len(cell)-1-i], nil, []byte{1}, make([]byte, 4096), bytes.Repeat([]byte{1}, 65_536))
	}
	if got := texts(t, bob, ofAlice); len(got) != 0 {
		t.Fatalf("damaged cells brought %q", got)
	}
	// Then the whole ones, in any order, three times each.
	all := slices.Concat(cells, cells, cells)
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for len(all) > 0 {
		n := min(len(all), 1+rand.IntN(9))
		bob.take(all[:n]...)
		all = all[n:]
	}
	if bob.pendingReset(ofAlice) {
		t.Error("cells that came again count as keys used twice")
	}
	// In whatever order they came, they stand as they were written.
	got := texts(t, bob, ofAlice)
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprintf("in: %d", i))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q", got)
	}
	// And the conversation goes on, over the network.
	bob.restart().online()
	alice.online()
	until(t, "everything acknowledged", func() bool { return must(alice.Status(t.Context()))(t).Queue == 0 })
	must(alice.Send(t.Context(), ofBob, "after"))(t)
	until(t, "after", func() bool { return len(texts(t, bob, ofAlice)) == 41 })
}

// TestAcknowledgementsLost loses every acknowledgement.
func TestAcknowledgementsLost(t *testing.T) {
	alice, bob, _, ofAlice, cells := waitingCells(t, 20)
	bob.take(cells...) // offline: nothing can be acknowledged
	if n := must(alice.Status(t.Context()))(t).Queue; n != len(cells) {
		t.Fatalf("%d cells in the outbox, want %d", n, len(cells))
	}
	bob.restart().online()
	alice.restart().online()
	until(t, "everything acknowledged", func() bool { return must(alice.Status(t.Context()))(t).Queue == 0 })
	if got := texts(t, bob, ofAlice); len(got) != 20 {
		t.Errorf("%d messages, want 20: %q", len(got), got)
	}
}

// initiate makes a first message for a link, as somebody who has the bundle.
func (p *person) initiate(inv *handshake.Invite, bundle []byte, payload *content) []byte {
	p.t.Helper()
	b, err := handshake.OpenBundle(inv, bundle)
	if err != nil {
		p.t.Fatal(err)
	}
	msg, _, err := handshake.Initiate(p.rand, p.self, b, nil, payload.bytes())
	if err != nil {
		p.t.Fatal(err)
	}
	return msg
}

func (p *person) introduction(name string) *content {
	route := must(p.ownRoute(p.t.Context()))(p.t)
	return &content{profile: &profile{name: name, route: route}}
}

// TestSecondUserOfALink: two people hold the bundle of one invitation. The
// second gets nothing, and the inviter is warned.
func TestSecondUserOfALink(t *testing.T) {
	ctx := t.Context()
	alice, bob, thief := newPerson(t, "Alice"), newPerson(t, "Bob"), newPerson(t, "Bob")
	invitation := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	inv := must(handshake.ParseInvite(invitation.Link))(t)
	bundle, status := alice.bundle(ctx, invitation.ID)
	if status != node.OK {
		t.Fatal(status)
	}
	first, second := bob.initiate(inv, bundle, bob.introduction("Bob")), thief.initiate(inv, bundle, thief.introduction("Bob"))
	if s := alice.request(ctx, invitation.ID, first); s != node.Pending {
		t.Fatalf("first: %v", s)
	}
	if s := alice.request(ctx, invitation.ID, first); s != node.Pending {
		t.Errorf("the same again: %v", s)
	}
	if _, s := alice.bundle(ctx, invitation.ID); s != node.Gone {
		t.Errorf("bundle of a used invitation: %v", s)
	}
	requests := must(alice.Requests(ctx))(t)
	c := must(alice.AcceptRequest(ctx, requests[0].ID))(t)
	if s := alice.request(ctx, invitation.ID, first); s != node.OK {
		t.Errorf("the same again after the yes: %v", s)
	}
	// Noise proves nothing and raises no alarm.
	if s := alice.request(ctx, invitation.ID, make([]byte, len(second))); s != node.Gone {
		t.Errorf("noise: %v", s)
	}
	if a := must(alice.Contact(ctx, c.ID))(t).Alarm; a != model.AlarmNone {
		t.Fatalf("alarm after noise: %s", a)
	}
	if s := alice.request(ctx, invitation.ID, second); s != node.Gone {
		t.Errorf("second: %v", s)
	}
	if a := must(alice.Contact(ctx, c.ID))(t).Alarm; a != model.AlarmInvitationShared {
		t.Errorf("alarm: %q", a)
	}
	if n := len(must(alice.Requests(ctx))(t)); n != 0 {
		t.Errorf("%d requests", n)
	}
	if _, err := alice.Send(ctx, c.ID, "x"); model.KindOf(err) != model.AlarmUndecided {
		t.Errorf("sending in spite of the alarm: %v", err)
	}
	if err := alice.DismissAlarm(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	must(alice.Send(ctx, c.ID, "x"))(t)
}

// TestNamesFromOutside: a request whose author calls themselves something
// hostile.
func TestNamesFromOutside(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice"), newPerson(t, "Bob")
	for _, c := range []struct {
		name, want string
	}{
		{"Mum\u202e\u0007\nSecond line", "Mum Second line"},
		{string(bytes.Repeat([]byte("x"), 250)), string(bytes.Repeat([]byte("x"), model.MaxName))},
		{"\u200b\u202e", ""}, // nothing visible: refused
	} {
		invitation := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
		inv := must(handshake.ParseInvite(invitation.Link))(t)
		bundle, _ := alice.bundle(ctx, invitation.ID)
		alice.request(ctx, invitation.ID, bob.initiate(inv, bundle, bob.introduction(c.name)))
		requests := must(alice.Requests(ctx))(t)
		if c.want == "" {
			if len(requests) != 0 {
				t.Errorf("%q became a request", c.name)
			}
			continue
		}
		if len(requests) != 1 || requests[0].Name != c.want {
			t.Errorf("%q is shown as %+v", c.name, requests)
			continue
		}
		if err := alice.DeclineRequest(ctx, requests[0].ID, false); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSomebodyElseAnswers: the computer that a code leads to answers with keys
// that the code does not name.
func TestSomebodyElseAnswers(t *testing.T) {
	ctx := t.Context()
	alice, bob, stranger := newPerson(t, "Alice").online(), newPerson(t, "Bob").online(), newPerson(t, "Stranger").online()
	inv := must(handshake.ParseInvite(must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t).Link))(t)
	theirs := must(stranger.CreateInvitation(ctx, model.ModeLink, 0))(t)
	inv.Route = must(stranger.ownRoute(ctx))(t).Encode(2)
	token := inv.Token()
	err := stranger.change(ctx, func(c *change) error {
		i, err := c.Invitation(theirs.ID)
		if err != nil {
			return err
		}
		i.ID, i.Link = model.InvitationID(hex.EncodeToString(token[:])), "x"
		i.Offer = nil
		return c.PutInvitation(i)
	})
	if err != nil {
		t.Fatal(err)
	}
	j := must(bob.Messenger.Join(ctx, inv.Text()))(t)
	until(t, "the refusal", func() bool { return joinState(t, bob, j.ID).State == model.JoinFailed })
	if p := joinState(t, bob, j.ID).Problem; p != model.KeysDoNotMatch {
		t.Errorf("problem: %s", p)
	}
	if len(must(bob.Contacts(ctx))(t)) != 0 {
		t.Error("a contact came of it")
	}
}

// TestRestoredContact: Bob loses his computer, restores the account from the 24
// words and is invited again. It is the same contact, with history, and
// verification has lapsed.
func TestRestoredContact(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, _ := introduce(t, alice, bob)
	must(bob.Send(ctx, alice.account(), "before"))(t)
	until(t, "before", func() bool { return len(texts(t, alice, ofBob)) == 1 })
	if err := alice.SetVerified(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	words := must(bob.RecoveryPhrase(ctx, testPass))(t)
	bob.Close()
	must(alice.Send(ctx, ofBob, "while lost"))(t)

	again := restorePerson(t, "Bob", words).online()
	inv := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	must(again.Messenger.Join(ctx, inv.Link))(t)
	var rs []model.Request
	until(t, "the request", func() bool { rs = must(alice.Requests(ctx))(t); return len(rs) == 1 })
	if !rs[0].Known {
		t.Error("the request does not say that Bob is known")
	}
	c := must(alice.AcceptRequest(ctx, rs[0].ID))(t)
	if c.ID != ofBob || c.Trust == model.TrustVerified {
		t.Errorf("accepted as %+v", c)
	}
	until(t, "what was written meanwhile", func() bool {
		cs := must(again.Contacts(ctx))(t)
		return len(cs) == 1 && len(texts(t, again, cs[0].ID)) == 1
	})
	if got := texts(t, alice, ofBob); !slices.Equal(got, []string{"in: before", "out: while lost"}) {
		t.Errorf("Alice has %q", got)
	}
	until(t, "delivered", func() bool { return must(alice.Status(ctx))(t).Queue == 0 })
}

// TestContactWithNewDeviceInvites: the other way round, the restored one
// invites. Whoever had verified them is stopped until they decide.
func TestContactWithNewDeviceInvites(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, _ := introduce(t, alice, bob)
	if err := alice.SetVerified(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	again := restorePerson(t, "Bob", must(bob.RecoveryPhrase(ctx, testPass))(t)).online()
	bob.Close()
	inv := must(again.CreateInvitation(ctx, model.ModeLink, 0))(t)
	j := must(alice.Messenger.Join(ctx, inv.Link))(t)
	var rs []model.Request
	until(t, "the request", func() bool { rs = must(again.Requests(ctx))(t); return len(rs) == 1 })
	must(again.AcceptRequest(ctx, rs[0].ID))(t)
	until(t, "the join", func() bool { return joinState(t, alice, j.ID).State == model.JoinDone })
	c := must(alice.Contact(ctx, ofBob))(t)
	if c.Trust != model.TrustConfirmed || c.Alarm != model.AlarmKeysChanged {
		t.Errorf("after a change of keys: %+v", c)
	}
	if _, err := alice.Send(ctx, ofBob, "x"); model.KindOf(err) != model.AlarmUndecided {
		t.Errorf("sending without deciding: %v", err)
	}
	if err := alice.DismissAlarm(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	m := must(alice.Send(ctx, ofBob, "to the new device"))(t)
	until(t, "delivered", func() bool { return must(alice.Message(ctx, m.ID))(t).State == model.Delivered })
	// The same device a second time is nobody new.
	inv = must(again.CreateInvitation(ctx, model.ModeLink, 0))(t)
	j = must(alice.Messenger.Join(ctx, inv.Link))(t)
	until(t, "the refusal", func() bool { return joinState(t, alice, j.ID).State == model.JoinFailed })
	if p := joinState(t, alice, j.ID).Problem; p != model.AlreadyContact {
		t.Errorf("problem: %s", p)
	}
}

func FuzzContent(f *testing.F) {
	f.Add((&content{seq: 3, message: "00112233445566778899aabbccddeeff", sentAt: time.UnixMilli(1e12), text: "hello", acks: ackSet{{1, 4}, {6, 6}}, readTo: 2,
		profile: &profile{name: "Alice", route: node.Route{Peer: "x", Addrs: []string{"/ip4/127.0.0.1/tcp/1"}}}}).bytes())
	f.Add((&content{seq: 1, message: "00112233445566778899aabbccddeeff", text: "x", quote: "ff112233445566778899aabbccddeeff", forwarded: true, timer: time.Minute}).bytes())
	f.Add((&content{seq: 1, message: "00112233445566778899aabbccddeeff", deleted: true, edition: 2, position: 3}).bytes())
	f.Add((&content{seq: 1, reaction: &store.Reaction{ID: "00112233445566778899aabbccddeeff", Emoji: "👍", Revision: 1}}).bytes())
	f.Add((&content{seq: 1, setting: &timerSetting{revision: 1, after: time.Hour}}).bytes())
	f.Add([]byte{0x0a})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseContent(b)
		if err != nil {
			return
		}
		again, err := parseContent(c.bytes())
		if err != nil {
			t.Fatalf("what was parsed does not parse again: %v", err)
		}
		if again.text != c.text || again.seq != c.seq || !slices.Equal(again.acks, c.acks) {
			t.Fatalf("%+v became %+v", c, again)
		}
	})
}

func FuzzName(f *testing.F) {
	f.Add("Alice")
	f.Add("\u202eecilA\x00 \xff")
	f.Fuzz(func(t *testing.T, s string) {
		n := cleanName(s)
		if len(n) > model.MaxName || cleanName(n) != n {
			t.Fatalf("%q became %q, then %q", s, n, cleanName(n))
		}
	})
}

func TestAckSet(t *testing.T) {
	var a ackSet
	for _, seq := range []uint64{1, 2, 5, 3, 9, 4, 7, 8} {
		before := slices.Clone(a)
		next := a.with(seq)
		if !slices.Equal(a, before) {
			t.Fatal("with changed its receiver")
		}
		a = next
	}
	if want := (ackSet{{1, 5}, {7, 9}}); !slices.Equal(a, want) {
		t.Errorf("got %v, want %v", a, want)
	}
	b, err := parseAcks(a.bytes())
	if err != nil || !slices.Equal(a, b) {
		t.Errorf("round trip gives %v %v", b, err)
	}
	for _, bad := range [][]byte{{0, 1}, {1}, {1, 1, 1, 1}, {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}} {
		if got, err := parseAcks(bad); err == nil {
			t.Errorf("parseAcks(%x) gave %v", bad, got)
		}
	}
	// More is kept than is told at once, and what is not kept is not said to have
	// arrived.
	var many ackSet
	for i := range uint64(maxKept + maxSpans) {
		many = many.with(1 + 2*i)
	}
	if len(many) != maxKept || many.has(1+2*maxKept) {
		t.Errorf("%d spans kept", len(many))
	}
	if told := must(parseAcks(many.told().bytes()))(t); len(told) != maxSpans || !slices.Equal(told, many[:maxSpans]) {
		t.Errorf("%d spans told", len(told))
	}
	// In any order, the set is the same.
	order := rand.Perm(500)
	var shuffled ackSet
	for _, seq := range order {
		shuffled = shuffled.with(uint64(seq) + 1)
	}
	if !slices.Equal(shuffled, ackSet{{1, 500}}) {
		t.Errorf("got %v", shuffled)
	}
}

// TestUnconfirmedDoesNothing: before the other side has shown that it holds the
// keys it names, a text is shown as such and nothing else of it counts.
func TestUnconfirmedDoesNothing(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice"), newPerson(t, "Bob")
	invitation := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	inv := must(handshake.ParseInvite(invitation.Link))(t)
	sealed, _ := alice.bundle(ctx, invitation.ID)
	bundle := must(handshake.OpenBundle(inv, sealed))(t)
	first, session, err := handshake.Initiate(bob.rand, bob.self, bundle, nil, bob.introduction("Bob").bytes())
	if err != nil {
		t.Fatal(err)
	}
	alice.request(ctx, invitation.ID, first)
	c := must(alice.AcceptRequest(ctx, must(alice.Requests(ctx))(t)[0].ID))(t)
	early := &content{
		seq: 1, message: "00112233445566778899aabbccddeeff", text: "is this you?", sentAt: time.Now(),
		profile: &profile{name: "Somebody else", route: node.Route{Peer: "elsewhere", Addrs: []string{"/ip4/127.0.0.1/tcp/1"}}},
		acks:    ackSet{{1, 1}},
	}
	cell, _, err := session.Encrypt(bob.rand, early.bytes())
	if err != nil {
		t.Fatal(err)
	}
	before := must(alice.Status(ctx))(t).Queue
	alice.take(cell)
	got := must(alice.Messages(ctx, c.ID, model.Page{}))(t)
	if len(got) != 1 || !got[0].Unconfirmed {
		t.Errorf("an unconfirmed text is stored as %+v", got)
	}
	if after := must(alice.Contact(ctx, c.ID))(t); after.Name != "Bob" || after.Trust != model.TrustUnconfirmed {
		t.Errorf("an unconfirmed profile made of the contact %+v", after)
	}
	if after := must(alice.Status(ctx))(t).Queue; after != before {
		t.Errorf("an unconfirmed acknowledgement emptied the outbox: %d of %d", after, before)
	}
	if _, err := alice.SafetyNumber(ctx, c.ID); model.KindOf(err) != model.NotConfirmed {
		t.Errorf("safety number before confirmation: %v", err)
	}
}

// TestBlockedIsNotTakenIn: what a blocked contact sends by whatever way is left.
func TestBlockedIsNotTakenIn(t *testing.T) {
	_, bob, _, ofAlice, cells := waitingCells(t, 3)
	if err := bob.Block(t.Context(), ofAlice, true); err != nil {
		t.Fatal(err)
	}
	bob.take(cells...)
	if got := texts(t, bob, ofAlice); len(got) != 0 {
		t.Errorf("a blocked contact got through: %q", got)
	}
	if err := bob.Block(t.Context(), ofAlice, false); err != nil {
		t.Fatal(err)
	}
	bob.take(cells...) // sent again, they arrive
	if got := texts(t, bob, ofAlice); len(got) != 3 {
		t.Errorf("after unblocking: %q", got)
	}
}

// TestCopyIsAcknowledged: whoever sends a cell again has not heard that it
// arrived, and is told.
func TestCopyIsAcknowledged(t *testing.T) {
	_, bob, _, _, cells := waitingCells(t, 2)
	for i := range 2 {
		err := bob.change(t.Context(), func(c *change) error {
			_, owes, err := c.take(arrival{cell: cells[0]})
			if err == nil && !owes {
				t.Errorf("time %d: no acknowledgement", i+1)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestInPersonOneIsFirst: of two people who show each other their codes, the one
// who begins has sent the first message before the other has fetched a bundle.
func TestInPersonOneIsFirst(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	a, b := must(alice.CreateInvitation(ctx, model.ModePerson, time.Hour))(t), must(bob.CreateInvitation(ctx, model.ModePerson, time.Hour))(t)
	ia, ib := must(handshake.ParseInvite(a.Link))(t), must(handshake.ParseInvite(b.Link))(t)
	first, second, codeOfFirst, codeOfSecond := alice, bob, a, b
	if !handshake.MayInitiate(ia, ib) {
		first, second, codeOfFirst, codeOfSecond = bob, alice, b, a
	}
	j := must(first.Messenger.Join(ctx, codeOfSecond.Link))(t)
	until(t, "the first message", func() bool {
		is := must(first.Invitations(ctx))(t)
		return is[0].ID == codeOfFirst.ID && is[0].State == model.InvitationUsed
	})
	inv := must(handshake.ParseInvite(codeOfFirst.Link))(t)
	cell, _ := first.bundle(ctx, codeOfFirst.ID)
	bundle := must(handshake.OpenBundle(inv, cell))(t)
	k := must(second.Messenger.Join(ctx, codeOfFirst.Link))(t)
	t.Cleanup(func() {
		t.Logf("%+v\n%+v\n%+v\n%+v", joinState(t, first, j.ID), joinState(t, second, k.ID), must(first.Contacts(context.Background()))(t), must(second.Contacts(context.Background()))(t))
	})
	until(t, "both done", func() bool {
		return joinState(t, first, j.ID).State == model.JoinDone && joinState(t, second, k.ID).State == model.JoinDone
	})
	// A step that was under way while the other side's first message came in
	// finds it all done, and does not undo it.
	stale := store.Join{Join: model.Join{ID: k.ID, Mode: model.ModePerson, State: model.JoinScanned}, Bundle: cell}
	if err := second.prepareJoin(ctx, &stale, inv, bundle, must(node.DecodeRoute(inv.Route))(t)); err != nil || stale.State != model.JoinDone {
		t.Errorf("a late step: %v, state %s", err, stale.State)
	}
	if err := second.failJoin(ctx, k.ID, model.NeedsOwnCode); err != nil {
		t.Fatal(err)
	}
	if s := joinState(t, second, k.ID).State; s != model.JoinDone || len(must(second.Contacts(ctx))(t)) != 1 {
		t.Errorf("a late failure left the join %s and %d contacts", s, len(must(second.Contacts(ctx))(t)))
	}
	for p, id := range map[*person]model.InvitationID{first: codeOfFirst.ID, second: codeOfSecond.ID} {
		if _, s := p.bundle(ctx, id); s != node.Gone {
			t.Errorf("the bundle of a code that served its meeting: %v", s)
		}
	}
}
