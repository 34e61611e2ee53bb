package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/node"
	"sotto/p2p/wire"
)

// A rawStream is a stream on which a test says what it likes.
type rawStream struct {
	node.Stream
	t  testing.TB
	in *bufio.Reader
	signing
}

func rawDial(t testing.TB, p *post) *rawStream {
	t.Helper()
	d, err := node.NewDialer()
	ok(t, err)
	t.Cleanup(func() { d.Close() })
	return rawOpen(t, d, p)
}

func rawOpen(t testing.TB, d *node.Dialer, p *post) *rawStream {
	t.Helper()
	s, err := d.Open(t.Context(), p.route(), protocolID)
	ok(t, err)
	r := &rawStream{Stream: s, t: t, in: bufio.NewReader(s), signing: signing{mailbox: p.node.ID()}}
	s.SetReadDeadline(time.Now().Add(time.Minute))
	hello, err := wire.Read(r.in, 64)
	ok(t, err)
	r.nonce, err = decodeHello(hello)
	ok(t, err)
	return r
}

// signed is a request as a client sends it.
func (r *rawStream) signed(number uint64, op operation, body []byte, keys ...Seed) []byte {
	q := request{number: number, op: op, body: body}
	for _, k := range keys {
		q.signatures = append(q.signatures, ed25519.Sign(k.private(), r.message(number, op, body)))
	}
	return protowire.AppendBytes(nil, q.encode())
}

// say writes, and hears what the answer is: nil if the stream ends.
func (r *rawStream) say(b []byte) *answer {
	r.t.Helper()
	if _, err := r.Write(b); err != nil {
		return nil
	}
	r.SetReadDeadline(time.Now().Add(time.Minute))
	body, err := wire.Read(r.in, maxAnswer)
	if err != nil {
		return nil
	}
	a, err := decodeAnswer(body)
	ok(r.t, err)
	return a
}

// The right to a queue is good on its own stream, at its own mailbox, for its
// own request, once.
func TestSignaturesCover(t *testing.T) {
	p, other := newPost(t, roomy()), newPost(t, roomy())
	c := dial(t, p)
	q, owner := newQueue(t, c)
	ok(t, dial(t, other).Create(t.Context(), owner, q)) // the same queue at both
	_, err := c.Put(t.Context(), q.Deposit, [][]byte{[]byte("cell")})
	ok(t, err)

	first, second := rawDial(t, p), rawDial(t, p)
	probe := queueBody{id: q.Deposit.ID}
	body := probe.encode(opProbe)
	good := first.signed(1, opProbe, body, q.Deposit.Seed)
	if a := first.say(good); a == nil || a.status != statusOK {
		t.Fatalf("a good probe: %+v", a)
	}
	if first.nonce == second.nonce {
		t.Error("two streams have one nonce")
	}
	if a := second.say(good); a == nil || a.status != statusRefused {
		t.Errorf("replayed on another stream: %+v", a)
	}
	if a := first.say(good); a != nil {
		t.Errorf("replayed on the same stream: %+v", a)
	}

	// What stands between two mailboxes hands on one's nonce as its own.
	elsewhere := rawDial(t, other)
	relayed := *elsewhere
	relayed.mailbox = p.node.ID()
	if a := elsewhere.say(relayed.signed(1, opProbe, body, q.Deposit.Seed)); a == nil || a.status != statusRefused {
		t.Errorf("signed for another mailbox: %+v", a)
	}

	s := rawDial(t, p)
	for i, c := range []struct {
		name   string
		number uint64
		op     operation
		body   []byte
	}{
		{"another operation", 10, opRemove, (&ownerBody{owner: owner.key(), withdrawal: q.Withdrawal.ID}).encode(opRemove)},
		{"another number", 20, opProbe, body},
		{"another body", 30, opFetch, (&queueBody{id: q.Withdrawal.ID}).encode(opFetch)},
	} {
		key := map[operation]Seed{opRemove: owner.Seed, opProbe: q.Deposit.Seed, opFetch: q.Withdrawal.Seed}[c.op]
		r := request{number: c.number, op: c.op, body: c.body}
		signed := s.message(c.number, c.op, c.body)
		switch i {
		case 0:
			signed = s.message(c.number, opState, c.body)
		case 1:
			signed = s.message(c.number+1, c.op, c.body)
		case 2:
			signed = s.message(c.number, c.op, (&queueBody{id: q.Withdrawal.ID, after: 1}).encode(opFetch))
		}
		r.signatures = [][]byte{ed25519.Sign(key.private(), signed)}
		if a := s.say(protowire.AppendBytes(nil, r.encode())); a == nil || a.status != statusRefused {
			t.Errorf("signature for %s: %+v", c.name, a)
		}
		r.number++
		r.signatures = [][]byte{ed25519.Sign(key.private(), s.message(r.number, c.op, c.body))}
		if a := s.say(protowire.AppendBytes(nil, r.encode())); i > 0 && (a == nil || a.status != statusOK) {
			t.Errorf("the right signature instead of that for %s: %+v", c.name, a)
		} else if i == 0 {
			ok(t, dial(t, p).Create(t.Context(), owner, q)) // it was removed
		}
	}
}

