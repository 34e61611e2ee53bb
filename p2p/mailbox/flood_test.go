package mailbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/node"
)

// A flood is what strangers and a depositor do to a mailbox all at once.
type flood struct {
	t       *testing.T
	p       *post
	stop    chan struct{}
	held    sync.WaitGroup
	tried   atomic.Int32
	reached atomic.Int32
}

// stranger opens streams, and does to each one of the things that strangers can.
func (f *flood) stranger(d *node.Dialer, streams int) {
	unknown, route := NewQueue(), f.p.route()
	owner := ownerBody{owner: Owner{Seed: unknown.Deposit.Seed}.key()}
	for i := range streams {
		f.tried.Add(1)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		s, err := d.Open(ctx, route, protocolID)
		cancel()
		if err != nil {
			continue
		}
		r := &rawStream{Stream: s, t: f.t, signing: signing{mailbox: f.p.node.ID()}}
		s.SetWriteDeadline(time.Now().Add(time.Second))
		f.reached.Add(1)
		switch i % 6 {
		case 0: // says nothing
		case 1: // an oversized length
			s.Write(protowire.AppendVarint(nil, 1<<62))
		case 2: // no protobuf
			s.Write(protowire.AppendBytes(nil, randomCell(8000)))
		case 3: // the largest put, half of it, to no queue
			put := queueBody{id: unknown.Deposit.ID}
			for range MaxPut {
				put.envelopes, put.sizes = append(put.envelopes, Envelope{1}), append(put.sizes, MaxBytes/MaxPut)
			}
			s.Write(append(r.signed(1, opPut, put.encode(opPut), unknown.Deposit.Seed), make([]byte, MaxBytes/2)...))
		case 4: // questions, and does not read the answers
			var all []byte
			for n := range 100 {
				q := request{number: uint64(n + 1), op: opState, body: owner.encode(opState), signatures: [][]byte{make([]byte, 64)}}
				all = append(all, protowire.AppendBytes(nil, q.encode())...)
			}
			s.Write(all)
		case 5: // half a request
			s.Write([]byte{0xff, 0x20, 1, 2, 3})
		}
		f.held.Go(func() { // and holds on
			select {
			case <-f.stop:
			case <-time.After(200 * time.Millisecond):
			}
			s.Reset()
		})
	}
}

