package app

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"sotto/app/model"
	"sotto/crypto/ratchet"
)

func stateOf(t testing.TB, p *person, id model.MessageID) (model.State, model.Reason) {
	t.Helper()
	m := must(p.Message(t.Context(), id))(t)
	return m.State, m.Reason
}

// TestCancelInTime takes a message back that nobody has seen: it does not come,
// not even if a copy of its cell turns up, and nobody waits for it.
func TestCancelInTime(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	first := must(alice.Send(ctx, ofBob, "first"))(t)
	wrong := must(alice.Send(ctx, ofBob, "not for Bob"))(t)
	copies := outboxOf(t, alice, ofBob)
	if err := alice.Cancel(ctx, wrong.ID); err != nil {
		t.Fatal(err)
	}
	if s, r := stateOf(t, alice, wrong.ID); s != model.Failed || r != model.ReasonCancelled {
		t.Errorf("%s, %s", s, r)
	}
	last := must(alice.Send(ctx, ofBob, "last"))(t)
	alice.online()
	settle(t, alice, bob)
	bob.take(copies...)
	if got := texts(t, bob, ofAlice); !slices.Equal(got, []string{"in: first", "in: last"}) {
		t.Errorf("Bob has %q", got)
	}
	for _, m := range must(bob.Messages(ctx, ofAlice, model.Page{}))(t) {
		if m.Missing != 0 {
			t.Errorf("%d are said to be missing before %q", m.Missing, m.Text)
		}
	}
	for _, id := range []model.MessageID{first.ID, last.ID} {
		if s, _ := stateOf(t, alice, id); s != model.Delivered {
			t.Errorf("%s: %s", id, s)
		}
	}
	if s, _ := stateOf(t, alice, wrong.ID); s != model.Failed {
		t.Errorf("the message that was taken back is %s", s)
	}
	if err := alice.Cancel(ctx, last.ID); model.KindOf(err) != model.NotWaiting {
		t.Errorf("taking back what was delivered: %v", err)
	}
}

// TestCancelTooLate takes a message back that had arrived, which its sender had
// not heard: it hears it then, and the message stays.
func TestCancelTooLate(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice, cells := waitingCells(t, 1)
	id := must(alice.Messages(ctx, ofBob, model.Page{}))(t)[0].ID
	bob.take(cells...)
	if err := alice.Cancel(ctx, id); err != nil {
		t.Fatal(err)
	}
	alice.online()
	bob.online()
	settle(t, alice, bob)
	if s, r := stateOf(t, alice, id); s != model.Delivered || r != "" {
		t.Errorf("%s, %s, although Bob has it", s, r)
	}
	if got := texts(t, bob, ofAlice); !slices.Equal(got, []string{"in: 0"}) {
		t.Errorf("Bob has %q", got)
	}
}

// TestEditCancelTooLate: a message was there, was then replaced, and taken back
// before the change went out. It turns out that it is there, and so the change goes.
func TestEditCancelTooLate(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice, cells := waitingCells(t, 1)
	id := must(alice.Messages(ctx, ofBob, model.Page{}))(t)[0].ID
	bob.take(cells...)
	if err := alice.Edit(ctx, id, "better"); err != nil {
		t.Fatal(err)
	}
	if err := alice.Cancel(ctx, id); err != nil {
		t.Fatal(err)
	}
	alice.online()
	bob.online()
	settle(t, alice, bob)
	if s, r := stateOf(t, alice, id); s != model.Delivered || r != "" {
		t.Errorf("%s, %s, although Bob has it", s, r)
	}
	if a, b := texts(t, alice, ofBob), texts(t, bob, ofAlice); !slices.Equal(a, []string{"out: better"}) || !slices.Equal(b, []string{"in: better"}) {
		t.Errorf("Alice has %q, Bob %q", a, b)
	}
}

// TestCancelTooLateAndReset: that a message was kept is under way when another
// session takes the place of the one in which its recipient said so. They heard of the
// notice in that one, so that nothing but their answer tells it.
func TestCancelTooLateAndReset(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice, cells := waitingCells(t, 1)
	id := must(alice.Messages(ctx, ofBob, model.Page{}))(t)[0].ID
	bob.take(cells...)
	if err := alice.Cancel(ctx, id); err != nil {
		t.Fatal(err)
	}
	bob.take(outboxOf(t, alice, ofBob)...)
	alice.take(acknowledgement(t, bob, ofAlice))
	if left := outboxOf(t, alice, ofBob); len(left) > 0 {
		t.Fatalf("%d cells are not acknowledged", len(left))
	}
	if err := alice.RenewSession(ctx, ofBob); err != nil {
		t.Fatal(err)
	}
	bob.take(outboxOf(t, alice, ofBob)...)
	answer := outboxOf(t, bob, ofAlice)
	alice.take(answer[len(answer)-1])      // the others got lost
	bob.take(outboxOf(t, alice, ofBob)...) // now both have gone over to the new session
	alice.online()
	bob.online()
	settle(t, alice, bob)
	if s, r := stateOf(t, alice, id); s != model.Delivered || r != "" {
		t.Errorf("%s, %s, although Bob has it", s, r)
	}
}