// Whoever asks about a queue that is unknown, or removed, or not theirs, gets
// the same bytes.
func TestUnknownAndForbiddenAlike(t *testing.T) {
	p := newPost(t, roomy())
	c := dial(t, p)
	q, owner := newQueue(t, c)
	removed, _ := newQueue(t, c)
	gone := NewQueue()
	ok(t, c.Create(t.Context(), owner, gone))
	ok(t, c.Remove(t.Context(), owner, gone.Withdrawal.ID))
	cell := []byte("cell")
	ask := func(op operation, id ID, key Seed, signatures int) []byte {
		r := rawDial(t, p)
		body := queueBody{id: id}
		var after []byte
		switch op {
		case opPut:
			body.envelopes, body.sizes = []Envelope{EnvelopeOf(cell)}, []int{len(cell)}
			after = cell
		case opDelete:
			body.envelopes = []Envelope{EnvelopeOf(cell)}
		}
		b := body.encode(op)
		if op == opWatch {
			b = (&watchBody{ids: []ID{id}, after: []uint64{0}}).encode()
		}
		if op == opRemove {
			b = (&ownerBody{owner: owner.key(), withdrawal: id}).encode(op)
		}
		r.Write(append(r.signed(1, op, b, key), after...))
		r.SetReadDeadline(time.Now().Add(time.Minute))
		answer, err := wire.Read(r.in, maxAnswer)
		ok(t, err)
		return answer
	}
	stranger := NewQueue()
	for _, op := range []operation{opPut, opProbe, opFetch, opDelete, opWatch} {
		right := func(q Queue) (ID, Seed) { return q.Withdrawal.ID, q.Withdrawal.Seed }
		wrong := q.Deposit.Seed // the other right to the same queue
		crossed := q.Deposit.ID
		if op == opPut || op == opProbe {
			right = func(q Queue) (ID, Seed) { return q.Deposit.ID, q.Deposit.Seed }
			wrong, crossed = q.Withdrawal.Seed, q.Withdrawal.ID
		}
		id, key := right(q)
		unknownID, unknownKey := right(stranger)
		goneID, goneKey := right(gone)
		unknown := ask(op, unknownID, unknownKey, 1)
		for name, got := range map[string][]byte{
			"removed":           ask(op, goneID, goneKey, 1),
			"forbidden":         ask(op, id, unknownKey, 1),
			"the other right":   ask(op, id, wrong, 1),
			"the other id":      ask(op, crossed, key, 1),
			"the owner's right": ask(op, id, owner.Seed, 1),
		} {
			if !bytes.Equal(got, unknown) {
				t.Errorf("operation %d, %s: %x, and unknown: %x", op, name, got, unknown)
			}
		}
		if allowed := ask(op, id, key, 1); bytes.Equal(allowed, unknown) {
			t.Errorf("operation %d: allowed is answered like unknown", op)
		}
	}
	if a, b := ask(opRemove, stranger.Withdrawal.ID, owner.Seed, 1), ask(opRemove, removed.Withdrawal.ID, owner.Seed, 1); !bytes.Equal(a, b) {
		t.Errorf("removing what is unknown: %x, what is another's: %x", a, b)
	}
}

