package app

import (
	"slices"

	"sotto/app/model"
	"sotto/app/store"
)

// thread is the count of a conversation's messages on both sides, by which each
// knows the other's order and what is missing (docs/protocol.md §9). It outlives
// sessions.
type thread struct {
	sent uint64 // position of our newest
	have ackSet // positions of theirs that have come
}

// thread returns a conversation's counts as of this change. Kind NotFound.
func (c *change) thread(id model.ContactID) (thread, error) {
	for at := c; at != nil; at = at.before {
		if th, ok := at.threads[id]; ok {
			return th, nil
		}
	}
	stored, err := c.Thread(id)
	if err != nil {
		return thread{}, err
	}
	have, err := parseSet(stored.Have, maxKept)
	if err != nil {
		return thread{}, damaged("a conversation", err)
	}
	return thread{sent: stored.Sent, have: have}, nil
}

// setThread replaces them; they are stored at the end of the change.
func (c *change) setThread(id model.ContactID, th thread) { c.threads[id] = th }

// sealMessage puts a message of ours into the outbox as a cell of a session: its
// newest text, or that it is deleted.
func (c *change) sealMessage(s store.SessionID, contact model.ContactID, u store.Unsent) error {
	th, err := c.thread(contact)
	if err != nil {
		return err
	}
	p := &content{
		message: u.ID, sentAt: u.Time, text: u.Text, position: u.Pos, edition: u.Edition, after: th.have.top(),
		quote: u.Quote, forwarded: u.Forwarded, timer: u.Timer,
	}
	if u.Deleted {
		p.text, p.deleted = "", true
	}
	_, err = c.seal(s, p)
	return err
}

// distantStart is how far a first message may be counted for those before it to
// be taken for missing. Beyond it they were written before this device knew the
// contact, and do not come.
const distantStart = 64

// arrive finds the place of a message of theirs and notes that it has come. The
// zero place is that of one without a count, or with a count that was used: its
// writer's database was put back to before.
func (c *change) arrive(contact model.ContactID, p *content) (store.Place, error) {
	th, err := c.thread(contact)
	if err != nil || p.position == 0 || th.have.has(p.position) {
		return store.Place{Used: p.position, After: p.after}, err
	}
	if len(th.have) == 0 && p.position > distantStart {
		th.have = ackSet{{1, p.position - 1}}
	}
	place := store.Place{Pos: p.position, Top: th.have.top()}
	th.have = th.have.with(p.position)
	c.setThread(contact, th)
	return place, nil
}

// maxJump is how far behind a database that was put back can be, in messages of
// one conversation.
const maxJump = 1 << 24

// takeAfter learns from what a contact had of ours when it wrote. If that is more
// than we know of, our database was put back to before: positions it had given
// then are not given again.
func (c *change) takeAfter(contact model.ContactID, after uint64) error {
	th, err := c.thread(contact)
	if err != nil || after <= th.sent || after-th.sent > maxJump {
		return err
	}
	th.sent = after
	c.setThread(contact, th)
	return nil
}

// maxGone is how many positions are taken from one cell, or named in one, as
// those of messages that will not come.
const maxGone = 2000

// takeGone notes that messages of theirs will not come.
func (c *change) takeGone(contact model.ContactID, gone ackSet) error {
	th, err := c.thread(contact)
	if err != nil {
		return err
	}
	looked := 0
	for _, s := range gone {
		// What is above all that has come is no gap yet.
		for pos := s.from; pos <= s.to && pos < th.have.top() && looked < maxGone; pos++ {
			looked++
			if th.have.has(pos) {
				continue
			}
			th.have = th.have.with(pos)
			ids, err := c.Gone(contact, pos)
			if err != nil {
				return err
			}
			for _, id := range ids {
				c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: id})
			}
		}
		if s.from == th.have.top()+1 {
			th.have = th.have.with(s.from)
		}
	}
	c.setThread(contact, th)
	return nil
}

