package app

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"sotto/app/model"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// lie is one way in which a mailbox does not do what it should.
type lie string

const (
	drops    lie = "drops"    // says Stored and forgets
	replays  lie = "replays"  // says it has deleted, and shows it again for ever
	reorders lie = "reorders" // shows cells in any order
	doubles  lie = "doubles"  // shows each cell three times
	corrupts lie = "corrupts" // shows every cell with a changed byte, and then as it is
)

// liar is a mailbox as it looks to whoever uses it, when it lies.
type liar struct {
	mailboxConn
	lie  lie
	told *told
}

// told is what a lying mailbox remembers, whoever is connected.
type told struct {
	mu     sync.Mutex
	shown  []mailbox.Cell
	number uint64
}

// lying returns a way to dial mailboxes of which some lie.
func lying(lies map[node.ID]lie) func(context.Context, node.Route) (mailboxConn, error) {
	memory := make(map[node.ID]*told)
	for id := range lies {
		memory[id] = &told{number: 1 << 40}
	}
	return func(ctx context.Context, r node.Route) (mailboxConn, error) {
		conn, err := dialMailbox(ctx, r)
		if err != nil || lies[r.Peer] == "" {
			return conn, err
		}
		return &liar{conn, lies[r.Peer], memory[r.Peer]}, nil
	}
}

func (l *liar) Put(ctx context.Context, d mailbox.Deposit, cells [][]byte) ([]mailbox.Outcome, error) {
	if l.lie != drops {
		return l.mailboxConn.Put(ctx, d, cells)
	}
	outcomes := make([]mailbox.Outcome, len(cells))
	for i := range outcomes {
		outcomes[i] = mailbox.Stored
	}
	return outcomes, nil
}

// Fetch shows one true cell after another as several, so that numbers still say
// where to go on; a mailbox that replays shows what it likes.
func (l *liar) Fetch(ctx context.Context, w mailbox.Withdrawal, after uint64) ([]mailbox.Cell, bool, error) {
	switch l.lie {
	case drops:
		return l.mailboxConn.Fetch(ctx, w, after)
	case replays:
		if after >= 1<<40 {
			after = 0 // it has said that it has deleted what was there
		}
	default:
		after /= 4
	}
	cells, more, err := l.mailboxConn.Fetch(ctx, w, after)
	if err != nil {
		return nil, false, err
	}
	l.told.mu.Lock()
	defer l.told.mu.Unlock()
	if l.lie == replays {
		l.told.shown = append(l.told.shown, cells...)
		var again []mailbox.Cell
		for _, c := range l.told.shown[max(0, len(l.told.shown)-mailbox.MaxFetch):] {
			l.told.number++
			again = append(again, mailbox.Cell{Number: l.told.number, Data: bytes.Clone(c.Data)})
		}
		return again, more, nil
	}
	if l.lie == reorders {
		rand.Shuffle(len(cells), func(i, j int) { cells[i].Data, cells[j].Data = cells[j].Data, cells[i].Data })
	}
	var shown []mailbox.Cell
	for _, c := range cells {
		show := func(data []byte) {
			shown = append(shown, mailbox.Cell{Number: 4*c.Number + uint64(len(shown)%3), Data: bytes.Clone(data)})
		}
		switch l.lie {
		case reorders:
			shown = append(shown, mailbox.Cell{Number: 4 * c.Number, Data: c.Data})
		case doubles:
			show(c.Data)
			show(c.Data)
			show(c.Data)
		case corrupts:
			bad := bytes.Clone(c.Data)
			bad[rand.IntN(len(bad))] ^= 1 << rand.IntN(8)
			show(bad)
			show(c.Data)
			show(bad[:len(bad)/2])
		}
	}
	return shown, more, nil
}

func (l *liar) Watch(ctx context.Context, queues []mailbox.Watched, wait time.Duration) ([]mailbox.Sight, error) {
	if l.lie != replays {
		return l.mailboxConn.Watch(ctx, queues, wait)
	}
	sights := make([]mailbox.Sight, len(queues))
	for i := range sights {
		sights[i] = mailbox.Mail
	}
	return sights, nil
}

