package node

import (
	"io"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
)

const benchCell = 4096

// A benchHandler keeps no log of cells.
type benchHandler struct {
	*peerLog
	got func(cell []byte)
}

func (h benchHandler) Cell(_ ID, cell []byte) { h.got(cell) }

// BenchmarkRoundTrip compares one cell there and back over a session with the
// same bytes there and back over a bare libp2p stream between the same hosts.
func BenchmarkRoundTrip(b *testing.B) {
	for _, transport := range []string{"tcp/0", "udp/0/quic-v1"} {
		var alice, bob *Node
		back := make(chan struct{}, 1)
		start := func(l *peerLog, got func([]byte)) *Node {
			n, err := New(Config{Key: seed(), Listen: []string{"/ip4/127.0.0.1/" + transport}, Handler: benchHandler{l, got}})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { n.Close() })
			return n
		}
		aliceLog, bobLog := newPeerLog(b), newPeerLog(b)
		alice = start(aliceLog, func([]byte) { back <- struct{}{} })
		bob = start(bobLog, func(cell []byte) { bob.Send(alice.ID(), cell) })
		alice.Keep(routeTo(bob))
		aliceLog.waitUp(bob.ID())
		bobLog.waitUp(alice.ID())
		cell := make([]byte, benchCell)
		b.Run("session/"+transport[:3], func(b *testing.B) {
			b.SetBytes(2 * benchCell)
			for b.Loop() {
				if err := alice.Send(bob.ID(), cell); err != nil {
					b.Fatal(err)
				}
				<-back
			}
		})
		bob.host.SetStreamHandler("/echo", func(s network.Stream) { io.Copy(s, s) })
		s, err := alice.host.NewStream(b.Context(), peerOf(bob), "/echo")
		if err != nil {
			b.Fatal(err)
		}
		b.Run("stream/"+transport[:3], func(b *testing.B) {
			b.SetBytes(2 * benchCell)
			for b.Loop() {
				if _, err := s.Write(cell); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(s, cell); err != nil {
					b.Fatal(err)
				}
			}
		})
		s.Reset()
	}
}
