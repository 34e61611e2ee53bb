package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// peer is another messenger.
type peer struct {
	name    string
	command []string
}

func split(s string) (all []peer) {
	for one := range strings.SplitSeq(s, ",") {
		if name, command, ok := strings.Cut(one, "="); ok {
			all = append(all, peer{name, strings.Fields(command)})
		}
	}
	return all
}

// peer starts another messenger in a fresh home, with a session bus, and notes what
// it takes when nothing is done. Some refuse to be root, so root has somebody who
// may do nothing start them.
func (b *bench) peer(p peer) error {
	home, err := os.MkdirTemp("", "sotto-peer-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	env := []string{"HOME=" + home, "NO_AT_BRIDGE=1"}
	for name, dir := range map[string]string{"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run"} {
		dir = filepath.Join(home, dir)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		env = append(env, name+"="+dir)
	}
	as, err := nobody(home)
	if err != nil {
		return err
	}
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	bus.Env = append(os.Environ(), env...)
	bus.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	out, err := bus.StdoutPipe()
	if err != nil {
		return err
	}
	if err := bus.Start(); err != nil {
		return err
	}
	defer func() { bus.Process.Kill(); bus.Wait() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the session bus: %w", err)
	}
	started, err := b.d.start(as, append(env, "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(address)), p.command...)
	if err != nil {
		return err
	}
	defer started.stop()
	b.noteStart(p.name, started)
	return b.rest(p.name, started, settling)
}

// nobody returns whom root is to start a program as, and gives them a directory;
// nil if this is not root.
func nobody(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(uid), int(gid))
	})
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
