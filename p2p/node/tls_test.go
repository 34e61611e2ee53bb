package node

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/quic-go/quic-go"

	"sotto/p2p/p2ptest"
)

// QUIC connections are under TLS 1.3 with a post-quantum key exchange.
func TestQUICIsPostQuantum(t *testing.T) {
	aliceLog := newPeerLog(t)
	alice := testNode(t, aliceLog, quick())
	bob := testNode(t, newPeerLog(t), quick(), "/ip4/127.0.0.1/udp/0/quic-v1")
	alice.Keep(routeTo(bob))
	aliceLog.waitUp(bob.ID())
	for _, c := range append(alice.host.swarm.ConnsToPeer(peerOf(bob)), bob.host.swarm.ConnsToPeer(peerOf(alice))...) {
		var q *quic.Conn
		if !c.As(&q) {
			t.Fatalf("%s is not a QUIC connection", c.RemoteMultiaddr())
		}
		if s := q.ConnectionState().TLS; s.Version != tls.VersionTLS13 || s.CurveID != tls.X25519MLKEM768 {
			t.Errorf("TLS version %x with key exchange %s", s.Version, s.CurveID)
		}
	}
}

// So are TCP connections, as seen by somebody on the line.
func TestTCPIsPostQuantum(t *testing.T) {
	aliceLog := newPeerLog(t)
	alice := testNode(t, aliceLog, quick())
	bob := testNode(t, newPeerLog(t), quick(), "/ip4/127.0.0.1/tcp/0")
	proxy := p2ptest.NewProxy(t, fmt.Sprintf("127.0.0.1:%d", bob.Port()))
	alice.Keep(Route{Peer: bob.ID(), Addrs: []string{fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", proxy.Port())}})
	aliceLog.waitUp(bob.ID())
	sent, answers := proxy.Copies()
	if bytes.Contains(sent, []byte("noise")) || bytes.Contains(answers, []byte("noise")) {
		t.Error("Noise was negotiated, or offered")
	}
	hello, ok := serverHello(answers)
	if !ok {
		t.Fatalf("no server hello in %d bytes", len(answers))
	}
	if v := hello[43]; len(v) != 2 || binary.BigEndian.Uint16(v) != tls.VersionTLS13 {
		t.Errorf("TLS version %x", v)
	}
	if k := hello[51]; len(k) < 4 || tls.CurveID(binary.BigEndian.Uint16(k)) != tls.X25519MLKEM768 {
		t.Errorf("key exchange %x", k[:min(4, len(k))])
	}
	for _, secret := range []string{string(bob.ID()), string(alice.ID()), "sotto"} {
		if bytes.Contains(sent, []byte(secret)) || bytes.Contains(answers, []byte(secret)) {
			t.Errorf("%q goes over the line in clear", secret)
		}
	}
}

// serverHello returns the extensions of the TLS server hello (RFC 8446 §4.1.3)
// in what a server sent.
func serverHello(b []byte) (map[uint16][]byte, bool) {
	start := bytes.Index(b, []byte{22, 3, 3}) // a handshake record
	if start < 0 || len(b) < start+5+4+2+32+1 || b[start+5] != 2 {
		return nil, false
	}
	b = b[start+5+4+2+32:]
	if len(b) < int(b[0])+6 {
		return nil, false
	}
	b = b[int(b[0])+6:]
	extensions := map[uint16][]byte{}
	for len(b) >= 4 {
		size := int(binary.BigEndian.Uint16(b[2:]))
		if len(b) < 4+size {
			return extensions, len(extensions) > 1
		}
		extensions[binary.BigEndian.Uint16(b)] = b[4 : 4+size]
		if b = b[4+size:]; len(extensions) == 2 {
			break
		}
	}
	return extensions, len(extensions) == 2
}

// A node does not speak Noise, even to somebody who knows nothing else.
func TestNoNoise(t *testing.T) {
	n := testNode(t, newPeerLog(t), quick(), "/ip4/127.0.0.1/tcp/0")
	for protocol, want := range map[string]string{"/noise": "na", "/plaintext/2.0.0": "na", "/tls/1.0.0": "/tls/1.0.0"} {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", n.Port()))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(time.Minute))
		line := func(s string) string { return string(rune(len(s)+1)) + s + "\n" } // multistream-select
		io.WriteString(c, line("/multistream/1.0.0")+line(protocol))
		expect := line("/multistream/1.0.0") + line(want)
		got := make([]byte, len(expect))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != expect {
			t.Errorf("%s: %q, %v", protocol, got, err)
		}
		c.Close()
	}
}
