package control

import (
	"context"

	"sotto/app/model"
)

// queueSize is how many events wait for a subscriber that is slow.
const queueSize = 256

// eventQueue carries events to one subscriber without ever blocking. Its last
// place is kept for an EventResync: as long as that waits to be read, whatever
// is dropped happened before the subscriber starts anew.
type eventQueue struct{ ch chan model.Event }

func newEventQueue() *eventQueue {
	return &eventQueue{make(chan model.Event, queueSize)}
}

// put adds an event. There is one caller at a time.
func (q *eventQueue) put(e model.Event) {
	switch free := cap(q.ch) - len(q.ch); {
	case free > 1:
		q.ch <- e
	case free == 1:
		q.ch <- model.Event{Kind: model.EventResync, Revision: e.Revision}
	}
}

func (q *eventQueue) end() { close(q.ch) }

// Subscribe returns the events that happen after it has returned. The channel
// is closed by cancel and when the connection ends.
func (c *Client) Subscribe() (events <-chan model.Event, cancel func()) {
	q := newEventQueue()
	c.mu.Lock()
	if c.broken != nil {
		q.end()
	} else {
		c.listeners[q] = struct{}{}
	}
	c.mu.Unlock()

	cancel = func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, there := c.listeners[q]; there {
			delete(c.listeners, q)
			q.end()
		}
	}
	ctx, done := context.WithTimeout(context.Background(), writeTimeout)
	defer done()
	if err := c.do(ctx, subscribeMethod, noParams{}); err != nil {
		cancel()
	}
	return q.ch, cancel
}
