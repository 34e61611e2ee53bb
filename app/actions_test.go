package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

func all(t testing.TB, p *person, id model.ContactID) []model.Message {
	t.Helper()
	page := must(p.Messages(t.Context(), id, model.Page{}))(t)
	return slices.DeleteFunc(page, func(m model.Message) bool { return m.Note != "" })
}

func check(t testing.TB, err error, want model.Kind) {
	t.Helper()
	if model.KindOf(err) != want || want == "" && err != nil {
		t.Fatalf("%v, want %q", err, want)
	}
}

// say seals what a person's program would never say, for the other to take in.
func say(t testing.TB, p *person, to model.ContactID, c *content) {
	t.Helper()
	err := p.change(t.Context(), func(ch *change) error {
		s, err := ch.current(to)
		if err == nil {
			_, err = ch.seal(s.ID, c)
		}
		return err
	})
	check(t, err, "")
}

// TestActions: what each does with messages ends the same on both sides.
func TestActions(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	first := must(alice.Send(ctx, ofBob, "first"+strings.Repeat("é", 200)))(t)
	settle(t, alice, bob)
	reply := must(bob.Reply(ctx, first.ID, "to that"))(t)
	if q := reply.Quote; q == nil || q.ID != first.ID || q.Direction != model.Incoming || len(q.Text) > model.MaxQuote || !strings.HasPrefix(first.Text, q.Text) || q.Gone {
		t.Fatalf("Bob's own reply quotes %+v", q)
	}
	check(t, bob.React(ctx, first.ID, "👍🏽"), "")
	check(t, alice.React(ctx, first.ID, "❤️"), "")
	check(t, alice.Forward(ctx, first.ID, []model.ContactID{ofBob, ofBob}), "")
	settle(t, alice, bob)

	got := all(t, alice, ofBob)
	if len(got) != 3 || got[1].Quote == nil || got[1].Quote.Direction != model.Outgoing || got[1].Quote.Row != got[0].Row || !got[2].Forwarded || got[2].Text != first.Text {
		t.Fatalf("Alice has %+v", got)
	}
	if want := []model.Reaction{{Emoji: "❤️", Mine: true}, {Emoji: "👍🏽"}}; !slices.Equal(got[0].Reactions, want) {
		t.Errorf("Alice sees %v", got[0].Reactions)
	}
	if want := []model.Reaction{{Emoji: "👍🏽", Mine: true}, {Emoji: "❤️"}}; !slices.Equal(all(t, bob, ofAlice)[0].Reactions, want) {
		t.Errorf("Bob sees %v", all(t, bob, ofAlice)[0].Reactions)
	}

	// Edited and taken back after it arrived.
	check(t, alice.Edit(ctx, first.ID, "second"), "")
	check(t, bob.React(ctx, first.ID, ""), "")
	settle(t, alice, bob)
	if m := all(t, bob, ofAlice)[0]; m.Text != "second" || !m.Edited || len(m.Reactions) != 1 {
		t.Errorf("Bob has %+v", m)
	}
	if m := all(t, alice, ofBob)[0]; m.EditPending || m.State != model.Delivered || len(m.Reactions) != 1 {
		t.Errorf("Alice has %+v", m)
	}

	// Deleted for both: text, quotes, reactions and what is found go with it.
	check(t, bob.Star(ctx, first.ID, true), "")
	check(t, bob.Delete(ctx, []model.MessageID{reply.ID, first.ID}, true), model.NotOurs)
	check(t, alice.Delete(ctx, []model.MessageID{first.ID}, true), "")
	settle(t, alice, bob)
	mine, theirs := all(t, alice, ofBob), all(t, bob, ofAlice)
	if m := mine[0]; m.Deleted != model.DeletedMine || m.Text != "" || len(m.Reactions) > 0 || !mine[1].Quote.Gone || mine[1].Quote.Text != "" {
		t.Errorf("Alice has %+v", mine)
	}
	if m := theirs[0]; m.Deleted != model.DeletedTheirs || m.Text != "" || len(m.Reactions) > 0 || m.Starred || !theirs[1].Quote.Gone {
		t.Errorf("Bob has %+v", theirs)
	}
	if hits := must(bob.Search(ctx, model.Query{Text: "second"}))(t); len(hits.Hits) > 0 {
		t.Errorf("still found: %+v", hits)
	}
	for _, err := range []error{alice.Edit(ctx, first.ID, "x"), bob.React(ctx, first.ID, "👍"), bob.Star(ctx, first.ID, true), bob.Forward(ctx, first.ID, []model.ContactID{ofAlice})} {
		check(t, err, model.Deletion)
	}

	// Deleted here, and not brought back by a copy; its row is not given again.
	check(t, bob.Delete(ctx, []model.MessageID{theirs[2].ID}, false), "")
	if err := alice.change(ctx, func(c *change) error {
		u, err := c.Unsent(theirs[2].ID)
		if err != nil {
			return err
		}
		s, err := c.current(ofBob)
		if err != nil {
			return err
		}
		return c.sealMessage(s.ID, ofBob, u)
	}); err != nil {
		t.Fatal(err)
	}
	check(t, alice.React(ctx, theirs[2].ID, "👍"), "")
	settle(t, alice, bob)
	if n := len(all(t, bob, ofAlice)); n != 2 {
		t.Errorf("Bob has %d messages", n)
	}
	if next := must(bob.Send(ctx, ofAlice, "next"))(t); next.Row <= theirs[2].Row {
		t.Errorf("row %d after %d", next.Row, theirs[2].Row)
	}
}

