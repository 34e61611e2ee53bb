package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// ErrNotLoopback is returned for an address that others than this computer
// could reach.
var ErrNotLoopback = errors.New("serve: not a loopback address")

// WriteMetrics writes counts for the node's owner, in Prometheus' text format
// (version 0.0.4). They say how much there is and never whose, from where, or
// what.
func (s *Server) WriteMetrics(w io.Writer) error {
	m := metrics{}
	m.put("sotto_node_info", "gauge", "The name that the owner gave it, and what it does.", `{name="`+labelValue.Replace(s.name)+`",roles="`+strings.Join(s.Roles(), ",")+`"}`, 1)
	m.gauge("sotto_node_uptime_seconds", "Since the start.", int64(time.Since(s.started).Seconds()))
	load := s.node.Load()
	m.gauge("sotto_node_connections", "Open connections with all peers.", int64(load.Connections))
	m.gauge("sotto_node_streams", "Open streams of all protocols.", int64(load.Streams))
	if n := resident(); n > 0 {
		m.gauge("sotto_node_resident_bytes", "Memory of the process that is not swapped out.", n)
	}
	if n, ok := diskFree(s.dir); ok {
		m.gauge("sotto_node_disk_free_bytes", "Left for the node on the disk of its directory.", n)
	}
	if s.mailbox != nil {
		t := s.mailbox.Stats()
		m.gauge("sotto_mailbox_owners", "Who own queues.", int64(t.Owners))
		m.gauge("sotto_mailbox_queues", "Queues of all owners.", int64(t.Queues))
		m.gauge("sotto_mailbox_cells", "Cells that wait to be fetched.", int64(t.Cells))
		m.gauge("sotto_mailbox_bytes", "Counted against quotas.", t.Bytes)
		m.gauge("sotto_mailbox_disk_bytes", "Size of the database.", t.FileBytes)
		m.gauge("sotto_mailbox_streams", "Open streams.", int64(t.Streams))
		m.gauge("sotto_mailbox_watches", "Streams that wait for mail.", int64(t.Watches))
		m.counter("sotto_mailbox_puts_total", "Cells taken in.", t.Stored)
		m.counter("sotto_mailbox_fetched_total", "Cells handed out.", t.Fetched)
		m.counter("sotto_mailbox_deleted_total", "Cells deleted by their owners.", t.Deleted)
		m.counter("sotto_mailbox_expired_total", "Cells kept as long as they are kept.", t.Expired)
		m.counter("sotto_mailbox_commits_total", "Transactions.", t.Commits)
		const refusals, help = "sotto_mailbox_refusals_total", "Not done, by why: no right to it, too much in too little time, no room for a cell."
		m.put(refusals, "counter", help, `{kind="refused"}`, t.Refused)
		m.put(refusals, "counter", help, `{kind="rate"}`, t.TooFast)
		m.put(refusals, "counter", help, `{kind="quota"}`, t.OverQuota)
	}
	if s.relay != nil {
		t := s.relay.Stats()
		m.gauge("sotto_relay_reservations", "Places taken.", t.Reservations)
		m.gauge("sotto_relay_circuits", "Open circuits.", t.Circuits)
		m.counter("sotto_relay_bytes_total", "Passed on, both ways.", t.Bytes)
		m.counter("sotto_relay_refusals_total", "Places and circuits not given.", t.Refused)
	}
	if s.dht != nil {
		m.gauge("sotto_dht_peers", "Other servers in the routing table.", int64(s.dht.Peers()))
	}
	_, err := io.WriteString(w, m.text.String())
	return err
}

// Roles names what the node does.
func (s *Server) Roles() (names []string) {
	if s.mailbox != nil {
		names = append(names, "mailbox")
	}
	if s.relay != nil {
		names = append(names, "relay")
	}
	if s.dht != nil {
		names = append(names, "dht")
	}
	return names
}

// metrics is the text. Samples of one name have to come one after the other.
type metrics struct {
	text strings.Builder
	last string
}

var labelValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (m *metrics) put(name, kind, help, labels string, value int64) {
	if name != m.last {
		fmt.Fprintf(&m.text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
		m.last = name
	}
	fmt.Fprintf(&m.text, "%s%s %d\n", name, labels, value)
}

func (m *metrics) gauge(name, help string, value int64)   { m.put(name, "gauge", help, "", value) }
func (m *metrics) counter(name, help string, value int64) { m.put(name, "counter", help, "", value) }

// ListenMetrics opens the socket for [Server.ServeMetrics]. The address is
// HOST:PORT; a host is given by its number. The error is ErrNotLoopback for one
// that others could reach.
func ListenMetrics(addr string) (net.Listener, error) {
	a, err := netip.ParseAddrPort(addr)
	if err != nil || !a.Addr().Unmap().IsLoopback() {
		return nil, ErrNotLoopback
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	return l, nil
}

// ServeMetrics answers GET /metrics on l until ctx ends; it closes l.
func (s *Server) ServeMetrics(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		// A page in a browser here that had its name resolved to this computer
		// would ask under that name.
		if host, err := netip.ParseAddrPort(r.Host); err != nil || !host.Addr().Unmap().IsLoopback() {
			http.Error(w, "ask by number", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.WriteMetrics(w)
	})
	server := &http.Server{
		Handler:        mux,
		ReadTimeout:    5 * time.Second,
		WriteTimeout:   10 * time.Second,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 4096,
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, 0), // it would name addresses
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
