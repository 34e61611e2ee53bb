package app

import (
	"sotto/app/model"
	"sotto/app/store"
)

// tags finds sessions by the tags at the heads of their cells. It is kept in memory,
// for all sessions, and follows from their states: two or three tags each, which
// change with every turn of a conversation.
type tags struct {
	session map[[16]byte]store.SessionID
	of      map[store.SessionID][][16]byte
}

func (x *tags) set(id store.SessionID, all [][16]byte) {
	x.drop(id)
	x.of[id] = all
	for _, tag := range all {
		x.session[tag] = id
	}
}

func (x *tags) drop(id store.SessionID) {
	for _, tag := range x.of[id] {
		delete(x.session, tag)
	}
	delete(x.of, id)
}

// sessionOf finds the session of a tag as of this change. Kind NotFound.
func (c *change) sessionOf(tag [16]byte) (store.SessionID, error) {
	for at := c; at != nil; at = at.before {
		for id := range at.dirty {
			for _, t := range at.sessions[id].ratchet.Tags() {
				if t == tag {
					return id, nil
				}
			}
		}
	}
	if c.m.tags == nil {
		if err := c.loadTags(); err != nil {
			return 0, err
		}
	}
	id, ok := c.m.tags.session[tag]
	if !ok {
		return 0, model.E(model.NotFound, "", nil)
	}
	return id, nil
}

// loadTags reads the tags of all sessions that are committed.
func (c *change) loadTags() error {
	all, err := c.AllSessions()
	if err != nil {
		return err
	}
	x := &tags{session: make(map[[16]byte]store.SessionID), of: make(map[store.SessionID][][16]byte)}
	for _, id := range all {
		// One that changed in this transaction is set when that commits.
		s, ok := c.m.sessions[id]
		if !ok {
			if s, err = c.readSession(id); err != nil {
				return err
			}
		}
		x.set(id, s.ratchet.Tags())
	}
	c.m.tags = x
	return nil
}
