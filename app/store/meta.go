package store

import (
	"fmt"

	"sotto/app/model"
)

// Meta returns a value of the profile, or kind NotFound.
func (t *Tx) Meta(name string) ([]byte, error) {
	var v []byte
	err := found(t.row("SELECT value FROM meta WHERE name=?", name).Scan(&v))
	return v, err
}

// SetMeta stores a value of the profile.
func (t *Tx) SetMeta(name string, value []byte) error {
	return t.exec("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value", name, value)
}

// Secret is Meta for a value stored by SetSecret.
func (t *Tx) Secret(name string) ([]byte, error) {
	sealed, err := t.Meta(name)
	if err != nil {
		return nil, err
	}
	return t.open("meta", name, sealed)
}

// SetSecret is SetMeta for a value that is sealed once more.
func (t *Tx) SetSecret(name string, value []byte) error {
	sealed, err := t.seal("meta", name, value)
	if err != nil {
		return err
	}
	return t.SetMeta(name, sealed)
}

func (t *Tx) seal(table, id string, plain []byte) ([]byte, error) {
	b, err := t.db.sealer.SealRecord(table, id, recordVersion, plain)
	if err != nil {
		return nil, fmt.Errorf("store: sealing a record of %s: %w", table, err)
	}
	return b, nil
}

func (t *Tx) open(table, id string, sealed []byte) ([]byte, error) {
	b, err := t.db.sealer.OpenRecord(table, id, recordVersion, sealed)
	if err != nil {
		return nil, model.E(model.ProfileDamaged, "a sealed record of "+table, err)
	}
	return b, nil
}
