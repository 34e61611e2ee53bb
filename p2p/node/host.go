package node

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/gologshim"
	basichost "github.com/libp2p/go-libp2p/p2p/host/basic"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/connmgr"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/quic-go/quic-go"
)

// What libp2p holds in package variables is set before anything can read it.
func init() {
	// Nothing of libp2p's or quic-go's may reach stderr: the desktop program
	// and scripts own it, and peer ids and addresses do not belong in logs.
	gologshim.SetDefaultHandler(slog.DiscardHandler)
	os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true")
	// Dials have a backoff of our own; libp2p's grows to 5 minutes.
	swarm.BackoffMax = 30 * time.Second
}

// An underlay makes connections to other peers and takes them: libp2p's swarm
// with TCP and QUIC. Hosts and dialers stand on one.
type underlay struct {
	swarm *swarm.Swarm
	quic  *quicreuse.ConnManager
	bus   event.Bus
}

// newUnderlay returns one that does not listen. It closes the resource manager
// at its end, and if it cannot be made.
func newUnderlay(key crypto.PrivKey, id peer.ID, limits network.ResourceManager, over Connector) (_ *underlay, err error) {
	undo := []func() error{limits.Close}
	defer func() {
		if err == nil {
			return
		}
		for i := len(undo) - 1; i >= 0; i-- {
			undo[i]()
		}
	}()
	store, err := pstoremem.NewPeerstore()
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	undo = append(undo, store.Close)
	if err := errors.Join(store.AddPrivKey(id, key), store.AddPubKey(id, key.GetPublic())); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	u := &underlay{bus: eventbus.NewBus()}
	u.swarm, err = swarm.NewSwarm(id, store, u.bus,
		swarm.WithResourceManager(limits),
		swarm.WithConnectionGater(gater{}),
		swarm.WithMultiaddrResolver(noDNS{}),
		swarm.WithDialTimeout(10*time.Second),
		// These count dials to computers that are switched off as proof that
		// UDP or IPv6 does not work here, and then stop using it.
		swarm.WithUDPBlackHoleSuccessCounter(nil),
		swarm.WithIPv6BlackHoleSuccessCounter(nil),
	)
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	undo = append(undo, u.swarm.Close)
	if err := u.addTransports(key, limits, over); err != nil {
		return nil, fmt.Errorf("node: transports: %w", err)
	}
	return u, nil
}

// Close ends all connections and stops listening.
func (u *underlay) Close() error {
	return errors.Join(u.swarm.Close(), u.quic.Close(), u.swarm.Peerstore().Close(), u.swarm.ResourceManager().Close())
}

// dial connects to a peer at one of the addresses, or returns a connection
// that is already open.
func (u *underlay) dial(ctx context.Context, id peer.ID, addrs []ma.Multiaddr) (network.Conn, error) {
	// Addresses that libp2p remembers of its own accord are not dialled, and
	// its backoff would only hide the real error: the pauses are ours.
	u.swarm.Peerstore().ClearAddrs(id)
	u.swarm.Peerstore().AddAddrs(id, addrs, peerstore.TempAddrTTL)
	u.swarm.Backoff().Clear(id)
	return u.swarm.DialPeer(ctx, id)
}

// A host is a libp2p host built from just the parts that are needed. The
// constructor of libp2p itself would add transports, relaying, reachability
// probes and metrics, which would have to be switched off one by one.
type host struct {
	*basichost.BasicHost
	*underlay

	mu        sync.Mutex
	protected map[peer.ID]bool
}

// newHost returns a host that does not listen yet. Beyond what it would take
// anyway it leaves places for so many further connections. It closes the
// resource manager at its end.
func newHost(seed []byte, limits network.ResourceManager, further int, over Connector) (*host, error) {
	key, id, err := transportKey(seed)
	if err != nil {
		limits.Close()
		return nil, err
	}
	under, err := newUnderlay(key, id, limits, over)
	if err != nil {
		return nil, err
	}
	trim, err := connmgr.NewConnManager(connsLow+further, connsHigh+further, connmgr.WithGracePeriod(20*time.Second))
	if err != nil {
		under.Close()
		return nil, fmt.Errorf("node: %w", err)
	}
	basic, err := basichost.NewHost(under.swarm, &basichost.HostOpts{
		EventBus:        under.bus,
		ConnManager:     trim,
		UserAgent:       "sotto",
		ProtocolVersion: "sotto/1",
		AddrsFactory:    usableOwn,
	})
	if err != nil {
		trim.Close()
		under.Close()
		return nil, fmt.Errorf("node: %w", err)
	}
	basic.Start()
	return &host{BasicHost: basic, underlay: under, protected: make(map[peer.ID]bool)}, nil
}

