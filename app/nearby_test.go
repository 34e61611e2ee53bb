package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// newNeighbour is an online person who uses the local network, which is this
// computer: whoever else tests here may be heard as well.
func newNeighbour(t testing.TB, name string) *person {
	t.Helper()
	p := newPerson(t, name)
	p.options.NoLAN = false
	return p.online()
}

// sees returns whom p sees by that name.
func (p *person) sees(name string) (found []model.NearbyPerson) {
	p.t.Helper()
	for _, n := range must(p.Nearby(p.t.Context()))(p.t).People {
		if n.Name == name {
			found = append(found, n)
		}
	}
	return found
}

// find waits until p sees one person of that name.
func (p *person) find(name string) (n model.NearbyPerson) {
	p.t.Helper()
	until(p.t, "to see "+name, func() bool {
		found := p.sees(name)
		if len(found) == 1 {
			n = found[0]
		}
		return len(found) == 1
	})
	return n
}

func (p *person) nearby() *nearby { return p.network().nearby.Load() }

// nearbyInvitations returns p's invitations for people nearby.
func (p *person) nearbyInvitations() (all []model.Invitation) {
	p.t.Helper()
	for _, i := range must(p.Invitations(p.t.Context()))(p.t) {
		if i.Mode == model.ModeNearby {
			all = append(all, i)
		}
	}
	return all
}

// TestNearby: two people find each other, one asks, the other accepts; a third,
// who comes with an invitation that is used, is told so and raises no alarm.
func TestNearby(t *testing.T) {
	ctx := t.Context()
	alice, bob, third := newNeighbour(t, "Alice near"), newNeighbour(t, "Bob near"), newNeighbour(t, "Third near")
	for _, p := range []*person{alice, bob, third} {
		if s := must(p.StartNearby(ctx, 0))(t); !s.On || s.Name == "" || time.Until(s.Until) > model.DefaultNearby {
			t.Fatalf("on: %+v", s)
		}
	}
	ofBob, ofAlice := alice.find("Bob near"), bob.find("Alice near")
	if ofBob.Code != ofAlice.Code || len(ofBob.Code) != 4 {
		t.Errorf("Alice sees the code %q, Bob %q", ofBob.Code, ofAlice.Code)
	}
	late := third.find("Bob near")
	lateLink, _, _ := third.nearby().person(late.ID)

	j := must(alice.JoinNearby(ctx, ofBob.ID))(t)
	if j.Name != "Bob near" || j.Mode != model.ModeNearby {
		t.Errorf("join: %+v", j)
	}
	var rs []model.Request
	until(t, "the request", func() bool { rs = must(bob.Requests(ctx))(t); return len(rs) == 1 })
	if rs[0].Mode != model.ModeNearby || rs[0].Name != "Alice near" || rs[0].Known {
		t.Errorf("request: %+v", rs[0])
	}
	// Bob shows another invitation now, and Alice is told that she asked him.
	until(t, "another invitation", func() bool {
		a, _, ok := alice.nearby().person(alice.find("Bob near").ID)
		return ok && a.link != lateLink.link
	})
	if p := alice.find("Bob near"); p.Join != j.ID || p.Contact != "" {
		t.Errorf("whom she asked: %+v", p)
	}
	if cs := must(alice.Contacts(ctx))(t); len(cs) != 1 || cs[0].Name != "Bob near" || cs[0].Trust != model.TrustUnconfirmed {
		t.Errorf("meanwhile: %+v", cs)
	}
	// Whoever has the one before is refused, which says nothing of Alice.
	inv := must(parseInvite(lateLink.link, time.Now()))(t)
	third.network().node.Keep(node.Route{Peer: bob.network().node.ID(), Addrs: bob.network().node.Addrs()})
	lost := must(third.join(ctx, inv, model.ModeNearby, "Bob near"))(t)
	until(t, "used to be told", func() bool { return joinState(t, third, lost.ID).State == model.JoinFailed })
	if p := joinState(t, third, lost.ID).Problem; p != model.NearbyGone {
		t.Errorf("problem: %s", p)
	}

	c := must(bob.AcceptRequest(ctx, rs[0].ID))(t)
	until(t, "the join", func() bool { return joinState(t, alice, j.ID).State == model.JoinDone })
	until(t, "a contact, not verified and without alarm", func() bool {
		c = must(bob.Contact(ctx, c.ID))(t)
		return c.Trust == model.TrustConfirmed && c.Alarm == model.AlarmNone
	})
	until(t, "to be known", func() bool { return bob.find("Alice near").Contact == c.ID })
	if got := must(alice.Contacts(ctx))(t); len(got) != 1 || got[0].Trust != model.TrustConfirmed {
		t.Errorf("Alice's contacts: %+v", got)
	}
}

