// Package app is what a person can do with Sotto: make a profile, become
// contacts, write and read. It is the one place where plaintext meets
// transport: below it, crypto turns contents into sealed cells and back, and
// p2p carries cells without a word for what is in them.
//
// A [Messenger] is an open profile. A message's way through it, in one breath:
// [Messenger.Send] seals the text with the contact's ratchet and stores, in one
// transaction, the message, the new ratchet state and the sealed cell in the
// outbox; the contact's flusher hands the cell to the network whenever there is
// a session; on the other side the cell is opened, and its text, the ratchet
// state and the acknowledgement are stored in one transaction; the
// acknowledgement travels back inside a sealed cell and takes the cell out of
// the outbox. Whatever is killed at whatever moment: what is in an outbox is
// sent again, what was taken in is known.
//
// What changes is told as events that carry ids (package model); whoever wants
// to know more asks.
package app

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/crypto/vault"
	"sotto/p2p/node"
)

// Messenger is an open profile. Its methods are safe for concurrent use.
type Messenger struct {
	dir  string
	lock io.Closer // held while the profile is ours
	db   *store.DB
	keys *vault.Keys
	self *handshake.Self
	on   Surroundings
	rand io.Reader
	now  func() time.Time
	log  *slog.Logger
	hub  hub
	dial func(context.Context, node.Route) (mailboxConn, error) // to a mailbox

	asked     chan *asked   // changes to be made; see commit.go
	closing   chan struct{} // closed when no more are taken
	committed chan struct{} // closed when no more are under way

	// These belong to the goroutine that makes the changes.
	sessions map[store.SessionID]session   // as committed
	tags     *tags                         // likewise; nil until they are needed
	held     map[store.SessionID][]arrival // cells that wait for a device list
	strays   map[model.ContactID]stray     // the first cell of a contact's that did not open
	wants    map[store.SessionID]want      // sessions in which reset bundles are waited for

	// netMu makes going online and offline one after the other. net is read
	// without it: changes do so, and going online waits for them.
	netMu sync.Mutex
	net   atomic.Pointer[network] // nil while offline

	nearbyMu sync.Mutex // held while looking for people nearby begins or is ended

	keyFileMu sync.Mutex // held while the key file is replaced

	closeOnce sync.Once
	closeErr  error
}

// Subscribe returns what happens from now on, and a function that ends it. The
// channel is closed by that function and by Close. Whoever falls far behind
// gets a single EventResync instead of what was missed.
func (m *Messenger) Subscribe() (<-chan model.Event, func()) { return m.hub.subscribe() }

// Close goes offline, forgets the keys and gives the profile free for other
// programs. It may be called more than once.
func (m *Messenger) Close() error {
	m.closeOnce.Do(func() {
		m.goOffline()
		close(m.closing)
		<-m.committed
		m.closeErr = m.db.Close()
		m.keys.Wipe()
		m.hub.close()
		m.lock.Close()
	})
	return m.closeErr
}

// account returns the person's own account id.
func (m *Messenger) account() model.ContactID { return contactID(m.self) }

func contactID(s *handshake.Self) model.ContactID {
	id := s.Identity.Account.ID()
	return model.ContactID(hex.EncodeToString(id[:]))
}

// newID returns 16 random bytes in hex.
func (m *Messenger) newID() string {
	var b [16]byte
	io.ReadFull(m.rand, b[:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// newMessageID returns an id for a message written now: 6 bytes of time in
// milliseconds, so that ids that come together lie together in the database, and
// 10 random bytes. The time is one that the recipient is told anyway.
func (m *Messenger) newMessageID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli())<<16)
	io.ReadFull(m.rand, b[6:]) // crypto/rand never fails
	return hex.EncodeToString(b[:])
}

// unhex decodes hex that is ours, or returns nil.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

// view reads inside one transaction.
func (m *Messenger) view(ctx context.Context, f func(*store.Tx) error) error {
	return m.db.Update(ctx, f)
}

var systemRandom = rand.Reader
