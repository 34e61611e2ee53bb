package history

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// port is where every computer listens, each on a loopback address of its own.
const port = 4001

// A wire is the network between the computers of a run, below TLS: everything
// that a computer dials goes through it. It can hold back what one says to
// another, cut connections, and cut a computer off. It keeps a copy of all bytes.
type wire struct {
	run int // see ip

	mu    sync.Mutex
	conns map[*wireConn]bool
	held  map[way]chan struct{} // closed when the way is free again
	gone  map[int]bool          // computers without a program
	slow  map[way]time.Duration
	bad   map[way]int // reads of which a bit is turned
	bytes []byte
}

// way is a direction between two computers.
type way struct{ from, to int }

func newWire(run int) *wire {
	return &wire{
		run:   run,
		conns: make(map[*wireConn]bool),
		held:  make(map[way]chan struct{}),
		gone:  make(map[int]bool),
		slow:  make(map[way]time.Duration),
		bad:   make(map[way]int),
	}
}

// ip is the address of a computer: programs that run at the same time, and runs
// of one program, have different ones.
func (w *wire) ip(computer int) string {
	return fmt.Sprintf("127.%d.%d.%d", 1+os.Getpid()%253, w.run%254, computer+1)
}

// listen is where a computer listens.
func (w *wire) listen(computer int) []string {
	return []string{fmt.Sprintf("/ip4/%s/tcp/%d", w.ip(computer), port)}
}

var errWire = errors.New("history: connection cut")

// dialer is the network as one computer has it.
type dialer struct {
	w    *wire
	from int
}

// DialContext dials the computer of this run that has the last byte of the
// address: profiles that were made in another run name its addresses.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host).To4()
	if ip == nil {
		return nil, errWire
	}
	c := &wireConn{w: d.w, from: d.from, to: int(ip[3]) - 1, closed: make(chan struct{}), more: make(chan struct{}, 1)}
	// A word goes there and one comes back before there is a connection.
	for _, x := range []way{{c.from, c.to}, {c.to, c.from}} {
		select {
		case <-d.w.free(x):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if d.w.isGone(c.from, c.to) {
		return nil, errWire
	}
	c.Conn, err = new(net.Dialer).DialContext(ctx, network, fmt.Sprintf("%s:%d", d.w.ip(c.to), port))
	if err != nil {
		return nil, err
	}
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	if d.w.gone[c.from] || d.w.gone[c.to] {
		c.Conn.Close()
		return nil, errWire
	}
	d.w.conns[c] = true
	go c.send()
	return c, nil
}

var open = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// free returns a channel that is closed while nothing holds a way back.
func (w *wire) free(x way) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.held[x]; c != nil {
		return c
	}
	return open
}

// hold keeps back everything that goes this way, as a network does that has
// failed without saying so.
func (w *wire) hold(x way) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held[x] == nil {
		w.held[x] = make(chan struct{})
	}
}

// release lets it go.
func (w *wire) release(x way) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.held[x]; c != nil {
		close(c)
		delete(w.held, x)
	}
}

// calm ends all failures.
func (w *wire) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for x, c := range w.held {
		close(c)
		delete(w.held, x)
	}
	clear(w.slow)
	clear(w.bad)
}

// calmBut is calm but for what is held between the first n.
func (w *wire) calmBut(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for x, c := range w.held {
		if x.from >= n || x.to >= n {
			close(c)
			delete(w.held, x)
		}
	}
	clear(w.slow)
	clear(w.bad)
}

// delay makes everything that goes this way take some time longer.
func (w *wire) delay(x way, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slow[x] = d
}

// corrupt turns a bit in each of the next n reads of what goes this way.
func (w *wire) corrupt(x way, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bad[x] = n
}

func (w *wire) corrupts(x way) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bad[x] == 0 {
		return false
	}
	w.bad[x]--
	return true
}

// cut ends the connections between two computers.
func (w *wire) cut(a, b int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		if c.from == a && c.to == b || c.from == b && c.to == a {
			c.end()
		}
	}
}

// leave takes a computer from the network in an instant; enter brings it back.
func (w *wire) leave(computer int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone[computer] = true
	for c := range w.conns {
		if c.from == computer || c.to == computer {
			c.end()
		}
	}
}

func (w *wire) enter(computer int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.gone, computer)
}

func (w *wire) isGone(computers ...int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range computers {
		if w.gone[c] {
			return true
		}
	}
	return false
}

// maxCapture bounds the copy of a run's traffic.
const maxCapture = 32 << 20

func (w *wire) record(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.bytes)+len(p) <= maxCapture {
		w.bytes = append(w.bytes, p...)
	}
}

func (w *wire) copies() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bytes
}

// wireConn is a connection, at the end that dialled it. Both directions pass
// through it.
type wireConn struct {
	net.Conn
	w        *wire
	from, to int
	once     sync.Once
	closed   chan struct{}

	mu      sync.Mutex
	out     []byte        // written, and not on the wire yet
	more    chan struct{} // holds a token: there is something in out
	failure error
}

func (c *wireConn) end() {
	c.once.Do(func() {
		close(c.closed)
		c.Conn.(*net.TCPConn).SetLinger(0)
		c.Conn.Close()
	})
}

func (c *wireConn) Close() error {
	c.end()
	c.w.mu.Lock()
	delete(c.w.conns, c)
	c.w.mu.Unlock()
	return nil
}

// pass waits until bytes may go a way.
func (c *wireConn) pass(x way) error {
	c.w.mu.Lock()
	slow := c.w.slow[x]
	c.w.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-c.closed:
			return errWire
		}
	}
	select {
	case <-c.w.free(x):
	case <-c.closed:
		return errWire
	}
	select {
	case <-c.closed:
		return errWire
	default:
		return nil
	}
}

func (c *wireConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.w.record(p[:n])
		x := way{c.to, c.from}
		if perr := c.pass(x); perr != nil {
			return 0, perr
		}
		if c.w.corrupts(x) {
			p[n/2] ^= 1
		}
	}
	return n, err
}

// Write does not wait for the wire, as the system's does not until its buffers are
// full: who writes to a network that has failed does not notice.
func (c *wireConn) Write(p []byte) (int, error) {
	c.w.record(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.closed:
		return 0, errWire
	default:
	}
	if c.failure != nil {
		return 0, c.failure
	}
	c.out = append(c.out, p...)
	select {
	case c.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// send brings what was written onto the wire.
func (c *wireConn) send() {
	for {
		select {
		case <-c.more:
		case <-c.closed:
			return
		}
		if c.pass(way{c.from, c.to}) != nil {
			return
		}
		c.mu.Lock()
		out := c.out
		c.out = nil
		c.mu.Unlock()
		if _, err := c.Conn.Write(out); err != nil {
			c.mu.Lock()
			c.failure = err
			c.mu.Unlock()
			return
		}
	}
}
