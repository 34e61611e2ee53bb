package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sotto/app"
	"sotto/app/model"
)

// senders is how many messages are written at the same time.
const senders = 64

// rate measures messages of 1,000 bytes with durable receipts, and the same rows
// in the database alone.
func rate(ctx context.Context, dir string, n int) error {
	p, err := newPair(ctx, dir, "rate")
	if err != nil {
		return err
	}
	defer p.close()
	start := time.Now()
	if err := write(ctx, p.Messenger, p.to, n); err != nil {
		return err
	}
	written := time.Since(start)
	if err := p.settle(ctx); err != nil {
		return err
	}
	ours := time.Since(start)
	if err := p.have(n); err != nil {
		return err
	}
	alone, err := database(filepath.Join(dir, "alone"), n)
	if err != nil {
		return err
	}
	per := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
	fmt.Printf("## Messages a second, 1,000 bytes each, with durable receipts (%d messages, %d at a time)\n\n", n, senders)
	fmt.Printf("| | a second |\n| --- | ---: |\n| delivered | %.0f |\n| written | %.0f |\n", per(ours), per(written))
	fmt.Printf("| the database alone: sender's rows | %.0f |\n| the database alone: recipient's rows | %.0f |\n", per(alone.sender), per(alone.recipient))
	fmt.Printf("| delivered, beside the slower of the two | %.2f |\n\n", max(alone.sender, alone.recipient).Seconds()/ours.Seconds())
	return nil
}

// write writes n messages, many at a time.
func write(ctx context.Context, m *app.Messenger, to model.ContactID, n int) error {
	text := strings.Repeat("All is well here. ", 56)[:1000]
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	for i := range senders {
		wg.Go(func() {
			for range n/senders + min(1, max(0, n%senders-i)) {
				if _, err := m.Send(ctx, to, text); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// have checks that the other profile received n messages.
func (p *pair) have(n int) error {
	a, err := p.bob.do("count")
	if err == nil && a.Count != n {
		err = fmt.Errorf("the other profile has %d messages, not %d", a.Count, n)
	}
	return err
}

// drain measures how long the messages take that waited while the other side was
// not running.
func drain(ctx context.Context, dir string, n int) error {
	p, err := newPair(ctx, dir, "drain")
	if err != nil {
		return err
	}
	defer p.close()
	if _, err := p.bob.do("restart"); err != nil {
		return err
	}
	if err := write(ctx, p.Messenger, p.to, n); err != nil {
		return err
	}
	start := time.Now()
	if _, err := p.bob.do("online"); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	took := time.Since(start)
	if err := p.have(n); err != nil {
		return err
	}
	fmt.Printf("## %d messages of 1,000 bytes that waited\n\nAll delivered %v after the other side came online, connecting included.\n\n", n, took.Round(time.Millisecond))
	return nil
}