// A queue that is not there has a key too, so that asking costs as much.
func TestUnknownHasAKey(t *testing.T) {
	b := newTestBox(t, roomy(), newClock())
	q := NewQueue()
	b.create2(Owner{Seed: NewSeed()}, q)
	for _, find := range []func(ID) (*queue, publicKey){b.toDeposit, b.toWithdraw} {
		found, key := find(ID{1})
		again, same := find(ID{2})
		if found != nil || again != nil || key != same {
			t.Fatal("unknown ids differ")
		}
		if key == (publicKey{}) { // refused before any work is done
			t.Error("no key")
		}
	}
}

// Nonsense ends the stream that it came on.
func TestNonsense(t *testing.T) {
	p := newPost(t, roomy())
	c := dial(t, p)
	q, _ := newQueue(t, c)
	probe := queueBody{id: q.Deposit.ID}
	body := probe.encode(opProbe)
	put := func(claimed Envelope, size int) []byte {
		return (&queueBody{id: q.Deposit.ID, envelopes: []Envelope{claimed}, sizes: []int{size}}).encode(opPut)
	}
	for name, sent := range map[string]func(r *rawStream) []byte{
		"an endless length": func(*rawStream) []byte { return bytes.Repeat([]byte{0xff}, 11) },
		"a huge request":    func(*rawStream) []byte { return protowire.AppendVarint(nil, maxRequest+1) },
		"nothing":           func(*rawStream) []byte { return []byte{0} },
		"random bytes":      func(*rawStream) []byte { return protowire.AppendBytes(nil, randomCell(500)) },
		"number 0":          func(r *rawStream) []byte { return r.signed(0, opProbe, body, q.Deposit.Seed) },
		"no signature":      func(r *rawStream) []byte { return r.signed(1, opProbe, body) },
		"two signatures":    func(r *rawStream) []byte { return r.signed(1, opProbe, body, q.Deposit.Seed, q.Deposit.Seed) },
		"operation 0":       func(r *rawStream) []byte { return r.signed(1, 0, body, q.Deposit.Seed) },
		"operation 9":       func(r *rawStream) []byte { return r.signed(1, 9, body, q.Deposit.Seed) },
		"an empty body":     func(r *rawStream) []byte { return r.signed(1, opProbe, nil, q.Deposit.Seed) },
		"another's body":    func(r *rawStream) []byte { return r.signed(1, opState, body, q.Deposit.Seed) },
		"an empty cell":     func(r *rawStream) []byte { return r.signed(1, opPut, put(EnvelopeOf(nil), 0), q.Deposit.Seed) },
		"a huge cell":       func(r *rawStream) []byte { return r.signed(1, opPut, put(Envelope{}, MaxCell+1), q.Deposit.Seed) },
		"a cell of another name": func(r *rawStream) []byte {
			return append(r.signed(1, opPut, put(Envelope{1}, 4), q.Deposit.Seed), "cell"...)
		},
		"a long watch": func(r *rawStream) []byte {
			w := watchBody{ids: []ID{q.Withdrawal.ID}, after: []uint64{0}, wait: uint64(MaxWait.Milliseconds()) + 1}
			return r.signed(1, opWatch, w.encode(), q.Withdrawal.Seed)
		},
		"a watch with a signature missing": func(r *rawStream) []byte {
			w := watchBody{ids: []ID{q.Withdrawal.ID, q.Withdrawal.ID}, after: []uint64{0, 0}}
			return r.signed(1, opWatch, w.encode(), q.Withdrawal.Seed)
		},
	} {
		r := rawDial(t, p)
		if a := r.say(sent(r)); a != nil {
			t.Errorf("%s: answered %+v", name, a)
		}
	}
	ok(t, c.Probe(t.Context(), q.Deposit))
	if cells := drain(t, c, q.Withdrawal); len(cells) != 0 {
		t.Errorf("%d cells were stored", len(cells))
	}
}

