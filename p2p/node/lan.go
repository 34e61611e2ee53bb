package node

import (
	"crypto/rand"
	mrand "math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	ma "github.com/multiformats/go-multiaddr"
)

// Pauses between questions: the first ones quickly, since packets get lost,
// then rarely, since whoever comes announces itself.
var lanPauses = []time.Duration{time.Second, 3 * time.Second, 9 * time.Second, 27 * time.Second, time.Minute}

// lanAnnouncements is how many of a round's questions an announcement of our
// own goes with.
const lanAnnouncements = 3

// lanGap is the shortest time between two announcements on an interface, and
// between two discoveries of a peer that each make us dial it at once.
const lanGap = time.Second

// lan finds kept peers on the local network and announces us there. The
// announcement says the peer id and the addresses of the interface it goes
// out on. libp2p's own service is not used because it finds nothing on a
// computer without IPv6, announces addresses up to a minute old, and once only.
type lan struct {
	n        *Node
	instance string
	restarts chan struct{} // has room for one: the interfaces changed
	asks     chan struct{} // has room for one: look for a peer now

	mu        sync.Mutex
	announced map[announcement]time.Time // when it was last made
}

// An announcement is made over a version of IP on an interface.
type announcement struct {
	v4    bool
	iface int
}

func newLAN(n *Node) *lan {
	l := &lan{
		n:         n,
		instance:  strings.ToLower(rand.Text()),
		restarts:  make(chan struct{}, 1),
		asks:      make(chan struct{}, 1),
		announced: make(map[announcement]time.Time),
	}
	n.spawn(l.run)
	return l
}

// restart uses the interfaces as they are now, announces and looks again.
func (l *lan) restart() { signal(l.restarts) }

// ask looks for peers again, at once.
func (l *lan) ask() { signal(l.asks) }

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (l *lan) run() {
	for l.n.ctx.Err() == nil {
		socks := openLAN(mdnsGroup, l.n.inside())
		if len(socks) == 0 {
			l.n.log.Info("no network interface for discovery")
		}
		var readers sync.WaitGroup
		for _, s := range socks {
			readers.Add(1)
			go func() {
				defer readers.Done()
				l.read(s)
			}()
		}
		l.talk(socks)
		for _, s := range socks {
			s.close()
		}
		readers.Wait()
	}
}

// talk announces and asks until the interfaces change or the node is closed.
func (l *lan) talk(socks []*lanSocket) {
	var last time.Time
	step := 0
	// A random delay keeps computers that woke together apart (RFC 6762 §5.2).
	timer := time.NewTimer(20*time.Millisecond + mrand.N(100*time.Millisecond))
	defer timer.Stop()
	for {
		select {
		case <-l.n.ctx.Done():
			return
		case <-l.restarts:
			return
		case <-l.asks:
			step = 0
			timer.Reset(max(0, lanGap-time.Since(last)))
		case <-timer.C:
			last = time.Now()
			query, err := encodeQuery()
			if err != nil {
				return
			}
			for _, s := range socks {
				for i := range s.ifaces {
					s.send(query, &s.ifaces[i])
					if step < lanAnnouncements {
						l.announce(s, &s.ifaces[i])
					}
				}
			}
			timer.Reset(lanPauses[min(step, len(lanPauses)-1)])
			step++
		}
	}
}

// announce sends our route on one interface, unless it was just sent.
func (l *lan) announce(s *lanSocket, iface *net.Interface) {
	at := announcement{s.v4 != nil, iface.Index}
	l.mu.Lock()
	soon := time.Since(l.announced[at]) < lanGap
	if !soon {
		l.announced[at] = time.Now()
	}
	l.mu.Unlock()
	if soon {
		return
	}
	route := Route{Peer: l.n.ID(), Addrs: addrStrings(addrsOn(iface, l.n.host.ownAddrs()))}
	if len(route.Addrs) == 0 {
		return
	}
	if packet, err := encodeAnnouncement(l.instance, route.Encode(maxAddrs)); err == nil {
		s.send(packet, iface)
	}
}

// read takes packets until the socket is closed.
func (l *lan) read(s *lanSocket) {
	buf := make([]byte, 9000) // the largest packet of RFC 6762 §17
	for {
		n, index, _, err := s.receive(buf)
		if err != nil {
			return
		}
		asked, routes := decodeMDNS(buf[:n])
		if asked {
			for i := range s.ifaces {
				if index == 0 || s.ifaces[i].Index == index {
					l.announce(s, &s.ifaces[i])
				}
			}
		}
		for _, r := range routes {
			l.found(r)
		}
	}
}

// found is told of a route somebody announced. Only peers that are kept are of
// interest, and of their addresses only those on a network of ours: nobody on
// the local network may send us elsewhere.
func (l *lan) found(r Route) {
	id, addrs, err := r.parse()
	if err != nil || id == l.n.host.ID() {
		return
	}
	c := l.n.existing(id)
	if c == nil || !c.kept() {
		return
	}
	var near []ma.Multiaddr
	for _, a := range addrs {
		if e, _ := parseEndpoint(a); onLink(e.ip) {
			near = append(near, a)
		}
	}
	c.discovered(near)
}

// discovered is told at which addresses the peer was found.
func (c *contact) discovered(addrs []ma.Multiaddr) {
	if len(addrs) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addAddrs(addrs...)
	if c.current == nil && time.Since(c.found) >= lanGap {
		c.found = time.Now()
		c.dialNow()
	}
}

// onLink reports whether an address is on a subnet of one of our interfaces.
func onLink(ip netip.Addr) bool {
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range nets {
		if n, ok := a.(*net.IPNet); ok && n.Contains(ip.AsSlice()) {
			return true
		}
	}
	return false
}

// inside reports whether we can be reached from this computer alone. Then that is
// where we look for others, and nowhere else.
func (n *Node) inside() bool {
	outside := func(a ma.Multiaddr) bool {
		e, _ := parseEndpoint(a)
		return !e.ip.IsLoopback()
	}
	own := n.host.ownAddrs()
	return len(own) > 0 && !slices.ContainsFunc(own, outside)
}

// addrsOn returns those addresses that belong to an interface.
func addrsOn(iface *net.Interface, addrs []ma.Multiaddr) []ma.Multiaddr {
	nets, err := iface.Addrs()
	if err != nil {
		return nil
	}
	var out []ma.Multiaddr
	for _, a := range addrs {
		e, _ := parseEndpoint(a)
		for _, i := range nets {
			if n, ok := i.(*net.IPNet); ok && n.IP.Equal(e.ip.AsSlice()) {
				out = append(out, a)
			}
		}
	}
	return out
}
