package mailbox

import "time"

// A watch waits until something comes into one of some queues. It costs its
// entry in each of them and a timer, and no goroutine.
type watch struct {
	queues []*queue // nil where there is none, or it is not for whoever asks
	after  []uint64
	wait   time.Duration
	sights []byte
	answer func(sights []byte, err error) // called once

	timer *time.Timer
	ended bool
}

// watchJob looks at the queues, and has the watch wait if there is nothing.
func (b *box) watchJob(w *watch) job {
	return job{
		do: func(t *transaction) error {
			sights, quiet := make([]byte, len(w.queues)), true
			for i, q := range w.queues {
				if q == nil || q.removed {
					sights[i] = byte(Gone)
				} else if there, err := b.waiting(t, q, w.after[i]); err != nil {
					return err
				} else if there {
					sights[i] = byte(Mail)
				}
				quiet = quiet && sights[i] == byte(Quiet)
			}
			t.after = append(t.after, func() {
				w.sights = sights
				if !quiet || w.wait <= 0 || w.ended {
					b.fired[w] = true
					return
				}
				for i, q := range w.queues {
					if q.watchers == nil {
						q.watchers = make(map[*watch]int)
					}
					q.watchers[w] = i
				}
				b.watchingN.Add(1)
				w.timer = time.AfterFunc(w.wait, func() { b.endWatch(w, nil) })
			})
			return nil
		},
		done: func(err error) {
			if err != nil {
				b.endWatch(w, err)
			}
		},
	}
}

// see notes what a watch waits for. The committer calls it, with the lock held.
func (b *box) see(w *watch, i int, s Sight) {
	w.sights[i] = byte(s)
	b.fired[w] = true
}

// fire answers the watches that saw something.
func (b *box) fire() {
	for w := range b.fired {
		delete(b.fired, w)
		b.endWatch(w, nil)
	}
}

// endWatch answers a watch with what it has seen, if it has not been answered.
func (b *box) endWatch(w *watch, err error) {
	b.mu.Lock()
	if w.ended {
		b.mu.Unlock()
		return
	}
	w.ended = true
	if w.timer != nil {
		w.timer.Stop()
		b.watchingN.Add(-1)
		for _, q := range w.queues {
			delete(q.watchers, w)
		}
	}
	sights := w.sights
	b.mu.Unlock()
	w.answer(sights, err)
}
