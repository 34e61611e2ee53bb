package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/bench/seed"
	"sotto/crypto/vault"
)

// bench is one run.
type bench struct {
	d            *display
	dir          string // of the profiles
	sotto, hello string
	peers        []peer
	figures      *figures
}

const (
	settling = 3 * time.Second  // before memory and idling are looked at
	leaving  = 12 * time.Second // where the keyboard is in an entry, whose caret blinks for some time
	idling   = 8 * time.Second  // how long idling is looked at
	steps    = 40               // of the wheel
)

// round measures each thing once, one after the other, so that all share the same
// weather.
func (b *bench) round(ctx context.Context) error {
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"starts", b.starts},
		{"bare window", b.bare},
		{"first screen", b.firstScreen},
		{"small profile", func() error { return b.profile("small") }},
		{"large profile", func() error { return b.profile("large") }},
	} {
		if err := part.run(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	for _, p := range b.peers {
		if err := b.peer(p); err != nil {
			log.Print(p.name, " is left out: ", err)
		}
	}
	return nil
}

// rest notes memory and idling of what is on show, once nothing was done for so long.
func (b *bench) rest(name string, p *program, after time.Duration) error {
	if err := b.d.move(1279, 799); err != nil {
		return err
	}
	time.Sleep(after)
	busy, err := p.busy(idling)
	if err != nil {
		return err
	}
	m, err := p.memory()
	if err != nil {
		return err
	}
	b.figures.add(name+", idle", busy)
	b.figures.add(name+", resident", float64(m.all))
	b.figures.add(name+", anonymous", float64(m.anon))
	b.figures.add(name+", proportional", float64(m.pss))
	return nil
}

func (b *bench) noteStart(name string, p *program) {
	b.figures.took(name+", mapped", p.mapped)
	b.figures.took(name+", drawn", p.drawn)
}

// starts notes how long it takes until there is a window: of each in turn, after
// all have been started once, so that none finds colder caches than the others.
func (b *bench) starts() error {
	for again := range 4 {
		for _, w := range []struct {
			name    string
			command []string
		}{
			{"bare", []string{b.hello}},
			{"first screen", []string{b.sotto, "--data", filepath.Join(b.dir, "none")}},
			{"small, locked", []string{b.sotto, "--data", filepath.Join(b.dir, "small")}},
			{"large, locked", []string{b.sotto, "--data", filepath.Join(b.dir, "large")}},
		} {
			p, err := b.d.start(nil, nil, w.command...)
			if err != nil {
				return err
			}
			if again > 0 {
				b.noteStart(w.name, p)
			}
			p.stop()
		}
	}
	return nil
}

// firstScreen looks at the program without a profile when nothing is done.
func (b *bench) firstScreen() error {
	p, err := b.d.start(nil, nil, b.sotto, "--data", filepath.Join(b.dir, "none"))
	if err != nil {
		return err
	}
	defer p.stop()
	return b.rest("first screen", p, settling)
}

// bare measures the bare window: the same that is measured of the messenger, as
// far as it has it.
func (b *bench) bare() error {
	p, err := b.d.start(nil, nil, b.hello)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := b.rest("bare", p, settling); err != nil {
		return err
	}
	list := rect{0, 0, 1200, 700}
	for i := range 10 {
		if err := b.d.move(300, 60+i*40); err != nil {
			return err
		}
		t, err := b.d.painted(list, func() error { return b.d.press(buttonLeft) })
		if err != nil {
			return err
		}
		b.figures.took("bare, press", t)
	}
	scrolled, err := b.d.scroll(list, wheelDown, steps)
	if err != nil {
		return err
	}
	b.figures.took("bare, scroll", scrolled...)
	if err := b.d.move(600, 785); err != nil {
		return err
	}
	if err := b.d.press(buttonLeft); err != nil {
		return err
	}
	return b.rest("bare with the caret", p, leaving)
}

// profile measures the program with a profile, from the lock screen on.
func (b *bench) profile(name string) (err error) {
	s, err := b.startSotto(name)
	if err != nil {
		return err
	}
	defer s.stop()
	key, list, err := s.unlock()
	if err != nil {
		return fmt.Errorf("unlocking: %w", err)
	}
	b.figures.took(name+", key", key)
	b.figures.took(name+", list", list)
	if err := b.rest(name+", list", s.program, settling); err != nil {
		return err
	}
	// Each conversation once, and then again.
	for time := range 6 {
		for i := range 3 {
			t, err := s.open(i)
			if err != nil {
				return fmt.Errorf("opening conversation %d: %w", i, err)
			}
			what := "again"
			if time == 0 {
				what = "first"
			}
			b.figures.took(fmt.Sprintf("%s, open %d %s", name, i, what), t)
		}
	}
	for _, i := range []int{0, 2} { // of a million and of a thousand; there is nothing to scroll in a small profile
		if name == "small" {
			break
		}
		if _, err := s.open(i); err != nil {
			return err
		}
		all, err := b.d.scroll(messages, wheelUp, steps)
		if err != nil {
			return fmt.Errorf("scrolling: %w", err)
		}
		b.figures.took(fmt.Sprintf("%s, scroll %d", name, i), all...)
	}
	if name == "large" {
		if err := b.rest(name+", scrolled up", s.program, leaving); err != nil {
			return err
		}
	}
	for _, letter := range "kmsrtbdvfg" {
		t, err := s.search(letter)
		if err != nil {
			return fmt.Errorf("searching: %w", err)
		}
		b.figures.took(name+", letter", t)
	}
	if _, err := s.open(1); err != nil {
		return err
	}
	return b.rest(name+", conversation", s.program, leaving)
}

// queries measures the first page of what is found, without the window.
func (b *bench) queries(ctx context.Context) error {
	for _, name := range []string{"small", "large"} {
		dir := filepath.Join(b.dir, name)
		keys, err := seed.Unlock(dir, passphrase)
		if err != nil {
			return err
		}
		m, err := app.OpenOn(ctx, dir, passphrase, app.Surroundings{Unlock: func(_, _ []byte) (*vault.Keys, error) { return keys, nil }})
		if err != nil {
			return err
		}
		err = b.ask(ctx, m, name)
		if err := errors.Join(err, m.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) ask(ctx context.Context, m *app.Messenger, name string) error {
	r := newWriter()
	for range 200 {
		text := word(r.zipf.Uint64())
		switch r.r.IntN(4) {
		case 0: // as it is being typed
			text = text[:1+r.r.IntN(len(text))]
		case 1:
			text += " " + word(r.zipf.Uint64())
		}
		began := time.Now()
		if _, err := m.Search(ctx, model.Query{Text: text, Limit: 50}); err != nil {
			return err
		}
		b.figures.took(name+", query", time.Since(began))
	}
	return nil
}

// flood measures scrolling in a conversation of a million while its other side
// writes all the time.
func (b *bench) flood() error {
	other, err := startBob(b.dir)
	if err != nil {
		return err
	}
	defer other.command.Process.Kill()
	s, err := b.startSotto("large")
	if err != nil {
		return err
	}
	defer s.stop()
	if _, _, err := s.unlock(); err != nil {
		return err
	}
	if _, err := other.says(); err != nil {
		return err
	}
	if _, err := s.open(0); err != nil {
		return err
	}
	for _, how := range []string{"calm", "flood"} {
		if how == "flood" {
			if err := other.write(); err != nil {
				return err
			}
			time.Sleep(2 * time.Second)
		}
		all, err := b.d.scroll(messages, wheelUp, 2*steps)
		if err != nil {
			return fmt.Errorf("%s: %w", how, err)
		}
		b.figures.took(how+", scroll", all...)
		busy, err := s.busy(3 * time.Second)
		if err != nil {
			return err
		}
		b.figures.add(how+", busy", busy)
	}
	said, err := other.stop()
	if err != nil {
		return err
	}
	log.Print("Bob wrote ", said, ".")
	return nil
}
