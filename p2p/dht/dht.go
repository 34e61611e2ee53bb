// Package dht is a role for a node: a server of a Kademlia DHT of Sotto's own,
// which has nothing to do with anybody else's. It tells those who ask which
// servers are nearest to a key.
//
// It stores nothing for others: neither values nor who provides what. What may be
// stored, and how it is checked, is for those to say who look things up, of whom
// there are none yet.
package dht

import (
	"fmt"
	"io"
	"time"

	logging "github.com/ipfs/go-log/v2"
	kad "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"go.uber.org/zap/zapcore"

	"sotto/p2p/node"
)

// prefix stands before "/kad/1.0.0" in the name of the protocol, and keeps this
// DHT apart from all others.
const prefix = "/sotto"

// A message of the DHT can have 4 MiB, so few streams are taken.
const (
	streamsIn, streamsInPeer   = 32, 4
	streamsOut, streamsOutPeer = 64, 4
	conns                      = 64
)

// libp2p's DHT has a logger of its own, which writes addresses to stderr.
func init() { logging.SetPrimaryCore(zapcore.NewNopCore()) }

// DHT is a server that was not started yet, or runs on a node.
type DHT struct {
	bootstrap []peer.AddrInfo
	running   *kad.IpfsDHT
}

// New returns a server that gets to know others through the peers given; without
// any it waits for others. [DHT.Role] mounts it on one node.
func New(bootstrap []node.Route) (*DHT, error) {
	d := new(DHT)
	for _, r := range bootstrap {
		info := peer.AddrInfo{}
		var err error
		if info.ID, err = peer.Decode(string(r.Peer)); err != nil {
			return nil, fmt.Errorf("dht: peer id: %w", err)
		}
		for _, s := range r.Addrs {
			a, err := ma.NewMultiaddr(s)
			if err != nil {
				return nil, fmt.Errorf("dht: address: %w", err)
			}
			info.Addrs = append(info.Addrs, a)
		}
		d.bootstrap = append(d.bootstrap, info)
	}
	return d, nil
}

// Role is what to give the node. Start has to be called before Peers.
func (d *DHT) Role() node.Role {
	return node.Role{
		Name:  "dht",
		Conns: conns,
		Limits: []node.RoleLimit{{
			Protocol: prefix + "/kad/1.0.0",
			Inbound:  streamsIn, InboundPeer: streamsInPeer, Outbound: streamsOut, OutboundPeer: streamsOutPeer,
			Memory: 32 << 20,
		}},
		Start: func(h host.Host) (_ io.Closer, err error) {
			d.running, err = kad.New(h,
				kad.ProtocolPrefix(prefix),
				kad.Mode(kad.ModeServer),
				kad.DisableValues(), kad.DisableProviders(),
				kad.BootstrapPeers(d.bootstrap...),
				// Somebody else's word is no reason to knock at a door inside our own
				// network.
				kad.AddressFilter(public),
				kad.LookupCheckConcurrency(16),
				kad.RoutingTableRefreshPeriod(10*time.Minute),
			)
			return d.running, err
		},
	}
}

// Peers is how many other servers the node knows.
func (d *DHT) Peers() int {
	if d.running == nil {
		return 0
	}
	return d.running.RoutingTable().Size()
}

// public leaves out addresses that mean another computer, or none, from where
// they were heard.
func public(addrs []ma.Multiaddr) []ma.Multiaddr { return ma.FilterAddrs(addrs, manet.IsPublicAddr) }
