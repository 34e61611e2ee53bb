package app

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
)

// This file makes this computer a mailbox for chosen contacts. It is off until
// the person switches it on.
//
// Who may own queues here is known by their owner key. Its seed is made here,
// one for each contact, and goes to them inside the session as the secret of
// the link that is offered. That we know it too gives us nothing: whoever runs
// a mailbox can do with its queues what their owner can.

// metaHosting is how many bytes each contact may have here, in decimal.
const metaHosting = "hosting"

// mailboxDir is where the mailbox lies inside the profile's directory.
const mailboxDir = "mailbox"

// MaxHosting is the most that a contact can be given of this computer's disk,
// and DefaultHosting what they get if nothing is said, in bytes.
const (
	MaxHosting     = 16 << 30
	DefaultHosting = 256 << 20
)

// hostingLimits are those of a mailbox on somebody's desktop.
func hostingLimits(contacts int, quota int64) mailbox.Limits {
	l := mailbox.DefaultLimits()
	l.OwnerBytes, l.QueueBytes = quota, min(l.QueueBytes, quota)
	l.Owners = contacts
	l.Queues = contacts * l.OwnerQueues
	l.DiskBytes = 2*quota*int64(contacts) + 16<<20
	l.Streams, l.Conns = 256, 128
	return l
}

// openHosting opens the mailbox of this computer, or returns nil if it is none.
func (m *Messenger) openHosting(ctx context.Context) (*mailbox.Server, error) {
	var keys []ed25519.PublicKey
	var quota int64
	err := m.view(ctx, func(t *store.Tx) error {
		hosted, err := t.Hosted()
		if err != nil {
			return err
		}
		for _, h := range hosted {
			contact, err := t.Contact(h.Contact)
			if err != nil {
				return err
			}
			if !h.Wanted || contact.Blocked {
				continue
			}
			seed, err := hostedSeed(h)
			if err != nil {
				return err
			}
			keys = append(keys, seed.Public())
		}
		quota, err = hostingQuota(t)
		return err
	})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	dir := filepath.Join(m.dir, mailboxDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileError(err)
	}
	s, err := mailbox.Open(dir, hostingLimits(len(keys), quota), mailbox.OwnersAccess(keys...), m.log, m.now)
	return s, hostingError(err)
}

func (n *network) closeHosting() {
	if n.host == nil {
		return
	}
	if err := n.host.Close(); err != nil {
		n.m.log.Warn("mailbox not closed", "err", err)
	}
}

// hostingError gives an error of our own mailbox the kind that a person can be
// told.
func hostingError(err error) error {
	switch {
	case errors.Is(err, mailbox.ErrNoSpace):
		return model.E(model.NoSpace, "", err)
	case errors.Is(err, mailbox.ErrPermission):
		return model.E(model.NoPermission, "", err)
	case errors.Is(err, mailbox.ErrInUse):
		return model.E(model.ProfileInUse, "", err)
	case errors.Is(err, mailbox.ErrNewer):
		return model.E(model.ProfileNewer, "", err)
	case errors.Is(err, mailbox.ErrDamaged):
		return model.E(model.ProfileDamaged, "mailbox", err)
	}
	return err
}

func hostedSeed(h store.Hosted) (mailbox.Seed, error) {
	if len(h.Secret) != len(mailbox.Seed{}) {
		return mailbox.Seed{}, damaged("a contact's part of the mailbox", errContent)
	}
	return mailbox.Seed(h.Secret), nil
}

func hostingQuota(t *store.Tx) (int64, error) {
	b, err := t.Meta(metaHosting)
	if model.KindOf(err) == model.NotFound {
		return DefaultHosting, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, damagedIf("hosting", err)
}

// Hosting returns for whom this computer is mailbox, and what it holds.
func (m *Messenger) Hosting(ctx context.Context) (model.Hosting, error) {
	h := model.Hosting{Contacts: []model.ContactID{}}
	err := m.view(ctx, func(t *store.Tx) error {
		hosted, err := t.Hosted()
		for _, o := range hosted {
			if o.Wanted {
				h.Contacts = append(h.Contacts, o.Contact)
			}
		}
		if err != nil {
			return err
		}
		h.Quota, err = hostingQuota(t)
		return err
	})
	if n := m.network(); err == nil && n != nil && n.host != nil {
		stats := n.host.Stats()
		h.Used, h.Cells = stats.Bytes, stats.Cells
	}
	return h, err
}

// SetHosting makes this computer mailbox for these contacts, with quota bytes
// for each (0 is DefaultHosting), and for nobody else. They are told, and it is
// for them to take it up. For nobody, it is switched off, and what it held is
// deleted: nothing is lost by it, since senders keep what was not acknowledged.
// Kinds NotFound, NotConfirmed, and those of opening a profile.
func (m *Messenger) SetHosting(ctx context.Context, contacts []model.ContactID, quota int64) error {
	if quota <= 0 {
		quota = DefaultHosting
	}
	quota = min(quota, MaxHosting)
	err := m.change(ctx, func(c *change) error {
		for _, id := range contacts {
			contact, err := c.Contact(id)
			if err != nil {
				return err
			}
			if contact.Trust == model.TrustUnconfirmed {
				return model.E(model.NotConfirmed, contact.Name, nil)
			}
		}
		if err := c.setHosted(contacts); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMailbox})
		return c.SetMeta(metaHosting, []byte(strconv.FormatInt(quota, 10)))
	})
	if err != nil {
		return err
	}
	if err := m.restartNetwork(ctx); err != nil {
		return err
	}
	if len(contacts) == 0 {
		if err := os.RemoveAll(filepath.Join(m.dir, mailboxDir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(err)
		}
	}
	return nil
}

