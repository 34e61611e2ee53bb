package node

import (
	"cmp"
	"net"
	"net/netip"
	"slices"

	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// maxAddrs is how many addresses of a peer are remembered.
const maxAddrs = 16

// An endpoint is what a dialable multiaddr says.
type endpoint struct {
	ip   netip.Addr
	port uint16
	quic bool
}

// parseEndpoint reads a multiaddr of one of the two kinds that a node dials:
// an IP address and a TCP port, or an IP address, a UDP port and QUIC version
// 1. It refuses everything else: names (asking DNS would tell others whom we
// look for), relays, addresses that mean no single computer, and IPv6
// link-local addresses, which mean nothing without an interface.
func parseEndpoint(a ma.Multiaddr) (e endpoint, ok bool) {
	if len(a) < 2 {
		return e, false
	}
	switch a[0].Code() {
	case ma.P_IP4, ma.P_IP6:
		e.ip, ok = netip.AddrFromSlice(a[0].RawValue())
	}
	if !ok || e.ip.Is4In6() || e.ip.IsUnspecified() || e.ip.IsMulticast() ||
		e.ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || e.ip.Is6() && e.ip.IsLinkLocalUnicast() {
		return e, false
	}
	switch {
	case len(a) == 2 && a[1].Code() == ma.P_TCP:
	case len(a) == 3 && a[1].Code() == ma.P_UDP && a[2].Code() == ma.P_QUIC_V1:
		e.quic = true
	default:
		return e, false
	}
	port := a[1].RawValue()
	e.port = uint16(port[0])<<8 | uint16(port[1])
	return e, e.port != 0
}

func dialable(a ma.Multiaddr) bool {
	_, ok := parseEndpoint(a)
	return ok
}

// usable returns the dialable ones of addrs, at most maxAddrs of them.
func usable(addrs []ma.Multiaddr) []ma.Multiaddr {
	var out []ma.Multiaddr
	for _, a := range addrs {
		if len(out) == maxAddrs {
			break
		}
		if dialable(a) && !ma.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// parseAddrs is usable for addresses in text form.
func parseAddrs(addrs []string) []ma.Multiaddr {
	var out []ma.Multiaddr
	for _, s := range addrs {
		if len(s) > 128 || len(out) == maxAddrs {
			continue
		}
		if a, err := ma.NewMultiaddr(s); err == nil {
			out = append(out, usable([]ma.Multiaddr{a})...)
		}
	}
	return usable(out)
}

// rank orders addresses, the most useful to another computer first: ordinary
// addresses, then IPv4 link-local ones, then loopback; among those QUIC before
// TCP. The order is otherwise kept.
func rank(addrs []ma.Multiaddr) []ma.Multiaddr {
	class := func(a ma.Multiaddr) int {
		e, _ := parseEndpoint(a)
		c := 0
		switch {
		case e.ip.IsLoopback():
			c = 4
		case e.ip.IsLinkLocalUnicast():
			c = 2
		}
		if !e.quic {
			c++
		}
		return c
	}
	out := slices.Clone(addrs)
	slices.SortStableFunc(out, func(a, b ma.Multiaddr) int { return cmp.Compare(class(a), class(b)) })
	return out
}

// expand replaces the unspecified addresses among the listening ones with
// those of the computer's interfaces, as they are now; libp2p's own answer can
// be a minute old. Addresses that nobody could dial are left out.
func expand(listening []ma.Multiaddr) []ma.Multiaddr {
	ifaces, err := manet.InterfaceMultiaddrs()
	if err != nil {
		return nil
	}
	preferOutgoing(ifaces)
	// libp2p tells them in any order; a link that is made of them stays the same.
	listening = slices.SortedFunc(slices.Values(listening), ma.Multiaddr.Compare)
	resolved, err := manet.ResolveUnspecifiedAddresses(listening, ifaces)
	if err != nil {
		return nil
	}
	var out []ma.Multiaddr
	for _, a := range resolved {
		if dialable(a) && !ma.Contains(out, a) {
			out = append(out, a)
		}
	}
	return rank(out)
}

// preferOutgoing moves those addresses to the front that the computer would
// send from: the bridges of container engines and the like are of no use to
// others. Connecting a UDP socket sends nothing; it only asks the routing table.
func preferOutgoing(addrs []ma.Multiaddr) {
	outgoing := make(map[netip.Addr]bool)
	for _, dst := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		c, err := net.Dial("udp", dst)
		if err != nil {
			continue
		}
		outgoing[c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()] = true
		c.Close()
	}
	out := func(a ma.Multiaddr) int {
		ip, err := manet.ToIP(a)
		if err != nil {
			return 1
		}
		if addr, ok := netip.AddrFromSlice(ip); ok && outgoing[addr.Unmap()] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(addrs, func(a, b ma.Multiaddr) int { return cmp.Compare(out(a), out(b)) })
}

// viaOf says which way a connection from the remote address goes.
func viaOf(limited bool, remote ma.Multiaddr) Via {
	if _, err := remote.ValueForProtocol(ma.P_CIRCUIT); err == nil || limited {
		return Relayed
	}
	ip, err := manet.ToIP(remote)
	if err != nil {
		return Direct
	}
	if local(ip) {
		return LAN
	}
	return Direct
}

// local reports whether an address is loopback, or on a subnet of one of our
// interfaces, whatever its range: some networks give out public addresses.
func local(ip net.IP) bool {
	if ip.IsLoopback() {
		return true
	}
	nets, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(nets, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.Contains(ip)
	})
}