// addTransports gives the swarm TCP and QUIC, both under TLS 1.3. Noise is
// left out: it is not post-quantum, TLS negotiates X25519MLKEM768.
func (u *underlay) addTransports(key crypto.PrivKey, limits network.ResourceManager, over Connector) error {
	mux := *yamux.DefaultTransport
	mux.MaxStreamWindowSize = 1 << 20
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: &mux}}
	secure, err := libp2ptls.New(libp2ptls.ID, key, muxers)
	if err != nil {
		return err
	}
	up, err := upgrader.New([]sec.SecureTransport{secure}, muxers, nil, limits, gater{})
	if err != nil {
		return err
	}
	// Sharing a port (SO_REUSEPORT) would let two profiles of one person
	// listen on the same one, and the system hand connections to either.
	options := []tcp.Option{tcp.DisableReuseport()}
	if over != nil {
		options = append(options, tcp.WithDialerForAddr(func(ma.Multiaddr) (tcp.ContextDialer, error) { return over, nil }))
	}
	overTCP, err := tcp.NewTCPTransport(up, limits, nil, options...)
	if err != nil {
		return err
	}
	if err := u.swarm.AddTransport(overTCP); err != nil {
		return err
	}
	seed, err := key.Raw()
	if err != nil {
		return err
	}
	reset, err := hkdf.Key(sha256.New, seed, nil, "sotto quic stateless reset", len(quic.StatelessResetKey{}))
	if err != nil {
		return err
	}
	token, err := hkdf.Key(sha256.New, seed, nil, "sotto quic token", len(quic.TokenGeneratorKey{}))
	if err != nil {
		return err
	}
	u.quic, err = quicreuse.NewConnManager(quic.StatelessResetKey(reset), quic.TokenGeneratorKey(token),
		quicreuse.ConnContext(func(ctx context.Context, info *quic.ClientInfo) (context.Context, error) {
			remote, err := quicreuse.ToQuicMultiaddr(info.RemoteAddr, quic.Version1)
			if err != nil {
				return ctx, err
			}
			scope, err := limits.OpenConnection(network.DirInbound, false, remote)
			if err != nil {
				return ctx, err
			}
			context.AfterFunc(ctx, scope.Done)
			return network.WithConnManagementScope(ctx, scope), nil
		}),
		quicreuse.VerifySourceAddress(func(a net.Addr) bool { return limits.VerifySourceAddress(a) }),
	)
	if err != nil {
		return err
	}
	overQUIC, err := libp2pquic.NewTransport(key, u.quic, nil, gater{}, limits)
	if err != nil {
		return err
	}
	return u.swarm.AddTransport(overQUIC)
}

// Close ends all connections and stops listening.
func (h *host) Close() error {
	return errors.Join(h.BasicHost.Close(), h.quic.Close())
}

// ownAddrs returns the addresses others can dial, best first.
func (h *host) ownAddrs() []ma.Multiaddr { return expand(h.swarm.ListenAddresses()) }

// usableOwn filters what libp2p tells peers about our addresses.
func usableOwn(addrs []ma.Multiaddr) []ma.Multiaddr { return usable(rank(addrs)) }

// protection is the tag under which connections of contacts are not trimmed.
const protection = "contact"

// protect keeps the connections of a peer open however many others there are,
// and lets it connect when strangers have taken all the places.
func (h *host) protect(id peer.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.protected[id] {
		return
	}
	h.protected[id] = true
	h.ConnManager().Protect(id, protection)
	if allowed := rcmgr.GetAllowlist(h.swarm.ResourceManager()); allowed != nil {
		for _, a := range everywhere(id) {
			allowed.Add(a)
		}
	}
}

// unprotect ends what protect began.
func (h *host) unprotect(id peer.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.protected[id] {
		return
	}
	delete(h.protected, id)
	h.ConnManager().Unprotect(id, protection)
	if allowed := rcmgr.GetAllowlist(h.swarm.ResourceManager()); allowed != nil {
		for _, a := range everywhere(id) {
			allowed.Remove(a)
		}
	}
}

// everywhere is a peer at any address, as the resource manager writes it.
func everywhere(id peer.ID) []ma.Multiaddr {
	return []ma.Multiaddr{
		ma.StringCast("/ip4/0.0.0.0/ipcidr/0/p2p/" + id.String()),
		ma.StringCast("/ip6/::/ipcidr/0/p2p/" + id.String()),
	}
}

// connected reports whether a connection to the peer is open.
func (h *host) connected(id peer.ID) bool {
	return h.swarm.Connectedness(id) == network.Connected
}

// forget closes a peer's connections and removes what is stored about it.
func (h *host) forget(id peer.ID) {
	h.unprotect(id)
	h.swarm.ClosePeer(id)
	h.Peerstore().ClearAddrs(id)
	h.Peerstore().RemovePeer(id)
}

// A gater lets the swarm dial only what parseEndpoint accepts.
type gater struct{}

func (gater) InterceptPeerDial(peer.ID) bool                                  { return true }
func (gater) InterceptAddrDial(_ peer.ID, a ma.Multiaddr) bool                { return dialable(a) }
func (gater) InterceptAccept(network.ConnMultiaddrs) bool                     { return true }
func (gater) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }
func (gater) InterceptSecured(_ network.Direction, id peer.ID, _ network.ConnMultiaddrs) bool {
	return checkPeer(id) == nil
}

// noDNS answers every look-up with nothing, should one ever be tried.
type noDNS struct{}

func (noDNS) ResolveDNSAddr(context.Context, peer.ID, ma.Multiaddr, int, int) ([]ma.Multiaddr, error) {
	return nil, errors.New("node: names are not looked up")
}

func (noDNS) ResolveDNSComponent(context.Context, ma.Multiaddr, int) ([]ma.Multiaddr, error) {
	return nil, errors.New("node: names are not looked up")
}

// randomID returns a number that no other is equal to, never 0.
func randomID() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:]) | 1
}
