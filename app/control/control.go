// Package control lets other programs of the same person reach a running
// profile: JSON-RPC 2.0 over a Unix socket that lies in the profile directory
// and is open to its owner alone.
//
// Each request and each answer is one JSON object on one line. A request without
// an id is not answered. The methods are those of Messenger (see methods.go for
// their names and parameters), and "subscribe", after which the connection also
// carries notifications named "event". Requests of one connection run side by
// side; answers come in the order in which they are ready. Batches are refused.
//
// Whoever can open the socket can do what the person can, except what needs the
// passphrase again: the recovery phrase and a change of passphrase are not
// offered here.
package control

import (
	"context"
	"time"

	"sotto/app/model"
)

// Messenger is what can be asked of a running profile. The messenger itself has
// these methods, and so has Client: a command is written once, against Messenger,
// and works whether another program holds the profile or not.
type Messenger interface {
	Self(ctx context.Context) (model.Self, error)
	Status(ctx context.Context) (model.Status, error)

	CreateInvitation(ctx context.Context, mode model.Mode, expires time.Duration) (model.Invitation, error)
	Invitations(ctx context.Context) ([]model.Invitation, error)
	RevokeInvitation(ctx context.Context, id model.InvitationID) error

	Join(ctx context.Context, link string) (model.Join, error)
	Joins(ctx context.Context) ([]model.Join, error)

	Nearby(ctx context.Context) (model.Nearby, error)
	StartNearby(ctx context.Context, d time.Duration) (model.Nearby, error)
	StopNearby(ctx context.Context) error
	JoinNearby(ctx context.Context, id model.NearbyID) (model.Join, error)

	Requests(ctx context.Context) ([]model.Request, error)
	AcceptRequest(ctx context.Context, id model.RequestID) (model.Contact, error)
	DeclineRequest(ctx context.Context, id model.RequestID, block bool) error

	Contacts(ctx context.Context) ([]model.Contact, error)
	Contact(ctx context.Context, id model.ContactID) (model.Contact, error)
	Rename(ctx context.Context, id model.ContactID, name string) error
	Block(ctx context.Context, id model.ContactID, blocked bool) error
	SafetyNumber(ctx context.Context, id model.ContactID) (model.SafetyNumber, error)
	SetVerified(ctx context.Context, id model.ContactID, verified bool) error
	RenewSession(ctx context.Context, id model.ContactID) error

	Send(ctx context.Context, id model.ContactID, text string) (model.Message, error)
	Message(ctx context.Context, id model.MessageID) (model.Message, error)
	FindMessage(ctx context.Context, prefix string) (model.Message, error)
	Messages(ctx context.Context, id model.ContactID, page model.Page) ([]model.Message, error)
	MarkRead(ctx context.Context, id model.ContactID, row int64) error
	Search(ctx context.Context, q model.Query) (model.Hits, error)

	Details(ctx context.Context, id model.MessageID) (model.Details, error)
	Resend(ctx context.Context, id model.MessageID) error
	Cancel(ctx context.Context, id model.MessageID) error
	Edit(ctx context.Context, id model.MessageID, text string) error
	Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error)
	Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error
	React(ctx context.Context, id model.MessageID, emoji string) error
	Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error
	Star(ctx context.Context, id model.MessageID, starred bool) error

	SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error
	SetPinned(ctx context.Context, id model.ContactID, pinned bool) error
	SetArchived(ctx context.Context, id model.ContactID, archived bool) error
	SetMuted(ctx context.Context, id model.ContactID, until time.Time) error
	SetLabels(ctx context.Context, id model.ContactID, labels []string) error
	Labels(ctx context.Context) ([]string, error)
	SetRemark(ctx context.Context, id model.ContactID, remark string) error
	RemoveContact(ctx context.Context, id model.ContactID) error

	Mailboxes(ctx context.Context) (model.MailboxSummary, error)
	AddMailbox(ctx context.Context, link, name string) (model.Mailbox, error)
	RemoveMailbox(ctx context.Context, id model.MailboxID) error
	MailboxOwner(ctx context.Context) (string, error)

	// Subscribe returns a channel of what changes from now on. It is buffered;
	// whoever falls behind finds an EventResync in it. It is closed by cancel
	// and when the profile is closed.
	Subscribe() (events <-chan model.Event, cancel func())
}

const (
	// MaxRequest is the longest request line, in bytes. The longest text, every
	// byte of it escaped as \u00xx, fits six times over.
	MaxRequest = 1 << 20
	// MaxAnswer is the longest answer line that a client reads, in bytes: 500
	// messages of the longest text, each byte of them escaped.
	MaxAnswer = 256 << 20
)