// acknowledgement returns a cell that says what somebody has received, and nothing
// else.
func acknowledgement(t testing.TB, p *person, of model.ContactID) (cell []byte) {
	t.Helper()
	err := p.change(t.Context(), func(c *change) error {
		s, err := c.current(of)
		if err == nil {
			err = c.acknowledge(s.ID)
		}
		if err == nil {
			cell = c.direct[len(c.direct)-1].cell
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// TestEdit replaces a text while it waits, once before it arrives anywhere and
// once after it did unheard. Whatever order the cells come in, the newest stands.
func TestEdit(t *testing.T) {
	for _, unheard := range []bool{false, true} {
		ctx := t.Context()
		alice, bob, ofBob, ofAlice, cells := waitingCells(t, 1)
		id := must(alice.Messages(ctx, ofBob, model.Page{}))(t)[0].ID
		if unheard {
			bob.take(cells...)
		}
		for _, text := range []string{"second", "third"} {
			if err := alice.Edit(ctx, id, text); err != nil {
				t.Fatal(err)
			}
			cells = append(cells, outboxOf(t, alice, ofBob)...)
		}
		if m := must(alice.Message(ctx, id))(t); m.Text != "third" || !m.Edited || m.State != model.Waiting {
			t.Errorf("Alice has %+v", m)
		}
		if !unheard { // the newest first, then the older ones
			slices.Reverse(cells)
			bob.take(cells...)
		}
		alice.online()
		bob.online()
		settle(t, alice, bob)
		got := must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
		if len(got) != 1 || got[0].Text != "third" || !got[0].Edited {
			t.Errorf("unheard=%v: Bob has %+v", unheard, got)
		}
		if s, _ := stateOf(t, alice, id); s != model.Delivered {
			t.Errorf("unheard=%v: %s", unheard, s)
		}
		if err := alice.Edit(ctx, id, "fourth"); err != nil {
			t.Errorf("editing what was delivered: %v", err)
		}
		settle(t, alice, bob)
		got = must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
		if len(got) != 1 || got[0].Text != "fourth" {
			t.Errorf("unheard=%v: Bob has %+v", unheard, got)
		}
		if m := must(alice.Message(ctx, id))(t); m.State != model.Delivered || m.EditPending {
			t.Errorf("unheard=%v: Alice has %+v", unheard, m)
		}
	}
}

// TestEditIsTheWriters: nobody replaces another's text.
func TestEditIsTheWriters(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	m := must(alice.Send(ctx, ofBob, "mine"))(t)
	settle(t, alice, bob)
	err := bob.change(ctx, func(c *change) error {
		s, err := c.current(ofAlice)
		if err == nil {
			_, err = c.seal(s.ID, &content{message: m.ID, text: "yours", edition: 9, position: 7})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	settle(t, bob)
	if got := texts(t, alice, ofBob); !slices.Equal(got, []string{"out: mine"}) {
		t.Errorf("Alice has %q", got)
	}
}

// TestResend writes a message that was taken back anew.
func TestResend(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	alice.goOffline()
	m := must(alice.Send(ctx, ofBob, "again"))(t)
	if err := alice.Cancel(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	if err := alice.Resend(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	alice.online()
	settle(t, alice, bob)
	if got := texts(t, bob, ofAlice); !slices.Equal(got, []string{"in: again"}) {
		t.Errorf("Bob has %q", got)
	}
	all := must(alice.Messages(ctx, ofBob, model.Page{}))(t)
	if len(all) != 1 || all[0].State != model.Delivered {
		t.Errorf("Alice has %+v", all)
	}
	if err := alice.Resend(ctx, all[0].ID); model.KindOf(err) != model.NotWaiting {
		t.Errorf("sending what was delivered again: %v", err)
	}
}

// TestMissingIsShown holds cells back: what comes after them is shown at once,
// with their number, and they go to their place when they come.
func TestMissingIsShown(t *testing.T) {
	ctx := t.Context()
	_, bob, _, ofAlice, cells := waitingCells(t, 6)
	missing := func() (all []string) {
		for _, m := range must(bob.Messages(ctx, ofAlice, model.Page{}))(t) {
			all = append(all, fmt.Sprintf("%s/%d", m.Text, m.Missing))
		}
		return all
	}
	for _, step := range []struct {
		cells []int
		want  []string
	}{
		{[]int{0, 4}, []string{"0/0", "4/3"}},
		{[]int{2}, []string{"0/0", "2/1", "4/1"}},
		{[]int{5, 3}, []string{"0/0", "2/1", "3/0", "4/0", "5/0"}},
		{[]int{1}, []string{"0/0", "1/0", "2/0", "3/0", "4/0", "5/0"}},
	} {
		for _, i := range step.cells {
			bob.take(cells[i])
		}
		if got := missing(); !slices.Equal(got, step.want) {
			t.Errorf("after %v: %q, want %q", step.cells, got, step.want)
		}
	}
}

// TestMoreLostThanCanBeWaitedFor: when too many cells before one are gone, a new
// session begins by itself, and brings all of them.
func TestMoreLostThanCanBeWaitedFor(t *testing.T) {
	const n = ratchet.MaxSkippedChain + 10
	alice, bob, ofBob, ofAlice, cells := waitingCells(t, n)
	before := currentRatchet(t, alice, ofBob).Hash()
	bob.online()
	bob.take(cells[len(cells)-1])
	if !bob.pendingReset(ofAlice) {
		t.Fatal("Bob does not begin anew")
	}
	// Alice's own resend would bring the first cells before Bob's new session does.
	alice.online()
	until(t, "the new session", func() bool { return currentRatchet(t, alice, ofBob).Hash() != before })
	settle(t, alice, bob)
	got := said(t, bob, ofAlice)
	if len(got) != n || got[0] != "in: 0" || got[n-1] != fmt.Sprintf("in: %d", n-1) {
		t.Errorf("Bob has %d texts", len(got))
	}
	for _, note := range notes(t, alice, ofBob) {
		if note != model.NoteSessionRenewed {
			t.Errorf("note %q", note)
		}
	}
}

// TestRecipientWentBack puts the recipient's profile back to before messages that
// it had acknowledged. Its sender no longer shows them as delivered, and does not
// send them to whoever that is without being asked.
func TestRecipientWentBack(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	kept := must(alice.Send(ctx, ofBob, "kept"))(t)
	settle(t, alice, bob)
	var lost []model.MessageID
	bob.rollBack(func() {
		for i := range 3 {
			lost = append(lost, must(alice.Send(ctx, ofBob, fmt.Sprintf("lost %d", i)))(t).ID)
		}
		settle(t, alice, bob)
		must(bob.Send(ctx, ofAlice, "answer"))(t)
		settle(t, alice, bob)
	})
	bob.online()
	must(alice.Send(ctx, ofBob, "after"))(t)
	until(t, "the news", func() bool {
		s, _ := stateOf(t, alice, lost[0])
		return s == model.Failed
	})
	settle(t, alice, bob)
	for _, id := range lost {
		if s, r := stateOf(t, alice, id); s != model.Failed || r != model.ReasonLost {
			t.Errorf("%s, %s", s, r)
		}
	}
	if s, _ := stateOf(t, alice, kept.ID); s != model.Delivered {
		t.Errorf("what Bob still has is %s", s)
	}
	if got := said(t, bob, ofAlice); !slices.Equal(got, []string{"in: kept", "in: after"}) {
		t.Errorf("Bob has %q", got)
	}
	// One of them is given up, and can be sent again all the same.
	if err := alice.Cancel(ctx, lost[1]); err != nil {
		t.Fatal(err)
	}
	if s, r := stateOf(t, alice, lost[1]); s != model.Failed || r != model.ReasonCancelled {
		t.Errorf("given up: %s, %s", s, r)
	}
	if err := alice.Cancel(ctx, lost[1]); model.KindOf(err) != model.NotWaiting {
		t.Errorf("giving up once more: %v", err)
	}
	for _, id := range lost {
		if err := alice.Resend(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, alice, bob)
	if got := said(t, bob, ofAlice); len(got) != 5 {
		t.Errorf("Bob has %q", got)
	}
	// Bob's own count goes on after what he no longer remembers.
	must(bob.Send(ctx, ofAlice, "again"))(t)
	settle(t, alice, bob)
	if got := said(t, alice, ofBob); got[len(got)-1] != "in: again" {
		t.Errorf("Alice has %q", got)
	}
}

// TestRecipientLacks: the recipient lacks messages that it had acknowledged, and
// begins a session that shows that it is the same computer. They come again.
func TestRecipientLacks(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	var ids []model.MessageID
	for i := range 5 {
		ids = append(ids, must(alice.Send(ctx, ofBob, fmt.Sprint(i)))(t).ID)
	}
	settle(t, alice, bob)
	err := bob.change(ctx, func(c *change) error {
		for _, id := range ids[1:3] {
			if err := c.DeleteMessage(id); err != nil {
				return err
			}
		}
		c.setThread(ofAlice, thread{have: ackSet{{1, 1}, {4, 5}}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := bob.RenewSession(ctx, ofAlice); err != nil {
		t.Fatal(err)
	}
	until(t, "both again", func() bool { return len(said(t, bob, ofAlice)) == 5 })
	settle(t, alice, bob)
	for _, id := range ids {
		if s, _ := stateOf(t, alice, id); s != model.Delivered {
			t.Errorf("%s", s)
		}
	}
}

// TestGroup makes many changes at once. Those that fail take nothing with them,
// and what the others did is whole.
func TestGroup(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	stop := errors.New("stop")
	var wg sync.WaitGroup
	const n = 60
	for i := range n {
		wg.Go(func() {
			if _, err := alice.Send(ctx, ofBob, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			err := alice.change(ctx, func(c *change) error {
				contact, err := c.Contact(ofBob)
				if err != nil {
					return err
				}
				if _, err := c.write(contact, model.Message{Text: "never"}); err != nil {
					return err
				}
				return stop
			})
			if !errors.Is(err, stop) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	settle(t, alice, bob)
	got := texts(t, bob, ofAlice)
	for i := range n {
		if !slices.Contains(got, fmt.Sprintf("in: %d", i)) {
			t.Errorf("%d did not come", i)
		}
	}
	if len(got) != n {
		t.Errorf("Bob has %d texts", len(got))
	}
	for _, m := range must(bob.Messages(ctx, ofAlice, model.Page{Limit: 500}))(t) {
		if m.Missing != 0 {
			t.Errorf("%d are missing before %s", m.Missing, m.Text)
		}
	}
}

// TestDetails follows a message's way.
func TestDetails(t *testing.T) {
	ctx := t.Context()
	alice, bob, ofBob, ofAlice := pair(t)
	kinds := func(p *person, id model.MessageID) (all []model.StepKind) {
		for _, s := range must(p.Details(ctx, id))(t).Steps {
			if s.Time.IsZero() {
				t.Errorf("%s without a time", s.Kind)
			}
			all = append(all, s.Kind)
		}
		return all
	}
	bob.goOffline()
	until(t, "away", func() bool { return !must(alice.Contact(ctx, ofBob))(t).Online() })
	m := must(alice.Send(ctx, ofBob, "hello"))(t)
	if m.Reason != model.ReasonAway && m.Reason != model.ReasonNoNetwork {
		t.Errorf("reason %q", m.Reason)
	}
	if got := kinds(alice, m.ID); got[0] != model.StepWritten || got[1] != model.StepSealed || slices.Contains(got, model.StepDelivered) {
		t.Errorf("while it waits: %v", got)
	}
	bob.online()
	settle(t, alice, bob)
	if got := kinds(alice, m.ID); got[len(got)-1] != model.StepDelivered {
		t.Errorf("when it is there: %v", got)
	}
	got := must(bob.Messages(ctx, ofAlice, model.Page{}))(t)
	if err := bob.MarkRead(ctx, ofAlice, got[0].Row); err != nil {
		t.Fatal(err)
	}
	settle(t, alice, bob)
	if got := kinds(alice, m.ID); !slices.Equal(got[len(got)-2:], []model.StepKind{model.StepDelivered, model.StepRead}) {
		t.Errorf("when it was read: %v", got)
	}
	if got := kinds(bob, m.ID); !slices.Equal(got, []model.StepKind{model.StepArrived, model.StepOpened, model.StepSeen}) {
		t.Errorf("at Bob's: %v", got)
	}
	d := must(alice.Details(ctx, m.ID))(t)
	if self := must(bob.Self(ctx))(t); len(d.Devices) != 1 || d.Devices[0] != self.Device {
		t.Errorf("sealed to %v", d.Devices)
	}
}
