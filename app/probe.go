package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/envelope"
	"sotto/p2p/mailbox"
)

// This file is how a mailbox of ours is found out: it is asked at least daily to
// give back a cell that looks like any other, deposited as contacts deposit.
// What is found is shown, and costs no message: senders keep what was not
// acknowledged, whatever mailboxes say.

// probeEvery is how often a mailbox has to show that it is honest.
const probeEvery = 24 * time.Hour

// errLies says that a mailbox does not give back what it said it holds.
var errLies = errors.New("app: mailbox does not hold what it said it holds")

// errLost says that a mailbox no longer has a queue of ours.
var errLost = errors.New("app: mailbox has lost a queue")

// probe puts a canary into one of our queues and looks whether it comes back.
// The error is one of the connection: what is found out is in the health.
func (k *keeper) probe(ctx context.Context, conn mailboxConn) error {
	var all []*collected
	for _, q := range k.queues {
		all = append(all, q)
	}
	health := model.HealthOK
	if len(all) > 0 { // else it has nothing to hold
		err := k.probeQueue(ctx, conn, all[mathrand.N(len(all))])
		switch {
		case errors.Is(err, errLies):
			health = model.HealthLies
		case errors.Is(err, errLost) && !errors.Is(err, mailbox.ErrRefused):
			health = model.HealthRefuses
		case errors.Is(err, mailbox.ErrQuota):
			health = model.HealthFull
		case err != nil:
			return err
		}
	}
	return k.edit(func(c *change, b *store.Mailbox) error {
		b.Probed = c.now
		if b.Health != health {
			b.Health = health
			c.publish(model.Event{Kind: model.EventMailbox})
		}
		return nil
	})
}

func (k *keeper) probeQueue(ctx context.Context, conn mailboxConn, q *collected) error {
	cell, err := newCanary()
	if err != nil {
		return err
	}
	if err := k.putCanary(ctx, q, cell); errors.Is(err, mailbox.ErrRefused) {
		return errors.Join(errLost, k.remake(q))
	} else if err != nil {
		return err
	}
	k.expected, k.found = mailbox.EnvelopeOf(cell), 0
	defer func() { k.expected = mailbox.Envelope{} }()
	if err := k.look(ctx, conn, q); err != nil {
		return err
	}
	if k.found == 0 {
		return errLies
	}
	// And it is to be gone when it is deleted.
	ask, cancel := context.WithTimeout(ctx, mailTimeout)
	err = conn.Delete(ask, q.queue.Withdrawal, []mailbox.Envelope{k.expected})
	cancel()
	if err != nil {
		return err
	}
	q.after, k.found = k.found-1, 0
	if err := k.look(ctx, conn, q); err != nil {
		return err
	}
	if k.found != 0 {
		return errLies
	}
	return nil
}

// look fetches what is in a queue now.
func (k *keeper) look(ctx context.Context, conn mailboxConn, q *collected) error {
	q.mail, q.rest = true, time.Time{}
	return k.drain(ctx, conn, q)
}

// newCanary returns what looks like an envelope with a cell, and opens nowhere.
func newCanary() ([]byte, error) {
	cell := make([]byte, 4096+envelope.Overhead)
	if _, err := rand.Read(cell); err != nil {
		return nil, fmt.Errorf("app: canary: %w", err)
	}
	return cell, nil
}

// putCanary deposits a canary as a contact would: over another connection, so
// that the mailbox does not know whose it is.
func (k *keeper) putCanary(ctx context.Context, q *collected, cell []byte) error {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	conn, err := k.n.m.dial(ctx, k.route)
	if err != nil {
		return err
	}
	defer conn.Close()
	outcomes, err := conn.Put(ctx, q.queue.Deposit, [][]byte{cell})
	if err != nil {
		return err
	}
	if len(outcomes) != 1 || outcomes[0] != mailbox.Stored {
		if len(outcomes) == 1 && outcomes[0] == mailbox.OverQuota {
			return mailbox.ErrQuota
		}
		return mailbox.ErrUnreachable
	}
	return nil
}
