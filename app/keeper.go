package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// This file is the keeper of a mailbox of ours: while we are online it holds a
// connection to it and sees to it that every contact has a queue there (queues.go),
// that what comes is collected (collect.go), and that the mailbox is honest
// (probe.go). Each mailbox has a keeper of its own.

const (
	// askEvery is how often a mailbox is asked what we have there.
	askEvery = time.Hour
	// againEvery is how often cells are fetched again that were not taken in.
	againEvery = 10 * time.Minute
	// remakeEvery bounds how often lost queues are replaced: a mailbox that says
	// it has lost them would have us announce new ones without end.
	remakeEvery = 10 * time.Minute
	// leaveAfter is how long a mailbox is collected from after it was removed.
	leaveAfter = 48 * time.Hour
	// leavePoll is how often it is looked until then whether all contacts know.
	leavePoll = 5 * time.Second
)

// keeper looks after one mailbox of ours while we are online.
type keeper struct {
	n      *network
	id     model.MailboxID
	wake   chan struct{}   // holds one token: contacts, or what is wanted, may have changed
	hurry  chan struct{}   // holds one token: try now
	probes chan chan error // asked for; answered once it was probed
	done   chan struct{}   // closed at its end

	// Of the keeper's goroutine. (gone is guarded by mu.)
	route   node.Route
	owner   mailbox.Owner
	queues  map[model.ContactID]*collected
	remade  map[model.ContactID]time.Time
	asked   time.Time
	again   time.Time
	waiting []chan error // probes to answer
	leaving bool
	gone    map[mailbox.Envelope]time.Time // what it said it has deleted, and when
	// The canary that was put into a queue, and the number with which it came back.
	expected mailbox.Envelope
	found    uint64

	mu      sync.Mutex
	deletes map[mailbox.ID]*deletion
	deleted chan struct{} // holds one token: there is something to delete
}

// errGone ends a keeper whose mailbox is no longer ours.
var errGone = errors.New("app: mailbox is not ours any more")

// keepMailbox starts to look after a mailbox, or has its keeper look what
// changed.
func (m *Messenger) keepMailbox(id model.MailboxID) {
	n := m.network()
	if n == nil {
		return
	}
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	if k := n.post.keepers[id]; k != nil {
		signal(k.wake)
		signal(k.hurry)
		return
	}
	if n.ctx.Err() != nil {
		return
	}
	k := &keeper{
		n: n, id: id,
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), deleted: make(chan struct{}, 1),
		probes: make(chan chan error), done: make(chan struct{}),
		queues: make(map[model.ContactID]*collected), deletes: make(map[mailbox.ID]*deletion), gone: make(map[mailbox.Envelope]time.Time),
		remade: make(map[model.ContactID]time.Time),
	}
	n.post.keepers[id] = k
	n.wg.Add(1)
	go k.run()
}

func (n *network) keeper(id model.MailboxID) *keeper {
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	return n.post.keepers[id]
}

func (k *keeper) run() {
	defer k.n.wg.Done()
	defer func() {
		k.n.post.mu.Lock()
		delete(k.n.post.keepers, k.id)
		k.n.post.mu.Unlock()
		close(k.done)
	}()
	pause := pauses{on: k.n.m.on}
	for k.n.ctx.Err() == nil {
		answered, err := k.serve()
		if errors.Is(err, errGone) || k.n.ctx.Err() != nil {
			return
		}
		k.n.m.log.Debug("mailbox given up for now", "err", err)
		k.noteTrouble(err)
		k.answerProbes(err)
		if answered {
			pause.reset()
		}
		select {
		case <-k.n.ctx.Done():
		case <-k.hurry:
			pause.hurry(k.n.ctx)
		case p := <-k.probes:
			k.waiting = append(k.waiting, p)
			pause.hurry(k.n.ctx)
		case <-time.After(pause.after(err)):
		}
	}
}

// answerProbes tells those who asked for a probe what came of it.
func (k *keeper) answerProbes(err error) {
	for _, p := range k.waiting {
		p <- err
	}
	k.waiting = nil
}

