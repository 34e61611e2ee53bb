package desktop

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sotto/app/disk"
)

const (
	// answerTime is how long the other program may take to show its window.
	answerTime = 5 * time.Second
	// maxCallers is how many may ask at a time.
	maxCallers = 4

	verbShow = "show"
	answerOK = "shown\n"
)

// Only is the right to show one profile in a window.
//
// The sockets do not lie in the profile: it may be locked, not made yet, or be put
// aside for another while the window is open.
type Only struct {
	lock     io.Closer
	listener *net.UnixListener
	serving  sync.WaitGroup
}

// Claim makes this program the one that shows the profile in dir. If another one
// is already, that one brings its window to the front and gets link, which may be
// ""; the error is then ErrRaised or, if it does not answer, ErrSilent. Any other
// error says that it cannot be found out.
func Claim(ctx context.Context, dir, link string) (*Only, error) {
	base, err := socketDir()
	if err != nil {
		return nil, err
	}
	if whole, err := filepath.EvalSymlinks(dir); err == nil {
		dir = whole
	}
	sum := sha256.Sum256([]byte(dir))
	name := filepath.Join(base, hex.EncodeToString(sum[:8]))

	lock, err := disk.LockFile(name + ".lock")
	if errors.Is(err, disk.ErrLocked) {
		return nil, raise(ctx, name+".sock", link)
	}
	if err != nil {
		return nil, fmt.Errorf("desktop: %w", err)
	}
	// Whoever left a socket here is gone: the lock was free.
	if err := os.Remove(name + ".sock"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("desktop: %w", err), lock.Close())
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name + ".sock", Net: "unix"})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("desktop: %w", err), lock.Close())
	}
	if err := os.Chmod(name+".sock", 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("desktop: %w", err), l.Close(), lock.Close())
	}
	return &Only{lock: lock, listener: l}, nil
}

// Serve calls show, on a goroutine of its own, for each program that was started
// after this one, with the link it was given or "". It is to return when the
// window is in front: that is what the other waits for.
func (o *Only) Serve(show func(link string)) {
	o.serving.Go(func() {
		places := make(chan struct{}, maxCallers)
		for {
			conn, err := o.listener.AcceptUnix()
			if err != nil {
				return // closed
			}
			select {
			case places <- struct{}{}:
				go func() {
					defer func() { <-places }()
					answer(conn, show)
				}()
			default:
				conn.Close()
			}
		}
	})
}

// Close gives the right up.
func (o *Only) Close() error {
	err := o.listener.Close()
	o.serving.Wait()
	return errors.Join(err, o.lock.Close())
}

// answer does what one caller asks for.
func answer(conn *net.UnixConn, show func(string)) {
	defer conn.Close()
	if !ours(conn) {
		return
	}
	conn.SetDeadline(time.Now().Add(answerTime))
	line, err := bufio.NewReader(io.LimitReader(conn, int64(len(verbShow)+maxLink+2))).ReadString('\n')
	if err != nil {
		return
	}
	verb, link, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	if verb != verbShow || link != "" && !IsLink(link) {
		return
	}
	show(link)
	io.WriteString(conn, answerOK)
}

// raise asks the program that has the window to show it. That program may just be
// starting and have no socket yet.
func raise(ctx context.Context, path, link string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	for {
		if askToShow(ctx, path, link) {
			return ErrRaised
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ErrSilent
		}
	}
}

func askToShow(ctx context.Context, path, link string) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	defer c.Close()
	conn := c.(*net.UnixConn)
	if !ours(conn) {
		return false
	}
	if end, ok := ctx.Deadline(); ok {
		conn.SetDeadline(end)
	}
	if _, err := fmt.Fprintln(conn, strings.TrimSuffix(verbShow+" "+link, " ")); err != nil {
		return false
	}
	said, _ := bufio.NewReader(io.LimitReader(conn, int64(len(answerOK)))).ReadString('\n')
	return said == answerOK
}

// ours reports whether the program at the other end is the same person's.
func ours(conn *net.UnixConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	mine := false
	err = raw.Control(func(fd uintptr) {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		mine = err == nil && int(cred.Uid) == os.Getuid()
	})
	return err == nil && mine
}

// socketDir returns a directory for sockets that only this person can enter.
func socketDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "sotto-"+strconv.Itoa(os.Getuid()))
	if base := runtimeDir(); base != "" {
		dir = filepath.Join(base, "sotto")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("desktop: %w", err)
	}
	info, err := os.Lstat(dir) // a link of somebody else's does not count
	if err != nil {
		return "", fmt.Errorf("desktop: %w", err)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(s.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return "", errors.New("desktop: the directory for sockets is open to others")
	}
	return dir, nil
}
