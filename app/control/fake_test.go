package control_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"sotto/app/model"
)

// fake is a messenger that notes what it was asked and answers from a script.
type fake struct {
	mu     sync.Mutex
	calls  []string
	err    error
	hold   chan struct{} // if set, Send waits for it
	events chan model.Event
}

func (f *fake) note(name string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, strings.TrimSuffix(fmt.Sprintln(append([]any{name}, args...)...), "\n"))
	return f.err
}

func (f *fake) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		return ""
	}
	return f.calls[len(f.calls)-1]
}

var (
	noon       = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)
	self       = model.Self{Account: "aa", Device: "bb", Name: "Alice", PhraseConfirmed: true}
	contact    = model.Contact{ID: "c1", Name: "Bob", Claimed: "Bob", Trust: model.TrustConfirmed, Via: model.ViaLAN, LastSeen: noon, Added: noon}
	message    = model.Message{ID: "m1", Contact: "c1", Direction: model.Outgoing, State: model.Waiting, Text: "é\x00\u202e", Time: noon, StateTime: noon, Row: 7, Revision: 3}
	invitation = model.Invitation{ID: "i1", Mode: model.ModeLink, State: model.InvitationOpen, Link: "sotto:i/1/a", Created: noon, Expires: noon}
	join       = model.Join{ID: "j1", Mode: model.ModeLink, State: model.JoinLooking, Started: noon, Expires: noon}
	asked      = model.Request{ID: "r1", Contact: "c1", Name: "Bob", Mode: model.ModeLink, Invitation: "i1", InvitedAt: noon, Arrived: noon}
	nearby     = model.Nearby{On: true, Until: noon, Name: "Alice", People: []model.NearbyPerson{{ID: "n1", Name: "Bob", Code: "0042", Join: "j1"}}}
	number     = model.SafetyNumber{Digits: "123", Code: "SOTTO:V/1/A"}
	status     = model.Status{Self: self, Online: true, Addresses: []string{"/ip4/127.0.0.1/tcp/1"}, Connections: []model.Connection{{Contact: "c1", Via: model.ViaDirect}}, Queue: 2}
	hits       = model.Hits{Hits: []model.Hit{{Message: message, Ranges: []model.Range{{From: 1, To: 3}}}}, Next: 7}
	details    = model.Details{Message: message, Steps: []model.Step{{Kind: model.StepHeld, Time: noon, Mailbox: "Box", Held: 1, Mailboxes: 2}}, Devices: []model.DeviceID{"d1"}, NextTry: noon}
	mailboxes  = model.MailboxSummary{
		Mailboxes: []model.Mailbox{{ID: "b1", Kind: model.MailboxOwn, Name: "Box", Health: model.HealthOK, Added: noon, Used: 1, Quota: 2, Waiting: 3, KeepFor: time.Hour}},
		Offers:    []model.MailboxOffer{{Contact: "c1", Name: "Bob", Quota: 9}}, Collected: noon,
	}
)

