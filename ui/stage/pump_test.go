package stage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sotto/app/model"
)

// While one frame is being shown, everything that happens is gathered for the
// next: a thousand results make two frames, not a thousand.
func TestOneFrameForMany(t *testing.T) {
	frames, got := 0, 0
	first, all := make(chan struct{}), make(chan struct{})
	release := make(chan struct{})
	p := NewPump(func(f func()) {
		frames++
		if frames == 1 {
			close(first)
			<-release
		}
		f()
		if got == 41 {
			close(all)
		}
	})
	defer p.Close()
	p.Post(func() { got++ })
	<-first
	for range 40 { // as many as the channel holds without a reader
		p.Post(func() { got++ })
	}
	close(release)
	<-all
	if frames != 2 {
		t.Errorf("%d frames", frames)
	}
}

// What comes after a pause is shown at once, what follows it with the next frame.
func TestNobodyWaitsAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPump(func(f func()) { f() })
		defer p.Close()
		after := func() time.Duration {
			start, shown := time.Now(), make(chan time.Time, 1)
			p.Post(func() { shown <- time.Now() })
			return (<-shown).Sub(start)
		}
		for range 3 {
			time.Sleep(time.Second)
			if first, second := after(), after(); first != 0 || second != frame {
				t.Errorf("the first was shown after %v, the second after %v", first, second)
			}
		}
	})
}

// ui is a UI goroutine.
func ui(t *testing.T) *Session {
	p := NewPump(func(f func()) { f() })
	t.Cleanup(p.Close)
	return p.NewSession()
}

func TestRun(t *testing.T) {
	s := ui(t)
	want := errors.New("no")
	got := make(chan error)
	s.Run(func(context.Context) error { return want }, func(err error) { got <- err })
	if err := <-got; err != want {
		t.Errorf("done was told %v", err)
	}
}

func TestNothingComesBackAfterTheEnd(t *testing.T) {
	s := ui(t)
	started, ended := make(chan struct{}), make(chan struct{})
	s.Run(func(ctx context.Context) error {
		close(started)
		<-ctx.Done()
		close(ended)
		return nil
	}, func(error) { t.Error("a result came back") })
	<-started
	s.End()
	<-ended
	// Another session's result comes after whatever this one had to say.
	next := make(chan struct{})
	other := s.pump.NewSession()
	other.Run(func(context.Context) error { return nil }, func(error) { close(next) })
	<-next
}

func TestQueueKeepsTheOrder(t *testing.T) {
	s := ui(t)
	q := s.NewQueue()
	var mu sync.Mutex
	var order []int
	done := make(chan struct{})
	for i := range 100 {
		q.Run(func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, i)
			return nil
		}, func(error) {
			if i == 99 {
				close(done)
			}
		})
	}
	<-done
	for i, v := range order {
		if i != v {
			t.Fatalf("work was done in the order %v", order)
		}
	}
}

func TestListenKeepsEveryEvent(t *testing.T) {
	s := ui(t)
	events := make(chan model.Event)
	done := make(chan struct{})
	var last uint64
	s.Listen(events, func(es []model.Event) {
		for _, e := range es {
			if e.Revision != last+1 {
				t.Errorf("after event %d came %d", last, e.Revision)
			}
			last = e.Revision
		}
		if last == 500 {
			close(done)
		}
	})
	for i := range 500 {
		events <- model.Event{Revision: uint64(i + 1)}
	}
	<-done
}

// What takes a moment is there when RunSoon returns, what takes longer comes later;
// either way once.
func TestRunSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPump(func(f func()) { f() })
		defer p.Close()
		s := p.NewSession()
		want := errors.New("of the work")
		for _, takes := range []time.Duration{0, moment / 2, time.Second} {
			got := make(chan time.Duration, 9)
			start := time.Now()
			s.RunSoon(func(context.Context) error { time.Sleep(takes); return want }, func(err error) {
				if err != want {
					t.Errorf("work of %v ended with %v", takes, err)
				}
				got <- time.Since(start)
			})
			if waited := time.Since(start); waited != min(takes, moment) || len(got) > 0 != (takes < moment) {
				t.Errorf("for work of %v it waited %v, and done was called %d times", takes, waited, len(got))
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if len(got) != 1 {
				t.Fatalf("done of work of %v was called %d times", takes, len(got))
			}
			if after := <-got; after != takes {
				t.Errorf("done of work of %v was called after %v", takes, after)
			}
		}
		s.End()
		s.RunSoon(func(context.Context) error { return nil }, func(error) { t.Error("a result came back after the end") })
		s.RunSoon(func(context.Context) error { time.Sleep(time.Second); return nil }, func(error) { t.Error("a result came back after the end") })
		time.Sleep(10 * time.Second)
	})
}