// health returns a mailbox's as the person sees it.
func (p *person) health(id model.MailboxID) model.Health {
	p.t.Helper()
	for _, b := range must(p.Mailboxes(context.Background()))(p.t).Mailboxes {
		if b.ID == id {
			return b.Health
		}
	}
	return ""
}

// wipe is a mailbox whose disk was lost.
func (b *box) wipe() {
	b.t.Helper()
	b.stop()
	if err := os.RemoveAll(b.dir); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Mkdir(b.dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	b.start()
}

// TestMailboxesLostAndLying has three mailboxes of which one is deleted while it
// holds mail, and one drops what it says it has stored.
func TestMailboxesLostAndLying(t *testing.T) {
	const n = 100
	alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
	ofBob, ofAlice := introduce(t, alice, bob)
	lost, liar, honest := newBox(t), newBox(t), newBox(t)
	ways := lying(map[node.ID]lie{liar.node.ID(): drops})
	for _, p := range []*person{alice, bob} {
		p.restart()
		p.dial = ways
		p.online()
	}
	ids := bob.useBoxes(lost, liar, honest)
	alice.knows(ofBob, 3)
	settle(t, alice, bob)
	until(t, "the liar to be found out", func() bool { return bob.health(ids[1]) == model.HealthLies })
	if h := bob.health(ids[2]); h != model.HealthOK {
		t.Errorf("the honest one is %s", h)
	}

	bob.restart()
	alice.say(ofBob, "from Alice", n)
	until(t, "stored at three", func() bool {
		m := must(alice.Messages(t.Context(), ofBob, model.Page{Limit: 1}))(t)[0]
		return m.State == model.Stored && m.Held == 3 && m.Mailboxes == 3
	})
	alice.restart()
	lost.wipe()

	bob.dial = ways
	bob.online()
	await(t, "Alice's messages", func() bool { return len(bob.heard(ofAlice)) == n })
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
	until(t, "the lost one in order again", func() bool { return bob.health(ids[0]) == model.HealthOK && lost.server.Stats().Queues == 1 })
	if h := bob.health(ids[1]); h != model.HealthLies {
		t.Errorf("the liar is %s", h)
	}
	bob.say(ofAlice, "from Bob", 1)
	bob.restart()

	// Alice has no mailbox: she learns what arrived when both are there.
	alice.dial, bob.dial = ways, ways
	alice.online()
	bob.online()
	await(t, "delivered", func() bool { return alice.states(ofBob)[model.Delivered] == n })
	wantSaid(t, bob.heard(ofAlice), "from Alice", n)
	wantSaid(t, alice.heard(ofBob), "from Bob", 1)
}

// TestMailboxesThatPlayTricks collects from mailboxes that show what they hold
// twice, altered, in another order, or again and again.
func TestMailboxesThatPlayTricks(t *testing.T) {
	const n = 300
	for _, trick := range []lie{replays, reorders, doubles, corrupts} {
		t.Run(string(trick), func(t *testing.T) {
			alice, bob := newPerson(t, "Alice").online(), newPerson(t, "Bob").online()
			ofBob, ofAlice := introduce(t, alice, bob)
			box := newBox(t)
			id := bob.useBoxes(box)[0]
			alice.knows(ofBob, 1)
			settle(t, alice, bob)
			bob.restart()
			alice.say(ofBob, "from Alice", n)
			await(t, "stored", func() bool { return alice.states(ofBob)[model.Stored] == n })
			alice.restart()

			bob.dial = lying(map[node.ID]lie{box.node.ID(): trick})
			bob.online()
			await(t, "Alice's messages", func() bool { return len(bob.heard(ofAlice)) >= n })
			if trick == replays {
				go bob.ProbeMailbox(context.Background(), id)
				until(t, "the trick to be found out", func() bool { return bob.health(id) == model.HealthLies })
			}
			bob.restart().online()
			alice.online()
			await(t, "delivered", func() bool { return alice.states(ofBob)[model.Delivered] == n })
			got := bob.heard(ofAlice)
			if len(got) != n {
				t.Fatalf("%d messages, want %d", len(got), n)
			}
			once := make(map[string]bool)
			for _, text := range got {
				once[text] = true
			}
			for i := range n {
				if !once[fmt.Sprintf("from Alice %d", i)] {
					t.Fatalf("message %d is missing", i)
				}
			}
		})
	}
}
