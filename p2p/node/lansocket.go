package node

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// A lanGroup is where packets for a local network go: a multicast group for each
// version of IP that no router passes on, and a port.
type lanGroup struct {
	v4, v6 net.IP
	port   int
}

func (g lanGroup) addr(ip net.IP) *net.UDPAddr { return &net.UDPAddr{IP: ip, Port: g.port} }

// A lanSocket is a multicast socket of one version of IP on several interfaces.
type lanSocket struct {
	v4     *ipv4.PacketConn // or
	v6     *ipv6.PacketConn
	group  lanGroup
	ifaces []net.Interface // that joined the group
	mu     sync.Mutex      // held while sending
}

// openLAN opens a socket for each version of IP that the computer has: on its
// network interfaces, or if inside is set on the one that leads nowhere else.
func openLAN(g lanGroup, inside bool) []*lanSocket {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var socks []*lanSocket
	for _, s := range []*lanSocket{openLAN4(g), openLAN6(g)} {
		if s == nil {
			continue
		}
		for _, i := range all {
			if onLAN(i, inside) && s.join(&i) == nil {
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

func onLAN(i net.Interface, inside bool) bool {
	switch {
	case i.Flags&net.FlagUp == 0:
		return false
	case i.Flags&net.FlagLoopback != 0:
		return inside
	}
	return !inside && i.Flags&net.FlagMulticast != 0
}

// For a multicast address the net package opens a socket that shares the port
// with other programs of the computer. Not every system tells the interface of a
// packet; receive then returns 0 for it.

func openLAN4(g lanGroup) *lanSocket {
	c, err := net.ListenUDP("udp4", g.addr(net.IPv4(224, 0, 0, 0)))
	if err != nil {
		return nil
	}
	p := ipv4.NewPacketConn(c)
	if p.SetMulticastTTL(255) != nil || p.SetMulticastLoopback(true) != nil {
		c.Close()
		return nil
	}
	_ = p.SetControlMessage(ipv4.FlagInterface, true)
	return &lanSocket{v4: p, group: g}
}

func openLAN6(g lanGroup) *lanSocket {
	c, err := net.ListenUDP("udp6", g.addr(net.ParseIP("ff02::")))
	if err != nil {
		return nil
	}
	p := ipv6.NewPacketConn(c)
	if p.SetMulticastHopLimit(255) != nil || p.SetMulticastLoopback(true) != nil {
		c.Close()
		return nil
	}
	_ = p.SetControlMessage(ipv6.FlagInterface, true)
	return &lanSocket{v6: p, group: g}
}

func (s *lanSocket) join(i *net.Interface) error {
	if s.v4 != nil {
		return s.v4.JoinGroup(i, s.group.addr(s.group.v4))
	}
	return s.v6.JoinGroup(i, s.group.addr(s.group.v6))
}

// send multicasts a packet on an interface. Because it is named, no route is
// needed. Errors do not matter: packets get lost in other ways as well.
func (s *lanSocket) send(packet []byte, iface *net.Interface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v4 != nil {
		if s.v4.SetMulticastInterface(iface) == nil {
			s.v4.WriteTo(packet, nil, s.group.addr(s.group.v4))
		}
		return
	}
	if s.v6.SetMulticastInterface(iface) == nil {
		s.v6.WriteTo(packet, nil, s.group.addr(s.group.v6))
	}
}

// receive returns the size of a packet, the index of its interface, and the
// address that it says it comes from.
func (s *lanSocket) receive(buf []byte) (n, iface int, from netip.Addr, err error) {
	var src net.Addr
	if s.v4 != nil {
		var cm *ipv4.ControlMessage
		if n, cm, src, err = s.v4.ReadFrom(buf); cm != nil {
			iface = cm.IfIndex
		}
	} else {
		var cm *ipv6.ControlMessage
		if n, cm, src, err = s.v6.ReadFrom(buf); cm != nil {
			iface = cm.IfIndex
		}
	}
	if udp, ok := src.(*net.UDPAddr); ok {
		from = udp.AddrPort().Addr().Unmap()
	}
	return n, iface, from, err
}

func (s *lanSocket) close() {
	if s.v4 != nil {
		s.v4.Close()
		return
	}
	s.v6.Close()
}
