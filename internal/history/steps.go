package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sotto/app/model"
)

// This file is what the steps of a schedule do.

// step does one line of the schedule. What cannot be done now, because the
// program is off or the computer sleeps, is left out.
func (r *run) step(ctx context.Context, s Step) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	switch s.Op {
	case opPause:
		time.Sleep(s.D)
		return nil
	case opApart:
		r.apart, r.strict = true, s.N == 1
		for a := range computers {
			for b := range computers {
				r.wire.hold(way{a, b})
			}
		}
		return nil
	case opPart:
		r.wire.hold(way{s.A, s.B})
		return nil
	case opSplit:
		r.wire.hold(way{s.A, s.B})
		r.wire.hold(way{s.B, s.A})
		return nil
	case opHeal:
		if r.apart && s.B < len(computers) {
			return nil
		}
		if s.N == 1 {
			r.wire.cut(s.A, s.B)
		}
		r.wire.release(way{s.A, s.B})
		r.wire.release(way{s.B, s.A})
		return nil
	case opDelay:
		r.wire.delay(way{s.A, s.B}, s.D)
		return nil
	case opCut:
		r.wire.cut(s.A, s.B)
		return nil
	case opCorrupt:
		r.wire.corrupt(way{s.A, s.B}, s.N)
		r.wire.corrupt(way{s.B, s.A}, s.N)
		return nil
	case opBox:
		return r.boxes[s.A].do(s)
	}
	c := r.computers[s.A]
	p := c.running()
	switch s.Op {
	case opSend, opBurst:
		return r.send(ctx, c, s)
	case opRead:
		if p == nil || c.ids == nil {
			return nil
		}
		all, err := conversation(ctx, p, c.ids[s.B])
		if err == nil && len(all) > 0 {
			err = p.MarkRead(ctx, c.ids[s.B], all[len(all)-1].Row)
		}
		return c.excuse(p, err)
	case opStart:
		c.mu.Lock()
		asleep := c.asleep
		c.mu.Unlock()
		if !asleep {
			return c.start(ctx)
		}
	case opStop:
		return c.stop()
	case opKill:
		c.kill(s.How)
	case opKillAt:
		c.mu.Lock()
		c.arms[s.Point] = s.N
		c.mu.Unlock()
	case opKillWrite:
		if p != nil {
			p.disk.endAt(s.N, s.How)
		} else {
			c.mu.Lock()
			c.write = s
			c.mu.Unlock()
		}
	case opFull, opBroken, opSlow, opMend:
		if p != nil {
			p.disk.do(s.Op, s.N)
		}
	case opClock:
		c.clock.set(s.D)
	case opSleep:
		c.sleep()
	case opWake:
		c.wake()
	case opEdit, opCancel, opResend:
		return r.change(ctx, c, s)
	case opRenew:
		if p == nil || c.ids == nil {
			return nil
		}
		err := p.RenewSession(ctx, c.ids[s.B])
		r.note("    %v", err)
		if kind := model.KindOf(err); kind == model.CannotRenew || kind == model.NotConfirmed {
			return nil // the last one was just now, or is still under way
		}
		return c.excuse(p, err)
	case opWeather:
		c.setWeather(s.Weather)
	case opCopy:
		return c.backUp()
	case opRestore:
		return r.restore(ctx, c)
	}
	return nil
}

// do does something to a mailbox.
func (b *box) do(s Step) error {
	p := b.running()
	switch op(s.Point) {
	case opStart:
		return b.start()
	case opKill:
		b.kill(s.How)
	case opKillWrite:
		if p != nil {
			p.disk.endAt(s.N, s.How)
		} else {
			b.mu.Lock()
			b.due = s
			b.mu.Unlock()
		}
	case opFull, opBroken, opMend:
		if p != nil {
			p.disk.do(op(s.Point), s.N)
		}
	case opClock:
		b.clock.set(s.D)
	case opCopy:
		return b.backUp()
	case opRestore:
		return b.putBack()
	case opLie:
		b.setLie(lies[s.N])
	case opLose:
		b.lose()
	}
	return nil
}

