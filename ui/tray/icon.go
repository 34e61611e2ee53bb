// Package tray is the program's icon in the tray of the desktop: a picture with
// how many messages wait, and a menu. Whether there is a tray says package desktop.
package tray

import "sync"

// Actions are what the menu of the tray offers, each called on a goroutine of
// its own.
type Actions struct{ Show, Lock, Quit func() }

// State is what the tray tells.
type State struct {
	Unread int
	Locked bool
}

// words returns what is said to the pointer and to screen readers.
func (s State) words() string {
	switch {
	case s.Locked:
		return wordLocked
	case s.Unread > 0:
		return wordUnread.Of(s.Unread)
	}
	return wordName
}

// Icon is the program's icon in the tray. There is one at most.
type Icon struct {
	actions Actions
	start   sync.Once
	wake    chan struct{}
	mu      sync.Mutex
	state   State
}

// New returns an icon that is not shown yet.
func New(a Actions) *Icon {
	return &Icon{actions: a, wake: make(chan struct{}, 1)}
}

// Set changes what the icon tells. It returns at once.
func (t *Icon) Set(change func(*State)) {
	t.mu.Lock()
	change(&t.state)
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *Icon) now() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state
}
