package node

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

// A contact is a peer that may have a session with us: its addresses, its
// session, and the goroutine that keeps one if it is asked to.
type contact struct {
	n    *Node
	id   peer.ID
	name ID
	wake chan struct{} // has room for one: something changed

	mu      sync.Mutex
	addrs   []ma.Multiaddr     // to dial, the latest first, at most maxAddrs
	stop    context.CancelFunc // ends keeping; nil if not kept
	abort   context.CancelFunc // gives up the dial under way, if any
	hurry   bool               // dial without a pause
	found   time.Time          // when discovery last made us hurry
	opening *session           // a stream we opened that the peer has not accepted yet
	current *session           // the agreed session
	seen    uint64             // the number of the latest agreed session
	last    <-chan struct{}    // the told channel of the latest session
}

func newContact(n *Node, id peer.ID) *contact {
	none := make(chan struct{})
	close(none)
	return &contact{n: n, id: id, name: ID(id.String()), wake: make(chan struct{}, 1), last: none}
}

func (c *contact) session() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

// Both sides may open a stream at once, and one side may open a new stream
// while the other still believes in the old one. The side that a stream was
// opened to decides, in accept, by rules under which exactly one survives:
//
//   - Of two streams opened at once that neither side has accepted, the one
//     opened by the smaller peer id wins.
//   - A new stream from the peer replaces the current session, since the peer
//     would not open one if it had not lost the session. The exception is a
//     stream that crossed ours: the same run of the peer's node opened it
//     before it accepted ours, which shows in the last session it says it saw.

// accept is called for a stream that the peer opened. It makes it the current
// session and runs it, unless another stream is better.
func (c *contact) accept(s *session) bool {
	c.mu.Lock()
	cur, opening := c.current, c.opening
	crossed := cur != nil && cur.ours && cur.boot == s.open.boot && cur.open.id != s.open.seen
	if c.n.ctx.Err() != nil || crossed || opening != nil && c.n.host.ID() < c.id {
		c.mu.Unlock()
		return false
	}
	s.boot = s.open.boot
	s.say(frame{kind: kindAccept, n: c.n.boot})
	c.adopt(s)
	c.mu.Unlock()
	if opening != nil {
		opening.stream.Reset()
	}
	if cur != nil {
		cur.end("replaced by the peer")
	}
	return true
}

// adopt makes s the current session and runs it. The caller holds c.mu.
func (c *contact) adopt(s *session) {
	c.opening, c.current, c.seen = nil, s, s.open.id
	previous := c.last
	c.last = s.told
	c.n.host.protect(c.id)
	s.run(previous)
	if a := redialable(s.stream.Conn()); a != nil {
		c.addAddrs(a)
	}
}

// open opens a session stream on an existing or a new connection and waits
// until the peer accepts it. It returns nil if there is a session afterwards.
func (c *contact) open(ctx context.Context) error {
	dialCtx, abort := context.WithCancel(ctx)
	defer abort()
	c.mu.Lock()
	addrs := slices.Clone(c.addrs)
	c.abort = abort
	c.mu.Unlock()
	conn, err := c.n.host.dial(dialCtx, c.id, addrs)
	c.mu.Lock()
	c.abort = nil
	c.mu.Unlock()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.n.times.open)
	defer cancel()
	stream, err := c.n.host.NewStream(network.WithNoDial(ctx, "dialled"), c.id, sessionProtocol)
	if err != nil {
		if ctx.Err() != nil {
			conn.Close() // it does not answer: do not try it again
		}
		return err
	}
	s := newSession(c, stream, true)
	c.mu.Lock()
	if c.current != nil || c.opening != nil {
		c.mu.Unlock()
		stream.Reset()
		return nil
	}
	s.open = open{boot: c.n.boot, id: randomID(), seen: c.seen}
	c.opening = s
	c.mu.Unlock()

	err = s.ask(ctx)
	c.mu.Lock()
	won := c.opening == s
	if won && ctx.Err() != nil {
		err = ctx.Err()
	}
	if won && err == nil {
		c.adopt(s)
	} else if won {
		c.opening = nil
	}
	c.mu.Unlock()
	switch {
	case won && err == nil:
		return nil
	case !won:
		stream.Reset()
		return nil
	}
	stream.Reset()
	if ctx.Err() != nil {
		stream.Conn().Close()
	}
	return err
}

// ask sends the open frame and waits for the peer to accept.
func (s *session) ask(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	s.stream.SetDeadline(deadline)
	defer context.AfterFunc(ctx, func() { s.stream.Reset() })()
	if _, err := s.stream.Write(appendFrame(nil, frame{kind: kindOpen, open: s.open})); err != nil {
		return err
	}
	f, err := readFrame(s.reader)
	if err != nil {
		return err
	}
	if f.kind != kindAccept {
		return errFrame
	}
	s.boot = f.n
	return nil
}

// acceptSession serves a session stream opened by a peer.
func (n *Node) acceptSession(stream network.Stream) {
	id := stream.Conn().RemotePeer()
	if !n.handler.Admit(ID(id.String())) {
		stream.Reset()
		return
	}
	stream.SetDeadline(time.Now().Add(n.times.open))
	c := n.contact(id)
	if c == nil {
		stream.Reset()
		return
	}
	s := newSession(c, stream, false)
	f, err := readFrame(s.reader)
	if err != nil || f.kind != kindOpen {
		stream.Reset()
		return
	}
	s.open = f.open
	if !c.accept(s) {
		stream.Reset()
	} else if !n.handler.Admit(c.name) {
		s.end("no longer admitted") // by a Drop that found no session yet
	}
}

// sessionEnded is called once when s ends.
func (c *contact) sessionEnded(s *session, why string) {
	c.n.log.Debug("session ended", "peer", c.name, "why", why)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != s {
		return
	}
	c.current = nil
	if c.n.now()-s.began >= c.n.times.settled {
		c.hurry = true
	}
	c.signal()
}

// signal wakes the goroutine that keeps a session.
func (c *contact) signal() { signal(c.wake) }

// retry makes the keeping goroutine dial now. If there is a session it must
// prove that it is alive.
func (c *contact) retry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		c.current.probe(c.n.now(), c.n.times.doubt)
	}
	c.dialNow()
}

// dialNow makes the keeping goroutine dial without a pause, and to give up a
// dial that is under way, which may be to addresses that are out of date. The
// caller holds c.mu.
func (c *contact) dialNow() {
	c.hurry = true
	if c.abort != nil {
		c.abort()
	}
	c.signal()
}

// learn adds addresses to dial.
func (c *contact) learn(addrs ...ma.Multiaddr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addAddrs(addrs...)
}

// addAddrs puts addresses in front of those known, and reports whether any is
// new. The caller holds c.mu.
func (c *contact) addAddrs(addrs ...ma.Multiaddr) bool {
	fresh := slices.ContainsFunc(addrs, func(a ma.Multiaddr) bool { return !ma.Contains(c.addrs, a) })
	c.addrs = usable(slices.Concat(addrs, c.addrs))
	return fresh
}

// redialable returns the address at which the other end of a connection
// listens, or nil if the connection does not show it: by TCP, whoever dialled
// came from some other port.
func redialable(conn network.Conn) ma.Multiaddr {
	a := conn.RemoteMultiaddr()
	e, ok := parseEndpoint(a)
	if !ok || conn.Stat().Direction == network.DirInbound && !e.quic {
		return nil
	}
	return a
}

// known returns the addresses to dial.
func (c *contact) known() []ma.Multiaddr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.addrs)
}
