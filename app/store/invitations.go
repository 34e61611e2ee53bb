package store

import (
	"time"

	"sotto/app/model"
)

// Invitation is an invitation of ours with what is needed to answer it.
type Invitation struct {
	ID      model.InvitationID
	Mode    model.Mode
	State   model.InvitationState // as stored: expiry is not noted, see Expires
	Offer   []byte                // its private half; empty once it is used up
	Bundle  []byte                // the sealed cell that is handed out; empty when it no longer is
	Link    string                // kept after use, to tell a second user from noise
	Request []byte                // SHA-256 of the first message that used it
	UsedBy  model.ContactID
	Created time.Time
	Expires time.Time
}

// PutInvitation stores an invitation, new or changed.
func (t *Tx) PutInvitation(i Invitation) error {
	var offer []byte
	var err error
	if len(i.Offer) > 0 {
		if offer, err = t.seal("invitations", string(i.ID)+"/offer", i.Offer); err != nil {
			return err
		}
	}
	link, err := t.seal("invitations", string(i.ID)+"/link", []byte(i.Link))
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO invitations (id, mode, state, offer, bundle, secret, request, used_by, created, expires) VALUES (?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET state=excluded.state, offer=excluded.offer, bundle=excluded.bundle, secret=excluded.secret, request=excluded.request, used_by=excluded.used_by`,
		i.ID, i.Mode, i.State, offer, i.Bundle, link, i.Request, i.UsedBy, ms(i.Created), ms(i.Expires))
}

const invitationColumns = "id, mode, state, offer, bundle, secret, request, used_by, created, expires"

func (t *Tx) scanInvitation(scan func(...any) error) (Invitation, error) {
	var i Invitation
	var created, expires int64
	var link []byte
	err := found(scan(&i.ID, &i.Mode, &i.State, &i.Offer, &i.Bundle, &link, &i.Request, &i.UsedBy, &created, &expires))
	if err != nil {
		return i, err
	}
	i.Created, i.Expires = unms(created), unms(expires)
	if len(i.Offer) > 0 {
		if i.Offer, err = t.open("invitations", string(i.ID)+"/offer", i.Offer); err != nil {
			return i, err
		}
	}
	if link, err = t.open("invitations", string(i.ID)+"/link", link); err != nil {
		return i, err
	}
	i.Link = string(link)
	return i, nil
}

// Invitation returns one invitation, or kind NotFound.
func (t *Tx) Invitation(id model.InvitationID) (Invitation, error) {
	return t.scanInvitation(t.row("SELECT "+invitationColumns+" FROM invitations WHERE id=?", id).Scan)
}

// Invitations returns all invitations, newest first.
func (t *Tx) Invitations() ([]Invitation, error) {
	var all []Invitation
	err := t.each(func(scan func(...any) error) error {
		i, err := t.scanInvitation(scan)
		all = append(all, i)
		return err
	}, "SELECT "+invitationColumns+" FROM invitations ORDER BY created DESC, id")
	return all, err
}

// DeleteInvitation removes an invitation.
func (t *Tx) DeleteInvitation(id model.InvitationID) error {
	return t.changed("DELETE FROM invitations WHERE id=?", id)
}

// Request is a stored contact request.
type Request struct {
	model.Request
	Message   model.MessageID // of Text
	Time      time.Time       // when Text was written
	Identity  []byte
	Peer      string
	Addresses string // one a line
	Session   SessionID
}

const requestColumns = "id, contact, name, text, message, time, mode, invitation, identity, peer, addresses, session, arrived"

func scanRequest(scan func(...any) error) (Request, error) {
	var r Request
	var at, arrived int64
	err := scan(&r.ID, &r.Contact, &r.Name, &r.Text, &r.Message, &at, &r.Mode, &r.Invitation, &r.Identity, &r.Peer, &r.Addresses, &r.Session, &arrived)
	r.Time, r.Arrived = unms(at), unms(arrived)
	return r, err
}

// AddRequest stores a request.
func (t *Tx) AddRequest(r Request) error {
	return t.exec("INSERT INTO requests ("+requestColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
		r.ID, r.Contact, r.Name, r.Text, r.Message, ms(r.Time), r.Mode, r.Invitation, r.Identity, r.Peer, r.Addresses, r.Session, ms(r.Arrived))
}

// Request returns one request, or kind NotFound.
func (t *Tx) Request(id model.RequestID) (Request, error) {
	r, err := scanRequest(t.row("SELECT "+requestColumns+" FROM requests WHERE id=?", id).Scan)
	return r, found(err)
}

// Requests returns all open requests, newest first.
func (t *Tx) Requests() ([]Request, error) {
	var all []Request
	err := t.each(func(scan func(...any) error) error {
		r, err := scanRequest(scan)
		all = append(all, r)
		return err
	}, "SELECT "+requestColumns+" FROM requests ORDER BY arrived DESC, id")
	return all, err
}

// DeleteRequest removes a request that was answered.
func (t *Tx) DeleteRequest(id model.RequestID) error {
	return t.changed("DELETE FROM requests WHERE id=?", id)
}
