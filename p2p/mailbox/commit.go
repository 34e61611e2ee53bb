package mailbox

import (
	"slices"
	"time"
)

// A job is one thing to be done with the database. All jobs are done by one
// goroutine, the committer, which does those that wait together in one
// transaction: the cost of an fsync is shared by all streams, and throughput is
// bounded by what the database can do.
type job struct {
	// do works in a transaction, and may be called again after a failure: whatever
	// it sets must not depend on what an earlier call has set.
	do func(t *transaction) error
	// done is told that the transaction is on disk, or why not. It must not wait.
	done func(error)
	size int // bytes of cells, for the size of transactions
}

const (
	// maxJobs and maxJobBytes bound one transaction.
	maxJobs     = 256
	maxJobBytes = 16 << 20
	// clearAfter is how long deleted cells may stay in the database's log.
	clearAfter = 5 * time.Second
	// tick is the time between looks at the date.
	tick = time.Minute
)

// A transaction carries what is to happen if it fails, and if it succeeds.
type transaction struct {
	undo    []func() // what brings memory back to what it was
	after   []func() // once it is on disk
	deletes bool     // there is something to be cleared from the log
}

// change sets a variable that belongs to the state in memory, and sets it back
// if the transaction fails.
func change[T any](t *transaction, to *T, v T) {
	old := *to
	*to = v
	t.undo = append(t.undo, func() { *to = old })
}

// submit has the committer do a job. It waits while too many are waiting.
func (b *box) submit(j job) {
	select {
	case b.jobs <- j:
	case <-b.stopped:
		j.done(ErrClosed)
	}
}

// call does a job and waits for its end.
func (b *box) call(do func(t *transaction) error) error {
	done := make(chan error, 1)
	b.submit(job{do: do, done: func(err error) { done <- err }})
	return <-done
}

// commit runs until the box is closed.
func (b *box) commit() {
	defer close(b.stopped)
	var clear <-chan time.Time
	for {
		// What expired is swept away bit by bit, in turn with the jobs.
		sweep := closedIf(len(b.sweeps) > 0)
		select {
		case <-b.stop:
			b.drain()
			return
		case j := <-b.jobs:
			if b.together(b.collect(j)) && clear == nil {
				clear = time.After(clearAfter)
			}
		case <-sweep:
			if b.together([]job{b.sweepJob()}) && clear == nil {
				clear = time.After(clearAfter)
			}
		case <-b.looks:
			b.lookAtDate()
		case <-clear:
			clear = nil
			if err := b.db.clear(); err != nil {
				b.log.Error("mailbox: the log was not cleared", "err", err)
			}
			b.measure()
		}
	}
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// closedIf returns a channel that is ready if the condition holds.
func closedIf(condition bool) <-chan struct{} {
	if condition {
		return closed
	}
	return nil
}

// drain does the jobs that were submitted before the end.
func (b *box) drain() {
	for {
		select {
		case j := <-b.jobs:
			b.together(b.collect(j))
		default:
			return
		}
	}
}

// collect returns the job and those that wait behind it.
func (b *box) collect(j job) []job {
	batch, size := []job{j}, j.size
	for len(batch) < maxJobs && size < maxJobBytes {
		select {
		case j := <-b.jobs:
			batch, size = append(batch, j), size+j.size
		default:
			return batch
		}
	}
	return batch
}

// together does jobs in one transaction. If it fails each is done alone, so
// that one that cannot be done, for want of space say, harms no other. It
// reports whether anything was deleted.
func (b *box) together(batch []job) (deleted bool) {
	t, err := b.attempt(batch)
	if err != nil && len(batch) > 1 {
		for _, j := range batch {
			deleted = b.together([]job{j}) || deleted
		}
		return deleted
	}
	if err != nil {
		err = classify(err)
		if !b.failing {
			b.log.Error("mailbox: a transaction failed, and others may", "err", err)
		}
		b.failing = true
	} else {
		b.failing = false
		b.mu.Lock()
		for _, f := range t.after {
			f()
		}
		b.mu.Unlock()
		b.fire()
	}
	for _, j := range batch {
		j.done(err)
	}
	return err == nil && t.deletes
}

// attempt does jobs in one transaction, or leaves everything as it was.
func (b *box) attempt(batch []job) (t *transaction, err error) {
	t = new(transaction)
	if err := b.db.Exec("BEGIN"); err != nil {
		return nil, err
	}
	// Readers may see what is not on disk yet; nobody is told of it.
	b.mu.Lock()
	for _, j := range batch {
		if err = j.do(t); err != nil {
			break
		}
	}
	b.mu.Unlock()
	if err == nil {
		err = b.db.Exec("COMMIT")
	}
	if err == nil {
		b.commits.Add(1)
		return t, nil
	}
	if !b.db.GetAutocommit() {
		b.db.Exec("ROLLBACK")
	}
	b.mu.Lock()
	for _, f := range slices.Backward(t.undo) {
		f()
	}
	b.mu.Unlock()
	return nil, err
}
