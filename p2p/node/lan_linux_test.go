package node

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"sotto/p2p/p2ptest"
)

// The tests in this file run nodes on computers of their own: this test binary
// again, in a network namespace, steered by lines on standard input and
// telling what happens by lines on standard output.

const asNode = "SOTTO_TEST_NODE"

func TestMain(m *testing.M) {
	if os.Getenv(asNode) != "" {
		runNode()
		return
	}
	code := m.Run()
	if code == 0 && !benchmarking() {
		code = leaked()
	}
	os.Exit(code)
}

// lineHandler writes what it is told to standard output.
type lineHandler struct{}

func (lineHandler) Admit(ID) bool                          { return true }
func (lineHandler) Cell(p ID, cell []byte)                 { fmt.Println("cell", p, string(cell)) }
func (lineHandler) Connected(p ID, via Via, addr string)   { fmt.Println("up", p, via, addr) }
func (lineHandler) Disconnected(p ID)                      { fmt.Println("down", p) }
func (lineHandler) Bundle(Token) ([]byte, Status)          { return nil, Gone }
func (lineHandler) Request(Token, []byte) ([]byte, Status) { return nil, Gone }
func (lineHandler) AddressesChanged()                      { fmt.Println("changed") }

func runNode() {
	key, _ := hex.DecodeString(os.Getenv(asNode))
	times := quick()
	times.watch, times.dead = 100*time.Millisecond, time.Second
	n, err := newNode(Config{Key: key, LAN: os.Getenv("SOTTO_TEST_NO_LAN") == "", Handler: lineHandler{}}, times)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready", strings.Join(n.Addrs(), " "))
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		words := strings.Fields(in.Text())
		switch words[0] {
		case "keep":
			n.Keep(Route{Peer: ID(words[1]), Addrs: words[2:]})
		case "send":
			if err := n.Send(ID(words[1]), []byte(words[2])); err != nil {
				fmt.Println("error", err)
			}
		case "addrs":
			fmt.Println("addrs", strings.Join(n.Addrs(), " "))
		}
	}
	n.Close()
}

// A remote is a node on a computer of its own.
type remote struct {
	t     *testing.T
	id    ID
	addrs []string
	in    io.WriteCloser
	lines chan string
}

