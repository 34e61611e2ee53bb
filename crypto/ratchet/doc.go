// Package ratchet is a session between two devices: the Double Ratchet with
// encrypted headers and an ML-KEM-768 encapsulation in every step
// (docs/protocol.md §7).
//
// A Session is a value that is never changed. Encrypt and Decrypt return the
// session to go on with; the caller stores it together with what it belongs
// to, and only then lets either be seen:
//
//	cell, next, err := s.Encrypt(rand, text)
//	// one transaction: next and cell; then send the cell, as often as needed
//
//	opened, next, err := s.Decrypt(now, cell)
//	// one transaction: next and what was opened; then acknowledge
//
// So a crash between the two repeats nothing and loses nothing, and a cell
// that is refused leaves no trace. Of two sessions that were both made from
// the same one, only one may ever be used on.
//
// Cells have one of three sizes. Everything in a cell is encrypted but its
// version, its tag, its nonce, and a commitment to the key of the body; the tag
// tells the recipient which session a cell is for and changes with each chain.
//
// Each cell counts on a device list of either side, and opens only if both
// sides have the same ones. PinOwn and PinPeer move a session on to a new list,
// which one of the cells has announced; the Place of that cell says for which
// of all the cells on their way the new list is in force.
//
// Sessions are made by package handshake. The package does no I/O and reads no
// clock. Randomness is passed in, and mixed with the session's secrets: should
// it fail once, the session is no worse than it was. ML-KEM encapsulation is
// the exception, see Public.Encapsulate.
package ratchet
