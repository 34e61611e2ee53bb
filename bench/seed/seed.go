// Package seed opens closed profiles below the messenger, for measurements that need
// a million messages in the database sooner than a million could be sent.
package seed

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	"sotto/app/store"
	"sotto/crypto/vault"
)

// Unlock derives the keys of the profile in dir, which takes most of a second by design.
func Unlock(dir, passphrase string) (*vault.Keys, error) {
	file, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	return vault.Open(file, []byte(passphrase))
}

// Open opens the database of the profile in dir, which no program may have open.
func Open(ctx context.Context, dir string, keys *vault.Keys) (*store.DB, error) {
	return store.Open(ctx, dir, keys.Database(), sealer{keys}, store.Options{})
}

// sealer is the vault's keys as the store wants them.
type sealer struct{ keys *vault.Keys }

func (s sealer) SealRecord(table, id string, version uint32, plain []byte) ([]byte, error) {
	return s.keys.SealRecord(rand.Reader, table, id, version, plain)
}

func (s sealer) OpenRecord(table, id string, version uint32, sealed []byte) ([]byte, error) {
	return s.keys.OpenRecord(table, id, version, sealed)
}