func TestAccess(t *testing.T) {
	secret, stranger := NewSeed(), NewSeed()
	mine := Owner{Seed: NewSeed()}
	for name, c := range map[string]struct {
		access Access
		owner  Owner
		want   error
	}{
		"open":              {OpenAccess(), Owner{Seed: stranger}, nil},
		"secret":            {SecretAccess(secret), Owner{Seed: stranger, Secret: secret}, nil},
		"another secret":    {SecretAccess(secret), Owner{Seed: stranger, Secret: stranger}, ErrRefused},
		"no secret":         {SecretAccess(secret), Owner{Seed: stranger}, ErrRefused},
		"bound":             {OwnersAccess(mine.Seed.Public()), mine, nil},
		"bound to another":  {OwnersAccess(mine.Seed.Public()), Owner{Seed: stranger}, ErrRefused},
		"to nobody":         {Access{}, mine, ErrRefused},
		"bound to bad keys": {OwnersAccess(nil, []byte{1}), Owner{Seed: stranger}, ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			p := serve(t, open(t, t.TempDir(), roomy(), c.access))
			conn := dial(t, p)
			_, err := conn.State(t.Context(), c.owner)
			if err != c.want {
				t.Errorf("state: %v, want %v", err, c.want)
			}
			if err := conn.Create(t.Context(), c.owner, NewQueue()); err != c.want {
				t.Errorf("create: %v, want %v", err, c.want)
			}
		})
	}
}

func TestQuotas(t *testing.T) {
	l := roomy()
	l.Owners, l.OwnerQueues, l.Queues = 2, 2, 3
	l.QueueBytes, l.OwnerBytes = 10*(1000+cellOverhead), 15*(1000+cellOverhead)
	p := newPost(t, l)
	c, ctx := dial(t, p), t.Context()
	first, owner := newQueue(t, c)
	second := NewQueue()
	ok(t, c.Create(ctx, owner, second))
	want(t, c.Create(ctx, owner, NewQueue()), ErrQuota)
	_, other := newQueue(t, c)
	want(t, c.Create(ctx, other, NewQueue()), ErrQuota) // three in all
	want(t, c.Create(ctx, Owner{Seed: NewSeed()}, NewQueue()), ErrQuota)

	var cells [][]byte
	for range 12 {
		cells = append(cells, randomCell(1000))
	}
	outcomes, err := c.Put(ctx, first.Deposit, cells)
	want(t, err, ErrQuota)
	for i, o := range outcomes {
		if want := map[bool]Outcome{true: Stored, false: OverQuota}[i < 10]; o != want {
			t.Errorf("cell %d: %d", i, o)
		}
	}
	// The oldest are still there, and what is stored is said to be.
	if got := drain(t, c, first.Withdrawal); len(got) != 10 || !bytes.Equal(got[0].Data, cells[0]) {
		t.Errorf("%d cells", len(got))
	}
	_, err = c.Put(ctx, first.Deposit, cells[:10])
	ok(t, err)
	outcomes, err = c.Put(ctx, second.Deposit, cells)
	want(t, err, ErrQuota)
	if outcomes[4] != Stored || outcomes[5] != OverQuota {
		t.Errorf("beyond the owner's part: %v", outcomes)
	}
	s, err := c.State(ctx, owner)
	ok(t, err)
	if s.Free >= 1000 || s.Queues != 2 || s.MaxQueues != 2 || s.Cells != 15 {
		t.Errorf("%+v", s)
	}
	ok(t, c.Delete(ctx, first.Withdrawal, []Envelope{EnvelopeOf(cells[0]), EnvelopeOf(cells[1])}))
	outcomes, err = c.Put(ctx, second.Deposit, cells[5:7])
	want(t, err, ErrQuota)
	if outcomes[0] != Stored { // tombstones count, a little
		t.Errorf("after deleting: %v", outcomes)
	}
}

func TestRate(t *testing.T) {
	l := roomy()
	l.PutRate, l.PutBurst = 0.5, 3
	p := newPost(t, l)
	c, ctx := dial(t, p), t.Context()
	q, owner := newQueue(t, c)
	other := NewQueue()
	ok(t, c.Create(ctx, owner, other))
	cells := [][]byte{randomCell(100)}
	var err error
	puts := 0
	for puts < 20 && err == nil {
		if _, err = c.Put(ctx, q.Deposit, cells); err == nil {
			puts++
		}
	}
	var rate *RateError
	if !errors.As(err, &rate) || !errors.Is(err, ErrRate) || rate.After <= 0 || rate.After > 2*time.Second || puts < 3 {
		t.Fatalf("%d puts, then %v", puts, err)
	}
	_, err = c.Put(ctx, other.Deposit, cells)
	ok(t, err)
	ok(t, c.Probe(ctx, q.Deposit))
	if drain(t, c, q.Withdrawal); p.Stats().TooFast == 0 {
		t.Error("not counted")
	}
}

