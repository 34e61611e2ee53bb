package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p"
	libnet "github.com/libp2p/go-libp2p/core/network"

	"sotto/app"
	"sotto/app/model"
)

const passphrase = "correct horse battery staple"

var loopback = app.NetworkOptions{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, NoLAN: true, AcceptAll: true}

// answer is what the other process says after each command.
type answer struct {
	Link  string   `json:"link,omitempty"`
	Peer  string   `json:"peer,omitempty"` // of the raw libp2p host
	Addrs []string `json:"addrs,omitempty"`
	Count int      `json:"count,omitempty"`
	Error string   `json:"error,omitempty"`
}

// beOther is the other process: a profile that accepts whoever comes, and a
// bare libp2p host that echoes. It does what is written to its standard input.
func beOther(ctx context.Context, dir string) error {
	m, err := app.Create(ctx, dir, app.CreateOptions{Name: "Bob", Passphrase: passphrase})
	if err != nil {
		return err
	}
	defer func() { m.Close() }()
	raw, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"))
	if err != nil {
		return err
	}
	defer raw.Close()
	raw.SetStreamHandler("/echo", func(s libnet.Stream) { io.Copy(s, s) })

	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var a answer
		command, argument, _ := strings.Cut(in.Text(), " ")
		switch command {
		case "raw":
			a.Peer = raw.ID().String()
			for _, addr := range raw.Addrs() {
				a.Addrs = append(a.Addrs, addr.String())
			}
		case "invite":
			var i model.Invitation
			if i, err = m.CreateInvitation(ctx, model.ModeLink, 0); err == nil {
				a.Link = i.Link
			}
		case "online":
			err = m.GoOnline(ctx, loopback)
		case "restart": // closed, and open again without the network
			if err = m.Close(); err == nil {
				m, err = app.Open(ctx, dir, passphrase)
			}
		case "mailbox":
			_, err = m.AddMailbox(ctx, argument, "box")
		case "count":
			a.Count, err = count(ctx, m)
		case "until": // that many messages have come
			var want int
			fmt.Sscan(argument, &want)
			for a.Count < want && err == nil {
				time.Sleep(20 * time.Millisecond)
				a.Count, err = count(ctx, m)
			}
		default:
			err = fmt.Errorf("unknown command %q", in.Text())
		}
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}

// count returns how many messages the profile has received.
func count(ctx context.Context, m *app.Messenger) (int, error) {
	contacts, err := m.Contacts(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, c := range contacts {
		for before := int64(0); ; {
			page, err := m.Messages(ctx, c.ID, model.Page{Before: before, Limit: 500})
			if err != nil {
				return n, err
			}
			if len(page) == 0 {
				break
			}
			for _, msg := range page {
				if msg.Direction == model.Incoming && msg.Note == "" {
					n++
				}
			}
			before = page[0].Row
		}
	}
	return n, nil
}

// other is that process seen from here.
type other struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

func startOther(dir string) (*other, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &other{command: exec.Command(self, "-other", dir)}
	o.command.Stderr = os.Stderr
	if o.in, err = o.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.out = json.NewDecoder(out)
	return o, o.command.Start()
}

func (o *other) do(command string) (answer, error) {
	var a answer
	if _, err := fmt.Fprintln(o.in, command); err != nil {
		return a, err
	}
	if err := o.out.Decode(&a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s", command, a.Error)
	}
	return a, nil
}

func (o *other) stop() {
	o.in.Close()
	o.command.Wait()
}

// pair is a profile here and one in another process that know each other.
type pair struct {
	*app.Messenger
	dir string
	bob *other
	to  model.ContactID
}

func newPair(ctx context.Context, dir, name string) (*pair, error) {
	p := &pair{dir: filepath.Join(dir, name, "alice")}
	var err error
	if p.bob, err = startOther(filepath.Join(dir, name, "bob")); err != nil {
		return nil, err
	}
	if _, err := p.bob.do("online"); err != nil {
		return nil, err
	}
	invitation, err := p.bob.do("invite")
	if err != nil {
		return nil, err
	}
	if p.Messenger, err = app.Create(ctx, p.dir, app.CreateOptions{Name: "Alice", Passphrase: passphrase}); err != nil {
		return nil, err
	}
	if err := p.GoOnline(ctx, loopback); err != nil {
		return nil, err
	}
	events, cancel := p.Subscribe()
	defer cancel()
	join, err := p.Join(ctx, invitation.Link)
	if err != nil {
		return nil, err
	}
	for range events {
		joins, err := p.Joins(ctx)
		if err != nil {
			return nil, err
		}
		for _, j := range joins {
			if j.ID == join.ID && j.State == model.JoinDone {
				p.to = j.Contact
				return p, p.settle(ctx)
			}
		}
	}
	return nil, fmt.Errorf("closed")
}

// settle waits until nothing waits to be acknowledged.
func (p *pair) settle(ctx context.Context) error {
	for {
		s, err := p.Status(ctx)
		if err != nil || s.Queue == 0 {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (p *pair) close() {
	p.Messenger.Close()
	p.bob.stop()
}
