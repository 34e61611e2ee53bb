package control

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"

	"sotto/app/model"
)

// The parameters of the methods, by name. A method without parameters takes
// noParams.
type (
	noParams     struct{}
	inviteParams struct {
		Mode    model.Mode `json:"mode"`
		Expires string     `json:"expires"` // a duration such as "24h"; "" is the default
	}
	invitationParams struct {
		ID model.InvitationID `json:"id"`
	}
	joinParams struct {
		Link string `json:"link"`
	}
	startNearbyParams struct {
		For int64 `json:"for,omitempty"` // seconds; 0 is the default
	}
	nearbyParams struct {
		ID model.NearbyID `json:"id"`
	}
	requestParams struct {
		ID    model.RequestID `json:"id"`
		Block bool            `json:"block,omitempty"` // with decline only
	}
	contactParams struct {
		ID model.ContactID `json:"id"`
	}
	renameParams struct {
		ID   model.ContactID `json:"id"`
		Name string          `json:"name"`
	}
	blockParams struct {
		ID      model.ContactID `json:"id"`
		Blocked bool            `json:"blocked"`
	}
	verifiedParams struct {
		ID       model.ContactID `json:"id"`
		Verified bool            `json:"verified"`
	}
	sendParams struct {
		Contact model.ContactID `json:"contact"`
		Text    string          `json:"text"`
	}
	messageParams struct {
		ID model.MessageID `json:"id"`
	}
	prefixParams struct {
		Prefix string `json:"prefix"`
	}
	editParams struct {
		ID   model.MessageID `json:"id"`
		Text string          `json:"text"`
	}
	deleteParams struct {
		IDs     []model.MessageID `json:"ids"`
		ForBoth bool              `json:"for_both,omitempty"`
	}
	forwardParams struct {
		ID model.MessageID   `json:"id"`
		To []model.ContactID `json:"to"`
	}
	reactParams struct {
		ID    model.MessageID `json:"id"`
		Emoji string          `json:"emoji"` // "" takes it back
	}
	starParams struct {
		ID      model.MessageID `json:"id"`
		Starred bool            `json:"starred"`
	}
	timerParams struct {
		ID    model.ContactID `json:"id"`
		After int64           `json:"after"` // seconds; 0 is never
	}
	pinParams struct {
		ID     model.ContactID `json:"id"`
		Pinned bool            `json:"pinned"`
	}
	archiveParams struct {
		ID       model.ContactID `json:"id"`
		Archived bool            `json:"archived"`
	}
	muteParams struct {
		ID    model.ContactID `json:"id"`
		Until time.Time       `json:"until,omitzero"`
	}
	labelsParams struct {
		ID     model.ContactID `json:"id"`
		Labels []string        `json:"labels"`
	}
	remarkParams struct {
		ID     model.ContactID `json:"id"`
		Remark string          `json:"remark"`
	}
	mailboxParams struct {
		ID model.MailboxID `json:"id"`
	}
	addMailboxParams struct {
		Link string `json:"link"`
		Name string `json:"name,omitempty"`
	}
	messagesParams struct {
		Contact model.ContactID `json:"contact"`
		Before  int64           `json:"before,omitempty"`
		After   int64           `json:"after,omitempty"`
		Limit   int             `json:"limit,omitempty"`
	}
	searchParams struct {
		Text    string          `json:"text,omitempty"`
		Contact model.ContactID `json:"contact,omitempty"`
		From    time.Time       `json:"from,omitzero"`
		Until   time.Time       `json:"until,omitzero"`
		HasLink bool            `json:"has_link,omitempty"`
		Starred bool            `json:"starred,omitempty"`
		Before  int64           `json:"before,omitempty"`
		Limit   int             `json:"limit,omitempty"`
	}
	readParams struct {
		Contact model.ContactID `json:"contact"`
		Row     int64           `json:"row"`
	}
)

// method answers one request.
type method func(ctx context.Context, m Messenger, params json.RawMessage) (any, error)

