package app

import (
	"context"
	"crypto/sha256"
	"errors"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/ratchet"
)

// maxBatch is how many cells are taken in by one transaction at most, so that
// one fsync serves them all.
const maxBatch = 64

// receive takes in cells that the network brought, in the order they came:
// opens them, stores what is in them together with the ratchet states, and
// acknowledges. If it fails nothing happened, and the senders send again.
func (m *Messenger) receive(ctx context.Context, cells []arrival) error {
	return m.change(ctx, func(c *change) error {
		owed := make(map[store.SessionID]bool)   // sessions to acknowledge
		mailed := make(map[store.SessionID]bool) // and by mailbox as well
		for len(cells) > 0 {
			for _, a := range cells {
				c.mailbox, c.waits = a.mailbox, false
				id, owes, err := c.take(a)
				if err != nil {
					return err
				}
				if owes {
					owed[id] = true
				}
				if owes && a.mailbox != "" {
					mailed[id] = true
				}
				if a.done != nil && !c.waits {
					c.after = append(c.after, a.done)
				}
			}
			cells = c.ripe() // what waited for a list that has come
		}
		for id := range owed {
			if err := c.acknowledgeIfCurrent(id); err != nil {
				return err
			}
		}
		for id := range mailed {
			if err := c.oweReceiptIn(id); err != nil {
				return err
			}
		}
		if len(mailed) > 0 {
			c.m.on.At("before keeping mail")
		}
		return nil
	})
}

// acknowledgeIfCurrent leaves out sessions that only receive: what is sent in
// them would open nowhere, and its sender seals it anew.
func (c *change) acknowledgeIfCurrent(id store.SessionID) error {
	s, err := c.session(id)
	if err != nil {
		return err
	}
	current, err := c.CurrentSession(s.Contact)
	if model.KindOf(err) == model.NotFound || err == nil && current != id {
		return nil
	}
	if err != nil {
		return err
	}
	return c.acknowledge(id)
}