// A second person who comes with the invitation of a contact is no alarm: all on
// the network have it.
func TestNearbyIsNoSecret(t *testing.T) {
	ctx := t.Context()
	alice, bob, other := newNeighbour(t, "Alice open"), newNeighbour(t, "Bob open"), newNeighbour(t, "Other open")
	must(bob.StartNearby(ctx, 0))(t)
	id := bob.nearby().current()
	first, second := prepared(t, alice, bob), prepared(t, other, bob)
	if s := bob.request(ctx, id, first.Request); s != node.Pending {
		t.Fatalf("the first: %v", s)
	}
	c := must(bob.AcceptRequest(ctx, must(bob.Requests(ctx))(t)[0].ID))(t)
	if s := bob.request(ctx, id, second.Request); s != node.Gone {
		t.Errorf("the second: %v", s)
	}
	if got := must(bob.Contact(ctx, c.ID))(t); got.Alarm != model.AlarmNone {
		t.Errorf("an alarm: %s", got.Alarm)
	}
}

// prepared is p asking whoever shows an invitation, with the request made and not
// sent.
func prepared(t testing.TB, p, shows *person) store.Join {
	t.Helper()
	ctx := t.Context()
	b := shows.nearby()
	b.mu.Lock()
	link := b.shown.link
	b.mu.Unlock()
	inv := must(parseInvite(link, time.Now()))(t)
	cell, status := shows.bundle(ctx, invitationID(inv.Token()))
	if status != node.OK {
		t.Fatalf("no bundle: %v", status)
	}
	bundle := must(handshake.OpenBundle(inv, cell))(t)
	j := store.Join{Link: link, Bundle: cell, Join: model.Join{ID: model.JoinID(p.newID()), Mode: model.ModeNearby, State: model.JoinLooking, Expires: inv.Expires}}
	if err := p.change(ctx, func(c *change) error { return c.PutJoin(j) }); err != nil {
		t.Fatal(err)
	}
	route := node.Route{Peer: shows.network().node.ID(), Addrs: shows.network().node.Addrs()}
	p.network().node.Keep(route)
	if err := p.prepareJoin(ctx, &j, inv, bundle, route); err != nil {
		t.Fatal(err)
	}
	return j
}

// Two people who choose each other are not asked: whether one asks when the other
// has asked already, or both have.
func TestNearbyChooseEachOther(t *testing.T) {
	for _, crossing := range []bool{false, true} {
		t.Run(fmt.Sprintf("crossing=%v", crossing), func(t *testing.T) {
			ctx := t.Context()
			alice, bob := newNeighbour(t, "Alice both"), newNeighbour(t, "Bob both")
			must(alice.StartNearby(ctx, 0))(t)
			must(bob.StartNearby(ctx, 0))(t)
			var ja, jb model.JoinID
			if crossing {
				a, b := prepared(t, alice, bob), prepared(t, bob, alice)
				ja, jb = a.ID, b.ID
				alice.network().join(ja)
				bob.network().join(jb)
			} else {
				ja = must(alice.JoinNearby(ctx, alice.find("Bob both").ID))(t).ID
				until(t, "the request", func() bool { return len(must(bob.Requests(ctx))(t)) == 1 })
				jb = must(bob.JoinNearby(ctx, bob.find("Alice both").ID))(t).ID
			}
			for p, j := range map[*person]model.JoinID{alice: ja, bob: jb} {
				until(t, "done", func() bool { return joinState(t, p, j).State == model.JoinDone })
				until(t, "confirmed", func() bool {
					cs := must(p.Contacts(ctx))(t)
					return len(cs) == 1 && cs[0].Trust == model.TrustConfirmed
				})
				if rs := must(p.Requests(ctx))(t); len(rs) != 0 {
					t.Errorf("a request is left: %+v", rs)
				}
			}
			ofBob, ofAlice := must(alice.Contacts(ctx))(t)[0].ID, must(bob.Contacts(ctx))(t)[0].ID
			must(alice.Send(ctx, ofBob, "hello"))(t)
			must(bob.Send(ctx, ofAlice, "good morning"))(t)
			until(t, "texts", func() bool {
				return slices.Contains(texts(t, bob, ofAlice), "in: hello") && slices.Contains(texts(t, alice, ofBob), "in: good morning")
			})
		})
	}
}

