package mailbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const aDay = 24 * time.Hour

// Whatever the clock says, and however often the mailbox is started, it does
// not count more days than it has run, and one for each start; and if the clock
// is right it counts each day.
func TestDaysNeverHurry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := days{day: 100, date: 20000}
		wall, ran := time.Unix(20000*86400, 0), time.Duration(0)
		starts, inThisRun := int64(1), time.Duration(0)
		t.Repeat(map[string]func(*rapid.T){
			"an hour": func(*rapid.T) {
				wall, ran, inThisRun = wall.Add(time.Hour), ran+time.Hour, inThisRun+time.Hour
			},
			"the clock is set": func(t *rapid.T) {
				wall = wall.Add(time.Duration(rapid.IntRange(-60*24, 60*24).Draw(t, "hours")) * time.Hour)
			},
			"restart": func(*rapid.T) {
				d = days{day: d.day, date: d.date}
				starts++
				inThisRun = 0
			},
			"": func(t *rapid.T) {
				before := d
				d.look(dateOf(wall), inThisRun)
				if d.day < before.day || d.day > before.day+1 {
					t.Fatalf("day %d after %d", d.day, before.day)
				}
				if d.day > before.day && d.date <= before.date {
					t.Fatal("a day passed, and the date did not")
				}
				if most := 100 + starts + int64(ran/dayAtLeast); d.day > most {
					t.Fatalf("day %d after %v and %d starts", d.day, ran, starts)
				}
			},
		})
	})
	d := days{day: 100, date: 20000}
	wall := time.Unix(20000*86400+3600, 0)
	for hour := range 24 * 40 {
		d.look(dateOf(wall.Add(time.Duration(hour)*time.Hour)), time.Duration(hour)*time.Hour)
	}
	if d.day != 140 || d.date != 20040 {
		t.Errorf("after 40 days: %+v", d)
	}
}

// Starting again and again on a wrong clock counts its date once.
func TestRestartsOnOneDate(t *testing.T) {
	d := days{day: 100, date: 20000}
	for range 50 {
		d = days{day: d.day, date: d.date}
		for i, date := range []int64{0, 0, 20040} { // no battery, then set by the network
			d.look(date, time.Duration(i)*time.Minute)
		}
	}
	if d.day != 101 || d.date != 20040 {
		t.Errorf("%+v", d)
	}
}

func TestExpiry(t *testing.T) {
	clock := newClock()
	dir := t.TempDir()
	b, err := openTestBox(dir, roomy(), clock)
	ok(t, err)
	defer func() { b.close() }()
	o, q := Owner{Seed: NewSeed()}, NewQueue()
	b.create2(o, q)
	cell, deleted := []byte("cell"), []byte("deleted")
	put := func(cell []byte) {
		t.Helper()
		if got, err := b.put2(q, cell); err != nil || Outcome(got[0]) != Stored {
			t.Fatal(got, err)
		}
	}
	put(cell)
	put(deleted)
	ok(t, b.delete2(q, EnvelopeOf(deleted)))
	count := func() int {
		t.Helper()
		cells, err := b.fetch2(q, 0)
		ok(t, err)
		return len(cells)
	}

	// The clock jumps forward, back, and forward again, with a restart at each.
	for _, jump := range []time.Duration{40 * aDay, -40 * aDay, 40 * aDay, -80 * aDay, 3650 * aDay, -3610 * aDay} {
		b.pass(jump, time.Minute)
		if count() != 1 {
			t.Fatalf("the cell is gone when the clock jumps by %v", jump)
		}
		ok(t, b.close())
		clock.pass(0, -clock.running())
		b, err = openTestBox(dir, roomy(), clock)
		ok(t, err)
		if b.settle(); count() != 1 {
			t.Fatalf("the cell is gone after a start with a clock off by %v", jump)
		}
	}
	counted := b.days.day

	// 30 days after it came, by the mailbox's count, it is there; then it is not.
	cell2 := []byte("cell of today")
	put(cell2)
	for range 30 {
		b.pass(aDay, aDay)
	}
	if passed := b.days.day - counted; passed < 29 || passed > 30 {
		t.Fatalf("%d days counted in 30", passed)
	}
	cells, err := b.fetch2(q, 0)
	ok(t, err)
	if len(cells) != 1 || string(cells[0].Data) != string(cell2) {
		t.Fatalf("%d cells after 30 days", len(cells))
	}
	put(cell)    // expired, so it is stored anew
	put(deleted) // so did its tombstone
	if count() != 3 {
		t.Errorf("%d cells", count())
	}
	for range 3 {
		b.pass(aDay, aDay)
	}
	if count() != 2 {
		t.Errorf("%d cells after 33 days", count())
	}
	for range 30 {
		b.pass(aDay, aDay)
	}
	if s := b.state(o.key()); s.Cells != 0 || s.Bytes != 0 {
		t.Errorf("at the end: %+v", s)
	}
	if n, _ := b.db.number("SELECT count(*) FROM cells"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// A queue that was removed is swept, even if the mailbox ends before.
func TestSweepAfterRestart(t *testing.T) {
	clock, dir := newClock(), t.TempDir()
	b, err := openTestBox(dir, roomy(), clock)
	ok(t, err)
	o, q, other := Owner{Seed: NewSeed()}, NewQueue(), NewQueue()
	b.create2(o, q)
	b.create2(o, other)
	for i := range 20 {
		var cells [][]byte
		for j := range 50 {
			cells = append(cells, []byte{byte(i), byte(j)})
		}
		b.put2(q, cells...)
	}
	b.put2(other, []byte("kept"))
	ok(t, b.db.exec("DELETE FROM queues WHERE queue = ?", b.withdrawals[[32]byte(hashOf(q.Withdrawal.ID))].number))
	ok(t, b.close())
	b, err = openTestBox(dir, roomy(), clock)
	ok(t, err)
	defer b.close()
	b.settle()
	if n, _ := b.db.number("SELECT count(*) FROM cells"); n != 1 {
		t.Errorf("%d rows are left", n)
	}
	if b.bytes != 4+cellOverhead || len(b.numbers) != 1 {
		t.Errorf("%d bytes, %d numbers", b.bytes, len(b.numbers))
	}
}
