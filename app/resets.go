package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/handshake"
	"sotto/crypto/ratchet"
	"sotto/p2p/node"
)

// A reset begins a new session with a contact whose device we know, when one
// side lost the state of the old one (docs/protocol.md §5.2 and §6).

// resetBundles is how many each side gives the other.
const resetBundles = 2

// maxOffers is how many a contact can have of us in a session that it did not use.
const maxOffers = 4 * resetBundles

// resetPatience is how long an answer to a reset is waited for before another
// bundle is used.
const resetPatience = 24 * time.Hour

// strayAfter is how long after a cell that opens nowhere the same one, coming
// again, counts as a second: by then its sender repeats it because it has no
// acknowledgement.
const strayAfter = 10 * time.Second

// askAgain is how long bundles are waited for, from the beginning of a session or
// since we asked for them, before we ask. While they are on their way, cells of the
// session before come that open nowhere and mean nothing.
const askAgain = 10 * time.Minute

// apart is how far apart two times are by a clock that may have been set in between.
func apart(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// offerResets gives the contact of a newly confirmed session the means to begin
// anew. Those of sessions before are void with it.
func (c *change) offerResets(s session) error {
	if err := c.DropResets(s.Contact, s.ID); err != nil {
		return err
	}
	c.m.wants[s.ID] = want{at: c.now} // the contact gives its own now as well
	return c.giveResets(s)
}

// giveResets gives a contact bundles in a session, besides those that it may have.
func (c *change) giveResets(s session) error {
	p := new(content)
	for range resetBundles {
		o, err := handshake.NewResetOffer(c.m.rand, c.m.self, s.ratchet.Hash())
		if err != nil {
			return fmt.Errorf("app: reset bundle: %w", err)
		}
		private, err := o.MarshalBinary()
		if err != nil {
			return fmt.Errorf("app: reset bundle: %w", err)
		}
		err = c.PutResetOffer(store.ResetOffer{Token: o.Token(), Session: s.ID, Offer: private})
		clear(private)
		if err != nil {
			return err
		}
		p.resets = append(p.resets, o.Bundle())
	}
	_, err := c.seal(s.ID, p)
	return err
}

// takeResets keeps the bundles that a contact gave.
func (c *change) takeResets(s session, bundles [][]byte) error {
	for _, b := range bundles {
		if _, err := handshake.ParseResetBundle(b); err != nil {
			c.m.log.Debug("reset bundle refused", "err", err)
			return nil
		}
	}
	if err := c.SetResetBundles(s.ID, bundles); err != nil {
		return err
	}
	w := c.m.wants[s.ID]
	delete(c.m.wants, s.ID)
	if current, err := c.CurrentSession(s.Contact); err != nil || current != s.ID {
		return ignoreNotFound(err)
	}
	refused, err := c.resetRefused(s)
	if err != nil || !refused && !w.asked {
		return err
	}
	contact, err := c.Contact(s.Contact)
	if err != nil {
		return err
	}
	return c.restart(contact, refused || w.trusted)
}

// resetRefused gives up a reset in place of s that shows that we held s, and reports
// whether there was one. The contact gave bundles in s, which they also do when the
// secret of such a request is one that s has left behind.
func (c *change) resetRefused(s session) (bool, error) {
	id, err := c.PendingReset(s.Contact)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	pending, err := c.Session(id)
	if err != nil || pending.Replaces != s.ID || !pending.Fresh {
		return false, err
	}
	return true, c.forget(id)
}

// want is since when bundles are waited for in a session.
type want struct {
	at      time.Time
	asked   bool // we asked for them to begin anew
	trusted bool // as for reset
}

// askForResets asks a contact for bundles. None is left if they were used for
// resets that came to nothing, or if the cell that had them is one that does not
// open; what the contact seals now does.
func (c *change) askForResets(contact model.ContactID, trusted bool) error {
	s, err := c.current(contact)
	if err != nil {
		return ignoreNotFound(err)
	}
	if w, waits := c.m.wants[s.ID]; waits && apart(c.now, w.at) < c.m.on.soon(askAgain) {
		return nil
	}
	c.m.wants[s.ID] = want{c.now, true, trusted}
	_, err = c.seal(s.ID, &content{needs: true})
	return err
}

// takeNeed gives a contact bundles who has none.
func (c *change) takeNeed(s session) error {
	if current, err := c.CurrentSession(s.Contact); err != nil || current != s.ID {
		return ignoreNotFound(err)
	}
	n, err := c.ResetOffers(s.ID)
	if err != nil || n >= maxOffers {
		return err
	}
	return c.giveResets(s)
}

// RenewSession begins a new session with a contact, for when the old one no
// longer works. What waits is sent anew once they have answered. Kinds
// NotFound, NotConfirmed, Blocked, CannotRenew.
func (m *Messenger) RenewSession(ctx context.Context, id model.ContactID) error {
	return m.change(ctx, func(c *change) error {
		contact, err := c.Contact(id)
		if err != nil {
			return err
		}
		switch {
		case contact.Blocked:
			return model.E(model.Blocked, contact.Name, nil)
		case contact.Trust == model.TrustUnconfirmed:
			return model.E(model.NotConfirmed, contact.Name, nil)
		}
		return c.reset(contact, true)
	})
}

// reset begins a new session in place of the current one. trusted says that our state of the old one is good, so that we can
// show that we held it.
func (c *change) reset(contact store.Contact, trusted bool) error {
	if waits, err := c.resetWaits(contact.ID); err != nil || waits {
		if waits && trusted { // the person asks again
			c.poke(contact.ID)
			return nil
		}
		return err
	}
	old, err := c.current(contact.ID)
	if model.KindOf(err) == model.NotFound {
		return model.E(model.CannotRenew, contact.Name, nil)
	}
	if err != nil {
		return err
	}
	raw, err := c.TakeResetBundle(old.ID)
	if model.KindOf(err) == model.NotFound {
		return model.E(model.CannotRenew, contact.Name, nil)
	}
	if err != nil {
		return err
	}
	bundle, err := handshake.ParseResetBundle(raw)
	if err != nil {
		return damaged("a reset bundle", err)
	}
	peer, err := pinnedPeer(contact, old)
	if err != nil {
		return err
	}
	var rs []byte
	if trusted {
		rs = old.ratchet.Resumption()
	}
	request, r, err := handshake.Reset(c.m.rand, c.m.self, peer, old.ratchet.Hash(), bundle, rs, nil)
	if err != nil {
		return fmt.Errorf("app: reset: %w", err)
	}
	stored := store.Session{Contact: contact.ID, Replaces: old.ID, Fresh: rs != nil, Request: request}
	began, err := c.newSession(stored, &peer.Device, r)
	if err != nil {
		return err
	}
	return c.queue(store.Outgoing{Contact: contact.ID, Session: began.ID, Cell: request, Created: c.now})
}

// resetWaits reports whether a reset is under way. One that nobody answered for
// long is given up, so that another can be made.
func (c *change) resetWaits(id model.ContactID) (bool, error) {
	pending, err := c.PendingReset(id)
	if model.KindOf(err) == model.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s, err := c.Session(pending)
	if err != nil {
		return false, err
	}
	if c.now.Sub(s.Created) > resetPatience {
		return false, c.forget(pending)
	}
	return true, nil
}

// pinnedPeer is the identity that we expect at the other end of a session.
func pinnedPeer(contact store.Contact, s session) (*account.Identity, error) {
	peer, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return nil, damaged("a contact's keys", err)
	}
	peer.Device = account.DevicePublic(s.Device)
	return peer, nil
}

