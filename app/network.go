package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// NetworkOptions says how to go online.
type NetworkOptions struct {
	Listen    []string // multiaddrs to listen on; nil is every interface
	NoLAN     bool     // do not look for contacts on the local network
	AcceptAll bool     // accept every contact request, for programs that serve
}

// network is the messenger while it is online: the node, who is connected, and
// the goroutines that move cells. It is the node's Handler.
type network struct {
	m       *Messenger
	node    *node.Node
	options NetworkOptions
	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	inbox   chan arrival  // cells that arrived, oldest first
	ready   chan struct{} // closed when node is set: it may call before New returns

	mu        sync.Mutex
	contacts  map[model.ContactID]node.ID // whom we hold sessions with
	links     map[node.ID]*link           // who is connected
	joins     map[model.JoinID]chan struct{}
	announced map[model.ContactID]string // what each contact was told of us in this run

	nearby  atomic.Pointer[nearby] // nil unless people nearby are looked for
	post    *post
	host    *mailbox.Server // this computer as mailbox for contacts, or nil
	hostErr error           // why it is nil although it should not be
}

// link is an open session with a contact's computer.
type link struct {
	via  node.Via
	addr string
	wake chan struct{} // something to send
	stop context.CancelFunc
	// direct is the newest cell of each session that is not in the outbox; guarded
	// by network.mu.
	direct map[store.SessionID][]byte
	// fresh are cells that were just put into the outbox, so that they need not be
	// read from there, and look says that there may be others; guarded by network.mu.
	fresh map[model.ContactID][]store.Outgoing
	look  map[model.ContactID]bool
}

func (m *Messenger) network() *network {
	return m.net.Load()
}

func (m *Messenger) acceptsAll() bool {
	n := m.network()
	return n != nil && n.options.AcceptAll
}

// GoOnline starts the network and connects to contacts. It does nothing if the
// messenger is online already.
func (m *Messenger) GoOnline(ctx context.Context, o NetworkOptions) error {
	m.netMu.Lock()
	if m.net.Load() != nil {
		m.netMu.Unlock()
		return nil
	}
	n, err := m.startNetwork(ctx, o)
	if err == nil {
		m.net.Store(n)
	}
	m.netMu.Unlock()
	if err != nil {
		return err
	}
	if err := n.begin(ctx); err != nil {
		m.goOffline()
		return err
	}
	m.hub.publish(model.Event{Kind: model.EventNetwork})
	return nil
}

