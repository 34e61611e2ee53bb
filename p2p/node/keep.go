package node

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	ma "github.com/multiformats/go-multiaddr"
)

// keep starts keeping a session, which it reports, or adds addresses if one is
// kept already.
func (c *contact) keep(addrs []ma.Multiaddr) (started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n.ctx.Err() != nil {
		return false
	}
	fresh := c.addAddrs(addrs...)
	if c.stop == nil {
		var ctx context.Context
		ctx, c.stop = context.WithCancel(c.n.ctx)
		c.n.host.protect(c.id)
		c.n.spawn(func() { c.keepGoing(ctx) })
		return true
	}
	if fresh {
		c.dialNow()
	}
	return false
}

// keepGoing opens a session whenever there is none, until ctx ends.
func (c *contact) keepGoing(ctx context.Context) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = c.n.times.first
	pause.MaxInterval = c.n.times.longest
	pause.Multiplier = 2
	timer := time.NewTimer(0)
	defer timer.Stop()
	var next time.Time // no attempt before
	for {
		c.mu.Lock()
		if c.hurry {
			c.hurry = false
			pause.Reset()
			next = time.Time{}
		}
		needed := c.current == nil && (len(c.addrs) > 0 || c.n.host.connected(c.id))
		c.mu.Unlock()
		wait := time.Until(next)
		switch {
		case !needed:
			timer.Stop()
		case wait > 0:
			timer.Reset(wait)
		default:
			attempt, cancel := context.WithTimeout(ctx, c.n.times.dial)
			if err := c.open(attempt); err != nil {
				c.n.log.Debug("cannot reach peer", "peer", c.name, "err", err)
			}
			cancel()
			next = time.Now().Add(pause.NextBackOff())
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
	}
}

// drop stops keeping and ends the session.
func (c *contact) drop() {
	c.mu.Lock()
	if c.stop != nil {
		c.stop()
	}
	cur, opening := c.current, c.opening
	c.stop, c.opening, c.addrs = nil, nil, nil
	c.mu.Unlock()
	if opening != nil {
		opening.stream.Reset()
	}
	if cur != nil {
		cur.end("dropped")
	}
}

// kept reports whether a session is kept.
func (c *contact) kept() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stop != nil
}
