package app

import (
	"context"

	"sotto/app/model"
	"sotto/app/store"
	"sotto/p2p/mailbox"
)

// metaOwner is the seed, sealed, of the owner key for mailboxes that are run for
// us alone. Every other mailbox gets a key of its own, so that no two of them can
// tell that they have the same owner; whoever runs one for us knows that it is
// for us.
const metaOwner = "mailbox-owner"

// MailboxOwner returns the line by which somebody starts a mailbox for this
// profile alone: see [OwnerLine]. It is the same every time.
func (m *Messenger) MailboxOwner(ctx context.Context) (string, error) {
	var line string
	err := m.change(ctx, func(c *change) error {
		seed, err := namedOwner(c.Tx)
		if model.KindOf(err) == model.NotFound {
			seed = mailbox.NewSeed()
			err = c.SetSecret(metaOwner, seed[:])
		}
		line = OwnerLine(seed.Public())
		return err
	})
	return line, err
}

// namedOwner returns the seed of that key. Kind NotFound if nobody was ever given
// the line.
func namedOwner(t *store.Tx) (mailbox.Seed, error) {
	b, err := t.Secret(metaOwner)
	if err != nil {
		return mailbox.Seed{}, err
	}
	if len(b) != len(mailbox.Seed{}) {
		return mailbox.Seed{}, damaged("the owner key", nil)
	}
	return mailbox.Seed(b), nil
}

// addNamed adds a mailbox that has refused an owner whom it does not know: it may
// be run for us alone.
func (m *Messenger) addNamed(ctx context.Context, b store.Mailbox, refusal error) (model.Mailbox, error) {
	err := m.view(ctx, func(t *store.Tx) (err error) {
		b.Seed, err = namedOwner(t)
		return err
	})
	if model.KindOf(err) == model.NotFound {
		return model.Mailbox{}, refusal
	}
	if err != nil {
		return model.Mailbox{}, err
	}
	return m.addMailbox(ctx, b)
}
