package node

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// nearbyNode is a node that uses the local network and is reached from this
// computer alone.
func nearbyNode(t testing.TB) *Node {
	t.Helper()
	n, err := newNode(Config{Key: seed(), Listen: loopback, LAN: true, Handler: newPeerLog(t)}, quick())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// ears keep what was heard, by peer: other tests of this computer are heard too.
type ears struct {
	mu    sync.Mutex
	heard map[ID][]string
	at    map[ID][]string
}

func (e *ears) hear(r Route, shown []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard == nil {
		e.heard, e.at = map[ID][]string{}, map[ID][]string{}
	}
	e.heard[r.Peer] = append(e.heard[r.Peer], string(shown))
	e.at[r.Peer] = r.Addrs
}

func (e *ears) of(id ID) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard[id])
}

func (e *ears) wait(t testing.TB, id ID, shown string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !slices.Contains(e.of(id), shown); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute to hear %q", shown)
		}
	}
}

func openNearby(t testing.TB, n *Node, e *ears) *Nearby {
	t.Helper()
	b, err := n.Nearby(e.hear)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestNearby(t *testing.T) {
	alice, bob := nearbyNode(t), nearbyNode(t)
	var atAlice, atBob ears
	a, b := openNearby(t, alice, &atAlice), openNearby(t, bob, &atBob)
	a.Show([]byte("I am Alice"))
	atBob.wait(t, alice.ID(), "I am Alice")
	if got := atBob.at[alice.ID()]; !slices.Equal(got, alice.Addrs()) {
		t.Errorf("she is at %q, not %q", got, alice.Addrs())
	}
	b.Show([]byte("I am Bob"))
	atAlice.wait(t, bob.ID(), "I am Bob")
	b.Show([]byte("I am Bob, too"))
	atAlice.wait(t, bob.ID(), "I am Bob, too")
	if len(atAlice.of(alice.ID()))+len(atBob.of(bob.ID())) > 0 {
		t.Error("somebody heard themselves")
	}
	// Who only listens has nothing to show, and after the end nothing is heard.
	a.Close()
	before := len(atAlice.of(bob.ID()))
	b.Show([]byte("is anybody there"))
	b.Close()
	var later ears
	openNearby(t, bob, &later)
	openNearby(t, alice, &atAlice).Show([]byte("I am back"))
	later.wait(t, alice.ID(), "I am back")
	if after := atAlice.of(bob.ID()); len(after) != before {
		t.Errorf("heard while closed: %q", after[before:])
	}
}

func TestNearbyNeedsTheLAN(t *testing.T) {
	var e ears
	if _, err := testNode(t, newPeerLog(t), quick()).Nearby(e.hear); err != ErrNoLAN {
		t.Errorf("without LAN: %v", err)
	}
	n := nearbyNode(t)
	b := openNearby(t, n, &e)
	n.Close()
	b.Close() // it ended with the node
	if _, err := n.Nearby(e.hear); err != ErrClosed {
		t.Errorf("closed: %v", err)
	}
}

// What strangers send is taken only if it is whole, and of the addresses in it
// only those on networks of ours.
func TestNearbyHostile(t *testing.T) {
	n := nearbyNode(t)
	var e ears
	b := openNearby(t, n, &e)
	packet := func(id ID, addrs ...string) []byte {
		p, ok := encodeNearby(Route{Peer: id, Addrs: addrs}.Encode(maxAddrs), []byte("shown"))
		if !ok {
			t.Fatal("no packet")
		}
		return p
	}
	good := packet(someID(t), "/ip4/127.0.0.1/tcp/1")
	for what, p := range map[string][]byte{
		"empty":           {},
		"the magic alone": []byte(nearbyMagic),
		"another magic":   append([]byte("sotto near\x02"), good[len(nearbyMagic):]...),
		"cut short":       good[:len(good)-len("shown")],
		"too long":        append(slices.Clone(good), bytes.Repeat([]byte("x"), MaxShown)...),
		"far too long":    append(slices.Clone(good), make([]byte, 9000)...),
		"a route cut":     slices.Concat(good[:len(nearbyMagic)], []byte{peerSize - 1}, good[len(nearbyMagic)+1:]),
		"ours":            packet(n.ID(), "/ip4/127.0.0.1/tcp/1"),
		"nowhere":         packet(someID(t)),
		"elsewhere":       packet(someID(t), "/ip4/203.0.113.5/tcp/1"),
	} {
		b.packet(p, true)
		if len(e.heard) > 0 {
			t.Fatalf("%s was taken: %q", what, e.heard)
		}
	}
	b.packet(good, false)
	if len(e.heard) > 0 {
		t.Error("somebody on the network had us look at ourselves")
	}
	id := someID(t)
	here, there := Route{Peer: id, Addrs: []string{"/ip4/127.0.0.1/tcp/1"}}, Route{Peer: id, Addrs: []string{"/ip4/203.0.113.5/tcp/1"}}
	mixed, _ := encodeNearby(append(there.Encode(1), here.Encode(1)[peerSize:]...), []byte("shown"))
	b.packet(mixed, true)
	if got := e.at[id]; !slices.Equal(got, []string{"/ip4/127.0.0.1/tcp/1"}) {
		t.Errorf("at %q", got)
	}
	if _, ok := encodeNearby(make([]byte, peerSize), bytes.Repeat([]byte("x"), MaxShown+1)); ok {
		t.Error("more is shown than may be")
	}
}

// One address that sends without end is heard a little, and others go on; many
// are heard as much as this computer has time for.
func TestNearbyFlood(t *testing.T) {
	p, now := newPace(), time.Now()
	taken := func(from netip.Addr, times int) (n int) {
		for range times {
			if p.allow(from, now) {
				n++
			}
		}
		return n
	}
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }
	if got := taken(at(0), 1000); got != 2*nearbyRateFrom {
		t.Errorf("%d of one address at once", got)
	}
	if taken(at(1), 1) != 1 {
		t.Error("another is not heard beside it")
	}
	now = now.Add(time.Second)
	if got := taken(at(0), 1000); got != nearbyRateFrom {
		t.Errorf("%d of it in a second", got)
	}
	now = now.Add(time.Minute)
	sum := 0
	for i := range 10 * nearbyFrom {
		sum += taken(at(i), 1)
	}
	if sum != nearbyRate {
		t.Errorf("%d of very many at once", sum)
	}
	if len(p.of) > nearbyFrom {
		t.Errorf("%d addresses are remembered", len(p.of))
	}
}

func FuzzNearby(f *testing.F) {
	route := Route{Peer: someID(f), Addrs: []string{"/ip4/10.0.0.1/tcp/1", "/ip4/10.0.0.1/udp/1/quic-v1"}}
	whole, _ := encodeNearby(route.Encode(maxAddrs), []byte(strings.Repeat("shown", 10)))
	f.Add(whole)
	f.Add(whole[:len(nearbyMagic)+1])
	f.Add([]byte(nearbyMagic))
	f.Fuzz(func(t *testing.T, packet []byte) {
		r, shown, ok := decodeNearby(packet)
		if !ok {
			return
		}
		again, ok := encodeNearby(r.Encode(maxAddrs), shown)
		if len(shown) == 0 || len(shown) > MaxShown || !ok {
			t.Fatalf("%d bytes are shown", len(shown))
		}
		// A route is written best address first, so it may come in another order.
		if len(again) > len(packet) {
			t.Fatalf("%d bytes from %d", len(again), len(packet))
		}
	})
}
