package app

import (
	"sotto/app/model"
	"sotto/app/store"
)

// standing is what became of a session since it began.
type standing struct {
	removed  bool // its device is no longer in the contact's list
	replaced bool // a reset took its place
	byHolder bool // a fresh one: whoever made it held the session until then
}

func (c *change) standing(contact store.Contact, s session) (standing, error) {
	var now standing
	var err error
	if now.removed, err = removed(contact, s); err != nil {
		return now, err
	}
	now.replaced, now.byHolder, err = c.Superseded(s.ID)
	return now, err
}

// quarantine puts apart what comes from a device that the contact has removed,
// or in a session that a reset replaced: it may be from whoever has a copy. It
// has no effect besides being shown. fresh says that its sequence number has not
// come before.
func (c *change) quarantine(contact *store.Contact, s session, p *content, now standing, fresh bool) error {
	if !now.removed {
		if harmless, err := c.leftOver(s, p, fresh); err != nil || harmless {
			return err
		}
		// After a reset by somebody who had lost the session it was to be expected
		// that there are cells that he does not know of.
		if now.byHolder {
			if err := c.alarm(contact, model.AlarmSessionCopied); err != nil {
				return err
			}
		}
	}
	if p.text == "" {
		return nil
	}
	return c.takeText(*contact, s, p, model.Message{Quarantined: true})
}

// leftOver reports whether what comes in a session that was replaced was under way
// then, so that what is in it comes sealed anew, or says nothing.
func (c *change) leftOver(s session, p *content, fresh bool) (bool, error) {
	if p.seq == 0 {
		return true, nil // an acknowledgement
	}
	if fresh {
		if was, err := wasUnderWay(s, p.seq); err != nil || was {
			return was, err
		}
	}
	if p.message == "" {
		return false, nil
	}
	_, err := c.Message(p.message)
	if model.KindOf(err) == model.NotFound {
		return false, nil
	}
	return err == nil, err
}
