package vault

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// FileSize is the size of a key file in bytes.
const FileSize = headerSize + 2*slotSize + checksumSize

const (
	magic       = "SottoKey"
	fileVersion = 1

	saltSize     = 32
	secretSize   = 32 // of the master key and of the account entropy
	slotSize     = suite.XNonceSize + secretSize + suite.TagSize
	headerSize   = len(magic) + 1 + 4 + 4 + 1 + saltSize
	checksumSize = 32
)

// Labels of docs/protocol.md §8.
const (
	labelChecksum = "sotto/1 vault checksum"
	labelMaster   = "sotto/1 vault master slot"
	labelAccount  = "sotto/1 vault account slot"
)

var (
	// ErrPassphrase says that a passphrase is not the one of the key file.
	ErrPassphrase = errors.New("vault: wrong passphrase")
	// ErrDamaged says that bytes are not a whole key file.
	ErrDamaged = errors.New("vault: damaged key file")
	// ErrNewer says that a key file is of a version made after this one.
	ErrNewer = errors.New("vault: key file of a newer version")
	// ErrParams says that parameters are below the floor or above the limits.
	ErrParams = errors.New("vault: parameters out of range")
)

// A keyFile is a key file taken apart.
type keyFile struct {
	header  []byte // all before the slots; the slots are bound to it
	params  Params
	salt    []byte
	master  []byte
	account []byte
}

// parse reads a key file. Damage shows in the checksum, so that it is not
// taken for a wrong passphrase; somebody who alters the checksum as well
// gains nothing but that mistake. Every version ends in such a checksum.
func parse(file []byte) (*keyFile, error) {
	if len(file) < len(magic)+1+checksumSize || string(file[:len(magic)]) != magic {
		return nil, ErrDamaged
	}
	content, sum := file[:len(file)-checksumSize], file[len(file)-checksumSize:]
	want := suite.LabelledHash(labelChecksum, content)
	if subtle.ConstantTimeCompare(sum, want[:]) == 0 {
		return nil, ErrDamaged
	}
	r := wire.NewReader(content[len(magic):])
	version := r.Byte()
	if version > fileVersion {
		return nil, ErrNewer
	}
	f := &keyFile{params: Params{Memory: r.Uint32(), Time: r.Uint32(), Threads: r.Byte()}}
	f.salt, f.master, f.account = r.Take(saltSize), r.Take(slotSize), r.Take(slotSize)
	if r.End() != nil || version != fileVersion {
		return nil, ErrDamaged
	}
	if !f.params.valid() {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, ErrParams)
	}
	f.header = content[:headerSize]
	return f, nil
}

// build makes a key file for the two secrets.
func build(rand io.Reader, passphrase []byte, p Params, master, account []byte) ([]byte, error) {
	if !p.valid() {
		return nil, ErrParams
	}
	random, err := suite.Random(rand, saltSize+2*suite.XNonceSize)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	salt, nonces := random[:saltSize], random[saltSize:]
	b := append([]byte(magic), fileVersion)
	b = binary.BigEndian.AppendUint32(b, p.Memory)
	b = binary.BigEndian.AppendUint32(b, p.Time)
	b = append(b, p.Threads)
	b = append(b, salt...)
	header := b[:headerSize:headerSize]
	kek := stretch(passphrase, salt, p)
	defer clear(kek)
	b = sealSlot(b, kek, labelMaster, nonces[:suite.XNonceSize], master, header)
	b = sealSlot(b, kek, labelAccount, nonces[suite.XNonceSize:], account, header)
	sum := suite.LabelledHash(labelChecksum, b)
	return append(b, sum[:]...), nil
}

// stretch derives the key-encryption key, 32 bytes, with one Argon2id (RFC 9106).
func stretch(passphrase, salt []byte, p Params) []byte {
	return argon2.IDKey(passphrase, salt, p.Time, p.Memory, p.Threads, suite.KeySize)
}

func sealSlot(dst, kek []byte, label string, nonce, secret, header []byte) []byte {
	k := suite.KDF(nil, kek, label, suite.KeySize)
	defer clear(k)
	return suite.Seal(append(dst, nonce...), k, nonce, secret, header)
}

func openSlot(kek []byte, label string, slot, header []byte) ([]byte, error) {
	k := suite.KDF(nil, kek, label, suite.KeySize)
	defer clear(k)
	return suite.Open(k, slot[:suite.XNonceSize], slot[suite.XNonceSize:], header)
}

// unlock reads a key file and opens its master slot, where a wrong passphrase
// shows. It takes as long as the file's parameters say. The caller clears kek,
// which opens the other slot, and master. The errors are those of Open.
func unlock(file, passphrase []byte) (f *keyFile, kek, master []byte, err error) {
	if f, err = parse(file); err != nil {
		return nil, nil, nil, err
	}
	kek = stretch(passphrase, f.salt, f.params)
	if master, err = openSlot(kek, labelMaster, f.master, f.header); err != nil {
		clear(kek)
		return nil, nil, nil, ErrPassphrase
	}
	return f, kek, master, nil
}

// openAccount returns the account entropy. The passphrase is known to be right,
// from unlock, so that what does not open is damaged.
func (f *keyFile) openAccount(kek []byte) ([]byte, error) {
	entropy, err := openSlot(kek, labelAccount, f.account, f.header)
	if err != nil {
		return nil, ErrDamaged
	}
	return entropy, nil
}
