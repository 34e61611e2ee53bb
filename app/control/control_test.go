package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"sotto/app/control"
	"sotto/app/model"
)

// serve offers m on a socket in dir until the test ends.
func serve(t *testing.T, dir string, m control.Messenger) (stop func()) {
	t.Helper()
	end, err := control.Offer(dir, m)
	if err != nil {
		t.Fatal(err)
	}
	stop = func() {
		if err := end(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func dial(t *testing.T, dir string) *control.Client {
	t.Helper()
	c, err := control.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestEveryCall(t *testing.T) {
	dir, f := t.TempDir(), &fake{}
	serve(t, dir, f)
	c, ctx := dial(t, dir), t.Context()
	check := func(call string, want any, got any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", call, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", call, got, want)
		}
		if last := f.last(); last != call {
			t.Errorf("the messenger was asked %q, want %q", last, call)
		}
	}
	none := func(err error) (any, error) { return nil, err }

	v1, err := c.Self(ctx)
	check("self", self, v1, err)
	v2, err := c.Status(ctx)
	check("status", status, v2, err)
	v3, err := c.CreateInvitation(ctx, model.ModePerson, 90*time.Minute)
	check("invite person 1h30m0s", invitation, v3, err)
	v4, err := c.Invitations(ctx)
	check("invitations", []model.Invitation{invitation}, v4, err)
	v, err := none(c.RevokeInvitation(ctx, "i1"))
	check("revoke i1", nil, v, err)
	v5, err := c.Join(ctx, "sotto:i/1/b")
	check("join sotto:i/1/b", join, v5, err)
	v6, err := c.Joins(ctx)
	check("joins", []model.Join{join}, v6, err)
	near, err := c.Nearby(ctx)
	check("nearby", nearby, near, err)
	near, err = c.StartNearby(ctx, 90*time.Second)
	check("startNearby 1m30s", nearby, near, err)
	v, err = none(c.StopNearby(ctx))
	check("stopNearby", nil, v, err)
	v6a, err := c.JoinNearby(ctx, "n1")
	check("joinNearby n1", join, v6a, err)
	v7, err := c.Requests(ctx)
	check("requests", []model.Request{asked}, v7, err)
	v8, err := c.AcceptRequest(ctx, "r1")
	check("accept r1", contact, v8, err)
	v, err = none(c.DeclineRequest(ctx, "r1", true))
	check("decline r1 true", nil, v, err)
	v9, err := c.Contacts(ctx)
	check("contacts", []model.Contact{contact}, v9, err)
	v10, err := c.Contact(ctx, "c1")
	check("contact c1", contact, v10, err)
	v, err = none(c.Rename(ctx, "c1", "B \"o\" b"))
	check(`rename c1 B "o" b`, nil, v, err)
	v, err = none(c.Block(ctx, "c1", true))
	check("block c1 true", nil, v, err)
	v11, err := c.SafetyNumber(ctx, "c1")
	check("safetyNumber c1", number, v11, err)
	v, err = none(c.SetVerified(ctx, "c1", true))
	check("setVerified c1 true", nil, v, err)
	v, err = none(c.RenewSession(ctx, "c1"))
	check("renew c1", nil, v, err)
	v12, err := c.Send(ctx, "c1", "é\x00\u202e\n")
	check("send c1 é\x00\u202e\n", message, v12, err)
	v13, err := c.Message(ctx, "m1")
	check("message m1", message, v13, err)
	v14, err := c.Messages(ctx, "c1", model.Page{Before: 1, After: 2, Limit: 3})
	check("messages c1 {1 2 3}", []model.Message{message}, v14, err)
	v, err = none(c.MarkRead(ctx, "c1", 7))
	check("markRead c1 7", nil, v, err)
	v15, err := c.FindMessage(ctx, "m")
	check("findMessage m", message, v15, err)
	v16, err := c.Details(ctx, "m1")
	check("details m1", details, v16, err)
	v, err = none(c.Resend(ctx, "m1"))
	check("resend m1", nil, v, err)
	v, err = none(c.Cancel(ctx, "m1"))
	check("cancel m1", nil, v, err)
	v, err = none(c.Edit(ctx, "m1", "é"))
	check("edit m1 é", nil, v, err)
	v17, err := c.Mailboxes(ctx)
	check("mailboxes", mailboxes, v17, err)
	v18, err := c.AddMailbox(ctx, "sotto:m/1/a", "Box")
	check("addMailbox sotto:m/1/a Box", mailboxes.Mailboxes[0], v18, err)
	v, err = none(c.RemoveMailbox(ctx, "b1"))
	check("removeMailbox b1", nil, v, err)
	v20, err := c.Search(ctx, model.Query{Text: "sea", Contact: "c1", From: noon, Until: noon, HasLink: true, Before: 9, Limit: 3})
	check("search "+fmt.Sprint(model.Query{Text: "sea", Contact: "c1", From: noon, Until: noon, HasLink: true, Before: 9, Limit: 3}), hits, v20, err)
	v21, err := c.Reply(ctx, "m1", "x")
	check("reply m1 x", message, v21, err)
	v, err = none(c.Forward(ctx, "m1", []model.ContactID{"c1", "c2"}))
	check("forward m1 [c1 c2]", nil, v, err)
	v, err = none(c.React(ctx, "m1", "👍"))
	check("react m1 👍", nil, v, err)
	v, err = none(c.Delete(ctx, []model.MessageID{"m1", "m2"}, true))
	check("delete [m1 m2] true", nil, v, err)
	v, err = none(c.Star(ctx, "m1", true))
	check("star m1 true", nil, v, err)
	v, err = none(c.SetTimer(ctx, "c1", time.Minute))
	check("setTimer c1 1m0s", nil, v, err)
	v, err = none(c.SetPinned(ctx, "c1", true))
	check("setPinned c1 true", nil, v, err)
	v, err = none(c.SetArchived(ctx, "c1", true))
	check("setArchived c1 true", nil, v, err)
	v, err = none(c.SetMuted(ctx, "c1", noon))
	check(fmt.Sprint("setMuted c1 ", noon), nil, v, err)
	v, err = none(c.SetLabels(ctx, "c1", []string{"a", "b"}))
	check("setLabels c1 [a b]", nil, v, err)
	v22, err := c.Labels(ctx)
	check("labels", []string{"a"}, v22, err)
	v, err = none(c.SetRemark(ctx, "c1", "x"))
	check("setRemark c1 x", nil, v, err)
	v, err = none(c.RemoveContact(ctx, "c1"))
	check("removeContact c1", nil, v, err)
	v19, err := c.MailboxOwner(ctx)
	check("mailboxOwner", "sotto:o/1/a", v19, err)

	if want := reflect.TypeFor[control.Messenger]().NumMethod() - 1; len(f.calls) != want { // all but Subscribe
		t.Errorf("%d methods were tried, the messenger has %d", len(f.calls), want)
	}
}

func TestErrorsKeepTheirKind(t *testing.T) {
	dir, f := t.TempDir(), &fake{}
	serve(t, dir, f)
	c := dial(t, dir)

	f.err = fmt.Errorf("app: send: %w", model.E(model.Ambiguous, "Bob", errors.New("two of them")))
	_, err := c.Send(t.Context(), "c1", "hello")
	var e *model.Error
	if !errors.As(err, &e) || e.Kind != model.Ambiguous || e.Detail != "Bob" {
		t.Errorf("got %#v", err)
	}
	if err.Error() != f.err.Error() {
		t.Errorf("it reads %q, want %q", err, f.err)
	}

	f.err = errors.New("a fault")
	if err := c.Rename(t.Context(), "c1", "x"); err == nil || model.KindOf(err) != "" || !strings.Contains(err.Error(), "a fault") {
		t.Errorf("got %v", err)
	}
}

// raw opens the socket without the client.
func raw(t *testing.T, dir string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("unix", filepath.Join(dir, control.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, bufio.NewReader(conn)
}

func TestWire(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &fake{})
	conn, r := raw(t, dir)
	for _, c := range []struct{ name, in, want string }{
		{"a request", `{"jsonrpc":"2.0","id":1,"method":"contact","params":{"id":"c1"}}`, `"id":1,"result":{"id":"c1"`},
		{"a string id", `{"jsonrpc":"2.0","id":"x","method":"markRead"}`, `{"jsonrpc":"2.0","id":"x","result":null}`},
		{"a null id", `{"jsonrpc":"2.0","id":null,"method":"markRead"}`, `{"jsonrpc":"2.0","id":null,"result":null}`},
		{"not JSON", `{"jsonrpc":`, `"id":null,"error":{"code":-32700,`},
		{"an empty line", ``, `"id":null,"error":{"code":-32700,`},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"self"}]`, `"id":null,"error":{"code":-32600,`},
		{"a number", `7`, `"id":null,"error":{"code":-32600,`},
		{"another version", `{"jsonrpc":"1.0","id":5,"method":"self"}`, `"id":5,"error":{"code":-32600,`},
		{"no method", `{"jsonrpc":"2.0","id":5}`, `"id":5,"error":{"code":-32600,`},
		{"an object as id", `{"jsonrpc":"2.0","id":{},"method":"self"}`, `"id":null,"error":{"code":-32600,`},
		{"a long id", `{"jsonrpc":"2.0","id":"` + strings.Repeat("x", 1000) + `","method":"self"}`, `"id":null,"error":{"code":-32600,`},
		{"an unknown method", `{"jsonrpc":"2.0","id":6,"method":"recoveryPhrase"}`, `"id":6,"error":{"code":-32601,`},
		{"an unknown parameter", `{"jsonrpc":"2.0","id":7,"method":"decline","params":{"id":"r","blok":true}}`, `"id":7,"error":{"code":-32602,`},
		{"parameters by position", `{"jsonrpc":"2.0","id":7,"method":"contact","params":["c1"]}`, `"id":7,"error":{"code":-32602,`},
		{"a bad duration", `{"jsonrpc":"2.0","id":8,"method":"invite","params":{"mode":"link","expires":"soon"}}`, `"id":8,"error":{"code":-32602,`},
	} {
		if _, err := io.WriteString(conn, c.in+"\n"); err != nil {
			t.Fatal(err)
		}
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !strings.Contains(line, c.want) {
			t.Errorf("%s: answered %s", c.name, line)
		}
	}
}

func TestNotificationsAreNotAnswered(t *testing.T) {
	dir, f := t.TempDir(), &fake{}
	serve(t, dir, f)
	conn, r := raw(t, dir)
	fmt.Fprintln(conn, `{"jsonrpc":"2.0","method":"rename","params":{"id":"c1","name":"x"}}`)
	fmt.Fprintln(conn, `{"jsonrpc":"2.0","id":2,"method":"self"}`)
	line, err := r.ReadString('\n')
	if err != nil || !strings.Contains(line, `"id":2`) {
		t.Errorf("first answer: %s, %v", line, err)
	}
}

func TestTooLong(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &fake{})
	conn, r := raw(t, dir)
	go func() {
		_, _ = io.WriteString(conn, `{"jsonrpc":"2.0","id":1,"method":"send","params":{"text":"`+strings.Repeat("x", 2<<20))
	}()
	line, err := r.ReadString('\n')
	if err != nil || !strings.Contains(line, "-32600") {
		t.Errorf("answered %.100s, %v", line, err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection was not closed: %v", err)
	}

	// A client does not spoil its connection with it.
	c := dial(t, dir)
	if _, err := c.Send(t.Context(), "c1", strings.Repeat("x", 1<<20)); model.KindOf(err) != model.TextTooLong {
		t.Errorf("a text of 1 MiB: %v", err)
	}
	if _, err := c.Send(t.Context(), "c1", strings.Repeat("\x00", model.MaxText)); err != nil {
		t.Errorf("the longest text: %v", err)
	}
}

func TestRequestsRunSideBySide(t *testing.T) {
	dir, f := t.TempDir(), &fake{hold: make(chan struct{})}
	serve(t, dir, f)
	c := dial(t, dir)
	sent := make(chan error, 1)
	go func() {
		_, err := c.Send(t.Context(), "c1", "held up")
		sent <- err
	}()
	if _, err := c.Self(t.Context()); err != nil { // answered while Send is not
		t.Fatal(err)
	}
	close(f.hold)
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestHalfClosedConnectionIsAnswered(t *testing.T) {
	dir, f := t.TempDir(), &fake{hold: make(chan struct{})}
	serve(t, dir, f)
	conn, r := raw(t, dir)
	fmt.Fprintln(conn, `{"jsonrpc":"2.0","id":1,"method":"send","params":{"contact":"c1","text":"x"}}`)
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	close(f.hold)
	if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, `"id":"m1"`) {
		t.Errorf("answered %s, %v", line, err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	dir, f := t.TempDir(), &fake{hold: make(chan struct{})}
	serve(t, dir, f)
	c := dial(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Send(ctx, "c1", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Self(t.Context()); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestEvents(t *testing.T) {
	dir, f := t.TempDir(), &fake{events: make(chan model.Event)}
	serve(t, dir, f)
	c := dial(t, dir)
	first, cancelFirst := c.Subscribe()
	second, cancelSecond := c.Subscribe()
	defer cancelSecond()

	want := model.Event{Kind: model.EventMessage, Revision: 5, Contact: "c1", Message: "m1", New: true}
	f.events <- want
	if got := <-first; got != want {
		t.Errorf("first: %+v", got)
	}
	if got := <-second; got != want {
		t.Errorf("second: %+v", got)
	}
	cancelFirst()
	cancelFirst()
	if _, open := <-first; open {
		t.Error("still open after cancel")
	}

	close(f.events) // the profile is closed
	if _, open := <-second; open {
		t.Error("still open after the profile was closed")
	}
	if _, err := c.Self(t.Context()); model.KindOf(err) != model.Closed {
		t.Errorf("a call afterwards: %v", err)
	}
	if events, cancel := c.Subscribe(); true {
		cancel()
		if _, open := <-events; open {
			t.Error("a subscription to nothing is open")
		}
	}
}

func TestSlowSubscriberIsToldToStartAnew(t *testing.T) {
	dir, f := t.TempDir(), &fake{events: make(chan model.Event)}
	serve(t, dir, f)
	c := dial(t, dir)
	events, cancel := c.Subscribe()
	defer cancel()
	const n = 1000
	for i := range n {
		f.events <- model.Event{Kind: model.EventMessage, Revision: uint64(i)}
	}
	f.events <- model.Event{Kind: model.EventSelf} // taken once the one before is written
	seen := 0
	for e := range events {
		if e.Kind == model.EventResync {
			break
		}
		if e.Revision != uint64(seen) {
			t.Fatalf("event %d after %d events", e.Revision, seen)
		}
		seen++
	}
	if seen == 0 || seen == n {
		t.Errorf("%d events before the one that tells of the loss", seen)
	}
	last := model.Event{Kind: model.EventContact, Revision: n}
	f.events <- last
	for e := range events {
		if e == last {
			break
		}
	}
}

func TestSocket(t *testing.T) {
	for name, dir := range map[string]string{
		"short": t.TempDir(),
		"long":  filepath.Join(t.TempDir(), strings.Repeat("a", 100), strings.Repeat("b", 100)),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNoHolder) {
				t.Errorf("nobody there: %v", err)
			}
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNoHolder) {
				t.Errorf("no socket: %v", err)
			}
			stop := serve(t, dir, &fake{})
			info, err := os.Stat(filepath.Join(dir, control.SocketName))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Type() != os.ModeSocket || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v", info.Mode())
			}
			c := dial(t, dir)
			if _, err := c.Self(t.Context()); err != nil {
				t.Error(err)
			}
			stop()
			if _, err := os.Stat(filepath.Join(dir, control.SocketName)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the socket is still there: %v", err)
			}
			if _, err := c.Self(t.Context()); model.KindOf(err) != model.Closed {
				t.Errorf("a call after the end: %v", err)
			}
		})
	}
}

// TestSocketOfAKilledProgram: the file is there, and nobody behind it.
func TestSocketOfAKilledProgram(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, control.SocketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNoHolder) {
		t.Errorf("got %v", err)
	}
	serve(t, dir, &fake{})
	if _, err := dial(t, dir).Self(t.Context()); err != nil {
		t.Error(err)
	}
}

// FuzzServer sends anything to a server that must answer a good request on
// another connection afterwards.
func FuzzServer(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"contact","params":{"id":"c1"}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"invite","params":{"expires":"1h"}}`))
	f.Add([]byte("[]\n{}\nnull\n\x00"))
	l := &pipes{conns: make(chan net.Conn)}
	ctx, done := f.Context(), make(chan struct{})
	go func() { _ = control.Serve(ctx, l, &fake{}); close(done) }()
	f.Cleanup(func() { <-done })
	f.Fuzz(func(t *testing.T, data []byte) {
		conn := l.dial()
		read := make(chan []byte)
		go func() { all, _ := io.ReadAll(conn); read <- all }()
		_, _ = conn.Write(append(data, "\n{\"jsonrpc\":\"2.0\",\"id\":\"good\",\"method\":\"self\"}\n"...))
		_ = conn.Close()
		for line := range strings.Lines(string(<-read)) {
			if strings.HasSuffix(line, "\n") && !json.Valid([]byte(line)) {
				t.Errorf("answered %q", line)
			}
		}
		c := control.NewClient(l.dial())
		if _, err := c.Self(t.Context()); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	})
}

// pipes is a listener without a socket.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
}

func (p *pipes) dial() net.Conn {
	a, b := net.Pipe()
	p.conns <- b
	return a
}
func (p *pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.conns) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{} }
