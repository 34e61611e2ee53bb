package app

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/node"
)

// This file finds people on the local network who are no contacts yet. Both switch
// it on, for minutes. While it is on, everybody on the network is shown our name
// and an invitation; whoever takes it can ask to be a contact, once, and is no
// more verified than somebody who came by a link. Off, nothing of it is sent.
//
// The invitation has no addresses, which may be those of other networks: the node
// says beside it where we are on this one. Its date is a day off, since computers
// that have no internet have clocks that differ; it stands for as long as it is
// shown, and not when the profile is opened the next time.

const (
	maxNearby       = 64               // people heard at a time
	nearbySilence   = 15 * time.Second // after which somebody is no longer there
	maxNearbyUses   = 8                // invitations that are used while it is on; then it ends
	maxNearbyRoutes = 16               // addresses of one person
)

// nearby is the time in which people nearby are looked for. Its fields below mu
// are guarded by it; no change is asked for while it is held.
type nearby struct {
	n      *network
	air    *node.Nearby
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
	used   int // invitations so far; belongs to run once that has begun

	mu         sync.Mutex
	ended      bool // it cannot be made longer any more
	until      time.Time
	left       *time.Timer // until then, when the clock is set
	name       string
	invitation model.InvitationID
	shown      announcement
	people     map[node.ID]*neighbour
	heard      int // people so far
}

// A neighbour is somebody who was heard.
type neighbour struct {
	announcement
	addresses []string
	heard     time.Time // on the monotonic clock
	place     int       // in the order in which people came
}

// StartNearby shows us to people on the local network and hears them, for a time
// of at most model.MaxNearby; 0 is model.DefaultNearby. If it is on already it
// goes on for that long. Kinds Offline, LANOff.
func (m *Messenger) StartNearby(ctx context.Context, d time.Duration) (model.Nearby, error) {
	if d <= 0 {
		d = model.DefaultNearby
	}
	d = min(d, model.MaxNearby)
	n := m.network()
	if n == nil {
		return model.Nearby{}, model.E(model.Offline, "", nil)
	}
	m.nearbyMu.Lock()
	defer m.nearbyMu.Unlock()
	if b := n.nearby.Load(); b != nil {
		if b.extend(m.now().Add(d), d) {
			m.hub.publish(model.Event{Kind: model.EventNearby})
			return m.Nearby(ctx)
		}
		<-b.done
	}
	if err := n.startNearby(ctx, d); err != nil {
		return model.Nearby{}, err
	}
	m.hub.publish(model.Event{Kind: model.EventNearby})
	return m.Nearby(ctx)
}

func (n *network) startNearby(ctx context.Context, d time.Duration) (err error) {
	b := &nearby{
		n: n, done: make(chan struct{}), until: n.m.now().Add(d), left: time.NewTimer(d),
		people: make(map[node.ID]*neighbour),
	}
	b.ctx, b.cancel = context.WithCancel(n.ctx)
	b.air, err = n.node.Nearby(b.hear)
	if err != nil {
		b.cancel()
		switch {
		case errors.Is(err, node.ErrNoLAN):
			return model.E(model.LANOff, "", err)
		case errors.Is(err, node.ErrClosed):
			return model.E(model.Offline, "", err)
		}
		return err
	}
	n.nearby.Store(b)
	events, cancel := n.m.hub.subscribe()
	if err := b.show(ctx); err != nil {
		cancel()
		b.finish()
		return err
	}
	go func() {
		defer cancel()
		b.run(events)
	}()
	return nil
}

// StopNearby ends it: nothing is shown any more when it returns.
func (m *Messenger) StopNearby(context.Context) error {
	if n := m.network(); n != nil {
		m.stopNearby(n)
	}
	return nil
}

func (m *Messenger) stopNearby(n *network) {
	m.nearbyMu.Lock()
	defer m.nearbyMu.Unlock()
	if b := n.nearby.Load(); b != nil {
		b.cancel()
		<-b.done
	}
}