// Requests whose context ends harm nothing that comes after.
func TestContextEnds(t *testing.T) {
	p := newPost(t, roomy())
	c := dial(t, p)
	q, _ := newQueue(t, c)
	for range 40 { // more than there may be watches
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := c.Watch(ctx, []Watched{{Withdrawal: q.Withdrawal}}, time.Minute)
			failed <- err
		}()
		until(t, func() bool { return p.Stats().Watches > 0 })
		cancel()
		err := <-failed
		want(t, err, ErrUnreachable)
		want(t, err, context.Canceled)
	}
	ok(t, c.Probe(t.Context(), q.Deposit))
	if n := p.Stats().Watches; n > DefaultLimits().WatchesStream {
		t.Errorf("%d watches", n)
	}
	ok(t, c.Close())
	until(t, func() bool { return p.Stats().Watches == 0 && p.Stats().Streams == 0 })
	want(t, c.Probe(t.Context(), q.Deposit), ErrClosed)
}

// The mailbox ends while requests are under way.
func TestMailboxEnds(t *testing.T) {
	s := open(t, t.TempDir(), roomy(), OpenAccess())
	p := serve(t, s)
	c := dial(t, p)
	q, _ := newQueue(t, c)
	failed := make(chan error)
	go func() {
		_, err := c.Watch(t.Context(), []Watched{{Withdrawal: q.Withdrawal}}, time.Minute)
		failed <- err
	}()
	until(t, func() bool { return p.Stats().Watches == 1 })
	ok(t, s.Close())
	want(t, <-failed, ErrUnreachable)
	<-c.Done()
	want(t, c.Err(), ErrUnreachable)
	_, err := Dial(t.Context(), p.route())
	want(t, err, ErrUnreachable)
}

// A mailbox that lies is found out, or harms the liar's connection alone.
func TestLyingMailbox(t *testing.T) {
	cell := []byte("cell")
	for name, lie := range map[string]func(number uint64) []byte{
		"another number": func(n uint64) []byte { return (&answer{number: n + 1, status: statusOK}).encode() },
		"no body":        func(n uint64) []byte { return (&answer{number: n, status: statusOK}).encode() },
		"random bytes":   func(uint64) []byte { return protowire.AppendBytes(nil, randomCell(100)) },
		"a huge answer":  func(uint64) []byte { return protowire.AppendVarint(nil, maxAnswer+1) },
		"an old cell": func(n uint64) []byte {
			return (&answer{number: n, status: statusOK, body: appendCell(nil, 5, cell)}).encode()
		},
		"cells out of order": func(n uint64) []byte {
			return (&answer{number: n, status: statusOK, body: appendCell(appendCell(nil, 9, cell), 8, cell)}).encode()
		},
		"an empty cell": func(n uint64) []byte {
			return (&answer{number: n, status: statusOK, body: appendCell(nil, 9, nil)}).encode()
		},
		"more, without cells": func(n uint64) []byte { return (&answer{number: n, status: statusOK, body: appendMore(nil)}).encode() },
		"a long pause": func(n uint64) []byte {
			return (&answer{number: n, status: statusRate, body: wire.AppendUint(nil, 1, 1<<40)}).encode()
		},
		"an unknown status": func(n uint64) []byte { return (&answer{number: n, status: 77}).encode() },
	} {
		t.Run(name, func(t *testing.T) {
			liar := node.Service{Protocol: protocolID, Streams: 4, StreamsPeer: 4, Memory: 1 << 20, Conns: 1, Serve: func(s *node.Served) {
				hello := wire.AppendBytes(nil, 1, randomCell(nonceSize))
				s.Write(protowire.AppendBytes(nil, hello))
				b, err := wire.Read(bufio.NewReader(s), maxRequest)
				if err != nil {
					return
				}
				r, err := decodeRequest(b)
				if err != nil {
					return
				}
				s.Write(lie(r.number))
				io.Copy(io.Discard, s)
			}}
			key := make([]byte, 32)
			rand.Read(key)
			n, err := node.New(node.Config{Key: key, Listen: loopback, Handler: nobody{}, Services: []node.Service{liar}})
			ok(t, err)
			defer n.Close()
			c := dial(t, &post{node: n})
			_, _, err = c.Fetch(t.Context(), NewQueue().Withdrawal, 5)
			if name == "no body" { // it has no cells
				ok(t, err)
				return
			}
			want(t, err, ErrProtocol)
			<-c.Done()
		})
	}
}
