package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/crypto/argon2"

	"sotto/app/disk"
	"sotto/app/model"
	"sotto/app/store"
	"sotto/crypto/account"
	"sotto/crypto/handshake"
	"sotto/crypto/vault"
)

// A profile is a directory, 0700, with these files, 0600:
//
//	keys      the vault: what a passphrase opens (docs/protocol.md §8)
//	sotto.db  the database, enciphered under a key of the vault
//	lock      held by the program that has the profile open
//
// The key file is written last and at once, by a rename: a profile exists if
// and only if it does.
const keyFile = "keys"

// MinPassphrase is the shortest passphrase that is taken, in bytes.
const MinPassphrase = 12

// Names of values in the store's meta table.
const (
	metaName      = "name"
	metaSettings  = "settings"
	metaUsedEmoji = "emoji"
	metaDevice    = "device"    // sealed
	metaIdentity  = "identity"  // public
	metaTransport = "transport" // sealed
	metaPort      = "port"      // the network port used last
	metaPhrase    = "phrase"    // "written" once the person has the words on paper
	metaAddresses = "addresses" // our own when last online, one a line
	metaUsed      = "used"      // when a contact told of devices of ours that we do not know
)

// DefaultDir returns where the profile is if nothing else is said:
// $XDG_DATA_HOME/sotto, or ~/.local/share/sotto.
func DefaultDir() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "sotto"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", model.E(model.NoPermission, "home directory", err)
	}
	return filepath.Join(home, ".local", "share", "sotto"), nil
}

// Exists reports whether there is a profile in dir.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, keyFile))
	return err == nil
}

// PassphraseStrength estimates how hard a passphrase is to guess, from 0 (at
// once) to 4 (not in practice). inputs are words an attacker would try first,
// such as the person's name.
func PassphraseStrength(pass string, inputs ...string) int {
	if len(pass) > 128 { // the estimate takes quadratic time
		pass = pass[:128]
	}
	return zxcvbn.PasswordStrength(pass, inputs).Score
}

// CreateOptions says what a new profile is to be.
type CreateOptions struct {
	Name       string
	Passphrase string
	Phrase     string // 24 words that restore an account; "" makes a new one

	Surroundings
}

