package node

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"sotto/p2p/p2ptest"
)

// A peer that is started again, at the same address, is reached again, and the
// handler hears of each end before the next beginning.
func TestRestartedPeer(t *testing.T) {
	aliceLog := newPeerLog(t)
	alice := testNode(t, aliceLog, quick())
	key, listen := seed(), loopback
	var bobID ID
	for run := 1; run <= 4; run++ {
		bobLog := newPeerLog(t)
		bob, err := newNode(Config{Key: key, Listen: listen, Handler: bobLog}, quick())
		if err != nil {
			t.Fatal(err)
		}
		bobID, listen = bob.ID(), bob.Addrs()
		alice.Keep(routeTo(bob))
		if run%2 == 0 {
			bob.Keep(routeTo(alice))
		}
		bobLog.waitUp(alice.ID())
		if err := bob.Send(alice.ID(), []byte{byte(run)}); err != nil {
			t.Fatal(err)
		}
		aliceLog.wait("a cell", func() bool { return len(aliceLog.cells[bobID]) == run })
		if err := bob.Close(); err != nil {
			t.Fatal(err)
		}
		aliceLog.waitDown(bobID)
	}
}

// The network between two nodes fails without a sign. Both notice, and a new
// session is opened as soon as there is a way.
func TestSilentFailure(t *testing.T) {
	tm := quick()
	tm.idle, tm.hurry, tm.dead = 300*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	lines := make(chan string, 100)
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog, Log: slog.New(lineLog(lines))}, tm)
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	bob := testNode(t, bobLog, tm, "/ip4/127.0.0.1/tcp/0")
	proxy := p2ptest.NewProxy(t, fmt.Sprintf("127.0.0.1:%d", bob.Port()))
	alice.Keep(Route{Peer: bob.ID(), Addrs: []string{fmt.Sprintf("/ip4/127.0.0.1/tcp/%d", proxy.Port())}})
	aliceLog.waitUp(bob.ID())
	bobLog.waitUp(alice.ID())
	proxy.Freeze()
	alice.Send(bob.ID(), []byte("lost"))
	for line := range lines { // it is our own doing, not that of TCP or yamux
		if strings.Contains(line, "no sign of life") {
			break
		}
		if strings.Contains(line, "session ended") {
			t.Fatal(line)
		}
	}
	aliceLog.wait("another session", func() bool { return aliceLog.connects[bob.ID()] >= 2 && aliceLog.up[bob.ID()] })
	bobLog.wait("another session", func() bool { return bobLog.connects[alice.ID()] >= 2 && bobLog.up[alice.ID()] })
	alice.Send(bob.ID(), []byte("found"))
	bobLog.wait("a cell", func() bool {
		cells := bobLog.cells[alice.ID()]
		return len(cells) > 0 && string(cells[len(cells)-1]) == "found"
	})
}

