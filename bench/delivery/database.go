package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/app/store"
)

// plain seals records by doing nothing: the sealing of records is not what is
// measured here.
type plain struct{}

func (plain) SealRecord(_, _ string, _ uint32, b []byte) ([]byte, error) { return b, nil }
func (plain) OpenRecord(_, _ string, _ uint32, b []byte) ([]byte, error) { return b, nil }

// perGroup is how many messages share a transaction when many are written at once.
const perGroup = 64

type alone struct{ sender, recipient time.Duration }

// database writes the rows of n messages as sender and as recipient do, and
// nothing else.
func database(dir string, n int) (alone, error) {
	ctx := context.Background()
	var took alone
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return took, err
	}
	db, err := store.Open(ctx, dir, make([]byte, 32), plain{}, store.Options{Create: true})
	if err != nil {
		return took, err
	}
	defer db.Close()
	const contact = model.ContactID("bob")
	var session store.SessionID
	if err := db.Update(ctx, func(t *store.Tx) error {
		if err := t.PutContact(store.Contact{Contact: model.Contact{ID: contact, Added: time.Now()}, Identity: []byte("keys")}); err != nil {
			return err
		}
		session, err = t.AddSession(store.Session{Contact: contact, State: make([]byte, 5000), Created: time.Now()})
		return err
	}); err != nil {
		return took, err
	}
	text := strings.Repeat("All is well here. ", 56)[:1000]
	cell := make([]byte, 4096)
	rand.Read(cell)
	pos := uint64(0)
	// group is one transaction, with the session that changes in each.
	group := func(f func(t *store.Tx) error) error {
		return db.Update(ctx, func(t *store.Tx) error {
			if err := f(t); err != nil {
				return err
			}
			return t.UpdateSession(store.Session{ID: session, State: make([]byte, 5000)})
		})
	}
	message := func(t *store.Tx, d model.Direction, state model.State) (model.MessageID, error) {
		pos++
		m := model.Message{ID: messageID(time.Now()), Contact: contact, Direction: d, State: state, Text: text, Time: time.Now(), StateTime: time.Now()}
		added, err := t.AddMessage(&m, store.Place{Pos: pos, Top: pos - 1})
		if err == nil && !added {
			err = fmt.Errorf("a message was not added")
		}
		return m.ID, err
	}

	start := time.Now()
	for done := 0; done < n; done += perGroup {
		first := pos + 1
		if err := group(func(t *store.Tx) error {
			for range perGroup {
				id, err := message(t, model.Outgoing, model.Waiting)
				if err != nil {
					return err
				}
				if err := t.Queue(&store.Outgoing{Contact: contact, Session: session, Seq: pos, Message: id, Cell: cell, Created: time.Now()}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return took, err
		}
		if err := group(func(t *store.Tx) error {
			_, err := t.Acknowledged(session, first, pos, time.Now())
			return err
		}); err != nil {
			return took, err
		}
	}
	took.sender = time.Since(start)

	pos = 0
	start = time.Now()
	for done := 0; done < n; done += perGroup {
		if err := group(func(t *store.Tx) error {
			for range perGroup {
				if _, err := message(t, model.Incoming, model.Delivered); err != nil {
					return err
				}
				var envelope [16]byte
				rand.Read(envelope[:])
				if err := t.MarkSeen(envelope, time.Now()); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return took, err
		}
	}
	took.recipient = time.Since(start)
	return took, nil
}

// messageID returns an id as the messenger makes them.
func messageID(now time.Time) model.MessageID {
	var b [16]byte
	rand.Read(b[:])
	ms := now.UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	return model.MessageID(hex.EncodeToString(b[:]))
}
