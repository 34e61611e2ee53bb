package node

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/protocol"
)

func TestPorts(t *testing.T) {
	start := func(port int) *Node {
		t.Helper()
		n, err := newNode(Config{Key: seed(), Port: port, Handler: newPeerLog(t)}, quick())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { n.Close() })
		return n
	}
	first := start(0)
	port := first.Port()
	if port == 0 {
		t.Fatal("no port")
	}
	for _, a := range first.Addrs() {
		if !strings.Contains(a, fmt.Sprintf("/%d", port)) {
			t.Errorf("%s is not on port %d", a, port)
		}
	}
	for _, want := range []string{fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", port), fmt.Sprintf("/ip4/127.0.0.1/udp/%d/quic-v1", port)} {
		if !strings.Contains(strings.Join(first.Addrs(), " "), want) {
			t.Errorf("%s is not among %q", want, first.Addrs())
		}
	}
	// Another profile that wants the same port gets another one of its own.
	if second := start(port); second.Port() == port {
		t.Errorf("two nodes listen on port %d", port)
	}
	first.Close()
	if again := start(port); again.Port() != port {
		t.Errorf("started again, the node is at %d instead of %d", again.Port(), port)
	}
	// A port that is taken for UDP alone is taken.
	udp, err := net.ListenPacket("udp4", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	taken := udp.LocalAddr().(*net.UDPAddr).Port
	other := start(taken)
	if other.Port() == taken {
		t.Errorf("port %d was used though it is taken", taken)
	}
	quic := fmt.Sprintf("/udp/%d/quic-v1", other.Port())
	if !strings.Contains(strings.Join(other.Addrs(), " "), quic) {
		t.Errorf("no %s among %q", quic, other.Addrs())
	}
	start(-1)
	start(99999)
}

func TestListenOverride(t *testing.T) {
	n := testNode(t, newPeerLog(t), quick(), "/ip4/127.0.0.1/tcp/0")
	if a := n.Addrs(); len(a) != 1 || a[0] != fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", n.Port()) {
		t.Errorf("addresses %q, port %d", a, n.Port())
	}
	for _, bad := range [][]string{{"nonsense"}, {"/ip4/127.0.0.1/udp/0"}, {fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", n.Port())}, {}} {
		if n, err := newNode(Config{Key: seed(), Listen: bad, Handler: newPeerLog(t)}, quick()); err == nil {
			n.Close()
			if len(bad) > 0 {
				t.Errorf("listens on %q", bad)
			}
		}
	}
}

func TestBadConfig(t *testing.T) {
	if _, err := New(Config{Key: seed()}); err == nil {
		t.Error("no handler")
	}
	for _, size := range []int{0, 31, 33, 64} {
		if _, err := New(Config{Key: make([]byte, size), Handler: newPeerLog(t)}); err == nil {
			t.Errorf("a key of %d bytes", size)
		}
	}
	key := seed()
	want, err := IDFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := New(Config{Key: key, Listen: loopback, Handler: newPeerLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if n.ID() != want {
		t.Errorf("the node is %s, its key gives %s", n.ID(), want)
	}
}

// A node speaks its two protocols, libp2p's identification, and nothing else.
func TestProtocols(t *testing.T) {
	n := testNode(t, newPeerLog(t), quick())
	want := map[protocol.ID]bool{sessionProtocol: true, inviteProtocol: true, "/ipfs/id/1.0.0": true, "/ipfs/id/push/1.0.0": true}
	for _, p := range n.host.Mux().Protocols() {
		if !want[p] {
			t.Errorf("speaks %s", p)
		}
		delete(want, p)
	}
	if len(want) > 0 {
		t.Errorf("does not speak %v", want)
	}
}
