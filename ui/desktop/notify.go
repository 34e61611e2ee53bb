package desktop

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
)

// Longest texts of a notification, in characters.
const (
	maxTitle = 80
	maxBody  = 240
)

// Notice is one notification. A later one with the same Key takes its place.
type Notice struct {
	Key   string // what it is about; never leaves the program
	Title string
	Body  string
}

// Notifier shows notifications, one for each key at a time, and takes them back.
// What is asked for is done in the background; its methods return at once.
type Notifier struct {
	opened func(key string)
	cancel context.CancelFunc
	done   chan struct{}
	wake   chan struct{}
	served atomic.Bool

	mu     sync.Mutex
	wishes []wish // at most one a key, oldest first
}

// wish is what is to become of a key: a notice, or nothing.
type wish struct {
	key    string
	notice *Notice
}

// NewNotifier returns a notifier. opened is called, on a goroutine of its own,
// with the key of a notification that the person chose.
func NewNotifier(opened func(key string)) *Notifier {
	ctx, cancel := context.WithCancel(context.Background())
	n := &Notifier{opened: opened, cancel: cancel, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	go n.run(ctx)
	return n
}

// Show shows a notification, if somebody on the desktop does.
func (n *Notifier) Show(x Notice) { n.wish(wish{x.Key, &x}) }

// Withdraw takes the notification with that key back.
func (n *Notifier) Withdraw(key string) { n.wish(wish{key, nil}) }

// Served reports whether somebody on the desktop shows notifications, as far as
// is known.
func (n *Notifier) Served() bool { return n.served.Load() }

// Close takes every notification back and ends the notifier.
func (n *Notifier) Close() {
	n.cancel()
	<-n.done
}

func (n *Notifier) wish(w wish) {
	n.mu.Lock()
	n.wishes = append(slices.DeleteFunc(n.wishes, func(o wish) bool { return o.key == w.key }), w)
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *Notifier) run(ctx context.Context) {
	defer close(n.done)
	s := &shown{n: n}
	defer s.leave()
	s.reach(ctx)
	for {
		select {
		case <-n.wake:
			n.mu.Lock()
			wishes := n.wishes
			n.wishes = nil
			n.mu.Unlock()
			for _, w := range wishes {
				s.fulfil(ctx, w)
			}
		case sig, ok := <-s.signals:
			if !ok {
				s.lost()
				continue
			}
			s.signal(sig)
		case <-ctx.Done():
			return
		}
	}
}

// shown is what stands on the desktop at the moment. It belongs to one goroutine.
type shown struct {
	n       *Notifier
	conn    *dbus.Conn // nil: not connected
	signals chan *dbus.Signal
	server  string            // who shows them, by its unique name
	ids     map[string]uint32 // by key
	can     []string          // what the server can do
}

// reach connects, and finds out who shows notifications. It reports whether
// anybody does.
func (s *shown) reach(ctx context.Context) bool {
	if s.conn == nil {
		conn, err := connect(ctx, sessionAddress())
		if err != nil {
			return false
		}
		if conn.AddMatchSignal(dbus.WithMatchInterface(notifyName), dbus.WithMatchSender(notifyName)) != nil {
			conn.Close()
			return false
		}
		s.conn, s.signals = conn, make(chan *dbus.Signal, 16)
		conn.Signal(s.signals)
	}
	// Asking is what starts a server that the bus only knows how to start.
	var can []string
	err := ask(ctx, s.conn, notifyName, notifyPath, notifyName+".GetCapabilities", nil, &can)
	who := ""
	if err == nil {
		who = owner(ctx, s.conn, notifyName)
	}
	if who != s.server || s.ids == nil { // another server knows nothing of our numbers
		s.server, s.ids = who, map[string]uint32{}
	}
	s.can = can
	s.n.served.Store(who != "")
	return who != ""
}

func (s *shown) lost() {
	s.conn.Close()
	s.conn, s.signals, s.server, s.ids = nil, nil, "", nil
	s.n.served.Store(false)
}

func (s *shown) fulfil(ctx context.Context, w wish) {
	if w.notice == nil {
		s.withdraw(ctx, w.key)
		return
	}
	if !s.reach(ctx) {
		return
	}
	title, body := plain(w.notice.Title, maxTitle), plain(w.notice.Body, maxBody)
	if slices.Contains(s.can, "body-markup") {
		body = escapes.Replace(body)
	}
	actions := []string{}
	if slices.Contains(s.can, "actions") {
		actions = []string{"default", wordOpen}
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(AppID),
		"category":      dbus.MakeVariant("im.received"),
	}
	var id uint32
	err := ask(ctx, s.conn, notifyName, notifyPath, notifyName+".Notify",
		[]any{"Sotto", s.ids[w.key], AppID, title, body, actions, hints, int32(-1)}, &id)
	if err == nil {
		s.ids[w.key] = id
	}
}

func (s *shown) withdraw(ctx context.Context, key string) {
	if id := s.ids[key]; id != 0 {
		ask(ctx, s.conn, notifyName, notifyPath, notifyName+".CloseNotification", []any{id})
		delete(s.ids, key)
	}
}

// signal takes over what the server tells. Anybody on the bus can send a signal;
// only the server's counts.
func (s *shown) signal(sig *dbus.Signal) {
	if sig.Sender != s.server || len(sig.Body) < 2 {
		return
	}
	id, ok := sig.Body[0].(uint32)
	if !ok {
		return
	}
	key := ""
	for k, i := range s.ids {
		if i == id {
			key = k
		}
	}
	if key == "" {
		return // another program's
	}
	switch sig.Name {
	case notifyName + ".NotificationClosed":
		delete(s.ids, key)
	case notifyName + ".ActionInvoked":
		if sig.Body[1] == "default" {
			go s.n.opened(key)
		}
	}
}

// leave takes everything back at the end.
func (s *shown) leave() {
	if s.conn == nil {
		return
	}
	for key := range s.ids {
		s.withdraw(context.Background(), key)
	}
	s.conn.Close()
}

// escapes keeps what people write from being markup.
var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain returns text as one short piece without control characters.
func plain(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
