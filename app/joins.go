package app

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// Join accepts somebody's invitation. It returns once the invitation is stored;
// what follows (reaching the other computer, asking) goes on while we are
// online, over restarts, until the invitation expires. Kinds NotACode,
// LinkDamaged, LinkNewer, InvitationGone, InvitationOwn, NeedsOwnCode.
func (m *Messenger) Join(ctx context.Context, link string) (model.Join, error) {
	inv, err := parseInvite(link, m.now())
	if err != nil {
		return model.Join{}, err
	}
	return m.join(ctx, inv, modeOf(inv.Mode), "")
}

// join accepts an invitation that came in the way of mode from somebody who calls
// themselves name, "" if that is not known.
func (m *Messenger) join(ctx context.Context, inv *handshake.Invite, mode model.Mode, name string) (model.Join, error) {
	if _, err := node.DecodeRoute(inv.Route); err != nil {
		return model.Join{}, model.E(model.LinkDamaged, "", err)
	}
	token := inv.Token()
	j := store.Join{
		Join: model.Join{
			ID: model.JoinID(m.newID()), Mode: mode, State: model.JoinLooking, Name: name,
			Started: m.now(), Expires: inv.Expires,
		},
		Link: inv.Text(),
	}
	err := m.change(ctx, func(c *change) error {
		if _, err := c.Invitation(model.InvitationID(hex.EncodeToString(token[:]))); err == nil {
			return model.E(model.InvitationOwn, "", nil)
		}
		joins, err := c.Joins()
		if err != nil {
			return err
		}
		same := func(o store.Join) bool { return o.Link == j.Link }
		if k := slices.IndexFunc(joins, same); k >= 0 {
			j = joins[k] // pasted twice
			return nil
		}
		if j.Mode == model.ModePerson {
			if j.Own, err = c.ownCode(); err != nil {
				return err
			}
		}
		c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
		return c.PutJoin(j)
	})
	if err != nil {
		return model.Join{}, err
	}
	if n := m.network(); n != nil {
		n.join(j.ID)
	}
	return j.Join, nil
}

// ownCode finds the invitation that we show in person: the newest open one.
func (c *change) ownCode() (model.InvitationID, error) {
	invitations, err := c.Invitations()
	if err != nil {
		return "", err
	}
	for _, i := range invitations {
		if i.Mode == model.ModePerson && i.State == model.InvitationOpen && c.now.Before(i.Expires) {
			return i.ID, nil
		}
	}
	return "", model.E(model.NeedsOwnCode, "", nil)
}

// Joins returns our acceptances of invitations, newest first.
func (m *Messenger) Joins(ctx context.Context) ([]model.Join, error) {
	list := []model.Join{}
	err := m.view(ctx, func(t *store.Tx) error {
		joins, err := t.Joins()
		for _, j := range joins {
			list = append(list, j.Join)
		}
		return err
	})
	return list, err
}

// CancelJoin gives up on an invitation, or forgets one that is over. Kind
// NotFound.
func (m *Messenger) CancelJoin(ctx context.Context, id model.JoinID) error {
	return m.change(ctx, func(c *change) error {
		j, err := c.Join(id)
		if err != nil {
			return err
		}
		if j.State == model.JoinAsked || j.State == model.JoinScanned || j.State == model.JoinLooking {
			if err := c.abandon(j); err != nil {
				return err
			}
		}
		c.publish(model.Event{Kind: model.EventJoin, Join: id})
		return c.DeleteJoin(id)
	})
}

// abandon removes the contact that a join made, if it never became one.
func (c *change) abandon(j store.Join) error {
	contact, err := c.Contact(j.Contact)
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if contact.Trust != model.TrustUnconfirmed {
		return c.DeleteSession(j.Session)
	}
	messages, err := c.Messages(contact.ID, model.Page{Limit: 1})
	if err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	if len(messages) == 0 {
		return c.DeleteContact(contact.ID)
	}
	// What was written is not thrown away; it cannot be delivered.
	failed, err := c.FailWaiting(contact.ID, model.ReasonRefused, c.now)
	for _, id := range failed {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: id})
	}
	if err != nil {
		return err
	}
	return c.ClearOutbox(contact.ID)
}

