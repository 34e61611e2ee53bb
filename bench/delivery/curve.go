package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/app/store"
	"sotto/bench/seed"
	"sotto/crypto/vault"
)

// curve measures what a message costs with more and more messages stored.
func curve(ctx context.Context, dir string, most int) error {
	p, err := newPair(ctx, dir, "curve")
	if err != nil {
		return err
	}
	defer p.bob.stop()
	fmt.Printf("## With many messages stored\n\n| stored | start, p50 | send, p50 | send to delivered, p50 | open a conversation |\n| ---: | ---: | ---: | ---: | ---: |\n")
	have := 0
	for _, n := range []int{1000, 100_000, 1_000_000} {
		if n > most {
			break
		}
		p.Messenger.Close()
		if err := fill(ctx, p.dir, p.to, n-have); err != nil {
			return err
		}
		have = n
		var starts []time.Duration
		for range 5 {
			p.Messenger.Close()
			var took time.Duration
			if p.Messenger, took, err = start(ctx, p.dir); err != nil {
				return err
			}
			starts = append(starts, took)
		}
		slices.Sort(starts)
		began := time.Now()
		if _, err := p.Messages(ctx, p.to, model.Page{Limit: 100}); err != nil {
			return err
		}
		opened := time.Since(began)
		if err := p.GoOnline(ctx, loopback); err != nil {
			return err
		}
		events, cancel := p.Subscribe()
		var send, whole []time.Duration
		for range 200 {
			began := time.Now()
			m, err := p.Send(ctx, p.to, "Are you still on the train?")
			if err != nil {
				return err
			}
			send = append(send, time.Since(began))
			if err := delivered(ctx, p, events, m.ID); err != nil {
				return err
			}
			whole = append(whole, time.Since(began))
		}
		cancel()
		have += 200
		slices.Sort(send)
		slices.Sort(whole)
		fmt.Printf("| %d | %v | %v | %v | %v |\n", n, starts[2].Round(time.Microsecond), send[100].Round(time.Microsecond), whole[100].Round(time.Microsecond), opened.Round(time.Microsecond))
	}
	fmt.Println()
	return p.Messenger.Close()
}

// start opens a profile and reads the list of conversations. The passphrase is
// stretched before the clock runs, since that takes most of a second by design.
func start(ctx context.Context, dir string) (*app.Messenger, time.Duration, error) {
	keys, err := seed.Unlock(dir, passphrase)
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	m, err := app.OpenOn(ctx, dir, passphrase, app.Surroundings{Unlock: func(_, _ []byte) (*vault.Keys, error) { return keys, nil }})
	if err != nil {
		return nil, 0, err
	}
	if _, err := m.Conversations(ctx); err != nil {
		m.Close()
		return nil, 0, err
	}
	return m, time.Since(began), nil
}

// fill adds messages to a closed profile.
func fill(ctx context.Context, dir string, to model.ContactID, n int) error {
	keys, err := seed.Unlock(dir, passphrase)
	if err != nil {
		return err
	}
	db, err := seed.Open(ctx, dir, keys)
	if err != nil {
		return err
	}
	text := strings.Repeat("All is well here. ", 8)
	for n > 0 {
		if err := db.Update(ctx, func(t *store.Tx) error {
			for range min(n, 1000) {
				n--
				now := time.Now()
				d, state := model.Incoming, model.Read
				if n%2 == 0 {
					d = model.Outgoing
				}
				m := model.Message{ID: messageID(now), Contact: to, Direction: d, State: state, Text: text, Time: now, StateTime: now}
				if _, err := t.AddMessage(&m, store.Place{}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return db.Close()
}
