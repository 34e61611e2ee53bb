package node

import (
	"net"
	"slices"
	"time"

	manet "github.com/multiformats/go-multiaddr/net"
)

// slept is how much further than the monotonic clock the wall clock must have
// gone for the computer to be taken to have slept.
const slept = 5 * time.Second

// beat looks at the sessions' signs of life, again and again.
func (n *Node) beat() {
	tick := time.NewTicker(n.times.beat)
	defer tick.Stop()
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-tick.C:
		}
		for _, c := range n.all() {
			if s := c.session(); s != nil {
				s.beat(n.now())
			}
		}
	}
}

// watch notices within seconds that the computer has other addresses or was
// asleep. libp2p would take up to a minute, and does not look for sleep.
func (n *Node) watch() {
	tick := time.NewTicker(n.times.watch)
	defer tick.Stop()
	addrs, clock := interfaceAddrs(), time.Now()
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-tick.C:
		}
		addrsNow, clockNow := interfaceAddrs(), time.Now()
		changed := !slices.Equal(addrs, addrsNow)
		// Without their monotonic parts times differ by the wall clock.
		wall, awake := clockNow.Round(0).Sub(clock.Round(0)), clockNow.Sub(clock)
		addrs, clock = addrsNow, clockNow
		if changed || wall-awake > slept {
			n.networkChanged(changed)
		}
	}
}

// networkChanged closes what is dead, has sessions prove that they live, dials
// the other peers, and tells the handler if our addresses are others.
func (n *Node) networkChanged(addrsChanged bool) {
	n.log.Info("the network changed", "addresses", addrsChanged)
	for _, conn := range n.host.swarm.Conns() {
		ip, err := manet.ToIP(conn.LocalMultiaddr())
		if err == nil && !ip.IsUnspecified() && !ours(ip) {
			conn.Close()
		}
	}
	if n.lan != nil {
		n.lan.restart()
	}
	n.Retry()
	if addrsChanged {
		n.handler.AddressesChanged()
	}
}

// interfaceAddrs lists the computer's addresses in a fixed order.
func interfaceAddrs() []string {
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var list []string
	for _, a := range nets {
		list = append(list, a.String())
	}
	slices.Sort(list)
	return list
}

// ours reports whether the address is one of the computer's.
func ours(ip net.IP) bool {
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(nets, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.Equal(ip)
	})
}
