package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/envelope"
	"sotto/p2p/mailbox"
)

// This file collects what comes to a mailbox of ours.
//
// A cell is deleted there only after the transaction that stored it here. What
// is taken in already, or will never be of use, is deleted at once; what may
// become readable later stays there, and is fetched again.

// collected is one queue of ours, and how far it was fetched.
type collected struct {
	contact model.ContactID
	queue   mailbox.Queue
	after   uint64    // cells with higher numbers were not fetched yet
	mail    bool      // there are some, as far as we know
	rest    time.Time // no fetching before
}

// deletion is what is to be deleted of a queue.
type deletion struct {
	right     mailbox.Withdrawal
	envelopes []mailbox.Envelope
}

// drain fetches all there is in a queue, a page at a time. The inbox holds it
// up while the messenger is behind, so that memory is bounded.
func (k *keeper) drain(ctx context.Context, conn mailboxConn, q *collected) error {
	if !q.mail || time.Now().Before(q.rest) {
		return nil
	}
	for more := true; more; {
		began := time.Now()
		ask, cancel := context.WithTimeout(ctx, 2*mailTimeout)
		var cells []mailbox.Cell
		var err error
		cells, more, err = conn.Fetch(ask, q.queue.Withdrawal, q.after)
		cancel()
		if errors.Is(err, mailbox.ErrRefused) {
			return k.remake(q)
		}
		if err != nil {
			return err
		}
		if k.replays(cells, began) {
			// It shows what it said it has deleted, and could go on like this for ever.
			q.rest, more = time.Now().Add(k.n.m.on.soon(restAfterReplay)), false
		}
		if err := k.handOver(q, cells); err != nil {
			return err
		}
		for _, c := range cells {
			q.after = max(q.after, c.Number)
		}
	}
	q.mail = time.Now().Before(q.rest)
	return nil
}

// restAfterReplay is how long a queue is left alone in which there was something
// that had been deleted.
const restAfterReplay = time.Minute

// replays reports whether there is something in a page that was fetched from a
// time on which the mailbox had said before that it has deleted.
func (k *keeper) replays(cells []mailbox.Cell, began time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range cells {
		if at, gone := k.gone[mailbox.EnvelopeOf(c.Data)]; gone && at.Before(began) {
			return true
		}
	}
	return false
}

// handOver gives a page to the messenger, but for the cells that it has
// already: those can be deleted, and their sender is told that they arrived.
func (k *keeper) handOver(q *collected, cells []mailbox.Cell) error {
	if len(cells) == 0 {
		return nil
	}
	opened := make([][]byte, len(cells)) // nil if it is nobody's that we know
	seen := make([]bool, len(cells))
	for i, c := range cells {
		opened[i], _ = envelope.Open(q.queue.Deposit.Seed[:], c.Data)
	}
	err := k.edit(func(c *change, b *store.Mailbox) (err error) {
		b.Fetched = c.now
		b.Waiting = max(0, b.Waiting-len(cells)) // until it is asked again
		for i, cell := range opened {
			if seen[i], err = c.Seen(mailbox.EnvelopeOf(cell)); err != nil {
				return err
			}
		}
		if slices.Contains(seen, true) {
			return c.oweReceipt(q.contact)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range cells {
		switch e := mailbox.EnvelopeOf(c.Data); {
		case e == k.expected:
			k.found = c.Number
		case seen[i], opened[i] == nil:
			k.delete(q.queue.Withdrawal, e)
		default:
			k.n.take(arrival{cell: opened[i], mailbox: k.id, contact: q.contact, done: func() { k.delete(q.queue.Withdrawal, e) }})
		}
	}
	return nil
}

// delete has a cell deleted at the mailbox, soon.
func (k *keeper) delete(right mailbox.Withdrawal, e mailbox.Envelope) {
	k.mu.Lock()
	d := k.deletes[right.ID]
	if d == nil {
		d = &deletion{right: right}
		k.deletes[right.ID] = d
	}
	d.envelopes = append(d.envelopes, e)
	k.mu.Unlock()
	signal(k.deleted)
}

// runDeletes deletes at the mailbox what has been taken in here.
func (k *keeper) runDeletes(ctx context.Context, conn mailboxConn) error {
	for {
		right, batch := k.nextDeletes()
		if len(batch) == 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-k.deleted:
			}
			continue
		}
		ask, cancel := context.WithTimeout(ctx, mailTimeout)
		err := conn.Delete(ask, right, batch)
		cancel()
		if rate := new(mailbox.RateError); errors.As(err, &rate) {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(rate.After):
			}
			continue
		}
		if err != nil && !errors.Is(err, mailbox.ErrRefused) {
			return err
		}
		k.mu.Lock()
		if len(k.gone) >= maxDeleted {
			clear(k.gone)
		}
		for _, e := range batch {
			k.gone[e] = time.Now()
		}
		if d := k.deletes[right.ID]; d != nil {
			if d.envelopes = d.envelopes[len(batch):]; len(d.envelopes) == 0 {
				delete(k.deletes, right.ID)
			}
		}
		k.mu.Unlock()
	}
}

// maxDeleted is how many deleted cells are remembered.
const maxDeleted = 16384

// nextDeletes returns some of what is to be deleted, which stays noted until
// the mailbox has done it.
func (k *keeper) nextDeletes() (mailbox.Withdrawal, []mailbox.Envelope) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range k.deletes {
		return d.right, slices.Clone(d.envelopes[:min(len(d.envelopes), mailbox.MaxFetch)])
	}
	return mailbox.Withdrawal{}, nil
}

// deletesLeft reports whether something is still to be deleted.
func (k *keeper) deletesLeft() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.deletes) > 0
}