// TestActionsWhileAway: what is done while the other is away comes with the next
// session, whatever replaced the one in which it was sealed.
func TestActionsWhileAway(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	var sent []model.Message
	for i := range 4 {
		sent = append(sent, must(alice.Send(ctx, ofBob, fmt.Sprint(i)))(t))
	}
	settle(t, alice, bob)
	bob.goOffline()
	check(t, alice.Edit(ctx, sent[0].ID, "zero"), "")
	check(t, alice.Delete(ctx, []model.MessageID{sent[1].ID}, true), "")
	check(t, alice.Delete(ctx, []model.MessageID{sent[1].ID}, false), "") // nothing of it is left here
	check(t, alice.Delete(ctx, []model.MessageID{sent[2].ID}, true), "")
	check(t, alice.React(ctx, sent[3].ID, "🎉"), "")
	check(t, alice.SetTimer(ctx, ofBob, time.Hour), "")
	waiting := must(alice.Send(ctx, ofBob, "never"))(t)
	check(t, alice.Delete(ctx, []model.MessageID{waiting.ID}, false), "")
	if m := must(alice.Message(ctx, sent[0].ID))(t); !m.EditPending || m.State != model.Delivered {
		t.Errorf("Alice has %+v", m)
	}
	check(t, alice.RenewSession(ctx, ofBob), "")
	bob.online()
	until(t, "the new session", func() bool {
		page := must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
		return slices.ContainsFunc(page, func(m model.Message) bool { return m.Note == model.NoteSessionRenewed })
	})
	settle(t, alice, bob)
	got := all(t, bob, ofAlice)
	if len(got) != 4 || got[0].Text != "zero" || got[1].Deleted != model.DeletedTheirs || got[2].Deleted != model.DeletedTheirs || len(got[3].Reactions) != 1 {
		t.Errorf("Bob has %+v", got)
	}
	if c := must(bob.Contact(ctx, ofAlice))(t); c.Timer != time.Hour {
		t.Errorf("Bob's timer is %v", c.Timer)
	}
	if m := must(alice.Message(ctx, sent[0].ID))(t); m.EditPending {
		t.Errorf("Alice has %+v", m)
	}
}

// TestOutOfOrder: whatever comes before its message counts when that comes.
func TestOutOfOrder(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice, _ := waitingCells(t, 1)
	sent := all(t, alice, ofBob)[0]
	text := outboxOf(t, alice, ofBob)
	check(t, alice.React(ctx, sent.ID, "👍"), "")
	check(t, alice.React(ctx, sent.ID, "👎"), "")
	cells := outboxOf(t, alice, ofBob)
	bob.take(cells[len(cells)-1])
	bob.take(text...)
	bob.take(cells...)
	if m := all(t, bob, ofAlice); len(m) != 1 || len(m[0].Reactions) != 1 || m[0].Reactions[0].Emoji != "👎" {
		t.Fatalf("Bob has %+v", m)
	}

	// An older edition after a newer one, and a text after its deletion.
	other := must(alice.Send(ctx, ofBob, "old"))(t)
	before := outboxOf(t, alice, ofBob)
	check(t, alice.Delete(ctx, []model.MessageID{sent.ID, other.ID}, true), "")
	after := outboxOf(t, alice, ofBob)
	bob.take(after...)
	bob.take(before...)
	for _, m := range all(t, bob, ofAlice) {
		if m.Deleted != model.DeletedTheirs || m.Text != "" {
			t.Errorf("Bob has %+v", m)
		}
	}
}

