// Package screentest holds what the tests of the screens share: a messenger in
// memory with invitations, safety numbers and settings, a host whose background
// work is done when the test says so, and eyes to find things on the screen.
package screentest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/ui/uitest"
)

// Passphrase opens what asks for one.
const Passphrase = "correct horse battery"

// Messenger is a profile in memory that answers all that the screens ask. It is
// for one goroutine.
type Messenger struct {
	*uitest.Messenger
	Made    []model.Invitation
	Joined  []model.Join
	Asked   []model.Request
	People  map[model.ContactID]*model.Contact
	Number  model.SafetyNumber
	Chosen  model.Settings
	Name    string
	Written bool // the phrase is confirmed
	// PhraseUsed is when somebody used the phrase.
	PhraseUsed time.Time
	// RenewError is what RenewSession answers with.
	RenewError error
	// Links are what Join was asked for.
	Links []string
	// JoinError is what Join answers with, once.
	JoinError error
	Mail      Mail
	// Log says what was done, in words.
	Log []string
	// Near is who is nearby, once it is switched on; NearError is what switching it on
	// answers with, and Asking whom JoinNearby was asked for.
	Near      model.Nearby
	NearError error
	Asking    []model.NearbyID
}

// New returns a profile of that name.
func New(name string) *Messenger {
	return &Messenger{Messenger: uitest.New(name), People: map[model.ContactID]*model.Contact{}, Name: name,
		Chosen: model.DefaultSettings(),
		Number: model.SafetyNumber{Digits: strings.Repeat("0123456789", 6), Code: "SOTTO:V/1/" + strings.Repeat("A2B3C4D5", 8)}}
}

// Add adds a contact, which change may alter.
func (m *Messenger) Add(name string, change func(*model.Contact)) model.Contact {
	c := &model.Contact{ID: uitest.ID(name), Name: name, Claimed: name, Trust: model.TrustConfirmed}
	if change != nil {
		change(c)
	}
	m.People[c.ID] = c
	return *c
}

func (m *Messenger) log(format string, args ...any) {
	m.Log = append(m.Log, fmt.Sprintf(format, args...))
}

// Self and the rest are the messenger's own methods.
func (m *Messenger) Self(context.Context) (model.Self, error) {
	return model.Self{Account: uitest.ID("me " + m.Name), Name: m.Name, PhraseConfirmed: m.Written, PhraseUsed: m.PhraseUsed}, nil
}

func (m *Messenger) SetName(_ context.Context, name string) error {
	if strings.TrimSpace(name) == "" {
		return model.E(model.BadName, "", nil)
	}
	m.Name = name
	return nil
}

func (m *Messenger) Settings(context.Context) (model.Settings, error) { return m.Chosen, nil }

func (m *Messenger) SetSettings(_ context.Context, s model.Settings) error {
	m.Chosen = s
	return nil
}

func (m *Messenger) RecoveryPhrase(_ context.Context, pass string) ([]string, error) {
	if pass != Passphrase {
		return nil, model.E(model.WrongPassphrase, "", nil)
	}
	return Words(), nil
}

// Words are the 24 words of the drawn pictures.
func Words() []string {
	return strings.Fields("velvet harbor quiet maple lantern orbit cradle spring window amber gentle river " +
		"basket copper echo meadow pilot saddle thunder umbrella walnut silent garden bridge")
}

func (m *Messenger) ConfirmPhrase(context.Context) error { m.Written = true; return nil }

func (m *Messenger) ChangePassphrase(_ context.Context, old, new string) error {
	if old != Passphrase {
		return model.E(model.WrongPassphrase, "", nil)
	}
	m.log("passphrase %s", new)
	return nil
}

func (m *Messenger) CreateInvitation(_ context.Context, mode model.Mode, _ time.Duration) (model.Invitation, error) {
	i := model.Invitation{ID: model.InvitationID(fmt.Sprintf("%032x", len(m.Made)+1)), Mode: mode, State: model.InvitationOpen,
		Link:    "sotto:i/1/" + strings.Repeat("k7qxm2v5ndr3wzj6", 14) + fmt.Sprintf("%04d", len(m.Made)),
		Created: time.Now(), Expires: time.Now().Add(24*time.Hour - 19*time.Minute + 30*time.Second)}
	m.Made = append([]model.Invitation{i}, m.Made...)
	return i, nil
}

func (m *Messenger) Invitations(context.Context) ([]model.Invitation, error) {
	return slices.Clone(m.Made), nil
}

func (m *Messenger) RevokeInvitation(_ context.Context, id model.InvitationID) error {
	for i := range m.Made {
		if m.Made[i].ID == id {
			if m.Made[i].State == model.InvitationUsed {
				return model.E(model.InvitationTaken, "", nil)
			}
			m.Made[i].State, m.Made[i].Link = model.InvitationRevoked, ""
			return nil
		}
	}
	return model.E(model.NotFound, "", nil)
}

