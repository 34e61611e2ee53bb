package node

import (
	"errors"
	"fmt"

	ma "github.com/multiformats/go-multiaddr"
)

// portTries is how often a port free for both TCP and UDP is looked for.
const portTries = 16

// listen opens the listening sockets: those asked for, or else TCP and QUIC
// on all interfaces, both on the wanted port if it is free and otherwise on
// any one port that is free for both.
func (h *host) listen(addrs []string, port int) error {
	if addrs != nil {
		return h.listenOn(addrs)
	}
	if port < 0 || port > 65535 {
		port = 0
	}
	for try := 0; ; try++ {
		err := h.listenAll(port, try == portTries)
		if err == nil || try == portTries {
			return err
		}
		h.swarm.ListenClose(h.swarm.ListenAddresses()...)
		port = 0
	}
}

func (h *host) listenOn(addrs []string) error {
	var errs []error
	for _, s := range addrs {
		a, err := ma.NewMultiaddr(s)
		if err == nil {
			err = h.swarm.AddListenAddr(a)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("node: cannot listen on %q: %w", s, err))
		}
	}
	if len(errs) == len(addrs) {
		return errors.Join(errs...)
	}
	return nil
}

// listenAll listens on one port in all four ways. A computer without IPv4 or
// without IPv6 is left to the other; within a version of IP both TCP and QUIC
// must succeed, unless settle accepts whatever can be had.
func (h *host) listenAll(port int, settle bool) error {
	var errs []error
	for _, ip := range []string{"/ip4/0.0.0.0", "/ip6/::"} {
		try := func(format string) error {
			err := h.swarm.AddListenAddr(ma.StringCast(fmt.Sprintf(ip+format, port)))
			if err == nil && port == 0 {
				port = h.port()
			}
			return err
		}
		overTCP, overQUIC := try("/tcp/%d"), try("/udp/%d/quic-v1")
		if (overTCP == nil) != (overQUIC == nil) && !settle {
			return errors.Join(overTCP, overQUIC)
		}
		errs = append(errs, overTCP, overQUIC)
	}
	if len(h.swarm.ListenAddresses()) == 0 {
		return fmt.Errorf("node: cannot listen: %w", errors.Join(errs...))
	}
	return nil
}

// port returns the port listened on, that of TCP over IPv4 first, 0 if none.
func (h *host) port() int {
	port, best := 0, -1
	for _, a := range h.swarm.ListenAddresses() {
		if len(a) < 2 {
			continue
		}
		score := 0
		if a[0].Code() == ma.P_IP4 {
			score += 2
		}
		if a[1].Code() == ma.P_TCP {
			score++
		}
		if raw := a[1].RawValue(); score > best && len(raw) == 2 {
			port, best = int(raw[0])<<8|int(raw[1]), score
		}
	}
	return port
}
