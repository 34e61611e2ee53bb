package mailbox

import (
	"container/list"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"sotto/p2p/node"
)

// A Server is a running mailbox. Its methods are safe from any goroutine.
type Server struct {
	box    *box
	limits Limits
	access Access

	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	inFlight *semaphore.Weighted // bytes

	mu       sync.Mutex
	closed   bool
	peers    map[node.ID]*peerUse
	streams  int
	unproved *list.List // of *session, the oldest first
}

// A peerUse is what one transport key makes use of. It is forgotten with its
// last stream, so it is no use against those who make a new key each time:
// they get what all have together, and not more.
type peerUse struct {
	streams  int
	requests *rate.Limiter
	inFlight *semaphore.Weighted
}

// Open starts the mailbox in dir, and makes it if there is none. The clock is
// asked for the date alone. A nil log is silence; what is logged has no
// addresses, keys or ids. Errors are ErrNewer, ErrDamaged, ErrInUse, ErrNoSpace
// or ErrPermission.
func Open(dir string, limits Limits, access Access, log *slog.Logger, now func() time.Time) (*Server, error) {
	return OpenOn(dir, limits, access, log, now, "os")
}

// OpenOn is Open with the database on a SQLite file layer by its name, for tests
// of failing disks.
func OpenOn(dir string, limits Limits, access Access, log *slog.Logger, now func() time.Time, files string) (*Server, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b, err := openBox(dir, limits, log, now, files)
	if err != nil {
		return nil, err
	}
	b.start()
	return newServer(b, limits, access), nil
}

func newServer(b *box, limits Limits, access Access) *Server {
	s := &Server{
		box: b, limits: limits, access: access,
		inFlight: semaphore.NewWeighted(limits.BytesInFlight),
		peers:    make(map[node.ID]*peerUse), unproved: list.New(),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Service mounts the mailbox on a node: see [node.Config].
func (s *Server) Service() node.Service {
	return node.Service{
		Protocol: protocolID,
		Serve:    s.Serve,
		// A stream that has to make room takes a moment to end.
		Streams:     s.limits.Streams + s.limits.Streams/4 + 16,
		StreamsPeer: s.limits.StreamsPeer,
		Conns:       s.limits.Conns,
		// libp2p counts 256 KiB for each stream, though it holds what has come
		// and was not read yet.
		Memory: int64(s.limits.Conns+64) * (512 << 10),
	}
}

// Serve answers what comes on a stream, until it ends.
func (s *Server) Serve(v *node.Served) {
	defer v.Reset()
	c := s.enter(v)
	if c == nil {
		return
	}
	defer s.leave(c)
	c.serve()
}

// Close ends all streams, waits for what was begun, and closes the database.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.wg.Wait()
	return s.box.close()
}

// Stats are counts, for whoever runs the mailbox. Those in the second half count
// from the start.
type Stats struct {
	Owners, Queues, Cells int
	Bytes                 int64 // counted against quotas
	DiskBytes, FileBytes  int64 // of the database, in use and in all; the size of a minute ago
	Streams, Watches      int   // open now

	Stored, Fetched, Deleted, Expired int64 // cells
	OverQuota                         int64 // cells not taken
	Refused, TooFast                  int64 // requests
	Commits                           int64 // transactions
}

// Stats returns the counts as they are now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	streams := s.streams
	s.mu.Unlock()
	b := s.box
	b.mu.Lock()
	defer b.mu.Unlock()
	return Stats{
		Owners: len(b.owners), Queues: len(b.deposits), Cells: b.cells, Bytes: b.bytes, DiskBytes: b.used, FileBytes: b.file,
		Streams: streams, Watches: int(b.watchingN.Load()),
		Stored: b.storedN.Load(), Fetched: b.fetchedN.Load(), Deleted: b.deletedN.Load(), Expired: b.expiredN.Load(),
		OverQuota: b.overN.Load(), Refused: b.refusedN.Load(), TooFast: b.tooFastN.Load(), Commits: b.commits.Load(),
	}
}

// enter gives a stream a place. If there is none, it takes that of the stream
// that has longest been open and has proved nothing; if all have, it gets none.
func (s *Server) enter(v *node.Served) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.peers[v.Peer]
	if s.closed || p != nil && p.streams >= s.limits.StreamsPeer {
		return nil
	}
	if s.streams >= s.limits.Streams {
		oldest := s.unproved.Front()
		if oldest == nil {
			return nil
		}
		s.giveUp(oldest.Value.(*session))
	}
	if p == nil {
		p = &peerUse{
			requests: rate.NewLimiter(rate.Limit(s.limits.RequestRate), s.limits.RequestBurst),
			inFlight: semaphore.NewWeighted(s.limits.BytesPeer),
		}
		s.peers[v.Peer] = p
	}
	p.streams++
	s.streams++
	c := newSession(s, v, p)
	c.place = s.unproved.PushBack(c)
	s.wg.Add(1)
	return c
}

// giveUp ends a stream and frees its place, with the lock held.
func (s *Server) giveUp(c *session) {
	if c.place != nil {
		s.unproved.Remove(c.place)
		c.place = nil
	}
	if !c.left {
		c.left = true
		s.streams--
		c.cancel()
	}
}

func (s *Server) leave(c *session) {
	c.end()
	s.mu.Lock()
	s.giveUp(c)
	if c.peer.streams--; c.peer.streams == 0 {
		delete(s.peers, c.served.Peer)
	}
	s.mu.Unlock()
	s.wg.Done()
}

// proved notes that a stream has shown a valid signature of somebody who has
// something here. It makes room for nobody then.
func (s *Server) proved(c *session) {
	s.mu.Lock()
	first := c.place != nil
	if first {
		s.unproved.Remove(c.place)
		c.place = nil
	}
	s.mu.Unlock()
	if first {
		c.served.Keep()
	}
}

// errBusy means that too much is under way.
var errBusy = errors.New("mailbox: busy")

// take gets so many bytes in flight, and returns what gives them back.
func (s *Server) take(ctx context.Context, p *peerUse, bytes int) (func(), error) {
	n := min(int64(bytes), s.limits.BytesPeer, s.limits.BytesInFlight)
	ctx, cancel := context.WithTimeout(ctx, s.limits.MessageTime)
	defer cancel()
	if p.inFlight.Acquire(ctx, n) != nil {
		return nil, errBusy
	}
	if s.inFlight.Acquire(ctx, n) != nil {
		p.inFlight.Release(n)
		return nil, errBusy
	}
	return func() {
		s.inFlight.Release(n)
		p.inFlight.Release(n)
	}, nil
}
