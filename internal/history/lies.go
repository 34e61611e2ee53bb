package history

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"sotto/p2p/mailbox"
)

// A Lie is how a mailbox does not do what it should.
type Lie string

const (
	honest   Lie = ""
	forgets  Lie = "forgets"  // says Stored of what it did not even look at
	hides    Lie = "hides"    // shows only every second cell
	replays  Lie = "replays"  // shows again what it said it has deleted
	reorders Lie = "reorders" // shows cells in any order
	doubles  Lie = "doubles"  // shows each cell twice
	corrupts Lie = "corrupts" // shows cells with a bit turned before it shows them as they are
	refuses  Lie = "refuses"  // says that it is full
)

var lies = []Lie{honest, forgets, hides, replays, reorders, doubles, corrupts, refuses}

// memory is what a lying mailbox remembers.
type memory struct {
	sync.Mutex
	shown []mailbox.Cell
}

// boxConn is a program's connection to a mailbox. It makes the mailbox lie, and
// is where the program can end.
type boxConn struct {
	*mailbox.Conn
	c *computer
	p *program
	b *box
}

func (x *boxConn) lies() Lie {
	x.b.mu.Lock()
	defer x.b.mu.Unlock()
	return x.b.lie
}

// at is a point that the program passes; beyond it nothing happens if it ended
// there.
func (x *boxConn) at(point string) error {
	x.c.at(x.p, point)
	if x.p.dead() {
		return fmt.Errorf("%w: %w", mailbox.ErrUnreachable, errEnded)
	}
	return nil
}

func (x *boxConn) Put(ctx context.Context, d mailbox.Deposit, cells [][]byte) ([]mailbox.Outcome, error) {
	if err := x.at("before depositing"); err != nil {
		return make([]mailbox.Outcome, len(cells)), err
	}
	x.c.run.show(cells...)
	var outcomes []mailbox.Outcome
	var err error
	switch x.lies() {
	case forgets:
		outcomes = slices.Repeat([]mailbox.Outcome{mailbox.Stored}, len(cells))
	case refuses:
		outcomes, err = slices.Repeat([]mailbox.Outcome{mailbox.OverQuota}, len(cells)), mailbox.ErrQuota
	default:
		outcomes, err = x.Conn.Put(ctx, d, cells)
	}
	if e := x.at("after depositing"); e != nil {
		err = e
	}
	return outcomes, err
}

// Fetch shows what is there, or does not. Numbers go up, so that fetching comes
// to an end.
func (x *boxConn) Fetch(ctx context.Context, w mailbox.Withdrawal, after uint64) ([]mailbox.Cell, bool, error) {
	if err := x.at("before fetching"); err != nil {
		return nil, false, err
	}
	cells, more, err := x.Conn.Fetch(ctx, w, after)
	if err != nil {
		return nil, false, err
	}
	x.b.memory.Lock()
	defer x.b.memory.Unlock()
	var out []mailbox.Cell
	show := func(number uint64, data []byte) {
		out = append(out, mailbox.Cell{Number: number, Data: bytes.Clone(data)})
	}
	lie := x.lies()
	for i, c := range cells {
		switch lie {
		case hides:
			if i%2 == 1 {
				continue
			}
		case doubles:
			show(c.Number, c.Data)
		case corrupts:
			bad := bytes.Clone(c.Data)
			bad[len(bad)/2] ^= 1
			show(c.Number, bad)
			show(c.Number, c.Data[:len(c.Data)/2])
		case replays:
			if n := len(x.b.memory.shown); n > 0 {
				show(c.Number, x.b.memory.shown[int(c.Number)%n].Data)
			}
		}
		show(c.Number, c.Data)
	}
	if lie == reorders {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i].Data, out[j].Data = out[j].Data, out[i].Data
		}
	}
	if len(x.b.memory.shown) < 512 {
		x.b.memory.shown = append(x.b.memory.shown, cells...)
	}
	return out, more, nil
}

func (x *boxConn) Delete(ctx context.Context, w mailbox.Withdrawal, envelopes []mailbox.Envelope) error {
	if err := x.at("before deleting"); err != nil {
		return err
	}
	err := x.Conn.Delete(ctx, w, envelopes)
	if e := x.at("after deleting"); e != nil {
		return e
	}
	return err
}

func (x *boxConn) Create(ctx context.Context, o mailbox.Owner, q mailbox.Queue) error {
	if err := x.at("before making a queue"); err != nil {
		return err
	}
	return x.Conn.Create(ctx, o, q)
}
