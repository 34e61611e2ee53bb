// Package e2e tests the built programs as people use them: as processes, over
// real networks and in real windows.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const passphrase = "a-passphrase-to-look-for"

// programs is the directory that the programs are built into.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "sotto-e2e-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(programs)
	os.Exit(code)
}

// built returns what builds a program the first time that it is called, and returns
// its path.
func built(name string, env []string, args ...string) func(testing.TB) string {
	build := sync.OnceValues(func() (string, error) {
		path := filepath.Join(programs, name)
		cmd := exec.Command("go", append([]string{"build", "-o", path}, args...)...)
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building %s: %w: %s", name, err, out)
		}
		return path, nil
	})
	return func(t testing.TB) string {
		t.Helper()
		path, err := build()
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// cli is the headless program, built without cgo.
var cli = built("sotto-cli", []string{"CGO_ENABLED=0"}, "sotto/cmd/sotto-cli")

// computer runs the headless program for one profile, on this computer or on
// one of a test's network.
type computer struct {
	t    testing.TB
	name string
	dir  string
	exec func(name string, args ...string) *exec.Cmd
	run  *exec.Cmd // the running holder
	args []string  // of run
	asks bool      // only who holds the profile is asked: no passphrase is given
}

func newComputer(t testing.TB, name string, command func(string, ...string) *exec.Cmd, runArgs ...string) *computer {
	if command == nil {
		command = exec.Command
	}
	c := &computer{t: t, name: name, dir: filepath.Join(t.TempDir(), "profile"), exec: command, args: runArgs}
	t.Cleanup(func() { c.kill() })
	return c
}

func (c *computer) command(args ...string) *exec.Cmd {
	cmd := c.exec(cli(c.t), append([]string{"--data", c.dir, "--json"}, args...)...)
	if c.asks {
		cmd.Env = append(os.Environ(), "SOTTO_PASSPHRASE=")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // there is no terminal to ask for one either
		return cmd
	}
	cmd.Env = append(os.Environ(), "SOTTO_PASSPHRASE="+passphrase)
	return cmd
}

// do runs a command and parses the JSON that it prints into out, if that is not
// nil.
func (c *computer) do(out any, args ...string) {
	c.t.Helper()
	if err := c.try(out, args...); err != nil {
		c.t.Fatalf("%s: sotto-cli %s: %v", c.name, strings.Join(args, " "), err)
	}
}

func (c *computer) try(out any, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := c.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, stderr.Bytes())
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(stdout.Bytes(), out)
}

// start keeps the profile online and waits until it is.
func (c *computer) start() {
	c.t.Helper()
	ready, stderr, err := c.begin()
	if err != nil {
		c.t.Fatal(err)
	}
	select {
	case ok := <-ready:
		if !ok {
			c.run.Wait()
			c.run = nil
			c.t.Fatalf("%s: run ended: %s", c.name, stderr.Bytes())
		}
	case <-time.After(time.Minute):
		c.t.Fatalf("%s: run did not get ready", c.name)
	}
}

// begin starts what keeps the profile online. The channel gets a value when it
// is ready, and is closed when it ends; then what it wrote to stderr is whole
// once it was waited for.
func (c *computer) begin() (ready <-chan bool, stderr *bytes.Buffer, err error) {
	cmd := c.command(append([]string{"run"}, c.args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // ip netns exec and what it runs
	stderr = new(bytes.Buffer)
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	c.run = cmd
	is := make(chan bool, 1)
	go func() {
		defer close(is)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if strings.Contains(lines.Text(), `"event":"ready"`) {
				is <- true
			}
		}
	}()
	return is, stderr, nil
}

// kill ends the holder as a power cut would.
func (c *computer) kill() { c.end(syscall.SIGKILL) }

// stop asks the holder to end and waits for it.
func (c *computer) stop() { c.end(syscall.SIGTERM) }

func (c *computer) end(sig syscall.Signal) {
	if c.run == nil {
		return
	}
	syscall.Kill(-c.run.Process.Pid, sig)
	c.run.Wait()
	c.run = nil
}

type message struct {
	ID, Direction, State, Text string
	Edited                     bool
	Quote                      *struct{ ID, Text string }
	Reactions                  []struct{ Emoji string }
}

// has reports whether an emoji was put on a message.
func (m message) has(emoji string) bool {
	for _, r := range m.Reactions {
		if r.Emoji == emoji {
			return true
		}
	}
	return false
}

func (c *computer) texts(contact string) []string {
	c.t.Helper()
	var ms []message
	c.do(&ms, "messages", contact, "--limit", "5000")
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.Direction + ": " + m.Text
	}
	return out
}

func (c *computer) say(contact, text string) (m message) {
	c.t.Helper()
	c.do(&m, "send", contact, text)
	return m
}

// await waits for a message in the conversation with contact.
func (c *computer) await(contact, what string, is func(message) bool) (m message) {
	c.t.Helper()
	waitFor(c.t, what+" at "+c.name, func() bool {
		var all []message
		c.do(&all, "messages", contact)
		i := slices.IndexFunc(all, is)
		if i >= 0 {
			m = all[i]
		}
		return i >= 0
	})
	return m
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for: %s", what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// introduce makes two running computers contacts by link.
func introduce(t testing.TB, inviter, guest *computer) {
	t.Helper()
	var invitation struct{ Link string }
	inviter.do(&invitation, "invite")
	guest.do(nil, "add", invitation.Link, "--wait", "20s")
	inviter.acceptOne()
	for _, c := range []*computer{inviter, guest} {
		waitFor(t, "both confirmed", c.confirmed)
	}
}

// acceptOne waits for somebody who asks, and accepts.
func (c *computer) acceptOne() {
	c.t.Helper()
	var requests []struct{ ID string }
	waitFor(c.t, "a request at "+c.name, func() bool { c.do(&requests, "requests"); return len(requests) == 1 })
	c.do(nil, "accept", requests[0].ID)
}

// confirmed reports whether c has one contact, who is confirmed.
func (c *computer) confirmed() bool {
	c.t.Helper()
	var contacts []struct{ Trust string }
	c.do(&contacts, "contacts")
	return len(contacts) == 1 && contacts[0].Trust == "confirmed"
}