// methods is everything that can be asked for, beside "subscribe".
var methods = map[string]method{
	"self": value(func(ctx context.Context, m Messenger, _ noParams) (model.Self, error) {
		return m.Self(ctx)
	}),
	"status": value(func(ctx context.Context, m Messenger, _ noParams) (model.Status, error) {
		return m.Status(ctx)
	}),

	"invite": value(func(ctx context.Context, m Messenger, p inviteParams) (model.Invitation, error) {
		var expires time.Duration
		if p.Expires != "" {
			var err error
			if expires, err = time.ParseDuration(p.Expires); err != nil {
				return model.Invitation{}, &rpcError{Code: codeParams, Message: `"expires" is not a duration such as "24h"`}
			}
		}
		return m.CreateInvitation(ctx, p.Mode, expires)
	}),
	"invitations": value(func(ctx context.Context, m Messenger, _ noParams) ([]model.Invitation, error) {
		return m.Invitations(ctx)
	}),
	"revoke": act(func(ctx context.Context, m Messenger, p invitationParams) error {
		return m.RevokeInvitation(ctx, p.ID)
	}),

	"join": value(func(ctx context.Context, m Messenger, p joinParams) (model.Join, error) {
		return m.Join(ctx, p.Link)
	}),
	"joins": value(func(ctx context.Context, m Messenger, _ noParams) ([]model.Join, error) {
		return m.Joins(ctx)
	}),

	"nearby": value(func(ctx context.Context, m Messenger, _ noParams) (model.Nearby, error) {
		return m.Nearby(ctx)
	}),
	"startNearby": value(func(ctx context.Context, m Messenger, p startNearbyParams) (model.Nearby, error) {
		return m.StartNearby(ctx, time.Duration(min(p.For, int64(model.MaxNearby/time.Second)))*time.Second)
	}),
	"stopNearby": act(func(ctx context.Context, m Messenger, _ noParams) error {
		return m.StopNearby(ctx)
	}),
	"joinNearby": value(func(ctx context.Context, m Messenger, p nearbyParams) (model.Join, error) {
		return m.JoinNearby(ctx, p.ID)
	}),

	"requests": value(func(ctx context.Context, m Messenger, _ noParams) ([]model.Request, error) {
		return m.Requests(ctx)
	}),
	"accept": value(func(ctx context.Context, m Messenger, p requestParams) (model.Contact, error) {
		return m.AcceptRequest(ctx, p.ID)
	}),
	"decline": act(func(ctx context.Context, m Messenger, p requestParams) error {
		return m.DeclineRequest(ctx, p.ID, p.Block)
	}),

	"contacts": value(func(ctx context.Context, m Messenger, _ noParams) ([]model.Contact, error) {
		return m.Contacts(ctx)
	}),
	"contact": value(func(ctx context.Context, m Messenger, p contactParams) (model.Contact, error) {
		return m.Contact(ctx, p.ID)
	}),
	"rename": act(func(ctx context.Context, m Messenger, p renameParams) error {
		return m.Rename(ctx, p.ID, p.Name)
	}),
	"block": act(func(ctx context.Context, m Messenger, p blockParams) error {
		return m.Block(ctx, p.ID, p.Blocked)
	}),
	"safetyNumber": value(func(ctx context.Context, m Messenger, p contactParams) (model.SafetyNumber, error) {
		return m.SafetyNumber(ctx, p.ID)
	}),
	"setVerified": act(func(ctx context.Context, m Messenger, p verifiedParams) error {
		return m.SetVerified(ctx, p.ID, p.Verified)
	}),
	"renew": act(func(ctx context.Context, m Messenger, p contactParams) error {
		return m.RenewSession(ctx, p.ID)
	}),

	"send": value(func(ctx context.Context, m Messenger, p sendParams) (model.Message, error) {
		return m.Send(ctx, p.Contact, p.Text)
	}),
	"message": value(func(ctx context.Context, m Messenger, p messageParams) (model.Message, error) {
		return m.Message(ctx, p.ID)
	}),
	"findMessage": value(func(ctx context.Context, m Messenger, p prefixParams) (model.Message, error) {
		return m.FindMessage(ctx, p.Prefix)
	}),
	"messages": value(func(ctx context.Context, m Messenger, p messagesParams) ([]model.Message, error) {
		return m.Messages(ctx, p.Contact, model.Page{Before: p.Before, After: p.After, Limit: p.Limit})
	}),
	"markRead": act(func(ctx context.Context, m Messenger, p readParams) error {
		return m.MarkRead(ctx, p.Contact, p.Row)
	}),
	"search": value(func(ctx context.Context, m Messenger, p searchParams) (model.Hits, error) {
		return m.Search(ctx, model.Query(p))
	}),

	"details": value(func(ctx context.Context, m Messenger, p messageParams) (model.Details, error) {
		return m.Details(ctx, p.ID)
	}),
	"resend": act(func(ctx context.Context, m Messenger, p messageParams) error {
		return m.Resend(ctx, p.ID)
	}),
	"cancel": act(func(ctx context.Context, m Messenger, p messageParams) error {
		return m.Cancel(ctx, p.ID)
	}),
	"edit": act(func(ctx context.Context, m Messenger, p editParams) error {
		return m.Edit(ctx, p.ID, p.Text)
	}),
	"reply": value(func(ctx context.Context, m Messenger, p editParams) (model.Message, error) {
		return m.Reply(ctx, p.ID, p.Text)
	}),
	"forward": act(func(ctx context.Context, m Messenger, p forwardParams) error {
		return m.Forward(ctx, p.ID, p.To)
	}),
	"react": act(func(ctx context.Context, m Messenger, p reactParams) error {
		return m.React(ctx, p.ID, p.Emoji)
	}),
	"delete": act(func(ctx context.Context, m Messenger, p deleteParams) error {
		return m.Delete(ctx, p.IDs, p.ForBoth)
	}),
	"star": act(func(ctx context.Context, m Messenger, p starParams) error {
		return m.Star(ctx, p.ID, p.Starred)
	}),

	"setTimer": act(func(ctx context.Context, m Messenger, p timerParams) error {
		if p.After < 0 || p.After > int64(model.MaxTimer/time.Second) {
			return model.E(model.BadTimer, "", nil)
		}
		return m.SetTimer(ctx, p.ID, time.Duration(p.After)*time.Second)
	}),
	"setPinned": act(func(ctx context.Context, m Messenger, p pinParams) error {
		return m.SetPinned(ctx, p.ID, p.Pinned)
	}),
	"setArchived": act(func(ctx context.Context, m Messenger, p archiveParams) error {
		return m.SetArchived(ctx, p.ID, p.Archived)
	}),
	"setMuted": act(func(ctx context.Context, m Messenger, p muteParams) error {
		return m.SetMuted(ctx, p.ID, p.Until)
	}),
	"setLabels": act(func(ctx context.Context, m Messenger, p labelsParams) error {
		return m.SetLabels(ctx, p.ID, p.Labels)
	}),
	"labels": value(func(ctx context.Context, m Messenger, _ noParams) ([]string, error) {
		return m.Labels(ctx)
	}),
	"setRemark": act(func(ctx context.Context, m Messenger, p remarkParams) error {
		return m.SetRemark(ctx, p.ID, p.Remark)
	}),
	"removeContact": act(func(ctx context.Context, m Messenger, p contactParams) error {
		return m.RemoveContact(ctx, p.ID)
	}),

	"mailboxes": value(func(ctx context.Context, m Messenger, _ noParams) (model.MailboxSummary, error) {
		return m.Mailboxes(ctx)
	}),
	"addMailbox": value(func(ctx context.Context, m Messenger, p addMailboxParams) (model.Mailbox, error) {
		return m.AddMailbox(ctx, p.Link, p.Name)
	}),
	"removeMailbox": act(func(ctx context.Context, m Messenger, p mailboxParams) error {
		return m.RemoveMailbox(ctx, p.ID)
	}),
	"mailboxOwner": value(func(ctx context.Context, m Messenger, _ noParams) (string, error) {
		return m.MailboxOwner(ctx)
	}),
}

// value makes a method of a function that returns something.
func value[P, R any](f func(context.Context, Messenger, P) (R, error)) method {
	return func(ctx context.Context, m Messenger, raw json.RawMessage) (any, error) {
		var p P
		if err := unmarshalParams(raw, &p); err != nil {
			return nil, err
		}
		return f(ctx, m, p)
	}
}

// act makes a method of a function that returns an error alone; its result is
// null.
func act[P any](f func(context.Context, Messenger, P) error) method {
	return value(func(ctx context.Context, m Messenger, p P) (any, error) {
		return nil, f(ctx, m, p)
	})
}

// unmarshalParams reads parameters given by name. Unknown names are refused:
// whoever misspells "block" should hear of it.
func unmarshalParams(raw json.RawMessage, p any) error {
	if len(raw) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil || d.Decode(new(any)) != io.EOF {
		return &rpcError{Code: codeParams, Message: "these parameters do not fit the method"}
	}
	return nil
}
