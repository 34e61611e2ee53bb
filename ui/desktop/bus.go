// Package desktop is how the program gets on with the desktop around its window:
// one window for a profile, notifications, whether there is a tray, when the
// computer sleeps or its screen is locked, the system's file dialog, and the
// start with the computer.
//
// All but the first goes over D-Bus, to whatever desktop is there. Where there is
// no bus, or nobody on it who would do the thing, nothing happens and nothing
// waits: each function says so, and the window does without. No function may be
// called on the UI goroutine unless it says that it returns at once.
package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// AppID is what the program is called on a desktop: the name of its desktop
// entry and of its icon.
const AppID = "org.sotto.Sotto"

// patience is how long an answer on a bus is waited for.
const patience = 5 * time.Second

// again is after which time a bus that went is looked for anew.
const again = 30 * time.Second

const busName = "org.freedesktop.DBus"

// errNoBus says that there is no bus to talk on.
var errNoBus = errors.New("desktop: there is no bus")

// HasSession reports whether this program was started in a session with a bus. It
// returns at once.
func HasSession() bool { return sessionAddress() != "" }

// connect opens a connection of one's own to a bus. No bus is started for it.
func connect(ctx context.Context, address string) (*dbus.Conn, error) {
	if address == "" {
		return nil, errNoBus
	}
	type result struct {
		conn *dbus.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := dbus.Connect(address)
		done <- result{conn, err}
	}()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("desktop: connect: %w", r.err)
		}
		return r.conn, nil
	case <-ctx.Done():
		go func() { // a bus that answers later finds nobody
			if r := <-done; r.conn != nil {
				r.conn.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// ask calls a method and stores what it answers.
func ask(ctx context.Context, conn *dbus.Conn, name string, path dbus.ObjectPath, method string, args []any, into ...any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := conn.Object(name, path).CallWithContext(ctx, method, 0, args...).Store(into...); err != nil {
		return fmt.Errorf("desktop: %s: %w", method, err)
	}
	return nil
}

// owner returns who has a name on the bus, and "" if nobody does.
func owner(ctx context.Context, conn *dbus.Conn, name string) string {
	var who string
	if ask(ctx, conn, busName, "/org/freedesktop/DBus", busName+".GetNameOwner", []any{name}, &who) != nil {
		return ""
	}
	return who
}

// onBus keeps a connection to the bus at address while ctx lasts, and calls watch
// with each: it is to return when the connection is gone.
func onBus(ctx context.Context, address func() string, watch func(context.Context, *dbus.Conn)) {
	for ctx.Err() == nil && address() != "" {
		if conn, err := connect(ctx, address()); err == nil {
			watch(ctx, conn)
			conn.Close()
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
}

// runtimeDir returns the directory for sockets of this login, or "".
func runtimeDir() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return dir
	}
	return ""
}
