package desktop

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// server shows notifications, as a desktop's daemon does.
type server struct {
	conn   *dbus.Conn
	can    []string
	last   uint32
	came   chan posted
	closed chan uint32
}

type posted struct {
	id, replaces           uint32
	app, icon, title, body string
	actions                []string
	hints                  map[string]dbus.Variant
	timeout                int32
}

func serve(t *testing.T, conn *dbus.Conn, can ...string) *server {
	t.Helper()
	s := &server{conn: conn, can: can, came: make(chan posted, 16), closed: make(chan uint32, 16)}
	if err := conn.Export(s, notifyPath, notifyName); err != nil {
		t.Fatal(err)
	}
	own(t, conn, notifyName)
	return s
}

func (s *server) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

func (s *server) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	id := replaces
	if id == 0 {
		s.last++
		id = s.last
	}
	s.came <- posted{id, replaces, app, icon, title, body, actions, hints, timeout}
	return id, nil
}

func (s *server) CloseNotification(id uint32) *dbus.Error {
	s.closed <- id
	return nil
}

func TestNotification(t *testing.T) {
	bus := startBus(t)
	s := serve(t, bus, "body", "body-markup", "actions")
	chosen := make(chan string, 1)
	n := NewNotifier(func(key string) { chosen <- key })

	n.Show(Notice{Key: "alice", Title: "Alice <3", Body: "a < b & \x1b\"c\"\nd"})
	p := next(t, "a notification", s.came)
	if p.title != "Alice <3" || p.body != "a &lt; b &amp; \"c\" d" {
		t.Errorf("it says %q, %q", p.title, p.body)
	}
	if !reflect.DeepEqual(p.actions, []string{"default", wordOpen}) || p.replaces != 0 {
		t.Errorf("actions %q, in the place of %d", p.actions, p.replaces)
	}
	for _, v := range p.hints {
		if strings.Contains(v.String(), "alice") {
			t.Errorf("the key leaves the program: %v", p.hints)
		}
	}
	if !n.Served() {
		t.Error("nobody shows notifications")
	}

	// Another of the same key takes its place, one of another does not.
	n.Show(Notice{Key: "alice", Title: "Alice", Body: "2"})
	if q := next(t, "the second", s.came); q.replaces != p.id {
		t.Errorf("the second is in the place of %d, not %d", q.replaces, p.id)
	}
	n.Show(Notice{Key: "bob", Title: "Bob"})
	bob := next(t, "the third", s.came)
	if bob.replaces != 0 || bob.id == p.id {
		t.Errorf("the third is in the place of %d", bob.replaces)
	}

	// A click opens; one that another program invents does not.
	mallory := join(t)
	mallory.Emit(notifyPath, notifyName+".ActionInvoked", bob.id, "default")
	bus.Emit(notifyPath, notifyName+".ActionInvoked", uint32(99), "default")
	bus.Emit(notifyPath, notifyName+".ActionInvoked", p.id, "default")
	if key := next(t, "a click", chosen); key != "alice" {
		t.Errorf("%s is opened", key)
	}

	// What was closed by the person is not closed again.
	n.Withdraw("bob")
	if id := next(t, "a withdrawal", s.closed); id != bob.id {
		t.Errorf("%d is withdrawn", id)
	}
	n.Withdraw("bob")
	n.Withdraw("nobody")
	bus.Emit(notifyPath, notifyName+".NotificationClosed", uint32(99), uint32(2))
	n.Close()
	if id := next(t, "the last withdrawal", s.closed); id != p.id {
		t.Errorf("%d is withdrawn at the end", id)
	}
	if len(s.closed) > 0 {
		t.Errorf("%d is withdrawn as well", <-s.closed)
	}
}

func TestNotificationClosedByThePersonIsNew(t *testing.T) {
	bus := startBus(t)
	s := serve(t, bus)
	n := NewNotifier(func(string) {})
	defer n.Close()
	n.Show(Notice{Key: "a", Title: "one"})
	first := next(t, "a notification", s.came)
	bus.Emit(notifyPath, notifyName+".NotificationClosed", first.id, uint32(2))
	for guard := time.Now().Add(20 * time.Second); ; { // the signal has its own way
		n.Show(Notice{Key: "a", Title: "two"})
		if q := next(t, "the next", s.came); q.replaces == 0 {
			return
		}
		if time.Now().After(guard) {
			t.Fatal("it takes the place of one that is gone")
		}
	}
}

// A server that can do nothing gets plain text and no buttons.
func TestPlainServer(t *testing.T) {
	bus := startBus(t)
	s := serve(t, bus)
	n := NewNotifier(func(string) {})
	defer n.Close()
	n.Show(Notice{Key: "a", Title: strings.Repeat("x", 200), Body: "<b>&"})
	p := next(t, "a notification", s.came)
	if p.body != "<b>&" || len(p.actions) != 0 || p.title != strings.Repeat("x", maxTitle)+"…" {
		t.Errorf("%q %q %q", p.title, p.body, p.actions)
	}
}

// Another server than before knows nothing of the numbers of the first.
func TestServerReplaced(t *testing.T) {
	bus := startBus(t)
	s := serve(t, bus)
	n := NewNotifier(func(string) {})
	defer n.Close()
	n.Show(Notice{Key: "a", Title: "one"})
	next(t, "a notification", s.came)
	bus.ReleaseName(notifyName)
	s = serve(t, join(t))
	n.Show(Notice{Key: "a", Title: "two"})
	if p := next(t, "one at the next server", s.came); p.replaces != 0 {
		t.Errorf("in the place of %d", p.replaces)
	}
}

// Without a daemon, or without a bus, nothing happens and nothing waits; once
// there is one, what is shown then is shown.
func TestNobodyNotifies(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	n := NewNotifier(func(string) { t.Error("something was opened") })
	n.Show(Notice{Key: "a", Title: "one"})
	n.Withdraw("a")
	n.Close()
	if n.Served() || HasSession() {
		t.Error("somebody is there")
	}

	bus := startBus(t)
	n = NewNotifier(func(string) {})
	defer n.Close()
	n.Show(Notice{Key: "a", Title: "lost"})
	for { // until that was tried
		n.mu.Lock()
		tried := len(n.wishes) == 0 && len(n.wake) == 0
		n.mu.Unlock()
		if tried {
			break
		}
	}
	s := serve(t, bus)
	n.Show(Notice{Key: "b", Title: "seen"})
	for {
		if p := next(t, "one", s.came); p.title == "seen" {
			break
		}
	}
}
