package app

import (
	"context"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"sotto/app/model"
	"sotto/app/store"
)

// React puts an emoji on a message, in the place of the one before; "" takes it
// back. Kinds NotFound, BadReaction, Deletion, NotConfirmed, Blocked,
// AlarmUndecided.
func (m *Messenger) React(ctx context.Context, id model.MessageID, emoji string) error {
	if emoji != "" {
		if err := checkReaction(emoji); err != nil {
			return err
		}
	}
	return m.change(ctx, func(c *change) error {
		msg, contact, err := c.written(id)
		if err != nil {
			return err
		}
		if err := confirmed(contact); err != nil {
			return err
		}
		before, err := c.Reacted(id)
		if err != nil || before.Emoji == emoji {
			return err
		}
		s, err := c.current(contact.ID)
		if model.KindOf(err) == model.NotFound {
			return model.E(model.NotConfirmed, contact.Name, nil)
		}
		if err != nil {
			return err
		}
		if _, err := c.Tx.React(contact.ID, true, store.Reaction{ID: id, Emoji: emoji, Revision: nextRevision(before.Revision, c.now)}); err != nil {
			return err
		}
		if err := c.UnqueueReaction(id); err != nil {
			return err
		}
		c.publish(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: id})
		return c.tellReaction(s.ID, id)
	})
}

// confirmed reports why a contact is told nothing but texts. Kinds NotConfirmed,
// Blocked, AlarmUndecided.
func confirmed(contact store.Contact) error {
	if contact.Trust == model.TrustUnconfirmed {
		return model.E(model.NotConfirmed, contact.Name, nil)
	}
	return writable(contact)
}

// tellReaction tells of our reaction to a message, as it is now.
func (c *change) tellReaction(s store.SessionID, id model.MessageID) error {
	r, err := c.Reacted(id)
	if err != nil {
		return ignoreNotFound(err)
	}
	_, err = c.seal(s, &content{reaction: &r})
	return err
}

// takeReaction puts a contact's reaction on a message of the conversation. If the
// message has not come it is kept for it.
func (c *change) takeReaction(contact model.ContactID, r store.Reaction) error {
	news, err := c.Tx.React(contact, false, r)
	if err != nil {
		return err
	}
	if news {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: r.ID})
		return nil
	}
	if known, err := c.Known(r.ID); err != nil || known {
		return err // older than what is there, deleted, or of another conversation
	}
	return c.PutEarly(contact, r, c.now)
}

// pictures are the ranges of characters that emoji are made of.
var pictures = [][2]rune{
	{0xa9, 0xa9}, {0xae, 0xae}, {0x203c, 0x203c}, {0x2049, 0x2049}, {0x2122, 0x2122}, {0x2139, 0x2139},
	{0x2190, 0x2bff}, {0x3030, 0x3030}, {0x303d, 0x303d}, {0x3297, 0x3297}, {0x3299, 0x3299}, {0x1f000, 0x1fbff},
}

func isPicture(r rune) bool {
	for _, p := range pictures {
		if p[0] <= r && r <= p[1] {
			return true
		}
	}
	return false
}

// checkReaction refuses what is not one emoji, so that nobody is sent words, or
// what turns the text around it, in a place that is meant for a picture. Kind
// BadReaction.
func checkReaction(s string) error {
	bad := model.E(model.BadReaction, "", nil)
	if s == "" || len(s) > model.MaxReaction || !utf8.ValidString(s) {
		return bad
	}
	if cluster, rest, _, _ := uniseg.FirstGraphemeClusterInString(s, -1); cluster != s || rest != "" {
		return bad
	}
	const keycap = '\u20e3'
	for i, r := range s {
		switch {
		case isPicture(r):
		case i > 0 && (r == '\u200d' || r == '\ufe0f' || r == keycap || 0xe0020 <= r && r <= 0xe007f): // joined, coloured, framed, flags of regions
		case i == 0 && (r == '#' || r == '*' || '0' <= r && r <= '9'):
			if last, _ := utf8.DecodeLastRuneInString(s); last != keycap {
				return bad
			}
		default:
			return bad
		}
	}
	return nil
}
