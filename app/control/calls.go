package control

import (
	"context"
	"time"

	"sotto/app/model"
)

// Each of these asks the running profile; see Messenger.

func (c *Client) Self(ctx context.Context) (model.Self, error) {
	return call[model.Self](ctx, c, "self", noParams{})
}

func (c *Client) Status(ctx context.Context) (model.Status, error) {
	return call[model.Status](ctx, c, "status", noParams{})
}

func (c *Client) CreateInvitation(ctx context.Context, mode model.Mode, expires time.Duration) (model.Invitation, error) {
	return call[model.Invitation](ctx, c, "invite", inviteParams{mode, expires.String()})
}

func (c *Client) Invitations(ctx context.Context) ([]model.Invitation, error) {
	return call[[]model.Invitation](ctx, c, "invitations", noParams{})
}

func (c *Client) RevokeInvitation(ctx context.Context, id model.InvitationID) error {
	return c.do(ctx, "revoke", invitationParams{id})
}

func (c *Client) Join(ctx context.Context, link string) (model.Join, error) {
	return call[model.Join](ctx, c, "join", joinParams{link})
}

func (c *Client) Joins(ctx context.Context) ([]model.Join, error) {
	return call[[]model.Join](ctx, c, "joins", noParams{})
}

func (c *Client) Nearby(ctx context.Context) (model.Nearby, error) {
	return call[model.Nearby](ctx, c, "nearby", noParams{})
}

func (c *Client) StartNearby(ctx context.Context, d time.Duration) (model.Nearby, error) {
	return call[model.Nearby](ctx, c, "startNearby", startNearbyParams{int64(d / time.Second)})
}

func (c *Client) StopNearby(ctx context.Context) error {
	return c.do(ctx, "stopNearby", noParams{})
}

func (c *Client) JoinNearby(ctx context.Context, id model.NearbyID) (model.Join, error) {
	return call[model.Join](ctx, c, "joinNearby", nearbyParams{id})
}

func (c *Client) Requests(ctx context.Context) ([]model.Request, error) {
	return call[[]model.Request](ctx, c, "requests", noParams{})
}

func (c *Client) AcceptRequest(ctx context.Context, id model.RequestID) (model.Contact, error) {
	return call[model.Contact](ctx, c, "accept", requestParams{ID: id})
}

func (c *Client) DeclineRequest(ctx context.Context, id model.RequestID, block bool) error {
	return c.do(ctx, "decline", requestParams{id, block})
}

func (c *Client) Contacts(ctx context.Context) ([]model.Contact, error) {
	return call[[]model.Contact](ctx, c, "contacts", noParams{})
}

func (c *Client) Contact(ctx context.Context, id model.ContactID) (model.Contact, error) {
	return call[model.Contact](ctx, c, "contact", contactParams{id})
}

func (c *Client) Rename(ctx context.Context, id model.ContactID, name string) error {
	return c.do(ctx, "rename", renameParams{id, name})
}

func (c *Client) Block(ctx context.Context, id model.ContactID, blocked bool) error {
	return c.do(ctx, "block", blockParams{id, blocked})
}

func (c *Client) SafetyNumber(ctx context.Context, id model.ContactID) (model.SafetyNumber, error) {
	return call[model.SafetyNumber](ctx, c, "safetyNumber", contactParams{id})
}

func (c *Client) SetVerified(ctx context.Context, id model.ContactID, verified bool) error {
	return c.do(ctx, "setVerified", verifiedParams{id, verified})
}

func (c *Client) RenewSession(ctx context.Context, id model.ContactID) error {
	return c.do(ctx, "renew", contactParams{id})
}

func (c *Client) Send(ctx context.Context, id model.ContactID, text string) (model.Message, error) {
	return call[model.Message](ctx, c, "send", sendParams{id, text})
}

func (c *Client) Message(ctx context.Context, id model.MessageID) (model.Message, error) {
	return call[model.Message](ctx, c, "message", messageParams{id})
}

func (c *Client) FindMessage(ctx context.Context, prefix string) (model.Message, error) {
	return call[model.Message](ctx, c, "findMessage", prefixParams{prefix})
}