// takeReset takes in the first message of a contact's reset. The new session
// receives, and replaces the old one when the contact has shown in it who they
// are.
func (c *change) takeReset(o store.ResetOffer, cell []byte) error {
	sum := sha256.Sum256(cell)
	if len(o.Offer) == 0 {
		return nil // the same message again, whose answer is in the outbox; or another
	}
	old, err := c.session(o.Session)
	if err != nil {
		return err
	}
	contact, err := c.Contact(old.Contact)
	if model.KindOf(err) == model.NotFound || err == nil && contact.Blocked {
		return nil
	}
	if err != nil {
		return err
	}
	// Of two that cross, that of the smaller account stands.
	ours, err := c.PendingReset(contact.ID)
	crossed := err == nil
	if err != nil && model.KindOf(err) != model.NotFound {
		return err
	}
	if crossed && c.m.account() < contact.ID {
		return nil
	}
	offer, err := handshake.ParseResetOffer(o.Offer)
	if err != nil {
		return damaged("a reset bundle", err)
	}
	defer offer.Wipe()
	peer, err := pinnedPeer(contact, old)
	if err != nil {
		return err
	}
	own := c.m.self.Identity.List
	lists := []ratchet.List{{Version: own.Version, Hash: own.Hash()}}
	r, err := offer.Respond(c.m.self, peer, lists, old.ratchet.Resumptions(), cell)
	if err != nil {
		c.m.log.Debug("reset refused", "err", err)
		return c.refuseReset(o, old, sum)
	}
	if crossed {
		if err := c.forget(ours); err != nil {
			return err
		}
	}
	s, err := c.newSession(store.Session{Contact: contact.ID, Replaces: old.ID, Fresh: r.Fresh}, &peer.Device, r.Session)
	if err != nil {
		return err
	}
	o.Offer, o.Request, o.Began = nil, sum[:], s.ID
	if err := c.PutResetOffer(o); err != nil {
		return err
	}
	_, err = c.seal(s.ID, &content{})
	return err
}

