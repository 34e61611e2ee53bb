package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"sotto/app"
)

// rate is how many messages a second Bob writes.
const rate = 200

// beBob opens Bob's profile and, from the line "write" on its standard input
// until it ends, writes to Alice. It says "online" once she is connected, and at the end how many
// messages it wrote and that all have been delivered.
func beBob(ctx context.Context, dir string) error {
	m, err := app.Open(ctx, dir, passphrase)
	if err != nil {
		return err
	}
	defer m.Close()
	o := loopback
	o.Listen = []string{bobListens}
	if err := m.GoOnline(ctx, o); err != nil {
		return err
	}
	contacts, err := m.Contacts(ctx)
	if err != nil {
		return err
	}
	alice := contacts[0].ID
	for !contacts[0].Online() {
		time.Sleep(20 * time.Millisecond)
		if contacts, err = m.Contacts(ctx); err != nil {
			return err
		}
	}
	fmt.Println("online")
	in := bufio.NewScanner(os.Stdin)
	in.Scan()
	stop := make(chan struct{})
	go func() {
		in.Scan()
		close(stop)
	}()
	w := newWriter()
	var under sync.WaitGroup
	n := 0
	began := time.Now()
	for tick := time.NewTicker(time.Second / rate); ; {
		select {
		case <-tick.C:
		case <-stop:
			took := time.Since(began)
			under.Wait()
			if err := settle(ctx, m); err != nil {
				return err
			}
			fmt.Printf("%.0f a second, delivered %v after the last\n", float64(n)/took.Seconds(), (time.Since(began) - took).Round(time.Millisecond))
			return nil
		}
		for ; float64(n) < time.Since(began).Seconds()*rate; n++ { // a tick may have been missed
			text := w.message(time.Now()).Text
			under.Go(func() {
				if _, err := m.Send(ctx, alice, text); err != nil {
					fmt.Fprintln(os.Stderr, "Bob could not write:", err)
				}
			})
		}
	}
}

// bob is that process seen from here.
type bob struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func startBob(dir string) (*bob, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bob{command: exec.Command(self, "-bob", filepath.Join(dir, "bob"))}
	b.command.Stderr = os.Stderr
	if b.in, err = b.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b.out = bufio.NewScanner(out)
	return b, b.command.Start()
}

// says returns the next line that Bob says.
func (b *bob) says() (string, error) {
	if !b.out.Scan() {
		return "", fmt.Errorf("the second process has ended: %w", cmp.Or(b.out.Err(), io.EOF))
	}
	return b.out.Text(), nil
}

// write has Bob begin to write.
func (b *bob) write() error {
	_, err := fmt.Fprintln(b.in, "write")
	return err
}

// stop has Bob end, and returns what he says of his messages.
func (b *bob) stop() (string, error) {
	b.in.Close()
	said, err := b.says()
	b.command.Wait()
	return said, err
}
