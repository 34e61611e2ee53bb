package node

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"io"
	mrand "math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"google.golang.org/protobuf/encoding/protowire"
)

// ends waits until the node has ended its side of a stream.
func ends(t *testing.T, s network.Stream) {
	t.Helper()
	s.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, s); err != nil && isTimeout(err) {
		t.Error("the node holds the stream for ever")
	}
	s.Reset()
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}

// What a contact's computer can say that makes no sense ends its session, and
// leaves the node as it was.
func TestNonsenseOnSession(t *testing.T) {
	tm := quick()
	tm.open = 500 * time.Millisecond
	tm.idle, tm.hurry = time.Hour, time.Hour // silence is not what ends a session here
	log := newPeerLog(t)
	n, r := testNode(t, log, tm), newRaw(t)
	random := make([]byte, 1000)
	rand.Read(random)
	begin := appendFrame(nil, opening(open{boot: 1, id: 1}))
	huge := protowire.AppendVarint(nil, 1<<62)
	for name, sent := range map[string][]byte{
		"nothing, the stream left open": nil,
		"half a length":                 {0x80},
		"a length and no more":          {100},
		"random bytes":                  random,
		"a huge length":                 huge,
		"a cell instead of open":        appendFrame(nil, frame{kind: kindCell, cell: []byte("x")}),
		"accept instead of open":        appendFrame(nil, frame{kind: kindAccept, n: 1}),
		"a huge length in session":      append(bytes.Clone(begin), huge...),
		"random bytes in session":       append(append(bytes.Clone(begin), 0xff, 0xff, 0x7f), random...),
		"open twice":                    append(bytes.Clone(begin), begin...),
		"accept in session":             append(bytes.Clone(begin), appendFrame(nil, frame{kind: kindAccept})...),
		"an empty cell in session":      append(bytes.Clone(begin), 2, 1<<3|2, 0),
	} {
		s, _ := r.session(n)
		if _, err := s.Write(sent); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ends(t, s)
		if log.wait("no session", func() bool { return !log.up[r.id()] }); len(log.cells[r.id()]) > 0 {
			t.Errorf("%s: a cell came of it", name)
		}
	}
	for range 200 { // whatever it is
		s, _ := r.session(n)
		sent := make([]byte, mrand.N(300))
		rand.Read(sent)
		if mrand.N(2) == 0 {
			s.Write(begin)
		}
		s.Write(sent)
		s.CloseWrite()
		ends(t, s)
	}
	_, in := r.session(n, opening(open{boot: 1, id: 2}))
	r.accepted(in)
}

func TestNonsenseOnInvite(t *testing.T) {
	tm := quick()
	tm.request = 500 * time.Millisecond
	log := newPeerLog(t)
	var asked atomic.Int32
	log.bundle = func(Token) ([]byte, Status) { asked.Add(1); return []byte("bundle"), OK }
	log.ask = func(Token, []byte) ([]byte, Status) { asked.Add(1); return nil, OK }
	n := testNode(t, log, tm)
	random := make([]byte, 1000)
	rand.Read(random)
	for name, sent := range map[string][]byte{
		"nothing":              nil,
		"a length and no more": {100},
		"a huge length":        protowire.AppendVarint(nil, 1<<62),
		"random bytes":         append([]byte{0xe8, 0x07}, random...),
		"a short token":        {3, 1<<3 | 2, 1, 1},
	} {
		r := newRaw(t) // its own, for the rate limit
		s := r.invite(n)
		if _, err := s.Write(sent); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ends(t, s)
	}
	if asked.Load() != 0 {
		t.Error("nonsense reached the handler")
	}
	alice := testNode(t, newPeerLog(t), quick())
	if b, s, err := alice.FetchBundle(context.Background(), routeTo(n), Token{}); err != nil || s != OK || string(b) != "bundle" {
		t.Fatal(b, s, err)
	}
}

