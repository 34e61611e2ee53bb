package store

import "sotto/app/model"

// Hosted is a contact for whom this computer is, or was, mailbox.
type Hosted struct {
	Contact model.ContactID
	Secret  []byte // what they show to be served
	Wanted  bool   // false: it was taken back
	Told    Told
}

// PutHosted stores for whom this computer is mailbox.
func (t *Tx) PutHosted(h Hosted) error {
	sealed, err := t.seal("hosted", string(h.Contact), h.Secret)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO hosted (contact, secret, wanted, revision, sum, session, seq) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (contact) DO UPDATE SET secret=excluded.secret, wanted=excluded.wanted, revision=excluded.revision, sum=excluded.sum,
			session=excluded.session, seq=excluded.seq`,
		h.Contact, sealed, h.Wanted, h.Told.Revision, h.Told.Sum, h.Told.Session, h.Told.Seq)
}

// Hosted returns all contacts for whom this computer is mailbox, and those to
// whom it was taken back.
func (t *Tx) Hosted() ([]Hosted, error) {
	var all []Hosted
	err := t.each(func(scan func(...any) error) error {
		var h Hosted
		err := scan(&h.Contact, &h.Secret, &h.Wanted, &h.Told.Revision, &h.Told.Sum, &h.Told.Session, &h.Told.Seq)
		if err != nil {
			return err
		}
		h.Secret, err = t.open("hosted", string(h.Contact), h.Secret)
		all = append(all, h)
		return err
	}, "SELECT contact, secret, wanted, revision, sum, session, seq FROM hosted ORDER BY contact")
	return all, err
}

// Offer is a contact's offer to be mailbox for us.
type Offer struct {
	Contact model.ContactID
	Link    string // empty if it was taken back
	Quota   int64  // bytes
}

// SetOffer stores an offer. It reports false, and stores nothing, unless
// revision is higher than that of the one before.
func (t *Tx) SetOffer(o Offer, revision uint64) (bool, error) {
	var sealed []byte
	if o.Link != "" {
		var err error
		if sealed, err = t.seal("mailbox_offers", string(o.Contact), []byte(o.Link)); err != nil {
			return false, err
		}
	}
	n, err := t.count(`INSERT INTO mailbox_offers (contact, revision, link, quota) VALUES (?,?,?,?)
		ON CONFLICT (contact) DO UPDATE SET revision=excluded.revision, link=excluded.link, quota=excluded.quota WHERE excluded.revision>revision`,
		o.Contact, int64(revision), sealed, o.Quota)
	return n > 0, err
}

// Offers returns the offers that stand.
func (t *Tx) Offers() ([]Offer, error) {
	var all []Offer
	err := t.each(func(scan func(...any) error) error {
		var o Offer
		var sealed []byte
		if err := scan(&o.Contact, &sealed, &o.Quota); err != nil {
			return err
		}
		link, err := t.open("mailbox_offers", string(o.Contact), sealed)
		o.Link = string(link)
		all = append(all, o)
		return err
	}, "SELECT contact, link, quota FROM mailbox_offers WHERE link<>x'' ORDER BY contact")
	return all, err
}
