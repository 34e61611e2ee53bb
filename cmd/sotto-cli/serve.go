package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/term"

	"sotto/app"
	"sotto/app/qr"
	"sotto/app/serve"
)

type serveCommand struct {
	Mailbox   bool     `help:"Keep sealed messages for those who are away."`
	Relay     bool     `help:"Connect others that cannot reach each other directly."`
	DHT       bool     `name:"dht" help:"Help others find each other: a server of Sotto's distributed hash table."`
	For       string   `placeholder:"LINE" xor:"access" help:"The mailbox serves this person alone: what sotto-cli mailboxes owner prints on their side."`
	Open      bool     `xor:"access" help:"The mailbox serves anybody. Without this and --for: whoever has its link."`
	Quota     size     `default:"1GiB" placeholder:"SIZE" help:"How much the mailbox keeps for one owner."`
	Total     size     `default:"8GiB" placeholder:"SIZE" help:"How much it keeps in all."`
	Listen    []string `placeholder:"MULTIADDR" sep:"none" help:"Listen here, for example on /ip4/0.0.0.0/udp/4001/quic-v1; may be repeated. Without it, on every interface, and always on the same port."`
	Announce  []string `placeholder:"MULTIADDR" sep:"none" help:"Put this address into the link in place of the computer's own: behind a router, or in a container. May be repeated."`
	Bootstrap []string `placeholder:"MULTIADDR" sep:"none" help:"Another server of the hash table, with its /p2p/ID; may be repeated."`
	Name      string   `help:"What to call this node in its own output."`
	Metrics   string   `placeholder:"ADDR" help:"Count for Prometheus, on a loopback address such as 127.0.0.1:9464."`
	QR        string   `name:"qr" placeholder:"FILE.png" help:"Save the link's QR code as a picture, too."`
}

// served is what is printed first.
type served struct {
	Link      string   `json:"link,omitempty"`
	Name      string   `json:"name,omitempty"`
	Roles     []string `json:"roles"`
	Addresses []string `json:"addresses"`
}

// Run serves others until a signal ends it.
func (c *serveCommand) Run(p *program) (err error) {
	config, err := c.config(p)
	if err != nil {
		return err
	}
	var metrics net.Listener
	if c.Metrics != "" {
		if metrics, err = serve.ListenMetrics(c.Metrics); err != nil {
			return c.sentence(p, err)
		}
		defer metrics.Close()
	}
	s, err := serve.Start(config)
	if err != nil {
		return c.sentence(p, err)
	}
	// A node holds little and lives long: memory is worth more than the collector's
	// time, which is next to nothing.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	defer func() {
		if e := s.Close(); err == nil && e != nil {
			err = c.sentence(p, e)
		}
	}()
	if err := c.ready(p, s); err != nil {
		return err
	}
	config.Log.Info("serving", "roles", strings.Join(s.Roles(), ","))
	defer config.Log.Info("stopped")
	if metrics == nil {
		<-p.ctx.Done()
		return nil
	}
	config.Log.Info("metrics", "address", metrics.Addr()) // of this computer, and nobody else's
	return s.ServeMetrics(p.ctx, metrics)
}

// config checks the command line.
func (c *serveCommand) config(p *program) (serve.Config, error) {
	o := serve.Config{
		Dir: p.Data, Name: c.Name,
		Mailbox: c.Mailbox, Relay: c.Relay, DHT: c.DHT,
		Open: c.Open, Quota: int64(c.Quota), Total: int64(c.Total),
		Listen: c.Listen, Announce: c.Announce, Bootstrap: c.Bootstrap,
		Log: slog.New(slog.NewTextHandler(p.stderr, nil)),
	}
	switch {
	case !c.Mailbox && !c.Relay && !c.DHT:
		return o, usageError("name at least one thing to do: --mailbox, --relay, --dht")
	case !c.Mailbox && (c.For != "" || c.Open || c.QR != ""):
		return o, usageError("--for, --open and --qr go with --mailbox")
	case !c.DHT && len(c.Bootstrap) > 0:
		return o, usageError("--bootstrap goes with --dht")
	case c.Quota < serve.MinQuota || c.Total < serve.MinQuota:
		return o, usageError("--quota and --total must be at least 1MiB")
	case c.Total < c.Quota:
		return o, usageError(fmt.Sprintf("--total must be at least as much as one owner's --quota of %v", c.Quota))
	}
	if c.For != "" {
		var err error
		if o.Owner, err = app.ParseOwnerLine(c.For); err != nil {
			return o, usageError("--for wants the whole line that sotto-cli mailboxes owner prints on the owner's side")
		}
	}
	return o, nil
}

// ready prints the link, which is the first line.
func (c *serveCommand) ready(p *program, s *serve.Server) error {
	first := served{s.Link(), c.Name, s.Roles(), s.Addresses()}
	if first.Link != "" && c.QR != "" {
		if err := writeCode(c.QR, first.Link); err != nil {
			return err
		}
	}
	if err := p.print(first, func(w io.Writer) {
		if first.Link != "" {
			fmt.Fprintln(w, first.Link)
		} else {
			fmt.Fprintln(w, first.Addresses[0])
		}
	}); err != nil {
		return err
	}
	if out, ok := p.stdout.(*os.File); !ok || p.JSON || first.Link == "" || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	code, err := qr.Encode(strings.ToUpper(first.Link))
	if err != nil {
		return err
	}
	return code.WriteTerminal(p.stdout)
}

// sentence says what is the matter with a node that does not start.
func (c *serveCommand) sentence(p *program, err error) error {
	dir := clean(p.Data)
	var address serve.AddressError
	switch {
	case errors.Is(err, serve.ErrProfile):
		return refusal(fmt.Sprintf("There is a profile in %s; a node needs a directory of its own.", dir))
	case errors.Is(err, serve.ErrInUse):
		return refusal(fmt.Sprintf("Another sotto-cli serve runs in %s.", dir))
	case errors.Is(err, serve.ErrDamaged):
		return refusal(fmt.Sprintf("The key file node.key in %s is damaged. Nothing was changed: put a copy of it back, or remove it to begin with a new link.", dir))
	case errors.Is(err, serve.ErrMailbox):
		return refusal(fmt.Sprintf("The mailbox in %s is damaged. Nothing was changed.", dir))
	case errors.Is(err, serve.ErrNewer):
		return refusal(fmt.Sprintf("What is in %s was written by a newer Sotto. Install that or a later version.", dir))
	case errors.Is(err, serve.ErrNotLoopback):
		return usageError("--metrics must be an address of this computer alone, such as 127.0.0.1:9464")
	case errors.As(err, &address):
		return usageError(fmt.Sprintf("%q is not an address such as /ip4/192.0.2.1/udp/4001/quic-v1, for --bootstrap with /p2p/ID after it", string(address)))
	case errors.Is(err, serve.ErrPort):
		return refusal("The port that is in this node's link is taken by another program. End that, or remove node.key to begin with a new link.")
	case errors.Is(err, serve.ErrListen):
		return refusal("There is nothing to listen on: no network, or the address is not this computer's, or it is taken.")
	case errors.Is(err, serve.ErrNoSpace), errors.Is(err, syscall.ENOSPC):
		return refusal("The disk is full.")
	case errors.Is(err, serve.ErrPermission), errors.Is(err, fs.ErrPermission):
		return refusal(fmt.Sprintf("Permission was refused: %s.", dir))
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		return fileError(file.Path, file)
	}
	return err
}
