package app

import (
	"context"
	"errors"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
)

// This file sees to it that every contact has a queue at a mailbox of ours.

// makeQueues makes the queues that are missing, and has contacts told of them.
func (k *keeper) makeQueues(ctx context.Context, conn mailboxConn) error {
	var missing []store.MailQueue
	err := k.n.m.db.Update(ctx, func(t *store.Tx) error {
		contacts, err := t.WantQueues(k.id)
		if err != nil {
			return err
		}
		for _, id := range contacts {
			if err := t.PutMailQueue(store.MailQueue{Mailbox: k.id, Contact: id, Secret: queueBytes(mailbox.NewQueue())}); err != nil {
				return err
			}
		}
		all, err := t.MailQueues(k.id)
		for _, q := range all {
			if !q.Made {
				missing = append(missing, q)
			}
		}
		return err
	})
	for _, q := range missing {
		if err != nil {
			return err
		}
		err = k.makeQueue(ctx, conn, q)
	}
	return err
}

func (k *keeper) makeQueue(ctx context.Context, conn mailboxConn, q store.MailQueue) error {
	keys, err := parseQueue(q.Secret)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	if err := conn.Create(ctx, k.owner, keys); err != nil {
		return err
	}
	return k.n.m.change(ctx, func(c *change) error {
		contact, err := c.Contact(q.Contact)
		if err != nil {
			return err
		}
		q.Made = true
		if err := c.PutMailQueue(q); err != nil {
			return err
		}
		return c.tellMailboxes(contact)
	})
}

// readQueues reads which queues there are, and keeps what is known of them.
func (k *keeper) readQueues() error {
	var stored []store.MailQueue
	blocked := make(map[model.ContactID]bool)
	err := k.n.m.view(k.n.ctx, func(t *store.Tx) (err error) {
		if stored, err = t.MailQueues(k.id); err != nil {
			return err
		}
		contacts, err := t.Contacts()
		for _, c := range contacts {
			blocked[c.ID] = c.Blocked
		}
		return err
	})
	if err != nil {
		return err
	}
	queues := make(map[model.ContactID]*collected)
	for _, s := range stored {
		keys, err := parseQueue(s.Secret)
		if err != nil {
			return err
		}
		if !s.Made || blocked[s.Contact] { // what a blocked contact sends waits there
			continue
		}
		q := k.queues[s.Contact]
		if q == nil || q.queue != keys {
			q = &collected{contact: s.Contact, queue: keys, mail: true}
		}
		queues[s.Contact] = q
	}
	k.queues = queues
	return nil
}

// removeSurplus has the mailbox remove the queues of contacts that we removed: else
// what they go on to deposit would take the place of others' mail.
func (k *keeper) removeSurplus(ctx context.Context, conn mailboxConn) error {
	var surplus [][16]byte
	err := k.n.m.view(ctx, func(t *store.Tx) (err error) {
		surplus, err = t.SurplusQueues(k.id)
		return err
	})
	for _, id := range surplus {
		if err == nil {
			err = k.removeQueue(ctx, conn, id)
		}
		if err == nil {
			err = k.n.m.change(ctx, func(c *change) error { return c.DeleteSurplusQueue(k.id, id) })
		}
	}
	return err
}

// removeQueue has the mailbox remove a queue, if it is there.
func (k *keeper) removeQueue(ctx context.Context, conn mailboxConn, id mailbox.ID) error {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	err := conn.Remove(ctx, k.owner, id)
	if errors.Is(err, mailbox.ErrRefused) {
		return nil
	}
	return err
}

// remake replaces a queue that the mailbox says it does not have. The contact is
// told of the new one, and deposits there everything that we have not
// acknowledged.
func (k *keeper) remake(q *collected) error {
	if time.Since(k.remade[q.contact]) < k.n.m.on.soon(remakeEvery) {
		return mailbox.ErrRefused
	}
	k.remade[q.contact] = time.Now()
	delete(k.queues, q.contact)
	k.asked = time.Time{} // whether it still serves us
	signal(k.wake)
	return k.edit(func(c *change, b *store.Mailbox) error {
		b.Health = model.HealthRefuses
		c.publish(model.Event{Kind: model.EventMailbox})
		return c.PutMailQueue(store.MailQueue{Mailbox: k.id, Contact: q.contact, Secret: queueBytes(mailbox.NewQueue())})
	})
}

// queueBytes encodes ids and keys of both ends of a queue, as they are stored.
func queueBytes(q mailbox.Queue) []byte {
	var b []byte
	b = append(b, q.Deposit.ID[:]...)
	b = append(b, q.Deposit.Seed[:]...)
	b = append(b, q.Withdrawal.ID[:]...)
	return append(b, q.Withdrawal.Seed[:]...)
}

func parseQueue(b []byte) (q mailbox.Queue, err error) {
	if len(b) != len(queueBytes(q)) {
		return q, damaged("a queue", errContent)
	}
	for _, part := range [][]byte{q.Deposit.ID[:], q.Deposit.Seed[:], q.Withdrawal.ID[:], q.Withdrawal.Seed[:]} {
		b = b[copy(part, b):]
	}
	return q, nil
}
