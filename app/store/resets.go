package store

import (
	"encoding/hex"

	"sotto/app/model"
)

// ResetOffer is a reset bundle that we gave to a contact (docs/protocol.md
// §4.3): who uses its token begins a new session in place of Session.
type ResetOffer struct {
	Token   [16]byte
	Session SessionID
	Offer   []byte    // private halves; empty once it is used
	Request []byte    // SHA-256 of the first message that used it
	Began   SessionID // the session that it began
}

func (o *ResetOffer) record() string { return hex.EncodeToString(o.Token[:]) }

// PutResetOffer stores an offer, new or used.
func (t *Tx) PutResetOffer(o ResetOffer) error {
	var sealed []byte
	if len(o.Offer) > 0 {
		var err error
		if sealed, err = t.seal("reset_offers", o.record(), o.Offer); err != nil {
			return err
		}
	}
	return t.exec(`INSERT INTO reset_offers (token, session, offer, request, began) VALUES (?,?,?,?,?)
		ON CONFLICT (token) DO UPDATE SET offer=excluded.offer, request=excluded.request, began=excluded.began`,
		o.Token[:], o.Session, sealed, o.Request, o.Began)
}

// ResetOffer returns the offer with a token, or kind NotFound.
func (t *Tx) ResetOffer(token [16]byte) (ResetOffer, error) {
	o := ResetOffer{Token: token}
	err := found(t.row("SELECT session, offer, request, began FROM reset_offers WHERE token=?", token[:]).
		Scan(&o.Session, &o.Offer, &o.Request, &o.Began))
	if err != nil || len(o.Offer) == 0 {
		return o, err
	}
	o.Offer, err = t.open("reset_offers", o.record(), o.Offer)
	return o, err
}

// ResetOffers counts the offers of a session that were not used.
func (t *Tx) ResetOffers(session SessionID) (int, error) {
	var n int
	return n, found(t.row("SELECT count(*) FROM reset_offers WHERE session=? AND length(offer)>0", session).Scan(&n))
}

// SetResetBundles replaces the bundles that we got in a session.
func (t *Tx) SetResetBundles(session SessionID, bundles [][]byte) error {
	if err := t.exec("DELETE FROM reset_bundles WHERE session=?", session); err != nil {
		return err
	}
	for _, b := range bundles {
		sealed, err := t.seal("reset_bundles", session.record(), b)
		if err != nil {
			return err
		}
		if err := t.exec("INSERT INTO reset_bundles (session, bundle) VALUES (?, ?)", session, sealed); err != nil {
			return err
		}
	}
	return nil
}

// TakeResetBundle removes and returns one of the bundles that we got in a
// session, or kind NotFound.
func (t *Tx) TakeResetBundle(session SessionID) ([]byte, error) {
	var id int64
	var sealed []byte
	if err := found(t.row("SELECT id, bundle FROM reset_bundles WHERE session=? ORDER BY id", session).Scan(&id, &sealed)); err != nil {
		return nil, err
	}
	if err := t.exec("DELETE FROM reset_bundles WHERE id=?", id); err != nil {
		return nil, err
	}
	return t.open("reset_bundles", session.record(), sealed)
}

// DropResets destroys what the two sides gave each other for resets in all
// sessions with a contact but one.
func (t *Tx) DropResets(contact model.ContactID, but SessionID) error {
	const others = "session IN (SELECT id FROM sessions WHERE contact=? AND id<>?)"
	if err := t.exec("DELETE FROM reset_bundles WHERE "+others, contact, but); err != nil {
		return err
	}
	return t.exec("DELETE FROM reset_offers WHERE "+others, contact, but)
}

// PendingReset returns the session of a reset of ours that a contact has not
// answered yet, or kind NotFound.
func (t *Tx) PendingReset(contact model.ContactID) (SessionID, error) {
	var id SessionID
	return id, found(t.row("SELECT id FROM sessions WHERE contact=? AND length(request)>0", contact).Scan(&id))
}

// Answered notes that a reset of ours was answered.
func (t *Tx) Answered(session SessionID) error {
	return t.changed("UPDATE sessions SET request=x'' WHERE id=?", session)
}

// ResetBundles counts the bundles that we got in a session.
func (t *Tx) ResetBundles(session SessionID) (int, error) {
	var n int
	err := t.row("SELECT count(*) FROM reset_bundles WHERE session=?", session).Scan(&n)
	return n, found(err)
}

// Superseded reports whether a reset that is confirmed took a session's place, and
// whether that was a fresh one.
func (t *Tx) Superseded(session SessionID) (replaced, fresh bool, err error) {
	var n int
	err = t.row("SELECT count(*), coalesce(max(fresh), 0) FROM sessions WHERE replaces=? AND (current=1 OR retired>0)", session).Scan(&n, &fresh)
	return n > 0, fresh, err
}