func (c *Client) Messages(ctx context.Context, id model.ContactID, page model.Page) ([]model.Message, error) {
	return call[[]model.Message](ctx, c, "messages", messagesParams{id, page.Before, page.After, page.Limit})
}

func (c *Client) MarkRead(ctx context.Context, id model.ContactID, row int64) error {
	return c.do(ctx, "markRead", readParams{id, row})
}

func (c *Client) Search(ctx context.Context, q model.Query) (model.Hits, error) {
	return call[model.Hits](ctx, c, "search", searchParams(q))
}

func (c *Client) Details(ctx context.Context, id model.MessageID) (model.Details, error) {
	return call[model.Details](ctx, c, "details", messageParams{id})
}

func (c *Client) Resend(ctx context.Context, id model.MessageID) error {
	return c.do(ctx, "resend", messageParams{id})
}

func (c *Client) Cancel(ctx context.Context, id model.MessageID) error {
	return c.do(ctx, "cancel", messageParams{id})
}

func (c *Client) Edit(ctx context.Context, id model.MessageID, text string) error {
	return c.do(ctx, "edit", editParams{id, text})
}

func (c *Client) Reply(ctx context.Context, to model.MessageID, text string) (model.Message, error) {
	return call[model.Message](ctx, c, "reply", editParams{to, text})
}

func (c *Client) Forward(ctx context.Context, id model.MessageID, to []model.ContactID) error {
	return c.do(ctx, "forward", forwardParams{id, to})
}

func (c *Client) React(ctx context.Context, id model.MessageID, emoji string) error {
	return c.do(ctx, "react", reactParams{id, emoji})
}

func (c *Client) Delete(ctx context.Context, ids []model.MessageID, forBoth bool) error {
	return c.do(ctx, "delete", deleteParams{ids, forBoth})
}

func (c *Client) Star(ctx context.Context, id model.MessageID, starred bool) error {
	return c.do(ctx, "star", starParams{id, starred})
}

func (c *Client) SetTimer(ctx context.Context, id model.ContactID, after time.Duration) error {
	return c.do(ctx, "setTimer", timerParams{id, int64(after / time.Second)})
}

func (c *Client) SetPinned(ctx context.Context, id model.ContactID, pinned bool) error {
	return c.do(ctx, "setPinned", pinParams{id, pinned})
}

func (c *Client) SetArchived(ctx context.Context, id model.ContactID, archived bool) error {
	return c.do(ctx, "setArchived", archiveParams{id, archived})
}

func (c *Client) SetMuted(ctx context.Context, id model.ContactID, until time.Time) error {
	return c.do(ctx, "setMuted", muteParams{id, until})
}

func (c *Client) SetLabels(ctx context.Context, id model.ContactID, labels []string) error {
	return c.do(ctx, "setLabels", labelsParams{id, labels})
}

func (c *Client) Labels(ctx context.Context) ([]string, error) {
	return call[[]string](ctx, c, "labels", noParams{})
}

func (c *Client) SetRemark(ctx context.Context, id model.ContactID, remark string) error {
	return c.do(ctx, "setRemark", remarkParams{id, remark})
}

func (c *Client) RemoveContact(ctx context.Context, id model.ContactID) error {
	return c.do(ctx, "removeContact", contactParams{id})
}

func (c *Client) Mailboxes(ctx context.Context) (model.MailboxSummary, error) {
	return call[model.MailboxSummary](ctx, c, "mailboxes", noParams{})
}

func (c *Client) AddMailbox(ctx context.Context, link, name string) (model.Mailbox, error) {
	return call[model.Mailbox](ctx, c, "addMailbox", addMailboxParams{link, name})
}

func (c *Client) RemoveMailbox(ctx context.Context, id model.MailboxID) error {
	return c.do(ctx, "removeMailbox", mailboxParams{id})
}

func (c *Client) MailboxOwner(ctx context.Context) (string, error) {
	return call[string](ctx, c, "mailboxOwner", noParams{})
}
