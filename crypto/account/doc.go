// Package account has the keys that say who somebody is (docs/protocol.md §3).
//
// A Phrase of 24 words is the root. The account Key follows from it, and the
// account is that key: no name, number or server stands behind it. The key
// signs one kind of thing, the List of devices that speak for the account.
// Each Device has keys of its own, made on it and never leaving it.
//
// A list is the first one, a change that one of the devices signs as well, or a
// recovery, made with the phrase when no device is left. Whoever has pinned a
// list lets it Judge every other.
//
// What others get is an Identity: account, list and acting device. Whoever
// receives one calls Verify before doing anything else with it:
//
//	peer, err := account.ParseIdentity(b)
//	if err != nil { ... }
//	if err := peer.Verify(); err != nil { ... }
//
// Two people compare a SafetyNumber, or scan a SafetyCode, to know that the
// account each of them sees is the other's.
//
// The package does no I/O and reads no clock; randomness is passed in. Types
// that hold something secret print nothing of it.
package account
