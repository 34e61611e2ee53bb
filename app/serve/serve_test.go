package serve

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"sotto/p2p/mailbox"
)

func start(t *testing.T, c Config) *Server {
	t.Helper()
	if c.Listen == nil {
		c.Listen = []string{"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"}
	}
	s, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	if k, err := readKey(dir); k != nil || err != nil {
		t.Fatalf("nothing there: %v, %v", k, err)
	}
	k := newKey()
	k.port = 0xabcd
	if err := k.write(dir); err != nil {
		t.Fatal(err)
	}
	if back, err := readKey(dir); err != nil || *back != *k {
		t.Fatalf("read %v, %v", back, err)
	}
	path := filepath.Join(dir, keyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(b []byte, want error) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if k, err := readKey(dir); !errors.Is(err, want) || k != nil {
			t.Errorf("%d bytes: %v, %v, want %v", len(b), k, err, want)
		}
	}
	for bit := range 8 * len(good) {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		want := ErrDamaged
		if bad[7] > keyVersion {
			want = ErrNewer
		}
		try(bad, want)
	}
	for n := range good {
		try(good[:n], ErrDamaged)
	}
	try(append(bytes.Clone(good), 0), ErrDamaged)
	try(append([]byte("sotto-n\x02"), make([]byte, 500)...), ErrNewer)
}

// FuzzKey: whatever lies there is a key, or refused.
func FuzzKey(f *testing.F) {
	dir := f.TempDir()
	if err := newKey().write(dir); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("sotto-n\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, keyFile), b, 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := readKey(dir)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		if err := k.write(dir); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(filepath.Join(dir, keyFile)); err != nil || !bytes.Equal(again, b) {
			t.Error("a key that was read is written otherwise")
		}
	})
}

func TestWithPort(t *testing.T) {
	for in, want := range map[string]string{
		"/ip4/127.0.0.1/tcp/0":            "/ip4/127.0.0.1/tcp/4001",
		"/ip4/0.0.0.0/udp/0/quic-v1":      "/ip4/0.0.0.0/udp/4001/quic-v1",
		"/ip6/::/tcp/0":                   "/ip6/::/tcp/4001",
		"/ip4/127.0.0.1/tcp/5":            "/ip4/127.0.0.1/tcp/5",
		"/ip4/127.0.0.1/udp/5/quic-v1":    "/ip4/127.0.0.1/udp/5/quic-v1",
		"/ip6/fe80::1/udp/0/quic-v1":      "/ip6/fe80::1/udp/4001/quic-v1",
		"/ip4/127.0.0.1/tcp/0/ws":         "/ip4/127.0.0.1/tcp/4001/ws",
		"/ip4/127.0.0.1/udp/4010/quic-v1": "/ip4/127.0.0.1/udp/4010/quic-v1",
	} {
		if got, err := withPort(in, 4001); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	var bad AddressError
	if _, err := withPort("nowhere", 1); !errors.As(err, &bad) || string(bad) != "nowhere" {
		t.Errorf("%v", err)
	}
}

// Who may own queues, and how much.
func TestAccess(t *testing.T) {
	named := mailbox.NewSeed()
	for name, c := range map[string]struct {
		config       Config
		secret       bool // in the link
		named, other bool // served
	}{
		"whoever has the link": {Config{}, true, true, true},
		"anybody":              {Config{Open: true}, false, true, true},
		"one":                  {Config{Owner: named.Public()}, false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.config.Dir, c.config.Mailbox, c.config.Quota = t.TempDir(), true, 3<<20
			s := start(t, c.config)
			l, err := mailbox.ParseLink(s.Link())
			if err != nil || (l.Secret != nil) != c.secret {
				t.Fatalf("link %+v, %v", l, err)
			}
			conn, err := mailbox.Dial(t.Context(), l.Route)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			ask := func(seed mailbox.Seed, secret *mailbox.Seed) bool {
				o := mailbox.Owner{Seed: seed}
				if secret != nil {
					o.Secret = *secret
				}
				state, err := conn.State(t.Context(), o)
				if err == nil && state.Quota != 3<<20 {
					t.Errorf("quota %d", state.Quota)
				}
				if err != nil && !errors.Is(err, mailbox.ErrRefused) {
					t.Error(err)
				}
				return err == nil
			}
			if got := ask(named, l.Secret); got != c.named {
				t.Errorf("the one: %v", got)
			}
			if got := ask(mailbox.NewSeed(), l.Secret); got != c.other {
				t.Errorf("another: %v", got)
			}
			if c.secret && ask(mailbox.NewSeed(), nil) {
				t.Error("somebody without the link's secret is served")
			}
		})
	}
}

