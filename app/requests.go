package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/handshake"
	"sotto/p2p/node"
)

// request takes in the first message that somebody sends for an invitation of
// ours (docs/protocol.md §6). The invitation is used up, its one-time keys are
// erased and the request is stored in one transaction.
func (m *Messenger) request(ctx context.Context, id model.InvitationID, cell []byte) node.Status {
	status := node.Gone
	err := m.change(ctx, func(c *change) (err error) {
		status, err = c.takeRequest(id, cell)
		return err
	})
	switch {
	case model.KindOf(err) == model.NotFound:
		return node.Gone
	case err != nil:
		m.log.Warn("request not stored", "err", err)
		return node.Pending // it is sent again
	}
	return status
}

func (c *change) takeRequest(id model.InvitationID, cell []byte) (node.Status, error) {
	i, err := c.Invitation(id)
	if err != nil {
		return node.Gone, err
	}
	sum := sha256.Sum256(cell)
	switch {
	case i.State == model.InvitationUsed:
		return c.usedAgain(i, sum, cell)
	case i.State != model.InvitationOpen || !c.now.Before(i.Expires) || !c.m.stands(i):
		return node.Gone, nil
	}
	offer, err := handshake.ParseOffer(i.Offer)
	if err != nil {
		return node.Gone, damaged("an invitation", err)
	}
	defer offer.Wipe()
	if i.Mode == model.ModePerson {
		return c.takePersonRequest(i, offer, sum, cell)
	}
	r, err := offer.Respond(c.m.self, nil, cell)
	if err != nil {
		c.m.log.Debug("request refused", "err", err)
		return node.Refused, nil
	}
	return c.storeRequest(i, sum, r)
}

// usedAgain answers who comes with a used invitation: whoever used it, again,
// or somebody else who has the link too. The latter is an alarm.
func (c *change) usedAgain(i store.Invitation, sum [32]byte, cell []byte) (node.Status, error) {
	if subtle.ConstantTimeCompare(sum[:], i.Request) == 1 {
		_, err := c.Contact(i.UsedBy)
		if err == nil {
			return node.OK, nil
		}
		requests, err := c.Requests()
		if slices.ContainsFunc(requests, func(r store.Request) bool { return r.Invitation == i.ID }) {
			return node.Pending, err
		}
		return node.Gone, err
	}
	if i.Mode == model.ModeNearby {
		return node.Gone, nil // everybody nearby has it: that a second person came means nothing
	}
	inv, err := handshake.ParseInvite(i.Link)
	if err != nil {
		return node.Gone, damaged("an invitation", err)
	}
	if !inv.Opens(cell) {
		return node.Gone, nil // noise: it proves nothing
	}
	contact, err := c.Contact(i.UsedBy)
	if model.KindOf(err) == model.NotFound {
		return node.Gone, nil
	}
	if err != nil {
		return node.Gone, err
	}
	if contact.Alarm == model.AlarmNone {
		contact.Alarm = model.AlarmInvitationShared
		c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
		return node.Gone, c.PutContact(contact)
	}
	return node.Gone, nil
}

// storeRequest notes that somebody asked to be a contact.
func (c *change) storeRequest(i store.Invitation, sum [32]byte, r *handshake.Request) (node.Status, error) {
	p, err := parseContent(r.Payload)
	if err != nil || p.profile == nil || p.profile.name == "" || p.profile.route.Peer == "" {
		c.m.log.Debug("request refused: no profile", "err", err)
		return node.Refused, nil
	}
	id := r.Peer.Account.ID()
	contact := model.ContactID(hex.EncodeToString(id[:]))
	if contact == c.m.account() {
		return node.Refused, nil
	}
	crossing, err := c.crossing(i, contact)
	if err != nil {
		return node.Pending, err
	}
	if crossing != nil && contact < c.m.account() {
		return node.Pending, nil // they accept ours, which is under way
	}
	i.Bundle = nil
	if err := c.useUp(i, sum, contact); err != nil {
		return node.Pending, err
	}
	if refused, err := c.Refused(contact); err != nil || refused {
		return node.Gone, err
	}
	if ok, err := c.mayReturn(contact, r.Peer); err != nil || !ok {
		return node.Gone, err
	}
	s, err := c.newSession(store.Session{Contact: contact}, &r.Peer.Device, r.Session)
	if err != nil {
		return node.Pending, err
	}
	_, err = c.Contact(contact)
	if err != nil && model.KindOf(err) != model.NotFound {
		return node.Pending, err
	}
	req := store.Request{
		Request: model.Request{
			ID:         model.RequestID(c.m.newID()),
			Contact:    contact,
			Name:       p.profile.name,
			Text:       p.text,
			Mode:       i.Mode,
			Invitation: i.ID,
			Arrived:    c.now,
			Known:      err == nil,
		},
		Message:   p.message,
		Time:      plausible(p.sentAt, c.now),
		Identity:  r.Peer.Bytes(),
		Peer:      string(p.profile.route.Peer),
		Addresses: strings.Join(p.profile.route.Addrs, "\n"),
		Session:   s.ID,
	}
	if err := c.AddRequest(req); err != nil {
		return node.Pending, err
	}
	c.publish(model.Event{Kind: model.EventRequest, Request: req.ID})
	if crossing != nil {
		return node.OK, c.meet(crossing, req)
	}
	if i.Mode == model.ModePerson || c.m.acceptsAll() {
		return node.OK, c.accept(req)
	}
	return node.Pending, nil
}

