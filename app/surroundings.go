package app

import (
	"context"
	"log/slog"
	"time"

	"sotto/crypto/vault"
	"sotto/p2p/node"
)

// Surroundings are what a messenger stands on, for whoever checks that it
// stands when they fail (internal/history). Programs leave them zero: system
// clock, real files, real network. Nothing outside the program's code sets them.
type Surroundings struct {
	// Now is the clock.
	Now func() time.Time
	// Files names the SQLite file layer, with enciphering.
	Files string
	// Node starts the network.
	Node func(node.Config) (*node.Node, error)
	// Unlock opens a key file.
	Unlock func(file, passphrase []byte) (*vault.Keys, error)
	// Params are the costs of a new key file.
	Params *vault.Params
	// Haste is how many times sooner than usual the program does by itself what it
	// does after some time.
	Haste int
	// Mailbox connects to a mailbox.
	Mailbox func(context.Context, node.Route) (MailboxConn, error)
	// At is called at the points where a program may end that matter to what is
	// on disk and on the network (see the calls).
	At func(point string)
	// Log is where the program tells developers what it does.
	Log *slog.Logger
}

// MailboxConn is a connection to a mailbox, as mailbox.Dial gives it.
type MailboxConn = mailboxConn

// soon returns how long to wait when d is usual.
func (s Surroundings) soon(d time.Duration) time.Duration { return d / time.Duration(s.Haste) }

// fill replaces what is zero by what programs use.
func (s Surroundings) fill() Surroundings {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Node == nil {
		s.Node = node.New
	}
	if s.Unlock == nil {
		s.Unlock = unlock
	}
	if s.Haste == 0 {
		s.Haste = 1
	}
	if s.Mailbox == nil {
		s.Mailbox = dialMailbox
	}
	if s.At == nil {
		s.At = func(string) {}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return s
}
