package node

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// echoService echoes, and says who asked.
func echoService(served chan<- *Served) Service {
	return Service{
		Protocol: "/test/echo/1", Streams: 8, StreamsPeer: 2, Memory: 1 << 20, Conns: 300,
		Serve: func(s *Served) {
			if served != nil {
				served <- s
			}
			io.Copy(s, s)
			s.Close()
		},
	}
}

func serviceNode(t testing.TB, services ...Service) *Node {
	t.Helper()
	n, err := newNode(Config{Key: seed(), Listen: loopback, Handler: newPeerLog(t), Services: services}, quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

func newDialer(t testing.TB) *Dialer {
	t.Helper()
	d, err := NewDialer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// A dialer reaches a service by either transport, under a key of its own, and
// the node learns no address or protocol from it.
func TestDialer(t *testing.T) {
	served := make(chan *Served, 1)
	n := serviceNode(t, echoService(served))
	seen := map[ID]bool{}
	for _, transport := range []string{"/tcp/", "/udp/"} {
		r := Route{Peer: n.ID()}
		for _, a := range n.Addrs() {
			if strings.Contains(a, transport) {
				r.Addrs = append(r.Addrs, a)
			}
		}
		d := newDialer(t)
		s, err := d.Open(t.Context(), r, "/test/echo/1")
		if err != nil {
			t.Fatal(transport, err)
		}
		s.SetReadDeadline(time.Now().Add(time.Minute))
		got := make([]byte, 5)
		if _, err := s.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(s, got); err != nil || string(got) != "hello" {
			t.Fatal(string(got), err)
		}
		by := <-served
		if by.Local != n.ID() || by.Peer == n.ID() || seen[by.Peer] {
			t.Errorf("served %s at %s", by.Peer, by.Local)
		}
		seen[by.Peer] = true
		for _, p := range n.host.Peerstore().PeersWithAddrs() {
			if p != n.host.ID() {
				t.Errorf("the node knows addresses of %s: %v", p, n.host.Peerstore().Addrs(p))
			}
		}
		if _, err := d.Open(t.Context(), r, "/test/other/1"); err == nil {
			t.Error("opened a protocol that is not there")
		}
		s.Close()
	}
}

func TestDialerRefuses(t *testing.T) {
	n, other := serviceNode(t, echoService(nil)), serviceNode(t, echoService(nil))
	d := newDialer(t)
	for name, r := range map[string]Route{
		"no address":   {Peer: n.ID()},
		"a name":       {Peer: n.ID(), Addrs: []string{"/dns4/localhost/tcp/1"}},
		"another peer": {Peer: other.ID(), Addrs: n.Addrs()},
		"no peer":      {Addrs: n.Addrs()},
	} {
		if s, err := d.Open(t.Context(), r, "/test/echo/1"); err == nil {
			s.Reset()
			t.Errorf("%s: opened", name)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Open(ended, routeTo(n), "/test/echo/1"); err == nil {
		t.Error("opened after the context's end")
	}
}

// A peer has its streams of a service and no more, all together have theirs, and
// others are served meanwhile.
func TestServiceStreams(t *testing.T) {
	n := serviceNode(t, echoService(nil))
	open := func(d *Dialer) bool {
		s, err := d.Open(t.Context(), routeTo(n), "/test/echo/1")
		if err != nil {
			return false
		}
		s.SetReadDeadline(time.Now().Add(time.Minute))
		_, err = s.Write([]byte("x"))
		if err == nil {
			_, err = io.ReadFull(s, make([]byte, 1))
		}
		return err == nil
	}
	count := 0
	for range 6 {
		d := newDialer(t)
		for range 4 {
			if open(d) {
				count++
			}
		}
		if count > 8 || count%2 != 0 {
			t.Fatalf("%d streams", count)
		}
	}
	if count != 8 {
		t.Errorf("%d streams, want 8", count)
	}
}

// A service without limits serves nobody.
func TestServiceWithoutLimits(t *testing.T) {
	n := serviceNode(t, Service{Protocol: "/test/echo/1", Serve: func(s *Served) { io.Copy(s, s) }})
	s, err := newDialer(t).Open(t.Context(), routeTo(n), "/test/echo/1")
	if err == nil {
		s.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err = s.Write([]byte("x")); err == nil {
			_, err = io.ReadFull(s, make([]byte, 1))
		}
	}
	if err == nil {
		t.Error("served")
	}
}
