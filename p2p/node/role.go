package node

import (
	"fmt"
	"io"

	libp2phost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/protocol"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
)

// A Role is a part of libp2p that a node runs for others on its own host: a
// relay, a server of the DHT. What it may hold comes on top of what contacts and
// services have.
type Role struct {
	Name   string
	Limits []RoleLimit
	Conns  int // connections that others may open to the node, beyond those it takes anyway

	// Start begins the role, before the node listens. The closer ends it, before
	// the host is closed.
	Start func(h libp2phost.Host) (io.Closer, error)
}

// RoleLimit is what a role may hold of one protocol's streams. Limits of 0 allow
// nothing.
type RoleLimit struct {
	Protocol          string
	Inbound, Outbound int   // streams at once that others opened, and that the node opened
	InboundPeer       int   // the same, of one peer
	OutboundPeer      int   //
	Memory            int64 // bytes of libp2p's buffers for the protocol, and as many more for the node
}

// addTo adds what a role needs.
func (r Role) addTo(limits *rcmgr.PartialLimitConfig) {
	conns := rcmgr.LimitVal(r.Conns)
	limits.System.Conns += conns
	limits.System.ConnsInbound += conns
	limits.System.FD += conns
	streams := conns * limits.PeerDefault.StreamsInbound
	for _, l := range []*rcmgr.ResourceLimits{&limits.System, &limits.Transient} {
		l.Streams += streams
		l.StreamsInbound += streams
	}
	for _, p := range r.Limits {
		limits.System.Memory += rcmgr.LimitVal64(p.Memory)
		limits.System.Streams += rcmgr.LimitVal(p.Outbound)
		limits.System.StreamsOutbound += rcmgr.LimitVal(p.Outbound)
		limits.Protocol[protocol.ID(p.Protocol)] = rcmgr.ResourceLimits{
			Streams:        atLeastNone(p.Inbound + p.Outbound),
			StreamsInbound: atLeastNone(p.Inbound), StreamsOutbound: atLeastNone(p.Outbound),
			Memory: rcmgr.LimitVal64(max(p.Memory, 1)),
		}
		limits.ProtocolPeer[protocol.ID(p.Protocol)] = rcmgr.ResourceLimits{
			Streams:        atLeastNone(p.InboundPeer + p.OutboundPeer),
			StreamsInbound: atLeastNone(p.InboundPeer), StreamsOutbound: atLeastNone(p.OutboundPeer),
			Memory: rcmgr.LimitVal64(max(p.Memory, 1)),
		}
	}
}

// startRoles starts the roles one after the other.
func (n *Node) startRoles(roles []Role) error {
	for _, r := range roles {
		c, err := r.Start(n.host)
		if err != nil {
			return fmt.Errorf("node: %s: %w", r.Name, err)
		}
		n.roles = append(n.roles, c)
	}
	return nil
}

// stopRoles ends them, the last one first.
func (n *Node) stopRoles() {
	for i := len(n.roles) - 1; i >= 0; i-- {
		n.roles[i].Close()
	}
}

// Load is how much a node has open.
type Load struct {
	Connections int
	Streams     int
}

// Load counts what is open now, with peers of every kind.
func (n *Node) Load() (l Load) {
	for _, c := range n.host.swarm.Conns() {
		l.Connections++
		l.Streams += len(c.GetStreams())
	}
	return l
}
