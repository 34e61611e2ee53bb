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
	"sotto/p2p/node"
)

// This file brings what waits for contacts who are away to their mailboxes.
//
// Each of a contact's queues has a depositor of its own: what one mailbox does
// holds up no other. A depositor has its own connection, under a key made for
// it, so that a mailbox does not learn which queues are written to by one
// person. It stays as long as there is something to do and a minute longer.
//
// Nothing depends on a depositor having run to its end. What is in the outbox
// stays there until the contact has acknowledged it; the deposits that are
// noted only spare sending it again.

const (
	// depositAfter is how long a cell may be under way to a contact who seems to
	// be connected before it goes to their mailboxes as well.
	depositAfter = 8 * time.Second
	// depositIdle is how long a connection to a mailbox is kept without use.
	depositIdle = time.Minute
	// receiptAfter and receiptPause keep an acknowledgement from being deposited
	// for every single cell that arrives: how long it waits for more of them,
	// and how long after the one before.
	receiptAfter = 300 * time.Millisecond
	receiptPause = 3 * time.Second
	// redepositAfter is after what time it is no longer counted on that a mailbox
	// holds a cell.
	redepositAfter = 7 * 24 * time.Hour
	// depositTries bounds the pauses between tries at a mailbox that does not
	// take what it is given.
	depositFirst, depositLongest = 2 * time.Second, 4 * time.Minute
)

// outgoing is what is known in this run of one queue of a contact's.
type outgoing struct {
	depositAt
	route   node.Route
	contact model.ContactID
	of      int // how many mailboxes the contact has

	// All below is guarded by post.mu.
	running bool
	ended   bool          // the contact has told us of other mailboxes since
	wake    chan struct{} // holds one token: something new, or a try is wanted now
	next    time.Time     // when it is tried again; zero if it is not waiting for that
	trouble model.Reason  // why it does not take what waits: ReasonFull, ReasonNoMailbox, or none

	// Of the depositor alone.
	looked      time.Time
	after       int64     // cells up to this one are done with
	refused     int64     // cells up to this one were told to be refused
	receiptDue  time.Time // when an acknowledgement that is owed is to go
	receiptLast time.Time
}

// depositNow looks anew where a contact's mail is to be deposited, and does so.
func (m *Messenger) depositNow(id model.ContactID) {
	n := m.network()
	if n == nil {
		return
	}
	var entries []depositAt
	err := m.view(n.ctx, func(t *store.Tx) (err error) {
		entries, err = entriesOf(t, id)
		return err
	})
	if err != nil {
		if n.ctx.Err() == nil {
			m.log.Warn("mailboxes of a contact not read", "kind", model.KindOf(err))
		}
		return
	}
	n.post.mu.Lock()
	for _, o := range n.post.out[id] {
		o.ended = true
		signal(o.wake)
	}
	delete(n.post.out, id)
	for _, e := range entries {
		route, err := node.DecodeRoute(e.route)
		if err != nil {
			continue // checked when it came
		}
		n.post.out[id] = append(n.post.out[id], &outgoing{depositAt: e, route: route, contact: id, of: len(entries), wake: make(chan struct{}, 1)})
	}
	n.post.mu.Unlock()
	n.deposit(id)
}

// deposit has something that is new for a contact brought to their mailboxes.
func (n *network) deposit(id model.ContactID) {
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	for _, o := range n.post.out[id] {
		n.wakeLocked(o)
	}
}

func (n *network) wakeLocked(o *outgoing) {
	signal(o.wake)
	if o.running || n.ctx.Err() != nil {
		return
	}
	o.running = true
	n.wg.Add(1)
	go n.runDepositor(o)
}

// heldUp says why a contact's mailboxes do not take what waits for them: the
// reason of the one that comes closest, none if one of them takes it or they
// have none.
func (n *network) heldUp(id model.ContactID) model.Reason {
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	reason := model.ReasonNone
	for _, o := range n.post.out[id] {
		if o.trouble == model.ReasonNone {
			return model.ReasonNone
		}
		if reason != model.ReasonFull {
			reason = o.trouble
		}
	}
	return reason
}

// nextDeposit returns when what a contact's mailboxes did not take is tried
// again, or the zero time.
func (n *network) nextDeposit(id model.ContactID) (next time.Time) {
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	for _, o := range n.post.out[id] {
		if o.trouble != model.ReasonNone && !o.next.IsZero() && (next.IsZero() || o.next.Before(next)) {
			next = o.next
		}
	}
	return next
}

// linked reports whether a contact is connected.
func (n *network) linked(id model.ContactID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.links[n.contacts[id]] != nil
}

// load is a batch for one put: cells of the outbox and perhaps, last, an
// acknowledgement.
type load struct {
	cells   []store.Outgoing
	owed    bool      // an acknowledgement is to go as well
	receipt []byte    // that acknowledgement, if there is a connection
	next    time.Time // with nothing to put: when to look again; zero if nothing is expected
}

func (l *load) empty() bool { return len(l.cells) == 0 && !l.owed }

