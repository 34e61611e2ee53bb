package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// What of a join changes keys and contacts: the first message, the contact that
// it makes, and the going over to it when the other side has answered.

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
		if stored.State == model.JoinDone || stored.State == model.JoinFailed {
			*j = stored // the other side was quicker, since j was read
			return nil
		}
		stored.Bundle = j.Bundle
		id := b.Identity.Account.ID()
		stored.Contact = model.ContactID(hex.EncodeToString(id[:]))
		if stored.Contact == m.account() {
			return model.E(model.InvitationOwn, "", nil)
		}
		if j.Mode == model.ModeNearby {
			if r, err := c.requestOf(stored.Contact); err != nil || r != nil {
				if err == nil {
					err = c.meet(&stored, *r)
				}
				*j = stored
				return err
			}
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
		request, r, err := handshake.Initiate(m.rand, m.self, b, own, (&content{profile: profile}).bytes())
		if err != nil {
			return fmt.Errorf("app: first message: %w", err)
		}
		s, err := c.newSession(store.Session{Contact: stored.Contact}, &b.Identity.Device, r)
		if err != nil {
			return err
		}
		stored.Request, stored.Session = request, s.ID
		if own != nil {
			// One display serves one meeting. Its bundle is still handed out: the
			// other side, who scanned it, may fetch it after this.
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
		return c.expectAgain(&old, b)
	}
	if err != nil && model.KindOf(err) != model.NotFound {
		return err
	}
	contact := store.Contact{
		Contact:  model.Contact{ID: j.Contact, Claimed: j.Name, Trust: model.TrustUnconfirmed, Added: c.now},
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

// expectAgain checks whether a handshake with somebody who is a contact makes
// sense: with another device, or when there is no other way to a new session.
func (c *change) expectAgain(contact *store.Contact, b *handshake.Bundle) error {
	pinned, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return damaged("a contact's keys", err)
	}
	if v := judge(b.Identity.List, pinned); v == account.Fork || v == account.Rollback {
		return errListsDiffer
	}
	if pinned.Device != b.Identity.Device {
		return nil
	}
	current, err := c.CurrentSession(contact.ID)
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	left, err := c.ResetBundles(current)
	if err == nil && left > 0 {
		err = model.E(model.AlreadyContact, contact.Name, nil)
	}
	return err
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
		r, err := offer.Respond(c.m.self, bundle, cell)
		if err != nil {
			continue
		}
		status, err := c.storeRequest(i, sum, r)
		if err != nil || status != node.OK {
			return status, err
		}
		j.State, j.Link, j.Bundle = model.JoinDone, "", nil
		id := r.Peer.Account.ID()
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
		if err := c.dropBundle(j.Own); err != nil {
			return err
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

// dropBundle stops handing out the bundle of an invitation of ours that served
// its meeting.
func (c *change) dropBundle(id model.InvitationID) error {
	i, err := c.Invitation(id)
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	i.Bundle = nil
	return c.PutInvitation(i)
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
	pinned, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return damaged("a contact's keys", err)
	}
	known := judge(bundle.Identity.List, pinned) == account.Same
	if !known {
		if err := c.tellPinned(contact.ID, bundle.Identity.List); err != nil {
			return err
		}
	}
	contact.Identity, contact.Peer = bundle.Identity.Bytes(), string(route.Peer)
	contact.Trust, contact.InPerson = model.TrustConfirmed, j.Mode == model.ModePerson
	switch {
	case contact.InPerson:
		contact.Trust = model.TrustVerified
	case !known:
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
