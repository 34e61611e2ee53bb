// Package serve is one's own always-on node: it does for others what needs a
// computer that is never switched off. It has no account, no contacts and no
// passphrase, and can read nothing of what it keeps or passes on.
//
// Its roles are those of p2p: mailbox, relay, server of the DHT.
package serve

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"sotto/app/disk"
	"sotto/p2p/dht"
	"sotto/p2p/mailbox"
	"sotto/p2p/node"
	"sotto/p2p/relay"
)

const (
	// DefaultQuota is how many bytes an owner may have in a mailbox.
	DefaultQuota = 1 << 30
	// DefaultTotal is how many bytes the mailbox's database may have.
	DefaultTotal = 8 << 30
	// MinQuota is the smallest of both.
	MinQuota = 1 << 20
)

var (
	// ErrInUse means that another program serves from the directory.
	ErrInUse = errors.New("serve: the directory is in use")
	// ErrDamaged means that the key file does not pass its checks, and
	// ErrMailbox that the mailbox does not. They are left as they are.
	ErrDamaged = errors.New("serve: damaged key file")
	ErrMailbox = errors.New("serve: damaged mailbox")
	// ErrNewer means that a file was written by a newer version.
	ErrNewer = errors.New("serve: made by a newer version")
	// ErrNoSpace means that the disk is full.
	ErrNoSpace = errors.New("serve: no space left on the disk")
	// ErrPermission means that a file may not be read or written.
	ErrPermission = errors.New("serve: permission refused")
	// ErrPort means that the port of the last run, which is in the link, is taken.
	ErrPort = errors.New("serve: the port is taken")
	// ErrListen means that nothing could be listened on.
	ErrListen = errors.New("serve: cannot listen")
	// ErrProfile means that a person's profile lies in the directory.
	ErrProfile = errors.New("serve: the directory holds a profile")
)

// An AddressError is text that is not the address it should be.
type AddressError string

func (e AddressError) Error() string { return fmt.Sprintf("serve: not an address: %q", string(e)) }

// Config says what a node does.
type Config struct {
	Dir  string // made if it is not there
	Name string // for its owner to tell several apart; others do not see it

	Mailbox, Relay, DHT bool

	// Who may own queues in the mailbox: anybody with Open, otherwise whose key
	// Owner is, otherwise whoever has the link.
	Open  bool
	Owner ed25519.PublicKey
	Quota int64 // bytes for an owner; 0 is DefaultQuota
	Total int64 // bytes for all; 0 is DefaultTotal

	Listen    []string     // multiaddrs; none is every interface. Port 0 is the same in every run
	Announce  []string     // multiaddrs for the link in place of the node's own, behind a router say
	Bootstrap []string     // other servers of the DHT: multiaddrs with /p2p/ID
	Log       *slog.Logger // nil is silence
}

// Server is a node that runs.
type Server struct {
	name    string
	started time.Time
	dir     string
	lock    interface{ Close() error }
	node    *node.Node
	mailbox *mailbox.Server // nil without that role, like the two below
	relay   *relay.Relay
	dht     *dht.DHT
	link    string
	addrs   []string
	close   sync.Once
	err     error // of Close
}

// DefaultDir returns where a node keeps its files if nothing else is said:
// $XDG_DATA_HOME/sotto-node, or ~/.local/share/sotto-node.
func DefaultDir() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "sotto-node"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("serve: home directory: %w", err)
	}
	return filepath.Join(home, ".local", "share", "sotto-node"), nil
}

