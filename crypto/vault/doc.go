// Package vault turns a passphrase into the keys of a profile (docs/protocol.md
// §8).
//
// A profile has one small key file. It holds two secrets in slots that only
// the passphrase opens: the random master key, from which the keys of the
// database and of its sealed records are derived, and the entropy of the
// recovery phrase. They are opened apart, so that a running program holds the
// first and not the second:
//
//	params := vault.Calibrate(measure) // what this machine can afford
//	file, keys, err := vault.Create(rand, passphrase, params, entropy)
//
//	keys, err := vault.Open(file, passphrase)           // at every start
//	entropy, err := vault.OpenAccount(file, passphrase) // to sign a device list
//
// The passphrase goes through Argon2id, at a cost that the file states and
// that Open checks before it pays it. Destroying the file destroys the
// profile: without it nothing derives the master key.
//
//	size  field
//	   8  magic "SottoKey"
//	   1  version, 1
//	   4  memory in KiB
//	   4  passes over it
//	   1  threads
//	  32  salt
//	  72  master slot: nonce 24, sealed 32 + 16
//	  72  account slot: nonce 24, sealed 32 + 16
//	  32  checksum of all before
//
// The package does no I/O and reads no clock; randomness is passed in.
package vault