// refuseReset answers a request that did not open, once for each request. Most likely
// the session went on while the request was on its way, so that its secret is no
// longer one that we accept; with the bundles the contact makes it anew.
func (c *change) refuseReset(o store.ResetOffer, old session, sum [32]byte) error {
	if bytes.Equal(o.Request, sum[:]) {
		return nil
	}
	o.Request = sum[:]
	if err := c.PutResetOffer(o); err != nil {
		return err
	}
	return c.takeNeed(old)
}

// confirmReset goes over to a session that began with a reset.
func (c *change) confirmReset(contact *store.Contact, s session) error {
	note := model.NoteSessionRenewed
	if !s.Fresh {
		note = model.NoteSessionRestarted
		contact.Trust, contact.InPerson = model.TrustConfirmed, false
	}
	if err := c.PutContact(*contact); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	if err := c.note(contact.ID, note); err != nil {
		return err
	}
	if err := c.Answered(s.ID); err != nil {
		return err
	}
	// Another that we began before this one was confirmed is for the place of a
	// session that is left now. Nobody answers it, and it would keep us from beginning
	// anew.
	other, err := c.PendingReset(contact.ID)
	if err == nil {
		err = c.forget(other)
	}
	if err = ignoreNotFound(err); err != nil {
		return err
	}
	return c.makeCurrent(s)
}

// restart begins anew with a contact, if there is one to begin with. trusted is as
// for reset: it is not if our session, or theirs, has fallen behind because a profile
// was put back from a copy.
func (c *change) restart(contact store.Contact, trusted bool) error {
	if contact.Blocked || contact.Alarm != model.AlarmNone || contact.Trust == model.TrustUnconfirmed {
		return nil
	}
	err := c.reset(contact, trusted)
	if model.KindOf(err) == model.CannotRenew {
		return c.askForResets(contact.ID, trusted)
	}
	return err
}

// takeStray looks at a cell that belongs to no session. It begins a reset, or
// it is a copy of an old one; or the contact and we no longer stand at the same
// place.
func (c *change) takeStray(a arrival, tag [16]byte) error {
	o, err := c.ResetOffer(tag)
	if err == nil {
		return c.takeReset(o, a.cell)
	}
	if model.KindOf(err) != model.NotFound {
		return err
	}
	envelope := a.envelope()
	if seen, err := c.Seen(envelope); err != nil || seen {
		return err // its sender learns at the next connection that it arrived
	}
	return c.doubt(a)
}

// doubt counts a cell that does not open though it comes from a contact: from
// their own computer, or by a mailbox in an envelope that only they can make. With
// the second, one of the two has lost its state.
func (c *change) doubt(a arrival) error {
	envelope := a.envelope()
	for _, id := range c.m.senders(a) {
		first, known := c.m.strays[id]
		if !known {
			c.m.strays[id] = stray{envelope, c.now}
		}
		if !known || envelope == first.envelope && apart(c.now, first.at) < strayAfter {
			continue
		}
		delete(c.m.strays, id)
		contact, err := c.Contact(id)
		if model.KindOf(err) == model.NotFound {
			continue // removed a moment ago
		}
		if err != nil {
			return err
		}
		if err := c.restart(contact, false); err != nil {
			return err
		}
	}
	return nil
}

// senders returns the contacts whom an arrival can be from.
func (m *Messenger) senders(a arrival) []model.ContactID {
	if a.contact != "" {
		return []model.ContactID{a.contact}
	}
	if n := m.network(); n != nil {
		return n.at(a.from)
	}
	return nil
}

// envelope names the cell: the first 16 bytes of its SHA-256.
func (a arrival) envelope() [16]byte {
	sum := sha256.Sum256(a.cell)
	return [16]byte(sum[:16])
}

// stray is a cell that opens nowhere, and when it came.
type stray struct {
	envelope [16]byte
	at       time.Time
}

// arrival is a cell and who handed it over: a peer, or a mailbox of ours.
type arrival struct {
	from    node.ID         // or ""
	mailbox model.MailboxID // or ""
	contact model.ContactID // with mailbox: whose queue it was in
	cell    []byte
	// done, if it is set, is called once the cell needs to be kept nowhere else:
	// it was taken in, or it is of no use.
	done func()
}
