package store

import "sotto/app/model"

// Join is our acceptance of somebody's invitation, with what is resent.
type Join struct {
	model.Join
	Link    string // empty once it is over
	Session SessionID
	Bundle  []byte             // theirs, as fetched
	Request []byte             // our first message, the same bytes at every try
	Own     model.InvitationID // in person: our invitation that they scan
}

const joinColumns = "id, link, mode, state, name, contact, session, bundle, request, own, problem, started, expires"

// PutJoin stores a join, new or changed.
func (t *Tx) PutJoin(j Join) error {
	link, err := t.seal("joins", string(j.ID), []byte(j.Link))
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO joins (`+joinColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET link=excluded.link, state=excluded.state, name=excluded.name, contact=excluded.contact,
			session=excluded.session, bundle=excluded.bundle, request=excluded.request, own=excluded.own, problem=excluded.problem`,
		j.ID, link, j.Mode, j.State, j.Name, j.Contact, j.Session, j.Bundle, j.Request, j.Own, j.Problem, ms(j.Started), ms(j.Expires))
}

func (t *Tx) scanJoin(scan func(...any) error) (Join, error) {
	var j Join
	var link []byte
	var started, expires int64
	err := found(scan(&j.ID, &link, &j.Mode, &j.State, &j.Name, &j.Contact, &j.Session, &j.Bundle, &j.Request, &j.Own, &j.Problem, &started, &expires))
	if err != nil {
		return j, err
	}
	j.Started, j.Expires = unms(started), unms(expires)
	link, err = t.open("joins", string(j.ID), link)
	j.Link = string(link)
	return j, err
}

// Join returns one join, or kind NotFound.
func (t *Tx) Join(id model.JoinID) (Join, error) {
	return t.scanJoin(t.row("SELECT "+joinColumns+" FROM joins WHERE id=?", id).Scan)
}

// Joins returns all joins, newest first.
func (t *Tx) Joins() ([]Join, error) {
	var all []Join
	err := t.each(func(scan func(...any) error) error {
		j, err := t.scanJoin(scan)
		all = append(all, j)
		return err
	}, "SELECT "+joinColumns+" FROM joins ORDER BY started DESC, id")
	return all, err
}

// DeleteJoin removes a join.
func (t *Tx) DeleteJoin(id model.JoinID) error {
	return t.changed("DELETE FROM joins WHERE id=?", id)
}
