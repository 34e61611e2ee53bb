package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Where things are in a window of 1280 by 800.
var (
	listRows = rect{4, 64, 312, 680}   // conversations
	found    = rect{4, 98, 312, 640}   // what was found, below the filters
	messages = rect{324, 64, 880, 640} // the timeline, without the button that leads to its end
)

// rowOf is the middle of a conversation's row.
func rowOf(i int) (x, y int) { return 150, 60 + 64*i + 32 }

// sotto is the program with a profile.
type sotto struct {
	*program
	profile string
}

// unlock opens the profile in the window, and returns how long it took from Enter
// to the derived key, and from there to the painted list.
func (s *sotto) unlock() (key, list time.Duration, err error) {
	time.Sleep(time.Second) // for the window to have the keyboard
	if err := s.d.words(passphrase); err != nil {
		return 0, 0, err
	}
	time.Sleep(200 * time.Millisecond)
	at, err := opened(s.profile)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	all, err := s.d.paintedAfter(listRows, time.Second, func() error { return s.d.key(keyReturn) })
	if err != nil {
		return 0, 0, err
	}
	select {
	case t := <-at:
		key = t.Sub(began)
		return key, all - key, nil
	default:
		return 0, 0, fmt.Errorf("the profile was not opened")
	}
}

// open presses a conversation's row and returns how long it took until its
// messages were painted.
func (s *sotto) open(i int) (time.Duration, error) {
	x, y := rowOf(i)
	if err := s.d.move(x, y); err != nil {
		return 0, err
	}
	return s.d.painted(messages, func() error { return s.d.press(buttonLeft) })
}

// scroll turns the wheel so many steps and returns how long each took until it
// was painted.
func (d *display) scroll(r rect, button byte, steps int) (all []time.Duration, err error) {
	if err := d.move(r.x+r.w/2, r.y+r.h/2); err != nil {
		return nil, err
	}
	for range steps {
		t, err := d.painted(r, func() error { return d.press(button) })
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// search types a letter into the search and returns how long it took until what
// was found was painted. It leaves the search again.
func (s *sotto) search(letter rune) (time.Duration, error) {
	if err := s.d.key('f', keyControl); err != nil {
		return 0, err
	}
	time.Sleep(300 * time.Millisecond)
	t, err := s.d.painted(found, func() error { return s.d.key(xproto.Keysym(letter)) })
	for range 2 {
		if err == nil {
			err = s.d.key(keyEscape)
		}
		time.Sleep(300 * time.Millisecond)
	}
	return t, err
}

// startSotto starts the program with a profile, an empty one if it is not there.
func (b *bench) startSotto(profile string) (*sotto, error) {
	dir := filepath.Join(b.dir, profile)
	p, err := b.d.start(nil, nil, b.sotto, "--data", dir)
	return &sotto{p, dir}, err
}
