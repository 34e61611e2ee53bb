package desktop

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// login is logind: it hands out inhibitors, and knows one session.
type login struct {
	held chan inhibitor
}

// inhibitor is a pipe: the program holds a copy of w, and r ends with the last.
type inhibitor struct{ r, w *os.File }

// held reports whether somebody beside the test holds the inhibitor.
func (i inhibitor) held() bool {
	fds := []unix.PollFd{{Fd: int32(i.r.Fd()), Events: unix.POLLIN}}
	n, _ := unix.Poll(fds, 0)
	return n == 0
}

const testSession = dbus.ObjectPath("/org/freedesktop/login1/session/_31")

func (l *login) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "sleep" || mode != "delay" {
		return 0, dbus.MakeFailedError(os.ErrInvalid)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.held <- inhibitor{r, w}
	return dbus.UnixFD(w.Fd()), nil
}

func (l *login) GetSession(string) (dbus.ObjectPath, *dbus.Error)      { return testSession, nil }
func (l *login) GetSessionByPID(uint32) (dbus.ObjectPath, *dbus.Error) { return testSession, nil }

type told struct {
	why  Away
	done func()
}

func TestAway(t *testing.T) {
	bus := startBus(t)
	l := &login{held: make(chan inhibitor, 4)}
	if err := bus.Export(l, loginPath, loginManager); err != nil {
		t.Fatal(err)
	}
	own(t, bus, loginName)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	came := make(chan told, 4)
	WatchAway(ctx, func(why Away, done func()) { came <- told{why, done} })

	first := next(t, "an inhibitor", l.held)
	bus.Emit(loginPath, loginManager+".PrepareForSleep", true)
	if s := next(t, "sleep", came); s.why != Sleeps {
		t.Errorf("it is told that %s", s.why)
	} else {
		first.w.Close() // the program has its copy by now
		if !first.held() {
			t.Error("sleep does not wait")
		}
		s.done()
		s.done()
		if first.held() {
			t.Error("sleep waits for what is done")
		}
	}
	bus.Emit(loginPath, loginManager+".PrepareForSleep", false)
	defer next(t, "an inhibitor for the next time", l.held).w.Close()

	bus.Emit("/org/freedesktop/login1/session/_32", loginSession+".Lock") // somebody else's
	bus.Emit(testSession, loginSession+".Lock")
	if s := next(t, "the lock of the session", came); s.why != ScreenLocked {
		t.Errorf("it is told that %s", s.why)
	}
	if len(came) > 0 {
		t.Error("another session's lock is told as well")
	}
}

func TestScreenSaver(t *testing.T) {
	bus := startBus(t)
	came := make(chan told, 4)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	conn := join(t)
	ready := make(chan struct{})
	go func() {
		close(ready)
		watchScreen(ctx, conn, func(why Away, done func()) { came <- told{why, done} })
	}()
	<-ready
	for { // until it listens
		bus.Emit("/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", false)
		bus.Emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", true)
		select {
		case s := <-came:
			if s.why != ScreenLocked {
				t.Errorf("it is told that %s", s.why)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}
