package node

import (
	"bufio"
	"context"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

// raw is a peer that speaks libp2p and nothing of ours: what goes over its
// streams is up to the test. It has no limits.
type raw struct {
	*host
	t testing.TB
}

func newRaw(t testing.TB) *raw {
	t.Helper()
	h, err := newHost(seed(), &network.NullResourceManager{}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return &raw{host: h, t: t}
}

// newRawID returns the id of a peer that does not exist.
func newRawID(t testing.TB) peer.ID {
	t.Helper()
	_, id, err := transportKey(seed())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (r *raw) id() ID { return ID(r.ID().String()) }

func peerOf(n *Node) peer.ID { return n.host.ID() }

// session opens a session stream to a node and says the frames.
func (r *raw) session(n *Node, frames ...frame) (network.Stream, *bufio.Reader) {
	r.t.Helper()
	if _, err := r.dial(context.Background(), peerOf(n), n.host.ownAddrs()); err != nil {
		r.t.Fatal(err)
	}
	s, err := r.NewStream(context.Background(), peerOf(n), sessionProtocol)
	if err != nil {
		r.t.Fatal(err)
	}
	s.SetDeadline(time.Now().Add(time.Minute))
	for _, f := range frames {
		if _, err := s.Write(appendFrame(nil, f)); err != nil {
			r.t.Fatal(err)
		}
	}
	return s, bufio.NewReader(s)
}

func opening(o open) frame { return frame{kind: kindOpen, open: o} }

// accepted reads the accept frame.
func (r *raw) accepted(in *bufio.Reader) {
	r.t.Helper()
	if f, err := readFrame(in); err != nil || f.kind != kindAccept {
		r.t.Fatalf("not accepted: %+v, %v", f, err)
	}
}

// refused reads until the stream's end, which must come without an accept frame.
func (r *raw) refused(in *bufio.Reader) {
	r.t.Helper()
	if f, err := readFrame(in); err == nil {
		r.t.Fatalf("not refused: %+v", f)
	}
}
