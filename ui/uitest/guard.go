package uitest

import (
	"bytes"
	"context"
	"runtime"
	"time"

	"sotto/app/model"
)

// Guarded is a messenger that must not be called by the goroutine that made it,
// which is that of the window: a call there would hold the window up. It panics if
// it is. Which goroutine calls is looked at, not how long it takes.
type Guarded struct {
	*Messenger
	ui string
}

// Guard returns m for a window whose goroutine is the one that calls this.
func Guard(m *Messenger) Guarded { return Guarded{m, goroutine()} }

// check panics on the window's goroutine.
func (g Guarded) check(method string) {
	if goroutine() == g.ui {
		panic("uitest: " + method + " is called on the UI goroutine")
	}
}

// goroutine returns what tells this goroutine from all others: the language says it
// at the head of a stack only.
func goroutine() string {
	head := make([]byte, 64)
	head = head[:runtime.Stack(head, false)]
	number, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("goroutine ")), []byte(" "))
	return string(number)
}

// What follows is the messenger's own, after a look at who calls. Subscribe alone
// does not wait for anything, and may be called anywhere.

func (g Guarded) Self(ctx context.Context) (model.Self, error) {
	g.check("Self")
	return g.Messenger.Self(ctx)
}

func (g Guarded) Settings(ctx context.Context) (model.Settings, error) {
	g.check("Settings")
	return g.Messenger.Settings(ctx)
}

func (g Guarded) Status(ctx context.Context) (model.Status, error) {
	g.check("Status")
	return g.Messenger.Status(ctx)
}

func (g Guarded) Retry(ctx context.Context) {
	g.check("Retry")
	g.Messenger.Retry(ctx)
}

func (g Guarded) Conversations(ctx context.Context) ([]model.Conversation, error) {
	g.check("Conversations")
	return g.Messenger.Conversations(ctx)
}

func (g Guarded) Requests(ctx context.Context) ([]model.Request, error) {
	g.check("Requests")
	return g.Messenger.Requests(ctx)
}

func (g Guarded) Messages(ctx context.Context, id model.ContactID, p model.Page) ([]model.Message, error) {
	g.check("Messages")
	return g.Messenger.Messages(ctx, id, p)
}

func (g Guarded) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	g.check("Message")
	return g.Messenger.Message(ctx, id)
}

func (g Guarded) Send(ctx context.Context, id model.ContactID, text string) (model.Message, error) {
	g.check("Send")
	return g.Messenger.Send(ctx, id, text)
}

func (g Guarded) Search(ctx context.Context, q model.Query) (model.Hits, error) {
	g.check("Search")
	return g.Messenger.Search(ctx, q)
}

func (g Guarded) MarkRead(ctx context.Context, id model.ContactID, row int64) error {
	g.check("MarkRead")
	return g.Messenger.MarkRead(ctx, id, row)
}

func (g Guarded) SetDraft(ctx context.Context, id model.ContactID, d model.Draft) error {
	g.check("SetDraft")
	return g.Messenger.SetDraft(ctx, id, d)
}

func (g Guarded) Details(ctx context.Context, id model.MessageID) (model.Details, error) {
	g.check("Details")
	return g.Messenger.Details(ctx, id)
}

func (g Guarded) Resend(ctx context.Context, id model.MessageID) error {
	g.check("Resend")
	return g.Messenger.Resend(ctx, id)
}

func (g Guarded) Cancel(ctx context.Context, id model.MessageID) error {
	g.check("Cancel")
	return g.Messenger.Cancel(ctx, id)
}

func (g Guarded) Edit(ctx context.Context, id model.MessageID, text string) error {
	g.check("Edit")
	return g.Messenger.Edit(ctx, id, text)
}

func (g Guarded) Mailboxes(ctx context.Context) (model.MailboxSummary, error) {
	g.check("Mailboxes")
	return g.Messenger.Mailboxes(ctx)
}

func (g Guarded) Block(ctx context.Context, id model.ContactID, blocked bool) error {
	g.check("Block")
	return g.Messenger.Block(ctx, id, blocked)
}

func (g Guarded) DismissPhraseUsed(ctx context.Context) error {
	g.check("DismissPhraseUsed")
	return g.Messenger.DismissPhraseUsed(ctx)
}

func (g Guarded) Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error) {
	g.check("Reply")
	return g.Messenger.Reply(ctx, to, text)
}

func (g Guarded) Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error {
	g.check("Forward")
	return g.Messenger.Forward(ctx, id, to)
}

func (g Guarded) React(ctx context.Context, id model.MessageID, emoji string) error {
	g.check("React")
	return g.Messenger.React(ctx, id, emoji)
}

func (g Guarded) Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error {
	g.check("Delete")
	return g.Messenger.Delete(ctx, ids, forBoth)
}

func (g Guarded) Star(ctx context.Context, id model.MessageID, starred bool) error {
	g.check("Star")
	return g.Messenger.Star(ctx, id, starred)
}

func (g Guarded) SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error {
	g.check("SetTimer")
	return g.Messenger.SetTimer(ctx, id, after)
}

func (g Guarded) SetPinned(ctx context.Context, id model.ContactID, pinned bool) error {
	g.check("SetPinned")
	return g.Messenger.SetPinned(ctx, id, pinned)
}

func (g Guarded) SetMuted(ctx context.Context, id model.ContactID, until time.Time) error {
	g.check("SetMuted")
	return g.Messenger.SetMuted(ctx, id, until)
}

func (g Guarded) SetArchived(ctx context.Context, id model.ContactID, archived bool) error {
	g.check("SetArchived")
	return g.Messenger.SetArchived(ctx, id, archived)
}

func (g Guarded) RemoveContact(ctx context.Context, id model.ContactID) error {
	g.check("RemoveContact")
	return g.Messenger.RemoveContact(ctx, id)
}

func (g Guarded) UsedEmoji(ctx context.Context) ([]string, error) {
	g.check("UsedEmoji")
	return g.Messenger.UsedEmoji(ctx)
}

func (g Guarded) SetUsedEmoji(ctx context.Context, used []string) error {
	g.check("SetUsedEmoji")
	return g.Messenger.SetUsedEmoji(ctx, used)
}
