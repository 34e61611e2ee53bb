package e2e

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sotto/p2p/mailbox"
)

// box is an always-on node: sotto-cli serve as a process of its own.
type box struct {
	t    testing.TB
	dir  string
	args []string
	run  *exec.Cmd
	Link string
	said *bytes.Buffer // on standard error, to be read when it has ended
}

func newBox(t testing.TB, args ...string) *box {
	b := &box{t: t, dir: filepath.Join(t.TempDir(), "node"), args: args}
	t.Cleanup(func() { b.end(syscall.SIGKILL) })
	return b
}

// start starts the node and reads its first line.
func (b *box) start() {
	b.t.Helper()
	cmd := exec.Command(cli(b.t), append([]string{"--data", b.dir, "--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0"}, b.args...)...)
	b.said = new(bytes.Buffer)
	cmd.Stderr = b.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.run = cmd
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		cmd.Wait()
		b.t.Fatalf("%v: %s", err, b.said)
	}
	if err := json.Unmarshal(line, b); err != nil {
		b.t.Fatalf("%v: %s", err, line)
	}
}

// end returns how the node ended.
func (b *box) end(sig syscall.Signal) error {
	if b.run == nil {
		return nil
	}
	b.run.Process.Signal(sig)
	err := b.run.Wait()
	b.run = nil
	return err
}

