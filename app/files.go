package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"sotto/app/disk"
	"sotto/app/model"
	"sotto/app/store"
)

// The files of a profile: read, locked and removed.

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

// takeLock makes this program the one that has the profile open.
func takeLock(dir string) (io.Closer, error) {
	l, err := disk.Lock(dir)
	if errors.Is(err, disk.ErrLocked) {
		return nil, model.E(model.ProfileInUse, dir, err)
	}
	if err != nil {
		return nil, fileError(err)
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
