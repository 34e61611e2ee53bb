// Package people holds the screens about other people: becoming contacts, who
// wants to be one, who somebody is and whether that is certain.
package people

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Messenger is what these screens need of the messenger.
type Messenger interface {
	Self(ctx context.Context) (model.Self, error)

	CreateInvitation(ctx context.Context, mode model.Mode, expires time.Duration) (model.Invitation, error)
	Invitations(ctx context.Context) ([]model.Invitation, error)
	RevokeInvitation(ctx context.Context, id model.InvitationID) error
	Join(ctx context.Context, link string) (model.Join, error)
	Joins(ctx context.Context) ([]model.Join, error)
	CancelJoin(ctx context.Context, id model.JoinID) error

	Nearby(ctx context.Context) (model.Nearby, error)
	StartNearby(ctx context.Context, d time.Duration) (model.Nearby, error)
	StopNearby(ctx context.Context) error
	JoinNearby(ctx context.Context, id model.NearbyID) (model.Join, error)

	Requests(ctx context.Context) ([]model.Request, error)
	AcceptRequest(ctx context.Context, id model.RequestID) (model.Contact, error)
	DeclineRequest(ctx context.Context, id model.RequestID, block bool) error

	Contact(ctx context.Context, id model.ContactID) (model.Contact, error)
	Rename(ctx context.Context, id model.ContactID, name string) error
	Block(ctx context.Context, id model.ContactID, blocked bool) error
	SafetyNumber(ctx context.Context, id model.ContactID) (model.SafetyNumber, error)
	CheckSafetyCode(ctx context.Context, id model.ContactID, scanned string) error
	SetVerified(ctx context.Context, id model.ContactID, verified bool) error
	DismissAlarm(ctx context.Context, id model.ContactID) error
	RenewSession(ctx context.Context, id model.ContactID) error

	// What a person keeps of a contact for themselves, what they set for the
	// conversation, and the end of it.
	Labels(ctx context.Context) ([]string, error)
	SetLabels(ctx context.Context, id model.ContactID, labels []string) error
	SetRemark(ctx context.Context, id model.ContactID, remark string) error
	SetMuted(ctx context.Context, id model.ContactID, until time.Time) error
	SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error
	RemoveContact(ctx context.Context, id model.ContactID) error
}

// touches reports whether one of the events is of one of the kinds.
func touches(events []model.Event, kinds ...model.EventKind) bool {
	for _, e := range events {
		if e.Kind == model.EventResync {
			return true
		}
		for _, k := range kinds {
			if e.Kind == k {
				return true
			}
		}
	}
	return false
}

// about reports whether one of the events is about the contact with id.
func about(events []model.Event, id model.ContactID) bool {
	for _, e := range events {
		if e.Kind == model.EventResync || e.Contact == id {
			return true
		}
	}
	return false
}

// clipboard returns the text on the clipboard.
func clipboard() string { return fyne.CurrentApp().Clipboard().Content() }

// copyText puts text on the clipboard and says so.
func copyText(o fyne.CanvasObject, text, said string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	kit.ShowToast(o, kit.Toast{Icon: "check", Text: said})
}

// onPaste calls f for Ctrl+V where no field has the keyboard, until the returned
// function is called.
func onPaste(h stage.Host, f func()) (stop func()) { return onKey(h, &fyne.ShortcutPaste{}, f) }

// onKey is onPaste for any key.
func onKey(h stage.Host, key fyne.Shortcut, f func()) (stop func()) {
	c := h.Window().Canvas()
	c.AddShortcut(key, func(fyne.Shortcut) {
		if c.Overlays().Top() == nil {
			f()
		}
	})
	return func() { c.RemoveShortcut(key) }
}

// later calls f on the UI goroutine after d, unless the session ends before.
func later(h stage.Host, d time.Duration, f func()) {
	h.Run(func(ctx context.Context) error {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
		return ctx.Err()
	}, func(err error) {
		if err == nil {
			f()
		}
	})
}

// centered puts a card in the middle of a page that scrolls where it is too low.
func centered(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return kit.NewScroll(kit.Pad(theme.S6, theme.S5, theme.S10, theme.S5, kit.Centered(width, o)))
}

// fact is a quiet line with an icon before it, as on a card.
func fact(icon, text string) fyne.CanvasObject {
	return kit.HStackTop(10, kit.NewIcon(icon, 18, theme.Ink2), kit.Grow(kit.Paragraph(text, theme.Small, theme.Ink)))
}
