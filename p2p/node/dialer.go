package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/multiformats/go-multistream"
)

// A Dialer opens streams to peers that do not learn whose they are: it has a
// transport key of its own, which lives as long as it does. It does not listen,
// and tells nobody its addresses or protocols. Two dialers have nothing in
// common but the IP address of the computer.
type Dialer struct{ under *underlay }

// NewDialer returns a dialer with a new key.
func NewDialer() (*Dialer, error) { return NewDialerOver(nil) }

// NewDialerOver is NewDialer with other connections than the system's.
func NewDialerOver(over Connector) (*Dialer, error) {
	limits, err := newDialerLimits()
	if err != nil {
		return nil, fmt.Errorf("node: limits: %w", err)
	}
	seed := make([]byte, 32)
	rand.Read(seed)
	key, id, err := transportKey(seed)
	if err != nil {
		limits.Close()
		return nil, err
	}
	under, err := newUnderlay(key, id, limits, over)
	if err != nil {
		return nil, err
	}
	under.swarm.SetStreamHandler(func(s network.Stream) { s.Reset() })
	return &Dialer{under}, nil
}

// Open connects to the peer, which must prove that the route's id is its own,
// and opens a stream of the protocol. Connections that are open are used again.
// The context ends the attempt; it has no say over the stream.
func (d *Dialer) Open(ctx context.Context, r Route, protocolID string) (Stream, error) {
	id, addrs, err := r.parse()
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, errors.New("node: route has no usable address")
	}
	if _, err := d.under.dial(ctx, id, addrs); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	s, err := d.under.swarm.NewStream(network.WithNoDial(ctx, "dialled"), id)
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { s.Reset() })
	err = multistream.SelectProtoOrFail(protocol.ID(protocolID), s)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.Reset()
		return nil, fmt.Errorf("node: %w", err)
	}
	s.SetProtocol(protocol.ID(protocolID))
	return s, nil
}

// Close ends all connections.
func (d *Dialer) Close() error { return d.under.Close() }

// newDialerLimits bounds what a peer that was dialled can make a dialer hold.
func newDialerLimits() (network.ResourceManager, error) {
	all := rcmgr.ResourceLimits{
		Conns: 16, ConnsInbound: rcmgr.BlockAllLimit, ConnsOutbound: 16, FD: 16,
		Streams: 24, StreamsInbound: 8, StreamsOutbound: 16,
		Memory: 16 << 20,
	}
	limits := rcmgr.PartialLimitConfig{System: all, Transient: all, PeerDefault: all}.Build(rcmgr.DefaultLimits.Scale(16<<20, 16))
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits), rcmgr.WithMetricsDisabled())
}
