package node

import (
	"errors"
	"io"
	"testing"
	"time"

	libp2phost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
)

type closer func() error

func (c closer) Close() error { return c() }

// A role runs on the node's host from before it listens until before it is
// closed, and its streams are as many as it said.
func TestRole(t *testing.T) {
	const protocol = "/test/role/1"
	taken := make(chan network.Stream, 8)
	listening, ended := -1, 0
	role := Role{
		Name:   "test",
		Limits: []RoleLimit{{Protocol: protocol, Inbound: 3, InboundPeer: 2, Memory: 1 << 20}},
		Start: func(h libp2phost.Host) (io.Closer, error) {
			listening = len(h.Network().ListenAddresses())
			h.SetStreamHandler(protocol, func(s network.Stream) { taken <- s })
			return closer(func() error {
				ended++
				if len(h.Network().ListenAddresses()) == 0 {
					t.Error("the host was closed before the role")
				}
				return nil
			}), nil
		},
	}
	n, err := newNode(Config{Key: seed(), Listen: loopback, Handler: newPeerLog(t), Roles: []Role{role}}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if listening != 0 {
		t.Errorf("%d addresses when the role was started", listening)
	}
	if l := n.Load(); l != (Load{}) {
		t.Errorf("load of nothing: %+v", l)
	}
	at := Route{Peer: n.ID(), Addrs: n.Addrs()}
	// open reports whether a stream of a dialer gets to the role.
	open := func(d *Dialer) bool {
		t.Helper()
		s, err := d.Open(t.Context(), at, protocol)
		if err != nil {
			return false
		}
		t.Cleanup(func() { s.Reset() })
		s.SetReadDeadline(time.Now().Add(10 * time.Second))
		refused := make(chan error, 1)
		go func() { _, err := s.Read(make([]byte, 1)); refused <- err }()
		select {
		case <-taken:
			return true
		case <-refused:
			return false
		}
	}
	first, second := newDialer(t), newDialer(t)
	for i, c := range []struct {
		d    *Dialer
		want bool
	}{{first, true}, {first, true}, {first, false}, {second, true}, {second, false}} {
		if got := open(c.d); got != c.want {
			t.Errorf("stream %d: %v, want %v", i+1, got, c.want)
		}
	}
	if l := n.Load(); l.Connections != 2 || l.Streams < 3 {
		t.Errorf("load %+v", l)
	}
	if err := n.Close(); err != nil || ended != 1 {
		t.Errorf("ended %d times, %v", ended, err)
	}
}

// A node whose role does not start does not start either, and ends the others.
func TestRoleThatFails(t *testing.T) {
	ended := 0
	fine := Role{Name: "fine", Start: func(libp2phost.Host) (io.Closer, error) {
		return closer(func() error { ended++; return nil }), nil
	}}
	wrong := errors.New("wrong")
	fails := Role{Name: "fails", Start: func(libp2phost.Host) (io.Closer, error) { return nil, wrong }}
	if _, err := newNode(Config{Key: seed(), Listen: loopback, Handler: newPeerLog(t), Roles: []Role{fine, fails}}, quick()); !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
	if ended != 1 {
		t.Errorf("ended %d times", ended)
	}
}
