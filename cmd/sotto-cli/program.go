package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/multiformats/go-multiaddr"

	"sotto/app"
	"sotto/app/control"
	"sotto/app/model"
)

// program is what a command has to work with.
type program struct {
	*cli
	ctx    context.Context // ends with SIGINT and SIGTERM
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// profile is a profile that commands can use: held by this program or by
// another.
type profile struct {
	control.Messenger
	close func() error
	own   *app.Messenger // nil if another program holds the profile
}

// busyTimeout is how long a command waits for another that has the profile open
// for a moment.
const busyTimeout = 10 * time.Second

// with opens the profile, calls f and closes it again.
func (p *program) with(f func(m *profile) error) (err error) {
	m, err := p.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	return f(m)
}

// open reaches the program that holds the profile, or opens the profile.
func (p *program) open() (*profile, error) {
	if !app.Exists(p.Data) {
		return nil, model.E(model.NoProfile, p.Data, nil)
	}
	ctx, cancel := context.WithTimeout(p.ctx, busyTimeout)
	defer cancel()
	var passphrase string
	for {
		client, err := control.Dial(ctx, p.Data)
		if err == nil {
			return &profile{Messenger: client, close: client.Close}, nil
		}
		if !errors.Is(err, control.ErrNoHolder) {
			return nil, err
		}
		if passphrase == "" {
			if passphrase, err = p.passphrase("Passphrase: "); err != nil {
				return nil, err
			}
		}
		// Opening takes about a second once the lock is had; the deadline is for
		// the lock alone.
		m, err := app.Open(p.ctx, p.Data, passphrase)
		if err == nil {
			return &profile{Messenger: m, close: m.Close, own: m}, nil
		}
		if model.KindOf(err) != model.ProfileInUse {
			return nil, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// networkFlags say how to go online.
type networkFlags struct {
	Listen []string `placeholder:"MULTIADDR" sep:"none" help:"Listen here, for example on /ip4/127.0.0.1/tcp/0; may be repeated. Without it, on every interface."`
	NoLAN  bool     `name:"no-lan" help:"Do not look for contacts on the local network."`
}

func (f networkFlags) options() (app.NetworkOptions, error) {
	for _, a := range f.Listen {
		if _, err := multiaddr.NewMultiaddr(a); err != nil {
			return app.NetworkOptions{}, usageError(fmt.Sprintf("%q is not a multiaddr such as /ip4/127.0.0.1/tcp/0", a))
		}
	}
	return app.NetworkOptions{Listen: f.Listen, NoLAN: f.NoLAN}, nil
}

// goOnline starts the network, unless another program holds the profile and
// does that.
func (m *profile) goOnline(ctx context.Context, f networkFlags) error {
	o, err := f.options()
	if err != nil || m.own == nil {
		return err
	}
	return m.own.GoOnline(ctx, o)
}

// await calls done now and after everything that happens, until it reports true
// or ctx ends. Then it returns ctx's error.
func await(ctx context.Context, m control.Messenger, done func() (bool, error)) error {
	events, cancel := m.Subscribe()
	defer cancel()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case _, open := <-events:
			if !open {
				return model.E(model.Closed, "", nil)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// print writes a result: with --json the value, otherwise what text writes.
func (p *program) print(value any, text func(w io.Writer)) error {
	if !p.JSON {
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		text(w)
		return w.Flush()
	}
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// note tells a person at a terminal what a script would not want to read.
func (p *program) note(format string, args ...any) {
	if !p.JSON {
		fmt.Fprintf(p.stderr, format+"\n", args...)
	}
}

// list makes an empty list of none, which JSON shows as [] and not as null.
func list[T any](s []T, err error) ([]T, error) {
	if s == nil {
		s = []T{}
	}
	return s, err
}
