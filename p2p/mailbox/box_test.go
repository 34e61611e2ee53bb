package mailbox

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A testBox is a store without a network, whose clock a test moves.
type testBox struct {
	*box
	clock *fakeClock
	look  chan time.Time
}

func openTestBox(dir string, l Limits, clock *fakeClock) (*testBox, error) {
	b, err := openBox(dir, l, slog.New(slog.DiscardHandler), clock.now, "os")
	if err != nil {
		return nil, err
	}
	look := make(chan time.Time)
	b.run, b.looks = clock.running, look
	b.start()
	return &testBox{b, clock, look}, nil
}

func newTestBox(t testing.TB, l Limits, clock *fakeClock) *testBox {
	t.Helper()
	b, err := openTestBox(t.TempDir(), l, clock)
	ok(t, err)
	t.Cleanup(func() { b.close() })
	return b
}

// pass lets time pass, and everything be swept that has expired by then.
func (b *testBox) pass(date, run time.Duration) {
	b.clock.pass(date, run)
	b.look <- time.Time{}
	b.settle()
}

// settle waits until nothing is to be swept.
func (b *testBox) settle() {
	for left := 1; left > 0; {
		b.call(func(*transaction) error { left = len(b.sweeps); return nil })
	}
}

func bodyOf(o Owner, q Queue) *ownerBody {
	b := &ownerBody{owner: o.key(), withdrawal: q.Withdrawal.ID, deposit: q.Deposit.ID}
	copy(b.withdrawalKey[:], q.Withdrawal.Seed.Public())
	copy(b.depositKey[:], q.Deposit.Seed.Public())
	return b
}

func (b *testBox) create2(o Owner, q Queue) (s status, err error) {
	err = b.call(func(t *transaction) (err error) { s, err = b.box.create(t, bodyOf(o, q)); return err })
	return s, err
}

func (b *testBox) remove2(o Owner, q Queue) (s status, err error) {
	err = b.call(func(t *transaction) (err error) { s, err = b.box.remove(t, bodyOf(o, q)); return err })
	return s, err
}

// put2 returns nil outcomes if there is no such queue.
func (b *testBox) put2(q Queue, cells ...[]byte) (outcomes []byte, err error) {
	to, _ := b.toDeposit(q.Deposit.ID)
	if to == nil {
		return nil, nil
	}
	var names []Envelope
	for _, c := range cells {
		names = append(names, EnvelopeOf(c))
	}
	err = b.call(func(t *transaction) (err error) { outcomes, err = b.box.put(t, to, names, cells); return err })
	return outcomes, err
}

func (b *testBox) fetch2(q Queue, after uint64) (cells []Cell, err error) {
	from, _ := b.toWithdraw(q.Withdrawal.ID)
	if from == nil {
		return nil, nil
	}
	for {
		var body []byte
		if err := b.call(func(t *transaction) (err error) { body, _, err = b.box.fetch(t, from, after); return err }); err != nil {
			return nil, err
		}
		more, further, err := decodeFetch(body, after)
		if err != nil {
			return nil, err
		}
		cells = append(cells, more...)
		if !further {
			return cells, nil
		}
		after = cells[len(cells)-1].Number
	}
}

func (b *testBox) delete2(q Queue, names ...Envelope) error {
	from, _ := b.toWithdraw(q.Withdrawal.ID)
	if from == nil {
		return nil
	}
	return b.call(func(t *transaction) error { _, err := b.bury(t, from, names); return err })
}

// A modelQueue is what a queue should be.
type modelQueue struct {
	Queue
	owner  int
	there  bool
	rows   []modelRow
	latest uint64
}

type modelRow struct {
	cell   []byte
	buried bool
	day    int64
	number uint64 // once it was seen
}

func (q *modelQueue) bytes() (n int64) {
	for _, r := range q.rows {
		n += cellOverhead
		if !r.buried {
			n += int64(len(r.cell))
		}
	}
	return n
}

