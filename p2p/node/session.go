package node

import (
	"bufio"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const sessionProtocol protocol.ID = "/sotto/session/1"

// Cells waiting in one session: to be written, and to be taken by the handler.
const (
	sendQueue    = 64
	receiveQueue = 16
)

// A session is one agreed stream to a contact. Three goroutines serve it: read
// takes frames from the stream, write puts them on it, and deliver calls the
// handler. The node's beat looks after all sessions' signs of life.
type session struct {
	c       *contact
	stream  network.Stream
	reader  *bufio.Reader
	open    open          // what the side that opened the stream said
	ours    bool          // we opened the stream
	boot    uint64        // the run of the peer's node
	began   time.Duration // these are all times since the node started
	heard   atomic.Int64  // when the last frame came
	wrote   atomic.Int64  // when the last cell was written
	asked   atomic.Int64  // when a sign of life was asked for; done with if before heard
	expect  atomic.Int64  // when the answer is due at the latest
	in      chan []byte
	out     chan []byte
	control chan frame
	ended   chan struct{} // closed by end
	endOnce sync.Once
	told    chan struct{} // closed when the handler has been told of the end
}

func newSession(c *contact, stream network.Stream, ours bool) *session {
	return &session{
		c:       c,
		stream:  stream,
		reader:  bufio.NewReaderSize(stream, 4096),
		ours:    ours,
		in:      make(chan []byte, receiveQueue),
		out:     make(chan []byte, sendQueue),
		control: make(chan frame, 8),
		ended:   make(chan struct{}),
		told:    make(chan struct{}),
	}
}

// run starts serving the session. The handler hears of it when it has heard
// of the end of the session before, which closes previous.
func (s *session) run(previous <-chan struct{}) {
	s.began = s.c.n.now()
	s.heard.Store(int64(s.began))
	s.stream.SetDeadline(time.Time{})
	s.c.n.spawn(s.read)
	s.c.n.spawn(s.write)
	s.c.n.spawn(func() { s.deliver(previous) })
}

// end ends the session; it may be called again.
func (s *session) end(why string) {
	s.endOnce.Do(func() {
		close(s.ended)
		s.stream.Reset()
		s.c.sessionEnded(s, why)
	})
}

func (s *session) sendCell(cell []byte) error {
	select {
	case <-s.ended:
		return ErrNoSession
	case s.out <- cell:
		return nil
	default:
	}
	full := time.NewTimer(s.c.n.times.enqueue)
	defer full.Stop()
	select {
	case <-s.ended:
		return ErrNoSession
	case s.out <- cell:
		return nil
	case <-full.C:
		return ErrBusy
	}
}

// say queues a ping or pong. If the peer lets them pile up one may be dropped:
// it then has others to react to.
func (s *session) say(f frame) {
	select {
	case s.control <- f:
	default:
	}
}

func (s *session) read() {
	for {
		f, err := readFrame(s.reader)
		if err != nil {
			s.end(err.Error())
			return
		}
		s.heard.Store(int64(s.c.n.now()))
		switch f.kind {
		case kindCell:
			if !s.queue(f.cell) {
				return
			}
		case kindPing:
			s.say(frame{kind: kindPong, n: f.n})
		case kindOpen, kindAccept:
			s.end("frame out of place")
			return
		}
	}
}

// queue hands a cell to deliver. While there is no room nothing is read, so it
// gives the peer signs of life unasked, and does not expect any.
func (s *session) queue(cell []byte) bool {
	select {
	case s.in <- cell:
		return true
	case <-s.ended:
		return false
	default:
	}
	busy := time.NewTicker(s.c.n.times.busy)
	defer busy.Stop()
	for {
		select {
		case s.in <- cell:
			return true
		case <-s.ended:
			return false
		case <-busy.C:
			s.heard.Store(int64(s.c.n.now()))
			s.say(frame{kind: kindPong})
		}
	}
}

func (s *session) write() {
	var buf []byte
	for {
		var f frame
		select { // pings and pongs go first
		case f = <-s.control:
		default:
			select {
			case <-s.ended:
				return
			case f = <-s.control:
			case cell := <-s.out:
				f = frame{kind: kindCell, cell: cell}
			}
		}
		buf = appendFrame(buf[:0], f)
		s.stream.SetWriteDeadline(time.Now().Add(s.c.n.times.write))
		if _, err := s.stream.Write(buf); err != nil {
			s.end(err.Error())
			return
		}
		if f.kind == kindCell {
			s.wrote.Store(int64(s.c.n.now()))
		}
	}
}

func (s *session) deliver(previous <-chan struct{}) {
	defer close(s.told)
	<-previous
	n, id := s.c.n, s.c.name
	if n.ctx.Err() != nil {
		return
	}
	n.handler.Connected(id, s.via(), s.redialAddr())
	defer n.handler.Disconnected(id)
	for {
		select {
		case cell := <-s.in:
			n.handler.Cell(id, cell)
		case <-s.ended:
			for n.ctx.Err() == nil { // what had arrived is not lost
				select {
				case cell := <-s.in:
					n.handler.Cell(id, cell)
				default:
					return
				}
			}
			return
		}
	}
}

// beat looks at the session's signs of life: a peer that has been silent is
// asked for one, and a session whose peer does not answer is ended.
func (s *session) beat(now time.Duration) {
	t := s.c.n.times
	heard, wrote, asked := time.Duration(s.heard.Load()), time.Duration(s.wrote.Load()), time.Duration(s.asked.Load())
	if asked > heard {
		if now >= time.Duration(s.expect.Load()) {
			s.end("no sign of life")
			s.stream.Conn().Close()
		}
		return
	}
	due := heard + t.idle
	if wrote > heard {
		due = min(due, wrote+t.hurry)
	}
	if now >= due {
		s.probe(now, t.dead)
	}
}

// probe asks the peer for a sign of life within some time.
func (s *session) probe(now, within time.Duration) {
	if s.asked.Load() <= s.heard.Load() {
		s.expect.Store(int64(now + within))
		s.asked.Store(int64(now))
	} else {
		s.expect.Store(min(s.expect.Load(), int64(now+within)))
	}
	s.say(frame{kind: kindPing, n: uint64(now)})
}

func (s *session) via() Via {
	conn := s.stream.Conn()
	return viaOf(conn.Stat().Limited, conn.RemoteMultiaddr())
}

// redialAddr returns the address to reach the peer at again, or "".
func (s *session) redialAddr() string {
	if a := redialable(s.stream.Conn()); a != nil {
		return a.String()
	}
	return ""
}
