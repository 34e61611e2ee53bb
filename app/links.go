package app

import (
	"context"
	"crypto/sha256"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/node"
)

// This file is what the node calls (node.Handler) and what moves cells over
// open sessions.

// Admit reports whether a peer is a contact.
func (n *network) Admit(peer node.ID) bool { return len(n.at(peer)) > 0 }

// Cell takes a cell from the network. It waits while the messenger is behind,
// which slows the sender down.
func (n *network) Cell(peer node.ID, cell []byte) { n.take(arrival{from: peer, cell: cell}) }

// take hands an arrival to the messenger.
func (n *network) take(a arrival) {
	select {
	case n.inbox <- a:
	case <-n.ctx.Done():
	}
}

// Connected starts to move what waits for whoever is at peer.
func (n *network) Connected(peer node.ID, via node.Via, addr string) {
	if !n.started() {
		return
	}
	l := &link{
		via: via, addr: addr, wake: make(chan struct{}, 1), direct: make(map[store.SessionID][]byte),
		fresh: make(map[model.ContactID][]store.Outgoing), look: make(map[model.ContactID]bool),
	}
	var ctx context.Context
	ctx, l.stop = context.WithCancel(n.ctx)
	n.mu.Lock()
	if old := n.links[peer]; old != nil {
		old.stop()
	}
	n.links[peer] = l
	n.wg.Add(1)
	n.mu.Unlock()
	go n.serve(ctx, peer, l)
	n.presence(peer, addr)
}

// Disconnected notes that a peer is gone.
func (n *network) Disconnected(peer node.ID) {
	n.mu.Lock()
	if l := n.links[peer]; l != nil {
		l.stop()
		delete(n.links, peer)
	}
	n.mu.Unlock()
	n.presence(peer, "")
	for _, id := range n.at(peer) {
		n.deposit(id)
	}
}

