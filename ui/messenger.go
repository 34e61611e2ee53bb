// Package ui is the window: the list of conversations, the conversation with its
// composer, and the frame that other screens are opened in.
//
// The messenger is called on background goroutines only. What it answers, and
// the events it sends, come back through one pump (package stage), which hands
// them to the UI goroutine at most once a frame; nothing else in the program calls
// fyne.Do.
package ui

import (
	"context"
	"time"

	"sotto/app/model"
)

// Messenger is what the main window needs of the messenger.
type Messenger interface {
	Self(ctx context.Context) (model.Self, error)
	Settings(ctx context.Context) (model.Settings, error)
	Status(ctx context.Context) (model.Status, error)
	Retry(ctx context.Context)
	Conversations(ctx context.Context) ([]model.Conversation, error)
	Requests(ctx context.Context) ([]model.Request, error)
	Messages(ctx context.Context, id model.ContactID, p model.Page) ([]model.Message, error)
	Message(ctx context.Context, id model.MessageID) (model.Message, error)
	Send(ctx context.Context, id model.ContactID, text string) (model.Message, error)
	Search(ctx context.Context, q model.Query) (model.Hits, error)
	MarkRead(ctx context.Context, id model.ContactID, row int64) error
	SetDraft(ctx context.Context, id model.ContactID, d model.Draft) error
	// Details, Resend, Cancel and Edit are about one message; those that come too
	// late say so with model.NotWaiting.
	Details(ctx context.Context, id model.MessageID) (model.Details, error)
	Resend(ctx context.Context, id model.MessageID) error
	Cancel(ctx context.Context, id model.MessageID) error
	Edit(ctx context.Context, id model.MessageID, text string) error
	// What a person does with a message or a conversation; see package app.
	Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error)
	Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error
	React(ctx context.Context, id model.MessageID, emoji string) error
	Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error
	Star(ctx context.Context, id model.MessageID, starred bool) error
	SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error
	UsedEmoji(ctx context.Context) ([]string, error)
	SetUsedEmoji(ctx context.Context, used []string) error
	Mailboxes(ctx context.Context) (model.MailboxSummary, error)
	Block(ctx context.Context, id model.ContactID, blocked bool) error
	// What a person keeps of a contact for themselves, and the end of one.
	SetPinned(ctx context.Context, id model.ContactID, pinned bool) error
	SetMuted(ctx context.Context, id model.ContactID, until time.Time) error
	SetArchived(ctx context.Context, id model.ContactID, archived bool) error
	RemoveContact(ctx context.Context, id model.ContactID) error
	DismissPhraseUsed(ctx context.Context) error
	Subscribe() (events <-chan model.Event, cancel func())
}
