package mailbox

import (
	"crypto/ed25519"
	"crypto/subtle"
)

// Access says who may own queues at a mailbox. The zero value admits nobody.
type Access struct {
	open   bool
	secret *Seed
	owners map[[ed25519.PublicKeySize]byte]bool
}

// OpenAccess lets anybody own queues.
func OpenAccess() Access { return Access{open: true} }

// SecretAccess lets everybody own queues who knows the secret, which is in the
// mailbox's link.
func SecretAccess(secret Seed) Access { return Access{secret: &secret} }

// OwnersAccess lets those own queues whose owner keys are given.
func OwnersAccess(keys ...ed25519.PublicKey) Access {
	a := Access{owners: make(map[[ed25519.PublicKeySize]byte]bool)}
	for _, k := range keys {
		if len(k) == ed25519.PublicKeySize {
			a.owners[[ed25519.PublicKeySize]byte(k)] = true
		}
	}
	return a
}

// admits reports whether the owner of the key, who showed the secret, may own
// queues.
func (a Access) admits(key [ed25519.PublicKeySize]byte, secret [32]byte) bool {
	switch {
	case a.open:
		return true
	case a.secret != nil:
		return subtle.ConstantTimeCompare(a.secret[:], secret[:]) == 1
	}
	return a.owners[key]
}