func (f *fake) Self(context.Context) (model.Self, error)     { return self, f.note("self") }
func (f *fake) Status(context.Context) (model.Status, error) { return status, f.note("status") }
func (f *fake) CreateInvitation(_ context.Context, mode model.Mode, d time.Duration) (model.Invitation, error) {
	return invitation, f.note("invite", mode, d)
}
func (f *fake) Invitations(context.Context) ([]model.Invitation, error) {
	return []model.Invitation{invitation}, f.note("invitations")
}
func (f *fake) RevokeInvitation(_ context.Context, id model.InvitationID) error {
	return f.note("revoke", id)
}
func (f *fake) Join(_ context.Context, link string) (model.Join, error) {
	return join, f.note("join", link)
}
func (f *fake) Joins(context.Context) ([]model.Join, error) {
	return []model.Join{join}, f.note("joins")
}
func (f *fake) Nearby(context.Context) (model.Nearby, error) { return nearby, f.note("nearby") }
func (f *fake) StartNearby(_ context.Context, d time.Duration) (model.Nearby, error) {
	return nearby, f.note("startNearby", d)
}
func (f *fake) StopNearby(context.Context) error { return f.note("stopNearby") }
func (f *fake) JoinNearby(_ context.Context, id model.NearbyID) (model.Join, error) {
	return join, f.note("joinNearby", id)
}
func (f *fake) Requests(context.Context) ([]model.Request, error) {
	return []model.Request{asked}, f.note("requests")
}
func (f *fake) AcceptRequest(_ context.Context, id model.RequestID) (model.Contact, error) {
	return contact, f.note("accept", id)
}
func (f *fake) DeclineRequest(_ context.Context, id model.RequestID, block bool) error {
	return f.note("decline", id, block)
}
func (f *fake) Contacts(context.Context) ([]model.Contact, error) {
	return []model.Contact{contact}, f.note("contacts")
}
func (f *fake) Contact(_ context.Context, id model.ContactID) (model.Contact, error) {
	return contact, f.note("contact", id)
}
func (f *fake) Rename(_ context.Context, id model.ContactID, name string) error {
	return f.note("rename", id, name)
}
func (f *fake) Block(_ context.Context, id model.ContactID, blocked bool) error {
	return f.note("block", id, blocked)
}
func (f *fake) SafetyNumber(_ context.Context, id model.ContactID) (model.SafetyNumber, error) {
	return number, f.note("safetyNumber", id)
}
func (f *fake) SetVerified(_ context.Context, id model.ContactID, verified bool) error {
	return f.note("setVerified", id, verified)
}
func (f *fake) RenewSession(_ context.Context, id model.ContactID) error {
	return f.note("renew", id)
}
func (f *fake) Send(ctx context.Context, id model.ContactID, text string) (model.Message, error) {
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return model.Message{}, ctx.Err()
		}
	}
	return message, f.note("send", id, text)
}
func (f *fake) Message(_ context.Context, id model.MessageID) (model.Message, error) {
	return message, f.note("message", id)
}
func (f *fake) Messages(_ context.Context, id model.ContactID, p model.Page) ([]model.Message, error) {
	return []model.Message{message}, f.note("messages", id, p)
}
func (f *fake) MarkRead(_ context.Context, id model.ContactID, row int64) error {
	return f.note("markRead", id, row)
}
func (f *fake) Search(_ context.Context, q model.Query) (model.Hits, error) {
	return hits, f.note("search", q)
}
func (f *fake) FindMessage(_ context.Context, prefix string) (model.Message, error) {
	return message, f.note("findMessage", prefix)
}
func (f *fake) Details(_ context.Context, id model.MessageID) (model.Details, error) {
	return details, f.note("details", id)
}
func (f *fake) Resend(_ context.Context, id model.MessageID) error { return f.note("resend", id) }
func (f *fake) Cancel(_ context.Context, id model.MessageID) error { return f.note("cancel", id) }
func (f *fake) Edit(_ context.Context, id model.MessageID, text string) error {
	return f.note("edit", id, text)
}
func (f *fake) Reply(_ context.Context, to model.MessageID, text string) (model.Message, error) {
	return message, f.note("reply", to, text)
}
func (f *fake) Forward(_ context.Context, id model.MessageID, to []model.ContactID) error {
	return f.note("forward", id, to)
}
func (f *fake) React(_ context.Context, id model.MessageID, emoji string) error {
	return f.note("react", id, emoji)
}
func (f *fake) Delete(_ context.Context, ids []model.MessageID, both bool) error {
	return f.note("delete", ids, both)
}
func (f *fake) Star(_ context.Context, id model.MessageID, on bool) error {
	return f.note("star", id, on)
}
func (f *fake) SetTimer(_ context.Context, id model.ContactID, d time.Duration) error {
	return f.note("setTimer", id, d)
}
func (f *fake) SetPinned(_ context.Context, id model.ContactID, on bool) error {
	return f.note("setPinned", id, on)
}
func (f *fake) SetArchived(_ context.Context, id model.ContactID, on bool) error {
	return f.note("setArchived", id, on)
}
func (f *fake) SetMuted(_ context.Context, id model.ContactID, until time.Time) error {
	return f.note("setMuted", id, until)
}
func (f *fake) SetLabels(_ context.Context, id model.ContactID, labels []string) error {
	return f.note("setLabels", id, labels)
}
func (f *fake) Labels(context.Context) ([]string, error) { return []string{"a"}, f.note("labels") }
func (f *fake) SetRemark(_ context.Context, id model.ContactID, remark string) error {
	return f.note("setRemark", id, remark)
}
func (f *fake) RemoveContact(_ context.Context, id model.ContactID) error {
	return f.note("removeContact", id)
}
func (f *fake) Mailboxes(context.Context) (model.MailboxSummary, error) {
	return mailboxes, f.note("mailboxes")
}
func (f *fake) AddMailbox(_ context.Context, link, name string) (model.Mailbox, error) {
	return mailboxes.Mailboxes[0], f.note("addMailbox", link, name)
}
func (f *fake) RemoveMailbox(_ context.Context, id model.MailboxID) error {
	return f.note("removeMailbox", id)
}
func (f *fake) MailboxOwner(context.Context) (string, error) {
	return "sotto:o/1/a", f.note("mailboxOwner")
}
func (f *fake) Subscribe() (<-chan model.Event, func()) { return f.events, func() {} }
