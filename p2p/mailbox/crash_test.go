package mailbox

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"sotto/p2p/node"
)

// crashDir names the directory of the mailbox that the test program serves when
// it is run as a child.
const crashDir = "MAILBOX_CRASH_DIR"

// serveUntilKilled is the child: it says where it is and serves.
func serveUntilKilled(dir string) {
	s, err := Open(dir, roomy(), OpenAccess(), nil, time.Now)
	if err == nil {
		var n *node.Node
		n, err = node.New(node.Config{
			Key: []byte("a key that is the same each time"), Listen: loopback[:1], Handler: nobody{}, Services: []node.Service{s.Service()},
		})
		if err == nil {
			fmt.Println(Link{Route: node.Route{Peer: n.ID(), Addrs: n.Addrs()}})
			select {}
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// startChild runs a mailbox in a process of its own, and returns where it is.
func startChild(t *testing.T, dir string) (*exec.Cmd, node.Route) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), crashDir+"="+dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	ok(t, err)
	ok(t, c.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	ok(t, err)
	l, err := ParseLink(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the child says %q", line)
	}
	return c, l.Route
}

// TestKilled kills a mailbox in the midst of puts and deletes, again and again.
// Everything that was said to be stored is there, and nothing twice; everything
// that was said to be deleted is not.
func TestKilled(t *testing.T) {
	kills := 15
	if os.Getenv("MAILBOX_KILLS") != "" {
		fmt.Sscan(os.Getenv("MAILBOX_KILLS"), &kills)
	}
	dir := t.TempDir()
	var queues []Queue
	owner := Owner{Seed: NewSeed()}
	for range 3 {
		queues = append(queues, NewQueue())
	}
	var (
		mu      sync.Mutex
		stored  = map[Envelope]int{}  // and in which queue
		deleted = map[Envelope]bool{} // asked to be; true if that was answered
		serial  uint64
		partial int
	)
	newCell := func(size int) []byte {
		mu.Lock()
		defer mu.Unlock()
		serial++
		return binary.BigEndian.AppendUint64(randomCell(size), serial)
	}
	put := func(ctx context.Context, c *Conn, i int) {
		for ctx.Err() == nil {
			var cells [][]byte
			for range 1 + rand.IntN(8) {
				cells = append(cells, newCell(1+rand.IntN(6000)))
			}
			outcomes, err := c.Put(ctx, queues[i].Deposit, cells)
			mu.Lock()
			for j, o := range outcomes {
				if o == Stored {
					stored[EnvelopeOf(cells[j])] = i
				}
			}
			if err != nil {
				partial++
			}
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}
	remove := func(ctx context.Context, c *Conn, i int) {
		for ctx.Err() == nil {
			cells, _, err := c.Fetch(ctx, queues[i].Withdrawal, 0)
			if err != nil {
				return
			}
			var names []Envelope
			mu.Lock()
			for _, cell := range cells[:len(cells)/4] {
				names = append(names, EnvelopeOf(cell.Data))
				deleted[EnvelopeOf(cell.Data)] = false
			}
			mu.Unlock()
			if c.Delete(ctx, queues[i].Withdrawal, names) != nil {
				return
			}
			mu.Lock()
			for _, n := range names {
				deleted[n] = true
			}
			mu.Unlock()
		}
	}
	check := func(c *Conn) {
		t.Helper()
		there := map[Envelope]int{}
		for i, q := range queues {
			for _, cell := range drain(t, c, q.Withdrawal) {
				name := EnvelopeOf(cell.Data)
				if _, twice := there[name]; twice {
					t.Fatal("a cell is there twice")
				}
				there[name] = i
			}
		}
		for name, i := range stored {
			at, is := there[name]
			if done, asked := deleted[name]; !asked && (!is || at != i) {
				t.Fatalf("a cell that was stored in queue %d is not there", i)
			} else if done && is {
				t.Fatal("a cell that was deleted is there")
			}
		}
	}
	for round := range kills {
		child, route := startChild(t, dir)
		c, err := Dial(t.Context(), route)
		ok(t, err)
		for _, q := range queues {
			ok(t, c.Create(t.Context(), owner, q))
		}
		check(c)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		before := len(stored)
		for i := range queues {
			wg.Go(func() { put(ctx, c, i) })
		}
		wg.Go(func() { remove(ctx, c, 0) })
		// Killed at any moment, but not before it has done something.
		until(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(stored) > before+rand.IntN(60) })
		ok(t, child.Process.Kill())
		child.Wait()
		wg.Wait()
		cancel()
		c.Close()
		if testing.Verbose() && round%10 == 0 {
			t.Logf("after %d kills: %d cells stored", round+1, len(stored))
		}
	}
	child, route := startChild(t, dir)
	defer func() { child.Process.Kill(); child.Wait() }()
	c, err := Dial(t.Context(), route)
	ok(t, err)
	defer c.Close()
	check(c)
	t.Logf("%d kills: %d cells stored, %d deleted, %d puts cut off; none lost, none twice", kills, len(stored), len(deleted), partial)
	if partial == 0 {
		t.Error("no put was cut off")
	}
}
