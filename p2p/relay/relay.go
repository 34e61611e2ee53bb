// Package relay is a role for a node: it connects peers that cannot reach each
// other directly, by libp2p's circuit relay v2. A peer that nobody can dial
// reserves a place; others then reach it through the node. What goes through is
// encrypted between the two and cannot be read here, but the relay sees which
// peer id talks to which.
//
// Strangers may use it, so everything is finite: places, circuits, the time and
// the bytes of each (docs/network.md).
package relay

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	circuit "github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/relay"

	pb "github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/pb"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/proto"
	ma "github.com/multiformats/go-multiaddr"

	"sotto/p2p/node"
)

// Limits are what strangers may use.
type Limits struct {
	Reservations   int           // places at once
	ReservationsIP int           // of one IPv4 address or IPv6 address
	Keep           time.Duration // for which a place is kept without being renewed
	Circuits       int           // at once, of one peer, on either side
	Duration       time.Duration // of a circuit
	Bytes          int64         // of a circuit, each way
}

// DefaultLimits are those of a relay for strangers.
func DefaultLimits() Limits {
	return Limits{
		Reservations: 128, ReservationsIP: 8, Keep: time.Hour,
		Circuits: 8, Duration: 2 * time.Minute, Bytes: 128 << 10,
	}
}

// bufferSize is what is copied at once, in bytes; each circuit has two buffers.
const bufferSize = 4096

// Relay counts what a relay does.
type Relay struct {
	limits Limits

	reservations atomic.Int64
	circuits     atomic.Int64
	bytes        atomic.Int64
	refused      atomic.Int64
}

// New returns a relay, which [Relay.Role] mounts on one node.
func New(l Limits) *Relay { return &Relay{limits: l} }

// Role is what to give the node.
func (r *Relay) Role() node.Role {
	circuits := r.limits.Reservations * r.limits.Circuits
	return node.Role{
		Name:  "relay",
		Conns: 2 * r.limits.Reservations,
		Limits: []node.RoleLimit{
			{Protocol: string(proto.ProtoIDv2Hop), Inbound: circuits, InboundPeer: r.limits.Circuits + 2, Memory: 16 << 20},
			{Protocol: string(proto.ProtoIDv2Stop), Outbound: circuits, OutboundPeer: r.limits.Circuits, Memory: 16 << 20},
		},
		Start: func(h host.Host) (io.Closer, error) {
			return circuit.New(h,
				circuit.WithResources(circuit.Resources{
					Limit:                 &circuit.RelayLimit{Duration: r.limits.Duration, Data: r.limits.Bytes},
					ReservationTTL:        r.limits.Keep,
					MaxReservations:       r.limits.Reservations,
					MaxCircuits:           r.limits.Circuits,
					BufferSize:            bufferSize,
					MaxReservationsPerIP:  r.limits.ReservationsIP,
					MaxReservationsPerASN: r.limits.Reservations / 4,
				}),
				// A relay in a house or an office serves those in it, too.
				circuit.WithReservationAddressFilter(func(ma.Multiaddr) bool { return true }),
				circuit.WithMetricsTracer(tracer{r}))
		},
	}
}

// Stats is what a relay did so far, and has now.
type Stats struct {
	Reservations int64 // now
	Circuits     int64 // now
	Bytes        int64 // so far, both ways
	Refused      int64 // so far, reservations and circuits
}

// Stats counts.
func (r *Relay) Stats() Stats {
	return Stats{r.reservations.Load(), r.circuits.Load(), r.bytes.Load(), r.refused.Load()}
}

// tracer is told by libp2p.
type tracer struct{ *Relay }

func (t tracer) RelayStatus(bool)               {}
func (t tracer) ConnectionOpened()              { t.circuits.Add(1) }
func (t tracer) ConnectionClosed(time.Duration) { t.circuits.Add(-1) }
func (t tracer) ConnectionRequestHandled(s pb.Status) {
	t.handled(s)
}
func (t tracer) ReservationRequestHandled(s pb.Status) {
	t.handled(s)
}
func (t tracer) ReservationClosed(n int) { t.reservations.Add(int64(-n)) }
func (t tracer) BytesTransferred(n int)  { t.bytes.Add(int64(n)) }
func (t tracer) ReservationAllowed(renewed bool) {
	if !renewed {
		t.reservations.Add(1)
	}
}

func (t tracer) handled(s pb.Status) {
	if s != pb.Status_OK {
		t.refused.Add(1)
	}
}
