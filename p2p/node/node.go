// Package node reaches other people's computers. It carries opaque cells
// between peers and knows nothing of what is in them.
//
// A [Node] is one libp2p host under a transport key of its own. It speaks two
// protocols, and those of its services ([Service]). The session protocol is for contacts: one long-lived stream to
// each, on which cells go both ways. The invite protocol is for strangers who
// hold an invitation: they may ask for its bundle and send one request cell.
//
// The layer above says whom to hold a session with ([Node.Keep]) and answers
// what peers ask through a [Handler]. Everything else is done here: dialling,
// redialling with backoff, finding kept peers on the local network by
// multicast DNS, noticing that the computer's addresses changed or that it
// slept. A node contacts nobody but the peers it was told of, unless it has a
// role ([Role]) that does: no bootstrap servers, no DHT, no relays, no port
// mapping, no DNS queries.
//
// A cell that was written may still be lost when its session ends. Only an
// acknowledgement of the layer above means that it arrived; after each
// Connected that layer sends again what is unacknowledged.
//
// Frames and limits are written down in docs/network.md.
package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// MaxCell is the size in bytes of the largest cell that a session or an
// invitation carries.
const MaxCell = 65536

// Token names an invitation on the wire.
type Token [16]byte

// Via says which way a session goes.
type Via string

// The ways a session can go.
const (
	LAN     Via = "lan"     // loopback, or a private address on a subnet of ours
	Direct  Via = "direct"  // any other address
	Relayed Via = "relayed" // through another peer
)

// Status is the answer to a question about an invitation.
type Status byte

// The answers. Values are part of the protocol.
const (
	OK      Status = 1 // here it is
	Pending Status = 2 // the request is taken and not answered yet
	Gone    Status = 3 // unknown, expired, revoked or used: all alike
	Refused Status = 4 // malformed
)

var (
	// ErrNoSession is returned by [Node.Send] when no session with the peer is open.
	ErrNoSession = errors.New("node: no open session")
	// ErrBusy is returned by [Node.Send] when the peer has not taken cells for
	// some seconds, and by requests when the other side is overloaded.
	ErrBusy = errors.New("node: peer is not keeping up")
	// ErrTooLarge is returned for a cell of no or of more than [MaxCell] bytes.
	ErrTooLarge = errors.New("node: cell is empty or too large")
	// ErrClosed is returned after [Node.Close].
	ErrClosed = errors.New("node: closed")
)

// A Handler is told what happens on the network and decides what strangers
// and contacts get.
//
// Connected, Cell and Disconnected of one peer are called one after the other:
// Connected, then the session's cells in order, then Disconnected. Calls for
// different peers run at the same time. While Cell runs, no further cell of
// that peer is taken from the network: taking long slows that peer down and
// nobody else. Connected, Cell and Disconnected may call Send for short
// answers; a long queue is sent from another goroutine, lest two peers both
// wait for the other to read. None of them may call Close.
type Handler interface {
	// Admit reports whether the peer may open a session with us.
	Admit(peer ID) bool
	// Cell is given one cell, at most MaxCell bytes, and owns it.
	Cell(peer ID, cell []byte)
	// Connected reports an open session. The address is one at which the peer
	// can be dialled again, or "" if the connection does not show one: the
	// peer came to us by TCP, from a port it does not listen on.
	Connected(peer ID, via Via, addr string)
	// Disconnected reports the end of the session.
	Disconnected(peer ID)
	// Bundle returns the sealed bundle of an open invitation, at most MaxCell bytes.
	Bundle(t Token) ([]byte, Status)
	// Request is given a stranger's first cell for an invitation and may return
	// an answer of at most MaxCell bytes.
	Request(t Token, cell []byte) (answer []byte, s Status)
	// AddressesChanged reports that Addrs has changed.
	AddressesChanged()
}

