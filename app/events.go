package app

import (
	"sync"

	"sotto/app/model"
)

// hub hands events to subscribers. Nobody who is slow holds up the messenger: a
// subscriber that falls maxPending events behind gets one EventResync instead.
type hub struct {
	mu       sync.Mutex
	revision uint64
	subs     map[*subscriber]struct{}
	closed   bool
}

const maxPending = 4096

type subscriber struct {
	pending []model.Event // guarded by hub.mu
	wake    chan struct{} // holds at most one token
	out     chan model.Event
	done    chan struct{} // closed by cancel
	once    sync.Once
}

func (h *hub) publish(events ...model.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		h.revision++
		e.Revision = h.revision
		for s := range h.subs {
			if len(s.pending) >= maxPending {
				s.pending = append(s.pending[:0], model.Event{Kind: model.EventResync, Revision: h.revision})
			} else {
				s.pending = append(s.pending, e)
			}
			s.notify()
		}
	}
}

func (s *subscriber) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// subscribe returns a channel of events from now on, and its end. The channel
// is closed when cancel is called or the hub closes.
func (h *hub) subscribe() (<-chan model.Event, func()) {
	s := &subscriber{wake: make(chan struct{}, 1), out: make(chan model.Event), done: make(chan struct{})}
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		close(s.out)
		return s.out, func() {}
	}
	if h.subs == nil {
		h.subs = make(map[*subscriber]struct{})
	}
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	cancel := func() { s.once.Do(func() { close(s.done) }) }
	go h.deliver(s)
	return s.out, cancel
}

func (h *hub) deliver(s *subscriber) {
	defer func() {
		h.mu.Lock()
		delete(h.subs, s)
		h.mu.Unlock()
		close(s.out)
	}()
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		h.mu.Lock()
		batch := s.pending
		s.pending = nil
		closed := h.closed
		h.mu.Unlock()
		for _, e := range batch {
			select {
			case s.out <- e:
			case <-s.done:
				return
			}
		}
		if closed {
			return
		}
	}
}

// close ends every subscription after what is pending was taken.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subs {
		s.notify()
	}
}
