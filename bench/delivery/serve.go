package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sotto/app/model"
	"sotto/p2p/mailbox"
)

// box is an always-on node in a process of its own: sotto-cli serve.
type box struct {
	command *exec.Cmd
	link    string
}

func startBox(cli, dir string) (*box, error) {
	b := &box{command: exec.Command(cli, "--json", "--data", dir, "serve", "--mailbox", "--relay", "--dht",
		"--listen", "/ip4/127.0.0.1/tcp/0", "--listen", "/ip4/127.0.0.1/udp/0/quic-v1")}
	out, err := b.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		b.stop()
		return nil, fmt.Errorf("sotto-cli serve says nothing: %w", err)
	}
	var said struct{ Link string }
	if err := json.Unmarshal(line, &said); err != nil {
		b.stop()
		return nil, err
	}
	b.link = said.Link
	return b, nil
}

func (b *box) stop() {
	b.command.Process.Signal(syscall.SIGTERM)
	b.command.Wait()
}

// resident returns the resident memory in bytes, and the processor time used.
func (b *box) resident() (int64, time.Duration, error) {
	proc := filepath.Join("/proc", strconv.Itoa(b.command.Process.Pid))
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return 0, 0, err
	}
	var kib int64
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(v, &kib)
		}
	}
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return kib << 10, time.Duration(user+system) * 10 * time.Millisecond, nil
}

const (
	boxQueues = 1000
	boxIdle   = 20 * time.Second
)

// serve measures an always-on node with all roles and many queues.
func serve(ctx context.Context, dir, cli string) error {
	b, err := startBox(cli, filepath.Join(dir, "box"))
	if err != nil {
		return err
	}
	defer b.stop()
	before, _, err := b.resident()
	if err != nil {
		return err
	}
	link, err := mailbox.ParseLink(b.link)
	if err != nil {
		return err
	}
	conn, err := mailbox.Dial(ctx, link.Route)
	if err != nil {
		return err
	}
	defer conn.Close()
	owner := mailbox.Owner{Seed: mailbox.NewSeed(), Secret: *link.Secret}
	cell := make([]byte, 4096)
	for i := range boxQueues {
		q := mailbox.NewQueue()
		if err := conn.Create(ctx, owner, q); err != nil {
			return err
		}
		cell[0], cell[1] = byte(i), byte(i>>8)
		if _, err := conn.Put(ctx, q.Deposit, [][]byte{cell}); err != nil {
			return err
		}
	}
	conn.Close()
	_, busy, err := b.resident()
	if err != nil {
		return err
	}
	time.Sleep(boxIdle)
	after, idle, err := b.resident()
	if err != nil {
		return err
	}
	fmt.Printf("## `sotto-cli serve --mailbox --relay --dht`\n\n| | |\n| --- | ---: |\n| resident at the start | %.1f MB |\n| resident with %d queues and mail in each | %.1f MB |\n| idle | %.2f %% of a core |\n\n",
		float64(before)/1e6, boxQueues, float64(after)/1e6, 100*(idle-busy).Seconds()/boxIdle.Seconds())
	return nil
}

// mail measures how long it takes to collect what waits at a mailbox while the
// sender is not there.
func mail(ctx context.Context, dir, cli string, n int) error {
	b, err := startBox(cli, filepath.Join(dir, "mailbox"))
	if err != nil {
		return err
	}
	defer b.stop()
	p, err := newPair(ctx, dir, "mail")
	if err != nil {
		return err
	}
	defer p.close()
	if _, err := p.bob.do("mailbox " + b.link); err != nil {
		return err
	}
	if err := p.waitForMailbox(ctx); err != nil {
		return err
	}
	if _, err := p.bob.do("restart"); err != nil {
		return err
	}
	start := time.Now()
	if err := write(ctx, p.Messenger, p.to, n); err != nil {
		return err
	}
	if err := p.waitStored(ctx, n); err != nil {
		return err
	}
	stored := time.Since(start)
	if err := p.Messenger.Close(); err != nil {
		return err
	}
	start = time.Now()
	if _, err := p.bob.do("online"); err != nil {
		return err
	}
	if _, err := p.bob.do(fmt.Sprintf("until %d", n)); err != nil {
		return err
	}
	fmt.Printf("## %d messages of 1,000 bytes by way of a mailbox\n\nWritten and stored at the mailbox in %v. Collected and opened, the sender being gone, %v after coming online, connecting included.\n\n",
		n, stored.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
	return nil
}

// waitForMailbox waits until a message to the other side can be stored, which
// shows that we were told of its mailbox.
func (p *pair) waitForMailbox(ctx context.Context) error {
	if err := p.settle(ctx); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // making the queue, and telling us
	return p.settle(ctx)
}

// waitStored waits until the newest n messages are at the mailbox.
func (p *pair) waitStored(ctx context.Context, n int) error {
	for {
		waiting := 0
		for before := int64(0); n > waiting; {
			page, err := p.Messages(ctx, p.to, model.Page{Before: before, Limit: 500})
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				if m.Direction == model.Outgoing && m.State == model.Waiting {
					waiting++
				}
			}
			before = page[0].Row
		}
		if waiting == 0 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
}