// families reads what Prometheus would.
func families(t *testing.T, text string) map[string]float64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	values := make(map[string]float64)
	for name, f := range all {
		for _, m := range f.Metric {
			key := name
			for _, l := range m.Label {
				key += "," + l.GetValue()
			}
			values[key] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

// TestMetrics has a node do things and reads that it has.
func TestMetrics(t *testing.T) {
	s := start(t, Config{Dir: t.TempDir(), Mailbox: true, Relay: true, DHT: true, Name: "a \"b\"\\\nc", Quota: 1 << 20})
	text := func() string {
		var b bytes.Buffer
		if err := s.WriteMetrics(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before := families(t, text())
	if _, ok := before["sotto_node_info,a \"b\"\\\nc,mailbox,relay,dht"]; !ok {
		t.Errorf("no name in %v", before)
	}
	l, err := mailbox.ParseLink(s.Link())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := mailbox.Dial(t.Context(), l.Route)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	o, q := mailbox.Owner{Seed: mailbox.NewSeed(), Secret: *l.Secret}, mailbox.NewQueue()
	if err := conn.Create(t.Context(), o, q); err != nil {
		t.Fatal(err)
	}
	cell := make([]byte, 1000)
	rand.Read(cell)
	large := func(n int) [][]byte {
		var cells [][]byte
		for i := range n {
			cells = append(cells, binary.BigEndian.AppendUint32(make([]byte, 60_000), uint32(i)))
		}
		return cells
	}
	if _, err := conn.Put(t.Context(), q.Deposit, [][]byte{cell}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Put(t.Context(), q.Deposit, large(20)); !errors.Is(err, mailbox.ErrQuota) {
		t.Fatalf("beyond the quota: %v", err)
	}
	if _, err := conn.Put(t.Context(), mailbox.NewQueue().Deposit, [][]byte{cell}); !errors.Is(err, mailbox.ErrRefused) {
		t.Fatalf("a queue that is not there: %v", err)
	}
	after := families(t, text())
	for name, want := range map[string]float64{
		"sotto_mailbox_owners": 1, "sotto_mailbox_queues": 1, "sotto_mailbox_streams": 1,
		"sotto_mailbox_refusals_total,refused": 1,
		"sotto_relay_reservations":             0, "sotto_dht_peers": 0,
	} {
		if got, ok := after[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"sotto_mailbox_puts_total", "sotto_mailbox_cells", "sotto_mailbox_bytes", "sotto_mailbox_disk_bytes", "sotto_mailbox_refusals_total,quota", "sotto_node_streams", "sotto_node_connections", "sotto_node_resident_bytes", "sotto_node_disk_free_bytes"} {
		if after[name] <= 0 {
			t.Errorf("%s is %v", name, after[name])
		}
	}
	for _, secret := range []string{s.Link(), "12D3Koo", "127.0.0.1", "/ip4/"} {
		if strings.Contains(text(), secret) {
			t.Errorf("%s is told", secret)
		}
	}
	if n := before["sotto_mailbox_puts_total"]; n != 0 {
		t.Errorf("%v puts before the first", n)
	}
}

// The counts are for whoever sits at this computer.
func TestMetricsStayHere(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:80", "localhost:0", "127.0.0.1", "[::ffff:192.0.2.1]:0", ""} {
		if l, err := ListenMetrics(addr); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%q: %v", addr, err)
			l.Close()
		}
	}
	l, err := ListenMetrics("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Config{Dir: t.TempDir(), DHT: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.ServeMetrics(ctx, l) }()
	get := func(method, host, path string) int {
		t.Helper()
		r, err := http.NewRequest(method, "http://"+l.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	here := l.Addr().String()
	for _, c := range []struct {
		method, host, path string
		want               int
	}{
		{"GET", here, "/metrics", 200},
		{"GET", "rebound.example.org", "/metrics", 403},
		{"GET", "rebound.example.org:80", "/metrics", 403},
		{"GET", here, "/", 404},
		{"GET", here, "/debug/pprof/", 404},
		{"POST", here, "/metrics", 405},
	} {
		if got := get(c.method, c.host, c.path); got != c.want {
			t.Errorf("%s %s%s: %d, want %d", c.method, c.host, c.path, got, c.want)
		}
	}
	if _, err := ListenMetrics(here); !errors.Is(err, ErrListen) {
		t.Errorf("twice: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c, err := net.DialTimeout("tcp", here, time.Second); err == nil {
		c.Close()
		t.Error("it still answers")
	}
}

// What a node leaves behind is for its owner alone.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "node")
	s := start(t, Config{Dir: dir, Mailbox: true, Relay: true, DHT: true})
	link := s.Link()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if again := start(t, Config{Dir: dir, Mailbox: true}).Link(); again != link {
		t.Errorf("another link: %s, before %s", again, link)
	}
	for _, c := range []Config{{Dir: dir, Mailbox: true}, {Dir: dir, DHT: true}} {
		if _, err := Start(c); !errors.Is(err, ErrInUse) {
			t.Errorf("twice: %v", err)
		}
	}
}
