package mailbox

import (
	"bytes"
	"testing"
	"time"
)

func TestDelivery(t *testing.T) {
	p := newPost(t, roomy())
	ctx := t.Context()
	alice, bob := dial(t, p), dial(t, p) // Alice owns, Bob deposits
	q, owner := newQueue(t, alice)
	ok(t, alice.Create(ctx, owner, q)) // once more
	ok(t, bob.Probe(ctx, q.Deposit))
	var cells [][]byte
	for i := range 300 {
		cells = append(cells, randomCell(1+i*20))
	}
	cells = append(cells, randomCell(MaxCell), randomCell(MaxCell))
	outcomes, err := bob.Put(ctx, q.Deposit, cells)
	ok(t, err)
	again, err := bob.Put(ctx, q.Deposit, cells[100:200])
	ok(t, err)
	for i, o := range append(outcomes, again...) {
		if o != Stored {
			t.Fatalf("cell %d: %d", i, o)
		}
	}
	got := drain(t, alice, q.Withdrawal)
	if len(got) != len(cells) {
		t.Fatalf("%d cells, want %d", len(got), len(cells))
	}
	var names []Envelope
	for i, c := range got {
		if !bytes.Equal(c.Data, cells[i]) {
			t.Fatalf("cell %d is another", i)
		}
		names = append(names, EnvelopeOf(c.Data))
	}
	s, err := alice.State(ctx, owner)
	ok(t, err)
	if s.Queues != 1 || s.Cells != len(cells) || s.Bytes <= 300 || s.Quota != 1<<30 || s.Free != s.Quota-s.Bytes {
		t.Errorf("state: %+v", s)
	}
	ok(t, alice.Delete(ctx, q.Withdrawal, names))
	if left := drain(t, alice, q.Withdrawal); len(left) != 0 {
		t.Errorf("%d cells left", len(left))
	}
	// A late repeat is stored, and is not there again.
	outcomes, err = bob.Put(ctx, q.Deposit, append(cells[:5:5], []byte("new")))
	ok(t, err)
	for _, o := range outcomes {
		if o != Stored {
			t.Error(outcomes)
		}
	}
	if left := drain(t, alice, q.Withdrawal); len(left) != 1 || string(left[0].Data) != "new" || left[0].Number <= got[len(got)-1].Number {
		t.Errorf("%d cells after a repeat", len(left))
	}
	ok(t, alice.Remove(ctx, owner, q.Withdrawal.ID))
	_, err = bob.Put(ctx, q.Deposit, cells[:1])
	want(t, err, ErrRefused)
	want(t, alice.Remove(ctx, owner, q.Withdrawal.ID), ErrRefused)
}

func TestWatch(t *testing.T) {
	p := newPost(t, roomy())
	ctx := t.Context()
	alice, bob := dial(t, p), dial(t, p)
	q, owner := newQueue(t, alice)
	other, _ := newQueue(t, alice)
	watched := []Watched{{Withdrawal: other.Withdrawal}, {Withdrawal: q.Withdrawal}}
	sights, err := alice.Watch(ctx, watched, 20*time.Millisecond)
	ok(t, err)
	if sights[0] != Quiet || sights[1] != Quiet {
		t.Fatal(sights)
	}
	type result struct {
		sights []Sight
		err    error
	}
	saw := make(chan result)
	watch := func() {
		s, err := alice.Watch(ctx, watched, time.Minute)
		saw <- result{s, err}
	}
	go watch()
	until(t, func() bool { return p.Stats().Watches == 1 })
	_, err = bob.Put(ctx, q.Deposit, [][]byte{[]byte("hello")})
	ok(t, err)
	if r := <-saw; r.err != nil || r.sights[0] != Quiet || r.sights[1] != Mail {
		t.Fatal(r)
	}
	go watch() // it is there already
	if r := <-saw; r.err != nil || r.sights[1] != Mail {
		t.Fatal(r)
	}
	watched[1].After = drain(t, alice, q.Withdrawal)[0].Number
	go watch()
	until(t, func() bool { return p.Stats().Watches == 1 })
	ok(t, alice.Remove(ctx, owner, q.Withdrawal.ID))
	if r := <-saw; r.err != nil || r.sights[1] != Gone {
		t.Fatal(r)
	}
}

// until waits for something that gives no other sign.
func until(t testing.TB, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited a minute")
		}
	}
}
