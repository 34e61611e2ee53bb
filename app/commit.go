package app

import (
	"context"
	"errors"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// maxGroup is how many changes one transaction takes at most.
const maxGroup = 128

// asked is a change that somebody waits for.
type asked struct {
	ctx  context.Context
	f    func(*change) error
	made *change
	err  error
	done chan struct{}
}

// change runs f in a transaction, commits it durably, and then lets it be seen.
// If f fails, or the commit, nothing has happened.
//
// Changes that are asked for while another commits share the next transaction,
// and so one fsync: durability does not cost throughput. Each sees those before
// it, and one that fails takes nothing with it but itself.
func (m *Messenger) change(ctx context.Context, f func(*change) error) error {
	a := &asked{ctx: ctx, f: f, done: make(chan struct{})}
	select {
	case m.asked <- a:
	case <-m.closing:
		return model.E(model.Closed, "", nil)
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-a.done:
	case <-m.committed:
		// It was asked for when the messenger was closing, and either done or not
		// even looked at.
		select {
		case <-a.done:
		default:
			return model.E(model.Closed, "", nil)
		}
	}
	if a.err != nil {
		return a.err
	}
	for _, f := range a.made.after {
		f()
	}
	return nil
}

// commit makes changes until the messenger closes. It is the one goroutine that
// touches the states in memory.
func (m *Messenger) commit() {
	defer close(m.committed)
	quiet := time.After(indexAfter)
	next := m.now() // when messages are to disappear
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		var group []*asked
		select {
		case <-due.C:
			wait := m.expire()
			next = m.now().Add(wait)
			due.Reset(wait)
			continue
		case <-m.closing:
			m.refuse()
			return
		case <-quiet:
			quiet = nil
			if err := m.db.Checkpoint(context.Background()); err != nil {
				m.log.Warn("checkpoint", "kind", model.KindOf(err))
			}
			if len(m.asked) > 0 || m.index() {
				quiet = time.After(0)
			}
			continue
		case a := <-m.asked:
			group = append(group, a)
		}
		for len(group) < maxGroup && len(m.asked) > 0 {
			group = append(group, <-m.asked)
		}
		m.commitGroup(group)
		if at := m.db.Due(); !at.IsZero() && at.Before(next) {
			next = at
			due.Reset(max(at.Sub(m.now()), 0))
		}
		quiet = time.After(indexAfter)
	}
}

// Messages are put into the search index when nothing was asked for so long,
// so many at a time: it costs those who write and read nothing.
const (
	indexAfter = time.Second
	indexBatch = 200
)

// index puts messages into the search index, and reports whether there are more.
// What fails is tried again after the next change.
func (m *Messenger) index() (more bool) {
	err := m.db.Update(context.Background(), func(t *store.Tx) (err error) {
		more, err = t.Index(indexBatch)
		return err
	})
	if err != nil {
		m.log.Warn("search index", "error", err)
	}
	return more && err == nil || errors.Is(err, store.ErrIndex)
}

// refuse answers who asked when the messenger was closing.
func (m *Messenger) refuse() {
	for {
		select {
		case a := <-m.asked:
			a.err = model.E(model.Closed, "", nil)
			close(a.done)
		default:
			return
		}
	}
}

// keepSessions takes into memory what a change has committed.
func (m *Messenger) keepSessions(c *change) {
	for id := range c.gone {
		delete(m.sessions, id)
		if m.tags != nil {
			m.tags.drop(id)
		}
	}
	for id := range c.dirty {
		m.sessions[id] = c.sessions[id]
		if m.tags != nil {
			m.tags.set(id, c.sessions[id].ratchet.Tags())
		}
	}
}

// commitGroup makes changes in one transaction.
func (m *Messenger) commitGroup(group []*asked) {
	all := m.newChange(nil)
	err := m.db.Update(context.Background(), func(t *store.Tx) error {
		all.Tx = t
		for _, a := range group {
			a.made = m.newChange(all)
			run := func() error {
				if err := a.ctx.Err(); err != nil {
					return err
				}
				return a.f(a.made)
			}
			if len(group) == 1 {
				if err := run(); err != nil {
					return err
				}
				all.absorb(a.made)
				continue
			}
			err := t.Try(run)
			if err != nil && t.Over() {
				return err // the disk is full, say: nothing of this can be kept
			}
			if a.err = err; err == nil {
				all.absorb(a.made)
			}
		}
		return all.save()
	})
	if err != nil {
		// It may be that it was committed and something failed after that. The
		// database knows; what is in memory would seal twice under one key.
		clear(m.sessions)
		m.tags = nil
	} else {
		m.keepSessions(all)
		m.on.At("before dispatch")
		m.dispatch(all)
		m.hub.publish(all.events...)
	}
	for _, a := range group {
		if a.err == nil {
			a.err = err
		}
		close(a.done)
	}
}