// Nearby returns who is nearby, if it is on.
func (m *Messenger) Nearby(ctx context.Context) (model.Nearby, error) {
	state := model.Nearby{People: []model.NearbyPerson{}}
	n := m.network()
	if n == nil {
		return state, nil
	}
	b := n.nearby.Load()
	if b == nil {
		return state, nil
	}
	var joins []store.Join
	known := make(map[node.ID]model.ContactID)
	asked := make(map[node.ID]model.ContactID) // their computer was reached already
	if err := m.view(ctx, func(t *store.Tx) (err error) {
		if joins, err = t.Joins(); err != nil {
			return err
		}
		contacts, err := t.Contacts()
		for _, c := range contacts {
			if c.Trust == model.TrustUnconfirmed {
				asked[node.ID(c.Peer)] = c.ID
			} else {
				known[node.ID(c.Peer)] = c.ID
			}
		}
		return err
	}); err != nil {
		return state, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	state.On, state.Until, state.Name = !b.ended, b.until, b.name
	// In the order in which they came, so that nobody moves under a pointer.
	peers := slices.SortedFunc(maps.Keys(b.people), func(x, y node.ID) int { return cmp.Compare(b.people[x].place, b.people[y].place) })
	for _, peer := range peers {
		p := b.people[peer]
		if time.Since(p.heard) > nearbySilence {
			continue
		}
		person := model.NearbyPerson{ID: p.id(), Name: p.name, Code: nearbyCode(b.shown, p.announcement)}
		person.Contact = known[peer]
		if i := slices.IndexFunc(joins, func(j store.Join) bool {
			waits := j.State == model.JoinLooking || j.State == model.JoinAsked
			return waits && (j.Link == p.link || j.Contact != "" && j.Contact == asked[peer])
		}); i >= 0 {
			person.Join = joins[i].ID
		}
		state.People = append(state.People, person)
	}
	return state, nil
}

// JoinNearby asks somebody nearby to be a contact. Kinds NearbyGone, and those of
// Join.
func (m *Messenger) JoinNearby(ctx context.Context, id model.NearbyID) (model.Join, error) {
	n := m.network()
	if n == nil {
		return model.Join{}, model.E(model.Offline, "", nil)
	}
	b := n.nearby.Load()
	if b == nil {
		return model.Join{}, model.E(model.NearbyGone, "", nil)
	}
	who, route, ok := b.person(id)
	if !ok {
		return model.Join{}, model.E(model.NearbyGone, "", nil)
	}
	inv, err := parseInvite(who.link, m.now())
	if err != nil {
		return model.Join{}, err
	}
	n.node.Keep(route)
	return m.join(ctx, inv, model.ModeNearby, who.name)
}

// person returns what somebody shows, and where they are.
func (b *nearby) person(id model.NearbyID) (announcement, node.Route, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for peer, p := range b.people {
		if p.id() == id {
			return p.announcement, node.Route{Peer: peer, Addrs: slices.Clone(p.addresses)}, true
		}
	}
	return announcement{}, node.Route{}, false
}

// extend makes it last until then, which is in d, unless it is over.
func (b *nearby) extend(until time.Time, d time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended || b.ctx.Err() != nil {
		return false
	}
	b.until = until
	b.left.Reset(d)
	return true
}

// run keeps what we show and who is there up to date until it is over: when the
// time has passed, by the computer's clock or by how long it was awake, whichever
// comes first.
func (b *nearby) run(events <-chan model.Event) {
	defer b.finish()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.left.C:
			return
		case <-second.C:
			if b.tidy() {
				return
			}
		case e, ok := <-events:
			if !ok {
				return
			}
			if e.Kind == model.EventInvitation && e.Invitation == b.current() || e.Kind == model.EventSelf || e.Kind == model.EventResync {
				if err := b.show(b.ctx); err != nil {
					b.n.m.log.Warn("nothing to show people nearby", "err", err)
					return
				}
			}
		}
	}
}