func (m *Messenger) startNetwork(ctx context.Context, o NetworkOptions) (*network, error) {
	var key []byte
	var port int
	err := m.view(ctx, func(t *store.Tx) (err error) {
		if key, err = t.Secret(metaTransport); err != nil {
			return damaged("transport key", err)
		}
		if p, err := t.Meta(metaPort); err == nil {
			port, _ = strconv.Atoi(string(p)) // 0 is any port
		}
		return t.Prune(m.now().Add(-keepSeen))
	})
	if err != nil {
		return nil, err
	}
	defer clear(key)
	n := &network{
		m:         m,
		options:   o,
		inbox:     make(chan arrival, 4*maxBatch),
		ready:     make(chan struct{}),
		contacts:  make(map[model.ContactID]node.ID),
		links:     make(map[node.ID]*link),
		joins:     make(map[model.JoinID]chan struct{}),
		announced: make(map[model.ContactID]string),
		post:      newPost(),
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	if err := n.load(ctx); err != nil {
		return nil, err
	}
	var services []node.Service
	if n.host, n.hostErr = m.openHosting(ctx); n.hostErr != nil {
		m.log.Warn("mailbox for others not opened", "kind", model.KindOf(n.hostErr)) // what is ours goes on without
	} else if n.host != nil {
		services = append(services, n.host.Service())
	}
	n.node, err = m.on.Node(node.Config{Key: key, Listen: o.Listen, Port: port, LAN: !o.NoLAN, Handler: n, Services: services, Log: m.log})
	if err != nil {
		n.cancel()
		n.closeHosting()
		return nil, fmt.Errorf("app: starting the network: %w", err)
	}
	close(n.ready)
	return n, nil
}

// started waits until the node is set, and reports whether it will be.
func (n *network) started() bool {
	select {
	case <-n.ready:
		return true
	case <-n.ctx.Done():
		return false
	}
}

// keepSeen is how long retired sessions and the names of cells taken in are
// kept: longer than any cell is under way.
const keepSeen = 35 * 24 * time.Hour

// load reads who may open a session with us.
func (n *network) load(ctx context.Context) error {
	return n.m.view(ctx, func(t *store.Tx) error {
		contacts, err := t.Contacts()
		for _, c := range contacts {
			if !c.Blocked {
				n.contacts[c.ID] = node.ID(c.Peer)
			}
		}
		return err
	})
}

// begin starts the goroutines and holds sessions with all contacts.
func (n *network) begin(ctx context.Context) error {
	n.wg.Add(1)
	go n.receive()
	if err := n.rememberAddresses(ctx); err != nil {
		return err
	}
	n.mu.Lock()
	contacts := make([]model.ContactID, 0, len(n.contacts))
	for id := range n.contacts {
		contacts = append(contacts, id)
	}
	n.mu.Unlock()
	for _, id := range contacts {
		n.m.keep(id)
	}
	joins, err := n.m.Joins(ctx)
	for _, j := range joins {
		n.join(j.ID)
	}
	if err != nil {
		return err
	}
	return n.beginMail(ctx)
}

// goOffline ends the network; nothing is lost by it.
func (m *Messenger) goOffline() {
	m.netMu.Lock()
	n := m.net.Swap(nil)
	m.netMu.Unlock()
	if n == nil {
		return
	}
	n.cancel()
	m.stopNearby(n)
	if n.node != nil {
		n.node.Close()
	}
	n.closeHosting()
	n.wg.Wait()
}

// receive hands arriving cells to the messenger, as many at once as are there.
func (n *network) receive() {
	defer n.wg.Done()
	for {
		var batch []arrival
		select {
		case <-n.ctx.Done():
			return
		case a := <-n.inbox:
			batch = append(batch, a)
		}
		for len(batch) < maxBatch && len(n.inbox) > 0 {
			batch = append(batch, <-n.inbox)
		}
		if err := n.m.receive(n.ctx, batch); err != nil && n.ctx.Err() == nil {
			// Nothing was acknowledged, so nothing is lost: it comes again.
			n.m.log.Warn("cells not stored", "kind", model.KindOf(err))
			n.m.hub.publish(model.Event{Kind: model.EventNetwork})
		}
	}
}

// keep holds a session with a contact, or no longer, as the store says.
func (m *Messenger) keep(id model.ContactID) {
	n := m.network()
	if n == nil {
		return
	}
	var c store.Contact
	var addresses []string
	err := m.view(n.ctx, func(t *store.Tx) (err error) {
		if c, err = t.Contact(id); err != nil {
			return err
		}
		addresses, err = t.Addresses(id)
		return err
	})
	if err != nil && model.KindOf(err) != model.NotFound {
		return
	}
	n.mu.Lock()
	before, had := n.contacts[id]
	if err != nil || c.Blocked {
		delete(n.contacts, id)
	} else {
		n.contacts[id] = node.ID(c.Peer)
	}
	dropped := had && !n.wantedLocked(before)
	n.mu.Unlock()
	if dropped {
		n.node.Drop(before)
	}
	if err == nil && !c.Blocked {
		n.node.Keep(node.Route{Peer: node.ID(c.Peer), Addrs: addresses})
		n.poke(id)
	}
}

// wantedLocked reports whether some contact is at peer.
func (n *network) wantedLocked(peer node.ID) bool {
	for _, p := range n.contacts {
		if p == peer {
			return true
		}
	}
	return false
}

// at returns the contacts at a peer: one, unless somebody claims to be where
// somebody else is.
func (n *network) at(peer node.ID) []model.ContactID {
	n.mu.Lock()
	defer n.mu.Unlock()
	var ids []model.ContactID
	for id, p := range n.contacts {
		if p == peer {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// via says how a contact is reached now.
func (n *network) via(id model.ContactID) model.Via {
	n.mu.Lock()
	defer n.mu.Unlock()
	if l := n.links[n.contacts[id]]; l != nil {
		return model.Via(l.via)
	}
	return model.ViaNone
}

// Retry is for a person who does not want to wait: it looks for everybody now.
func (m *Messenger) Retry(context.Context) {
	n := m.network()
	if n == nil {
		return
	}
	n.node.Retry()
	n.hurryMail()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, wake := range n.joins {
		signal(wake)
	}
}

// Status tells what the program is doing.
func (m *Messenger) Status(ctx context.Context) (model.Status, error) {
	s := model.Status{Addresses: []string{}, Connections: []model.Connection{}, Network: len(hostAddresses()) > 0}
	var err error
	if s.Self, err = m.Self(ctx); err != nil {
		return s, err
	}
	if err := m.view(ctx, func(t *store.Tx) (err error) {
		s.Queue, err = t.QueueLength()
		return err
	}); err != nil {
		return s, err
	}
	n := m.network()
	if n == nil {
		return s, nil
	}
	s.Online, s.Transport, s.Addresses = true, string(n.node.ID()), n.node.Addrs()
	contacts, err := m.Contacts(ctx)
	for _, c := range contacts {
		n.mu.Lock()
		l := n.links[n.contacts[c.ID]]
		n.mu.Unlock()
		if l != nil && c.Online() {
			s.Connections = append(s.Connections, model.Connection{Contact: c.ID, Name: c.Name, Via: model.Via(l.via), Address: l.addr})
		}
	}
	return s, err
}

// rememberAddresses stores where we are, for invitations made while offline
// and to be at the same port the next time.
func (n *network) rememberAddresses(ctx context.Context) error {
	return n.m.db.Update(ctx, func(t *store.Tx) error {
		if err := t.SetMeta(metaPort, []byte(strconv.Itoa(n.node.Port()))); err != nil {
			return err
		}
		return t.SetMeta(metaAddresses, []byte(strings.Join(n.node.Addrs(), "\n")))
	})
}

// ownRoute returns where others find us.
func (m *Messenger) ownRoute(ctx context.Context) (node.Route, error) {
	var r node.Route
	err := m.view(ctx, func(t *store.Tx) (err error) {
		r, err = m.routeIn(t)
		return err
	})
	return r, err
}

// routeIn is ownRoute inside a transaction. Offline it is where we were last.
func (m *Messenger) routeIn(t *store.Tx) (node.Route, error) {
	if n := m.network(); n != nil && n.node != nil {
		return node.Route{Peer: n.node.ID(), Addrs: n.node.Addrs()}, nil
	}
	key, err := t.Secret(metaTransport)
	if err != nil {
		return node.Route{}, damaged("transport key", err)
	}
	defer clear(key)
	id, err := node.IDFromKey(key)
	if err != nil {
		return node.Route{}, damaged("transport key", err)
	}
	r := node.Route{Peer: id}
	if last, err := t.Meta(metaAddresses); err == nil {
		r.Addrs = splitLines(string(last))
	}
	return r, nil
}

// hostAddresses returns the computer's addresses beside loopback.
func hostAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast() {
			out = append(out, p.Addr())
		}
	}
	return out
}

// signal wakes whoever waits on a channel with room for one token.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// invitationID is the id of the invitation that a stranger names.
func invitationID(t node.Token) model.InvitationID {
	return model.InvitationID(hex.EncodeToString(t[:]))
}