// Config describes a node.
type Config struct {
	Key      []byte       // the transport key: an Ed25519 seed of 32 bytes
	Listen   []string     // multiaddrs to listen on; nil is every interface, TCP and QUIC, on Port
	Port     int          // the port wanted for both TCP and QUIC; 0, or one that is taken, is any
	LAN      bool         // find kept peers and be found by multicast DNS
	Handler  Handler      // required
	Services []Service    // further protocols that anybody may use
	Roles    []Role       // what the node does for others beside
	Log      *slog.Logger // nil is silence
	Over     Connector    // opens TCP connections; nil is the system
}

// A Connector opens TCP connections, as [net.Dialer] does.
type Connector interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Node is a running host. Its methods are safe from any goroutine.
type Node struct {
	handler Handler
	log     *slog.Logger
	host    *host
	times   times
	boot    uint64 // names this run of the node to its peers
	started time.Time
	invites *inviteServer
	roles   []io.Closer // in the order in which they were started

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // everything the node started

	mu       sync.Mutex
	contacts map[peer.ID]*contact
	lan      *lan // nil without Config.LAN
}

// New starts a node: it listens when New returns.
func New(c Config) (*Node, error) { return newNode(c, defaultTimes) }

func newNode(c Config, t times) (*Node, error) {
	if c.Handler == nil {
		return nil, errors.New("node: no handler")
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	limits, err := newLimits(c.Services, c.Roles)
	if err != nil {
		return nil, fmt.Errorf("node: limits: %w", err)
	}
	further := 0
	for _, v := range c.Services {
		further += v.Conns
	}
	for _, r := range c.Roles {
		further += r.Conns
	}
	h, err := newHost(c.Key, limits, further, c.Over)
	if err != nil {
		return nil, err
	}
	n := &Node{
		handler:  c.Handler,
		log:      log,
		host:     h,
		times:    t,
		boot:     randomID(),
		started:  time.Now(),
		contacts: make(map[peer.ID]*contact),
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.invites = newInviteServer(n)
	if err := n.start(c); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Node) start(c Config) error {
	identified, err := n.host.EventBus().Subscribe(new(event.EvtPeerIdentificationCompleted))
	if err != nil {
		return fmt.Errorf("node: %w", err)
	}
	n.host.SetStreamHandler(sessionProtocol, n.acceptSession)
	n.host.SetStreamHandler(inviteProtocol, n.invites.serve)
	for _, v := range c.Services {
		n.serve(v)
	}
	if err := n.startRoles(c.Roles); err != nil {
		identified.Close()
		return err
	}
	if err := n.host.listen(c.Listen, c.Port); err != nil {
		identified.Close()
		return err
	}
	if c.LAN {
		n.lan = newLAN(n)
	}
	n.spawn(func() { n.learnAddresses(identified) })
	n.spawn(n.beat)
	n.spawn(n.watch)
	return nil
}

// spawn runs f on a goroutine that Close waits for.
func (n *Node) spawn(f func()) {
	n.wg.Add(1)
	go func() {
		defer n.wg.Done()
		f()
	}()
}

// now is the monotonic time since the node started.
func (n *Node) now() time.Duration { return time.Since(n.started) }

// ID returns the node's peer id.
func (n *Node) ID() ID { return ID(n.host.ID().String()) }

// Port returns the port the node listens on, to be asked for at the next
// start: that of TCP and QUIC alike unless the system did not allow it.
func (n *Node) Port() int { return n.host.port() }

// Addrs returns the node's own addresses as multiaddrs without the peer id,
// the most useful first: see [Route.Encode].
func (n *Node) Addrs() []string { return addrStrings(n.host.ownAddrs()) }

// Keep holds a session with a peer: it dials the route's addresses and those
// found on the local network, again and again with growing pauses, until
// [Node.Drop]. A session that the peer opened satisfies it as well. Calling it
// again adds addresses. At most 16 addresses a peer are remembered, the latest
// ones; malformed addresses and those of other kinds than IP with TCP or QUIC
// are left out.
func (n *Node) Keep(r Route) {
	id, addrs, err := r.parse()
	if err != nil || id == n.host.ID() {
		n.log.Warn("cannot keep a session", "err", err)
		return
	}
	c := n.contact(id)
	if c == nil {
		return
	}
	if c.keep(addrs) && n.lan != nil {
		n.lan.ask()
	}
}

// Drop ends what Keep began: the session and its connections are closed and
// the addresses forgotten.
func (n *Node) Drop(id ID) {
	p, err := peer.Decode(string(id))
	if err != nil {
		return
	}
	if c := n.existing(p); c != nil {
		c.drop()
	}
	n.host.forget(p)
}

// Send queues a cell of 1 to [MaxCell] bytes on the open session. It waits up
// to a few seconds when the queue is full. The cell must not change afterwards.
// The error is [ErrNoSession], [ErrBusy] or [ErrTooLarge]. No error means
// queued, not delivered.
func (n *Node) Send(id ID, cell []byte) error {
	if len(cell) == 0 || len(cell) > MaxCell {
		return ErrTooLarge
	}
	p, err := peer.Decode(string(id))
	if err != nil {
		return ErrNoSession
	}
	c := n.existing(p)
	if c == nil {
		return ErrNoSession
	}
	s := c.session()
	if s == nil {
		return ErrNoSession
	}
	return s.sendCell(cell)
}

// Retry forgets all pauses, dials every kept peer that has no session now, and
// has the sessions there are prove that they live. It is called when a person
// asks for it or something suggests that the network is back.
func (n *Node) Retry() {
	for _, c := range n.all() {
		c.retry()
	}
	if n.lan != nil {
		n.lan.ask()
	}
}

// Close ends all sessions and stops the node. Handlers that are still running
// get up to three seconds to return.
func (n *Node) Close() error {
	n.mu.Lock()
	closed := n.ctx.Err() != nil
	n.cancel()
	n.mu.Unlock()
	if closed {
		return nil
	}
	for _, c := range n.all() {
		c.drop()
	}
	done := make(chan struct{})
	go func() {
		n.stopRoles()
		n.host.Close()
		n.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(n.times.close):
		return errors.New("node: a handler did not return")
	}
}

// contact returns the state held for a peer, making it if needed. It returns
// nil once the node is closed.
func (n *Node) contact(id peer.ID) *contact {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ctx.Err() != nil {
		return nil
	}
	c := n.contacts[id]
	if c == nil {
		c = newContact(n, id)
		n.contacts[id] = c
	}
	return c
}

// existing returns the state held for a peer, or nil.
func (n *Node) existing(id peer.ID) *contact {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.contacts[id]
}

func (n *Node) all() []*contact {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]*contact, 0, len(n.contacts))
	for _, c := range n.contacts {
		list = append(list, c)
	}
	return list
}

// learnAddresses remembers the addresses that contacts say they listen on.
func (n *Node) learnAddresses(identified event.Subscription) {
	defer identified.Close()
	for {
		select {
		case <-n.ctx.Done():
			return
		case e, ok := <-identified.Out():
			if !ok {
				return
			}
			id := e.(event.EvtPeerIdentificationCompleted)
			if c := n.existing(id.Peer); c != nil {
				c.learn(announced(id)...)
			}
		}
	}
}

// announced returns the best of the addresses that a peer says it listens on.
// Loopback addresses mean another computer than ours, unless it is ours.
func announced(e event.EvtPeerIdentificationCompleted) []ma.Multiaddr {
	addrs := rank(e.ListenAddrs)
	if !manet.IsIPLoopback(e.Conn.RemoteMultiaddr()) {
		addrs = slices.DeleteFunc(addrs, manet.IsIPLoopback)
	}
	addrs = usable(addrs)
	return addrs[:min(len(addrs), maxAddrs/2)]
}

func addrStrings(addrs []ma.Multiaddr) []string {
	s := make([]string, len(addrs))
	for i, a := range addrs {
		s[i] = a.String()
	}
	return s
}
