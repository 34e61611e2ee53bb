package node

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	ma "github.com/multiformats/go-multiaddr"
	"golang.org/x/time/rate"
)

// MaxShown is the size in bytes of the most that [Nearby.Show] shows.
const MaxShown = 512

// ErrNoLAN is returned by [Node.Nearby] of a node that does not use the local
// network.
var ErrNoLAN = errors.New("node: the local network is not used")

const (
	nearbyEvery = 2 * time.Second // between two packets of ours

	// What is looked at of the packets that come over one version of IP, a second:
	// of all, and of those from one address. The rest is dropped unread.
	nearbyRate     = 200
	nearbyRateFrom = 8
	nearbyFrom     = 256 // addresses that are told apart
)

// nearbyGroup are all computers on the link: what goes to them passes no router,
// and no switch holds it back.
var nearbyGroup = lanGroup{v4: net.IPv4(224, 0, 0, 1), v6: net.ParseIP("ff02::1"), port: 27688}

// Nearby shows something to everybody on the local network, strangers too, and
// hears what others show, while it is open. What is shown is not secret, and
// nothing of what is heard is proved: only dialling the route shows that whoever
// has its peer id is there.
type Nearby struct {
	n      *Node
	hear   func(Route, []byte)
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{} // has room for one: show now

	mu      sync.Mutex
	shown   []byte
	hearing sync.Mutex // held while hear runs
}

// Nearby opens the local network to strangers until it or the node is closed.
// hear is given what others show, again and again, with where they say they are:
// at least one address, all on networks of ours. It is called once at a time and
// must not call Close. Nothing is sent until there is something to show. The error
// is [ErrNoLAN] or [ErrClosed].
func (n *Node) Nearby(hear func(r Route, shown []byte)) (*Nearby, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.ctx.Err() != nil:
		return nil, ErrClosed
	case n.lan == nil:
		return nil, ErrNoLAN
	}
	b := &Nearby{n: n, hear: hear, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	b.ctx, b.cancel = context.WithCancel(n.ctx)
	n.spawn(b.run)
	return b, nil
}

// Show shows these bytes from now on, at most [MaxShown], in place of those
// before.
func (b *Nearby) Show(shown []byte) {
	b.mu.Lock()
	b.shown = slices.Clone(shown)
	b.mu.Unlock()
	signal(b.wake)
}

// Close ends it: nothing is sent or heard any more when it returns.
func (b *Nearby) Close() {
	b.cancel()
	<-b.done
}

func (b *Nearby) run() {
	defer close(b.done)
	for b.ctx.Err() == nil {
		at := interfaceAddrs()
		socks := openLAN(nearbyGroup, b.n.inside())
		if len(socks) == 0 {
			b.n.log.Info("no network interface to be seen on")
		}
		var readers sync.WaitGroup
		for _, s := range socks {
			readers.Go(func() { b.read(s) })
		}
		b.talk(socks, at)
		for _, s := range socks {
			s.close()
		}
		readers.Wait()
	}
}

// talk shows what there is to show until the computer's addresses are no longer
// those given.
func (b *Nearby) talk(socks []*lanSocket, at []string) {
	tick := time.NewTicker(nearbyEvery)
	defer tick.Stop()
	for {
		if !slices.Equal(at, interfaceAddrs()) {
			return
		}
		for _, s := range socks {
			for i := range s.ifaces {
				b.send(s, &s.ifaces[i])
			}
		}
		select {
		case <-b.ctx.Done():
			return
		case <-b.wake:
		case <-tick.C:
		}
	}
}

// send shows it on one interface, with our addresses there.
func (b *Nearby) send(s *lanSocket, iface *net.Interface) {
	b.mu.Lock()
	shown := b.shown
	b.mu.Unlock()
	addrs := addrsOn(iface, b.n.host.ownAddrs())
	if len(shown) == 0 || len(addrs) == 0 || b.ctx.Err() != nil {
		return
	}
	route := Route{Peer: b.n.ID(), Addrs: addrStrings(addrs)}
	if packet, ok := encodeNearby(route.Encode(maxAddrs), shown); ok {
		s.send(packet, iface)
	}
}

// read hears others until the socket is closed.
func (b *Nearby) read(s *lanSocket) {
	pace := newPace()
	buf := make([]byte, maxNearby+1) // what does not fit is too long
	for {
		n, index, from, err := s.receive(buf)
		if err != nil {
			return
		}
		if !pace.allow(from, time.Now()) || !onLink(from) && !from.IsLinkLocalUnicast() {
			continue
		}
		inside := slices.ContainsFunc(s.ifaces, func(i net.Interface) bool {
			return i.Index == index && i.Flags&net.FlagLoopback != 0
		})
		b.packet(buf[:n], inside)
	}
}

// pace says which packets are looked at.
type pace struct {
	all *rate.Limiter
	of  map[netip.Addr]*rate.Limiter
}

func newPace() *pace {
	return &pace{rate.NewLimiter(nearbyRate, nearbyRate), make(map[netip.Addr]*rate.Limiter)}
}

func (p *pace) allow(from netip.Addr, now time.Time) bool {
	of := p.of[from]
	if of == nil {
		if len(p.of) >= nearbyFrom {
			clear(p.of)
		}
		of = rate.NewLimiter(nearbyRateFrom, 2*nearbyRateFrom)
		p.of[from] = of
	}
	return of.AllowN(now, 1) && p.all.AllowN(now, 1)
}

// packet takes one packet, which came from this computer if inside is set.
func (b *Nearby) packet(packet []byte, inside bool) {
	route, shown, ok := decodeNearby(packet)
	if !ok || route.Peer == b.n.ID() {
		return
	}
	_, addrs, err := route.parse()
	if err != nil {
		return
	}
	// Nobody on the local network may send us elsewhere, or to ourselves.
	addrs = slices.DeleteFunc(addrs, func(a ma.Multiaddr) bool {
		e, _ := parseEndpoint(a)
		return !onLink(e.ip) || e.ip.IsLoopback() && !inside
	})
	if len(addrs) == 0 {
		return
	}
	b.hearing.Lock()
	defer b.hearing.Unlock()
	b.hear(Route{Peer: route.Peer, Addrs: addrStrings(addrs)}, shown)
}

// nearbyMagic begins each packet: what it is, and its version.
const nearbyMagic = "sotto near\x01"

// maxNearby is the size of the largest packet in bytes.
const maxNearby = len(nearbyMagic) + 1 + MaxRoute + MaxShown

// encodeNearby returns the packet: the magic, the route's length as a byte, the
// route, and what is shown.
func encodeNearby(route, shown []byte) ([]byte, bool) {
	if len(route) == 0 || len(route) > MaxRoute || len(shown) == 0 || len(shown) > MaxShown {
		return nil, false
	}
	b := append([]byte(nearbyMagic), byte(len(route)))
	b = append(b, route...)
	return append(b, shown...), true
}

// decodeNearby reads a packet. What is shown is a copy.
func decodeNearby(packet []byte) (r Route, shown []byte, ok bool) {
	if len(packet) > maxNearby || len(packet) <= len(nearbyMagic) || string(packet[:len(nearbyMagic)]) != nearbyMagic {
		return r, nil, false
	}
	size, rest := int(packet[len(nearbyMagic)]), packet[len(nearbyMagic)+1:]
	if len(rest) <= size || len(rest)-size > MaxShown {
		return r, nil, false
	}
	r, err := DecodeRoute(rest[:size])
	return r, slices.Clone(rest[size:]), err == nil
}
