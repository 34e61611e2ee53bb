package serve

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sotto/app/disk"
	"sotto/p2p/mailbox"
)

// A key is what a node is recognised by from one run to the next. It lies in a
// file of its own, 0600, of 82 bytes:
//
//	"sotto-n" | version u8 = 1 | transport key 32 | access secret 32 | port u16 | checksum 8
//
// The checksum is the beginning of the SHA-256 of what is before it. It is
// against a failing disk, not against somebody who can write there. The file is
// in the clear: a node starts without a person who could type a passphrase.
type key struct {
	transport [32]byte     // seed of the Ed25519 key that the peer id is made of
	secret    mailbox.Seed // of the mailbox's link
	port      uint16       // for TCP and UDP, wherever none is asked for
}

const (
	keyFile    = "node.key"
	keyMagic   = "sotto-n"
	keyVersion = 1
	keySum     = 8
	keySize    = len(keyMagic) + 1 + 32 + 32 + 2 + keySum
)

func newKey() *key {
	k := new(key)
	rand.Read(k.transport[:])
	k.secret = mailbox.NewSeed()
	return k
}

// readKey returns the key in dir, nil if there is none, or ErrDamaged or
// ErrNewer.
func readKey(dir string) (*key, error) {
	f, err := os.Open(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(keySize)+1))
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	if len(b) > len(keyMagic) && string(b[:len(keyMagic)]) == keyMagic && b[len(keyMagic)] > keyVersion {
		return nil, ErrNewer
	}
	if len(b) != keySize {
		return nil, ErrDamaged
	}
	body, sum := b[:keySize-keySum], b[keySize-keySum:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:keySum]) || !bytes.HasPrefix(body, keyHead()) {
		return nil, ErrDamaged
	}
	k, rest := new(key), body[len(keyHead()):]
	rest = rest[copy(k.transport[:], rest):]
	rest = rest[copy(k.secret[:], rest):]
	k.port = binary.BigEndian.Uint16(rest)
	return k, nil
}

func keyHead() []byte { return append([]byte(keyMagic), keyVersion) }

func (k *key) write(dir string) error {
	b := append(keyHead(), k.transport[:]...)
	b = append(b, k.secret[:]...)
	b = binary.BigEndian.AppendUint16(b, k.port)
	sum := sha256.Sum256(b)
	if err := disk.Write(filepath.Join(dir, keyFile), append(b, sum[:keySum]...)); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
