package mailbox

import (
	"bufio"
	"container/list"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sotto/p2p/node"
	"sotto/p2p/wire"
)

// A session is one stream at the mailbox. Its goroutine reads the requests; a
// second one writes answers while there are any.
type session struct {
	server *Server
	served *node.Served
	peer   *peerUse
	signing
	ctx    context.Context
	cancel context.CancelFunc
	in     *bufio.Reader
	last   uint64        // number of the latest request
	asked  chan struct{} // requests that are not answered

	// Under the server's lock.
	place *list.Element // among those that have proved nothing
	left  bool          // its place was given up

	mu      sync.Mutex
	ended   bool
	out     []outgoing
	writing bool
	watches []*watch // in the order in which they came
}

// An outgoing message waits to be written, and then frees what it holds.
type outgoing struct {
	message []byte
	free    func()
}

func newSession(s *Server, v *node.Served, p *peerUse) *session {
	c := &session{
		server: s, served: v, peer: p, signing: signing{mailbox: v.Local},
		in: bufio.NewReaderSize(v, 2048), asked: make(chan struct{}, s.limits.RequestsStream),
	}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	rand.Read(c.nonce[:])
	return c
}

// serve reads requests until something is wrong with the stream.
func (c *session) serve() {
	defer context.AfterFunc(c.ctx, func() { c.served.Reset() })()
	opened := time.Now()
	hello := wire.AppendBytes(nil, 1, c.nonce[:])
	c.send(append([]byte{byte(len(hello))}, hello...), func() {})
	for {
		c.served.SetReadDeadline(c.idleUntil(opened))
		if _, err := c.in.Peek(1); err != nil {
			return
		}
		c.served.SetReadDeadline(time.Now().Add(c.server.limits.MessageTime))
		body, err := wire.Read(c.in, maxRequest)
		if err != nil {
			return
		}
		r, err := decodeRequest(body)
		if err != nil || r.number <= c.last {
			return
		}
		c.last = r.number
		// Whoever asks too much is read more slowly.
		if c.peer.requests.Wait(c.ctx) != nil {
			return
		}
		if r.op != opWatch {
			select {
			case c.asked <- struct{}{}:
			case <-c.ctx.Done():
				return
			}
		}
		if err := c.handle(r); err != nil {
			return
		}
	}
}

// idleUntil is how long to wait for the next request.
func (c *session) idleUntil(opened time.Time) time.Time {
	c.server.mu.Lock()
	unproved := c.place != nil
	c.server.mu.Unlock()
	if unproved {
		return opened.Add(c.server.limits.UnprovedTime)
	}
	idle := c.server.limits.IdleTime
	c.mu.Lock()
	if len(c.watches) > 0 {
		idle += MaxWait
	}
	c.mu.Unlock()
	return time.Now().Add(idle)
}

// handle answers a request, now or later. An error ends the stream.
func (c *session) handle(r *request) error {
	switch r.op {
	case opCreate, opRemove, opState:
		return c.handleOwner(r)
	case opPut, opProbe:
		return c.handleDeposit(r)
	case opFetch, opDelete:
		return c.handleWithdrawal(r)
	default:
		return c.handleWatch(r)
	}
}

// verified reports whether the request has the key's signature, the i-th.
func (c *session) verified(r *request, i int, key publicKey) bool {
	return key.verify(c.message(r.number, r.op, r.body), r.signatures[i])
}

func (c *session) handleOwner(r *request) error {
	o, err := decodeOwner(r.op, r.body)
	if err != nil {
		return err
	}
	s, b := c.server, c.server.box
	signed := c.verified(r, 0, o.owner)
	admitted := r.op == opRemove || s.access.admits(o.owner, o.secret)
	if !signed || !admitted {
		c.refuse(r)
		return nil
	}
	if !s.access.open || b.ownerOf(o.owner) != nil {
		s.proved(c)
	}
	if r.op == opState {
		state := b.state(o.owner)
		c.answer(r, statusOK, state.encode())
		return nil
	}
	var result status
	b.submit(job{
		do: func(t *transaction) (err error) {
			if r.op == opCreate {
				result, err = b.create(t, &o)
			} else {
				result, err = b.remove(t, &o)
			}
			return err
		},
		done: func(err error) {
			switch {
			case err != nil:
				result = failed(err)
			case result == statusRefused:
				b.refusedN.Add(1)
			case result == statusOK:
				s.proved(c)
			}
			c.answer(r, result, nil)
		},
	})
	return nil
}