// TestModel does what owners, depositors and recipients do in any order, with
// days that pass and restarts between, and compares the box with a model that
// is a list for each queue.
func TestModel(t *testing.T) {
	root := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		limits := roomy()
		limits.QueueBytes, limits.OwnerBytes, limits.OwnerQueues, limits.Owners = 4000, 6000, 3, 2
		limits.Keep = 3 * 24 * time.Hour
		clock := newClock()
		runs++
		dir := fmt.Sprintf("%s/%d", root, runs)
		defer os.RemoveAll(dir)
		b, err := openTestBox(dir, limits, clock)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { b.close() }()
		owners := []Owner{{Seed: Seed{1}}, {Seed: Seed{2}}, {Seed: Seed{3}}}
		var queues []*modelQueue
		for i := range 7 {
			queues = append(queues, &modelQueue{Queue: NewQueue(), owner: i % 3})
		}
		pool := make([][]byte, 14)
		for i := range pool {
			pool[i] = bytes.Repeat([]byte{byte(i + 1)}, 1+i*70)
		}
		day := int64(0)
		ownerBytes := func(o int) (n int64) {
			for _, q := range queues {
				if q.there && q.owner == o {
					n += q.bytes()
				}
			}
			return n
		}
		owned := func(o int) (n int) {
			for _, q := range queues {
				if q.there && q.owner == o {
					n++
				}
			}
			return n
		}
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		pick := func(t *rapid.T) *modelQueue { return rapid.SampledFrom(queues).Draw(t, "queue") }
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				q := pick(t)
				want := statusOK
				used := 0
				for o := range owners {
					if owned(o) > 0 {
						used++
					}
				}
				if !q.there && (owned(q.owner) == 3 || owned(q.owner) == 0 && used == 2) {
					want = statusQuota
				}
				got, err := b.create2(owners[q.owner], q.Queue)
				must(err)
				if got != want {
					t.Fatalf("create: %d, want %d", got, want)
				}
				if got == statusOK && !q.there {
					q.there, q.rows, q.latest = true, nil, 0
				}
			},
			"take another's ids": func(t *rapid.T) {
				q := pick(t)
				if !q.there {
					return
				}
				mixed := NewQueue()
				if rapid.Bool().Draw(t, "deposit") {
					mixed.Deposit.ID = q.Deposit.ID
				} else {
					mixed.Withdrawal.ID = q.Withdrawal.ID
				}
				if got, err := b.create2(owners[q.owner], mixed); err != nil || got != statusRefused {
					t.Fatalf("an id twice: %d, %v", got, err)
				}
			},
			"remove": func(t *rapid.T) {
				q, o := pick(t), rapid.IntRange(0, 2).Draw(t, "owner")
				want := statusRefused
				if q.there && o == q.owner {
					want = statusOK
				}
				got, err := b.remove2(owners[o], q.Queue)
				must(err)
				if got != want {
					t.Fatalf("remove: %d, want %d", got, want)
				}
				if got == statusOK {
					q.there = false
				}
			},
			"put": func(t *rapid.T) {
				q := pick(t)
				cells := rapid.SliceOfN(rapid.SampledFrom(pool), 1, 5).Draw(t, "cells")
				outcomes, err := b.put2(q.Queue, cells...)
				must(err)
				if !q.there {
					if outcomes != nil {
						t.Fatal("put into no queue")
					}
					return
				}
				for i, cell := range cells {
					want := OverQuota
					known := slices.ContainsFunc(q.rows, func(r modelRow) bool { return bytes.Equal(r.cell, cell) })
					need := int64(len(cell) + cellOverhead)
					if known {
						want = Stored
					} else if q.bytes()+need <= 4000 && ownerBytes(q.owner)+need <= 6000 {
						want = Stored
						q.rows = append(q.rows, modelRow{cell: cell, day: day})
					}
					if Outcome(outcomes[i]) != want {
						t.Fatalf("put %d: %d, want %d", i, outcomes[i], want)
					}
				}
			},
			"fetch": func(t *rapid.T) {
				q := pick(t)
				var after uint64
				var known []uint64
				for _, r := range q.rows {
					if r.number > 0 {
						known = append(known, r.number)
					}
				}
				if len(known) > 0 && rapid.Bool().Draw(t, "after some") {
					after = rapid.SampledFrom(known).Draw(t, "after")
				}
				got, err := b.fetch2(q.Queue, after)
				must(err)
				if !q.there {
					if got != nil {
						t.Fatal("fetched from no queue")
					}
					return
				}
				i := 0
				for j := range q.rows {
					r := &q.rows[j]
					if r.buried || r.number > 0 && r.number <= after {
						continue
					}
					if i == len(got) || !bytes.Equal(got[i].Data, r.cell) || r.number > 0 && got[i].Number != r.number {
						t.Fatalf("cell %d of %d is another", i, len(got))
					}
					if r.number == 0 && got[i].Number <= q.latest {
						t.Fatalf("number %d comes after %d", got[i].Number, q.latest)
					}
					r.number = got[i].Number
					q.latest = max(q.latest, r.number)
					i++
				}
				if i != len(got) {
					t.Fatalf("%d cells, want %d", len(got), i)
				}
			},
			"delete": func(t *rapid.T) {
				q := pick(t)
				cells := rapid.SliceOfN(rapid.SampledFrom(pool), 1, 6).Draw(t, "cells")
				var names []Envelope
				for _, c := range cells {
					names = append(names, EnvelopeOf(c))
				}
				must(b.delete2(q.Queue, names...))
				for i := range q.rows {
					if q.there && slices.ContainsFunc(cells, func(c []byte) bool { return bytes.Equal(c, q.rows[i].cell) }) {
						q.rows[i].buried = true
					}
				}
			},
			"a day": func(t *rapid.T) {
				b.pass(24*time.Hour, 24*time.Hour)
				day++
				for _, q := range queues {
					q.rows = slices.DeleteFunc(q.rows, func(r modelRow) bool { return r.day < day-3 })
				}
			},
			"restart": func(t *rapid.T) {
				must(b.close())
				clock.pass(0, -clock.running())
				b, err = openTestBox(dir, limits, clock)
				must(err)
			},
			"": func(t *rapid.T) {
				b.settle()
				total := 0
				for o, own := range owners {
					var cells int
					for _, q := range queues {
						if q.there && q.owner == o {
							for _, r := range q.rows {
								if !r.buried {
									cells++
								}
							}
						}
					}
					total += cells
					if s := b.state(own.key()); s.Bytes != ownerBytes(o) || s.Queues != owned(o) || s.Cells != cells {
						t.Fatalf("owner %d: %+v, want %d bytes, %d queues, %d cells", o, s, ownerBytes(o), owned(o), cells)
					}
				}
				if want := ownerBytes(0) + ownerBytes(1) + ownerBytes(2); b.bytes != want || b.cells != total {
					t.Fatalf("%d bytes and %d cells in all, want %d and %d", b.bytes, b.cells, want, total)
				}
			},
		})
	})
}

