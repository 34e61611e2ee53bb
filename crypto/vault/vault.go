package vault

import (
	"errors"
	"fmt"
	"io"

	"sotto/crypto/internal/suite"
)

// Create makes the key file of a new profile, FileSize bytes, with a random
// master key and the 32 bytes of entropy of its recovery phrase, and returns
// it with the profile's keys. It returns ErrParams for parameters out of range.
func Create(rand io.Reader, passphrase []byte, p Params, accountEntropy []byte) (file []byte, keys *Keys, err error) {
	if len(accountEntropy) != secretSize {
		return nil, nil, errors.New("vault: account entropy must have 32 bytes")
	}
	master, err := suite.Random(rand, secretSize)
	if err != nil {
		return nil, nil, fmt.Errorf("vault: %w", err)
	}
	defer clear(master)
	if file, err = build(rand, passphrase, p, master, accountEntropy); err != nil {
		return nil, nil, err
	}
	return file, newKeys(master), nil
}

// Open opens a profile's key file. It returns ErrPassphrase, ErrDamaged or
// ErrNewer.
func Open(file, passphrase []byte) (*Keys, error) {
	_, kek, master, err := unlock(file, passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	defer clear(master)
	return newKeys(master), nil
}

// OpenAccount returns the entropy of the recovery phrase, 32 bytes, which the
// caller clears after use. Its errors are those of Open.
func OpenAccount(file, passphrase []byte) (entropy []byte, err error) {
	f, kek, master, err := unlock(file, passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	clear(master)
	return f.openAccount(kek)
}

// ChangePassphrase returns a new key file for the same profile. The old file
// and passphrase go on opening the profile for whoever kept them. It returns
// ErrParams for parameters out of range, and the errors of Open.
func ChangePassphrase(rand io.Reader, file, old, new []byte, p Params) (newFile []byte, err error) {
	f, kek, master, err := unlock(file, old)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	defer clear(master)
	entropy, err := f.openAccount(kek)
	if err != nil {
		return nil, err
	}
	defer clear(entropy)
	return build(rand, new, p, master, entropy)
}