// failed is the status of a request that the database could not do.
func failed(err error) status {
	if errors.Is(err, ErrNoSpace) {
		return statusQuota
	}
	return statusFault
}

func (c *session) handleDeposit(r *request) error {
	body, err := decodeQueue(r.op, r.body)
	if err != nil {
		return err
	}
	q, key := c.server.box.toDeposit(body.id)
	if !c.verified(r, 0, key) || q == nil {
		if err := c.discard(body.total()); err != nil {
			return err
		}
		c.refuse(r)
		return nil
	}
	c.server.proved(c)
	if r.op == opProbe {
		c.answer(r, statusOK, nil)
		return nil
	}
	if wait := c.server.box.mayPut(q); wait > 0 {
		return c.tooFast(r, body.total(), wait)
	}
	return c.put(r, q, &body)
}

// mayPut counts a put, or returns after which time to try again.
func (b *box) mayPut(q *queue) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q.rate == nil {
		q.rate = rate.NewLimiter(rate.Limit(b.limits.PutRate), b.limits.PutBurst)
	}
	reserved := q.rate.Reserve()
	wait := reserved.Delay()
	if wait > 0 {
		reserved.Cancel()
	}
	return wait
}

// tooFast passes over the cells of a put, and answers when to try again.
func (c *session) tooFast(r *request, bytes int, wait time.Duration) error {
	if err := c.discard(bytes); err != nil {
		return err
	}
	c.server.box.tooFastN.Add(1)
	c.answer(r, statusRate, wire.AppendUint(nil, 1, uint64(max(wait.Milliseconds(), 1))))
	return nil
}

// discard reads bytes and keeps none.
func (c *session) discard(bytes int) error {
	if bytes == 0 {
		return nil
	}
	c.served.SetReadDeadline(time.Now().Add(c.server.limits.transfer(bytes)))
	_, err := io.CopyN(io.Discard, c.in, int64(bytes))
	return err
}

// put reads the cells of a put that was signed, and stores them.
func (c *session) put(r *request, q *queue, body *queueBody) error {
	b, total := c.server.box, body.total()
	free, err := c.server.take(c.ctx, c.peer, total+len(body.sizes)*cellOverhead)
	if err != nil {
		return c.tooFast(r, total, time.Second)
	}
	c.served.SetReadDeadline(time.Now().Add(c.server.limits.transfer(total)))
	all := make([]byte, total)
	if _, err := io.ReadFull(c.in, all); err != nil {
		free()
		return err
	}
	cells := make([][]byte, len(body.sizes))
	for i, size := range body.sizes {
		cells[i], all = all[:size], all[size:]
		if EnvelopeOf(cells[i]) != body.envelopes[i] {
			free()
			return errWire
		}
	}
	var outcomes []byte
	b.submit(job{
		size: total,
		do: func(t *transaction) (err error) {
			if outcomes = nil; q.removed {
				return nil
			}
			outcomes, err = b.put(t, q, body.envelopes, cells)
			return err
		},
		done: func(err error) {
			free()
			switch {
			case err != nil:
				c.answer(r, failed(err), nil)
			case outcomes == nil:
				c.refuse(r)
			default:
				for _, o := range outcomes {
					if Outcome(o) == Stored {
						b.storedN.Add(1)
					} else {
						b.overN.Add(1)
					}
				}
				c.answer(r, statusOK, wire.AppendBytes(nil, 1, outcomes))
			}
		},
	})
	return nil
}

func (c *session) handleWithdrawal(r *request) error {
	body, err := decodeQueue(r.op, r.body)
	if err != nil {
		return err
	}
	q, key := c.server.box.toWithdraw(body.id)
	if !c.verified(r, 0, key) || q == nil {
		c.refuse(r)
		return nil
	}
	c.server.proved(c)
	if r.op == opFetch {
		return c.fetch(r, q, body.after)
	}
	b, count := c.server.box, 0
	gone := false
	b.submit(job{
		do: func(t *transaction) (err error) {
			if gone = q.removed; gone {
				return nil
			}
			count, err = b.bury(t, q, body.envelopes)
			return err
		},
		done: func(err error) {
			switch {
			case err != nil:
				c.answer(r, failed(err), nil)
			case gone:
				c.refuse(r)
			default:
				b.deletedN.Add(int64(count))
				c.answer(r, statusOK, nil)
			}
		},
	})
	return nil
}