func (r *raw) invite(n *Node) network.Stream {
	r.t.Helper()
	if _, err := r.dial(context.Background(), peerOf(n), n.host.ownAddrs()); err != nil {
		r.t.Fatal(err)
	}
	s, err := r.NewStream(context.Background(), peerOf(n), inviteProtocol)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// Strangers open thousands of streams, ask, or ask half, and hold on. Few are
// served, memory stays bounded, and a contact is served all the while.
func TestFloodOfInviteStreams(t *testing.T) {
	log := newPeerLog(t)
	var serving, most atomic.Int32
	log.ask = func(_ Token, cell []byte) ([]byte, Status) {
		most.Store(max(most.Load(), serving.Add(1)))
		defer serving.Add(-1)
		return cell, OK
	}
	n := testNode(t, log, defaultTimes)
	bobLog := newPeerLog(t)
	bob := testNode(t, bobLog, defaultTimes)
	bob.Keep(routeTo(n))
	bobLog.waitUp(n.ID())
	log.waitUp(bob.ID())

	runtime.GC()
	var before, during runtime.MemStats
	runtime.ReadMemStats(&before)
	const strangers, each, streams = 10, 20, 50
	large, small := encodeQuestion(Token{}, make([]byte, MaxCell)), encodeQuestion(Token{}, make([]byte, 1000))
	var wg sync.WaitGroup
	var opened, answered atomic.Int32
	stop := make(chan struct{})
	attack := func(r *raw) {
		defer wg.Done()
		for i := range streams {
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			s, err := r.NewStream(network.WithNoDial(ctx, "dialled"), peerOf(n), inviteProtocol)
			cancel()
			opened.Add(1)
			if err != nil {
				continue
			}
			s.SetDeadline(time.Now().Add(200 * time.Millisecond))
			switch i % 4 {
			case 0: // asks half, and holds on
				s.Write(large[:1000])
				go func() { <-stop; s.Reset() }()
			case 1: // asks, and does not read
				s.Write(large)
				go func() { <-stop; s.Reset() }()
			default:
				s.Write(small)
				if _, err := io.ReadFull(s, make([]byte, 1000)); err == nil {
					answered.Add(1)
				}
				s.Reset()
			}
		}
	}
	var raws []*raw
	for range strangers {
		r := newRaw(t)
		raws = append(raws, r)
		s := r.invite(n) // the first question of each is answered
		s.Write(small)
		s.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.ReadFull(s, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		s.Reset()
	}
	for _, r := range raws {
		for range each {
			wg.Add(1)
			go attack(r)
		}
	}
	for i := range 50 {
		cell := bytes.Repeat([]byte{byte(i)}, 4096)
		if err := bob.Send(n.ID(), cell); err != nil {
			t.Fatal(err)
		}
		if err := n.Send(bob.ID(), cell); err != nil {
			t.Fatal(err)
		}
	}
	log.wait("the contact's cells", func() bool { return len(log.cells[bob.ID()]) == 50 })
	bobLog.wait("the cells for the contact", func() bool { return len(bobLog.cells[n.ID()]) == 50 })
	wg.Wait()
	runtime.GC()
	runtime.ReadMemStats(&during)
	close(stop)
	if log.connects[bob.ID()] != 1 || !log.up[bob.ID()] {
		t.Error("the contact lost its session")
	}
	if m := most.Load(); m > inviteStreams {
		t.Errorf("%d questions were served at once", m)
	}
	if opened.Load() != strangers*each*streams {
		t.Errorf("%d streams tried", opened.Load())
	}
	grown := int64(during.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d streams tried, %d answered, heap grown by %d KiB (both sides)", opened.Load(), answered.Load(), grown>>10)
	if grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// One peer's questions are limited, others are still answered.
func TestInviteRatePerPeer(t *testing.T) {
	log := newPeerLog(t)
	log.bundle = func(Token) ([]byte, Status) { return []byte("bundle"), OK }
	n := testNode(t, log, defaultTimes)
	greedy, modest := testNode(t, newPeerLog(t), defaultTimes), testNode(t, newPeerLog(t), defaultTimes)
	refused := 0
	for range 3 * inviteBurstPeer {
		if _, _, err := greedy.FetchBundle(context.Background(), routeTo(n), Token{}); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no question was refused")
	}
	if _, _, err := modest.FetchBundle(context.Background(), routeTo(n), Token{}); err != nil {
		t.Error(err)
	}
}

// So many invite streams are open at a time, and no more, whoever asks.
func TestInviteStreamsAtOnce(t *testing.T) {
	v := newInviteServer(nil)
	var first peer.ID
	for range inviteStreams / inviteStreamsPeer {
		id := newRawID(t)
		first = cmp.Or(first, id)
		for range inviteStreamsPeer {
			if !v.enter(id) {
				t.Fatal("refused")
			}
		}
		if v.enter(id) {
			t.Fatal("one peer has more than its part")
		}
	}
	if v.enter(newRawID(t)) {
		t.Fatal("more streams than there should be")
	}
	v.leave(first)
	if !v.enter(newRawID(t)) {
		t.Fatal("a place that became free was not given")
	}
}

// Peers that ask once and never again are forgotten.
func TestInviteRateForgets(t *testing.T) {
	v := newInviteServer(nil)
	v.all.SetLimit(1 << 30)
	v.all.SetBurst(1 << 30)
	for range invitePeers {
		id := newRawID(t)
		if !v.enter(id) {
			t.Fatal("refused")
		}
		v.of[id].rate.SetLimit(0) // time stands still
		v.leave(id)
	}
	if v.enter(newRawID(t)) {
		t.Fatal("more peers are remembered than should be")
	}
	for _, u := range v.of { // and goes on
		u.rate.SetLimit(1e9)
	}
	if !v.enter(newRawID(t)) {
		t.Fatal("nobody was forgotten")
	}
}

// A contact's many session streams: the latest is the session, the others end.
func TestManySessionStreams(t *testing.T) {
	log := newPeerLog(t)
	n, r := testNode(t, log, quick()), newRaw(t)
	for i := range 300 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		if _, err := r.dial(ctx, peerOf(n), n.host.ownAddrs()); err != nil {
			t.Fatal(err)
		}
		s, err := r.NewStream(ctx, peerOf(n), sessionProtocol)
		cancel()
		if err != nil {
			continue
		}
		s.Write(appendFrame(nil, opening(open{boot: 1, id: uint64(i + 1)})))
	}
	open := 0
	for _, c := range n.host.swarm.ConnsToPeer(r.ID()) {
		for _, s := range c.GetStreams() {
			if s.Protocol() == sessionProtocol {
				open++
			}
		}
	}
	if open > 8 {
		t.Errorf("%d session streams are open", open)
	}
}

// Strangers take all the connections there are. A contact still gets one.
func TestFloodOfConnections(t *testing.T) {
	log, bobLog := newPeerLog(t), newPeerLog(t)
	n, bob := testNode(t, log, quick(), "/ip4/127.0.0.1/tcp/0"), testNode(t, bobLog, quick())
	n.Keep(Route{Peer: bob.ID()})
	addr := n.host.ownAddrs()[0]
	refused := 0
	for refused < 20 {
		r := newRaw(t)
		for range 8 { // as many as one peer can have
			c, err := r.swarm.TransportForDialing(addr).Dial(context.Background(), addr, peerOf(n))
			if err != nil {
				refused++
				continue
			}
			t.Cleanup(func() { c.Close() })
			// The dialler is done before the other side has decided.
			s, err := c.OpenStream(context.Background())
			if err == nil {
				_, err = s.Write([]byte("\x13/multistream/1.0.0\n"))
			}
			if err == nil {
				s.SetReadDeadline(time.Now().Add(time.Minute))
				_, err = io.ReadFull(s, make([]byte, 20))
			}
			if err != nil {
				refused++
			}
		}
	}
	before := len(n.host.swarm.Conns())
	bob.Keep(routeTo(n))
	bobLog.waitUp(n.ID())
	if after := len(n.host.swarm.Conns()); before < 200 || after < before {
		t.Errorf("%d connections, then %d: the contact did not need a place of its own", before, after)
	}
}