// Create makes a profile in dir and opens it. Kinds: ProfileExists, BadName,
// WeakPassphrase, BadPhrase, ProfileInUse, NoSpace, NoPermission. If it fails
// there is no profile.
func Create(ctx context.Context, dir string, o CreateOptions) (*Messenger, error) {
	name, err := checkName(o.Name)
	if err != nil {
		return nil, err
	}
	if len(o.Passphrase) < MinPassphrase {
		return nil, model.E(model.WeakPassphrase, "", nil)
	}
	var phrase account.Phrase
	if o.Phrase != "" {
		if phrase, err = account.ParsePhrase(o.Phrase); err != nil {
			return nil, model.E(model.BadPhrase, "", err)
		}
	} else if phrase, err = account.NewPhrase(systemRandom); err != nil {
		return nil, fmt.Errorf("app: recovery phrase: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileError(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fileError(err)
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	m, err := create(ctx, dir, name, phrase, o)
	if err != nil {
		lock.Close()
		return nil, err
	}
	m.lock = lock
	return m, nil
}

func create(ctx context.Context, dir, name string, phrase account.Phrase, o CreateOptions) (_ *Messenger, err error) {
	if Exists(dir) {
		return nil, model.E(model.ProfileExists, dir, nil)
	}
	// Without a key file, a database is what was left of an attempt that was
	// cut off; nobody can read it.
	if err := removeDatabase(dir); err != nil {
		return nil, fileError(err)
	}
	self, err := newSelf(phrase, o.Phrase != "")
	if err != nil {
		return nil, err
	}
	params := o.Params
	if params == nil {
		p := vault.Calibrate(measureVault)
		params = &p
	}
	file, keys, err := vault.Create(systemRandom, []byte(o.Passphrase), *params, phrase.Entropy())
	debug.FreeOSMemory()
	if err != nil {
		return nil, fmt.Errorf("app: vault: %w", err)
	}
	on := o.Surroundings.fill()
	db, err := store.Open(ctx, dir, keys.Database(), sealer{keys}, store.Options{Create: true, Files: on.Files, At: on.At})
	if err != nil {
		keys.Wipe()
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
			keys.Wipe()
			removeDatabase(dir)
		}
	}()
	if err := db.Update(ctx, func(t *store.Tx) error { return writeProfile(t, name, self, o.Phrase != "") }); err != nil {
		return nil, err
	}
	if err := disk.Write(filepath.Join(dir, keyFile), file); err != nil {
		return nil, fileError(err)
	}
	return newMessenger(dir, db, keys, self, on), nil
}

// newSelf makes this device's keys and a device list with nothing else in it:
// the account's first, or if it was there before, a recovery.
func newSelf(phrase account.Phrase, restored bool) (*handshake.Self, error) {
	key, err := phrase.AccountKey()
	if err != nil {
		return nil, fmt.Errorf("app: account key: %w", err)
	}
	device, err := account.NewDevice(systemRandom)
	if err != nil {
		return nil, fmt.Errorf("app: device keys: %w", err)
	}
	var list *account.List
	if restored {
		list, err = account.Recover(key, uint32(time.Now().Unix()/60), device.Public())
	} else {
		list, err = account.NewList(key, device.Public())
	}
	if err != nil {
		return nil, fmt.Errorf("app: device list: %w", err)
	}
	return &handshake.Self{
		Identity: &account.Identity{Account: *key.Public(), List: list, Device: *device.Public()},
		Device:   device,
	}, nil
}

func writeProfile(t *store.Tx, name string, self *handshake.Self, restored bool) error {
	device, err := self.Device.MarshalBinary()
	if err != nil {
		return err
	}
	transport := make([]byte, 32)
	if _, err := io.ReadFull(systemRandom, transport); err != nil {
		return err
	}
	if err := t.SetSecret(metaDevice, device); err != nil {
		return err
	}
	if err := t.SetSecret(metaTransport, transport); err != nil {
		return err
	}
	if err := t.SetMeta(metaIdentity, self.Identity.Bytes()); err != nil {
		return err
	}
	if restored { // whoever typed the words has them
		if err := t.SetMeta(metaPhrase, []byte("written")); err != nil {
			return err
		}
	}
	return t.SetMeta(metaName, []byte(name))
}

// Open opens the profile in dir. Kinds: NoProfile, WrongPassphrase,
// ProfileDamaged, ProfileNewer, ProfileInUse, NoSpace, NoPermission.
func Open(ctx context.Context, dir, passphrase string) (*Messenger, error) {
	return OpenOn(ctx, dir, passphrase, Surroundings{})
}

// OpenOn is Open on other than the usual surroundings.
func OpenOn(ctx context.Context, dir, passphrase string, on Surroundings) (*Messenger, error) {
	file, err := readKeyFile(dir)
	if err != nil {
		return nil, err
	}
	// The lock comes before the passphrase: deriving takes a second, and
	// whoever finds the profile in use is to hear that at once.
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	m, err := open(ctx, dir, file, passphrase, on.fill())
	if err != nil {
		lock.Close()
		return nil, err
	}
	m.lock = lock
	return m, nil
}

func open(ctx context.Context, dir string, file []byte, passphrase string, on Surroundings) (*Messenger, error) {
	keys, err := on.Unlock(file, []byte(passphrase))
	if err != nil {
		return nil, vaultError(err)
	}
	on.At("opening, unlocked")
	db, err := store.Open(ctx, dir, keys.Database(), sealer{keys}, store.Options{Files: on.Files, At: on.At})
	if err != nil {
		keys.Wipe()
		return nil, err
	}
	var self *handshake.Self
	err = db.Update(ctx, func(t *store.Tx) (err error) {
		self, err = readSelf(t)
		return err
	})
	if err != nil {
		db.Close()
		keys.Wipe()
		return nil, err
	}
	on.At("opening, read")
	return newMessenger(dir, db, keys, self, on), nil
}

func readSelf(t *store.Tx) (*handshake.Self, error) {
	device, err := t.Secret(metaDevice)
	if err != nil {
		return nil, damaged("device keys", err)
	}
	identity, err := t.Meta(metaIdentity)
	if err != nil {
		return nil, damaged("identity", err)
	}
	var self handshake.Self
	if self.Device, err = account.ParseDevice(device); err != nil {
		return nil, damaged("device keys", err)
	}
	if self.Identity, err = account.ParseIdentity(identity); err != nil {
		return nil, damaged("identity", err)
	}
	return &self, nil
}

// damaged says that something the program wrote itself is not as it was
// written.
func damaged(what string, err error) error {
	if k := model.KindOf(err); k != "" && k != model.NotFound {
		return err
	}
	return model.E(model.ProfileDamaged, what, err)
}

func newMessenger(dir string, db *store.DB, keys *vault.Keys, self *handshake.Self, on Surroundings) *Messenger {
	m := &Messenger{
		dir:       dir,
		db:        db,
		keys:      keys,
		self:      self,
		rand:      systemRandom,
		on:        on,
		now:       on.Now,
		log:       on.Log,
		dial:      on.Mailbox,
		asked:     make(chan *asked, maxGroup),
		closing:   make(chan struct{}),
		committed: make(chan struct{}),
		sessions:  make(map[store.SessionID]session),
		held:      make(map[store.SessionID][]arrival),
		strays:    make(map[model.ContactID]stray),
		wants:     make(map[store.SessionID]want),
	}
	go m.commit()
	return m
}

// unlock opens a key file.
func unlock(file, passphrase []byte) (*vault.Keys, error) {
	// Deriving the key takes up to 256 MiB that nothing else will need.
	defer debug.FreeOSMemory()
	return vault.Open(file, passphrase)
}

// sealer lets the store seal records without seeing randomness or keys.
type sealer struct{ keys *vault.Keys }

func (s sealer) SealRecord(table, id string, version uint32, plain []byte) ([]byte, error) {
	return s.keys.SealRecord(systemRandom, table, id, version, plain)
}

func (s sealer) OpenRecord(table, id string, version uint32, sealed []byte) ([]byte, error) {
	return s.keys.OpenRecord(table, id, version, sealed)
}

// measureVault times one derivation on this computer.
func measureVault(p vault.Params) time.Duration {
	start := time.Now()
	argon2.IDKey([]byte("how long does it take"), make([]byte, 16), p.Time, p.Memory, p.Threads, 32)
	return time.Since(start)
}

func vaultError(err error) error {
	switch {
	case errors.Is(err, vault.ErrPassphrase):
		return model.E(model.WrongPassphrase, "", nil)
	case errors.Is(err, vault.ErrNewer):
		return model.E(model.ProfileNewer, "key file", err)
	default:
		return model.E(model.ProfileDamaged, "key file", err)
	}
}

// splitLines returns the lines of a stored list.
func splitLines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' })
}