// failJoin ends a join with a reason.
func (m *Messenger) failJoin(ctx context.Context, id model.JoinID, problem model.Kind) error {
	return m.change(ctx, func(c *change) error {
		j, err := c.Join(id)
		if err != nil || j.State == model.JoinDone {
			return err
		}
		if err := c.abandon(j); err != nil {
			return err
		}
		j.State, j.Problem, j.Request = model.JoinFailed, problem, nil
		c.publish(model.Event{Kind: model.EventJoin, Join: id})
		return c.PutJoin(j)
	})
}

// joinStep brings a join as far as it can go now. done says that nothing more
// is to be tried; an error that it is to be tried again.
func (m *Messenger) joinStep(ctx context.Context, n *network, id model.JoinID) (done bool, err error) {
	var j store.Join
	err = m.view(ctx, func(t *store.Tx) (err error) {
		j, err = t.Join(id)
		return err
	})
	if model.KindOf(err) == model.NotFound {
		return true, nil
	}
	if err != nil || j.State == model.JoinDone || j.State == model.JoinFailed {
		return err == nil, err
	}
	inv, err := parseInvite(j.Link, m.now())
	if err != nil && j.State != model.JoinAsked {
		return true, m.failJoin(ctx, id, model.KindOf(err))
	}
	if inv == nil {
		return true, nil // asked in time; the answer may come yet
	}
	route, err := node.DecodeRoute(inv.Route)
	if err != nil {
		return true, m.failJoin(ctx, id, model.LinkDamaged)
	}
	n.node.Keep(route)
	if len(j.Bundle) == 0 {
		cell, status, err := n.node.FetchBundle(ctx, route, inv.Token())
		if err != nil {
			return false, err
		}
		if status != node.OK {
			return true, m.failJoin(ctx, id, takenKind(j.Mode))
		}
		j.Bundle = cell
	}
	bundle, err := handshake.OpenBundle(inv, j.Bundle)
	if err != nil {
		m.log.Debug("bundle refused", "err", err)
		return true, m.failJoin(ctx, id, model.KeysDoNotMatch)
	}
	if len(j.Request) == 0 {
		if err := m.prepareJoin(ctx, &j, inv, bundle, route); err != nil {
			if kind := model.KindOf(err); kind != "" {
				return true, m.failJoin(ctx, id, kind)
			}
			return false, err
		}
		switch j.State {
		case model.JoinDone, model.JoinFailed:
			return true, nil
		case model.JoinScanned:
			return false, errWaitForThem
		}
	}
	_, status, err := n.node.SendRequest(ctx, route, inv.Token(), j.Request)
	switch {
	case err != nil:
		return false, err
	case status == node.OK || status == node.Pending:
		err := m.change(ctx, func(c *change) error {
			j, err := c.Join(id)
			if err != nil || j.State == model.JoinDone || j.State == model.JoinAsked {
				return err
			}
			j.State = model.JoinAsked
			c.publish(model.Event{Kind: model.EventJoin, Join: id})
			return c.PutJoin(j)
		})
		return false, errors.Join(err, errAsked)
	case j.Mode == model.ModePerson && status == node.Refused:
		return false, errWaitForThem // they have not scanned our code yet
	default:
		return true, m.failJoin(ctx, id, takenKind(j.Mode))
	}
}

// takenKind says that an invitation does not stand any more.
func takenKind(mode model.Mode) model.Kind {
	if mode == model.ModeNearby {
		return model.NearbyGone
	}
	return model.InvitationTaken
}

// errWaitForThem says that the next step is the other person's.
var errWaitForThem = errors.New("app: the other side has to scan first")

// errAsked says that they have our request and have not answered yet.
var errAsked = errors.New("app: not answered yet")

// joinBackoff is how long to wait before the next try.
func joinBackoff(try int, err error) time.Duration {
	if errors.Is(err, errWaitForThem) {
		return 2 * time.Second
	}
	if errors.Is(err, errAsked) { // it asks whether the invitation still stands
		return time.Minute
	}
	return min(time.Duration(1+try)*time.Second, 30*time.Second)
}
