package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/crypto/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

// ID is a libp2p peer id in its base58 text form. It names a transport key,
// not a person.
type ID string

// IDFromKey returns the peer id of a transport key, an Ed25519 seed of 32
// bytes, without starting a node.
func IDFromKey(seed []byte) (ID, error) {
	_, id, err := transportKey(seed)
	return ID(id.String()), err
}

func transportKey(seed []byte) (crypto.PrivKey, peer.ID, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, "", errors.New("node: the transport key is a seed of 32 bytes")
	}
	key, err := crypto.UnmarshalEd25519PrivateKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return nil, "", fmt.Errorf("node: transport key: %w", err)
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return nil, "", fmt.Errorf("node: transport key: %w", err)
	}
	return key, id, nil
}

// checkPeer refuses peer ids that are not those of Ed25519 keys.
func checkPeer(id peer.ID) error {
	key, err := id.ExtractPublicKey()
	if err != nil || key.Type() != pb.KeyType_Ed25519 {
		return errors.New("node: peer id is not that of an Ed25519 key")
	}
	if same, err := peer.IDFromPublicKey(key); err != nil || same != id {
		return errors.New("node: peer id is not in its only form")
	}
	return nil
}
