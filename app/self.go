package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"

	"sotto/app/disk"
	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/vault"
)

// Self returns who the person is.
func (m *Messenger) Self(ctx context.Context) (model.Self, error) {
	s := model.Self{Account: m.account()}
	device := m.self.Identity.Device.ID()
	s.Device = model.DeviceID(hex.EncodeToString(device[:]))
	err := m.view(ctx, func(t *store.Tx) error {
		name, err := t.Meta(metaName)
		if err != nil {
			return damaged("name", err)
		}
		s.Name = string(name)
		if _, err = t.Meta(metaPhrase); err != nil && model.KindOf(err) != model.NotFound {
			return err
		}
		s.PhraseConfirmed = err == nil
		s.PhraseUsed, err = phraseUsed(t)
		return err
	})
	return s, err
}

// SetName changes what the person is called. Contacts learn it when they are
// next connected. Kind BadName.
func (m *Messenger) SetName(ctx context.Context, name string) error {
	clean, err := checkName(name)
	if err != nil {
		return err
	}
	err = m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventSelf})
		return c.SetMeta(metaName, []byte(clean))
	})
	if err == nil {
		m.announce()
	}
	return err
}

// Settings returns the person's choices.
func (m *Messenger) Settings(ctx context.Context) (model.Settings, error) {
	s := model.DefaultSettings()
	err := m.view(ctx, func(t *store.Tx) error { return readSettings(t, &s) })
	return s, err
}

func readSettings(t *store.Tx, s *model.Settings) error {
	b, err := t.Meta(metaSettings)
	if model.KindOf(err) == model.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return damagedIf("settings", json.Unmarshal(b, s))
}

func damagedIf(what string, err error) error {
	if err == nil {
		return nil
	}
	return damaged(what, err)
}

// SetSettings stores the person's choices.
func (m *Messenger) SetSettings(ctx context.Context, s model.Settings) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventSelf})
		return c.SetMeta(metaSettings, b)
	})
}

// UsedEmoji returns the emoji that were used last, the newest first.
func (m *Messenger) UsedEmoji(ctx context.Context) ([]string, error) {
	var used []string
	err := m.view(ctx, func(t *store.Tx) error {
		b, err := t.Meta(metaUsedEmoji)
		if err != nil {
			return ignoreNotFound(err)
		}
		return damagedIf("used emoji", json.Unmarshal(b, &used))
	})
	return used, err
}

// SetUsedEmoji keeps the emoji that were used last, the newest first: the first
// MaxUsedEmoji of them. Kind BadReaction.
func (m *Messenger) SetUsedEmoji(ctx context.Context, used []string) error {
	used = used[:min(len(used), model.MaxUsedEmoji)]
	for _, e := range used {
		if err := checkReaction(e); err != nil {
			return err
		}
	}
	b, err := json.Marshal(used)
	if err != nil {
		return err
	}
	return m.change(ctx, func(c *change) error { return c.SetMeta(metaUsedEmoji, b) })
}

// RecoveryPhrase returns the 24 words. It takes the passphrase again, because
// the account key is sealed in a slot of its own, so that whoever finds the
// window open does not find the account. Kind WrongPassphrase.
func (m *Messenger) RecoveryPhrase(_ context.Context, passphrase string) ([]string, error) {
	file, err := readKeyFile(m.dir)
	if err != nil {
		return nil, err
	}
	entropy, err := vault.OpenAccount(file, []byte(passphrase))
	if err != nil {
		return nil, vaultError(err)
	}
	defer clear(entropy)
	phrase, err := account.PhraseFromEntropy(entropy)
	if err != nil {
		return nil, damaged("recovery phrase", err)
	}
	return phrase.Words(), nil
}

// ConfirmPhrase notes that the person has the words on paper.
func (m *Messenger) ConfirmPhrase(ctx context.Context) error {
	return m.change(ctx, func(c *change) error {
		c.publish(model.Event{Kind: model.EventSelf})
		return c.SetMeta(metaPhrase, []byte("written"))
	})
}

// ChangePassphrase seals the vault's slots under a new passphrase. Kinds
// WrongPassphrase, WeakPassphrase, NoSpace; if it fails the old one stays.
func (m *Messenger) ChangePassphrase(_ context.Context, old, new string) error {
	if len(new) < MinPassphrase {
		return model.E(model.WeakPassphrase, "", nil)
	}
	m.keyFileMu.Lock()
	defer m.keyFileMu.Unlock()
	file, err := readKeyFile(m.dir)
	if err != nil {
		return err
	}
	changed, err := vault.ChangePassphrase(m.rand, file, []byte(old), []byte(new), vault.Calibrate(measureVault))
	if err != nil {
		if errors.Is(err, vault.ErrPassphrase) {
			return model.E(model.WrongPassphrase, "", nil)
		}
		return vaultError(err)
	}
	if err := disk.Write(filepath.Join(m.dir, keyFile), changed); err != nil {
		return fileError(err)
	}
	return nil
}
