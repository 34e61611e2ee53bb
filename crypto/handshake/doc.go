// Package handshake makes two people who know nothing of each other into two
// ends of a session, without a server that keeps keys (docs/protocol.md §4 to
// §6).
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
//	msg1, session, err := handshake.Initiate(rand, self, invite, bundle, nil, payload)
//
//	peer, payload, session, err := handshake.Respond(offer, self, nil, nil, msg1)
//
// Both store what they got before they send anything: the joiner its session
// and msg1, which is sent again as it is until there is an answer; the inviter
// its session, and then it destroys the offer. In person, both sides make
// offers, scan each other's, and MayInitiate says who goes first.
//
// A session that is not yet Confirmed may come from somebody who only claims
// to be the peer, see ratchet.Session.Confirmed.
//
// The package does no I/O and reads no clock: the caller checks whether an
// invitation has expired. Randomness is passed in, but for ML-KEM
// encapsulation, where crypto/mlkem takes it from the system itself.
package handshake
