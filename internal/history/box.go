package history

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// boxes is how many mailboxes there are. On the wire they come after the
// computers.
const boxes = 3

// uses says which mailboxes each computer has.
var uses = [][]int{{0, 1, 2}, {1, 2}, {0, 2}}

// A box is a computer that is a mailbox, and nothing else.
type box struct {
	run   *run
	index int
	dir   string
	copy  string
	clock *clock

	mu     sync.Mutex
	server *served // nil while off
	gone   bool    // lost for good
	lie    Lie
	memory memory
	due    Step // how the next server is to end
}

// served is one run of a mailbox.
type served struct {
	disk   *disk
	ended  chan struct{}
	ready  chan struct{} // closed when it runs, or could not
	buried chan struct{}
	stop   func()
}

func (s *served) dead() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// boxKey is the transport key of a box, the same in all runs.
func boxKey(index int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "history mailbox %d", index))
	return sum[:]
}

// boxName is the name of its directory.
func boxName(index int) string { return fmt.Sprintf("mailbox %d", index) }

// stranger is the handler of a node that has no contacts.
type stranger struct{}

func (stranger) Admit(node.ID) bool                               { return false }
func (stranger) Cell(node.ID, []byte)                             {}
func (stranger) Connected(node.ID, node.Via, string)              {}
func (stranger) Disconnected(node.ID)                             {}
func (stranger) Bundle(node.Token) ([]byte, node.Status)          { return nil, node.Gone }
func (stranger) Request(node.Token, []byte) ([]byte, node.Status) { return nil, node.Gone }
func (stranger) AddressesChanged()                                {}

// serve starts a mailbox and returns it with its route and what ends it.
func serve(dir string, w *wire, index int, files string, now func() time.Time) (*mailbox.Server, node.Route, func(), error) {
	limits := mailbox.DefaultLimits()
	limits.PutRate, limits.PutBurst = 1000, 1000
	s, err := mailbox.OpenOn(dir, limits, mailbox.OpenAccess(), nil, now, files)
	if err != nil {
		return nil, node.Route{}, nil, err
	}
	n, err := listening(node.Config{
		Key: boxKey(index), Listen: w.listen(len(computers) + index), Handler: stranger{},
		Services: []node.Service{s.Service()}, Over: dialer{w, len(computers) + index},
	})
	if err != nil {
		s.Close()
		return nil, node.Route{}, nil, err
	}
	return s, node.Route{Peer: n.ID(), Addrs: n.Addrs()}, func() { n.Close(); s.Close() }, nil
}

func newBox(r *run, index int) (*box, error) {
	b := &box{run: r, index: index, dir: filepath.Join(r.dir, boxName(index)), clock: newClock()}
	return b, os.CopyFS(b.dir, os.DirFS(filepath.Join(r.profiles, boxName(index))))
}

// place is where the box is on the wire.
func (b *box) place() int { return len(computers) + b.index }

// running returns what serves, or nil.
func (b *box) running() *served {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server == nil || b.server.dead() {
		return nil
	}
	return b.server
}

// start starts the mailbox. Like a computer's it fails with errEnded if it was
// made to.
func (b *box) start() error {
	b.mu.Lock()
	old, gone := b.server, b.gone
	b.mu.Unlock()
	if gone || old != nil && !old.dead() {
		return nil
	}
	if old != nil {
		if err := old.wait(); err != nil {
			return err
		}
	}
	s := &served{ended: make(chan struct{}), ready: make(chan struct{}), buried: make(chan struct{})}
	s.disk = newDisk(newRand(b.run.seed, fmt.Sprint("disk of mailbox ", b.index)), func(how end, at string) {
		b.run.wire.leave(b.place())
		if at != "" {
			b.run.ended(boxName(b.index), fmt.Sprintf("mailbox %s (%s)", at, how))
		}
		close(s.ended)
		go func() {
			<-s.ready
			if s.stop != nil {
				s.stop()
			}
			close(s.buried)
		}()
	})
	b.mu.Lock()
	b.server = s
	if b.due.N > 0 {
		s.disk.endAt(b.due.N, b.due.How)
		b.due = Step{}
	}
	b.mu.Unlock()
	b.run.wire.enter(b.place())
	_, _, stop, err := serve(b.dir, b.run.wire, b.index, s.disk.plain(), b.clock.now)
	s.stop = stop
	close(s.ready)
	if err == nil {
		return nil
	}
	excused := s.dead() || s.disk.hasFailed()
	s.disk.end(killed)
	if excused {
		return fmt.Errorf("%w: %w", errEnded, err)
	}
	return fmt.Errorf("%s does not open: %w", boxName(b.index), err)
}

func (s *served) wait() error {
	select {
	case <-s.buried:
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("history: a mailbox that was ended does not return")
	}
}

// kill ends the mailbox as if its process were gone.
func (b *box) kill(how end) {
	if s := b.running(); s != nil {
		b.run.ended(boxName(b.index), "mailbox "+how.String())
		s.disk.end(how)
	}
}

// lose ends it for good.
func (b *box) lose() {
	b.kill(killed)
	b.mu.Lock()
	b.gone = true
	b.mu.Unlock()
}

// backUp copies what the mailbox has on its disk at this moment.
func (b *box) backUp() error {
	to := b.dir + ", copy of"
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	b.copy = to
	s := b.running()
	if s == nil {
		if err := b.rest(); err != nil {
			return err
		}
		return os.CopyFS(to, os.DirFS(b.dir))
	}
	var err error
	s.disk.still(func() { err = os.CopyFS(to, os.DirFS(b.dir)) })
	return err
}

// putBack replaces what it has by the copy: it has lost what came since, and has
// again what was deleted.
func (b *box) putBack() error {
	if b.copy == "" {
		return nil
	}
	if err := b.rest(); err != nil {
		return err
	}
	if err := os.RemoveAll(b.dir); err != nil {
		return err
	}
	return os.CopyFS(b.dir, os.DirFS(b.copy))
}

// rest ends the mailbox and waits until nothing of it is left.
func (b *box) rest() error {
	b.kill(killed)
	b.mu.Lock()
	s := b.server
	b.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.wait()
}

// setLie changes how the mailbox lies.
func (b *box) setLie(l Lie) {
	b.mu.Lock()
	b.lie = l
	b.mu.Unlock()
}

// reach connects a program to the mailbox at a route.
func (c *computer) reach(ctx context.Context, p *program, r node.Route) (*boxConn, error) {
	conn, err := mailbox.DialOver(ctx, r, dialer{c.run.wire, c.index})
	if err != nil {
		return nil, err
	}
	for _, b := range c.run.boxes {
		if id, err := node.IDFromKey(boxKey(b.index)); err == nil && id == r.Peer {
			return &boxConn{Conn: conn, c: c, p: p, b: b}, nil
		}
	}
	conn.Close()
	return nil, fmt.Errorf("history: no such mailbox")
}