// tellHave tells a contact what of theirs is here, and in a session that has just
// replaced another, what was under way in that one.
func (c *change) tellHave(s session, underWay *ackSet) error {
	th, err := c.thread(s.Contact)
	if err != nil {
		return err
	}
	p := &content{have: th.have, hasHave: true}
	if underWay != nil {
		p.underWay, p.replaces = *underWay, true
	}
	_, err = c.seal(s.ID, p)
	return err
}

// underWay returns the sequence numbers that were not acknowledged in a session.
func (c *change) underWay(id store.SessionID) (ackSet, error) {
	var set ackSet
	all, err := c.Unacknowledged(id)
	for _, seq := range all {
		if len(set) > 0 && set.top()+1 == seq {
			set[len(set)-1].to = seq
		} else {
			set = append(set, span{seq, seq})
		}
	}
	return set, err
}

// takeUnderWay notes what of a contact's was under way in a session that was
// replaced.
func (c *change) takeUnderWay(s session, set ackSet) error {
	old, err := c.session(s.Replaces)
	if err != nil {
		return ignoreNotFound(err)
	}
	old.UnderWay = append([]byte{1}, set.bytes()...) // not empty, since it was told
	c.put(old)
	return nil
}

// wasUnderWay reports whether a cell of a session that was replaced is one that
// its sender has sealed anew.
func wasUnderWay(s session, seq uint64) (bool, error) {
	if len(s.UnderWay) == 0 {
		return false, nil
	}
	set, err := parseSet(s.UnderWay[1:], maxKept)
	if err != nil {
		return false, damaged("a session", err)
	}
	return set.has(seq), nil
}

// fetchBatch is how many messages are sealed again at one time for a contact who
// lost them; the others follow when it says again what it has.
const fetchBatch = 500

// takeHave compares what a contact says it has of ours with what we know.
func (c *change) takeHave(contact model.ContactID, s session, have ackSet) error {
	th, err := c.thread(contact)
	if err != nil {
		return err
	}
	top := th.sent
	if len(have) == maxSpans {
		top = have.top() // what is above is not told
	}
	var gone ackSet
	left := fetchBatch
	err = have.lacking(top, func(from, to uint64) error {
		if s.Replaces != 0 {
			n, err := c.takeLack(contact, s, from, to, left)
			if err != nil {
				return err
			}
			left -= n
		}
		if to > have.top() {
			return nil // nobody misses what is above all that came
		}
		there, err := c.Coming(contact, from, to)
		for pos := from; pos <= to && pos-from < maxGone; pos++ {
			if !slices.Contains(there, pos) {
				gone = gone.with(pos)
			}
		}
		return err
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	_, err = c.seal(s.ID, &content{gone: gone})
	return err
}

// takeLack does what it means that a contact lacks messages at the positions
// from..to that it had acknowledged: its profile was put back from a copy. They are
// sent again only if the reset that began the session shows that it is the same
// computer: else it may be somebody with a copy, who must not be sent what was said
// since, and the person decides. What was acknowledged in the session itself came
// after they told. It returns how many there were, at most limit.
func (c *change) takeLack(contact model.ContactID, s session, from, to uint64, limit int) (int, error) {
	lacking, err := c.Arrived(contact, from, to, s.ID, limit)
	if err != nil {
		return 0, err
	}
	for _, u := range lacking {
		c.publish(model.Event{Kind: model.EventMessage, Contact: contact, Message: u.ID})
		if !s.Fresh {
			if err := c.Lost(u.ID, model.Failed, model.ReasonLost, c.now); err != nil {
				return 0, err
			}
			continue
		}
		if err := c.Lost(u.ID, model.Waiting, "", c.now); err != nil {
			return 0, err
		}
		if err := c.sealMessage(s.ID, contact, u); err != nil {
			return 0, err
		}
	}
	return len(lacking), nil
}
