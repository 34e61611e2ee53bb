package app

import (
	"context"
	"time"

	"sotto/app/model"
)

var errNotYet = model.E(model.NotFound, "not built yet", nil)

// Reply writes to a contact in answer to a message of the conversation. Kinds as
// Send.
func (m *Messenger) Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error) {
	return model.Message{}, errNotYet
}

// Forward writes a message's text to other contacts, marked as forwarded, without
// telling whose it was. Kinds as Send, Deletion.
func (m *Messenger) Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error {
	return errNotYet
}

// React puts an emoji on a message, in the place of the one before; "" takes it
// back. Kinds NotFound, BadReaction, Deletion, Blocked, AlarmUndecided.
func (m *Messenger) React(ctx context.Context, id model.MessageID, emoji string) error {
	return errNotYet
}

// Delete removes messages from this device, and with forBoth their texts from the
// contact's as well; that is for messages of ours only. Kinds NotFound, NotOurs.
func (m *Messenger) Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error {
	return errNotYet
}

// Star marks a message for the person alone. Kinds NotFound, Deletion.
func (m *Messenger) Star(ctx context.Context, id model.MessageID, starred bool) error {
	return errNotYet
}

// SetTimer sets after how long new texts of a conversation disappear, on both
// sides; 0 is never. Kinds NotFound, BadTimer, Blocked, AlarmUndecided.
func (m *Messenger) SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error {
	return errNotYet
}

// SetPinned keeps a conversation at the top of the list. Kind NotFound.
func (m *Messenger) SetPinned(ctx context.Context, id model.ContactID, pinned bool) error {
	return errNotYet
}

// SetArchived puts a conversation away. A new message brings it back unless it is
// muted. Kind NotFound.
func (m *Messenger) SetArchived(ctx context.Context, id model.ContactID, archived bool) error {
	return errNotYet
}

// SetMuted has nothing of a contact's make itself noticed until then; the zero
// time ends it, model.Forever is for good. Kind NotFound.
func (m *Messenger) SetMuted(ctx context.Context, id model.ContactID, until time.Time) error {
	return errNotYet
}

// SetLabels replaces a contact's labels. Kinds NotFound, BadLabel.
func (m *Messenger) SetLabels(ctx context.Context, id model.ContactID, labels []string) error {
	return errNotYet
}

// Labels returns all labels in use, sorted.
func (m *Messenger) Labels(ctx context.Context) ([]string, error) { return nil, errNotYet }

// SetRemark keeps a private note about a contact. Kinds NotFound, TextTooLong.
func (m *Messenger) SetRemark(ctx context.Context, id model.ContactID, remark string) error {
	return errNotYet
}

// RemoveContact deletes everything of a contact from this device. They are not
// told: what they send is not taken in any more, and waits on their side. Kind
// NotFound.
func (m *Messenger) RemoveContact(ctx context.Context, id model.ContactID) error {
	return errNotYet
}

// SetDraft keeps what is written to a contact but not sent. Kinds NotFound,
// TextTooLong.
func (m *Messenger) SetDraft(ctx context.Context, id model.ContactID, d model.Draft) error {
	if len(d.Text) > model.MaxText {
		return model.E(model.TextTooLong, "", nil)
	}
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventConversation, Contact: id})
		return c.SetDraft(id, d)
	})
}
