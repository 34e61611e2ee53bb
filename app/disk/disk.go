// Package disk writes files at once and durably, and locks directories.
package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Write writes a file, 0600, durably and at once: whoever looks sees all of it or
// what was there before.
func Write(path string, data []byte) (err error) {
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

// ErrLocked is returned for a lock that another program holds.
var ErrLocked = errors.New("disk: another program holds the lock")

// Lock makes this program the only one that holds the lock in dir, until the
// closer is closed or the program ends.
func Lock(dir string) (io.Closer, error) { return LockFile(filepath.Join(dir, "lock")) }

// LockFile is Lock with a file, which it makes if there is none.
func LockFile(path string) (io.Closer, error) {
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrLocked
	}
	return l, nil
}