// presence notes when and where contacts were seen, and tells the window.
func (n *network) presence(peer node.ID, addr string) {
	ids := n.at(peer)
	err := n.m.db.Update(n.ctx, func(t *store.Tx) error {
		for _, id := range ids {
			if err := t.SetLastSeen(id, n.m.now()); err != nil {
				return err
			}
			if addr == "" {
				continue
			}
			if err := t.PutAddress(id, addr, n.m.now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && n.ctx.Err() == nil {
		n.m.log.Warn("presence not stored", "kind", model.KindOf(err))
	}
	for _, id := range ids {
		n.m.hub.publish(model.Event{Kind: model.EventContact, Contact: id})
	}
}

// Bundle answers a stranger who asks for an invitation's bundle.
func (n *network) Bundle(t node.Token) ([]byte, node.Status) {
	if !n.started() {
		return nil, node.Gone
	}
	return n.m.bundle(n.ctx, invitationID(t))
}

// Request answers a stranger who uses an invitation. The answer to the
// handshake itself goes over the session that we open once the person accepts.
func (n *network) Request(t node.Token, cell []byte) ([]byte, node.Status) {
	if !n.started() {
		return nil, node.Pending
	}
	return nil, n.m.request(n.ctx, invitationID(t), cell)
}

// AddressesChanged tells contacts where we are now.
func (n *network) AddressesChanged() {
	if !n.started() {
		return
	}
	if err := n.rememberAddresses(n.ctx); err != nil && n.ctx.Err() == nil {
		n.m.log.Warn("addresses not stored", "kind", model.KindOf(err))
	}
	n.m.hub.publish(model.Event{Kind: model.EventNetwork})
	n.m.announce()
	n.hurryMail()
}

const (
	// flushBatch is how many cells are read from the outbox at once.
	flushBatch = 32
	// stuckAfter is how long a cell may be under way before everything not
	// acknowledged is sent again on the same session.
	stuckAfter = 20 * time.Second
)

// serve sends what waits for the contacts at peer, in order, as long as the
// session is open.
func (n *network) serve(ctx context.Context, peer node.ID, l *link) {
	defer n.wg.Done()
	for _, id := range n.at(peer) {
		n.greet(id)
	}
	sent := make(map[model.ContactID]int64) // up to which id the outbox is under way
	oldest := make(map[model.ContactID]int64)
	caught := make(map[model.ContactID]bool) // all that was in the outbox is under way
	resend := time.NewTicker(n.m.on.soon(stuckAfter))
	defer resend.Stop()
	for {
		var again <-chan time.Time // set if the session took no more
		if err := n.flushDirect(peer, l); err != nil {
			again = time.After(time.Second)
		}
		for _, id := range n.at(peer) {
			fresh, look := n.takeFresh(l, id)
			last, err := n.flush(ctx, peer, id, sent[id], fresh, look || !caught[id])
			sent[id], caught[id] = last, err == nil
			if err != nil { // the session closed (Disconnected follows) or is slow
				again = time.After(time.Second)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-l.wake:
		case <-resend.C:
			for _, id := range n.at(peer) {
				if first := n.firstQueued(ctx, id); first != 0 && first == oldest[id] && first <= sent[id] {
					sent[id], caught[id] = 0, false
				} else {
					oldest[id] = first
				}
			}
		}
	}
}

// maxFresh is how many cells are kept in memory for a contact to be sent next.
const maxFresh = 64

// takeFresh returns the cells that were just put into the outbox, and whether the
// outbox is to be looked into as well.
func (n *network) takeFresh(l *link, id model.ContactID) (cells []store.Outgoing, look bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	cells, look = l.fresh[id], l.look[id]
	delete(l.fresh, id)
	delete(l.look, id)
	return cells, look
}

// flush sends what is new for a contact after the cell with an id, and returns the
// id of the last that was handed over. The outbox is read if look is set, or if fresh
// does not continue there.
func (n *network) flush(ctx context.Context, peer node.ID, id model.ContactID, after int64, fresh []store.Outgoing, look bool) (int64, error) {
	if len(fresh) > 0 && (fresh[0].Prev == 0 || fresh[0].Prev != after) {
		fresh, look = nil, true
	}
	for _, c := range fresh {
		if err := n.node.Send(peer, c.Cell); err != nil {
			return after, err
		}
		after = c.ID
	}
	if !look {
		return after, nil
	}
	for {
		var cells []store.Outgoing
		err := n.m.view(ctx, func(t *store.Tx) (err error) {
			cells, err = t.Outbox(id, after, flushBatch)
			return err
		})
		if err != nil || len(cells) == 0 {
			return after, err
		}
		for _, c := range cells {
			n.m.on.At("before handing over")
			if err := n.node.Send(peer, c.Cell); err != nil {
				return after, err
			}
			after = c.ID
		}
	}
}

// firstQueued returns the id of the oldest cell in a contact's outbox, or 0.
func (n *network) firstQueued(ctx context.Context, id model.ContactID) int64 {
	var first int64
	n.m.view(ctx, func(t *store.Tx) error {
		cells, err := t.Outbox(id, 0, 1)
		if len(cells) > 0 {
			first = cells[0].ID
		}
		return err
	})
	return first
}

// greet tells a contact that has just connected what we have received from
// them, in case an acknowledgement was lost, and what changed with us.
func (n *network) greet(id model.ContactID) {
	err := n.m.change(n.ctx, func(c *change) error {
		s, err := c.current(id)
		if model.KindOf(err) == model.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if len(s.acks) > 0 {
			if err := c.acknowledge(s.ID); err != nil {
				return err
			}
		}
		if th, err := c.thread(id); err != nil {
			return err
		} else if len(th.have) > 1 && s.ratchet.Confirmed() {
			if err := c.tellHave(s, nil); err != nil {
				return err
			}
		}
		return n.tell(c, id, s)
	})
	if err != nil && n.ctx.Err() == nil {
		n.m.log.Warn("contact not greeted", "kind", model.KindOf(err))
	}
}

// tell queues our name and addresses for a contact, unless they were told the
// same in this run.
func (n *network) tell(c *change, id model.ContactID, s session) error {
	contact, err := c.Contact(id)
	if err != nil || contact.Trust == model.TrustUnconfirmed {
		return err
	}
	p, err := n.m.ownProfile(c.Tx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(p.bytes())
	n.mu.Lock()
	told := n.announced[id] == string(sum[:])
	n.mu.Unlock()
	if told {
		return nil
	}
	c.after = append(c.after, func() {
		n.mu.Lock()
		n.announced[id] = string(sum[:])
		n.mu.Unlock()
	})
	_, err = c.seal(s.ID, &content{profile: p})
	return err
}

// announce tells connected contacts what changed with us; the others hear it
// when they connect.
func (m *Messenger) announce() {
	n := m.network()
	if n == nil {
		return
	}
	n.mu.Lock()
	var connected []model.ContactID
	for id, peer := range n.contacts {
		if n.links[peer] != nil {
			connected = append(connected, id)
		}
	}
	n.mu.Unlock()
	for _, id := range connected {
		err := m.change(n.ctx, func(c *change) error {
			s, err := c.current(id)
			if err != nil {
				return err
			}
			return n.tell(c, id, s)
		})
		if err != nil && n.ctx.Err() == nil {
			m.log.Warn("contact not told", "kind", model.KindOf(err))
		}
	}
}

// poke tells whoever serves a contact that there is something to send: the cells
// given, and what else is in the outbox.
func (n *network) poke(id model.ContactID, cells ...store.Outgoing) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if l := n.links[n.contacts[id]]; l != nil {
		l.fresh[id] = append(l.fresh[id], cells...)
		if len(cells) == 0 || len(l.fresh[id]) > maxFresh {
			l.fresh[id], l.look[id] = nil, true
		}
		signal(l.wake)
	}
	n.deposit(id)
}

// sendDirect gives a cell that is not in the outbox to whoever serves the
// contact, if there is a session; else it is made again at the next connection.
func (n *network) sendDirect(d directCell) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if l := n.links[n.contacts[d.contact]]; l != nil {
		l.direct[d.session] = d.cell
		signal(l.wake)
	}
}

// flushDirect sends what sendDirect left.
func (n *network) flushDirect(peer node.ID, l *link) error {
	n.mu.Lock()
	cells := l.direct
	l.direct = make(map[store.SessionID][]byte)
	n.mu.Unlock()
	for _, cell := range cells {
		if err := n.node.Send(peer, cell); err != nil {
			return err
		}
	}
	return nil
}

// join starts to bring a join forward, or hurries it.
func (n *network) join(id model.JoinID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if wake, ok := n.joins[id]; ok {
		signal(wake)
		return
	}
	if n.ctx.Err() != nil {
		return
	}
	wake := make(chan struct{}, 1)
	n.joins[id] = wake
	n.wg.Add(1)
	go func() {
		defer n.wg.Done()
		defer func() {
			n.mu.Lock()
			delete(n.joins, id)
			n.mu.Unlock()
		}()
		for try := 0; n.ctx.Err() == nil; try++ {
			ctx, cancel := context.WithTimeout(n.ctx, 20*time.Second)
			done, err := n.m.joinStep(ctx, n, id)
			cancel()
			if done && err == nil {
				return
			}
			select {
			case <-n.ctx.Done():
			case <-wake:
				try = 0
			case <-time.After(joinBackoff(try, err)):
			}
		}
	}()
}
