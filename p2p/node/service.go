package node

import (
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// A Stream carries bytes both ways between two peers.
type Stream interface {
	io.Reader
	io.Writer
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	// Close ends the stream after what was written has arrived.
	Close() error
	// Reset ends the stream at once, and has the other side see an error.
	Reset() error
}

// A Service is a further protocol that a node serves to anybody who asks.
// Limits of 0 allow nothing.
type Service struct {
	Protocol string          // "/sotto/NAME/VERSION"
	Serve    func(s *Served) // gets each stream on a goroutine of its own, and ends it

	Streams     int   // at once; those above are reset before they reach Serve
	StreamsPeer int   // at once of one peer
	Memory      int64 // bytes of libp2p's buffers for the protocol, and as many more for the node
	Conns       int   // connections that others may open to the node, beyond those it takes anyway
}

// Served is a stream that somebody opened to a service.
type Served struct {
	Stream
	Local ID // the node
	Peer  ID // who opened it; strangers make a new id whenever they like
	keep  func()
}

// Keep has the connection spared for as long as there are others, of peers who
// have shown nothing, to close when there are too many.
func (s *Served) Keep() {
	if s.keep != nil {
		s.keep()
	}
}

// serve hands the streams of a protocol to its service.
func (n *Node) serve(v Service) {
	n.host.SetStreamHandler(protocol.ID(v.Protocol), func(s network.Stream) {
		remote := s.Conn().RemotePeer()
		v.Serve(&Served{Stream: s, Local: n.ID(), Peer: ID(remote.String()), keep: func() {
			n.host.ConnManager().TagPeer(remote, v.Protocol, 1)
		}})
	})
}
