package mailbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sotto/p2p/node"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		serveUntilKilled(dir)
	}
	code := m.Run()
	if code == 0 && !benchmarking() {
		code = leaked()
	}
	os.Exit(code)
}

func benchmarking() bool {
	return slices.ContainsFunc(os.Args, func(a string) bool {
		return strings.HasPrefix(a, "-test.fuzz=") || strings.HasPrefix(a, "-test.bench=")
	})
}

// leaked waits for all goroutines of mailboxes and of the network to end, and
// returns 1 if they do not.
func leaked() int {
	buf := make([]byte, 1<<20)
	for range 100 {
		all := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(all, "libp2p") && !strings.Contains(all, "quic") && !strings.Contains(all, "sotto/p2p/mailbox.(*") {
			return 0
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Fprintf(os.Stderr, "goroutines left behind:\n%s\n", buf[:runtime.Stack(buf, true)])
	return 1
}

// nobody is a handler of a node that has no contacts.
type nobody struct{}

func (nobody) Admit(node.ID) bool                                   { return false }
func (nobody) Cell(node.ID, []byte)                                 {}
func (nobody) Connected(node.ID, node.Via, string)                  {}
func (nobody) Disconnected(node.ID)                                 {}
func (nobody) Bundle(node.Token) ([]byte, node.Status)              { return nil, node.Gone }
func (nobody) Request(node.Token, []byte) (b []byte, s node.Status) { return nil, node.Gone }
func (nobody) AddressesChanged()                                    {}

var loopback = []string{"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"}

// A fakeClock is set by a test.
type fakeClock struct {
	mu   sync.Mutex
	date time.Time
	ran  time.Duration
}

func newClock() *fakeClock { return &fakeClock{date: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)} }

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.date
}

func (c *fakeClock) running() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ran
}

// pass lets time pass: the date moves by one, the run by the other.
func (c *fakeClock) pass(date, run time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.date = c.date.Add(date)
	c.ran += run
}

// roomy are limits that are in nobody's way.
func roomy() Limits {
	l := DefaultLimits()
	l.PutRate, l.PutBurst = 1e9, 1e9
	l.RequestRate, l.RequestBurst = 1e9, 1e9
	return l
}

// A post is a mailbox on a node of its own.
type post struct {
	*Server
	node *node.Node
}

func (p *post) route() node.Route { return node.Route{Peer: p.node.ID(), Addrs: p.node.Addrs()} }

// serve mounts a mailbox on a node.
func serve(t testing.TB, s *Server) *post {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key)
	n, err := node.New(node.Config{Key: key, Listen: loopback, Handler: nobody{}, Services: []node.Service{s.Service()}})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{s, n}
	t.Cleanup(func() {
		if err := errors.Join(p.node.Close(), p.Server.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func open(t testing.TB, dir string, l Limits, a Access) *Server {
	t.Helper()
	s, err := Open(dir, l, a, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newPost is a mailbox open to all.
func newPost(t testing.TB, l Limits) *post {
	t.Helper()
	return serve(t, open(t, t.TempDir(), l, OpenAccess()))
}

func dial(t testing.TB, p *post) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), p.route())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// newQueue makes a queue and returns it with its owner.
func newQueue(t testing.TB, c *Conn) (Queue, Owner) {
	t.Helper()
	q, o := NewQueue(), Owner{Seed: NewSeed()}
	if err := c.Create(t.Context(), o, q); err != nil {
		t.Fatal(err)
	}
	return q, o
}

func randomCell(size int) []byte {
	cell := make([]byte, size)
	rand.Read(cell)
	return cell
}

func want(t testing.TB, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// drain fetches everything from the beginning.
func drain(t testing.TB, c *Conn, w Withdrawal) (all []Cell) {
	t.Helper()
	var after uint64
	for {
		cells, more, err := c.Fetch(context.Background(), w, after)
		ok(t, err)
		all = append(all, cells...)
		if !more {
			return all
		}
		after = cells[len(cells)-1].Number
	}
}