func startRemote(t *testing.T, h *p2ptest.Host, env ...string) *remote {
	t.Helper()
	key := seed()
	id, err := IDFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := h.Command(self)
	cmd.Env = append(append(os.Environ(), asNode+"="+hex.EncodeToString(key)), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &remote{t: t, id: id, in: in, lines: make(chan string, 1000)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(r.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			r.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		in.Close()
		<-read
		cmd.Wait()
		if stderr.Len() > 0 {
			t.Errorf("the node wrote to standard error: %s", &stderr)
		}
	})
	r.addrs = strings.Fields(r.wait("ready"))[1:]
	return r
}

// wait returns the next line that begins with the words.
func (r *remote) wait(words ...any) string {
	r.t.Helper()
	want := strings.TrimSuffix(fmt.Sprintln(words...), "\n")
	timeout := time.After(60 * time.Second)
	for {
		select {
		case line, ok := <-r.lines:
			if !ok {
				r.t.Fatalf("the node ended before %q", want)
			}
			if strings.HasPrefix(line, want) {
				return line
			}
		case <-timeout:
			r.t.Fatalf("waited a minute for %q", want)
		}
	}
}

func (r *remote) do(words ...any) {
	r.t.Helper()
	if _, err := fmt.Fprintln(r.in, words...); err != nil {
		r.t.Fatal(err)
	}
}

// talk sends a cell each way.
func talk(a, b *remote) {
	a.do("send", b.id, "hello")
	b.wait("cell", a.id, "hello")
	b.do("send", a.id, "goodbye")
	a.wait("cell", b.id, "goodbye")
}

// reach sends cells until one arrives.
func (r *remote) reach(other *remote) {
	r.t.Helper()
	for try := range 600 {
		r.do("send", other.id, fmt.Sprint("try", try))
		select {
		case line := <-other.lines:
			if strings.HasPrefix(line, "cell "+string(r.id)) {
				return
			}
		case <-time.After(100 * time.Millisecond):
		}
	}
	r.t.Fatal("no cell arrived for a minute")
}

// multicastDNS counts packets of multicast DNS.
func multicastDNS(c *p2ptest.Capture) int {
	n := 0
	for _, p := range c.Packets() {
		if p.UDP && p.To.Port() == mdnsPort {
			n++
		}
	}
	return n
}

func TestFindEachOtherOnLAN(t *testing.T) {
	for _, ipv6 := range []bool{true, false} {
		t.Run(fmt.Sprintf("IPv6=%v", ipv6), func(t *testing.T) {
			t.Parallel()
			net := p2ptest.NewNetwork(t, 2)
			if !ipv6 {
				net.Hosts[0].WithoutIPv6()
				net.Hosts[1].WithoutIPv6()
			}
			capture := net.Capture()
			alice, bob := startRemote(t, net.Hosts[0]), startRemote(t, net.Hosts[1])
			alice.do("keep", bob.id)
			bob.do("keep", alice.id)
			up := alice.wait("up", bob.id)
			bob.wait("up", alice.id)
			if !strings.Contains(up, " lan ") {
				t.Errorf("found on the local network, but %q", up)
			}
			talk(alice, bob)
			if multicastDNS(capture) == 0 {
				t.Error("the capture missed multicast DNS: it proves nothing")
			}
			if capture.Contains([]byte("hello")) || capture.Contains([]byte("goodbye")) {
				t.Error("a cell went over the network in clear")
			}
		})
	}
}

// Two nodes without LAN, of which one knows the other's address: nothing is
// multicast, nothing goes to anybody else, and no name is looked up.
func TestNothingElseIsSent(t *testing.T) {
	t.Parallel()
	net := p2ptest.NewNetwork(t, 3)
	capture := net.Capture()
	alice := startRemote(t, net.Hosts[0], "SOTTO_TEST_NO_LAN=1")
	bob := startRemote(t, net.Hosts[1], "SOTTO_TEST_NO_LAN=1")
	if len(bob.addrs) < 2 || strings.Contains(bob.addrs[0], "127.0.0.1") || !strings.HasPrefix(bob.addrs[0], "/ip4/10.11.0.2/udp/") {
		t.Fatalf("addresses: %q", bob.addrs)
	}
	alice.do("keep", bob.id, bob.addrs[0], bob.addrs[1], "/dns4/sotto.invalid/tcp/4001", "/ip4/10.11.0.3/tcp/0")
	alice.wait("up", bob.id)
	bob.wait("up", alice.id)
	talk(alice, bob)
	a, b := net.Hosts[0].Addr, net.Hosts[1].Addr
	seen := 0
	for _, p := range capture.Packets() {
		from, to := p.From.Addr().String(), p.To.Addr().String()
		if from == a && to == b || from == b && to == a {
			seen++
			continue
		}
		t.Errorf("a packet from %s to %s", p.From, p.To)
	}
	if seen == 0 {
		t.Error("the capture shows nothing: it proves nothing")
	}
}

// A computer gets another address, as when it moves to another network: the
// session comes back, found again on the local network.
func TestAddressChange(t *testing.T) {
	t.Parallel()
	net := p2ptest.NewNetwork(t, 2)
	alice, bob := startRemote(t, net.Hosts[0]), startRemote(t, net.Hosts[1])
	alice.do("keep", bob.id)
	bob.do("keep", alice.id)
	alice.wait("up", bob.id)
	bob.wait("up", alice.id)
	net.Hosts[1].Readdress("10.11.0.77")
	bob.wait("changed")
	bob.do("addrs")
	if line := bob.wait("addrs"); !strings.Contains(line, "10.11.0.77") || strings.Contains(line, "10.11.0.2/") {
		t.Errorf("after the change: %s", line)
	}
	// The session may end and come back, or QUIC may carry it over to the new
	// address; either way cells go both ways again.
	alice.reach(bob)
	bob.reach(alice)
}

// A switch fails without either computer seeing it, and comes back.
func TestUnplugged(t *testing.T) {
	t.Parallel()
	net := p2ptest.NewNetwork(t, 2)
	alice, bob := startRemote(t, net.Hosts[0]), startRemote(t, net.Hosts[1])
	alice.do("keep", bob.id)
	bob.do("keep", alice.id)
	alice.wait("up", bob.id)
	bob.wait("up", alice.id)
	net.Hosts[1].Unplug()
	alice.do("send", bob.id, "lost")
	alice.wait("down", bob.id)
	net.Hosts[1].Plug()
	alice.wait("up", bob.id)
	talk(alice, bob)
}
