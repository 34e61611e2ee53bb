// Package handshake makes two people who know nothing of each other into two
// ends of a session, without a server that keeps keys (docs/protocol.md §4 to
// §6). There are three ways to a session, with one key schedule.
//
// # By link
//
// The inviter makes an Offer. Its Invite, as text or as a QR, carries no keys
// but the hash of a bundle of keys, and a secret that opens the bundle and
// whatever else travels under the invitation:
//
//	offer, err := handshake.NewOffer(rand, self, handshake.Link, notAfter, route)
//	show(offer.Invite().QRText())
//	cell, err := offer.BundleCell(rand) // to whoever asks for offer.Invite().Token()
//
// The joiner opens the bundle and makes the first message; the inviter answers
// in the session that it gives:
//
//	bundle, err := handshake.OpenBundle(invite, cell)
//	msg1, session, err := handshake.Initiate(rand, self, bundle, nil, payload)
//
//	request, err := offer.Respond(self, nil, msg1)
//
// Both store what they got before they send anything: the joiner its session
// and msg1, which is sent again as it is until there is an answer; the inviter
// its session, and then it destroys the offer.
//
// # In person
//
// Both make offers, scan each other's, and open each other's bundles. Who
// MayInitiate goes first, and both name what they have scanned:
//
//	msg1, session, err := handshake.Initiate(rand, self, theirBundle, ownOffer, payload)
//
//	request, err := ownOffer.Respond(self, theirBundle, msg1)
//
// So nobody takes part who has only seen one of the two codes, and nobody is
// answered but who was scanned.
//
// # Reset
//
// Inside a session each side gives the other bundles for the day when its state
// is lost. Who lost it begins a new session with one of them, and shows with a
// resumption secret of the old session, if it can, that it is not a copy of the
// device made long ago:
//
//	offer, err := handshake.NewResetOffer(rand, self, session.Hash())
//	send(offer.Bundle()) // in the session
//
//	bundle, err := handshake.ParseResetBundle(b)
//	msg1, session, err := handshake.Reset(rand, self, peer, old.Hash(), bundle, old.Resumption(), nil)
//
//	request, err := offer.Respond(self, peer, lists, old.Resumptions(), msg1)
//
// # What is known of the other side
//
// A session that is not yet Confirmed may come from somebody who only claims
// to be the peer, see ratchet.Session.Confirmed. Device keys are used only
// after the list that the account signed is known to have them.
//
// The package does no I/O and reads no clock: the caller checks whether an
// invitation has expired. Randomness is passed in, but for ML-KEM
// encapsulation, where crypto/mlkem takes it from the system itself. Keys that
// are made of it are hedged: they are safe with a bad generator as long as the
// private keys of the device are.
package handshake
