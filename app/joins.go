package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
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
	if _, err := node.DecodeRoute(inv.Route); err != nil {
		return model.Join{}, model.E(model.LinkDamaged, "", err)
	}
	token := inv.Token()
	j := store.Join{
		Join: model.Join{
			ID: model.JoinID(m.newID()), Mode: modeOf(inv.Mode), State: model.JoinLooking,
			Started: m.now(), Expires: inv.Expires,
		},
		Link: inv.Text(),
	}
	err = m.change(ctx, func(c *change) error {
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
	failed, err := c.FailWaiting(contact.ID, c.now)
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
		if err != nil {
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
			return true, m.failJoin(ctx, id, model.InvitationTaken)
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
		if j.State == model.JoinScanned {
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
		return true, m.failJoin(ctx, id, model.InvitationTaken)
	}
}

// errWaitForThem says that the next step is the other person's.
var errWaitForThem = errors.New("app: the other side has to scan first")

// errAsked says that they have our request and have not answered yet.
var errAsked = errors.New("app: not answered yet")

// prepareJoin makes our first message and stores it with the session it
// starts, in one transaction; from then on the same bytes are sent at every
// try. In person, if it is the other side that begins, it only stores the
// bundle.
func (m *Messenger) prepareJoin(ctx context.Context, j *store.Join, inv *handshake.Invite, b *handshake.Bundle, route node.Route) error {
	return m.change(ctx, func(c *change) error {
		stored, err := c.Join(j.ID)
		if err != nil {
			return err
		}
		stored.Bundle = j.Bundle
		id := b.Identity.Account.ID()
		stored.Contact = model.ContactID(hex.EncodeToString(id[:]))
		if stored.Contact == m.account() {
			return model.E(model.InvitationOwn, "", nil)
		}
		var own *handshake.Offer
		var ownInvitation store.Invitation
		if j.Mode == model.ModePerson {
			if ownInvitation, err = c.Invitation(j.Own); err != nil || ownInvitation.State != model.InvitationOpen {
				return model.E(model.NeedsOwnCode, "", err)
			}
			if own, err = handshake.ParseOffer(ownInvitation.Offer); err != nil {
				return damaged("an invitation", err)
			}
			defer own.Wipe()
			if !handshake.MayInitiate(own.Invite(), inv) {
				stored.State = model.JoinScanned
				*j = stored
				c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
				return c.PutJoin(stored)
			}
		}
		profile, err := m.ownProfile(c.Tx)
		if err != nil {
			return err
		}
		request, r, err := handshake.Initiate(m.rand, m.self, inv, b, own, (&content{profile: profile}).bytes())
		if err != nil {
			return fmt.Errorf("app: first message: %w", err)
		}
		s, err := c.newSession(stored.Contact, r)
		if err != nil {
			return err
		}
		stored.Request, stored.Session = request, s.ID
		if own != nil {
			// One display serves one meeting.
			if err := c.useUp(ownInvitation, sha256.Sum256(request), stored.Contact); err != nil {
				return err
			}
		}
		if err := c.expectContact(stored, b, route, s); err != nil {
			return err
		}
		*j = stored
		c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
		return c.PutJoin(stored)
	})
}

// expectContact makes the contact that a join is about to give, unconfirmed
// until they answer. Somebody who is a contact already keeps the session they
// have until the new one is confirmed.
func (c *change) expectContact(j store.Join, b *handshake.Bundle, route node.Route, s session) error {
	old, err := c.Contact(j.Contact)
	if err == nil && old.Trust != model.TrustUnconfirmed {
		if same, err := sameDevice(old.Identity, b); err != nil || same {
			return errors.Join(err, model.E(model.AlreadyContact, old.Name, nil))
		}
		return nil
	}
	if err != nil && model.KindOf(err) != model.NotFound {
		return err
	}
	contact := store.Contact{
		Contact:  model.Contact{ID: j.Contact, Trust: model.TrustUnconfirmed, Added: c.now},
		InPerson: j.Mode == model.ModePerson,
		Identity: b.Identity.Bytes(),
		Peer:     string(route.Peer),
	}
	if err := c.PutContact(contact); err != nil {
		return err
	}
	if err := c.SetAddresses(contact.ID, route.Addrs); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	c.after = append(c.after, func() { c.m.keep(contact.ID) })
	return c.makeCurrent(s)
}

// sameDevice reports whether a stored identity is of the device that a bundle
// names.
func sameDevice(stored []byte, b *handshake.Bundle) (bool, error) {
	identity, err := account.ParseIdentity(stored)
	if err != nil {
		return false, damaged("a contact's keys", err)
	}
	return identity.Device == b.Identity.Device, nil
}

// takePersonRequest is takeRequest for an invitation shown in person: only who
// begins with a code that we have scanned is answered.
func (c *change) takePersonRequest(i store.Invitation, offer *handshake.Offer, sum [32]byte, cell []byte) (node.Status, error) {
	joins, err := c.Joins()
	if err != nil {
		return node.Refused, err
	}
	for _, j := range joins {
		if j.Own != i.ID || j.State != model.JoinScanned || len(j.Bundle) == 0 {
			continue
		}
		theirs, err := handshake.ParseInvite(j.Link)
		if err != nil {
			return node.Refused, damaged("a scanned code", err)
		}
		bundle, err := handshake.OpenBundle(theirs, j.Bundle)
		if err != nil {
			return node.Refused, damaged("a scanned code", err)
		}
		peer, payload, r, err := handshake.Respond(offer, c.m.self, theirs, bundle, cell)
		if err != nil {
			continue
		}
		status, err := c.storeRequest(i, sum, peer, payload, r)
		if err != nil || status != node.OK {
			return status, err
		}
		j.State, j.Link, j.Bundle = model.JoinDone, "", nil
		id := peer.Account.ID()
		j.Contact = model.ContactID(hex.EncodeToString(id[:]))
		contact, err := c.Contact(j.Contact)
		if err != nil {
			return node.Refused, err
		}
		j.Name = contact.Name
		c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
		return node.OK, c.PutJoin(j)
	}
	return node.Refused, nil
}

// joined notes, when a session is confirmed, that the join which made it is
// done.
func (c *change) joined(contact *store.Contact, s session) error {
	joins, err := c.Joins()
	if err != nil {
		return err
	}
	for _, j := range joins {
		if j.Session != s.ID || j.State == model.JoinDone {
			continue
		}
		current, err := c.CurrentSession(contact.ID)
		if err != nil && model.KindOf(err) != model.NotFound {
			return err
		}
		if current != s.ID {
			if err := c.replaceSession(contact, j, s); err != nil {
				return err
			}
		}
		j.State, j.Link, j.Bundle, j.Request = model.JoinDone, "", nil, nil
		j.Name = contact.Name
		c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
		if err := c.PutJoin(j); err != nil {
			return err
		}
	}
	return nil
}

// replaceSession goes over to a confirmed session with a new device of
// somebody who was a contact before. Whoever had verified them decides first.
func (c *change) replaceSession(contact *store.Contact, j store.Join, s session) error {
	inv, err := handshake.ParseInvite(j.Link)
	if err != nil {
		return damaged("a scanned code", err)
	}
	bundle, err := handshake.OpenBundle(inv, j.Bundle)
	if err != nil {
		return damaged("a scanned code", err)
	}
	route, err := node.DecodeRoute(inv.Route)
	if err != nil {
		return damaged("a scanned code", err)
	}
	contact.Identity, contact.Peer = bundle.Identity.Bytes(), string(route.Peer)
	contact.Trust, contact.InPerson = model.TrustConfirmed, j.Mode == model.ModePerson
	if contact.InPerson {
		contact.Trust = model.TrustVerified
	} else {
		contact.Alarm = model.AlarmKeysChanged
	}
	if err := c.PutContact(*contact); err != nil {
		return err
	}
	if err := c.SetAddresses(contact.ID, route.Addrs); err != nil {
		return err
	}
	c.after = append(c.after, func() { c.m.keep(contact.ID) })
	return c.makeCurrent(s)
}

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
