package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"sotto/p2p/node"
	"sotto/p2p/wire"
)

// answerTime is how long to wait for an answer if the context does not say.
const answerTime = time.Minute

// writeGrace is how long a request may still take to be written once its context
// has ended. Others share the connection, and most writes are done by then.
const writeGrace = time.Second

// A Conn is a connection to one mailbox, under a transport key of its own. What
// is asked for on one Conn the mailbox knows to come from one computer; what
// shares one is for the caller to decide. Its methods are safe for concurrent
// use, and requests do not wait for one another. Once the connection is lost all
// of them return ErrUnreachable, and the caller dials anew. A mailbox ends a
// connection on which nothing is asked for minutes; a watch keeps it.
//
// Errors are ErrRefused, ErrQuota, ErrRate, ErrFault, ErrUnreachable,
// ErrProtocol, ErrTooLarge and ErrClosed, to be told apart by errors.Is. If a
// context ends, the error is ErrUnreachable and the context's. Without a
// deadline a request has one minute.
type Conn struct {
	dialer *node.Dialer
	stream node.Stream
	in     *bufio.Reader
	signing

	turn chan struct{} // whoever writes has taken it
	last uint64        // number of the latest request; with turn

	mu      sync.Mutex
	pending map[uint64]chan *answer
	err     error
	done    chan struct{}
}

// Dial connects to the mailbox at a route. The other side has proved then that
// the route's peer id is its own. The error is ErrUnreachable or ErrProtocol.
func Dial(ctx context.Context, r node.Route) (*Conn, error) { return DialOver(ctx, r, nil) }

// DialOver is Dial with other connections than the system's.
func DialOver(ctx context.Context, r node.Route, over node.Connector) (*Conn, error) {
	only, err := node.DecodeRoute(r.Encode(0)) // the peer id in its usual form
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	dialer, err := node.NewDialerOver(over)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, answerTime)
		defer cancel()
	}
	stream, err := dialer.Open(ctx, r, protocolID)
	if err != nil {
		dialer.Close()
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	c := &Conn{
		dialer: dialer, stream: stream, in: bufio.NewReaderSize(stream, 4096), signing: signing{mailbox: only.Peer},
		turn: make(chan struct{}, 1), pending: make(map[uint64]chan *answer), done: make(chan struct{}),
	}
	if err := c.hello(ctx); err != nil {
		stream.Reset()
		dialer.Close()
		return nil, err
	}
	go c.read()
	return c, nil
}

// hello reads the mailbox's nonce.
func (c *Conn) hello(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { c.stream.Reset() })
	body, err := wire.Read(c.in, 256)
	if !stop() {
		return fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
	}
	if errors.Is(err, wire.ErrMalformed) {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	c.nonce, err = decodeHello(body)
	return err
}

// decodeHello reads what a mailbox begins a stream with:
//
//	message Hello { bytes nonce = 1; }    // 32 bytes
func decodeHello(b []byte) (nonce [nonceSize]byte, err error) {
	var seen seen
	err = wire.Fields(b, func(num protowire.Number, _ uint64, v []byte, isBytes bool) error {
		if num > 1 {
			return nil
		}
		if !isBytes || len(v) != nonceSize || seen.twice(num) {
			return errWire
		}
		copy(nonce[:], v)
		return nil
	})
	if err == nil && !seen.all(1) {
		err = errWire
	}
	return nonce, err
}

// read takes the answers, until the connection ends.
func (c *Conn) read() {
	for {
		c.stream.SetReadDeadline(time.Time{})
		if _, err := c.in.Peek(1); err != nil {
			c.fail(fmt.Errorf("%w: %w", ErrUnreachable, err))
			return
		}
		c.stream.SetReadDeadline(time.Now().Add(answerTime))
		body, err := wire.Read(c.in, maxAnswer)
		if err != nil && !errors.Is(err, wire.ErrMalformed) {
			c.fail(fmt.Errorf("%w: %w", ErrUnreachable, err))
			return
		}
		var a *answer
		if err == nil {
			a, err = decodeAnswer(body)
		}
		if err != nil {
			c.fail(fmt.Errorf("%w: %w", ErrProtocol, err))
			return
		}
		c.mu.Lock()
		to := c.pending[a.number]
		delete(c.pending, a.number)
		c.mu.Unlock()
		if to == nil {
			c.fail(fmt.Errorf("%w: an answer that nobody asked for", ErrProtocol))
			return
		}
		to <- a
	}
}

// fail ends the connection. The first error is what everybody gets.
func (c *Conn) fail(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
		close(c.done)
		c.stream.Reset()
		go c.dialer.Close()
	}
	return c.err
}

// Close ends the connection. What was asked for and not answered may have been
// done or not.
func (c *Conn) Close() error {
	c.fail(ErrClosed)
	return nil
}

