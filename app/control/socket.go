package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// SocketName is the name of the socket in the profile directory.
const SocketName = "control.sock"

// maxSocketPath is the longest path that every Unix takes in a socket address:
// 104 bytes on some, 108 on Linux, one of them the final zero (unix(7)).
const maxSocketPath = 103

// ErrNoHolder says that no program offers a socket in the directory.
var ErrNoHolder = errors.New("control: no program holds the profile")

// Listen offers the socket in the profile directory dir, with permissions 0600.
// The caller must hold the profile's lock: a socket that is there already was
// left by a program that was killed, and is removed. Closing the listener
// removes the socket.
func Listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, SocketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control: remove the old socket: %w", err)
	}
	short, done, err := shortPath(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control: listen: %w", err)
	}
	// The short path is gone by the time of closing, so the listener is not
	// left to remove the file itself.
	l.SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("control: %w", err), l.Close())
	}
	return &listener{Listener: l, path: path}, nil
}

// listener removes its socket when it is closed.
type listener struct {
	net.Listener
	path string
}

func (l *listener) Close() error {
	removed := os.Remove(l.path)
	if errors.Is(removed, fs.ErrNotExist) {
		removed = nil
	}
	return errors.Join(removed, l.Listener.Close())
}

// Dial connects to the program that holds the profile in dir. The error is
// ErrNoHolder if there is none.
func Dial(ctx context.Context, dir string) (*Client, error) {
	short, done, err := shortPath(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoHolder
	}
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", short)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNoHolder
	}
	if err != nil {
		return nil, fmt.Errorf("control: dial: %w", err)
	}
	return NewClient(conn), nil
}

// shortPath returns a path of the socket in dir that fits into a socket address.
// Where dir is too deep, that is one through a descriptor of dir, good until
// done is called.
func shortPath(dir string) (path string, done func(), err error) {
	path = filepath.Join(dir, SocketName)
	if len(path) <= maxSocketPath || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, fmt.Errorf("control: %w", err)
	}
	path = fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), SocketName)
	return path, func() { _ = d.Close() }, nil
}
