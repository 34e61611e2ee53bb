package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

const (
	// DefaultExpiry is how long an invitation is valid if nothing else is said.
	DefaultExpiry = 24 * time.Hour
	// MaxExpiry is the longest validity of an invitation.
	MaxExpiry = 30 * 24 * time.Hour
	// inviteAddresses is how many of our addresses an invitation names: more
	// would make its code harder to scan.
	inviteAddresses = 2
)

var modes = map[model.Mode]handshake.Mode{model.ModeLink: handshake.Link, model.ModePerson: handshake.Person, model.ModeNearby: handshake.Link}

func modeOf(m handshake.Mode) model.Mode {
	if m == handshake.Person {
		return model.ModePerson
	}
	return model.ModeLink
}

// ParseInvitation looks at a pasted or scanned text and returns how the
// invitation in it was meant. Kinds NotACode, LinkDamaged, LinkNewer,
// InvitationGone.
func ParseInvitation(text string) (model.Mode, error) {
	inv, err := parseInvite(text, time.Now())
	if err != nil {
		return "", err
	}
	return modeOf(inv.Mode), nil
}

// maxLink bounds what is looked at as a link, in bytes.
const maxLink = 2048

func parseInvite(text string, now time.Time) (*handshake.Invite, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxLink {
		return nil, model.E(model.NotACode, "", nil)
	}
	inv, err := handshake.ParseInvite(text)
	switch {
	case errors.Is(err, handshake.ErrNewer):
		return nil, model.E(model.LinkNewer, "", err)
	case errors.Is(err, handshake.ErrDamaged):
		return nil, model.E(model.LinkDamaged, "", err)
	case err != nil:
		return nil, model.E(model.NotACode, "", err)
	case !now.Before(inv.Expires):
		return nil, model.E(model.InvitationGone, "", nil)
	}
	return inv, nil
}

// CreateInvitation makes an invitation that one person can use once. expires
// is how long it is valid; 0 is DefaultExpiry.
func (m *Messenger) CreateInvitation(ctx context.Context, mode model.Mode, expires time.Duration) (model.Invitation, error) {
	if expires == 0 {
		expires = DefaultExpiry
	}
	if expires < time.Minute || expires > MaxExpiry {
		return model.Invitation{}, model.E(model.InvitationGone, "valid from a minute to 30 days", nil)
	}
	if mode != model.ModeLink && mode != model.ModePerson {
		return model.Invitation{}, fmt.Errorf("app: no such mode of invitation: %q", mode)
	}
	route, err := m.ownRoute(ctx)
	if err != nil {
		return model.Invitation{}, err
	}
	return m.invite(ctx, mode, expires, route.Encode(inviteAddresses))
}

// invite makes an invitation that says where to find us.
func (m *Messenger) invite(ctx context.Context, mode model.Mode, expires time.Duration, route []byte) (model.Invitation, error) {
	now := m.now()
	offer, err := handshake.NewOffer(m.rand, m.self, modes[mode], now.Add(expires).Truncate(time.Second), route)
	if err != nil {
		return model.Invitation{}, fmt.Errorf("app: new invitation: %w", err)
	}
	bundle, err := offer.BundleCell(m.rand)
	if err != nil {
		return model.Invitation{}, fmt.Errorf("app: new invitation: %w", err)
	}
	private, err := offer.MarshalBinary()
	if err != nil {
		return model.Invitation{}, fmt.Errorf("app: new invitation: %w", err)
	}
	defer clear(private)
	inv := offer.Invite()
	token := inv.Token()
	stored := store.Invitation{
		ID:      model.InvitationID(hex.EncodeToString(token[:])),
		Mode:    mode,
		State:   model.InvitationOpen,
		Offer:   private,
		Bundle:  bundle,
		Link:    inv.Text(),
		Created: now,
		Expires: inv.Expires,
	}
	err = m.change(ctx, func(c *change) error {
		if mode == model.ModePerson {
			if err := c.revokeShown(); err != nil {
				return err
			}
		}
		c.publish(model.Event{Kind: model.EventInvitation, Invitation: stored.ID})
		return c.PutInvitation(stored)
	})
	return presentInvitation(stored, "", now), err
}

// presentInvitation is what a person sees of an invitation.
func presentInvitation(i store.Invitation, usedBy string, now time.Time) model.Invitation {
	out := model.Invitation{ID: i.ID, Mode: i.Mode, State: i.State, Created: i.Created, Expires: i.Expires, UsedBy: usedBy}
	if out.State == model.InvitationOpen && !now.Before(i.Expires) {
		out.State = model.InvitationExpired
	}
	if out.State == model.InvitationOpen {
		out.Link = i.Link
	}
	return out
}

// Invitations returns our invitations, newest first.
func (m *Messenger) Invitations(ctx context.Context) ([]model.Invitation, error) {
	list := []model.Invitation{}
	err := m.view(ctx, func(t *store.Tx) error {
		stored, err := t.Invitations()
		if err != nil {
			return err
		}
		for _, i := range stored {
			var name string
			if i.UsedBy != "" {
				c, err := t.Contact(i.UsedBy)
				if err != nil && model.KindOf(err) != model.NotFound {
					return err
				}
				name = c.Name
			}
			list = append(list, presentInvitation(i, name, m.now()))
		}
		return nil
	})
	return list, err
}

// revokeShown takes back the code that was shown in person until now. There is
// one at a time, so that both sides agree which two codes meet.
func (c *change) revokeShown() error {
	id, err := c.ownCode()
	if model.KindOf(err) == model.NeedsOwnCode {
		return nil
	}
	if err != nil {
		return err
	}
	return c.revoke(id)
}

// RevokeInvitation makes an invitation useless. Kinds NotFound,
// InvitationTaken if it was used already.
func (m *Messenger) RevokeInvitation(ctx context.Context, id model.InvitationID) error {
	return m.change(ctx, func(c *change) error { return c.revoke(id) })
}

func (c *change) revoke(id model.InvitationID) error {
	i, err := c.Invitation(id)
	if err != nil {
		return err
	}
	if i.State == model.InvitationUsed {
		return model.E(model.InvitationTaken, "", nil)
	}
	i.State = model.InvitationRevoked
	i.Offer, i.Bundle = nil, nil
	c.publish(model.Event{Kind: model.EventInvitation, Invitation: id})
	return c.PutInvitation(i)
}

// bundle answers a stranger who asks for the bundle of an invitation. Unknown,
// expired, revoked and used invitations look alike: using or revoking one drops
// its bundle.
func (m *Messenger) bundle(ctx context.Context, id model.InvitationID) ([]byte, node.Status) {
	var i store.Invitation
	err := m.view(ctx, func(t *store.Tx) (err error) {
		i, err = t.Invitation(id)
		return err
	})
	if err != nil || len(i.Bundle) == 0 || !m.now().Before(i.Expires) || !m.stands(i) {
		return nil, node.Gone
	}
	return i.Bundle, node.OK
}