// Done is closed when the connection has ended, by Close or otherwise.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err is why the connection has ended, or nil.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// ask sends a request, with the cells of a put behind it, and waits for the
// answer. Statuses that are no success are returned as errors.
func (c *Conn) ask(ctx context.Context, op operation, body []byte, keys []Seed, cells [][]byte, patience time.Duration) ([]byte, error) {
	ours, cancel := ctx, context.CancelFunc(func() {})
	if _, has := ctx.Deadline(); !has || op == opWatch {
		ours, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	answered, err := c.write(ours, op, body, keys, cells)
	if err != nil {
		return nil, err
	}
	select {
	case a := <-answered:
		return a.body, c.result(a)
	case <-c.done:
		select {
		case a := <-answered: // it came before the end
			return a.body, c.result(a)
		default:
			return nil, c.Err()
		}
	case <-ours.Done():
		if ctx.Err() == nil {
			// The mailbox does not answer: nothing more is to be expected.
			return nil, c.fail(fmt.Errorf("%w: no answer", ErrUnreachable))
		}
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
	}
}

// write sends a request, one at a time: numbers must grow on the wire.
func (c *Conn) write(ctx context.Context, op operation, body []byte, keys []Seed, cells [][]byte) (<-chan *answer, error) {
	select {
	case c.turn <- struct{}{}:
	case <-c.done:
		return nil, c.Err()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
	}
	defer func() { <-c.turn }()
	c.last++
	r := request{number: c.last, op: op, body: body}
	message := c.message(r.number, op, body)
	for _, k := range keys {
		r.signatures = append(r.signatures, ed25519.Sign(k.private(), message))
	}
	b := protowire.AppendBytes(nil, r.encode())
	for _, cell := range cells {
		b = append(b, cell...)
	}
	answered := make(chan *answer, 1)
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return nil, c.err
	}
	c.pending[r.number] = answered
	c.mu.Unlock()
	// Half a request cannot be taken back, so that the connection is lost if it
	// is still not written a moment after the context has ended.
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.stream.SetWriteDeadline(time.Now().Add(writeGrace))
		close(stopped)
	})
	if _, err := c.stream.Write(b); err != nil {
		stop()
		err = c.fail(fmt.Errorf("%w: %w", ErrUnreachable, err))
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ErrUnreachable, ctx.Err())
		}
		return nil, err
	}
	if !stop() {
		<-stopped
		c.stream.SetWriteDeadline(time.Time{})
	}
	return answered, nil
}

// result turns a status into an error.
func (c *Conn) result(a *answer) error {
	switch a.status {
	case statusOK:
		return nil
	case statusRefused:
		return ErrRefused
	case statusQuota:
		return ErrQuota
	case statusRate:
		ms, err := decodeUint(a.body)
		if err != nil || ms > uint64(time.Hour.Milliseconds()) {
			return c.fail(errWire)
		}
		return &RateError{After: time.Duration(ms) * time.Millisecond}
	default:
		return ErrFault
	}
}

// Create makes a queue. It may be asked for again. ErrRefused means that the
// owner is not admitted here, or that one of the ids is taken by another queue;
// ErrQuota that there are too many queues or owners.
func (c *Conn) Create(ctx context.Context, o Owner, q Queue) error {
	body := ownerBody{owner: o.key(), secret: o.Secret, withdrawal: q.Withdrawal.ID, deposit: q.Deposit.ID}
	copy(body.withdrawalKey[:], q.Withdrawal.Seed.Public())
	copy(body.depositKey[:], q.Deposit.Seed.Public())
	_, err := c.ask(ctx, opCreate, body.encode(opCreate), []Seed{o.Seed}, nil, answerTime)
	return err
}

func (o Owner) key() (k publicKey) {
	copy(k[:], o.Seed.Public())
	return k
}

// Remove removes a queue, with all that is in it. ErrRefused means that there is
// none, or that it is another's; so it is the answer to a second time as well.
func (c *Conn) Remove(ctx context.Context, o Owner, withdrawal ID) error {
	body := ownerBody{owner: o.key(), withdrawal: withdrawal}
	_, err := c.ask(ctx, opRemove, body.encode(opRemove), []Seed{o.Seed}, nil, answerTime)
	return err
}

// State tells the owner how full everything is. ErrRefused means that the owner
// is not admitted here. It shows whether a link is good before a queue is made.
func (c *Conn) State(ctx context.Context, o Owner) (State, error) {
	body := ownerBody{owner: o.key(), secret: o.Secret}
	b, err := c.ask(ctx, opState, body.encode(opState), []Seed{o.Seed}, nil, answerTime)
	if err != nil {
		return State{}, err
	}
	s, err := decodeState(b)
	if err != nil {
		return State{}, c.fail(err)
	}
	return s, nil
}

// Probe asks whether the queue is there. It has no effect.
func (c *Conn) Probe(ctx context.Context, d Deposit) error {
	body := queueBody{id: d.ID}
	_, err := c.ask(ctx, opProbe, body.encode(opProbe), []Seed{d.Seed}, nil, answerTime)
	return err
}

