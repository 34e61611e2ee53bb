package node

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	ma "github.com/multiformats/go-multiaddr"
)

func someID(t testing.TB) ID {
	t.Helper()
	id, err := IDFromKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRoute(t *testing.T) {
	all := []string{
		"/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/udp/4001/quic-v1",
		"/ip4/169.254.1.1/tcp/4001", "/ip4/169.254.1.1/udp/4001/quic-v1",
		"/ip4/192.168.1.7/tcp/4001", "/ip4/192.168.1.7/udp/4001/quic-v1",
		"/ip4/203.0.113.5/tcp/4001", "/ip4/203.0.113.5/udp/4001/quic-v1",
		"/ip6/2001:db8::1/tcp/4001", "/ip6/2001:db8::1/udp/4001/quic-v1",
	}
	for _, test := range []struct {
		name  string
		addrs []string
		max   int
		want  []string
	}{
		{"none", nil, 4, nil},
		{"no room", all, 0, nil},
		{"the best alone is QUIC", all, 1, []string{all[5]}},
		{"one of few is TCP", all, 3, []string{all[5], all[7], all[4]}},
		{"never loopback if there are others", all[:4], 9, []string{all[3], all[2]}},
		{"loopback if there is nothing else", all[:2], 9, []string{all[1], all[0]}},
		{"as many as fit", all, 99, []string{all[5], all[7], all[9], all[4], all[6], all[8]}},
		{"others are left out", []string{
			"/dns4/example.invalid/tcp/1", "/ip4/10.0.0.1/udp/1", "/ip4/10.0.0.1/tcp/1/ws", "nonsense",
			"/ip4/0.0.0.0/tcp/1", "/ip4/224.0.0.1/tcp/1", "/ip4/255.255.255.255/tcp/1", "/ip6/::/tcp/1", "/ip6/ff02::1/tcp/1",
			"/ip6/fe80::1/tcp/1", "/ip6/::ffff:10.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/0", "/ip4/10.0.0.1", "/tcp/1",
			"/ip4/10.0.0.1/tcp/1/p2p/" + string(someID(t)), "/ip4/10.0.0.1/tcp/1/p2p-circuit", "/ip6zone/eth0/ip6/fe80::1/tcp/1",
			"/ip4/10.0.0.1/udp/1/quic-v1/webtransport", strings.Repeat("/ip4/10.0.0.1", 100), "/ip4/10.0.0.9/tcp/9",
		}, 9, []string{"/ip4/10.0.0.9/tcp/9"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := Route{Peer: someID(t), Addrs: test.addrs}.Encode(test.max)
			if len(b) == 0 || len(b) > MaxRoute {
				t.Fatalf("%d bytes", len(b))
			}
			r, err := DecodeRoute(b)
			if err != nil || r.Peer != someID(t) || !slices.Equal(r.Addrs, test.want) {
				t.Fatalf("%q, %v", r, err)
			}
		})
	}
	if size := len(Route{Peer: someID(t), Addrs: all[4:6]}.Encode(2)); size != 38+9+12 {
		t.Errorf("two IPv4 addresses take %d bytes", size)
	}
	for _, bad := range []ID{"", "x", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"} {
		if b := (Route{Peer: bad}).Encode(1); b != nil {
			t.Errorf("peer %q became %x", bad, b)
		}
	}
}

func TestBadRoutes(t *testing.T) {
	good := Route{Peer: someID(t), Addrs: []string{"/ip4/10.0.0.1/tcp/1"}}.Encode(1)
	if _, err := DecodeRoute(good); err != nil {
		t.Fatal(err)
	}
	addr := func(s string) []byte { return ma.StringCast(s).Bytes() }
	with := func(addrs ...[]byte) []byte {
		b := bytes.Clone(good[:peerSize])
		for _, a := range addrs {
			b = append(append(b, byte(len(a))), a...)
		}
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"half a peer":     good[:20],
		"cut short":       good[:len(good)-1],
		"more":            append(bytes.Clone(good), 1),
		"an empty one":    with([]byte{}),
		"twice":           with(addr("/ip4/10.0.0.1/tcp/1"), addr("/ip4/10.0.0.1/tcp/1")),
		"a name":          with(addr("/dns4/a.invalid/tcp/1")),
		"unspecified":     with(addr("/ip4/0.0.0.0/tcp/1")),
		"port 0":          with(addr("/ip4/10.0.0.1/tcp/0")),
		"no port":         with(addr("/ip4/10.0.0.1")),
		"a long varint":   with([]byte{0x84, 0x00, 10, 0, 0, 1, 6, 0, 1}),
		"not an address":  with([]byte{0xff, 0xff, 0xff}),
		"another key":     append([]byte{0, 36, 8, 2, 18, 32}, make([]byte, 32)...),
		"fields swapped":  append(append([]byte{0, 36, 18, 32}, good[6:peerSize]...), 8, 1),
		"not a multihash": make([]byte, 38),
		"too large":       append(bytes.Clone(good), make([]byte, MaxRoute)...),
	} {
		if r, err := DecodeRoute(b); err == nil {
			t.Errorf("%s: taken as %q", name, r)
		}
	}
}

func FuzzRoute(f *testing.F) {
	for _, addrs := range [][]string{nil, {"/ip4/10.0.0.1/tcp/1"}, {"/ip4/10.0.0.1/udp/1/quic-v1", "/ip6/2001:db8::1/tcp/65535"}} {
		f.Add(Route{Peer: someID(f), Addrs: addrs}.Encode(9))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRoute(b)
		if err != nil {
			return
		}
		id, addrs, err := r.parse()
		if err != nil || len(addrs) != len(r.Addrs) {
			t.Fatalf("%q: %v", r, err)
		}
		again := []byte(id)
		for _, a := range addrs {
			again = append(append(again, byte(len(a.Bytes()))), a.Bytes()...)
		}
		if !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}

func TestVia(t *testing.T) {
	for addr, want := range map[string]Via{
		"/ip4/127.0.0.1/tcp/1":             LAN,
		"/ip6/::1/udp/1/quic-v1":           LAN,
		"/ip4/203.0.113.5/tcp/1":           Direct,
		"/ip4/10.99.99.99/tcp/1":           Direct, // private, but on no subnet of ours
		"/ip6/2001:db8::1/tcp/1":           Direct,
		"/ip4/127.0.0.1/tcp/1/p2p-circuit": Relayed,
	} {
		if got := viaOf(false, ma.StringCast(addr)); got != want {
			t.Errorf("%s: %q", addr, got)
		}
	}
	if got := viaOf(true, ma.StringCast("/ip4/127.0.0.1/tcp/1")); got != Relayed {
		t.Errorf("limited: %q", got)
	}
}

// However many addresses are handed in, and of whatever kind, few are kept.
func TestAddressesAreCapped(t *testing.T) {
	n := testNode(t, newPeerLog(t), quick())
	var addrs []string
	for i := range 1000 {
		addrs = append(addrs, fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", i), fmt.Sprintf("/dns4/%d.invalid/tcp/1", i))
	}
	c := n.contact(peerOf(testNode(t, newPeerLog(t), quick()))) // not kept: nothing is dialled
	for i := range 10 {
		c.learn(parseAddrs(addrs[100*i:])...)
	}
	if got := c.known(); len(got) != maxAddrs {
		t.Fatalf("%d addresses", len(got))
	}
}
