package node

import (
	"net"
	"sync"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

var (
	mdnsGroup4 = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort}
	mdnsGroup6 = &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: mdnsPort}
)

// A lanSocket is a multicast socket of one version of IP on all interfaces.
type lanSocket struct {
	v4     *ipv4.PacketConn // or
	v6     *ipv6.PacketConn
	ifaces []net.Interface // that joined the group
	mu     sync.Mutex      // held while sending
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

// For a multicast address the net package opens a socket that shares the port
// with the other mDNS programs of the computer. Not every system tells the
// interface of a packet; receive then returns 0 for it.

func openLAN4() *lanSocket {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 0, 0), Port: mdnsPort})
	if err != nil {
		return nil
	}
	p := ipv4.NewPacketConn(c)
	if p.SetMulticastTTL(255) != nil || p.SetMulticastLoopback(true) != nil {
		c.Close()
		return nil
	}
	_ = p.SetControlMessage(ipv4.FlagInterface, true)
	return &lanSocket{v4: p}
}

func openLAN6() *lanSocket {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::"), Port: mdnsPort})
	if err != nil {
		return nil
	}
	p := ipv6.NewPacketConn(c)
	if p.SetMulticastHopLimit(255) != nil || p.SetMulticastLoopback(true) != nil {
		c.Close()
		return nil
	}
	_ = p.SetControlMessage(ipv6.FlagInterface, true)
	return &lanSocket{v6: p}
}

func (s *lanSocket) join(i *net.Interface) error {
	if s.v4 != nil {
		return s.v4.JoinGroup(i, mdnsGroup4)
	}
	return s.v6.JoinGroup(i, mdnsGroup6)
}

// send multicasts a packet on an interface. Because it is named, no route is
// needed. Errors do not matter: packets get lost in other ways as well.
func (s *lanSocket) send(packet []byte, iface *net.Interface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.v4 != nil {
		if s.v4.SetMulticastInterface(iface) == nil {
			s.v4.WriteTo(packet, nil, mdnsGroup4)
		}
		return
	}
	if s.v6.SetMulticastInterface(iface) == nil {
		s.v6.WriteTo(packet, nil, mdnsGroup6)
	}
}

// receive returns the size of a packet and the index of its interface.
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

func (s *lanSocket) close() {
	if s.v4 != nil {
		s.v4.Close()
		return
	}
	s.v6.Close()
}