// finish ends it and takes the invitation away that nobody used.
func (b *nearby) finish() {
	b.mu.Lock()
	b.ended = true
	b.left.Stop()
	b.mu.Unlock()
	b.cancel()
	b.air.Close()
	m := b.n.m
	if err := m.change(context.Background(), (*change).dropNearby); err != nil {
		m.log.Warn("an invitation for people nearby is left", "err", err) // it does not stand
	}
	b.n.nearby.Store(nil)
	close(b.done)
	m.hub.publish(model.Event{Kind: model.EventNearby})
}

// tidy forgets who is no longer heard, and reports whether the time is over.
func (b *nearby) tidy() (over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.people)
	for id, p := range b.people {
		if time.Since(p.heard) > nearbySilence {
			delete(b.people, id)
		}
	}
	if len(b.people) < before {
		b.n.m.hub.publish(model.Event{Kind: model.EventNearby})
	}
	return !b.n.m.now().Before(b.until)
}

func (b *nearby) current() model.InvitationID {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.invitation
}

// errNearbyUses says that so many have asked that no more are let.
var errNearbyUses = errors.New("app: enough people nearby have asked")

// show shows our name and an invitation that is open, a new one if the one before
// was used.
func (b *nearby) show(ctx context.Context) error {
	m := b.n.m
	self, err := m.Self(ctx)
	if err != nil {
		return err
	}
	var old store.Invitation
	err = m.view(ctx, func(t *store.Tx) (err error) {
		old, err = t.Invitation(b.current())
		return err
	})
	if err != nil && model.KindOf(err) != model.NotFound {
		return err
	}
	id, link := old.ID, old.Link
	if err != nil || old.State != model.InvitationOpen {
		if b.used++; b.used > maxNearbyUses {
			return errNearbyUses
		}
		if err := m.change(ctx, (*change).dropNearby); err != nil {
			return err
		}
		made, err := m.invite(ctx, model.ModeNearby, DefaultExpiry, node.Route{Peer: b.n.node.ID()}.Encode(0))
		if err != nil {
			return err
		}
		id, link = made.ID, made.Link
	}
	a := announcement{self.Name, link}
	b.mu.Lock()
	changed := b.shown != a
	b.name, b.invitation, b.shown = self.Name, id, a
	b.mu.Unlock()
	if changed {
		b.air.Show(a.bytes())
		m.hub.publish(model.Event{Kind: model.EventNearby})
	}
	return nil
}

// hear takes what somebody on the network shows.
func (b *nearby) hear(r node.Route, shown []byte) {
	a, err := parseAnnouncement(shown, r.Peer, b.n.m.now())
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.people[r.Peer]
	switch {
	case p == nil && len(b.people) >= maxNearby:
		return
	case p == nil:
		b.heard++
		p = &neighbour{place: b.heard}
		b.people[r.Peer] = p
	}
	p.heard = time.Now()
	for _, at := range r.Addrs {
		if len(p.addresses) < maxNearbyRoutes && !slices.Contains(p.addresses, at) {
			p.addresses = append(p.addresses, at)
		}
	}
	if p.announcement != a {
		p.announcement, p.addresses = a, r.Addrs
		b.n.m.hub.publish(model.Event{Kind: model.EventNearby})
	}
}

// stands reports whether an invitation of ours that is open may be used: one for
// people nearby only while it is shown.
func (m *Messenger) stands(i store.Invitation) bool {
	if i.Mode != model.ModeNearby {
		return true
	}
	n := m.network()
	if n == nil {
		return false
	}
	b := n.nearby.Load()
	return b != nil && b.current() == i.ID
}

// dropNearby deletes the invitations for people nearby that nobody used.
func (c *change) dropNearby() error {
	all, err := c.Invitations()
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Mode == model.ModeNearby && i.State != model.InvitationUsed {
			if err := c.DeleteInvitation(i.ID); err != nil {
				return err
			}
			c.publish(model.Event{Kind: model.EventInvitation, Invitation: i.ID})
		}
	}
	return nil
}