// TestForeignMessages: a cell touches messages of its own conversation alone, and
// replaces and deletes only what its sender wrote.
func TestForeignMessages(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	carol := newPerson(t, "Carol").online()
	ofCarol, _ := introduce(t, alice, carol)
	settle(t, alice, bob, carol)
	toCarol := must(alice.Send(ctx, ofCarol, "for Carol"))(t)
	toBob := must(alice.Send(ctx, ofBob, "for Bob"))(t)
	settle(t, alice, bob, carol)
	for _, id := range []model.MessageID{toCarol.ID, toBob.ID} {
		say(t, bob, ofAlice, &content{message: id, edition: 9, text: "forged"})
		say(t, bob, ofAlice, &content{message: id, edition: 9, deleted: true})
	}
	say(t, bob, ofAlice, &content{message: toCarol.ID, withdrawn: true})
	say(t, bob, ofAlice, &content{message: toCarol.ID, kept: true})
	say(t, bob, ofAlice, &content{reaction: &store.Reaction{ID: toCarol.ID, Emoji: "👎", Revision: 9}})
	said := model.MessageID(strings.Repeat("ab", 16))
	say(t, bob, ofAlice, &content{message: said, sentAt: time.Now(), text: "about that", quote: toCarol.ID})
	settle(t, alice, bob, carol)
	for _, before := range []model.Message{toCarol, toBob} {
		if m := must(alice.Message(ctx, before.ID))(t); m.Text != before.Text || m.Deleted != "" || m.Edited || len(m.Reactions) > 0 || m.State != model.Delivered {
			t.Errorf("Alice has %+v", m)
		}
	}
	if m := must(alice.Message(ctx, said))(t); m.Quote == nil || !m.Quote.Gone || m.Quote.Text != "" {
		t.Errorf("Bob quotes %+v", m.Quote)
	}
}

// TestEarlyReactionsAreBounded.
func TestEarlyReactionsAreBounded(t *testing.T) {
	alice, _, ofBob, _ := pair(t)
	err := alice.change(t.Context(), func(c *change) error {
		for i := range store.MaxEarly + 5 {
			id := model.MessageID(fmt.Sprintf("%032x", i+1))
			if err := c.takeReaction(ofBob, store.Reaction{ID: id, Emoji: "👍", Revision: 1}); err != nil {
				return err
			}
		}
		contact, err := c.Contact(ofBob)
		if contact.Early != store.MaxEarly {
			t.Errorf("%d are kept", contact.Early)
		}
		return err
	})
	check(t, err, "")
}

// TestDisappearing: the time begins when a text is there, and when it was read.
func TestDisappearing(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	for _, d := range []time.Duration{-1, time.Second, model.MaxTimer + time.Second, time.Minute + 1} {
		check(t, alice.SetTimer(ctx, ofBob, d), model.BadTimer)
	}
	check(t, alice.SetTimer(ctx, ofBob, time.Hour), "")
	settle(t, alice, bob)
	note := must(bob.Conversation(ctx, ofAlice))(t)
	if note.Contact.Timer != time.Hour || note.Last.Note != model.NoteTimer || note.Last.Direction != model.Incoming || note.Last.Timer != time.Hour {
		t.Fatalf("Bob sees %+v", note)
	}
	bob.goOffline()
	sent := must(alice.Send(ctx, ofBob, "secret"))(t)
	later := func(p *person, d time.Duration) {
		if _, err := p.expireAt(time.Now().Add(d)); err != nil {
			t.Fatal(err)
		}
	}
	later(alice, 1000*time.Hour)
	if m := must(alice.Message(ctx, sent.ID))(t); m.Timer != time.Hour || !m.Expires.IsZero() {
		t.Fatalf("what waits: %+v", m)
	}
	bob.online()
	settle(t, alice, bob)
	later(bob, 1000*time.Hour) // not read
	got := all(t, bob, ofAlice)
	if len(got) != 1 || !got[0].Expires.IsZero() {
		t.Fatalf("Bob has %+v", got)
	}
	check(t, bob.MarkRead(ctx, ofAlice, got[0].Row), "")
	later(bob, 30*time.Minute)
	later(alice, 30*time.Minute)
	if len(all(t, bob, ofAlice)) != 1 || len(all(t, alice, ofBob)) != 1 {
		t.Fatal("gone too early")
	}
	later(bob, 61*time.Minute)
	later(alice, 61*time.Minute)
	if len(all(t, bob, ofAlice)) != 0 || len(all(t, alice, ofBob)) != 0 {
		t.Error("still there")
	}
	if hits := must(bob.Search(ctx, model.Query{Text: "secret"}))(t); len(hits.Hits) > 0 {
		t.Error("still found")
	}
}