// serve connects to the mailbox and looks after it until the connection ends.
// answered reports whether the mailbox did anything for us.
func (k *keeper) serve() (answered bool, err error) {
	ctx, cancel := context.WithCancel(k.n.ctx)
	defer cancel()
	b, err := k.load()
	if err != nil {
		return false, err
	}
	if k.route, k.owner, err = ownerAt(b); err != nil {
		return false, err
	}
	conn, err := k.n.m.dial(ctx, k.route)
	if err != nil {
		if k.late(b) {
			return false, k.forget()
		}
		return false, err
	}
	defer conn.Close()
	k.asked, k.again = time.Time{}, time.Now()
	for _, q := range k.queues { // what was not taken in when the last connection ended comes again
		q.after, q.mail = 0, true
	}
	var deleter sync.WaitGroup
	deleter.Go(func() {
		if err := k.runDeletes(ctx, conn); err != nil {
			conn.Close() // the main loop notices
		}
	})
	defer deleter.Wait()
	defer cancel()
	for {
		if err := k.round(ctx, conn); err != nil {
			return answered, err
		}
		answered = true
		if err := k.watch(ctx, conn); err != nil {
			return answered, err
		}
	}
}

// load reads the mailbox. The error is errGone if it is no longer ours.
func (k *keeper) load() (b store.Mailbox, err error) {
	err = k.n.m.view(k.n.ctx, func(t *store.Tx) error {
		b, err = t.Mailbox(k.id)
		return err
	})
	if model.KindOf(err) == model.NotFound {
		err = errGone
	}
	return b, err
}

// round does everything that is due.
func (k *keeper) round(ctx context.Context, conn mailboxConn) error {
	if time.Since(k.asked) >= k.n.m.on.soon(askEvery) {
		ask, cancel := context.WithTimeout(ctx, mailTimeout)
		state, err := conn.State(ask, k.owner)
		cancel()
		if err != nil {
			return err
		}
		if err := k.noteAnswer(state); err != nil {
			return err
		}
		k.asked = time.Now()
	}
	b, err := k.load()
	if err != nil {
		return err
	}
	if k.leaving = !b.Leaving.IsZero(); !k.leaving {
		if err := k.makeQueues(ctx, conn); err != nil {
			return err
		}
	}
	if err := k.readQueues(); err != nil {
		return err
	}
	if err := k.removeSurplus(ctx, conn); err != nil {
		return err
	}
	for _, q := range k.queues {
		if err := k.drain(ctx, conn, q); err != nil {
			return err
		}
	}
	if k.leaving {
		return k.leave(ctx, conn, b)
	}
	if len(k.waiting) > 0 || len(k.queues) > 0 && k.n.m.now().Sub(b.Probed) >= probeEvery {
		err := k.probe(ctx, conn)
		k.answerProbes(err)
		return err
	}
	return nil
}

// watch waits until there is something to do: mail, a change of what is wanted,
// the time of the next question.
func (k *keeper) watch(ctx context.Context, conn mailboxConn) error {
	ctx, cancel := context.WithCancel(ctx)
	next := k.asked.Add(k.n.m.on.soon(askEvery))
	var watched []mailbox.Watched
	var queues []*collected
	for _, q := range k.queues {
		if q.mail {
			if q.rest.Before(next) {
				next = q.rest
			}
			continue
		}
		watched = append(watched, mailbox.Watched{Withdrawal: q.queue.Withdrawal, After: q.after})
		queues = append(queues, q)
	}
	if again := k.again.Add(k.n.m.on.soon(againEvery)); again.Before(next) {
		next = again
	}
	if k.leaving {
		next = time.Now().Add(k.n.m.on.soon(leavePoll))
	}
	results := make(chan error, 1+len(watched)/mailbox.MaxWatch)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	for i := 0; i < len(watched); i += mailbox.MaxWatch {
		end := min(i+mailbox.MaxWatch, len(watched))
		part, at := watched[i:end], queues[i:end]
		running.Go(func() { results <- k.watchSome(ctx, conn, part, at) })
	}
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	select {
	case <-k.n.ctx.Done():
		return k.n.ctx.Err()
	case err := <-results:
		return err
	case p := <-k.probes:
		k.waiting = append(k.waiting, p)
	case <-k.wake:
	case <-timer.C:
	}
	cancel()
	running.Wait() // they note in the queues what they saw
	if time.Since(k.again) >= k.n.m.on.soon(againEvery) {
		k.again = time.Now()
		for _, q := range k.queues { // what was not taken in then may be now
			q.after, q.mail = 0, true
		}
	}
	return nil
}