// Off, nothing is shown, heard or open: before it begins, after it is switched off,
// when its time is over and when the profile is closed.
func TestNearbyOff(t *testing.T) {
	ctx := t.Context()
	alice, bob := newNeighbour(t, "Alice off"), newNeighbour(t, "Bob off")
	if s := must(alice.Nearby(ctx))(t); s.On || len(s.People) > 0 {
		t.Errorf("at first: %+v", s)
	}
	must(bob.StartNearby(ctx, 0))(t)
	off := func(why string) {
		t.Helper()
		until(t, why, func() bool { return alice.nearby() == nil })
		if s := must(alice.Nearby(ctx))(t); s.On || len(s.People) > 0 {
			t.Errorf("%s: %+v", why, s)
		}
		if left := alice.nearbyInvitations(); len(left) > 0 {
			t.Errorf("%s: %+v is left", why, left)
		}
		if _, err := alice.JoinNearby(ctx, "00"); model.KindOf(err) != model.NearbyGone {
			t.Errorf("%s: %v", why, err)
		}
	}
	off("before it begins")
	// It begins anew after each end, and a promise once made does not outlive it.
	for why, end := range map[string]func(){
		"switched off": func() { alice.StopNearby(ctx) },
		"the clock":    func() { alice.ahead(11 * time.Minute) },
		"the time": func() {
			must(alice.StartNearby(ctx, time.Millisecond))(t)
		},
	} {
		if s := must(alice.StartNearby(ctx, time.Hour))(t); time.Until(s.Until) > model.MaxNearby {
			t.Errorf("on until %v", s.Until)
		}
		bob.find("Alice off")
		alice.find("Bob off")
		j := prepared(t, bob, alice)
		id := alice.nearby().current()
		end()
		off(why)
		alice.ahead(0)
		if s := alice.request(ctx, id, j.Request); s != node.Gone {
			t.Errorf("%s: an invitation still stands: %v", why, s)
		}
	}
	// A clock that is set back does not make it longer, and the time stops with the
	// profile: what was open when the computer failed does not stand later.
	must(alice.StartNearby(ctx, 0))(t)
	i := alice.nearbyInvitations()[0]
	kept := must(storedInvitation(alice, i.ID))(t)
	alice.restart().online()
	off("closed")
	if err := alice.change(ctx, func(c *change) error { return c.PutInvitation(kept) }); err != nil {
		t.Fatal(err)
	}
	if _, s := alice.bundle(ctx, i.ID); s != node.Gone {
		t.Errorf("it stands after a failure: %v", s)
	}
	must(alice.StartNearby(ctx, 0))(t)
	if all := alice.nearbyInvitations(); len(all) != 1 || all[0].ID == i.ID {
		t.Errorf("after a failure: %+v", all)
	}
}

func storedInvitation(p *person, id model.InvitationID) (i store.Invitation, err error) {
	err = p.view(context.Background(), func(t *store.Tx) (err error) {
		i, err = t.Invitation(id)
		return err
	})
	return i, err
}

func TestNearbyNeedsTheLAN(t *testing.T) {
	ctx := t.Context()
	alone := newPerson(t, "Alone")
	if _, err := alone.StartNearby(ctx, 0); model.KindOf(err) != model.Offline {
		t.Errorf("offline: %v", err)
	}
	alone.online() // without LAN
	if _, err := alone.StartNearby(ctx, 0); model.KindOf(err) != model.LANOff {
		t.Errorf("without LAN: %v", err)
	}
	if alone.nearby() != nil || len(alone.nearbyInvitations()) > 0 {
		t.Error("it is on all the same")
	}
	if _, err := alone.CreateInvitation(ctx, model.ModeNearby, 0); err == nil {
		t.Error("an invitation for people nearby without them")
	}
}

