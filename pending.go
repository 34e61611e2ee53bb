package main

import (
	"context"

	"sotto/app"
	"sotto/app/model"
)

// pending stands in for what the messenger does not do yet: it answers that
// there are no mailboxes.
type pending struct{ *app.Messenger }

func (pending) Mailboxes(context.Context) (model.MailboxSummary, error) {
	return model.MailboxSummary{}, nil
}

func (pending) AddMailbox(context.Context, string, string) (model.Mailbox, error) {
	return model.Mailbox{}, model.E(model.MailboxRefused, "", nil)
}

func (pending) AcceptMailbox(context.Context, model.ContactID) (model.Mailbox, error) {
	return model.Mailbox{}, model.E(model.NotFound, "", nil)
}

func (pending) RenameMailbox(context.Context, model.MailboxID, string) error { return notYet }
func (pending) RemoveMailbox(context.Context, model.MailboxID) error         { return notYet }
func (pending) ProbeMailbox(context.Context, model.MailboxID) error          { return notYet }

func (pending) Hosting(context.Context) (model.Hosting, error) { return model.Hosting{}, nil }

func (pending) SetHosting(context.Context, []model.ContactID, int64) error { return notYet }

var notYet = model.E(model.NotFound, "", nil)