// depositor has the right to put, and puts far beyond the quota, begins puts
// that it does not end, and does not read answers.
func (f *flood) depositor(d *node.Dialer, q Queue) {
	base := randomCell(MaxCell)
	for i := uint64(0); ; {
		select {
		case <-f.stop:
			return
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		s, err := d.Open(ctx, f.p.route(), protocolID)
		cancel()
		if err != nil {
			continue
		}
		r := rawStreamOn(f.t, s, f.p)
		if r == nil {
			s.Reset()
			continue
		}
		s.SetWriteDeadline(time.Now().Add(2 * time.Second))
		for n := range 20 {
			cells, put := make([][]byte, MaxBytes/MaxCell), queueBody{id: q.Deposit.ID}
			for j := range cells {
				i++
				cells[j] = bytes.Clone(base)
				binary.BigEndian.PutUint64(cells[j], i)
				put.envelopes, put.sizes = append(put.envelopes, EnvelopeOf(cells[j])), append(put.sizes, MaxCell)
			}
			b := append(r.signed(uint64(n+1), opPut, put.encode(opPut), q.Deposit.Seed), bytes.Join(cells, nil)...)
			if n == 19 {
				b = b[:len(b)/2]
			}
			if _, err := s.Write(b); err != nil {
				break
			}
		}
		s.Reset()
	}
}

// TestFlood: 10,000 streams of strangers, and a depositor without measure.
// Memory and disk stay bounded; an owner and a depositor who behave are served
// all the while, and so is one who comes anew.
func TestFlood(t *testing.T) {
	l := DefaultLimits()
	l.Streams = 40
	l.QueueBytes, l.OwnerBytes, l.DiskBytes = 4<<20, 16<<20, 32<<20
	l.BytesInFlight = 16 << 20
	l.PutRate, l.PutBurst = 1000, 1000
	dir := t.TempDir()
	s := open(t, dir, l, OpenAccess())
	p := serve(t, s)
	alice, bob := dial(t, p), dial(t, p)
	q, _ := newQueue(t, alice)
	flooded, other := newQueue(t, alice)
	f := &flood{t: t, p: p, stop: make(chan struct{})}

	runtime.GC()
	var before, during runtime.MemStats
	runtime.ReadMemStats(&before)
	const strangers, workers, streams = 25, 4, 100
	var attack, depositors sync.WaitGroup
	for range strangers {
		d, err := node.NewDialer()
		ok(t, err)
		t.Cleanup(func() { d.Close() })
		for range workers {
			attack.Go(func() { f.stranger(d, streams) })
		}
	}
	for range 2 {
		d, err := node.NewDialer()
		ok(t, err)
		t.Cleanup(func() { d.Close() })
		depositors.Go(func() { f.depositor(d, flooded) })
	}
	over := make(chan struct{})
	go func() { attack.Wait(); close(over) }()

	// What goes on meanwhile, and what is largest of everything.
	var rounds, newcomers, most int
	var heap, disk int64
	for running := true; running; {
		select {
		case <-over:
			running = false
		default:
		}
		cell := randomCell(4096)
		outcomes, err := bob.Put(t.Context(), q.Deposit, [][]byte{cell})
		if err != nil || outcomes[0] != Stored {
			t.Fatalf("round %d: put: %v, %v", rounds, outcomes, err)
		}
		cells, _, err := alice.Fetch(t.Context(), q.Withdrawal, 0)
		if err != nil || len(cells) != 1 || !bytes.Equal(cells[0].Data, cell) {
			t.Fatalf("round %d: %d cells, %v", rounds, len(cells), err)
		}
		ok(t, alice.Delete(t.Context(), q.Withdrawal, []Envelope{EnvelopeOf(cell)}))
		if rounds%10 == 0 { // somebody who was not there before
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			var err error
			for again := true; again; {
				var c *Conn
				if c, err = Dial(ctx, p.route()); err == nil {
					err = c.Probe(ctx, q.Deposit)
					c.Close()
				}
				again = err != nil && ctx.Err() == nil
			}
			cancel()
			if err != nil {
				t.Fatalf("round %d: a newcomer: %v", rounds, err)
			}
			newcomers++
		}
		rounds++
		most = max(most, s.Stats().Streams)
		runtime.ReadMemStats(&during)
		heap = max(heap, int64(during.HeapAlloc)-int64(before.HeapAlloc))
		for _, e := range entries(t, dir) {
			disk = max(disk, e)
		}
	}
	close(f.stop)
	depositors.Wait()
	f.held.Wait()

	st := s.Stats()
	runtime.GC()
	runtime.ReadMemStats(&during)
	t.Logf("%d streams tried, %d reached the mailbox, at most %d open; heap grown by %d MiB at most (clients included), %d MiB in the end",
		f.tried.Load(), f.reached.Load(), most, heap>>20, (int64(during.HeapAlloc)-int64(before.HeapAlloc))>>20)
	t.Logf("%d cells over quota, %d requests too fast, %d refused; largest file %d MiB; meanwhile %d rounds of put, fetch, delete, %d newcomers",
		st.OverQuota, st.TooFast, st.Refused, disk>>20, rounds, newcomers)
	if f.tried.Load() != strangers*workers*streams {
		t.Errorf("%d streams tried", f.tried.Load())
	}
	if most > l.Streams {
		t.Errorf("%d streams at once", most)
	}
	if heap > 256<<20 {
		t.Errorf("the heap grew by %d MiB", heap>>20)
	}
	if disk > l.DiskBytes+16<<20 {
		t.Errorf("a file of %d bytes", disk)
	}
	if st.OverQuota == 0 {
		t.Error("the quota was not reached")
	}
	if state := s.box.state(other.key()); state.Bytes > l.QueueBytes {
		t.Errorf("the flooded queue has %d bytes", state.Bytes)
	}
}

// entries are the sizes of the files in a directory.
func entries(t testing.TB, dir string) (sizes []int64) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	ok(t, err)
	for _, n := range names {
		if info, err := os.Stat(n); err == nil {
			sizes = append(sizes, info.Size())
		}
	}
	return sizes
}

// Those who have proved nothing make room, the oldest first; those who have do
// not.
func TestStreamsMakeRoom(t *testing.T) {
	l := roomy()
	l.Streams = 3
	p := newPost(t, l)
	c := dial(t, p)
	q, _ := newQueue(t, c)
	idle := []*rawStream{rawDial(t, p), rawDial(t, p)}
	until(t, func() bool { return p.Stats().Streams == 3 })
	third := dial(t, p)
	if _, err := idle[0].in.ReadByte(); err == nil {
		t.Error("the oldest idle stream was not ended")
	}
	ok(t, third.Probe(t.Context(), q.Deposit))
	fourth := dial(t, p)
	if _, err := idle[1].in.ReadByte(); err == nil {
		t.Error("the other idle stream was not ended")
	}
	ok(t, fourth.Probe(t.Context(), q.Deposit))
	if fifth, err := Dial(t.Context(), p.route()); err == nil {
		t.Error("a fourth stream was served")
		fifth.Close()
	}
	for _, c := range []*Conn{c, third, fourth} {
		ok(t, c.Probe(t.Context(), q.Deposit))
	}
	if n := p.Stats().Streams; n != 3 {
		t.Errorf("%d streams", n)
	}
}

