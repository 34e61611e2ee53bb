package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sotto/app/control"
	"sotto/app/model"
)

type nearbyCommand struct {
	Seconds      int `default:"300" help:"How long, at most 600."`
	networkFlags `embed:""`
}

// The lines of nearby. Each has its kind in "event".
type (
	// shownLine says as whom we are seen, and until when.
	shownLine struct {
		Event string    `json:"event"`
		Name  string    `json:"name"`
		Until time.Time `json:"until"`
	}
	// personLine: "person" is there, and "gone" is no longer.
	personLine struct {
		Event string `json:"event"`
		model.NearbyPerson
	}
)

// Run shows us to people on this network and prints who else is there, and who
// asks, until the time is over or a signal comes.
func (c *nearbyCommand) Run(p *program) error {
	d := time.Duration(c.Seconds) * time.Second
	if d <= 0 || d > model.MaxNearby {
		return usageError("--seconds must be from 1 to 600")
	}
	return p.with(func(m *profile) (err error) {
		if err := m.goOnline(p.ctx, c.networkFlags); err != nil {
			return err
		}
		if m.own != nil { // so that other commands can ask and accept meanwhile
			stop, err := control.Offer(p.Data, m.own)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stop()) }()
		}
		state, err := m.StartNearby(p.ctx, d)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, m.StopNearby(context.WithoutCancel(p.ctx))) }()
		if err := p.print(shownLine{"shown", state.Name, state.Until}, func(w io.Writer) {
			fmt.Fprintf(w, "Everybody on this network sees you as %s until %s.\n", clean(state.Name), state.Until.Local().Format("15:04"))
			fmt.Fprintln(w, "The code is the same on both sides. It tells people apart and verifies nobody.")
		}); err != nil {
			return err
		}
		seen := &onlookers{program: p, m: m}
		err = await(p.ctx, m, seen.look)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	})
}

// onlookers prints who comes and goes.
type onlookers struct {
	*program
	m       control.Messenger
	people  []model.NearbyPerson
	printed map[model.RequestID]bool
}

// look prints what changed, and reports whether it is over.
func (o *onlookers) look() (over bool, err error) {
	state, err := o.m.Nearby(o.ctx)
	if err != nil {
		return false, err
	}
	now := state.People
	for _, n := range now {
		if !has(o.people, n) {
			err = errors.Join(err, o.print(personLine{"person", n}, func(w io.Writer) { fmt.Fprintf(w, "%s\t%s\n", n.Code, clean(n.Name)) }))
		}
	}
	for _, n := range o.people {
		if !has(now, n) {
			err = errors.Join(err, o.print(personLine{"gone", n}, func(w io.Writer) { fmt.Fprintf(w, "%s\t%s is gone\n", n.Code, clean(n.Name)) }))
		}
	}
	o.people = now
	requests, failed := o.m.Requests(o.ctx)
	for _, r := range requests {
		if r.Mode == model.ModeNearby && !o.printed[r.ID] {
			if o.printed == nil {
				o.printed = make(map[model.RequestID]bool)
			}
			o.printed[r.ID] = true
			err = errors.Join(err, o.print(requestLine{"request", r}, func(w io.Writer) { fmt.Fprintln(w, requestWords(r)) }))
		}
	}
	return !state.On, errors.Join(err, failed)
}

// has reports whether somebody is among people with the code they have now.
func has(people []model.NearbyPerson, n model.NearbyPerson) bool {
	for _, p := range people {
		if p.ID == n.ID && p.Code == n.Code {
			return true
		}
	}
	return false
}

// settle is how long others of the same name have to be heard as well.
const settle = 5 * time.Second

// runNearby asks somebody on this network, once they are there.
func (c *addCommand) runNearby(p *program) error {
	if c.Wait == 0 {
		return usageError("--nearby takes a time to wait for")
	}
	return p.with(func(m *profile) (err error) {
		if err := m.goOnline(p.ctx, c.networkFlags); err != nil {
			return err
		}
		before, err := m.Nearby(p.ctx)
		if err != nil {
			return err
		}
		if !before.On {
			if _, err := m.StartNearby(p.ctx, c.Wait); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, m.StopNearby(context.WithoutCancel(p.ctx))) }()
		}
		who, err := c.find(p, m)
		if err != nil {
			return err
		}
		j, err := m.JoinNearby(p.ctx, who.ID)
		if err != nil {
			return err
		}
		return c.follow(p, m, j)
	})
}

// find waits until the person is there. Kind NotFound.
func (c *addCommand) find(p *program, m control.Messenger) (who model.NearbyPerson, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, c.Wait)
	defer cancel()
	matching := func() (found []model.NearbyPerson, err error) {
		state, err := m.Nearby(p.ctx)
		for _, n := range state.People {
			if n.Name == c.Nearby || n.Code == c.Nearby {
				found = append(found, n)
			}
		}
		return found, err
	}
	err = await(ctx, m, func() (bool, error) {
		found, err := matching()
		return len(found) > 0, err
	})
	if err == nil && p.ctx.Err() == nil {
		select {
		case <-time.After(settle):
		case <-ctx.Done():
		}
	}
	if p.ctx.Err() != nil {
		return who, p.ctx.Err()
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return who, err
	}
	found, err := matching()
	if len(found) > 1 {
		return who, refusal(fmt.Sprintf("%q fits several people nearby. Give the code that you and they both see.", clean(c.Nearby)))
	}
	return only(found, "person nearby called", c.Nearby, err)
}