// runDepositor deposits what there is, and ends when there was nothing for a
// while.
func (n *network) runDepositor(o *outgoing) {
	defer n.wg.Done()
	var conn mailboxConn
	hangUp := func() {
		if conn != nil {
			conn.Close()
			conn = nil
			<-n.post.lines
		}
	}
	defer func() { hangUp() }()
	pause := pauses{on: n.m.on}
	idle := time.Now().Add(depositIdle)
	for n.ctx.Err() == nil {
		l, err := n.nextLoad(o, conn != nil)
		if err == nil && !l.empty() {
			idle = time.Now().Add(depositIdle)
			if conn == nil {
				conn, err = n.call(o.route)
				if err == nil { // an acknowledgement is sealed only now
					continue
				}
			} else {
				err = n.put(o, conn, l)
			}
			n.setTrouble(o, err)
			if err == nil {
				pause.reset()
				continue
			}
			if !errors.Is(err, mailbox.ErrQuota) && !errors.Is(err, mailbox.ErrRate) {
				hangUp()
			}
			l.next = time.Now().Add(pause.after(err))
		} else if err != nil {
			l.next = time.Now().Add(n.m.on.soon(time.Second)) // the store; it says why elsewhere
		} else if n.post.callers.Load() > 0 {
			hangUp() // others have something to say
		}
		if !n.restDepositor(o, l.next, idle, &pause) {
			return
		}
	}
	n.stopDepositor(o)
}

// call connects to a mailbox, when there is a line free.
func (n *network) call(r node.Route) (mailboxConn, error) {
	n.post.callers.Add(1)
	select {
	case n.post.lines <- struct{}{}:
		n.post.callers.Add(-1)
	case <-n.ctx.Done():
		n.post.callers.Add(-1)
		return nil, n.ctx.Err()
	}
	ctx, cancel := context.WithTimeout(n.ctx, mailTimeout)
	defer cancel()
	conn, err := n.m.dial(ctx, r)
	if err != nil {
		<-n.post.lines
	}
	return conn, err
}

// restDepositor waits until there may be something to do. It reports false when
// the depositor is to end.
func (n *network) restDepositor(o *outgoing, next, idle time.Time, pause *pauses) bool {
	until := idle
	if !next.IsZero() {
		until = next
	}
	n.post.mu.Lock()
	o.next = next
	n.post.mu.Unlock()
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-n.ctx.Done():
	case <-o.wake:
		// Each of a thousand new messages says that it is there.
		if n.linked(o.contact) {
			sleep(n.ctx, time.Until(o.looked.Add(n.m.on.soon(time.Second))))
		} else {
			pause.hurry(n.ctx)
		}
	case <-timer.C:
	}
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	if o.ended || next.IsZero() && !time.Now().Before(idle) && len(o.wake) == 0 {
		o.running = false
		return false
	}
	return true
}

func (n *network) stopDepositor(o *outgoing) {
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	o.running = false
}

func (n *network) setTrouble(o *outgoing, err error) {
	reason := model.ReasonNone
	switch {
	case errors.Is(err, mailbox.ErrQuota):
		reason = model.ReasonFull
	case err != nil && !errors.Is(err, mailbox.ErrRate):
		reason = model.ReasonNoMailbox
	}
	n.post.mu.Lock()
	changed := o.trouble != reason
	o.trouble = reason
	n.post.mu.Unlock()
	if changed {
		n.m.hub.publish(model.Event{Kind: model.EventConversation, Contact: o.contact})
	}
}

// nextLoad reads what is to be deposited now. An acknowledgement is sealed only
// when there is a connection: a cell that is never sent costs the contact a key
// that it keeps in vain.
func (n *network) nextLoad(o *outgoing, connected bool) (load, error) {
	var l load
	var owed bool
	o.looked = time.Now()
	now := n.m.now()
	since := now
	if n.linked(o.contact) {
		since = now.Add(-depositAfter) // those sealed since then have still time
	}
	err := n.m.view(n.ctx, func(t *store.Tx) error {
		contact, err := t.Contact(o.contact)
		if err != nil || contact.Blocked {
			return err
		}
		cells, err := t.Undeposited(o.contact, o.queue, o.after, since, now, mailbox.MaxPut-1)
		if err != nil {
			return err
		}
		size := 0
		for _, c := range cells {
			if size += len(c.Cell); size > mailbox.MaxBytes-mailbox.MaxCell {
				break
			}
			l.cells = append(l.cells, c)
		}
		if l.receipt, owed, err = t.Receipt(o.contact, o.queue); err != nil || len(l.cells) > 0 {
			return err
		}
		oldest, err := t.OldestUndeposited(o.contact, o.queue, o.after)
		if err == nil && oldest.After(since) {
			l.next = time.Now().Add(n.m.on.soon(oldest.Add(depositAfter).Sub(now)))
		}
		return err
	})
	if err != nil || !owed {
		o.receiptDue = time.Time{}
		return l, err
	}
	if o.receiptDue.IsZero() {
		o.receiptDue = time.Now().Add(n.m.on.soon(receiptAfter))
		if after := o.receiptLast.Add(n.m.on.soon(receiptPause)); after.After(o.receiptDue) {
			o.receiptDue = after
		}
	}
	if wait := time.Until(o.receiptDue); wait > 0 {
		l.receipt = nil
		if l.next.IsZero() || l.next.After(o.receiptDue) {
			l.next = o.receiptDue
		}
		return l, nil
	}
	l.owed = true
	if connected && len(l.receipt) == 0 {
		l.receipt, err = n.m.sealReceipt(n.ctx, o.contact)
	}
	return l, err
}