// watchSome waits for mail in some queues. It returns nil when there is some,
// or when it has waited long enough.
func (k *keeper) watchSome(ctx context.Context, conn mailboxConn, watched []mailbox.Watched, queues []*collected) error {
	sights, err := conn.Watch(ctx, watched, watchFor)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	for i, s := range sights {
		if i < len(queues) && s != mailbox.Quiet {
			queues[i].mail = true // one that is gone is refused when it is fetched
		}
	}
	return nil
}

// watchFor is how long one question for mail may wait for an answer.
const watchFor = 4 * time.Minute

// leave ends the use of a mailbox once nobody deposits there any more and it is
// empty, or when that has taken too long. What is deposited after that is lost
// there and nowhere else: its sender still has it, and learns of the other
// mailboxes sooner or later.
func (k *keeper) leave(ctx context.Context, conn mailboxConn, b store.Mailbox) error {
	if !k.late(b) {
		heard := false
		err := k.n.m.change(ctx, func(c *change) (err error) {
			heard, err = c.allHeard(k.id)
			return err
		})
		if err != nil || !heard || k.deletesLeft() {
			return err
		}
		ask, cancel := context.WithTimeout(ctx, mailTimeout)
		state, err := conn.State(ask, k.owner)
		cancel()
		if err != nil || state.Cells > 0 {
			return err
		}
	}
	for _, q := range k.queues {
		if err := k.removeQueue(ctx, conn, q.queue.Withdrawal.ID); err != nil {
			return err
		}
	}
	return k.forget()
}

// late reports whether a mailbox was given up so long ago that it need not be
// collected from any more.
func (k *keeper) late(b store.Mailbox) bool {
	return !b.Leaving.IsZero() && k.n.m.now().Sub(b.Leaving) >= leaveAfter
}

// edit changes what is stored of the mailbox.
func (k *keeper) edit(f func(*change, *store.Mailbox) error) error {
	err := k.n.m.change(k.n.ctx, func(c *change) error {
		b, err := c.Mailbox(k.id)
		if err != nil {
			return err
		}
		if err := f(c, &b); err != nil {
			return err
		}
		return c.UpdateMailbox(b)
	})
	if model.KindOf(err) == model.NotFound {
		err = errGone
	}
	return err
}

// noteAnswer notes that the mailbox answered, and what it holds. That it told
// the truth is for the probe to say.
func (k *keeper) noteAnswer(state mailbox.State) error {
	return k.edit(func(c *change, b *store.Mailbox) error {
		b.Asked, b.Answered, b.Silent = c.now, c.now, time.Time{}
		noteState(b, state)
		switch {
		case b.Health == model.HealthLies:
		case state.Free <= 0:
			b.Health = model.HealthFull
		default:
			b.Health = model.HealthOK
		}
		c.publish(model.Event{Kind: model.EventMailbox})
		return c.CountAnswer(k.id, c.now, true)
	})
}

// noteTrouble notes that the mailbox did not answer, or not as it should.
func (k *keeper) noteTrouble(trouble error) {
	if errors.Is(trouble, mailbox.ErrRate) || model.KindOf(trouble) != "" {
		return // nothing of its own doing; a fault of ours
	}
	refuses := errors.Is(trouble, mailbox.ErrRefused) || errors.Is(trouble, mailbox.ErrQuota)
	err := k.edit(func(c *change, b *store.Mailbox) error {
		before := *b
		b.Asked = c.now
		switch {
		case refuses:
			b.Answered, b.Silent, b.Health = c.now, time.Time{}, model.HealthRefuses
		default:
			if b.Silent.IsZero() {
				b.Silent = c.now
			}
			if b.Health != model.HealthLies {
				b.Health = model.HealthSilent
			}
		}
		if b.Health != before.Health || b.Silent != before.Silent {
			c.publish(model.Event{Kind: model.EventMailbox})
		}
		return c.CountAnswer(k.id, c.now, refuses)
	})
	if err != nil && k.n.ctx.Err() == nil {
		k.n.m.log.Warn("health of a mailbox not stored", "kind", model.KindOf(err))
	}
}

// forget deletes what is stored of a mailbox that is given up.
func (k *keeper) forget() error {
	err := k.n.m.change(k.n.ctx, func(c *change) error { return c.DeleteMailbox(k.id) })
	if err == nil || model.KindOf(err) == model.NotFound {
		err = errGone
	}
	return err
}
