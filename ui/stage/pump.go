package stage

import (
	"context"
	"sync"
	"time"

	"sotto/app/model"
)

// frame is how long what happened is gathered before it is shown.
const frame = 16 * time.Millisecond

// Pump brings everything that happens elsewhere to the UI goroutine: results of
// background work and the messenger's events. One goroutine gathers both and
// hands them over together, at most once a frame; what comes after a pause is
// handed over at once, since somebody may be waiting for just that.
type Pump struct {
	do   func(func()) // runs a function on the UI goroutine
	in   chan func()
	done chan struct{}
	once sync.Once
}

// NewPump starts a pump. do must run a function on the UI goroutine: fyne.Do,
// or what a test puts in its place.
func NewPump(do func(func())) *Pump {
	p := &Pump{do: do, in: make(chan func(), 64), done: make(chan struct{})}
	go p.loop()
	return p
}

// Close ends the pump. What was not handed over by then never is.
func (p *Pump) Close() { p.once.Do(func() { close(p.done) }) }

// Post calls f on the UI goroutine with the next frame. Any goroutine may call
// it but the UI goroutine itself, which has no need to and could wait for
// itself when a frame is full.
func (p *Pump) Post(f func()) {
	select {
	case p.in <- f:
	case <-p.done:
	}
}

func (p *Pump) loop() {
	next := time.NewTimer(0) // when the next frame may be handed over
	defer next.Stop()
	for {
		var batch []func()
		select {
		case f := <-p.in:
			batch = append(batch, f)
		case <-p.done:
			return
		}
	gather:
		for {
			select {
			case f := <-p.in:
				batch = append(batch, f)
			case <-next.C:
				break gather
			case <-p.done:
				return
			}
		}
		p.do(func() {
			select {
			case <-p.done:
				return
			default:
			}
			for _, f := range batch {
				f()
			}
		})
		next.Reset(frame)
	}
}

// Session is the work that belongs to one open profile. Ending it forgets all
// results that are still under way.
type Session struct {
	pump   *Pump
	ctx    context.Context
	cancel context.CancelFunc
}

// NewSession starts a session.
func (p *Pump) NewSession() *Session {
	ctx, cancel := context.WithCancel(context.Background())
	return &Session{pump: p, ctx: ctx, cancel: cancel}
}

// End ends the session: its context is done, and no result of it is handed over.
func (s *Session) End() { s.cancel() }

// Run is Host.Run.
func (s *Session) Run(work func(ctx context.Context) error, done func(error)) {
	go s.run(work, done)
}

// moment is how long the UI goroutine waits for what RunSoon is to do.
const moment = frame

// RunSoon is Run for what is nearly always done in a moment and is missed on the
// next picture if it is not: the first page of a conversation. It waits for that
// moment, and done is called before it returns if work has ended by then. The
// window is painted as soon as it has answered a press, which takes several times
// as long as the page, so that without the wait each conversation is painted
// twice, the first time empty.
func (s *Session) RunSoon(work func(ctx context.Context) error, done func(error)) {
	ended := make(chan error, 1)
	go func() { ended <- work(s.ctx) }()
	wait := time.NewTimer(moment)
	defer wait.Stop()
	select {
	case err := <-ended:
		if s.ctx.Err() == nil {
			done(err)
		}
	case <-wait.C:
		s.Run(func(context.Context) error { return <-ended }, done)
	}
}

func (s *Session) run(work func(ctx context.Context) error, done func(error)) {
	err := work(s.ctx)
	s.post(func() { done(err) })
}

func (s *Session) post(f func()) {
	s.pump.Post(func() {
		if s.ctx.Err() == nil {
			f()
		}
	})
}

// Listen hands events over to handle, on the UI goroutine, at most once a frame
// and in order, until the channel is closed or the session ends.
func (s *Session) Listen(events <-chan model.Event, handle func([]model.Event)) {
	go func() {
		var mu sync.Mutex
		var waiting []model.Event
		for {
			select {
			case e, ok := <-events:
				if !ok {
					return
				}
				mu.Lock()
				waiting = append(waiting, e)
				first := len(waiting) == 1
				mu.Unlock()
				if first {
					s.post(func() {
						mu.Lock()
						batch := waiting
						waiting = nil
						mu.Unlock()
						handle(batch)
					})
				}
			case <-s.ctx.Done():
				return
			}
		}
	}()
}

// Queue runs pieces of work one after the other, in the order they were given,
// where order matters: messages of a conversation.
type Queue struct {
	s    *Session
	mu   sync.Mutex
	jobs []func()
	busy bool
}

// NewQueue returns an empty queue.
func (s *Session) NewQueue() *Queue { return &Queue{s: s} }

// Run is Host.Run, after everything that was given before.
func (q *Queue) Run(work func(ctx context.Context) error, done func(error)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, func() { q.s.run(work, done) })
	if !q.busy {
		q.busy = true
		go q.work()
	}
}

func (q *Queue) work() {
	for {
		q.mu.Lock()
		if len(q.jobs) == 0 {
			q.busy = false
			q.mu.Unlock()
			return
		}
		job := q.jobs[0]
		q.jobs = q.jobs[1:]
		q.mu.Unlock()
		job()
	}
}
