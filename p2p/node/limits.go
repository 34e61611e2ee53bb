package node

import (
	"math"
	"net/netip"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/x/rate"
)

const (
	// Above connsHigh connections those of peers without a session are closed
	// until connsLow are left.
	connsLow, connsHigh = 64, 96

	// One address may have this many connections at a time, and open this many
	// at once and then connRate a second. libp2p's own 8 and 0.2 would lock out
	// an office behind one address.
	connsPerAddress = 32
	connRate        = 1
)

// newLimits returns the resource manager: what all peers together and each
// peer alone may hold of connections, streams and memory. docs/network.md has
// the numbers in a table. All connections that strangers can have, with all
// the streams each can have, leave streams for contacts; for their connections
// see host.protect. Services come on top, so that they take nothing from contacts.
func newLimits(services []Service) (network.ResourceManager, error) {
	partial := rcmgr.PartialLimitConfig{
		System: rcmgr.ResourceLimits{
			Conns: 384, ConnsInbound: 256, ConnsOutbound: 192, FD: 512,
			Streams: 8192, StreamsInbound: 6144, StreamsOutbound: 2048,
			Memory: 256 << 20,
		},
		Transient: rcmgr.ResourceLimits{
			Conns: 192, ConnsInbound: 64, ConnsOutbound: 128, FD: 192,
			Streams: 8192, StreamsInbound: 6144, StreamsOutbound: 2048,
			Memory: 64 << 20,
		},
		PeerDefault: rcmgr.ResourceLimits{
			Conns: 8, ConnsInbound: 8, ConnsOutbound: 8, FD: 8,
			Streams: 32, StreamsInbound: 16, StreamsOutbound: 16,
			Memory: 48 << 20,
		},
		Protocol: map[protocol.ID]rcmgr.ResourceLimits{
			sessionProtocol: {Streams: 1024, StreamsInbound: 512, StreamsOutbound: 512, Memory: 192 << 20},
			inviteProtocol:  {Streams: 96, StreamsInbound: 64, StreamsOutbound: 32, Memory: 16 << 20},
			identify.ID:     {Streams: 512, StreamsInbound: 256, StreamsOutbound: 256, Memory: 16 << 20},
			identify.IDPush: {Streams: 512, StreamsInbound: 256, StreamsOutbound: 256, Memory: 16 << 20},
		},
		ProtocolPeer: map[protocol.ID]rcmgr.ResourceLimits{
			sessionProtocol: {Streams: 8, StreamsInbound: 4, StreamsOutbound: 4, Memory: 32 << 20},
			inviteProtocol:  {Streams: 12, StreamsInbound: 8, StreamsOutbound: 4, Memory: 8 << 20},
			identify.ID:     {Streams: 8, StreamsInbound: 4, StreamsOutbound: 8, Memory: 1 << 20},
			identify.IDPush: {Streams: 8, StreamsInbound: 4, StreamsOutbound: 8, Memory: 1 << 20},
		},
	}
	for _, v := range services {
		v.addTo(&partial)
	}
	limits := partial.Build(rcmgr.DefaultLimits.Scale(256<<20, 512))
	loopback4, loopback6 := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")
	burst := rate.Limit{RPS: connRate, Burst: connsPerAddress}
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits),
		rcmgr.WithMetricsDisabled(),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: connsPerAddress}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 56, ConnCount: connsPerAddress}, {PrefixLength: 48, ConnCount: 4 * connsPerAddress}}),
		rcmgr.WithNetworkPrefixLimit(
			[]rcmgr.NetworkPrefixLimit{{Network: loopback4, ConnCount: math.MaxInt}},
			[]rcmgr.NetworkPrefixLimit{{Network: loopback6, ConnCount: math.MaxInt}}),
		rcmgr.WithConnRateLimiters(&rate.Limiter{
			NetworkPrefixLimits: []rate.PrefixLimit{{Prefix: loopback4}, {Prefix: loopback6}},
			SubnetRateLimiter: rate.SubnetLimiter{
				IPv4SubnetLimits: []rate.SubnetLimit{{PrefixLength: 32, Limit: burst}},
				IPv6SubnetLimits: []rate.SubnetLimit{{PrefixLength: 56, Limit: burst}},
				GracePeriod:      time.Minute,
			},
		}))
}

// addTo adds what a service needs. Each of its connections may also have the
// streams that any other may.
func (v Service) addTo(limits *rcmgr.PartialLimitConfig) {
	conns, streams := rcmgr.LimitVal(v.Conns), rcmgr.LimitVal(v.Conns)*limits.PeerDefault.StreamsInbound
	for _, l := range []*rcmgr.ResourceLimits{&limits.System, &limits.Transient} {
		l.Streams += streams
		l.StreamsInbound += streams
	}
	limits.System.Conns += conns
	limits.System.ConnsInbound += conns
	limits.System.FD += conns
	limits.System.Memory += rcmgr.LimitVal64(v.Memory)
	limits.Protocol[protocol.ID(v.Protocol)] = rcmgr.ResourceLimits{
		Streams: atLeastNone(v.Streams), StreamsInbound: atLeastNone(v.Streams), StreamsOutbound: rcmgr.BlockAllLimit,
		Memory: rcmgr.LimitVal64(max(v.Memory, 1)),
	}
	limits.ProtocolPeer[protocol.ID(v.Protocol)] = rcmgr.ResourceLimits{
		Streams: atLeastNone(v.StreamsPeer), StreamsInbound: atLeastNone(v.StreamsPeer), StreamsOutbound: rcmgr.BlockAllLimit,
		Memory: rcmgr.LimitVal64(max(v.Memory, 1)),
	}
}

// atLeastNone keeps 0 from being read as libp2p's default.
func atLeastNone(n int) rcmgr.LimitVal {
	if n <= 0 {
		return rcmgr.BlockAllLimit
	}
	return rcmgr.LimitVal(n)
}