// resident is the node's VmRSS in bytes.
func (b *box) resident() int64 {
	b.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.run.Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	kilobytes := regexp.MustCompile(`VmRSS:\s+([0-9]+) kB`).FindSubmatch(status)
	n, err := strconv.ParseInt(string(kilobytes[1]), 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	return n << 10
}

// TestStatic: the headless program runs where there is nothing else.
func TestStatic(t *testing.T) {
	f, err := elf.Open(cli(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a %v", p.Type)
		}
	}
	if libs, err := f.ImportedLibraries(); len(libs) > 0 {
		t.Errorf("it needs %q (%v)", libs, err)
	}
}

// What a node with all roles may take, and what it is given to hold.
const (
	mostResident  = 64 << 20
	manyQueues    = 1000
	cellsPerQueue = 8
)

// TestServeIsSmall fills a node with queues and mail and looks at its memory.
// It is ended and started again: key, link and mail are those from before.
func TestServeIsSmall(t *testing.T) {
	b := newBox(t, "--mailbox", "--relay", "--dht", "--metrics", "127.0.0.1:0")
	b.start()
	idle := b.resident()
	link, queues := b.Link, fill(t, b.Link)
	full := b.resident()
	t.Logf("resident: %.1f MiB idle, %.1f MiB with %d queues of %d cells", mib(idle), mib(full), manyQueues, cellsPerQueue)
	if full > mostResident {
		t.Errorf("%.1f MiB", mib(full))
	}
	if err := b.end(syscall.SIGTERM); err != nil {
		t.Fatalf("after SIGTERM: %v: %s", err, b.said)
	}
	if said := b.said.String(); strings.Contains(said, "12D3Koo") || strings.Contains(said, "/ip4/") {
		t.Errorf("it names peers or addresses: %s", said)
	}

	b.start()
	if b.Link != link {
		t.Error("the link is another one")
	}
	fetchAll(t, b.Link, queues)
	again := b.resident()
	t.Logf("resident: %.1f MiB after a new start and fetching", mib(again))
	if again > mostResident {
		t.Errorf("%.1f MiB after a new start", mib(again))
	}
	if err := b.end(syscall.SIGINT); err != nil {
		t.Errorf("after SIGINT: %v: %s", err, b.said)
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// fill makes the queues and puts cells into all of them.
func fill(t *testing.T, link string) []mailbox.Queue {
	l, err := mailbox.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	queues := make([]mailbox.Queue, manyQueues)
	eachTenth(t, l, func(ctx context.Context, c *mailbox.Conn, from, to int) error {
		o := mailbox.Owner{Seed: mailbox.NewSeed(), Secret: *l.Secret}
		for i := from; i < to; i++ {
			queues[i] = mailbox.NewQueue()
			if err := c.Create(ctx, o, queues[i]); err != nil {
				return err
			}
			cells := make([][]byte, cellsPerQueue)
			for j := range cells {
				cells[j] = cell(i, j)
			}
			if _, err := c.Put(ctx, queues[i].Deposit, cells); err != nil {
				return err
			}
		}
		return nil
	})
	return queues
}

// cell is a cell of 4 KiB that is like no other.
func cell(queue, n int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%8d", queue*cellsPerQueue+n), 512)
}

// fetchAll looks that everything is there.
func fetchAll(t *testing.T, link string, queues []mailbox.Queue) {
	l, err := mailbox.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	eachTenth(t, l, func(ctx context.Context, c *mailbox.Conn, from, to int) error {
		for i := from; i < to; i++ {
			cells, more, err := c.Fetch(ctx, queues[i].Withdrawal, 0)
			if err != nil {
				return err
			}
			if len(cells) != cellsPerQueue || more {
				return fmt.Errorf("queue %d has %d cells", i, len(cells))
			}
			for j, got := range cells {
				if !bytes.Equal(got.Data, cell(i, j)) {
					return fmt.Errorf("queue %d, cell %d is another one", i, j)
				}
			}
		}
		return nil
	})
}

// eachTenth runs f ten times at once, each for a tenth of the queues and on a
// connection of its own.
func eachTenth(t *testing.T, l mailbox.Link, f func(ctx context.Context, c *mailbox.Conn, from, to int) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const parts = 10
	errs := make(chan error, parts)
	var conns sync.WaitGroup
	for k := range parts {
		conns.Go(func() {
			c, err := mailbox.Dial(ctx, l.Route)
			if err != nil {
				errs <- err
				return
			}
			defer c.Close()
			errs <- f(ctx, c, k*manyQueues/parts, (k+1)*manyQueues/parts)
		})
	}
	conns.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeForOne: a node with --for serves that person and nobody else, though
// everybody may know its link.
func TestServeForOne(t *testing.T) {
	alice := newComputer(t, "Alice", nil)
	alice.do(nil, "init", "--name", "Alice")
	var line, again struct{ Owner string }
	alice.do(&line, "mailboxes", "owner")
	alice.do(&again, "mailboxes", "owner")
	if line != again {
		t.Error("the line changes")
	}
	b := newBox(t, "--mailbox", "--for", line.Owner)
	b.start()
	bob := newComputer(t, "Bob", nil)
	bob.do(nil, "init", "--name", "Bob")
	bob.do(nil, "mailboxes", "owner")
	if err := bob.try(nil, "mailboxes", "add", b.Link); err == nil || !strings.Contains(err.Error(), "does not serve you") {
		t.Errorf("Bob: %v", err)
	}
	alice.do(nil, "mailboxes", "add", b.Link, "--name", "Box")
	var boxes []struct{ Name, Health string }
	alice.do(&boxes, "mailboxes")
	if len(boxes) != 1 || boxes[0].Name != "Box" || boxes[0].Health != "ok" {
		t.Errorf("Alice has %+v", boxes)
	}
}

// TestNeverOnlineTogether: two people whose computers are never on at the same
// time write to each other through a node, which is started anew in between.
func TestNeverOnlineTogether(t *testing.T) {
	alice := newComputer(t, "Alice", nil, "--no-lan", "--listen", "/ip4/127.0.0.1/tcp/0")
	bob := newComputer(t, "Bob", nil, "--no-lan", "--listen", "/ip4/127.0.0.1/tcp/0")
	b := newBox(t, "--mailbox")
	b.start()
	for _, c := range []*computer{alice, bob} {
		c.do(nil, "init", "--name", c.name)
		c.do(nil, "mailboxes", "add", b.Link, "--name", "Box")
		c.start()
	}
	introduce(t, alice, bob)
	// Each has heard of the other's mailbox when a message is acknowledged that
	// was written after that.
	for _, c := range []*computer{alice, bob} {
		c.do(nil, "send", other(c), "hello", "--wait", "delivered", "--timeout", "1m")
	}
	bob.stop()
	alice.do(nil, "send", "Bob", "first", "--wait", "stored", "--timeout", "1m")
	alice.stop()
	if err := b.end(syscall.SIGTERM); err != nil {
		t.Fatalf("the node: %v: %s", err, b.said)
	}

	b.start()
	bob.start()
	waitFor(t, "Alice's message at Bob's", func() bool { return strings.HasSuffix(strings.Join(bob.texts("Alice"), "|"), "in: first") })
	if way := bob.way("Alice", "first"); !slices.Equal(way, []string{"fetched", "opened"}) {
		t.Errorf("at Bob's, Alice's message was %q", way)
	}
	bob.do(nil, "send", "Alice", "second", "--wait", "stored", "--timeout", "1m")
	// The end of it is known when Alice has acknowledged, by the mailbox too.
	bob.stop()
	b.end(syscall.SIGKILL)

	b.start()
	alice.start()
	waitFor(t, "Bob's message at Alice's", func() bool { return strings.HasSuffix(strings.Join(alice.texts("Bob"), "|"), "in: second") })
	waitFor(t, "the tick at Alice's", func() bool {
		var ms []message
		alice.do(&ms, "messages", "Bob", "--limit", "2")
		return ms[0].Text == "first" && ms[0].State == "delivered"
	})
	way := slices.DeleteFunc(alice.way("Bob", "first"), func(kind string) bool {
		return kind == "tried" || kind == "handed-over" // which depend on the moment when Bob left
	})
	if !slices.Equal(slices.Compact(way), []string{"written", "sealed", "held", "delivered"}) {
		t.Errorf("at Alice's, her message was %q", way)
	}
}

// way is what happened to a message, of which there is one with that text.
func (c *computer) way(contact, text string) (kinds []string) {
	c.t.Helper()
	var ms []message
	c.do(&ms, "messages", contact)
	for _, m := range ms {
		if m.Text != text {
			continue
		}
		var details struct{ Steps []struct{ Kind string } }
		c.do(&details, "details", m.ID[:16])
		for _, s := range details.Steps {
			kinds = append(kinds, s.Kind)
		}
	}
	return kinds
}

func other(c *computer) string {
	if c.name == "Alice" {
		return "Bob"
	}
	return "Alice"
}