func (c *session) fetch(r *request, q *queue, after uint64) error {
	b := c.server.box
	free, err := c.server.take(c.ctx, c.peer, maxAnswer)
	if err != nil {
		return c.tooFast(r, 0, time.Second)
	}
	var cells []byte
	count, gone := 0, false
	b.submit(job{
		do: func(t *transaction) (err error) {
			if gone = q.removed; gone {
				return nil
			}
			cells, count, err = b.fetch(t, q, after)
			return err
		},
		done: func(err error) {
			switch {
			case err != nil:
				free()
				c.answer(r, failed(err), nil)
			case gone:
				free()
				c.refuse(r)
			default:
				b.fetchedN.Add(int64(count))
				c.answerWith(r, statusOK, cells, free)
			}
		},
	})
	return nil
}

func (c *session) handleWatch(r *request) error {
	body, err := decodeWatch(r.body)
	if err != nil || len(r.signatures) != len(body.ids) {
		return errWire
	}
	b := c.server.box
	w := &watch{after: body.after, wait: time.Duration(body.wait) * time.Millisecond}
	for i, id := range body.ids {
		q, key := b.toWithdraw(id)
		if !c.verified(r, i, key) || q == nil {
			b.refusedN.Add(1)
			q = nil
		} else {
			c.server.proved(c)
		}
		w.queues = append(w.queues, q)
	}
	w.answer = func(sights []byte, err error) {
		c.mu.Lock()
		c.watches = slices.DeleteFunc(c.watches, func(other *watch) bool { return other == w })
		c.mu.Unlock()
		a := answer{number: r.number, status: statusOK, body: wire.AppendBytes(nil, 1, sights)}
		if err != nil {
			a.status, a.body = failed(err), nil
		}
		c.send(a.encode(), func() {})
	}
	// A client that has given a watch up says nothing, it watches anew.
	var oldest *watch
	c.mu.Lock()
	if len(c.watches) >= c.server.limits.WatchesStream {
		oldest = c.watches[0]
	}
	c.watches = append(c.watches, w)
	c.mu.Unlock()
	if oldest != nil {
		b.endWatch(oldest, nil)
	}
	b.submit(b.watchJob(w))
	return nil
}

// refuse answers that there is no such queue, or none for whoever asks. Trying
// is made to cost more than asking.
func (c *session) refuse(r *request) {
	c.server.box.refusedN.Add(1)
	c.peer.requests.ReserveN(time.Now(), min(refusedCosts, c.server.limits.RequestBurst))
	c.answer(r, statusRefused, nil)
}

// refusedCosts is how many requests one counts for that was refused.
const refusedCosts = 20

func (c *session) answer(r *request, s status, body []byte) {
	c.answerWith(r, s, body, func() {})
}

// answerWith queues an answer. It does not wait.
func (c *session) answerWith(r *request, s status, body []byte, free func()) {
	a := answer{number: r.number, status: s, body: body}
	c.send(a.encode(), func() {
		free()
		<-c.asked
	})
}

// send queues a message, and has it written if nobody is writing.
func (c *session) send(message []byte, free func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		free()
		return
	}
	c.out = append(c.out, outgoing{message, free})
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// write writes what is queued. Whoever does not take an answer in time loses
// the stream.
func (c *session) write() {
	for {
		c.mu.Lock()
		if len(c.out) == 0 {
			c.writing, c.out = false, nil
			c.mu.Unlock()
			return
		}
		o := c.out[0]
		c.out[0] = outgoing{}
		c.out = c.out[1:]
		c.mu.Unlock()
		c.served.SetWriteDeadline(time.Now().Add(c.server.limits.transfer(len(o.message))))
		_, err := c.served.Write(o.message)
		o.free()
		if err != nil {
			c.cancel()
			c.drop()
		}
	}
}

// drop forgets what was to be written.
func (c *session) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for _, o := range c.out {
		o.free()
	}
	c.out = nil
}

// end ends the session's watches and forgets its answers.
func (c *session) end() {
	c.cancel()
	c.drop()
	c.mu.Lock()
	watches := slices.Clone(c.watches)
	c.mu.Unlock()
	for _, w := range watches {
		c.server.box.endWatch(w, nil)
	}
}
