package mailbox

// A sweep is a range of places that is to be emptied: what has expired, or the
// cells of a removed queue.
type sweep struct {
	from, to place
	number   int64  // of the queue
	queue    *queue // nil if it was removed
}

// sweepStep is how many rows one transaction sweeps: others are not to wait long.
const sweepStep = 256

// sweepJob takes some rows of the first range away.
func (b *box) sweepJob() job {
	w := b.sweeps[0]
	emptied := false
	return job{
		do: func(t *transaction) error {
			var rows, cells int
			var size, last int64
			s := b.db.sweepSum
			err := run(s, func() {
				rows, cells, size, last = s.ColumnInt(0), s.ColumnInt(1), s.ColumnInt64(2), s.ColumnInt64(3)
			}, int64(w.from), int64(w.to), int64(sweepStep))
			if err != nil {
				return err
			}
			emptied = rows < sweepStep
			if rows > 0 {
				if err := run(b.db.sweepCells, nil, int64(w.from), last); err != nil {
					return err
				}
			}
			size += int64(rows) * cellOverhead
			if w.queue != nil && !w.queue.removed {
				b.count(t, w.queue, -cells, -size)
				t.after = append(t.after, func() { b.expiredN.Add(int64(cells)) })
			} else {
				change(t, &b.bytes, b.bytes-size)
			}
			t.deletes = rows > 0
			return nil
		},
		done: func(err error) {
			// A range that cannot be swept now is tried again tomorrow, or at the
			// next start.
			if err == nil && !emptied {
				return
			}
			b.sweeps = b.sweeps[1:]
			if err == nil && w.queue == nil {
				b.mu.Lock()
				delete(b.numbers, w.number)
				b.mu.Unlock()
			}
		},
	}
}

// expire has everything swept that came more than the days ago for which cells
// are kept: the day itself, and the one on which it came, do not count.
func (b *box) expire() {
	before := b.days.day - b.limits.keepDays()
	if before <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range b.deposits {
		if q.bytes == 0 {
			continue
		}
		b.sweeps = append(b.sweeps, sweep{from: first(q.number), to: placeOf(q.number, firstOf(before)), number: q.number, queue: q})
	}
}

// findOrphans has the cells swept whose queue was removed, if the mailbox ended
// before that was done. It jumps from queue to queue.
func (b *box) findOrphans() error {
	s := b.db.anyCell
	for next := int64(0); ; {
		at := int64(-1)
		if err := run(s, func() { at = s.ColumnInt64(0) }, next); err != nil {
			return err
		}
		if at < 0 {
			return nil
		}
		number := at >> numberBits
		if !b.numbers[number] {
			b.numbers[number] = true
			b.sweeps = append(b.sweeps, sweep{from: first(number), to: first(number + 1), number: number})
			var rows, size int64
			sum := b.db.sumQueue
			err := run(sum, func() { rows, size = sum.ColumnInt64(0), sum.ColumnInt64(2) }, int64(first(number)), int64(first(number+1)))
			if err != nil {
				return err
			}
			b.bytes += size + rows*cellOverhead
		}
		next = int64(first(number + 1))
	}
}

// lookAtDate moves the day on if it is time, and has what expired swept.
func (b *box) lookAtDate() {
	b.measure()
	day := b.days.day
	if !b.days.look(dateOf(b.now()), b.run()) {
		return
	}
	if err := b.saveDays(); err != nil {
		b.log.Error("mailbox: the day was not saved", "err", err)
	}
	if b.days.day != day {
		b.expire()
	}
}

func (b *box) saveDays() error {
	return b.db.exec("INSERT INTO clock (one, day, date) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET day = excluded.day, date = excluded.date", b.days.day, b.days.date)
}

// measure notes the size of the file, and gives pages that are no longer used
// back to the system if they are many.
func (b *box) measure() {
	used, all, err := b.db.size()
	if err == nil && all-used > used/4+(4<<20) {
		err = b.db.Exec("PRAGMA incremental_vacuum(1024)")
	}
	if err != nil {
		b.log.Error("mailbox: cannot measure the database", "err", err)
		return
	}
	b.mu.Lock()
	b.used, b.file = used, all
	b.mu.Unlock()
}