func TestReactionsAreEmoji(t *testing.T) {
	for _, s := range []string{"👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "‼️", "☕"} {
		if checkReaction(s) != nil {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "a", "ok", "1", "👍👍", "👍a", "\u202e", "👍\u202e", " ", "é", "\u200d", "\ufe0f", "\xff", "中", strings.Repeat("\u200d👍", 20), "👍\n"} {
		if checkReaction(s) == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// TestOwn: what the person keeps of a contact, and that a new message brings a
// conversation back.
func TestOwn(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	check(t, alice.SetPinned(ctx, ofBob, true), "")
	check(t, alice.SetLabels(ctx, ofBob, []string{"work", "friends", "work"}), "")
	check(t, alice.SetLabels(ctx, ofBob, []string{"\n"}), model.BadLabel)
	check(t, alice.SetRemark(ctx, ofBob, "met at sea"), "")
	check(t, alice.SetArchived(ctx, ofBob, true), "")
	check(t, alice.SetMuted(ctx, ofBob, model.Forever), "")
	must(bob.Send(ctx, ofAlice, "one"))(t)
	settle(t, alice, bob)
	c := must(alice.Contact(ctx, ofBob))(t)
	if !c.Pinned || !c.Archived || !c.Muted(time.Now().Add(1e6*time.Hour)) || !slices.Equal(c.Labels, []string{"friends", "work"}) || c.Remark != "met at sea" {
		t.Fatalf("%+v", c)
	}
	check(t, alice.SetMuted(ctx, ofBob, time.Time{}), "")
	must(bob.Send(ctx, ofAlice, "two"))(t)
	settle(t, alice, bob)
	if c := must(alice.Contact(ctx, ofBob))(t); c.Archived || c.Muted(time.Now()) || !c.Pinned {
		t.Errorf("%+v", c)
	}
	if l := must(alice.Labels(ctx))(t); !slices.Equal(l, []string{"friends", "work"}) {
		t.Errorf("labels: %v", l)
	}
	first := all(t, alice, ofBob)[0]
	check(t, alice.Star(ctx, first.ID, true), "")
	if hits := must(alice.Search(ctx, model.Query{Starred: true}))(t); len(hits.Hits) != 1 || hits.Hits[0].Message.ID != first.ID {
		t.Errorf("starred: %+v", hits)
	}
	if hits := must(alice.Search(ctx, model.Query{From: time.Now().Add(-time.Hour)}))(t); len(hits.Hits) != 2 {
		t.Errorf("since an hour ago: %+v", hits)
	}
	check(t, alice.SetDraft(ctx, ofBob, model.Draft{Text: "x", ReplyTo: first.ID}), "")
	if d := must(alice.Conversation(ctx, ofBob))(t).Draft; d != (model.Draft{Text: "x", ReplyTo: first.ID}) {
		t.Errorf("draft %+v", d)
	}

	// Removed: nothing is left, and what comes changes nothing.
	check(t, alice.RemoveContact(ctx, ofBob), "")
	check(t, alice.RemoveContact(ctx, ofBob), model.NotFound)
	if hits := must(alice.Search(ctx, model.Query{Text: "one"}))(t); len(hits.Hits) > 0 {
		t.Error("still found")
	}
	must(bob.Send(ctx, ofAlice, "three"))(t)
	alice.take(outboxOf(t, bob, ofAlice)...)
	if n := len(must(alice.Contacts(context.Background()))(t)); n != 0 {
		t.Errorf("%d contacts", n)
	}
}