// Start starts a node. Its key, and so its link, are those of the last run from
// the same directory. Errors are those above and those of the file system.
func Start(c Config) (_ *Server, err error) {
	s := &Server{name: c.Name, started: time.Now(), dir: c.Dir}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if _, err := os.Lstat(filepath.Join(c.Dir, "keys")); err == nil {
		return nil, ErrProfile
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	if s.lock, err = disk.Lock(c.Dir); err != nil {
		s.lock = nil
		if errors.Is(err, disk.ErrLocked) {
			err = ErrInUse
		}
		return nil, fmt.Errorf("serve: %w", err)
	}
	key, err := readKey(c.Dir)
	if err != nil {
		return nil, err
	}
	fresh := key == nil
	if fresh {
		key = newKey()
		if key.port, err = freePort(); err != nil {
			return nil, err
		}
	}
	config, err := s.roles(c, key)
	if err != nil {
		return nil, err
	}
	if err := s.listen(config, key); err != nil {
		return nil, err
	}
	if err := s.present(c, key); err != nil {
		return nil, err
	}
	if fresh {
		if err := key.write(c.Dir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// roles makes what the node is to do.
func (s *Server) roles(c Config, key *key) (node.Config, error) {
	n := node.Config{Key: key.transport[:], Listen: c.Listen, Handler: nobody{}}
	if c.Mailbox {
		var err error
		s.mailbox, err = mailbox.Open(filepath.Join(c.Dir, "mailbox"), limits(c), access(c, key), c.Log, time.Now)
		if err != nil {
			return n, mailboxError(err)
		}
		n.Services = append(n.Services, s.mailbox.Service())
	}
	if c.Relay {
		s.relay = relay.New(relay.DefaultLimits())
		n.Roles = append(n.Roles, s.relay.Role())
	}
	if c.DHT {
		var known []node.Route
		for _, b := range c.Bootstrap {
			r, err := route(b)
			if err != nil {
				return n, err
			}
			known = append(known, r)
		}
		var err error
		if s.dht, err = dht.New(known); err != nil {
			return n, fmt.Errorf("serve: %w", err)
		}
		n.Roles = append(n.Roles, s.dht.Role())
	}
	return n, nil
}

// mailboxError gives an error of a mailbox one of ours.
func mailboxError(err error) error {
	for _, k := range []struct{ theirs, ours error }{
		{mailbox.ErrInUse, ErrInUse}, {mailbox.ErrDamaged, ErrMailbox}, {mailbox.ErrNewer, ErrNewer},
		{mailbox.ErrNoSpace, ErrNoSpace}, {mailbox.ErrPermission, ErrPermission},
	} {
		if errors.Is(err, k.theirs) {
			return fmt.Errorf("%w: %w", k.ours, err)
		}
	}
	return fmt.Errorf("serve: %w", err)
}

// limits are the mailbox's, with the quotas that were asked for.
func limits(c Config) mailbox.Limits {
	l := mailbox.DefaultLimits()
	l.OwnerBytes, l.DiskBytes = DefaultQuota, DefaultTotal
	if c.Quota > 0 {
		l.OwnerBytes = c.Quota
	}
	if c.Total > 0 {
		l.DiskBytes = c.Total
	}
	l.QueueBytes = min(l.QueueBytes, l.OwnerBytes)
	return l
}

func access(c Config, key *key) mailbox.Access {
	switch {
	case c.Open:
		return mailbox.OpenAccess()
	case c.Owner != nil:
		return mailbox.OwnersAccess(c.Owner)
	}
	return mailbox.SecretAccess(key.secret)
}

// listen starts the node, on the port of the last run wherever none is asked for.
func (s *Server) listen(n node.Config, key *key) (err error) {
	n.Port = int(key.port)
	listen := n.Listen
	n.Listen = nil
	for _, a := range listen {
		a, err := withPort(a, key.port)
		if err != nil {
			return err
		}
		n.Listen = append(n.Listen, a)
	}
	if s.node, err = node.New(n); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = ErrPort
		}
		return fmt.Errorf("%w: %w", ErrListen, err)
	}
	if n.Listen == nil && s.node.Port() != int(key.port) {
		return fmt.Errorf("%w: %d", ErrPort, key.port)
	}
	return nil
}

// freePort returns a port that is free for TCP and for UDP.
func freePort() (uint16, error) {
	for try := 0; ; try++ {
		l, err := net.Listen("tcp", ":0")
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrListen, err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		c, err := net.ListenPacket("udp", fmt.Sprintf(":%d", port))
		l.Close()
		if err == nil {
			c.Close()
			return uint16(port), nil
		}
		if try == 16 {
			return 0, fmt.Errorf("%w: %w", ErrListen, err)
		}
	}
}

// present works out what to tell the node's owner: the link and the addresses.
func (s *Server) present(c Config, key *key) error {
	addrs := c.Announce
	if len(addrs) == 0 {
		addrs = s.node.Addrs()
	}
	if len(addrs) == 0 {
		return fmt.Errorf("%w: there is no network", ErrListen)
	}
	for _, a := range addrs {
		// What a link cannot carry nobody could dial either.
		one := node.Route{Peer: s.node.ID(), Addrs: []string{a}}
		if back, err := node.DecodeRoute(one.Encode(1)); err != nil || len(back.Addrs) != 1 {
			return AddressError(a)
		}
		s.addrs = append(s.addrs, a+"/p2p/"+string(s.node.ID()))
	}
	if s.mailbox == nil {
		return nil
	}
	link := mailbox.Link{Route: node.Route{Peer: s.node.ID(), Addrs: addrs}}
	if !c.Open && c.Owner == nil {
		link.Secret = &key.secret
	}
	s.link = link.String()
	return nil
}

// Link returns the line by which a person adds the mailbox, "" without that
// role. It is a secret unless the node was started with Open or Owner.
func (s *Server) Link() string { return s.link }

// Addresses returns where the node can be reached, as multiaddrs with its peer
// id, the most useful first.
func (s *Server) Addresses() []string { return s.addrs }

// Close stops the node. What was stored is on disk before.
func (s *Server) Close() error {
	s.close.Do(func() {
		if s.node != nil {
			s.err = errors.Join(s.err, s.node.Close())
		}
		if s.mailbox != nil {
			s.err = errors.Join(s.err, s.mailbox.Close())
		}
		if s.lock != nil {
			s.err = errors.Join(s.err, s.lock.Close())
		}
	})
	return s.err
}

// route reads a multiaddr that ends in /p2p/ID.
func route(s string) (node.Route, error) {
	info, err := peer.AddrInfoFromString(s)
	if err != nil || len(info.Addrs) != 1 {
		return node.Route{}, AddressError(s)
	}
	return node.Route{Peer: node.ID(info.ID.String()), Addrs: []string{info.Addrs[0].String()}}, nil
}

// withPort puts a port in the place of port 0.
func withPort(addr string, port uint16) (string, error) {
	a, err := ma.NewMultiaddr(addr)
	if err != nil {
		return "", AddressError(addr)
	}
	parts := strings.Split(a.String(), "/")
	for i := 1; i < len(parts); i++ {
		if (parts[i-1] == "tcp" || parts[i-1] == "udp") && parts[i] == "0" {
			parts[i] = fmt.Sprint(port)
		}
	}
	return strings.Join(parts, "/"), nil
}

// nobody is the handler of a node without contacts or invitations.
type nobody struct{}

func (nobody) Admit(node.ID) bool                               { return false }
func (nobody) Cell(node.ID, []byte)                             {}
func (nobody) Connected(node.ID, node.Via, string)              {}
func (nobody) Disconnected(node.ID)                             {}
func (nobody) Bundle(node.Token) ([]byte, node.Status)          { return nil, node.Gone }
func (nobody) Request(node.Token, []byte) ([]byte, node.Status) { return nil, node.Gone }
func (nobody) AddressesChanged()                                {}
