package desktop

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	loginName    = "org.freedesktop.login1"
	loginPath    = "/org/freedesktop/login1"
	loginManager = "org.freedesktop.login1.Manager"
	loginSession = "org.freedesktop.login1.Session"
)

// longestDelay is how long sleep is held up at most, whatever is being done.
const longestDelay = 8 * time.Second

// Away says why the person is not in front of the computer.
type Away string

const (
	Sleeps       Away = "sleeps"        // the computer is about to sleep
	ScreenLocked Away = "screen-locked" // the session or its screen saver was locked
)

// WatchAway calls tell, on a goroutine of its own, when the computer is about to
// sleep or its screen is locked, until ctx ends. Sleep waits until done is called,
// for some seconds at most; done may be called more than once.
func WatchAway(ctx context.Context, tell func(why Away, done func())) {
	go onBus(ctx, systemAddress, func(ctx context.Context, conn *dbus.Conn) { watchLogin(ctx, conn, tell) })
	go onBus(ctx, sessionAddress, func(ctx context.Context, conn *dbus.Conn) { watchScreen(ctx, conn, tell) })
}

// watchLogin listens to logind: sleep, and "lock the session".
func watchLogin(ctx context.Context, conn *dbus.Conn, tell func(Away, func())) {
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	rules := [][]dbus.MatchOption{{dbus.WithMatchSender(loginName), dbus.WithMatchInterface(loginManager), dbus.WithMatchMember("PrepareForSleep")}}
	session := ownSession(ctx, conn)
	if session != "" {
		rules = append(rules, []dbus.MatchOption{dbus.WithMatchSender(loginName), dbus.WithMatchInterface(loginSession),
			dbus.WithMatchMember("Lock"), dbus.WithMatchObjectPath(session)})
	}
	for _, rule := range rules {
		if conn.AddMatchSignal(rule...) != nil {
			return
		}
	}
	release := holdSleep(ctx, conn)
	defer func() { release() }()
	for {
		select {
		case sig, ok := <-signals:
			switch {
			case !ok:
				return
			case sig.Name == loginSession+".Lock" && sig.Path == session:
				tell(ScreenLocked, func() {})
			case sig.Name == loginManager+".PrepareForSleep" && len(sig.Body) == 1:
				if begins, _ := sig.Body[0].(bool); begins {
					time.AfterFunc(longestDelay, release)
					tell(Sleeps, release)
				} else {
					release()
					release = holdSleep(ctx, conn)
				}
			}
		case <-ctx.Done():
			return
		}
	}
}

// ownSession returns the path of the login session that this program is in, "" if
// it is in none.
func ownSession(ctx context.Context, conn *dbus.Conn) dbus.ObjectPath {
	var path dbus.ObjectPath
	if id := os.Getenv("XDG_SESSION_ID"); id != "" {
		if ask(ctx, conn, loginName, loginPath, loginManager+".GetSession", []any{id}, &path) == nil {
			return path
		}
	}
	if ask(ctx, conn, loginName, loginPath, loginManager+".GetSessionByPID", []any{uint32(os.Getpid())}, &path) == nil {
		return path
	}
	return ""
}

// holdSleep asks that sleep waits for us, and returns what lets it go on.
func holdSleep(ctx context.Context, conn *dbus.Conn) (release func()) {
	var fd dbus.UnixFD
	if ask(ctx, conn, loginName, loginPath, loginManager+".Inhibit", []any{"sleep", "Sotto", wordSleep, "delay"}, &fd) != nil {
		return func() {}
	}
	f := os.NewFile(uintptr(fd), "inhibitor")
	return sync.OnceFunc(func() { f.Close() })
}

// watchScreen listens to the screen savers of the desktops, which say so under one
// of two names.
func watchScreen(ctx context.Context, conn *dbus.Conn, tell func(Away, func())) {
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	for _, name := range []string{"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"} {
		if conn.AddMatchSignal(dbus.WithMatchInterface(name), dbus.WithMatchMember("ActiveChanged")) != nil {
			return
		}
	}
	for {
		select {
		case sig, ok := <-signals:
			if !ok {
				return
			}
			// Whoever sends it, locking is never wrong.
			if len(sig.Body) == 1 && sig.Body[0] == true && strings.HasSuffix(sig.Name, ".ScreenSaver.ActiveChanged") {
				tell(ScreenLocked, func() {})
			}
		case <-ctx.Done():
			return
		}
	}
}
