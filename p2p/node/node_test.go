package node

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A peerLog is a handler that writes down what it is told, and checks the
// order in which it is told.
type peerLog struct {
	t      testing.TB
	admit  func(ID) bool
	cell   func(ID, []byte) // called for each cell if set
	bundle func(Token) ([]byte, Status)
	ask    func(Token, []byte) ([]byte, Status)

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced at every event
	up        map[ID]bool
	connects  map[ID]int
	via       map[ID]Via
	addr      map[ID]string
	cells     map[ID][][]byte
	addresses int
}

func newPeerLog(t testing.TB) *peerLog {
	return &peerLog{
		t: t, admit: func(ID) bool { return true }, changed: make(chan struct{}),
		up: map[ID]bool{}, connects: map[ID]int{}, via: map[ID]Via{}, addr: map[ID]string{}, cells: map[ID][][]byte{},
	}
}

func (l *peerLog) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait waits until f, which may read the log's fields, is true.
func (l *peerLog) wait(what string, f func() bool) {
	l.t.Helper()
	timeout := time.After(60 * time.Second)
	for {
		l.mu.Lock()
		ok, changed := f(), l.changed
		l.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			l.t.Fatalf("waited a minute for: %s", what)
		}
	}
}

func (l *peerLog) Admit(p ID) bool { return l.admit(p) }

func (l *peerLog) Cell(p ID, cell []byte) {
	if l.cell != nil {
		l.cell(p, cell)
	}
	l.note(func() {
		if !l.up[p] {
			l.t.Errorf("a cell outside of a session")
		}
		l.cells[p] = append(l.cells[p], cell)
	})
}

func (l *peerLog) Connected(p ID, via Via, addr string) {
	l.note(func() {
		if l.up[p] {
			l.t.Errorf("connected twice")
		}
		l.up[p], l.via[p], l.addr[p] = true, via, addr
		l.connects[p]++
	})
}

func (l *peerLog) Disconnected(p ID) {
	l.note(func() {
		if !l.up[p] {
			l.t.Errorf("disconnected without a session")
		}
		l.up[p] = false
	})
}

func (l *peerLog) Bundle(t Token) ([]byte, Status) {
	if l.bundle == nil {
		return nil, Gone
	}
	return l.bundle(t)
}

func (l *peerLog) Request(t Token, cell []byte) ([]byte, Status) {
	if l.ask == nil {
		return nil, Gone
	}
	return l.ask(t, cell)
}

func (l *peerLog) AddressesChanged() { l.note(func() { l.addresses++ }) }

func (l *peerLog) waitUp(p ID) {
	l.t.Helper()
	l.wait("a session", func() bool { return l.up[p] })
}

func (l *peerLog) waitDown(p ID) {
	l.t.Helper()
	l.wait("the end of a session", func() bool { return !l.up[p] })
}

var loopback = []string{"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"}

// quick has short pauses, so that tests do not wait for them.
func quick() times {
	t := defaultTimes
	t.first, t.longest, t.beat, t.settled = 20*time.Millisecond, 200*time.Millisecond, 20*time.Millisecond, 0
	return t
}

func seed() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}