// sealReceipt makes the acknowledgement of what has come from a contact, for
// all of their queues by which one is owed. It returns nil if there is no
// session in which it would be of use.
func (m *Messenger) sealReceipt(ctx context.Context, id model.ContactID) ([]byte, error) {
	var cell []byte
	err := m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		s, err := c.current(id)
		if model.KindOf(err) == model.NotFound || err == nil && (contact.Blocked || len(s.acks) == 0) {
			return c.ForgetReceipts(id)
		}
		if err != nil {
			return err
		}
		if cell, s, err = c.encrypt(s, &content{}); err != nil {
			return err
		}
		c.put(s)
		return c.SetReceipt(id, cell)
	})
	if err != nil {
		return nil, err
	}
	return cell, nil
}

// put deposits a batch and notes what became of it.
func (n *network) put(o *outgoing, conn mailboxConn, l load) error {
	var cells [][]byte
	for _, c := range l.cells {
		cells = append(cells, envelope.Seal(o.key[:], c.Cell))
	}
	if len(l.receipt) > 0 {
		cells = append(cells, envelope.Seal(o.key[:], l.receipt))
	}
	ctx, cancel := context.WithTimeout(n.ctx, mailTimeout)
	defer cancel()
	outcomes, err := conn.Put(ctx, mailbox.Deposit{ID: o.queue, Seed: o.key}, cells)
	outcomes = append(outcomes, make([]mailbox.Outcome, len(cells)-min(len(cells), len(outcomes)))...)
	stored := n.m.change(n.ctx, func(c *change) error {
		entries, err := entriesOf(c.Tx, o.contact)
		if err != nil || !slices.ContainsFunc(entries, func(e depositAt) bool { return e.queue == o.queue }) {
			return err // they have told us of other mailboxes meanwhile
		}
		for i, cell := range l.cells {
			if err := c.noteOutcome(o, cell, outcomes[i]); err != nil {
				return err
			}
		}
		if len(l.receipt) > 0 && outcomes[len(l.cells)] == mailbox.Stored {
			return c.ReceiptStored(o.contact, o.queue, l.receipt)
		}
		return nil
	})
	if len(l.receipt) > 0 && outcomes[len(l.cells)] == mailbox.Stored {
		o.receiptDue, o.receiptLast = time.Time{}, time.Now()
	}
	// What was not taken comes again, and with it what follows: order is worth
	// more than haste.
	taken := true
	for i, cell := range l.cells {
		switch outcomes[i] {
		case mailbox.Stored, mailbox.NotTaken:
			if taken && stored == nil {
				o.after = cell.ID
			}
		default:
			taken = false
		}
		if outcomes[i] == mailbox.OverQuota || outcomes[i] == mailbox.NotTaken {
			o.refused = max(o.refused, cell.ID)
		}
	}
	if taken && errors.Is(err, mailbox.ErrRefused) {
		err = nil // of single cells
	}
	if err == nil {
		err = stored
	}
	return err
}

// noteOutcome notes what became of one cell.
func (c *change) noteOutcome(o *outgoing, cell store.Outgoing, outcome mailbox.Outcome) error {
	switch outcome {
	case mailbox.Stored:
		held, err := c.Deposited(cell.ID, o.queue, c.now)
		if err != nil || held == 0 || cell.Message == "" {
			return err
		}
		if cell.Notice != store.NoticeNone {
			return nil
		}
		step := model.Step{Kind: model.StepHeld, Mailbox: o.name(), Held: held, Mailboxes: o.of}
		if err := c.journal(cell.Message, step); err != nil {
			return err
		}
		return c.noteHeld(o.contact, cell.Message, held, o.of)
	case mailbox.OverQuota, mailbox.NotTaken:
		if cell.Message == "" || cell.Notice != store.NoticeNone || cell.ID <= o.refused {
			return nil
		}
		return c.journal(cell.Message, model.Step{Kind: model.StepRefused, Mailbox: o.name(), Reason: model.ReasonFull})
	}
	return nil
}

// name is what a contact's mailbox is called here, where it has no name: the end
// of its transport id.
func (o *outgoing) name() string { return shortName(o.route.Peer) }

func shortName(id node.ID) string { return string(id[max(0, len(id)-6):]) }

// noteHeld notes how many of a contact's mailboxes hold a message.
func (c *change) noteHeld(contact model.ContactID, id model.MessageID, held, of int) error {
	news, err := c.Held(id, held, of, c.now)
	if news {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
	}
	return err
}