// Whoever uses up one invitation after the other ends it.
func TestNearbyUsedUp(t *testing.T) {
	ctx := t.Context()
	alice, crowd := newNeighbour(t, "Alice crowd"), make([]*person, maxNearbyUses)
	must(alice.StartNearby(ctx, 0))(t)
	for i := range crowd {
		crowd[i] = newNeighbour(t, fmt.Sprint("Crowd ", i))
		j := prepared(t, crowd[i], alice)
		id := alice.nearby().current()
		if s := alice.request(ctx, id, j.Request); s != node.Pending {
			t.Fatalf("%d: %v", i, s)
		}
		until(t, "another invitation, or the end", func() bool { b := alice.nearby(); return b == nil || b.current() != id })
		if on := alice.nearby() != nil; on != (i+1 < maxNearbyUses) {
			t.Fatalf("after %d: on is %v", i+1, on)
		}
	}
	if rs := must(alice.Requests(ctx))(t); len(rs) != maxNearbyUses {
		t.Errorf("%d requests", len(rs))
	}
}

// A name that is changed meanwhile is shown.
func TestNearbyName(t *testing.T) {
	ctx := t.Context()
	alice, bob := newNeighbour(t, "Alice before"), newNeighbour(t, "Bob who looks")
	must(alice.StartNearby(ctx, 0))(t)
	must(bob.StartNearby(ctx, 0))(t)
	bob.find("Alice before")
	if err := alice.SetName(ctx, "Alice after"); err != nil {
		t.Fatal(err)
	}
	bob.find("Alice after")
	if len(bob.sees("Alice before")) > 0 {
		t.Error("she is there twice")
	}
}

// someAnnouncement is what a stranger of that name shows.
func someAnnouncement(t testing.TB, p *person, name string, alter func(*announcement, node.ID)) (node.ID, announcement) {
	t.Helper()
	key := make([]byte, 32)
	p.rand.Read(key)
	peer := must(node.IDFromKey(key))(t)
	offer := must(handshake.NewOffer(p.rand, p.self, handshake.Link, time.Now().Add(time.Hour).Truncate(time.Second), node.Route{Peer: peer}.Encode(0)))(t)
	a := announcement{name, offer.Invite().Text()}
	if alter != nil {
		alter(&a, peer)
	}
	return peer, a
}

