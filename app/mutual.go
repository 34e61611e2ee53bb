package app

import (
	"sotto/app/model"
	"sotto/app/store"
)

// Two people nearby who choose each other want the same, so nobody is asked. Each
// of them has or makes a request of the other's; one of the two is accepted:
//
//   - Whoever has the other's request when they ask accepts that instead (prepareJoin).
//   - If both have asked, the one with the smaller account id accepts, and the
//     other does not take the request in (storeRequest).

// crossing returns our own asking of an account that asks us, if both found the
// other nearby and neither has answered.
func (c *change) crossing(i store.Invitation, account model.ContactID) (*store.Join, error) {
	if i.Mode != model.ModeNearby {
		return nil, nil
	}
	if ok, err := c.stranger(account); err != nil || !ok {
		return nil, err
	}
	joins, err := c.Joins()
	for _, j := range joins {
		if j.Mode == model.ModeNearby && j.Contact == account && (j.State == model.JoinLooking || j.State == model.JoinAsked) {
			return &j, err
		}
	}
	return nil, err
}

// requestOf returns the request of an account that found us nearby, or nil.
func (c *change) requestOf(account model.ContactID) (*store.Request, error) {
	if ok, err := c.stranger(account); err != nil || !ok {
		return nil, err
	}
	requests, err := c.Requests()
	for _, r := range requests {
		if r.Mode == model.ModeNearby && r.Contact == account {
			return &r, err
		}
	}
	return nil, err
}

// stranger reports whether an account is no contact yet. A contact who comes with
// another device is asked about, always.
func (c *change) stranger(account model.ContactID) (bool, error) {
	contact, err := c.Contact(account)
	if model.KindOf(err) == model.NotFound {
		return true, nil
	}
	return contact.Trust == model.TrustUnconfirmed, err
}

// meet accepts the request of somebody whom we ask as well; our asking is done by
// that.
func (c *change) meet(j *store.Join, r store.Request) error {
	if err := c.accept(r); err != nil {
		return err
	}
	if j.Session != 0 {
		if err := c.forget(j.Session); err != nil {
			return err
		}
	}
	contact, err := c.Contact(r.Contact)
	if err != nil {
		return err
	}
	j.State, j.Name, j.Contact, j.Session = model.JoinDone, contact.Name, contact.ID, 0
	j.Link, j.Bundle, j.Request = "", nil, nil
	c.publish(model.Event{Kind: model.EventJoin, Join: j.ID})
	return c.PutJoin(*j)
}
