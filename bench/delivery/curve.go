package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/app/store"
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
	keys, err := unlock(dir)
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

// sealer is the vault's keys as the store wants them.
type sealer struct{ keys *vault.Keys }

func (s sealer) SealRecord(table, id string, version uint32, plain []byte) ([]byte, error) {
	return s.keys.SealRecord(rand.Reader, table, id, version, plain)
}

func (s sealer) OpenRecord(table, id string, version uint32, sealed []byte) ([]byte, error) {
	return s.keys.OpenRecord(table, id, version, sealed)
}

// unlock derives the keys of a closed profile.
func unlock(dir string) (*vault.Keys, error) {
	file, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	return vault.Open(file, []byte(passphrase))
}

// fill adds messages to a closed profile.
func fill(ctx context.Context, dir string, to model.ContactID, n int) error {
	keys, err := unlock(dir)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, dir, keys.Database(), sealer{keys}, store.Options{})
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
