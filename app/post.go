package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// post is what a network does with mailboxes: depositors bring cells to those
// of contacts (deposit.go), keepers look after our own (collect.go), and one
// goroutine sees to it that contacts know which these are (announce.go).
type post struct {
	mu      sync.Mutex
	out     map[model.ContactID][]*outgoing
	keepers map[model.MailboxID]*keeper
	tend    chan struct{} // holds one token: what contacts are to know may have changed
	lines   chan struct{} // holds a token for each connection of a depositor
	callers atomic.Int32  // depositors that wait for a line
}

// maxLines is how many connections are open at once to deposit.
const maxLines = 24

func newPost() *post {
	return &post{
		out:     make(map[model.ContactID][]*outgoing),
		keepers: make(map[model.MailboxID]*keeper),
		tend:    make(chan struct{}, 1),
		lines:   make(chan struct{}, maxLines),
	}
}

// beginMail starts to deposit what waits, and to look after our mailboxes.
func (n *network) beginMail(ctx context.Context) error {
	if err := n.redeposit(ctx); err != nil {
		return err
	}
	var own []store.Mailbox
	err := n.m.view(ctx, func(t *store.Tx) (err error) {
		own, err = t.Mailboxes()
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range own {
		n.m.keepMailbox(b.ID)
	}
	n.wg.Add(1)
	go n.tendMail()
	n.m.tendMailboxes()
	return nil
}

// redeposit deposits for all contacts what waits for them, and again what was
// deposited so long ago that it may have expired.
func (n *network) redeposit(ctx context.Context) error {
	var contacts []model.ContactID
	err := n.m.change(ctx, func(c *change) (err error) {
		if err := c.ForgetOldDeposits(c.now.Add(-redepositAfter)); err != nil {
			return err
		}
		contacts, err = c.HaveMailboxes()
		return err
	})
	for _, id := range contacts {
		n.m.depositNow(id)
	}
	return err
}

// tendMailboxes is called when contacts or sessions have changed, so that
// queues are made and contacts told of them.
func (m *Messenger) tendMailboxes() {
	if n := m.network(); n != nil {
		signal(n.post.tend)
	}
}

func (n *network) tendMail() {
	defer n.wg.Done()
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		var err error
		select {
		case <-n.ctx.Done():
			return
		case <-daily.C:
			err = n.redeposit(n.ctx)
		case <-n.post.tend:
			err = n.m.change(n.ctx, (*change).tellAll)
		}
		if err != nil && n.ctx.Err() == nil {
			n.m.log.Warn("mailboxes not tended", "kind", model.KindOf(err))
		}
		n.post.mu.Lock()
		for _, k := range n.post.keepers {
			signal(k.wake)
		}
		n.post.mu.Unlock()
	}
}

// hurryMail tries every mailbox now that did not answer: the network has
// changed, or a person asks for it.
func (n *network) hurryMail() {
	signal(n.post.tend)
	n.post.mu.Lock()
	defer n.post.mu.Unlock()
	for _, all := range n.post.out {
		for _, o := range all {
			n.wakeLocked(o)
		}
	}
	for _, k := range n.post.keepers {
		signal(k.hurry)
	}
}
