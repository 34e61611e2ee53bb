package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"sotto/p2p/mailbox"
)

// pauses are those between tries at a mailbox: each twice as long as the one
// before, and none like another, so that many senders do not come at once.
type pauses struct {
	on   Surroundings
	n    int
	last time.Time
}

func (p *pauses) reset() { p.n = 0 }

// after returns how long to wait after an error.
func (p *pauses) after(err error) time.Duration {
	p.last = time.Now()
	if rate := new(mailbox.RateError); errors.As(err, &rate) {
		return min(max(rate.After, 50*time.Millisecond), depositLongest)
	}
	if errors.Is(err, mailbox.ErrRefused) {
		p.n = 10 // what is gone does not come back by asking often
	}
	pause := depositFirst << min(p.n, 10)
	p.n++
	pause = min(pause, depositLongest)
	pause = p.on.soon(pause)
	return pause/2 + rand.N(pause)
}

// hurry forgets the pauses, and waits only until the last try is a second ago.
func (p *pauses) hurry(ctx context.Context) {
	p.n = 0
	sleep(ctx, time.Until(p.last.Add(p.on.soon(time.Second))))
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
