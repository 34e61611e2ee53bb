package relay

import (
	"context"
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	blankhost "github.com/libp2p/go-libp2p/p2p/host/blank"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/client"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/quic-go/quic-go"

	"sotto/p2p/node"
)

// nobody is a handler of a node that has no contacts.
type nobody struct{}

func (nobody) Admit(node.ID) bool                                   { return false }
func (nobody) Cell(node.ID, []byte)                                 {}
func (nobody) Connected(node.ID, node.Via, string)                  {}
func (nobody) Disconnected(node.ID)                                 {}
func (nobody) Bundle(node.Token) ([]byte, node.Status)              { return nil, node.Gone }
func (nobody) Request(node.Token, []byte) (b []byte, s node.Status) { return nil, node.Gone }
func (nobody) AddressesChanged()                                    {}

// serve runs a node with the roles, and returns where it is.
func serve(t *testing.T, roles ...node.Role) peer.AddrInfo {
	t.Helper()
	seed := make([]byte, 32)
	rand.Read(seed)
	n, err := node.New(node.Config{Key: seed, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1"}, Handler: nobody{}, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	info, err := peer.AddrInfoFromString(n.Addrs()[0] + "/p2p/" + string(n.ID()))
	if err != nil {
		t.Fatal(err)
	}
	return *info
}

// guest is a peer that does not listen, and uses relays.
func guest(t *testing.T) host.Host {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	check(err)
	id, err := peer.IDFromPrivateKey(key)
	check(err)
	store, err := pstoremem.NewPeerstore()
	check(err)
	check(store.AddPrivKey(id, key))
	s, err := swarm.NewSwarm(id, store, eventbus.NewBus())
	check(err)
	quicConns, err := quicreuse.NewConnManager(quic.StatelessResetKey{}, quic.TokenGeneratorKey{})
	check(err)
	transport, err := libp2pquic.NewTransport(key, quicConns, nil, nil, nil)
	check(err)
	check(s.AddTransport(transport))
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: yamux.DefaultTransport}}
	secure, err := libp2ptls.New(libp2ptls.ID, key, muxers)
	check(err)
	up, err := upgrader.New([]sec.SecureTransport{secure}, muxers, nil, nil, nil)
	check(err)
	h := blankhost.NewBlankHost(s)
	check(client.AddTransport(h, up))
	t.Cleanup(func() { h.Close(); quicConns.Close(); store.Close() })
	return h
}

func reserve(t *testing.T, h host.Host, relay peer.AddrInfo) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := client.Reserve(ctx, h, relay)
	return err
}

// Two peers that cannot be dialled reach each other, for as many bytes as a
// stranger may have.
func TestCircuit(t *testing.T) {
	limits := DefaultLimits()
	limits.Bytes = 64 << 10
	r := New(limits)
	at := serve(t, r.Role())
	alice, bob := guest(t), guest(t)
	if err := reserve(t, alice, at); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Reservations != 1 || s.Circuits != 0 {
		t.Errorf("%+v", s)
	}
	arrived := make(chan int64, 2)
	alice.SetStreamHandler("/test/1", func(s network.Stream) {
		n, _ := io.Copy(io.Discard, s)
		arrived <- n
	})

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	through := at.Addrs[0].Encapsulate(ma.StringCast("/p2p/" + at.ID.String() + "/p2p-circuit"))
	if err := bob.Connect(ctx, peer.AddrInfo{ID: alice.ID(), Addrs: []ma.Multiaddr{through}}); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Circuits != 1 {
		t.Errorf("%+v", s)
	}
	send := func(n int) int64 {
		s, err := bob.NewStream(network.WithAllowLimitedConn(ctx, "test"), alice.ID(), "/test/1")
		if err != nil {
			t.Fatal(err)
		}
		s.SetDeadline(time.Now().Add(20 * time.Second))
		s.Write(make([]byte, n))
		s.CloseWrite()
		select {
		case n := <-arrived:
			return n
		case <-ctx.Done():
			t.Fatal("nothing arrived")
			return 0
		}
	}
	if n := send(10_000); n != 10_000 {
		t.Errorf("%d bytes arrived of 10,000", n)
	}
	if n := send(200_000); n >= limits.Bytes {
		t.Errorf("%d bytes arrived, though %d are allowed", n, limits.Bytes)
	}
	if s := r.Stats(); s.Bytes < 10_000 || s.Refused != 0 {
		t.Errorf("%+v", s)
	}
}

// Places are finite, those of one address even more so.
func TestPlaces(t *testing.T) {
	limits := DefaultLimits()
	limits.ReservationsIP = 2
	r := New(limits)
	at := serve(t, r.Role())
	for i, want := range []bool{true, true, false} {
		if err := reserve(t, guest(t), at); (err == nil) != want {
			t.Errorf("place %d: %v", i+1, err)
		}
	}
	if s := r.Stats(); s.Reservations != 2 || s.Refused != 1 {
		t.Errorf("%+v", s)
	}
	bob := guest(t)
	through := at.Addrs[0].Encapsulate(ma.StringCast("/p2p/" + at.ID.String() + "/p2p-circuit"))
	if err := bob.Connect(t.Context(), peer.AddrInfo{ID: guest(t).ID(), Addrs: []ma.Multiaddr{through}}); err == nil {
		t.Error("somebody without a place was reached")
	}
}

// A node without the role is no relay.
func TestNoRelay(t *testing.T) {
	if err := reserve(t, guest(t), serve(t)); err == nil {
		t.Error("it gave a place")
	}
}