// useUp marks an invitation as used and erases its one-time keys. Its bundle is
// the caller's to keep or to drop.
func (c *change) useUp(i store.Invitation, sum [32]byte, by model.ContactID) error {
	i.State = model.InvitationUsed
	i.Offer = nil
	i.Request, i.UsedBy = sum[:], by
	c.publish(model.Event{Kind: model.EventInvitation, Invitation: i.ID})
	return c.PutInvitation(i)
}

// Requests returns who waits for our answer, newest first.
func (m *Messenger) Requests(ctx context.Context) ([]model.Request, error) {
	list := []model.Request{}
	err := m.view(ctx, func(t *store.Tx) error {
		stored, err := t.Requests()
		if err != nil {
			return err
		}
		for _, r := range stored {
			if i, err := t.Invitation(r.Invitation); err == nil {
				r.InvitedAt = i.Created
			}
			_, err := t.Contact(r.Contact)
			r.Known = err == nil
			list = append(list, r.Request)
		}
		return nil
	})
	return list, err
}

// AcceptRequest makes whoever asked a contact and tells them. Kind NotFound.
func (m *Messenger) AcceptRequest(ctx context.Context, id model.RequestID) (model.Contact, error) {
	var contact model.ContactID
	err := m.change(ctx, func(c *change) error {
		r, err := c.Request(id)
		if err != nil {
			return err
		}
		contact = r.Contact
		return c.accept(r)
	})
	if err != nil {
		return model.Contact{}, err
	}
	return m.Contact(ctx, contact)
}

// accept makes the author of a request a contact. Our answer is the first cell
// of our chain (docs/protocol.md §5): it carries our name and whereabouts.
func (c *change) accept(r store.Request) error {
	old, err := c.Contact(r.Contact)
	known := err == nil
	if err != nil && model.KindOf(err) != model.NotFound {
		return err
	}
	contact := store.Contact{
		Contact:  model.Contact{ID: r.Contact, Claimed: r.Name, Trust: model.TrustUnconfirmed, Added: c.now},
		InPerson: r.Mode == model.ModePerson,
		Identity: r.Identity,
		Peer:     r.Peer,
	}
	if known { // a new device of somebody we know: verification lapses
		contact.Renamed, contact.Added, contact.Draft, contact.ReadRow = old.Renamed, old.Added, old.Draft, old.ReadRow
	}
	if err := c.PutContact(contact); err != nil {
		return err
	}
	if err := c.SetAddresses(contact.ID, splitLines(r.Addresses)); err != nil {
		return err
	}
	s, err := c.session(r.Session)
	if err != nil {
		return err
	}
	if err := c.makeCurrent(s); err != nil {
		return err
	}
	answer, err := c.m.ownProfile(c.Tx)
	if err != nil {
		return err
	}
	if _, err := c.seal(s.ID, &content{profile: answer}); err != nil {
		return err
	}
	if r.Text != "" && r.Message != "" {
		first := model.Message{
			ID: r.Message, Contact: contact.ID, Direction: model.Incoming, State: model.Delivered,
			Text: r.Text, Time: r.Time, StateTime: c.now, Unconfirmed: true,
		}
		if _, err := c.AddMessage(&first, store.Place{Session: s.ID}); err != nil {
			return err
		}
	}
	if err := c.DeleteRequest(r.ID); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventRequest, Request: r.ID})
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	c.after = append(c.after, func() { c.m.keep(contact.ID) })
	return nil
}

// DeclineRequest forgets a request; whoever asked is not told why. With block
// set that account is not heard again. Kind NotFound.
func (m *Messenger) DeclineRequest(ctx context.Context, id model.RequestID, block bool) error {
	return m.change(ctx, func(c *change) error {
		r, err := c.Request(id)
		if err != nil {
			return err
		}
		if block {
			if err := c.Refuse(r.Contact, c.now); err != nil {
				return err
			}
		}
		if err := c.forget(r.Session); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventRequest, Request: id})
		return c.DeleteRequest(id)
	})
}

// ownProfile is what we say of ourselves.
func (m *Messenger) ownProfile(t *store.Tx) (*profile, error) {
	name, err := t.Meta(metaName)
	if err != nil {
		return nil, damaged("name", err)
	}
	route, err := m.routeIn(t)
	if err != nil {
		return nil, fmt.Errorf("app: own addresses: %w", err)
	}
	return &profile{name: string(name), route: route}, nil
}