// While the handler is busy with one peer's cell, other peers are served, that
// peer's session lives on, and its cells wait in order.
func TestSlowHandler(t *testing.T) {
	tm := quick()
	tm.idle, tm.hurry, tm.dead, tm.busy, tm.enqueue = time.Minute, 20*time.Millisecond, time.Second, 50*time.Millisecond, time.Millisecond
	aliceLog, bobLog, carolLog := newPeerLog(t), newPeerLog(t), newPeerLog(t)
	alice, bob, carol := testNode(t, aliceLog, tm), testNode(t, bobLog, tm), testNode(t, carolLog, tm)
	release, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	aliceLog.cell = func(p ID, _ []byte) {
		if p == bob.ID() {
			once.Do(func() { close(stuck) })
			<-release
		}
	}
	bob.Keep(routeTo(alice))
	carol.Keep(routeTo(alice))
	bobLog.waitUp(alice.ID())
	carolLog.waitUp(alice.ID())
	sent := 0
	cell := make([]byte, MaxCell)
	for full := false; !full; {
		binary.BigEndian.PutUint32(cell, uint32(sent))
		switch err := bob.Send(alice.ID(), bytes.Clone(cell)); err {
		case nil:
			sent++
		case ErrBusy:
			full = true
		default:
			t.Fatal(err)
		}
	}
	<-stuck
	time.Sleep(tm.dead + tm.dead/2) // longer than silence would be tolerated
	for i := range 20 {
		if err := carol.Send(alice.ID(), []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	aliceLog.wait("Carol's cells", func() bool { return len(aliceLog.cells[carol.ID()]) == 20 })
	if n := len(aliceLog.cells[bob.ID()]); n != 0 {
		t.Fatalf("%d cells went past the slow handler", n)
	}
	close(release)
	aliceLog.wait("Bob's cells", func() bool { return len(aliceLog.cells[bob.ID()]) == sent })
	for i, c := range aliceLog.cells[bob.ID()] {
		if got := binary.BigEndian.Uint32(c); got != uint32(i) {
			t.Fatalf("cell %d came at place %d", got, i)
		}
	}
	if aliceLog.connects[bob.ID()] != 1 {
		t.Errorf("%d sessions", aliceLog.connects[bob.ID()])
	}
}

// Whoever is at an address, but is not the peer that is meant, gets nothing.
func TestSomebodyElseAtTheAddress(t *testing.T) {
	bobLog, eveLog := newPeerLog(t), newPeerLog(t)
	alice := testNode(t, newPeerLog(t), quick())
	bob, eve := testNode(t, bobLog, quick()), testNode(t, eveLog, quick())
	eveLog.bundle = func(Token) ([]byte, Status) { return []byte("forged"), OK }
	for _, addr := range eve.Addrs() { // each transport alone
		wrong := Route{Peer: bob.ID(), Addrs: []string{addr}}
		if b, s, err := alice.FetchBundle(context.Background(), wrong, Token{}); err == nil {
			t.Errorf("%s: answered with %q, %d", addr, b, s)
		}
		alice.Keep(wrong)
	}
	// With Bob's own addresses among the wrong ones he is reached.
	alice.Keep(routeTo(bob))
	bobLog.waitUp(alice.ID())
	if eveLog.connects[alice.ID()] != 0 {
		t.Error("a session with somebody else")
	}
}

// Drop ends the session, and Keep brings it back.
func TestDrop(t *testing.T) {
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	alice, bob := testNode(t, aliceLog, quick()), testNode(t, bobLog, quick())
	for run := 1; run <= 3; run++ {
		alice.Keep(routeTo(bob))
		aliceLog.waitUp(bob.ID())
		bobLog.waitUp(alice.ID())
		alice.Drop(bob.ID())
		aliceLog.waitDown(bob.ID())
		bobLog.waitDown(alice.ID())
		if err := alice.Send(bob.ID(), []byte("x")); err != ErrNoSession {
			t.Fatal(err)
		}
	}
	alice.Drop("nobody")
	alice.Drop(bob.ID())
	alice.Keep(Route{Peer: "nobody"})
	alice.Keep(routeTo(alice))
}

// A peer that is away is found when it comes, without waiting for the pause
// to end, if Retry is called.
func TestRetry(t *testing.T) {
	tm := quick()
	tm.first, tm.longest = time.Hour, time.Hour
	aliceLog, bobLog := newPeerLog(t), newPeerLog(t)
	lines := make(chan string, 100)
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog, Log: slog.New(lineLog(lines))}, tm)
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	key := seed()
	bob, err := newNode(Config{Key: key, Listen: loopback[:1], Handler: bobLog}, tm)
	if err != nil {
		t.Fatal(err)
	}
	route := routeTo(bob)
	bob.Close()
	alice.Keep(route)
	for line := range lines {
		if strings.HasPrefix(line, "cannot reach peer") {
			break
		}
	}
	if bob, err = newNode(Config{Key: key, Listen: route.Addrs, Handler: bobLog}, tm); err != nil {
		t.Fatal(err)
	}
	defer bob.Close()
	alice.Retry()
	aliceLog.waitUp(bob.ID())
}

// lineLog is a log handler that sends messages and their values to a channel.
type lineLog chan<- string

func (lineLog) Enabled(context.Context, slog.Level) bool { return true }
func (l lineLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l lineLog) WithGroup(string) slog.Handler          { return l }
func (l lineLog) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.Value.String()
		return true
	})
	select {
	case l <- line:
	default:
	}
	return nil
}

// A contact that gives signs of life but reads nothing does not hold a
// session, and memory, for ever.
func TestContactThatDoesNotRead(t *testing.T) {
	tm := quick()
	tm.write = 200 * time.Millisecond
	log := newPeerLog(t)
	n, r := testNode(t, log, tm), newRaw(t)
	s, in := r.session(n, opening(open{boot: 1, id: 1}))
	r.accepted(in)
	log.waitUp(r.id())
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				s.Write(appendFrame(nil, frame{kind: kindPong}))
			}
		}
	}()
	go func() {
		for n.Send(r.id(), make([]byte, MaxCell)) == nil {
		}
	}()
	log.waitDown(r.id())
}

func TestPingIsAnswered(t *testing.T) {
	log := newPeerLog(t)
	n, r := testNode(t, log, quick()), newRaw(t)
	_, in := r.session(n, opening(open{boot: 1, id: 1}), frame{kind: kindPing, n: 12345})
	r.accepted(in)
	f, err := readFrame(in)
	if err != nil || f.kind != kindPong || f.n != 12345 {
		t.Fatal(f, err)
	}
}

// A handler that never returns does not keep Close from returning.
func TestCloseWithStuckHandler(t *testing.T) {
	tm := quick()
	tm.close = 100 * time.Millisecond
	aliceLog := newPeerLog(t)
	release := make(chan struct{})
	defer close(release)
	stuck := make(chan struct{})
	aliceLog.cell = func(ID, []byte) { close(stuck); <-release }
	alice, err := newNode(Config{Key: seed(), Listen: loopback, Handler: aliceLog}, tm)
	if err != nil {
		t.Fatal(err)
	}
	bobLog := newPeerLog(t)
	bob := testNode(t, bobLog, quick())
	bob.Keep(routeTo(alice))
	bobLog.waitUp(alice.ID())
	bob.Send(alice.ID(), []byte("x"))
	<-stuck
	if err := alice.Close(); err == nil {
		t.Error("no word of the handler that did not return")
	}
	if err := alice.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := alice.FetchBundle(context.Background(), routeTo(bob), Token{}); err != ErrClosed {
		t.Error(err)
	}
	alice.Keep(routeTo(bob))
	alice.Retry()
}