// Put deposits cells of 1 to MaxCell bytes, in their order, and returns what
// became of each. Those that are [Stored] are on the mailbox's disk. It makes as
// many requests as are needed, of MaxPut cells and MaxBytes at most, one after
// the other; each counts as one put against the mailbox's rate. A cell may be
// put again at any time: it is stored once.
//
// With an error, outcomes tell how far it came: cells beyond are [Unanswered].
// If a cell was not taken for want of space the error is ErrQuota; the cells
// after it in later requests were then not sent.
func (c *Conn) Put(ctx context.Context, d Deposit, cells [][]byte) ([]Outcome, error) {
	outcomes := make([]Outcome, len(cells))
	for _, cell := range cells {
		if len(cell) == 0 || len(cell) > MaxCell {
			return outcomes, ErrTooLarge
		}
	}
	for from := 0; from < len(cells); {
		body := queueBody{id: d.ID}
		to, total := from, 0
		for ; to < len(cells) && to-from < MaxPut && total+len(cells[to]) <= MaxBytes; to++ {
			body.envelopes = append(body.envelopes, EnvelopeOf(cells[to]))
			body.sizes = append(body.sizes, len(cells[to]))
			total += len(cells[to])
		}
		b, err := c.ask(ctx, opPut, body.encode(opPut), []Seed{d.Seed}, cells[from:to], answerTime)
		if err != nil {
			return outcomes, err
		}
		got, err := decodeBytes(b, to-from, byte(NotTaken))
		if err != nil {
			return outcomes, c.fail(err)
		}
		for i, o := range got {
			outcomes[from+i] = Outcome(o)
			switch Outcome(o) {
			case Unanswered:
				return outcomes, c.fail(errWire)
			case OverQuota:
				err = ErrQuota
			case NotTaken:
				err = errors.Join(err, ErrRefused)
			}
		}
		if err != nil {
			return outcomes, err
		}
		from = to
	}
	return outcomes, nil
}

// Fetch returns the oldest cells with numbers above after, at most MaxFetch and
// of MaxBytes together, and whether there are more. Whoever has dealt with them
// deletes them: then fetching from 0 is right at any time. They are as they lie
// at the mailbox, which may show what it likes.
func (c *Conn) Fetch(ctx context.Context, w Withdrawal, after uint64) (cells []Cell, more bool, err error) {
	body := queueBody{id: w.ID, after: after}
	b, err := c.ask(ctx, opFetch, body.encode(opFetch), []Seed{w.Seed}, nil, answerTime)
	if err != nil {
		return nil, false, err
	}
	cells, more, err = decodeFetch(b, after)
	if err != nil {
		return nil, false, c.fail(err)
	}
	for i := range cells {
		cells[i].Data = bytes.Clone(cells[i].Data)
	}
	return cells, more, nil
}

// Delete deletes cells. The mailbox remembers their names for as long as it
// keeps cells, so that a late repeat of a put is not stored again. Cells that
// are not there are passed over.
func (c *Conn) Delete(ctx context.Context, w Withdrawal, envelopes []Envelope) error {
	for len(envelopes) > 0 {
		n := min(len(envelopes), MaxFetch)
		body := queueBody{id: w.ID, envelopes: envelopes[:n]}
		if _, err := c.ask(ctx, opDelete, body.encode(opDelete), []Seed{w.Seed}, nil, answerTime); err != nil {
			return err
		}
		envelopes = envelopes[n:]
	}
	return nil
}

// Watch waits until there are cells in one of the queues, or one is gone, and
// returns what it saw of each. At the latest it returns after wait, which is at
// most MaxWait, and may have seen nothing then. At most MaxWatch queues are
// watched. Some watches may be under way on a Conn at a time; by default the
// seventeenth ends the first.
func (c *Conn) Watch(ctx context.Context, queues []Watched, wait time.Duration) ([]Sight, error) {
	if len(queues) == 0 || len(queues) > MaxWatch {
		return nil, ErrTooLarge
	}
	wait = min(max(wait, 0), MaxWait)
	body := watchBody{wait: uint64(wait.Milliseconds())}
	var keys []Seed
	for _, q := range queues {
		body.ids = append(body.ids, q.Withdrawal.ID)
		body.after = append(body.after, q.After)
		keys = append(keys, q.Withdrawal.Seed)
	}
	b, err := c.ask(ctx, opWatch, body.encode(), keys, nil, wait+answerTime)
	if err != nil {
		return nil, err
	}
	got, err := decodeBytes(b, len(queues), byte(Gone))
	if err != nil {
		return nil, c.fail(err)
	}
	sights := make([]Sight, len(got))
	for i, s := range got {
		sights[i] = Sight(s)
	}
	return sights, nil
}
