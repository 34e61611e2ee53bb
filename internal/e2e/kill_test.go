package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"sotto/app/control"
	"sotto/app/model"
)

var killsFlag = flag.Int("kills", 12, "how often TestKilledAtAnyMoment kills")

// TestKilledAtAnyMoment kills both sides again and again, at any moment of
// starting and of talking, while they write to each other. In the end each
// message that was taken is there once, in order, and shown as delivered; of one
// whose writer was killed before hearing what became of it, there is at most one.
func TestKilledAtAnyMoment(t *testing.T) {
	const listen = "/ip4/127.0.0.1/tcp/0"
	talkers := []*talker{
		{computer: newComputer(t, "Alice", nil, "--no-lan", "--listen", listen)},
		{computer: newComputer(t, "Bob", nil, "--no-lan", "--listen", listen)},
	}
	for _, p := range talkers {
		p.do(nil, "init", "--name", p.name)
		p.start()
		var status struct{ Addresses []string }
		p.do(&status, "status")
		p.args[len(p.args)-1] = status.Addresses[0] // the same port at each start
	}
	introduce(t, talkers[0].computer, talkers[1].computer)
	for _, p := range talkers {
		contacts, err := p.client(t).Contacts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.other = contacts[0].ID
		p.kill()
	}

	ctx, stop := context.WithCancel(t.Context())
	var killers, writers sync.WaitGroup
	for i, p := range talkers {
		writers.Go(func() { p.write(ctx) })
		killers.Go(func() {
			if err := p.kills((*killsFlag + i) / 2); err != nil {
				t.Error(err)
			}
		})
	}
	killers.Wait()
	stop()
	writers.Wait()
	if t.Failed() {
		return
	}

	early := 0
	for _, p := range talkers {
		early += p.early
		p.start()
	}
	for _, p := range talkers {
		waitFor(t, "empty queue of "+p.name, func() bool {
			var status struct{ Queue int }
			p.do(&status, "status")
			return status.Queue == 0
		})
	}
	for i, p := range talkers {
		arrived := talkers[1-i].messages(t, model.Incoming)
		p.check(t, arrived, p.messages(t, model.Outgoing))
		t.Logf("%s wrote %d messages that were taken and %d more; %d arrived", p.name, len(p.taken), len(p.unsure), len(arrived))
	}
	t.Logf("%d kills, %d of them while starting", *killsFlag, early)
}

// talker is a computer whose person writes without end.
type talker struct {
	*computer
	other  model.ContactID
	early  int // killed before it was ready
	taken  []string
	unsure map[string]bool // sent, and killed before there was an answer
}

func (p *talker) client(t *testing.T) *control.Client {
	t.Helper()
	c, err := control.Dial(t.Context(), p.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// kills starts the holder and kills it, n times.
func (p *talker) kills(n int) error {
	for range n {
		ready, stderr, err := p.begin()
		if err != nil {
			return err
		}
		var soon <-chan time.Time
		if rand.IntN(4) == 0 {
			soon = time.After(rand.N(time.Second))
		}
		select {
		case ok := <-ready:
			if !ok {
				p.run.Wait()
				return fmt.Errorf("%s: run ended: %s", p.name, stderr.Bytes())
			}
			time.Sleep(rand.N(700 * time.Millisecond)) // any moment
		case <-soon:
			p.early++
		case <-time.After(time.Minute):
			return fmt.Errorf("%s: run did not get ready", p.name)
		}
		p.kill()
	}
	return nil
}

// write sends one message after another to whoever is the other one, while the
// holder runs.
func (p *talker) write(ctx context.Context) {
	p.unsure = make(map[string]bool)
	for n := 0; ctx.Err() == nil; {
		c, err := control.Dial(ctx, p.dir)
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		for ctx.Err() == nil {
			n++
			text := fmt.Sprintf("%s %06d", p.name, n)
			// An answer comes, or the connection ends with the holder.
			if _, err := c.Send(context.WithoutCancel(ctx), p.other, text); err != nil {
				p.unsure[text] = true
				break
			}
			p.taken = append(p.taken, text)
			time.Sleep(rand.N(100 * time.Millisecond))
		}
		c.Close()
	}
}

// messages returns all of the conversation that go one way.
func (p *talker) messages(t *testing.T, d model.Direction) []model.Message {
	t.Helper()
	c := p.client(t)
	var all []model.Message
	for before := int64(0); ; {
		page, err := c.Messages(t.Context(), p.other, model.Page{Before: before, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		all, before = append(page, all...), page[0].Row
	}
	var some []model.Message
	for _, m := range all {
		if m.Direction == d {
			some = append(some, m)
		}
	}
	return some
}

// check compares what was written with what arrived and with what is shown of it.
func (p *talker) check(t *testing.T, arrived, sent []model.Message) {
	t.Helper()
	var wrong error
	seen := make(map[string]bool)
	last := ""
	for _, m := range arrived {
		switch {
		case seen[m.Text]:
			wrong = errors.Join(wrong, fmt.Errorf("%s is there twice", m.Text))
		case m.Text < last:
			wrong = errors.Join(wrong, fmt.Errorf("%s comes after %s", m.Text, last))
		}
		seen[m.Text], last = true, m.Text
	}
	for _, text := range p.taken {
		if !seen[text] {
			wrong = errors.Join(wrong, fmt.Errorf("%s is not there", text))
		}
		delete(seen, text)
	}
	for text := range seen {
		if !p.unsure[text] {
			wrong = errors.Join(wrong, fmt.Errorf("%s was not written", text))
		}
	}
	for _, m := range sent {
		if m.State != model.Delivered && m.State != model.Read {
			wrong = errors.Join(wrong, fmt.Errorf("%s is %s", m.Text, m.State))
		}
	}
	if wrong != nil {
		t.Errorf("of %s: %v", p.name, wrong)
	}
}