// show keeps cells that mailboxes get to see.
func (r *run) show(cells ...[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range cells {
		r.cells = append(r.cells, bytes.Clone(c))
	}
}

// send writes messages. What Send says counts only if the program lives on:
// else nobody was told.
func (r *run) send(ctx context.Context, c *computer, s Step) error {
	var all sync.WaitGroup
	var problems = make([]error, s.N)
	one := func(i int, seen []*note) {
		p := c.running()
		if p == nil || c.ids == nil {
			return
		}
		if seen == nil {
			before, err := conversation(ctx, p, c.ids[s.B])
			if err != nil {
				problems[i] = c.excuse(p, err)
				return
			}
			seen = r.ledger.seen(before)
		}
		n := r.ledger.write(s.A, s.B, seen, filler(c))
		_, err := p.Send(ctx, c.ids[s.B], n.texts[0])
		r.note("    #%d: %v", n.n, err)
		switch {
		case err == nil && !p.dead():
			r.ledger.accept(n)
		case model.KindOf(err) == model.AlarmUndecided:
			problems[i] = c.excuse(p, p.DismissAlarm(ctx, c.ids[s.B]))
		default:
			problems[i] = c.excuse(p, err)
		}
	}
	if s.Op == opSend {
		for i := range s.N {
			one(i, nil)
		}
		return errors.Join(problems...)
	}
	p := c.running()
	if p == nil || c.ids == nil {
		return nil
	}
	before, err := conversation(ctx, p, c.ids[s.B])
	if err != nil {
		return c.excuse(p, err)
	}
	seen := r.ledger.seen(before)
	for i := range s.N {
		all.Go(func() { one(i, seen) })
	}
	all.Wait()
	return errors.Join(problems...)
}

// change edits, takes back or hurries a message that waits.
func (r *run) change(ctx context.Context, c *computer, s Step) error {
	p := c.running()
	if p == nil || c.ids == nil {
		return nil
	}
	all, err := conversation(ctx, p, c.ids[s.B])
	if err != nil {
		return c.excuse(p, err)
	}
	var waiting []model.Message
	for _, m := range all {
		if m.Direction == model.Outgoing && (m.State == model.Waiting || m.State == model.Stored) {
			waiting = append(waiting, m)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	m := waiting[s.N%len(waiting)]
	n := r.ledger.find(m.Text)
	if n == nil {
		return fmt.Errorf("%s has %.60q, which nobody wrote", computers[c.index], m.Text)
	}
	switch s.Op {
	case opEdit:
		text := r.ledger.edit(n)
		err = p.Edit(ctx, m.ID, text)
		if err == nil && !p.dead() {
			r.ledger.edited(n, text)
		}
	case opCancel:
		r.ledger.cancel(n)
		err = p.Cancel(ctx, m.ID)
	case opResend:
		err = p.Resend(ctx, m.ID)
	}
	r.note("    %s of #%d: %v", s.Op, n.n, err)
	if model.KindOf(err) == model.NotWaiting { // it has arrived meanwhile
		return nil
	}
	return c.excuse(p, err)
}

// filler makes some texts long.
func filler(c *computer) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rand.IntN(10) > 0 {
		return 0
	}
	return c.rand.IntN(20_000)
}

// restore puts a profile back from its copy, and notes what that loses.
func (r *run) restore(ctx context.Context, c *computer) error {
	if c.copy == "" {
		return nil
	}
	if err := c.rest(); err != nil {
		return err
	}
	had, err := texts(ctx, c.dir)
	if err != nil {
		return err
	}
	if err := c.putBack(); err != nil {
		return err
	}
	left, err := texts(ctx, c.dir)
	if err != nil {
		return err
	}
	r.ledger.lost(c.index, had, left)
	return nil
}
