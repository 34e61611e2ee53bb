package node

import (
	"crypto/rand"
	mrand "math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

var (
	mdnsGroup4 = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort}
	mdnsGroup6 = &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: mdnsPort}
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
	announced map[int]time.Time // by interface: when we last did
}

func newLAN(n *Node) *lan {
	l := &lan{
		n:         n,
		instance:  strings.ToLower(rand.Text()),
		restarts:  make(chan struct{}, 1),
		asks:      make(chan struct{}, 1),
		announced: make(map[int]time.Time),
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
		socks := openLAN()
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
					s.send(query, i)
					if step < lanAnnouncements {
						l.announce(s, i)
					}
				}
			}
			timer.Reset(lanPauses[min(step, len(lanPauses)-1)])
			step++
		}
	}
}

// announce sends our route on one interface.
func (l *lan) announce(s *lanSocket, iface int) {
	l.mu.Lock()
	soon := time.Since(l.announced[s.key(iface)]) < lanGap
	if !soon {
		l.announced[s.key(iface)] = time.Now()
	}
	l.mu.Unlock()
	if soon {
		return
	}
	route := Route{Peer: l.n.ID(), Addrs: addrStrings(addrsOn(s.ifaces[iface], l.n.host.ownAddrs()))}
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
		n, iface, err := s.receive(buf)
		if err != nil {
			return
		}
		asked, routes := decodeMDNS(buf[:n])
		if asked {
			if i, ok := s.index(iface); ok {
				l.announce(s, i)
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

// addrsOn returns those addresses that belong to an interface.
func addrsOn(iface net.Interface, addrs []ma.Multiaddr) []ma.Multiaddr {
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

// A lanSocket is a multicast socket of one version of IP on all interfaces.
type lanSocket struct {
	v4     *ipv4.PacketConn // or
	v6     *ipv6.PacketConn
	ifaces []net.Interface // that joined the group
}

// openLAN opens a socket for each version of IP that the computer has.
func openLAN() []*lanSocket {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	const wanted = net.FlagUp | net.FlagMulticast
	var socks []*lanSocket
	for _, s := range []*lanSocket{openLAN4(), openLAN6()} {
		if s == nil {
			continue
		}
		for _, i := range all {
			if i.Flags&wanted == wanted && i.Flags&net.FlagLoopback == 0 && s.join(&i) == nil {
				s.ifaces = append(s.ifaces, i)
			}
		}
		if len(s.ifaces) == 0 {
			s.close()
			continue
		}
		socks = append(socks, s)
	}
	return socks
}

func openLAN4() *lanSocket {
	// For a multicast address the net package opens a socket that shares the
	// port with the other mDNS programs of the computer.
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: mdnsPort})
	if err != nil {
		return nil
	}
	p := ipv4.NewPacketConn(c)
	if p.SetMulticastTTL(255) != nil || p.SetMulticastLoopback(true) != nil || p.SetControlMessage(ipv4.FlagInterface, true) != nil {
		c.Close()
		return nil
	}
	return &lanSocket{v4: p}
}

func openLAN6() *lanSocket {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::"), Port: mdnsPort})
	if err != nil {
		return nil
	}
	p := ipv6.NewPacketConn(c)
	if p.SetMulticastHopLimit(255) != nil || p.SetMulticastLoopback(true) != nil || p.SetControlMessage(ipv6.FlagInterface, true) != nil {
		c.Close()
		return nil
	}
	return &lanSocket{v6: p}
}

func (s *lanSocket) join(i *net.Interface) error {
	if s.v4 != nil {
		return s.v4.JoinGroup(i, mdnsGroup4)
	}
	return s.v6.JoinGroup(i, mdnsGroup6)
}

// send multicasts a packet on the interface with that place in s.ifaces. The
// interface is named for every packet, so no route is needed.
func (s *lanSocket) send(packet []byte, iface int) {
	index := s.ifaces[iface].Index
	if s.v4 != nil {
		s.v4.WriteTo(packet, &ipv4.ControlMessage{IfIndex: index}, mdnsGroup4)
		return
	}
	s.v6.WriteTo(packet, &ipv6.ControlMessage{IfIndex: index}, mdnsGroup6)
}

// receive returns the size of a packet and the number of its interface.
func (s *lanSocket) receive(buf []byte) (n, iface int, err error) {
	if s.v4 != nil {
		n, cm, _, err := s.v4.ReadFrom(buf)
		if cm != nil {
			iface = cm.IfIndex
		}
		return n, iface, err
	}
	n, cm, _, err := s.v6.ReadFrom(buf)
	if cm != nil {
		iface = cm.IfIndex
	}
	return n, iface, err
}

// index returns the place in s.ifaces of the interface with that number.
func (s *lanSocket) index(iface int) (int, bool) {
	for i := range s.ifaces {
		if s.ifaces[i].Index == iface {
			return i, true
		}
	}
	return 0, false
}

// key tells interfaces of the two versions of IP apart.
func (s *lanSocket) key(iface int) int {
	if s.v4 != nil {
		return s.ifaces[iface].Index
	}
	return -s.ifaces[iface].Index
}

func (s *lanSocket) close() {
	if s.v4 != nil {
		s.v4.Close()
		return
	}
	s.v6.Close()
}