// A stream that proves nothing in time ends, and one that does not take its
// answers, and one that does not send what it announced.
func TestSlow(t *testing.T) {
	l := roomy()
	l.UnprovedTime, l.MessageTime, l.MinRate = 500*time.Millisecond, 500*time.Millisecond, 1<<20
	p := newPost(t, l)
	c := dial(t, p)
	q, _ := newQueue(t, c)
	ended := func(name string, r *rawStream) {
		t.Helper()
		r.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := r.in.ReadByte(); err == nil || os.IsTimeout(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended("says nothing", rawDial(t, p))
	half := rawDial(t, p)
	half.Write([]byte{100, 1})
	ended("half a request", half)
	put := rawDial(t, p)
	body := queueBody{id: q.Deposit.ID, envelopes: []Envelope{{1}}, sizes: []int{1000}}
	put.Write(put.signed(1, opPut, body.encode(opPut), q.Deposit.Seed))
	ended("half a put", put)

	var cells [][]byte
	for range 64 {
		cells = append(cells, randomCell(MaxBytes/64))
	}
	_, err := c.Put(t.Context(), q.Deposit, cells)
	ok(t, err)
	reader := rawDial(t, p)
	for n := range 20 {
		fetch := queueBody{id: q.Withdrawal.ID}
		reader.Write(reader.signed(uint64(n+1), opFetch, fetch.encode(opFetch), q.Withdrawal.Seed))
	}
	until(t, func() bool { return p.Stats().Streams == 1 })
	until(t, func() bool { // nothing counts as in flight any more
		all := p.Server.inFlight.TryAcquire(l.BytesInFlight)
		if all {
			p.Server.inFlight.Release(l.BytesInFlight)
		}
		return all
	})
	ok(t, c.Probe(t.Context(), q.Deposit))
}

// Watches cost little, and those that nothing comes for sleep on.
func TestManyWatches(t *testing.T) {
	l := roomy()
	p := newPost(t, l)
	const conns, each = 63, 16 // of them 1,008
	alice, owner := dial(t, p), Owner{Seed: NewSeed()}
	q := NewQueue()
	ok(t, alice.Create(t.Context(), owner, q))
	quiet := NewQueue()
	ok(t, alice.Create(t.Context(), owner, quiet))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	runtime.GC()
	var before, after runtime.MemStats
	var wg sync.WaitGroup
	var woken atomic.Int32
	var all []*Conn
	for range conns {
		all = append(all, dial(t, p))
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()
	for _, c := range all {
		for range each {
			wg.Go(func() {
				if _, err := c.Watch(ctx, []Watched{{Withdrawal: quiet.Withdrawal}}, MaxWait); err == nil {
					woken.Add(1)
				}
			})
		}
	}
	until(t, func() bool { return p.Stats().Watches == conns*each })
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d watches: %d bytes and %.1f goroutines each, the client's included", conns*each,
		(int64(after.HeapAlloc)-int64(before.HeapAlloc))/(conns*each), float64(runtime.NumGoroutine()-goroutines)/(conns*each))
	for range 20 {
		seen := make(chan error)
		go func() {
			s, err := alice.Watch(ctx, []Watched{{Withdrawal: q.Withdrawal}}, time.Minute)
			if err == nil && s[0] != Mail {
				t.Error(s)
			}
			seen <- err
		}()
		until(t, func() bool { return p.Stats().Watches == conns*each+1 })
		cell := randomCell(100)
		_, err := all[0].Put(ctx, q.Deposit, [][]byte{cell})
		ok(t, err)
		ok(t, <-seen)
		ok(t, alice.Delete(ctx, q.Withdrawal, []Envelope{EnvelopeOf(cell)}))
	}
	if n := woken.Load(); n != 0 {
		t.Errorf("%d watches woke for nothing", n)
	}
	_, err := all[0].Put(ctx, quiet.Deposit, [][]byte{[]byte("for all")})
	ok(t, err)
	wg.Wait()
	if n := woken.Load(); n != conns*each {
		t.Errorf("%d watches woke", n)
	}
}
