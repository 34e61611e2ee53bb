package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
)

// Labels of docs/protocol.md §8.
const (
	labelDatabase = "sotto/1 vault database"
	labelRecord   = "sotto/1 vault record"
)

// RecordOverhead is by how many bytes a sealed record is longer than what is
// in it.
const RecordOverhead = suite.XNonceSize + suite.TagSize

var (
	// ErrRecord says that a sealed record was altered, or was sealed for
	// another place, or with other keys.
	ErrRecord = errors.New("vault: sealed record cannot be opened")
	// ErrWiped says that keys were used after Wipe.
	ErrWiped = errors.New("vault: keys were wiped")
)

// Keys are the keys of an open profile. Wipe must not run at the same time as
// another method; the others may.
type Keys struct {
	secret.Redacted
	database, record []byte // nil after Wipe
}

func newKeys(master []byte) *Keys {
	return &Keys{
		database: suite.KDF(nil, master, labelDatabase, suite.KeySize),
		record:   suite.KDF(nil, master, labelRecord, suite.KeySize),
	}
}

// Database returns a copy of the 32-byte key of the database, or nil after
// Wipe.
func (k *Keys) Database() []byte { return append([]byte(nil), k.database...) }

// recordAD binds a record to its place, so that records cannot be exchanged
// for each other, nor one for an earlier one of another version.
func recordAD(table, id string, version uint32) []byte {
	return binary.BigEndian.AppendUint32(wire.LP(nil, []byte(table), []byte(id)), version)
}

// SealRecord seals what goes into a field of the database that is worth more
// than the database's own encryption: ratchet states and keys. Only the same
// table, id and version open it. It returns ErrWiped, or that rand failed.
func (k *Keys) SealRecord(rand io.Reader, table, id string, version uint32, plain []byte) ([]byte, error) {
	if k.record == nil {
		return nil, ErrWiped
	}
	nonce, err := suite.Random(rand, suite.XNonceSize)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	dst := append(make([]byte, 0, RecordOverhead+len(plain)), nonce...)
	return suite.Seal(dst, k.record, nonce, plain, recordAD(table, id, version)), nil
}

// OpenRecord opens what SealRecord sealed. It returns ErrRecord, or ErrWiped.
func (k *Keys) OpenRecord(table, id string, version uint32, sealed []byte) ([]byte, error) {
	if k.record == nil {
		return nil, ErrWiped
	}
	if len(sealed) < RecordOverhead {
		return nil, ErrRecord
	}
	plain, err := suite.Open(k.record, sealed[:suite.XNonceSize], sealed[suite.XNonceSize:], recordAD(table, id, version))
	if err != nil {
		return nil, ErrRecord
	}
	return plain, nil
}

// Clone returns a copy, which is wiped by itself.
func (k *Keys) Clone() *Keys {
	return &Keys{database: bytes.Clone(k.database), record: bytes.Clone(k.record)}
}

// Wipe clears the keys. After it, sealing and opening fail.
func (k *Keys) Wipe() {
	clear(k.database)
	clear(k.record)
	k.database, k.record = nil, nil
}
