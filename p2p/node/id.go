package node

import (
	"crypto/ed25519"
	"errors"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
)

// IDFromKey returns the peer id of a transport key, an Ed25519 seed of 32
// bytes, without starting a node.
func IDFromKey(seed []byte) (ID, error) {
	if len(seed) != ed25519.SeedSize {
		return "", errors.New("node: a transport key has 32 bytes")
	}
	key, err := crypto.UnmarshalEd25519PrivateKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return "", err
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return "", err
	}
	return ID(id.String()), nil
}