func testNode(t testing.TB, l *peerLog, tm times, listen ...string) *Node {
	t.Helper()
	if listen == nil {
		listen = loopback
	}
	n, err := newNode(Config{Key: seed(), Listen: listen, Handler: l}, tm)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func routeTo(n *Node) Route { return Route{Peer: n.ID(), Addrs: n.Addrs()} }

func TestCellsGoBothWays(t *testing.T) {
	for _, transport := range []string{"tcp/0", "udp/0/quic-v1"} {
		t.Run(strings.ReplaceAll(transport, "/", "-"), func(t *testing.T) {
			aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
			alice := testNode(t, aliceLog, quick(), "/ip4/127.0.0.1/"+transport)
			bob := testNode(t, bobLog, quick(), "/ip4/127.0.0.1/"+transport)
			if err := alice.Send(bob.ID(), []byte("early")); err != ErrNoSession {
				t.Fatalf("sent without a session: %v", err)
			}
			alice.Keep(routeTo(bob))
			aliceLog.waitUp(bob.ID())
			bobLog.waitUp(alice.ID())
			const count = 200
			for i := range count {
				size := 1 + i*MaxCell/count
				if i == count-1 {
					size = MaxCell
				}
				cell := bytes.Repeat([]byte{byte(i)}, size)
				if err := alice.Send(bob.ID(), cell); err != nil {
					t.Fatal(err)
				}
				if err := bob.Send(alice.ID(), cell); err != nil {
					t.Fatal(err)
				}
			}
			for _, end := range []struct {
				log  *peerLog
				from ID
			}{{aliceLog, bob.ID()}, {bobLog, alice.ID()}} {
				end.log.wait("all cells", func() bool { return len(end.log.cells[end.from]) == count })
				for i, c := range end.log.cells[end.from] {
					if c[0] != byte(i) || i == count-1 && len(c) != MaxCell {
						t.Fatalf("cell %d is out of order or cut", i)
					}
				}
				if end.log.connects[end.from] != 1 || end.log.via[end.from] != LAN {
					t.Fatalf("%d sessions, via %q", end.log.connects[end.from], end.log.via[end.from])
				}
			}
			if got := aliceLog.addr[bob.ID()]; got != bob.Addrs()[0] {
				t.Fatalf("session at %q, Bob listens on %q", got, bob.Addrs())
			}
			if err := alice.Send(bob.ID(), make([]byte, MaxCell+1)); err != ErrTooLarge {
				t.Fatal(err)
			}
		})
	}
}

func TestInvitation(t *testing.T) {
	inviter := newPeerLog(t)
	inviter.admit = func(ID) bool { return false }
	known := Token{1, 2, 3}
	inviter.bundle = func(got Token) ([]byte, Status) {
		if got != known {
			return nil, Gone
		}
		return bytes.Repeat([]byte{7}, 16384), OK
	}
	inviter.ask = func(got Token, cell []byte) ([]byte, Status) {
		if got != known {
			return nil, Gone
		}
		if len(cell) != 16384 {
			return nil, Refused
		}
		return []byte("answer"), Pending
	}
	alice := testNode(t, inviter, quick())
	bob := testNode(t, newPeerLog(t), quick())
	ctx := context.Background()
	bundle, s, err := bob.FetchBundle(ctx, routeTo(alice), known)
	if err != nil || s != OK || len(bundle) != 16384 {
		t.Fatal(len(bundle), s, err)
	}
	if b, s, err := bob.FetchBundle(ctx, routeTo(alice), Token{9}); err != nil || s != Gone || b != nil {
		t.Fatal(b, s, err)
	}
	answer, s, err := bob.SendRequest(ctx, routeTo(alice), known, make([]byte, 16384))
	if err != nil || s != Pending || string(answer) != "answer" {
		t.Fatal(answer, s, err)
	}
	if _, s, err = bob.SendRequest(ctx, routeTo(alice), known, []byte("short")); err != nil || s != Refused {
		t.Fatal(s, err)
	}
	if _, _, err = bob.SendRequest(ctx, routeTo(alice), known, nil); err != ErrTooLarge {
		t.Fatal(err)
	}
}

func benchmarking() bool {
	for _, a := range os.Args {
		if strings.HasPrefix(a, "-test.fuzz=") || strings.HasPrefix(a, "-test.bench=") {
			return true
		}
	}
	return false
}

// leaked waits for all goroutines of nodes to end, and returns 1 if they do not.
func leaked() int {
	buf := make([]byte, 1<<20)
	for range 100 {
		buf = buf[:cap(buf)]
		buf = buf[:runtime.Stack(buf, true)]
		if !strings.Contains(string(buf), "libp2p") && !strings.Contains(string(buf), "sotto/p2p/node.(*") && !strings.Contains(string(buf), "quic") {
			return 0
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", buf)
	return 1
}