func TestNearbyHostile(t *testing.T) {
	ctx := t.Context()
	alice, mallory := newNeighbour(t, "Alice target"), newPerson(t, "Somebody")
	must(alice.StartNearby(ctx, 0))(t)
	b := alice.nearby()
	hear := func(peer node.ID, shown []byte) {
		b.hear(node.Route{Peer: peer, Addrs: []string{"/ip4/127.0.0.1/tcp/1"}}, shown)
	}
	invite := func(peer node.ID, mode handshake.Mode, expires time.Duration, addrs ...string) string {
		route := node.Route{Peer: peer, Addrs: addrs}.Encode(inviteAddresses)
		return must(handshake.NewOffer(mallory.rand, mallory.self, mode, time.Now().Add(expires).Truncate(time.Second), route))(t).Invite().Text()
	}
	for what, alter := range map[string]func(*announcement, node.ID){
		"no name":           func(a *announcement, _ node.ID) { a.name = "" },
		"an invisible name": func(a *announcement, _ node.ID) { a.name = "\u202e\u200b\x07" },
		"no link":           func(a *announcement, _ node.ID) { a.link = "" },
		"a mailbox":         func(a *announcement, _ node.ID) { a.link = "sotto:m/1/aaaa" },
		"a link cut short":  func(a *announcement, _ node.ID) { a.link = a.link[:len(a.link)-2] },
		"a link in capitals": func(a *announcement, _ node.ID) {
			a.link = strings.ToUpper(a.link)
		},
		"another's": func(a *announcement, _ node.ID) {
			_, other := someAnnouncement(t, mallory, "Other", nil)
			a.link = other.link
		},
		"for a meeting in person": func(a *announcement, p node.ID) { a.link = invite(p, handshake.Person, time.Hour) },
		"over":                    func(a *announcement, p node.ID) { a.link = invite(p, handshake.Link, -time.Hour) },
		"an address elsewhere": func(a *announcement, p node.ID) {
			a.link = invite(p, handshake.Link, time.Hour, "/ip4/203.0.113.9/tcp/1")
		},
	} {
		peer, a := someAnnouncement(t, mallory, "Bob", alter)
		hear(peer, a.bytes())
		if _, _, ok := b.person(a.id()); ok || b.people[peer] != nil {
			t.Errorf("%s was taken", what)
		}
	}
	peer, a := someAnnouncement(t, mallory, "Bob", nil)
	for n := range len(a.bytes()) {
		hear(peer, a.bytes()[:n])
	}
	if b.people[peer] != nil {
		t.Error("a piece was taken")
	}
	long := append([]byte{255}, strings.Repeat("x", 255)...)
	hear(peer, append(long, a.link...))
	if b.people[peer] != nil {
		t.Error("a name that is too long was taken")
	}

	// Names cannot turn what stands around them.
	rename := func(a *announcement, _ node.ID) { a.name = " Bob\u202e\n\tdrows " }
	peer, a = someAnnouncement(t, mallory, "", rename)
	hear(peer, a.bytes())
	if found := alice.sees("Bob drows"); len(found) != 1 {
		t.Errorf("the name was not cleaned: %+v", must(alice.Nearby(ctx))(t))
	}

	// Who came first stays first, whatever they show.
	before := must(alice.Nearby(ctx))(t).People
	for range 5 {
		hear(peer, announcement{"Aaron", invite(peer, handshake.Link, time.Hour)}.bytes())
		somebody, a := someAnnouncement(t, mallory, "Aardvark", nil)
		hear(somebody, a.bytes())
	}
	at := func(people []model.NearbyPerson, name string) int {
		return slices.IndexFunc(people, func(p model.NearbyPerson) bool { return p.Name == name })
	}
	if was, is := at(before, "Bob drows"), at(must(alice.Nearby(ctx))(t).People, "Aaron"); was != is || was < 0 {
		t.Errorf("at %d, then at %d", was, is)
	}

	// Two of one name have two codes, and what one shows anew takes the place of
	// what they showed before.
	one, first := someAnnouncement(t, mallory, "Twin", nil)
	hear(one, first.bytes())
	two, second := someAnnouncement(t, mallory, "Twin", nil)
	hear(two, second.bytes())
	if found := alice.sees("Twin"); len(found) != 2 || found[0].ID == found[1].ID {
		t.Errorf("twins: %+v", found)
	}
	hear(one, announcement{"Twin", invite(one, handshake.Link, time.Hour)}.bytes())
	if found := alice.sees("Twin"); len(found) != 2 {
		t.Errorf("after showing another invitation: %+v", found)
	}
	if _, _, ok := b.person(first.id()); ok {
		t.Error("what is not shown any more can be chosen")
	}

	// There is an end to how many are kept, and those who were there first stay.
	for range 2 * maxNearby {
		peer, a := someAnnouncement(t, mallory, "Flood", nil)
		hear(peer, a.bytes())
	}
	if got := must(alice.Nearby(ctx))(t).People; len(got) != maxNearby || len(alice.sees("Twin")) != 2 {
		t.Errorf("%d people, %d twins", len(got), len(alice.sees("Twin")))
	}
	// Who is silent is gone.
	b.mu.Lock()
	for _, p := range b.people {
		p.heard = p.heard.Add(-nearbySilence - time.Second)
	}
	b.mu.Unlock()
	if got := alice.sees("Flood"); len(got) > 0 {
		t.Errorf("%d are still there", len(got))
	}
	until(t, "to be forgotten", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.people) == 0
	})
}

func TestNearbyCode(t *testing.T) {
	a, b := announcement{"Alice", "x"}, announcement{"Bob", "y"}
	if nearbyCode(a, b) != nearbyCode(b, a) {
		t.Error("the two see different codes")
	}
	seen := map[string]bool{}
	for i := range 100 {
		seen[nearbyCode(a, announcement{"Bob", fmt.Sprint(i)})] = true
	}
	if len(seen) < 90 {
		t.Errorf("%d codes of 100", len(seen))
	}
}

func FuzzAnnouncement(f *testing.F) {
	p := newPerson(f, "Alice")
	peer, a := someAnnouncement(f, p, "Bob", nil)
	f.Add(a.bytes())
	f.Add([]byte{0})
	f.Add(append([]byte{3}, "Bobsotto:i/1/"...))
	f.Add([]byte(hex.EncodeToString(a.bytes())))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := parseAnnouncement(b, peer, time.Now())
		if err != nil {
			return
		}
		again, err := parseAnnouncement(a.bytes(), peer, time.Now())
		if err != nil || again != a || a.name == "" || len(a.name) > model.MaxName || a.name != cleanName(a.name) || len(a.bytes()) > node.MaxShown {
			t.Fatalf("%q became %q: %v", b, again, err)
		}
	})
}
