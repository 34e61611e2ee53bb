package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"

	"sotto/app/model"
	"sotto/app/store"
)

// The files of a profile: read, written at once and durably, and locked.

// maxKeyFile bounds what is read as a key file, in bytes.
const maxKeyFile = 64 << 10

func readKeyFile(dir string) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, model.E(model.NoProfile, dir, err)
	}
	if err != nil {
		return nil, fileError(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fileError(err)
	}
	if len(b) > maxKeyFile {
		return nil, model.E(model.ProfileDamaged, "key file", nil)
	}
	return b, nil
}

// writeFile writes a file durably and at once: whoever looks sees all of it or
// what was there before.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// takeLock makes this program the one that has the profile open.
func takeLock(dir string) (io.Closer, error) {
	l := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fileError(err)
	}
	if !ok {
		return nil, model.E(model.ProfileInUse, dir, nil)
	}
	return l, nil
}

func removeDatabase(dir string) error {
	for _, suffix := range []string{"", "-wal", "-journal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, store.File+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// fileError gives an error of the file system its kind.
func fileError(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return model.E(model.NoSpace, "", err)
	default:
		return model.E(model.NoPermission, "", err)
	}
}