// setHosted notes for whom this computer is to be mailbox.
func (c *change) setHosted(contacts []model.ContactID) error {
	hosted, err := c.Hosted()
	if err != nil {
		return err
	}
	known := make(map[model.ContactID]bool)
	for _, h := range hosted {
		known[h.Contact] = true
		h.Wanted = slices.Contains(contacts, h.Contact)
		if err := c.PutHosted(h); err != nil {
			return err
		}
	}
	for _, id := range contacts {
		if known[id] {
			continue
		}
		known[id] = true
		seed := mailbox.NewSeed()
		if err := c.PutHosted(store.Hosted{Contact: id, Secret: seed[:], Wanted: true}); err != nil {
			return err
		}
	}
	return nil
}

// restartNetwork starts the network anew, if it is started, since a node is
// told at its start what it serves.
func (m *Messenger) restartNetwork(ctx context.Context) error {
	n := m.network()
	if n == nil {
		return nil
	}
	m.goOffline()
	if err := m.GoOnline(ctx, n.options); err != nil {
		return err
	}
	if n = m.network(); n != nil {
		return n.hostErr
	}
	return nil
}

// tellOffers tells contacts for whom this computer is mailbox where it is, and
// those for whom it is no longer that it is not.
func (c *change) tellOffers() error {
	hosted, err := c.Hosted()
	if err != nil || len(hosted) == 0 {
		return err
	}
	route, err := c.m.routeIn(c.Tx)
	if err != nil {
		return err
	}
	quota, err := hostingQuota(c.Tx)
	if err != nil {
		return err
	}
	for _, h := range hosted {
		if err := c.tellOffer(h, route, quota); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) tellOffer(h store.Hosted, route node.Route, quota int64) error {
	contact, err := c.Contact(h.Contact)
	if err != nil {
		return err
	}
	s, err := c.mayTell(contact)
	if err != nil || s.ID == 0 {
		return err
	}
	offer := new(mailboxOffer)
	if h.Wanted {
		seed, err := hostedSeed(h)
		if err != nil {
			return err
		}
		offer.link, offer.quota = mailbox.Link{Route: route, Secret: &seed}.String(), uint64(quota)
	} else if h.Told.Revision == 0 {
		return nil // they never heard of it
	}
	sum := sha256.Sum256(offer.bytes())
	if h.Told.Session == s.ID && bytes.Equal(h.Told.Sum, sum[:]) {
		return nil
	}
	h.Told = store.Told{Revision: c.nextRevision(h.Told.Revision), Sum: sum[:], Session: s.ID}
	offer.revision = h.Told.Revision
	if h.Told.Seq, err = c.seal(s.ID, &content{offer: offer}); err != nil {
		return err
	}
	return c.PutHosted(h)
}

// takeOffer takes in that a contact offers to be mailbox for us, or no longer.
// If we have taken it up, this is also how we learn that it moved.
func (c *change) takeOffer(contact model.ContactID, o *mailboxOffer) error {
	newer, err := c.SetOffer(store.Offer{Contact: contact, Link: o.link, Quota: int64(o.quota)}, o.revision)
	if err != nil || !newer {
		return err
	}
	c.publish(model.Event{Kind: model.EventMailbox, Contact: contact})
	link, err := mailbox.ParseLink(o.link)
	if err != nil || link.Secret == nil {
		return nil
	}
	all, err := c.Mailboxes()
	if err != nil {
		return err
	}
	for _, b := range all {
		if b.Contact != contact || b.Link == o.link || b.Seed != *link.Secret {
			continue
		}
		if before, _, err := ownerAt(b); err != nil || before.Peer != link.Route.Peer {
			return err
		}
		b.Link = o.link
		if err := c.MoveMailbox(b); err != nil {
			return err
		}
		c.after = append(c.after, func() { c.m.keepMailbox(b.ID) })
		return c.tellAll()
	}
	return nil
}
