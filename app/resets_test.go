package app

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/ratchet"
)

// pair makes two contacts whose queues are empty, so that both have what they
// need for a reset.
func pair(t testing.TB) (alice, bob *person, ofBob, ofAlice model.ContactID) {
	t.Helper()
	alice, bob = newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice = introduce(t, alice, bob)
	settle(t, alice, bob)
	return alice, bob, ofBob, ofAlice
}

func settle(t testing.TB, people ...*person) {
	t.Helper()
	until(t, "empty queues", func() bool {
		return !slices.ContainsFunc(people, func(p *person) bool { return must(p.Status(t.Context()))(t).Queue > 0 })
	})
}

// currentRatchet returns the session that a messenger sends on.
func currentRatchet(t testing.TB, p *person, id model.ContactID) *ratchet.Session {
	t.Helper()
	var r *ratchet.Session
	err := p.change(t.Context(), func(c *change) error {
		s, err := c.current(id)
		r = s.ratchet
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said returns the texts of a conversation, without notes.
func said(t testing.TB, p *person, id model.ContactID) []string {
	t.Helper()
	return slices.DeleteFunc(texts(t, p, id), func(s string) bool { return s == "in: " })
}

func TestRenewSession(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	for range 3 { // each renewal gives the means for the next
		if err := alice.SetVerified(ctx, ofBob, true); err != nil {
			t.Fatal(err)
		}
		before, had := currentRatchet(t, alice, ofBob).Hash(), len(notes(t, bob, ofAlice))
		if err := alice.RenewSession(ctx, ofBob); err != nil {
			t.Fatal(err)
		}
		until(t, "the new session", func() bool {
			return currentRatchet(t, alice, ofBob).Hash() != before && len(notes(t, bob, ofAlice)) == had+1
		})
		if currentRatchet(t, alice, ofBob).Hash() != currentRatchet(t, bob, ofAlice).Hash() {
			t.Fatal("the two sides send on different sessions")
		}
		must(alice.Send(ctx, ofBob, "new"))(t)
		must(bob.Send(ctx, ofAlice, "new"))(t)
		settle(t, alice, bob)
		for p, id := range map[*person]model.ContactID{alice: ofBob, bob: ofAlice} {
			for _, n := range notes(t, p, id) {
				if n != model.NoteSessionRenewed {
					t.Errorf("note %q", n)
				}
			}
		}
		if c := must(alice.Contact(ctx, ofBob))(t); c.Trust != model.TrustVerified || c.Alarm != "" {
			t.Errorf("a fresh reset left %s, alarm %q", c.Trust, c.Alarm)
		}
	}
	if got := said(t, bob, ofAlice); len(got) != 6 {
		t.Errorf("got %q", got)
	}
}

// TestRenewWhileAway: what was written before the other side heard of the new
// session arrives in it, once.
func TestRenewWhileAway(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	bob.goOffline()
	must(alice.Send(ctx, ofBob, "before"))(t)
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	must(alice.Send(ctx, ofBob, "after"))(t)
	alice.restart().online()
	bob.restart().online()
	until(t, "the note", func() bool { return len(notes(t, bob, ofAlice)) == 1 })
	settle(t, alice, bob)
	if got := said(t, bob, ofAlice); !slices.Equal(got, []string{"in: before", "in: after"}) {
		t.Errorf("got %q", got)
	}
}

// TestResetsCross: both begin anew at the same time.
func TestResetsCross(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	alice.online()
	bob.online()
	until(t, "one session", func() bool {
		return len(notes(t, alice, ofBob)) > 0 && len(notes(t, bob, ofAlice)) > 0 &&
			currentRatchet(t, alice, ofBob).Hash() == currentRatchet(t, bob, ofAlice).Hash()
	})
	must(alice.Send(ctx, ofBob, "1"))(t)
	must(bob.Send(ctx, ofAlice, "2"))(t)
	settle(t, alice, bob)
	for p, id := range map[*person]model.ContactID{alice: ofBob, bob: ofAlice} {
		if got := notes(t, p, id); !slices.Equal(got, []model.Note{model.NoteSessionRenewed}) {
			t.Errorf("notes %q", got)
		}
		if p.pendingReset(id) {
			t.Error("a reset is still under way")
		}
		if got := said(t, p, id); len(got) != 2 {
			t.Errorf("got %q", got)
		}
	}
}

// TestResetOvertaken: Alice's request for a fresh reset arrives after the session has
// gone on by more than its secret allows.
func TestResetOvertaken(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	var request []store.Outgoing
	if err := alice.change(ctx, func(c *change) (err error) {
		if request, err = c.Outbox(ofBob, 0, 100); err != nil {
			return err
		}
		return c.ClearOutbox(ofBob)
	}); err != nil {
		t.Fatal(err)
	}
	before := currentRatchet(t, alice, ofBob).Hash()
	alice.online()
	for range 3 {
		must(alice.Send(ctx, ofBob, "on"))(t)
		settle(t, alice, bob)
		must(bob.Send(ctx, ofAlice, "and on"))(t)
		settle(t, alice, bob)
	}
	if err := alice.change(ctx, func(c *change) error { return c.queue(request[len(request)-1]) }); err != nil {
		t.Fatal(err)
	}
	until(t, "a new session", func() bool {
		now := currentRatchet(t, alice, ofBob).Hash()
		return now != before && now == currentRatchet(t, bob, ofAlice).Hash()
	})
	settle(t, alice, bob)
	for p, id := range map[*person]model.ContactID{alice: ofBob, bob: ofAlice} {
		if got := notes(t, p, id); !slices.Equal(got, []model.Note{model.NoteSessionRenewed}) {
			t.Errorf("notes %q", got)
		}
		if p.pendingReset(id) {
			t.Error("a reset is still under way")
		}
	}
}

// TestReadAcrossReset: Bob has read, and begins anew before Alice could be told.
func TestReadAcrossReset(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	for range 3 {
		must(alice.Send(ctx, ofBob, "to be read"))(t)
	}
	settle(t, alice, bob)
	alice.goOffline()
	all := must(bob.Messages(ctx, ofAlice, model.Page{Limit: 100}))(t)
	for _, m := range all[len(all)-3:] {
		if err := bob.MarkRead(ctx, ofAlice, m.Row); err != nil {
			t.Fatal(err)
		}
	}
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	// What told it opens nowhere any more; what begins anew does.
	if err := bob.change(ctx, func(c *change) error {
		cells, err := c.Outbox(ofAlice, 0, 100)
		if err != nil {
			return err
		}
		told, err := c.Notices(ofAlice)
		if err != nil {
			return err
		}
		if err := c.ClearOutbox(ofAlice); err != nil {
			return err
		}
		for i, cell := range cells {
			if i < len(cells)-1 {
				rand.Read(cell.Cell)
			}
			if i < len(told) {
				cell.Pos = told[i].Pos
			}
			if err := c.queue(cell); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	alice.online()
	until(t, "all to be read", func() bool { return alice.states(ofBob)[model.Read] == 3 })
}

// rollBack closes a profile, lets f run with it, and then puts the directory
// back as it was before.
func (p *person) rollBack(f func()) *person {
	p.t.Helper()
	p.Close()
	copyDir := filepath.Join(p.t.TempDir(), "copy")
	if err := os.CopyFS(copyDir, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	p.restart().online()
	f()
	p.Close()
	if err := os.RemoveAll(p.dir); err != nil {
		p.t.Fatal(err)
	}
	if err := os.CopyFS(p.dir, os.DirFS(copyDir)); err != nil {
		p.t.Fatal(err)
	}
	return p.restart().online()
}

// TestRestoredCopy: Bob's profile is put back from a copy and writes. Alice
// sees keys used twice; both start anew, are warned, and lose nothing.
func TestRestoredCopy(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	if err := alice.SetVerified(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	must(alice.Send(ctx, ofBob, "hello"))(t)
	settle(t, alice)
	bob.rollBack(func() {
		for range 3 {
			must(bob.Send(ctx, ofAlice, "lost to Bob"))(t)
		}
		settle(t, bob)
	})
	must(bob.Send(ctx, ofAlice, "I am back"))(t)
	until(t, "the text", func() bool { return slices.Contains(said(t, alice, ofBob), "in: I am back") })
	settle(t, alice, bob)
	must(alice.Send(ctx, ofBob, "welcome"))(t)
	until(t, "the answer", func() bool { return slices.Contains(said(t, bob, ofAlice), "in: welcome") })
	for p, id := range map[*person]model.ContactID{alice: ofBob, bob: ofAlice} {
		if got := notes(t, p, id); !slices.Equal(got, []model.Note{model.NoteSessionRestarted}) {
			t.Errorf("notes %q", got)
		}
	}
	if c := must(alice.Contact(ctx, ofBob))(t); c.Trust != model.TrustConfirmed {
		t.Errorf("a stale reset left %s", c.Trust)
	}
}

// TestStrayCells: Bob's profile is put back from a copy, and Alice writes: her
// cells open nowhere. When the same one comes again Bob starts anew.
func TestStrayCells(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	bob.rollBack(func() {
		for range 2 { // two chains further
			must(bob.Send(ctx, ofAlice, "ping"))(t)
			settle(t, bob)
			must(alice.Send(ctx, ofBob, "pong"))(t)
			settle(t, alice)
		}
	})
	alice.goOffline()
	must(alice.Send(ctx, ofBob, "do you hear me?"))(t)
	from := must(alice.ownRoute(ctx))(t).Peer
	cells := outboxOf(t, alice, ofBob)
	bob.takeFrom(from, cells[0], cells[0])
	bob.takeFrom("somebody else", cells[0])
	if bob.pendingReset(ofAlice) {
		t.Fatal("a cell that came twice at once counts as lost state")
	}
	bob.ahead(2 * strayAfter)
	bob.takeFrom(from, cells[0])
	if !bob.pendingReset(ofAlice) {
		t.Fatal("no reset")
	}
	alice.online()
	until(t, "the text", func() bool { return slices.Contains(said(t, bob, ofAlice), "in: do you hear me?") })
	if got := notes(t, alice, ofBob); !slices.Equal(got, []model.Note{model.NoteSessionRestarted}) {
		t.Errorf("notes %q", got)
	}
}

// TestStrayAndTheClock: the clock was far ahead when a cell first opened nowhere.
// Once it is right again the same one counts as a second all the same.
func TestStrayAndTheClock(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	bob.rollBack(func() {
		for range 2 { // two chains further
			must(bob.Send(ctx, ofAlice, "ping"))(t)
			settle(t, bob)
			must(alice.Send(ctx, ofBob, "pong"))(t)
			settle(t, alice)
		}
	})
	alice.goOffline()
	must(alice.Send(ctx, ofBob, "do you hear me?"))(t)
	from := must(alice.ownRoute(ctx))(t).Peer
	cell := outboxOf(t, alice, ofBob)[0]
	bob.ahead(40 * 24 * time.Hour)
	bob.takeFrom(from, cell)
	bob.ahead(0)
	bob.takeFrom(from, cell)
	if !bob.pendingReset(ofAlice) {
		t.Error("no reset")
	}
}

// TestBundlesAskedFor: a text is late, and its key was kept for so long that it is
// gone; and the bundles by which to begin anew were lost as well. They are asked for,
// and the text arrives.
func TestBundlesAskedFor(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	for _, text := range []string{"late", "in time"} {
		must(bob.Send(ctx, ofAlice, text))(t)
	}
	cells := outboxOf(t, bob, ofAlice)
	alice.take(cells[1:]...)
	err := alice.change(ctx, func(c *change) error {
		s, err := c.current(ofBob)
		if err != nil {
			return err
		}
		return c.SetResetBundles(s.ID, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	alice.ahead(40 * 24 * time.Hour)
	alice.take(cells[0], cells[0])
	if got := said(t, alice, ofBob); !slices.Equal(got, []string{"in: in time"}) {
		t.Fatalf("Alice has %q", got)
	}
	if n := len(outboxOf(t, alice, ofBob)); n != 1 {
		t.Errorf("%d cells ask for bundles", n)
	}
	alice.online()
	bob.online()
	until(t, "the text", func() bool { return len(said(t, alice, ofBob)) == 2 })
	settle(t, alice, bob)
	if got := said(t, alice, ofBob); !slices.Equal(got, []string{"in: late", "in: in time"}) {
		t.Errorf("Alice has %q", got)
	}
}

// TestBundlesNotAskedForTooSoon: a session has just taken another's place, and cells of
// the one before come that open nowhere. The bundles are on their way, and that begins
// nothing anew.
func TestBundlesNotAskedForTooSoon(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	alice.take(outboxOf(t, bob, ofAlice)...)
	bob.take(outboxOf(t, alice, ofBob)...)
	cells := outboxOf(t, bob, ofAlice)
	alice.take(cells[0]) // which confirms the session; what has the bundles comes later
	had := len(outboxOf(t, alice, ofBob))
	doubt := func() {
		t.Helper()
		err := alice.change(ctx, func(c *change) error {
			contact, err := c.Contact(ofBob)
			if err != nil {
				return err
			}
			return c.restart(contact, false)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	doubt()
	if n := len(outboxOf(t, alice, ofBob)); n != had {
		t.Errorf("%d more cells", n-had)
	}
	alice.ahead(askAgain)
	doubt()
	if n := len(outboxOf(t, alice, ofBob)); n != had+1 {
		t.Errorf("%d more cells when nothing came for long", n-had)
	}
}

// TestBundlesAreNotEndless: whoever asks and asks is given only so many.
func TestBundlesAreNotEndless(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	for range 2 * maxOffers {
		err := alice.change(ctx, func(c *change) error {
			s, err := c.current(ofBob)
			if err == nil {
				_, err = c.seal(s.ID, &content{needs: true})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	settle(t, alice, bob)
	err := bob.view(ctx, func(tx *store.Tx) error {
		id, err := tx.CurrentSession(ofAlice)
		if err != nil {
			return err
		}
		if n, err := tx.ResetOffers(id); err != nil || n != maxOffers {
			t.Errorf("%d offers, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	until(t, "the new session", func() bool { return len(notes(t, bob, ofAlice)) == 1 })
}

// TestResetBegunTooLate: Bob begins anew when he has taken in Alice's reset already.
// Hers is confirmed, and his does not keep him from beginning anew again.
func TestResetBegunTooLate(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	bob.take(outboxOf(t, alice, ofBob)...)
	answer := outboxOf(t, bob, ofAlice)
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	alice.take(answer...)
	bob.take(outboxOf(t, alice, ofBob)...)
	if bob.pendingReset(ofAlice) {
		t.Error("Bob still waits for an answer to his")
	}
	alice.online()
	bob.online()
	settle(t, alice, bob)
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	until(t, "another session", func() bool { return len(notes(t, bob, ofAlice)) == 2 && len(notes(t, alice, ofBob)) == 2 })
}

func (p *person) pendingReset(id model.ContactID) (pending bool) {
	p.t.Helper()
	err := p.view(p.t.Context(), func(t *store.Tx) error {
		_, err := t.PendingReset(id)
		pending = err == nil
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return pending
}

// TestCopyOfAReplacedSession: somebody copied Bob's device, and goes on writing
// on the session that Bob has left.
func TestCopyOfAReplacedSession(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	copied := currentRatchet(t, bob, ofAlice)
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	until(t, "the new session", func() bool { return len(notes(t, alice, ofBob)) == 1 })
	settle(t, alice, bob)
	text := &content{seq: 900, message: model.MessageID(bob.newID()), sentAt: time.Now(), text: "send me money"}
	cell, copied, err := copied.Encrypt(systemRandom, text.bytes())
	if err != nil {
		t.Fatal(err)
	}
	route := bob.introduction("Mallory")
	second, _, err := copied.Encrypt(systemRandom, route.bytes())
	if err != nil {
		t.Fatal(err)
	}
	alice.take(second, cell)
	c := must(alice.Contact(ctx, ofBob))(t)
	if c.Alarm != model.AlarmSessionCopied {
		t.Errorf("alarm %q", c.Alarm)
	}
	if c.Name != "Bob" {
		t.Errorf("the copy renamed Bob %q", c.Name)
	}
	last := must(alice.Messages(ctx, ofBob, model.Page{Limit: 1}))(t)[0]
	if last.Text != "send me money" || !last.Quarantined {
		t.Errorf("shown as %+v", last)
	}
}

// TestUnderWayWhenReplaced: a cell of the old session comes when the new one has
// brought its text already, as from a mailbox. Nobody did anything wrong.
func TestUnderWayWhenReplaced(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	var late [][]byte
	for _, text := range []string{"one", "two"} {
		m := must(alice.Send(ctx, ofBob, text))(t)
		cells := outboxOf(t, alice, ofBob)
		late = append(late, cells[len(cells)-1])
		if err := alice.change(ctx, func(c *change) error { return c.Unqueue(m.ID) }); err != nil {
			t.Fatal(err)
		}
	}
	// Of what was taken back nothing comes in the new session.
	m := must(alice.Send(ctx, ofBob, "three"))(t)
	cells := outboxOf(t, alice, ofBob)
	late = append(late, cells[len(cells)-1])
	if err := alice.Cancel(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	alice.online()
	until(t, "the texts in the new session", func() bool { return len(said(t, bob, ofAlice)) == 2 })
	settle(t, alice, bob)
	bob.take(late...)
	if c := must(bob.Contact(ctx, ofAlice))(t); c.Alarm != "" {
		t.Errorf("alarm %q", c.Alarm)
	}
	for _, m := range must(bob.Messages(ctx, ofAlice, model.Page{}))(t) {
		if m.Quarantined {
			t.Errorf("%q is put apart", m.Text)
		}
	}
	if got := said(t, bob, ofAlice); !slices.Equal(got, []string{"in: one", "in: two"}) {
		t.Errorf("Bob has %q", got)
	}
}

// TestResetRepeated: the answer to a reset is lost; the same first message is
// answered again and makes nothing new.
func TestResetRepeated(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	var request []byte
	err := alice.view(ctx, func(tx *store.Tx) error {
		id, err := tx.PendingReset(ofBob)
		if err != nil {
			return err
		}
		s, err := tx.Session(id)
		request = s.Request
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions := func() int {
		n := 0
		err := bob.view(ctx, func(tx *store.Tx) error {
			all, err := tx.Sessions(ofAlice)
			n = len(all)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	had := sessions()
	bob.take(request)
	bob.take(request, request)
	if n := sessions(); n != had+1 {
		t.Errorf("%d new sessions", n-had)
	}
	alice.online()
	bob.online()
	until(t, "the new session", func() bool { return len(notes(t, bob, ofAlice)) == 1 })
	if got := notes(t, alice, ofBob); len(got) != 1 {
		t.Errorf("notes %q", got)
	}
}

func TestRenewRefusals(t *testing.T) {
	ctx := t.Context()
	alice, _, ofBob, _ := pair(t)
	if err := alice.RenewSession(ctx, "nobody"); model.KindOf(err) != model.NotFound {
		t.Errorf("nobody: %v", err)
	}
	alice.goOffline()
	err := alice.change(ctx, func(c *change) error {
		s, err := c.current(ofBob)
		if err != nil {
			return err
		}
		return c.SetResetBundles(s.ID, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := alice.RenewSession(ctx, ofBob); model.KindOf(err) != model.CannotRenew {
		t.Errorf("without a bundle: %v", err)
	}
	if err := alice.Block(ctx, ofBob, true); err != nil {
		t.Fatal(err)
	}
	if err := alice.RenewSession(ctx, ofBob); model.KindOf(err) != model.Blocked {
		t.Errorf("blocked: %v", err)
	}
}

// TestKeysUsedTwice: a cell comes under a key that another cell had. It is from
// a state that went back; to acknowledge it would tell its sender that it
// arrived.
func TestKeysUsedTwice(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	copied := currentRatchet(t, bob, ofAlice)
	must(bob.Send(ctx, ofAlice, "first"))(t)
	settle(t, bob)
	alice.goOffline()
	bob.goOffline()
	again, _, err := copied.Encrypt(systemRandom, (&content{seq: 2, message: model.MessageID(bob.newID()), text: "second"}).bytes())
	if err != nil {
		t.Fatal(err)
	}
	alice.take(again)
	if got := said(t, alice, ofBob); !slices.Equal(got, []string{"in: first"}) {
		t.Errorf("got %q", got)
	}
	if !alice.pendingReset(ofBob) {
		t.Error("no reset")
	}
}

// TestUsedResetBundle: whoever copied a device uses a bundle that its owner has
// used already.
func TestUsedResetBundle(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	bob.goOffline()
	clone := func() []byte {
		var cell []byte
		stop := errContent
		err := bob.change(ctx, func(c *change) error {
			contact, err := c.Contact(ofAlice)
			if err != nil {
				return err
			}
			if err := c.reset(contact, true); err != nil {
				return err
			}
			queued, err := c.Outbox(ofAlice, 0, 100)
			if err != nil {
				return err
			}
			cell = queued[len(queued)-1].Cell
			return stop // nothing of it is kept
		})
		if err != stop {
			t.Fatal(err)
		}
		return cell
	}
	first, second := clone(), clone()
	count := func() (n int) {
		err := alice.view(ctx, func(tx *store.Tx) error {
			all, err := tx.Sessions(ofBob)
			n = len(all)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	had := count()
	alice.take(first)
	alice.take(second)
	if n := count() - had; n != 1 {
		t.Errorf("one bundle began %d sessions", n)
	}
}

// TestOldAcknowledgements: Bob's profile is put back from a copy, and what he
// writes gets numbers that he has given out before. What Alice said then of those
// numbers is not about that.
func TestOldAcknowledgements(t *testing.T) {
	for _, lost := range []int{1, 2, 5} { // more than he writes then, and not
		ctx := t.Context()
		alice, bob, ofBob, ofAlice := pair(t)
		settle(t, alice, bob)
		bob.Close()
		copyDir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(copyDir, os.DirFS(bob.dir)); err != nil {
			t.Fatal(err)
		}
		bob.restart().online()
		for range lost {
			must(bob.Send(ctx, ofAlice, "lost to Bob"))(t)
		}
		settle(t, bob)
		bob.Close()
		if err := errors.Join(os.RemoveAll(bob.dir), os.CopyFS(bob.dir, os.DirFS(copyDir))); err != nil {
			t.Fatal(err)
		}
		must(alice.Send(ctx, ofBob, "says as well what has come"))(t)
		bob.restart()
		var written []model.MessageID
		for range 2 {
			written = append(written, must(bob.Send(ctx, ofAlice, "new"))(t).ID)
		}
		bob.take(outboxOf(t, alice, ofBob)...)
		for _, id := range written {
			if m := must(bob.Message(ctx, id))(t); m.State != model.Waiting {
				t.Errorf("%d messages lost: one that was not sent yet is %s", lost, m.State)
			}
		}
		bob.online()
		for _, id := range written {
			until(t, "the new ones", func() bool { return must(bob.Message(ctx, id))(t).State == model.Delivered })
		}
		if n := strings.Count(strings.Join(said(t, alice, ofBob), "|"), "in: new"); n != 2 {
			t.Errorf("%d of 2 new messages arrived", n)
		}
		alice.Close()
		bob.Close()
	}
}