// take takes in one cell. Cells that are not for us, damaged or forged change
// nothing and are no error; an error is one of the store. owes reports whether
// the sender is to hear what has arrived.
func (c *change) take(a arrival) (id store.SessionID, owes bool, err error) {
	cell := a.cell
	tag, err := ratchet.CellTag(cell)
	if err != nil {
		c.m.log.Debug("cell refused", "err", err)
		return 0, false, nil
	}
	id, err = c.sessionOf(tag)
	if model.KindOf(err) == model.NotFound {
		return 0, false, c.takeStray(a, tag)
	}
	if err != nil {
		return 0, false, err
	}
	s, err := c.session(id)
	if model.KindOf(err) == model.NotFound { // it was destroyed meanwhile
		return 0, false, c.takeStray(a, tag)
	}
	if err != nil {
		return 0, false, err
	}
	contact, err := c.Contact(s.Contact)
	if model.KindOf(err) == model.NotFound || err == nil && (contact.Blocked || contact.Alarm == model.AlarmListsDiffer) {
		// Not accepted, or not wanted, or frozen until the person has decided which
		// devices are the contact's: it is sent again.
		c.waits = true
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	sum := sha256.Sum256(cell)
	envelope := [16]byte(sum[:16])
	opened, next, err := s.ratchet.Decrypt(c.now, cell)
	if err != nil {
		if seen, serr := c.Seen(envelope); serr != nil || seen {
			return id, seen, serr
		}
		return 0, false, c.refused(&contact, s, a, err)
	}
	now, err := c.standing(contact, s)
	if err != nil {
		return 0, false, err
	}
	// From a device that the person has not accepted yet; or nothing tells yet
	// whether it may come.
	if c.waits = now.removed && !next.Confirmed() && !s.ratchet.Confirmed() || now.replaced && len(s.UnderWay) == 0; c.waits {
		return 0, false, nil
	}
	if err := c.MarkSeen(envelope, c.now); err != nil {
		return 0, false, err
	}
	confirmed := !s.ratchet.Confirmed() && next.Confirmed()
	s.ratchet = next
	p, err := parseContent(opened.Plaintext)
	if err != nil {
		// From the contact, and not what this program understands: the ratchet
		// moves on, the cell is not acknowledged.
		c.m.log.Debug("content refused", "err", err)
		c.put(s)
		return 0, false, nil
	}
	fresh := p.seq != 0 && !s.acks.has(p.seq)
	if p.seq != 0 {
		s.acks = s.acks.upTo(max(p.floor, 1) - 1).with(p.seq)
	}
	c.put(s)
	if confirmed {
		if err := c.confirm(&contact, s); err != nil {
			return 0, false, err
		}
	}
	if now.removed || now.replaced {
		return id, false, c.quarantine(&contact, s, p, now, fresh)
	}
	if err := c.apply(contact, s, p); err != nil || p.list == nil || !next.Confirmed() {
		return id, p.seq != 0, err
	}
	if contact, err = c.Contact(contact.ID); err != nil {
		return id, false, err
	}
	return id, p.seq != 0, c.takeList(&contact, s.ID, opened.Place, p.list)
}

// refused does what a cell means that its session does not open.
func (c *change) refused(contact *store.Contact, s session, a arrival, err error) error {
	c.m.log.Debug("cell refused", "err", err)
	switch {
	case errors.Is(err, ratchet.ErrReplay):
		// Another cell under a key that was used: the contact's state has gone
		// back. To acknowledge would tell them that it arrived.
		return c.restart(*contact, false)
	case errors.Is(err, ratchet.ErrListAhead):
		c.waits = true
		c.hold(s.ID, a)
	case errors.Is(err, ratchet.ErrListRollback):
		return c.alarm(contact, model.AlarmListsDiffer)
	case errors.Is(err, ratchet.ErrListUnknown):
		return c.phraseUsed()
	case errors.Is(err, ratchet.ErrForged), errors.Is(err, ratchet.ErrUnknown), errors.Is(err, ratchet.ErrTooFarAhead):
		if current, err := c.CurrentSession(contact.ID); err != nil || current != s.ID {
			return ignoreNotFound(err)
		}
		if errors.Is(err, ratchet.ErrTooFarAhead) {
			// More was lost than can be waited for. What is not acknowledged is
			// sealed anew in the next session.
			return c.restart(*contact, true)
		}
		// From the contact itself it is no forgery: its state has gone back to
		// before it began the chain that we know, or ours has.
		return c.doubt(a)
	}
	return nil
}

func ignoreNotFound(err error) error {
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	return err
}

// maxHeld is how many cells of a session are kept for a device list to come.
// More are sent again, since they are not acknowledged.
const maxHeld = 64

// hold keeps a cell that counts on a device list not announced yet.
func (c *change) hold(id store.SessionID, a arrival) {
	if held := c.m.held[id]; len(held) < maxHeld {
		c.m.held[id] = append(held, a)
	}
}

// ripe takes the cells that were held for a list that was pinned here.
func (c *change) ripe() []arrival {
	var all []arrival
	for id := range c.pinned {
		all = append(all, c.m.held[id]...)
		delete(c.m.held, id)
	}
	clear(c.pinned)
	return all
}

// apply does what a cell's content says. Until the contact is confirmed a text
// is stored, marked as such, and everything else is left undone
// (docs/protocol.md §6).
func (c *change) apply(contact store.Contact, s session, p *content) error {
	unconfirmed := !s.ratchet.Confirmed()
	if (p.text != "" || p.withdrawn || p.deleted) && p.seq != 0 { // a copy has an id that is known
		if err := c.takeText(contact, s, p, model.Message{Unconfirmed: unconfirmed}); err != nil {
			return err
		}
	}
	if unconfirmed {
		return nil
	}
	if err := c.takeAcks(contact.ID, s, p.acks); err != nil {
		return err
	}
	if p.kept {
		if err := c.takeKept(contact.ID, p.message); err != nil {
			return err
		}
	}
	if p.readTo > 0 {
		if err := c.takeRead(contact.ID, p.readTo); err != nil {
			return err
		}
	}
	if p.after > 0 {
		if err := c.takeAfter(contact.ID, p.after); err != nil {
			return err
		}
	}
	if p.replaces && s.Replaces != 0 {
		if err := c.takeUnderWay(s, p.underWay); err != nil {
			return err
		}
	}
	if len(p.gone) > 0 {
		if err := c.takeGone(contact.ID, p.gone); err != nil {
			return err
		}
	}
	if p.hasHave {
		if err := c.takeHave(contact.ID, s, p.have); err != nil {
			return err
		}
	}
	if p.profile != nil {
		if err := c.takeProfile(contact, p.profile); err != nil {
			return err
		}
	}
	if len(p.resets) > 0 {
		if err := c.takeResets(s, p.resets); err != nil {
			return err
		}
	}
	if p.needs {
		if err := c.takeNeed(s); err != nil {
			return err
		}
	}
	if p.set != nil {
		if err := c.takeMailboxes(contact.ID, p.set); err != nil {
			return err
		}
	}
	if p.offer != nil {
		if err := c.takeOffer(contact.ID, p.offer); err != nil {
			return err
		}
	}
	if p.reaction != nil {
		if err := c.takeReaction(contact.ID, *p.reaction); err != nil {
			return err
		}
	}
	if p.setting != nil {
		if err := c.takeSetting(contact.ID, *p.setting); err != nil {
			return err
		}
	}
	if p.seen != nil {
		return c.takeOwnList(p.seen)
	}
	return nil
}

// takeProfile stores what a contact says of their name and whereabouts.
func (c *change) takeProfile(contact store.Contact, p *profile) error {
	changed := false
	if p.name != "" && p.name != contact.Claimed {
		contact.Claimed, changed = p.name, true
	}
	if p.route.Peer != "" && string(p.route.Peer) != contact.Peer {
		contact.Peer, changed = string(p.route.Peer), true
	}
	if changed {
		if err := c.PutContact(contact); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	}
	if err := c.SetAddresses(contact.ID, p.route.Addrs); err != nil {
		return err
	}
	c.after = append(c.after, func() { c.m.keep(contact.ID) })
	return nil
}

// confirm notes that the other side has shown that it holds the keys it named:
// from here on its contents count.
func (c *change) confirm(contact *store.Contact, s session) error {
	if s.Replaces != 0 {
		if err := c.confirmReset(contact, s); err != nil {
			return err
		}
		return c.offerResets(s)
	}
	contact.Trust = model.TrustConfirmed
	if contact.InPerson {
		contact.Trust = model.TrustVerified
	}
	if err := c.PutContact(*contact); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	c.after = append(c.after, c.m.tendMailboxes)
	ids, err := c.Confirm(s.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact.ID, Message: id})
	}
	if err := c.joined(contact, s); err != nil {
		return err
	}
	return c.offerResets(s)
}
