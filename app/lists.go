package app

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// This file is what becomes of a contact's device list that changes, and of
// news of our own (docs/protocol.md §7.5): notes, alarms, sessions that end.

// errListsDiffer says that an account comes with a device list that
// contradicts the one we have pinned.
var errListsDiffer = model.E(model.KeysDoNotMatch, "", errors.New("app: device lists contradict each other"))

// judge says what a device list that comes in a handshake is beside the pinned
// one. Only inside a session is a list taken for one that follows: whoever has
// a copy of a device's keys could make a handshake.
func judge(l *account.List, pinned *account.Identity) account.Verdict {
	v, err := l.Judge(pinned.List, &pinned.Device)
	if err != nil || v == account.Follows || v == account.Gap {
		return account.Recovery
	}
	return v
}

// mayReturn checks the device list of a contact who comes with a handshake, and
// tells the devices that we know of if the list is not the pinned one.
func (c *change) mayReturn(id model.ContactID, peer *account.Identity) (bool, error) {
	contact, err := c.Contact(id)
	if model.KindOf(err) == model.NotFound || err == nil && contact.Trust == model.TrustUnconfirmed {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	pinned, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return false, damaged("a contact's keys", err)
	}
	switch judge(peer.List, pinned) {
	case account.Same:
		return true, nil
	case account.Fork, account.Rollback:
		return false, c.alarm(&contact, model.AlarmListsDiffer)
	default:
		return true, c.tellPinned(id, peer.List)
	}
}

// tellPinned tells the device that we have a session with of a list of its
// account that somebody showed us. If it was not the person, they learn that
// somebody has their phrase.
func (c *change) tellPinned(id model.ContactID, l *account.List) error {
	s, err := c.current(id)
	if model.KindOf(err) == model.NotFound || err == nil && !s.ratchet.Confirmed() {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = c.seal(s.ID, &content{seen: l.Bytes()})
	return err
}

// alarm stops sending to a contact until the person has decided.
func (c *change) alarm(contact *store.Contact, a model.Alarm) error {
	if contact.Alarm == a {
		return nil
	}
	contact.Alarm = a
	c.publish(model.Event{Kind: model.EventContact, Contact: contact.ID})
	return c.PutContact(*contact)
}

// note adds a line to a conversation that nobody wrote.
func (c *change) note(contact model.ContactID, n model.Note) error {
	return c.addNote(model.Message{Contact: contact, Direction: model.Incoming, Note: n})
}

func (c *change) addNote(msg model.Message) error {
	msg.ID, msg.State, msg.Time, msg.StateTime = model.MessageID(c.m.newID()), model.Read, c.now, c.now
	if _, err := c.AddMessage(&msg, store.Place{}); err != nil {
		return err
	}
	c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: msg.ID, New: true})
	return nil
}

// takeList does what a contact's announcement of a device list means. It came
// in a session with a device of the pinned list.
func (c *change) takeList(contact *store.Contact, id store.SessionID, at ratchet.Place, raw []byte) error {
	s, err := c.session(id)
	if err != nil {
		return err
	}
	pinned, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return damaged("a contact's keys", err)
	}
	l, err := account.ParseList(raw)
	if err == nil {
		err = l.Verify(&pinned.Account)
	}
	if err != nil {
		c.m.log.Debug("device list refused", "err", err)
		return nil
	}
	device := account.DevicePublic(s.Device)
	v, err := l.Judge(pinned.List, &device)
	if err != nil {
		c.m.log.Debug("device list refused", "err", err)
		return nil
	}
	switch v {
	case account.Same: // heard in another session already
	case account.Follows:
		before := pinned.List
		pinned.List = l
		contact.Identity = pinned.Bytes()
		if err := c.PutContact(*contact); err != nil {
			return err
		}
		if err := c.noteDevices(contact.ID, before, l); err != nil {
			return err
		}
	case account.Recovery:
		return c.alarm(contact, model.AlarmKeysChanged)
	case account.Fork, account.Rollback:
		return c.alarm(contact, model.AlarmListsDiffer)
	default: // a gap: what is between has still to come
		return nil
	}
	if l.Version > s.ratchet.PeerList().Version {
		if s.ratchet, err = s.ratchet.PinPeer(at, ratchet.List{Version: l.Version, Hash: l.Hash()}); err != nil {
			return nil // the same version was announced with other contents: nothing more opens
		}
		c.put(s)
		c.pinned[s.ID] = true
	}
	return c.leaveRemoved(contact.ID, l)
}

// noteDevices tells the person which way a device list changed.
func (c *change) noteDevices(contact model.ContactID, before, after *account.List) error {
	missing := func(from, in *account.List) bool {
		for _, d := range from.Devices {
			if !in.Has(d.Hash) {
				return true
			}
		}
		return false
	}
	if missing(after, before) {
		if err := c.note(contact, model.NoteDeviceAdded); err != nil {
			return err
		}
	}
	if missing(before, after) {
		return c.note(contact, model.NoteDeviceRemoved)
	}
	return nil
}

// leaveRemoved stops sending to a device that is no longer in the list, and
// goes over to another one if there is a session with it.
func (c *change) leaveRemoved(contact model.ContactID, l *account.List) error {
	current, err := c.current(contact)
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil || l.Has(deviceHash(current)) {
		return err
	}
	if err := c.Retire(current.ID, c.now); err != nil {
		return err
	}
	if err := c.ClearOutbox(contact); err != nil {
		return err
	}
	others, err := c.Sessions(contact)
	if err != nil {
		return err
	}
	for _, o := range others {
		s, err := c.session(o.ID)
		if err != nil {
			return err
		}
		if s.ratchet.Confirmed() && l.Has(deviceHash(s)) {
			return c.makeCurrent(s)
		}
	}
	return nil // what is written waits for a session with a device that is left
}

// removed reports whether a session is with a device that the contact's pinned
// list no longer has.
func removed(contact store.Contact, s session) (bool, error) {
	pinned, err := account.ParseIdentity(contact.Identity)
	if err != nil {
		return false, damaged("a contact's keys", err)
	}
	return !pinned.List.Has(deviceHash(s)), nil
}

func deviceHash(s session) [32]byte {
	device := account.DevicePublic(s.Device)
	return device.Hash()
}

// takeOwnList looks at a device list of our own account that a contact was
// shown. If the account key signed it and it is not ours, somebody used the
// recovery phrase.
func (c *change) takeOwnList(raw []byte) error {
	own := c.m.self.Identity
	l, err := account.ParseList(raw)
	if err == nil {
		err = l.Verify(&own.Account)
	}
	if err != nil || l.Hash() == own.List.Hash() {
		return nil
	}
	return c.phraseUsed()
}

// phraseUsed notes that our account is somewhere with devices unknown here.
func (c *change) phraseUsed() error {
	c.publish(model.Event{Kind: model.EventSelf})
	return c.SetMeta(metaUsed, binary.BigEndian.AppendUint64(nil, uint64(c.now.Unix())))
}

// phraseUsed returns when that was, zero if it was not.
func phraseUsed(t *store.Tx) (time.Time, error) {
	b, err := t.Meta(metaUsed)
	if model.KindOf(err) == model.NotFound || err == nil && len(b) == 0 {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	if len(b) != 8 {
		return time.Time{}, damaged("profile", errContent)
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0), nil
}

// DismissPhraseUsed notes that the person has read that their phrase was used.
func (m *Messenger) DismissPhraseUsed(ctx context.Context) error {
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventSelf})
		return c.SetMeta(metaUsed, nil)
	})
}