// What cannot be done harms nothing that is done in the same transaction.
func TestTogether(t *testing.T) {
	b := newTestBox(t, roomy(), newClock())
	o, q := Owner{Seed: NewSeed()}, NewQueue()
	if s, err := b.create2(o, q); s != statusOK || err != nil {
		t.Fatal(s, err)
	}
	to, _ := b.toDeposit(q.Deposit.ID)
	gate, done := make(chan struct{}), make(chan error, 12)
	b.submit(job{do: func(*transaction) error { <-gate; return nil }, done: func(error) {}})
	boom := errors.New("boom")
	b.submit(job{do: func(t *transaction) error { _, _, err := b.box.fetch(t, to, 0); return err }, done: func(err error) { done <- err }})
	for i := range 10 {
		cell := []byte{byte(i)}
		b.submit(job{do: func(t *transaction) error {
			_, err := b.box.put(t, to, []Envelope{EnvelopeOf(cell)}, [][]byte{cell})
			return err
		}, done: func(err error) { done <- err }})
	}
	b.submit(job{do: func(t *transaction) error {
		for i := range 10 {
			if _, err := b.bury(t, to, []Envelope{EnvelopeOf([]byte{byte(i)})}); err != nil {
				return err
			}
		}
		if _, _, err := b.box.fetch(t, to, 0); err != nil {
			return err
		}
		return boom
	}, done: func(err error) { done <- err }})
	close(gate)
	failures := 0
	for range 12 {
		if err := <-done; errors.Is(err, boom) {
			failures++
		} else if err != nil {
			t.Error(err)
		}
	}
	cells, err := b.fetch2(q, 0)
	ok(t, err)
	if failures != 1 || len(cells) != 10 {
		t.Errorf("%d failures, %d cells", failures, len(cells))
	}
	if s := b.state(o.key()); s.Cells != 10 || s.Bytes != 10*(1+cellOverhead) {
		t.Errorf("%+v", s)
	}
}

func TestDiskCap(t *testing.T) {
	l := roomy()
	l.DiskBytes = 1 << 20
	b := newTestBox(t, l, newClock())
	q, o := NewQueue(), Owner{Seed: NewSeed()}
	b.create2(o, q)
	stored := [][]byte{}
	for full := false; !full; {
		cell := randomCell(5000)
		got, err := b.put2(q, cell)
		if err != nil && !errors.Is(err, ErrNoSpace) {
			t.Fatal(err)
		}
		if full = err != nil || Outcome(got[0]) != Stored; !full {
			stored = append(stored, cell)
		}
	}
	b.call(func(*transaction) error { return nil })
	info, err := os.Stat(b.db.path)
	ok(t, err)
	if info.Size() > l.DiskBytes || len(stored) < 100 {
		t.Errorf("%d cells, the file has %d bytes", len(stored), info.Size())
	}
	cells, err := b.fetch2(q, 0)
	ok(t, err)
	if len(cells) != len(stored) {
		t.Fatalf("%d cells, %d were stored", len(cells), len(stored))
	}
	// Deleting makes room.
	for _, c := range stored[:20] {
		ok(t, b.delete2(q, EnvelopeOf(c)))
	}
	if got, err := b.put2(q, randomCell(5000)); err != nil || Outcome(got[0]) != Stored {
		t.Error(got, err)
	}
}

// A queue's places hold the queue, the day and the order.
func TestPlaces(t *testing.T) {
	p := placeOf(maxQueueNumber-1, firstOf(maxDay)+7)
	if p <= 0 || p.number()>>countBits != maxDay || p.number()&(1<<countBits-1) != 7 || first(maxQueueNumber-1) >= p {
		t.Errorf("%x", p)
	}
	if firstOf(maxDay+5) != firstOf(maxDay) {
		t.Error("a day beyond the last")
	}
}

func hashOf(id ID) []byte { h := sha256.Sum256(id[:]); return h[:] }
