package app

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

// session is a session as this program holds it: what the store keeps of it,
// with the ratchet state parsed. It is a value; the ratchet states and sets
// inside are never changed in place.
type session struct {
	store.Session // State is unused: see ratchet
	ratchet       *ratchet.Session
	acks          ackSet // the sequence numbers received
	begun         bool   // something was sealed in this run of the program
}

// change is what happens together, in a transaction (see commit.go), and what is
// to happen if, and only if, it commits: the session states that replace those in
// memory, the events that tell of it, the cells that go out.
type change struct {
	*store.Tx
	m        *Messenger
	before   *change // made before it in the same transaction, or nil
	now      time.Time
	sessions map[store.SessionID]session // read or changed here
	dirty    map[store.SessionID]bool
	gone     map[store.SessionID]bool // destroyed here
	threads  map[model.ContactID]thread
	events   []model.Event
	told     map[model.Event]bool                 // those in events
	queued   map[model.ContactID][]store.Outgoing // contacts with something to send, and what was put into the outbox
	pinned   map[store.SessionID]bool             // sessions in which a device list was pinned
	direct   []directCell
	after    []func()

	// Of the cell that is being taken in:
	mailbox model.MailboxID // where it was fetched, or ""
	waits   bool            // it may be of use later, and is to come again
}

// directCell is a sealed cell that is not in the outbox: an acknowledgement, which
// the next one of its session replaces, and which is made again when it may be
// lost.
type directCell struct {
	contact model.ContactID
	session store.SessionID
	cell    []byte
}

// newChange returns a change that sees those in before.
func (m *Messenger) newChange(before *change) *change {
	c := &change{
		m:        m,
		before:   before,
		now:      m.now(),
		sessions: make(map[store.SessionID]session),
		dirty:    make(map[store.SessionID]bool),
		gone:     make(map[store.SessionID]bool),
		told:     make(map[model.Event]bool),
		threads:  make(map[model.ContactID]thread),
		queued:   make(map[model.ContactID][]store.Outgoing),
		pinned:   make(map[store.SessionID]bool),
	}
	if before != nil {
		c.Tx = before.Tx
	}
	return c
}

// absorb takes over what another change did in the same transaction.
func (c *change) absorb(made *change) {
	for id := range made.gone {
		c.drop(id)
	}
	maps.Copy(c.sessions, made.sessions)
	maps.Copy(c.dirty, made.dirty)
	for id, cells := range made.queued {
		c.queued[id] = append(c.queued[id], cells...)
	}
	maps.Copy(c.threads, made.threads)
	for _, e := range made.events {
		c.publish(e)
	}
	c.direct = append(c.direct, made.direct...)
}

// dispatch hands what was committed to the network. It does not wait.
func (m *Messenger) dispatch(c *change) {
	n := m.network()
	if n == nil {
		return
	}
	for _, d := range c.direct {
		n.sendDirect(d)
	}
	for contact, cells := range c.queued {
		n.poke(contact, cells...)
	}
}

func (c *change) publish(e model.Event) {
	if !c.told[e] {
		c.told[e] = true
		c.events = append(c.events, e)
	}
}

// session returns a session as of this change.
func (c *change) session(id store.SessionID) (session, error) {
	if s, ok := c.inMemory(id); ok {
		c.sessions[id] = s
		return s, nil
	}
	s, err := c.readSession(id)
	if err == nil {
		c.sessions[id] = s
	}
	return s, err
}

// readSession reads a session from the database.
func (c *change) readSession(id store.SessionID) (session, error) {
	stored, err := c.Session(id)
	if err != nil {
		return session{}, err
	}
	s := session{Session: stored}
	if len(stored.Device) != account.DevicePublicSize {
		return session{}, damaged("a session", errContent)
	}
	if s.ratchet, err = ratchet.ParseSession(stored.State); err != nil {
		return session{}, damaged("a session", err)
	}
	if s.acks, err = parseSet(stored.InAcks, maxKept); err != nil {
		return session{}, damaged("a session", err)
	}
	s.State = nil
	return s, nil
}

// inMemory looks for a session here, in what was changed before, and in what is
// committed.
func (c *change) inMemory(id store.SessionID) (session, bool) {
	for at := c; at != nil; at = at.before {
		if s, ok := at.sessions[id]; ok {
			return s, true
		}
		if at.gone[id] {
			return session{}, false
		}
	}
	s, ok := c.m.sessions[id]
	return s, ok
}

// put replaces a session; it is stored at the end of the change.
func (c *change) put(s session) {
	c.sessions[s.ID] = s
	c.dirty[s.ID] = true
}

// save stores the sessions and threads that changed.
func (c *change) save() error {
	for id := range c.dirty {
		if err := c.saveSession(id); err != nil {
			return err
		}
	}
	for id, th := range c.threads {
		err := c.SetThread(id, store.Thread{Sent: th.sent, Have: th.have.bytes()})
		if err != nil && model.KindOf(err) != model.NotFound { // or the contact was removed
			return err
		}
	}
	return nil
}

func (c *change) saveSession(id store.SessionID) error {
	s := c.sessions[id]
	state, err := s.ratchet.MarshalBinary()
	if err != nil {
		return fmt.Errorf("app: storing a session: %w", err)
	}
	defer clear(state)
	stored := s.Session
	stored.State, stored.InAcks = state, s.acks.bytes()
	return c.UpdateSession(stored)
}

// newSession stores the session that a handshake with a contact's device gave.
func (c *change) newSession(stored store.Session, device *account.DevicePublic, r *ratchet.Session) (session, error) {
	state, err := r.MarshalBinary()
	if err != nil {
		return session{}, fmt.Errorf("app: storing a session: %w", err)
	}
	defer clear(state)
	stored.Device, stored.State, stored.Created = device[:], state, c.now
	if stored.ID, err = c.AddSession(stored); err != nil {
		return session{}, err
	}
	stored.State = nil
	s := session{Session: stored, ratchet: r, begun: true}
	c.put(s)
	return s, nil
}

