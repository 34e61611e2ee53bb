package app

import (
	"slices"
	"strings"
	"testing"

	"sotto/app/model"
	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// accountKey opens the account key of a profile.
func (p *person) accountKey() *account.Key {
	p.t.Helper()
	words := must(p.RecoveryPhrase(p.t.Context(), testPass))(p.t)
	phrase := must(account.ParsePhrase(strings.Join(words, " ")))(p.t)
	return must(phrase.AccountKey())(p.t)
}

// announce tells a contact of a device list and counts on it from then on, as a
// device does that changes its account's list.
func (p *person) announce(id model.ContactID, l *account.List) {
	p.t.Helper()
	err := p.change(p.t.Context(), func(c *change) error {
		s, err := c.current(id)
		if err != nil {
			return err
		}
		if _, err := c.seal(s.ID, &content{list: l.Bytes()}); err != nil {
			return err
		}
		if s, err = c.session(s.ID); err != nil {
			return err
		}
		if s.ratchet, err = s.ratchet.PinOwn(ratchet.List{Version: l.Version, Hash: l.Hash()}); err != nil {
			return err
		}
		c.put(s)
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// second makes keys for one more device.
func second(t testing.TB) *account.DevicePublic {
	return must(account.NewDevice(systemRandom))(t).Public()
}

// notes returns the notes of a conversation.
func notes(t testing.TB, p *person, id model.ContactID) []model.Note {
	t.Helper()
	var all []model.Note
	for _, m := range must(p.Messages(t.Context(), id, model.Page{Limit: 500}))(t) {
		if m.Note != "" {
			all = append(all, m.Note)
		}
	}
	return all
}

func pinnedList(t testing.TB, p *person, id model.ContactID) *account.List {
	t.Helper()
	var identity *account.Identity
	err := p.change(t.Context(), func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		identity, err = account.ParseIdentity(contact.Identity)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return identity.List
}

func TestDeviceAddedAndRemoved(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	if err := alice.SetVerified(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	key, phone := bob.accountKey(), second(t)
	one := bob.self.Identity.List
	two := must(one.Next(key, bob.self.Device, bob.self.Device.Public(), phone))(t)
	bob.announce(ofAlice, two)
	must(bob.Send(ctx, ofAlice, "from the laptop"))(t)
	until(t, "the text", func() bool { return len(texts(t, alice, ofBob)) == 2 })
	three := must(two.Next(key, bob.self.Device, bob.self.Device.Public()))(t)
	bob.announce(ofAlice, three)
	must(alice.Send(ctx, ofBob, "to you"))(t)
	must(bob.Send(ctx, ofAlice, "still here"))(t)
	until(t, "both texts", func() bool { return len(texts(t, alice, ofBob)) == 5 && len(texts(t, bob, ofAlice)) == 3 })
	if got := notes(t, alice, ofBob); !slices.Equal(got, []model.Note{model.NoteDeviceAdded, model.NoteDeviceRemoved}) {
		t.Errorf("notes %q", got)
	}
	if got := pinnedList(t, alice, ofBob); got.Hash() != three.Hash() {
		t.Errorf("version %d is pinned", got.Version)
	}
	c := must(alice.Contact(ctx, ofBob))(t)
	if c.Trust != model.TrustVerified || c.Alarm != "" {
		t.Errorf("a co-signed change left %s, alarm %q", c.Trust, c.Alarm)
	}
	if v := must(alice.Conversation(ctx, ofBob))(t); v.Unread != 2 {
		t.Errorf("%d unread: notes count", v.Unread)
	}
}

// TestRemovedDeviceIsQuarantined: a device leaves the list and goes on writing.
func TestRemovedDeviceIsQuarantined(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	next := must(bob.self.Identity.List.Next(bob.accountKey(), bob.self.Device, second(t)))(t)
	bob.announce(ofAlice, next)
	must(bob.Send(ctx, ofAlice, "I have Bob's laptop"))(t)
	if err := bob.SetName(ctx, "Alice's bank"); err != nil {
		t.Fatal(err)
	}
	var last model.Message
	until(t, "the text", func() bool {
		page := must(alice.Messages(ctx, ofBob, model.Page{Limit: 1}))(t)
		if len(page) > 0 {
			last = page[0]
		}
		return last.Text != ""
	})
	if !last.Quarantined {
		t.Error("a removed device's text looks like any other")
	}
	m := must(alice.Send(ctx, ofBob, "are you there?"))(t)
	if cells := outboxOf(t, alice, ofBob); len(cells) != 0 {
		t.Errorf("%d cells wait for the removed device", len(cells))
	}
	if m.State != model.Waiting {
		t.Errorf("state %s", m.State)
	}
	if c := must(alice.Contact(ctx, ofBob))(t); c.Name != "Bob" {
		t.Errorf("a removed device renamed its contact %q", c.Name)
	}
}

// TestListAheadIsHeld: what counts on a list arrives before the list.
func TestListAheadIsHeld(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	until(t, "empty queues", func() bool {
		return must(alice.Status(ctx))(t).Queue == 0 && must(bob.Status(ctx))(t).Queue == 0
	})
	alice.goOffline()
	bob.goOffline()
	key := bob.accountKey()
	two := must(bob.self.Identity.List.Next(key, bob.self.Device, bob.self.Device.Public(), second(t)))(t)
	bob.announce(ofAlice, two)
	must(bob.Send(ctx, ofAlice, "1"))(t)
	three := must(two.Next(key, bob.self.Device, bob.self.Device.Public()))(t)
	bob.announce(ofAlice, three)
	must(bob.Send(ctx, ofAlice, "2"))(t)
	cells := outboxOf(t, bob, ofAlice)
	slices.Reverse(cells)
	alice.take(cells[:len(cells)-1]...)
	if got := texts(t, alice, ofBob); len(got) != 0 {
		t.Fatalf("opened before the list came: %q", got)
	}
	alice.take(cells[len(cells)-1])
	var got []string
	for _, line := range texts(t, alice, ofBob) {
		if line != "in: " {
			got = append(got, line)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"in: 1", "in: 2"}) {
		t.Errorf("got %q", got)
	}
	if l := pinnedList(t, alice, ofBob); l.Version != 3 {
		t.Errorf("version %d is pinned", l.Version)
	}
}

// TestListsThatContradict: whoever has the phrase and a device makes a second
// list of the same version.
func TestListsThatContradict(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	key, one := bob.accountKey(), bob.self.Identity.List
	own := bob.self.Device.Public()
	bob.announce(ofAlice, must(one.Next(key, bob.self.Device, own, second(t)))(t))
	until(t, "the first", func() bool { return pinnedList(t, alice, ofBob).Version == 2 })
	fork := must(one.Next(key, bob.self.Device, own, second(t)))(t)
	if err := bob.change(ctx, func(c *change) error {
		s, err := c.current(ofAlice)
		if err == nil {
			_, err = c.seal(s.ID, &content{list: fork.Bytes()})
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	until(t, "the alarm", func() bool { return must(alice.Contact(ctx, ofBob))(t).Alarm == model.AlarmListsDiffer })
	if _, err := alice.Send(ctx, ofBob, "hello?"); model.KindOf(err) != model.AlarmUndecided {
		t.Errorf("sending went on: %v", err)
	}
	if pinnedList(t, alice, ofBob).Hash() == fork.Hash() {
		t.Error("the fork is pinned")
	}
	// Both branches are frozen until the person decides, and nothing is lost.
	alice.goOffline()
	bob.goOffline()
	must(bob.Send(ctx, ofAlice, "which of us is it?"))(t)
	alice.take(outboxOf(t, bob, ofAlice)...)
	if got := said(t, alice, ofBob); len(got) != 0 {
		t.Errorf("while frozen: %q", got)
	}
	if err := alice.DismissAlarm(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	alice.take(outboxOf(t, bob, ofAlice)...)
	if got := said(t, alice, ofBob); !slices.Equal(got, []string{"in: which of us is it?"}) {
		t.Errorf("after the decision: %q", got)
	}
}

// TestListsNotSigned: a contact announces lists that their account did not
// sign: one of another account, and one that whoever has the device but not the
// phrase could make.
func TestListsNotSigned(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	before := pinnedList(t, alice, ofBob).Hash()
	foreign := must(account.NewList(alice.accountKey(), bob.self.Device.Public()))(t).Bytes()
	ghost := must(bob.self.Identity.List.Next(bob.accountKey(), bob.self.Device, bob.self.Device.Public(), second(t)))(t).Bytes()
	ghost[len(ghost)-1] ^= 1 // in the account's signature
	for _, l := range [][]byte{foreign, ghost, {1}} {
		if err := bob.change(ctx, func(c *change) error {
			s, err := c.current(ofAlice)
			if err == nil {
				_, err = c.seal(s.ID, &content{list: l})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	must(bob.Send(ctx, ofAlice, "after"))(t)
	until(t, "the text", func() bool { return len(texts(t, alice, ofBob)) == 1 })
	if pinnedList(t, alice, ofBob).Hash() != before {
		t.Error("a list that is not signed is pinned")
	}
}

// TestPhraseUsed: somebody restores the account elsewhere and comes to a
// contact; the device that is known learns of it.
func TestPhraseUsed(t *testing.T) {
	ctx := t.Context()
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	introduce(t, alice, bob)
	// What is not signed by Bob's account is no news of it, nor is his own list.
	foreign := must(account.NewList(alice.accountKey(), second(t)))(t)
	for _, l := range []*account.List{foreign, bob.self.Identity.List} {
		if err := bob.change(ctx, func(c *change) error { return c.takeOwnList(l.Bytes()) }); err != nil {
			t.Fatal(err)
		}
	}
	if s := must(bob.Self(ctx))(t); !s.PhraseUsed.IsZero() {
		t.Error("an alarm about nothing")
	}
	words := must(bob.RecoveryPhrase(ctx, testPass))(t)
	thief := restorePerson(t, "Bob", words).online()
	inv := must(alice.CreateInvitation(ctx, model.ModeLink, 0))(t)
	must(thief.Messenger.Join(ctx, inv.Link))(t)
	until(t, "the news", func() bool { return !must(bob.Self(ctx))(t).PhraseUsed.IsZero() })
	if err := bob.DismissPhraseUsed(ctx); err != nil {
		t.Fatal(err)
	}
	if s := must(bob.Self(ctx))(t); !s.PhraseUsed.IsZero() {
		t.Error("dismissed, and still there")
	}
}