func (m *Messenger) Join(_ context.Context, link string) (model.Join, error) {
	if err := m.JoinError; err != nil {
		m.JoinError = nil
		return model.Join{}, err
	}
	m.Links = append(m.Links, link)
	j := model.Join{ID: model.JoinID(fmt.Sprintf("%032x", len(m.Links))), State: model.JoinLooking, Started: time.Now()}
	m.Joined = append(m.Joined, j)
	return j, nil
}

func (m *Messenger) Nearby(context.Context) (model.Nearby, error) {
	if !m.Near.On {
		return model.Nearby{}, nil
	}
	near := m.Near
	near.People = slices.Clone(near.People)
	return near, nil
}

func (m *Messenger) StartNearby(ctx context.Context, d time.Duration) (model.Nearby, error) {
	if m.NearError != nil {
		return model.Nearby{}, m.NearError
	}
	m.Near.On, m.Near.Name, m.Near.Until = true, m.Name, time.Now().Add(d)
	return m.Nearby(ctx)
}

func (m *Messenger) StopNearby(context.Context) error { m.Near.On = false; return nil }

func (m *Messenger) JoinNearby(_ context.Context, id model.NearbyID) (model.Join, error) {
	m.Asking = append(m.Asking, id)
	for i := range m.Near.People {
		if p := &m.Near.People[i]; p.ID == id {
			j := model.Join{ID: model.JoinID("join " + string(id)), Mode: model.ModeNearby, Name: p.Name, State: model.JoinLooking, Started: time.Now()}
			p.Join = j.ID
			m.Joined = append(m.Joined, j)
			return j, nil
		}
	}
	return model.Join{}, model.E(model.NearbyGone, "", nil)
}

func (m *Messenger) Joins(context.Context) ([]model.Join, error) { return slices.Clone(m.Joined), nil }

func (m *Messenger) CancelJoin(_ context.Context, id model.JoinID) error {
	m.Joined = slices.DeleteFunc(m.Joined, func(j model.Join) bool { return j.ID == id })
	return nil
}

func (m *Messenger) Requests(context.Context) ([]model.Request, error) {
	return slices.Clone(m.Asked), nil
}

func (m *Messenger) answer(id model.RequestID) (model.Request, error) {
	for i, r := range m.Asked {
		if r.ID == id {
			m.Asked = slices.Delete(m.Asked, i, i+1)
			return r, nil
		}
	}
	return model.Request{}, model.E(model.NotFound, "", nil)
}

func (m *Messenger) AcceptRequest(_ context.Context, id model.RequestID) (model.Contact, error) {
	r, err := m.answer(id)
	if err != nil {
		return model.Contact{}, err
	}
	m.log("accept %s", r.Name)
	return m.Add(r.Name, func(c *model.Contact) { c.ID = r.Contact }), nil
}

func (m *Messenger) DeclineRequest(_ context.Context, id model.RequestID, block bool) error {
	r, err := m.answer(id)
	if err == nil {
		m.log("decline %s block=%v", r.Name, block)
	}
	return err
}

func (m *Messenger) Contact(_ context.Context, id model.ContactID) (model.Contact, error) {
	if c, ok := m.People[id]; ok {
		return *c, nil
	}
	return model.Contact{}, model.E(model.NotFound, "", nil)
}

func (m *Messenger) Rename(_ context.Context, id model.ContactID, name string) error {
	m.log("rename %q", name)
	c := m.People[id]
	c.Renamed, c.Name = name, name
	if name == "" {
		c.Name = c.Claimed
	}
	return nil
}

func (m *Messenger) Block(_ context.Context, id model.ContactID, blocked bool) error {
	m.People[id].Blocked = blocked
	return nil
}

func (m *Messenger) SafetyNumber(_ context.Context, id model.ContactID) (model.SafetyNumber, error) {
	if m.People[id].Trust == model.TrustUnconfirmed {
		return model.SafetyNumber{}, model.E(model.NotConfirmed, "", nil)
	}
	return m.Number, nil
}

func (m *Messenger) CheckSafetyCode(_ context.Context, id model.ContactID, scanned string) error {
	switch {
	case !strings.HasPrefix(scanned, "SOTTO:V/"):
		return model.E(model.NotACode, "", nil)
	case scanned != m.Number.Code:
		return model.E(model.NumbersDoNotMatch, "", nil)
	}
	m.People[id].Trust = model.TrustVerified
	return nil
}

func (m *Messenger) SetVerified(_ context.Context, id model.ContactID, verified bool) error {
	m.People[id].Trust = model.TrustConfirmed
	if verified {
		m.People[id].Trust = model.TrustVerified
	}
	return nil
}

func (m *Messenger) DismissAlarm(_ context.Context, id model.ContactID) error {
	m.People[id].Alarm = model.AlarmNone
	return nil
}

func (m *Messenger) RenewSession(_ context.Context, id model.ContactID) error {
	if m.RenewError != nil {
		return m.RenewError
	}
	m.log("renew %s", m.People[id].Name)
	return nil
}

func (m *Messenger) DismissPhraseUsed(context.Context) error {
	m.PhraseUsed = time.Time{}
	return nil
}