// forget destroys a session.
func (c *change) forget(id store.SessionID) error {
	c.drop(id)
	return c.DeleteSession(id)
}

func (c *change) drop(id store.SessionID) {
	delete(c.sessions, id)
	delete(c.dirty, id)
	c.gone[id] = true
}

// makeCurrent makes s the session to send on, and seals anew whatever was
// waiting under the one before.
func (c *change) makeCurrent(s session) error {
	underWay, err := c.underWay(s.Replaces)
	if err != nil {
		return err
	}
	if err := c.MakeCurrent(s.ID, s.Contact, c.now); err != nil {
		return err
	}
	notices, err := c.Notices(s.Contact)
	if err != nil {
		return err
	}
	if err := c.ClearOutbox(s.Contact); err != nil {
		return err
	}
	for i, n := range notices {
		if n.Notice == store.NoticeRead && slices.ContainsFunc(notices[i+1:], func(o store.Noticed) bool { return o.Notice == store.NoticeRead && o.Pos >= n.Pos }) {
			continue
		}
		if err := c.tellNotice(s.ID, n); err != nil {
			return err
		}
	}
	waiting, err := c.Undelivered(s.Contact)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if err := c.sealMessage(s.ID, s.Contact, w); err != nil {
			return err
		}
		if err := c.journal(w.ID, model.Step{Kind: model.StepResealed}); err != nil {
			return err
		}
		// What mailboxes hold is of the session before.
		if _, err := c.Held(w.ID, 0, 0, c.now); err != nil {
			return err
		}
	}
	editing, err := c.Editing(s.Contact)
	if err != nil {
		return err
	}
	for _, u := range editing {
		if err := c.sealMessage(s.ID, s.Contact, u); err != nil {
			return err
		}
	}
	c.after = append(c.after, c.m.tendMailboxes)
	if s.Replaces == 0 {
		return nil
	}
	if err := c.tellSetting(s); err != nil {
		return err
	}
	return c.tellHave(s, &underWay)
}

// seal puts content into the outbox as a cell of a session and returns the
// sequence number it got. The acknowledgement of what we have received rides
// along in every cell.
func (c *change) seal(id store.SessionID, p *content) (uint64, error) {
	s, err := c.session(id)
	if err != nil {
		return 0, err
	}
	if err := c.begin(&s, p); err != nil {
		return 0, err
	}
	s.OutSeq++
	p.seq = s.OutSeq
	cell, s, err := c.encrypt(s, p)
	if err != nil {
		return 0, err
	}
	c.put(s)
	o := store.Outgoing{Contact: s.Contact, Session: id, Seq: p.seq, Cell: cell, Created: c.now}
	switch {
	case p.withdrawn:
		o.Message, o.Notice, o.Pos = p.message, store.NoticeTakenBack, p.position
	case p.kept:
		o.Message, o.Notice = p.message, store.NoticeKept
	case p.forgotten:
		o.Message, o.Notice, o.Pos = p.message, store.NoticeDeleted, p.position
	case p.text != "", p.deleted:
		o.Message = p.message
	case p.reaction != nil:
		o.Message, o.Notice = p.reaction.ID, store.NoticeReaction
	case p.readTo > 0:
		o.Notice, o.Pos = store.NoticeRead, p.readTo
	}
	return p.seq, c.queue(o)
}

// begin has a session count on from somewhere else when it is first sealed in by
// this run of the program. If the database is a copy that was put back, numbers
// were given since it was made that it does not know of; an acknowledgement of
// those must not be taken for one of what is sealed now. The contact is told that
// the numbers between will not come.
func (c *change) begin(s *session, p *content) error {
	if s.begun {
		return nil
	}
	var jump [5]byte
	if _, err := io.ReadFull(c.m.rand, jump[:]); err != nil {
		return fmt.Errorf("app: randomness: %w", err)
	}
	s.OutSeq += binary.BigEndian.Uint64(append(make([]byte, 3), jump[:]...))
	s.begun = true
	first, err := c.FirstUnacknowledged(s.ID)
	if p.floor = first; first == 0 {
		p.floor = s.OutSeq + 1
	}
	return err
}

// queue puts a cell into the outbox and has it sent.
func (c *change) queue(o store.Outgoing) error {
	if err := c.Queue(&o); err != nil {
		return err
	}
	c.queued[o.Contact] = append(c.queued[o.Contact], o)
	return nil
}

// poke has what is in the outbox for a contact sent.
func (c *change) poke(id model.ContactID) { c.queued[id] = append(c.queued[id], nil...) }

// acknowledge sends what we have received, without the outbox.
func (c *change) acknowledge(id store.SessionID) error {
	s, err := c.session(id)
	if err != nil {
		return err
	}
	cell, s, err := c.encrypt(s, &content{})
	if err != nil {
		return err
	}
	c.put(s)
	c.direct = append(c.direct, directCell{s.Contact, id, cell})
	return nil
}

func (c *change) encrypt(s session, p *content) ([]byte, session, error) {
	p.acks = s.acks
	cell, next, err := s.ratchet.Encrypt(c.m.rand, p.bytes())
	if err != nil {
		return nil, s, fmt.Errorf("app: sealing a cell: %w", err)
	}
	s.ratchet = next
	return cell, s, nil
}

// current returns the session to send on to a contact.
func (c *change) current(contact model.ContactID) (session, error) {
	id, err := c.CurrentSession(contact)
	if err != nil {
		return session{}, err
	}
	return c.session(id)
}
