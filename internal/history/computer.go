package history

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"sotto/app"
	"sotto/app/model"
	"sotto/crypto/vault"
	"sotto/p2p/node"
)

// A computer has a profile and now and then a program that runs on it.
type computer struct {
	run   *run
	index int
	dir   string
	copy  string // of the profile; "" if there is none
	clock *clock
	rand  *rand.Rand
	ids   []model.ContactID // what the others are to it
	self  model.ContactID

	mu      sync.Mutex
	program *program       // nil while off
	arms    map[string]int // points at which the program is to end, and after how many times
	asleep  bool
	now     Weather
	write   Step // how the next program is to end, if it was asked for while it was off
}

// A program is one run of a messenger, from Open to its end.
type program struct {
	*app.Messenger
	disk    *disk
	weather *weather
	ended   chan struct{} // closed in the instant it ends
	buried  chan struct{} // closed when nothing of it runs any more
	opened  chan struct{} // closed when Open has returned
}

// dead reports whether the program has ended.
func (p *program) dead() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// newRand returns a source that depends on the run's seed and a name.
func newRand(seed uint64, name string) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, name))
	return rand.New(rand.NewChaCha8(sum))
}

func newComputer(r *run, index int) (*computer, error) {
	c := &computer{
		run: r, index: index,
		dir:   filepath.Join(r.dir, computers[index]),
		clock: newClock(),
		rand:  newRand(r.seed, computers[index]),
		arms:  make(map[string]int),
	}
	return c, os.CopyFS(c.dir, os.DirFS(filepath.Join(r.profiles, fmt.Sprint(index))))
}

// running returns the program if it can be used by a person now.
func (c *computer) running() *program {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.program == nil || c.program.dead() || c.asleep {
		return nil
	}
	return c.program
}

var errEnded = errors.New("history: it failed as it was to")

// start starts the program and brings it online. It fails with errEnded if it
// ended meanwhile, or could not start for a fault that was asked for; every
// other error is the program's.
func (c *computer) start(ctx context.Context) error {
	c.mu.Lock()
	old := c.program
	c.mu.Unlock()
	if old != nil {
		if !old.dead() {
			return nil
		}
		if err := old.wait(); err != nil {
			return err
		}
	}
	p := &program{ended: make(chan struct{}), buried: make(chan struct{}), opened: make(chan struct{})}
	p.disk = newDisk(newRand(c.rand.Uint64(), "disk"), func(how end, at string) {
		if at != "" {
			c.run.ended(computers[c.index], fmt.Sprintf("%s (%s)", at, how))
		}
		c.run.wire.leave(c.index)
		close(p.ended)
		go p.bury()
	})
	c.mu.Lock()
	c.program = p
	if c.write.N > 0 {
		p.disk.endAt(c.write.N, c.write.How)
		c.write = Step{}
	}
	c.mu.Unlock()
	c.run.wire.enter(c.index)
	m, err := app.OpenOn(ctx, c.dir, passphrase, app.Surroundings{
		Now:   c.clock.now,
		Files: p.disk.name,
		Node:  func(n node.Config) (*node.Node, error) { return c.node(p, n) },
		Mailbox: func(ctx context.Context, r node.Route) (app.MailboxConn, error) {
			conn, err := c.reach(ctx, p, r)
			if err != nil {
				return nil, err
			}
			return conn, nil
		},
		Unlock: unlock,
		Haste:  haste,
		At:     func(point string) { c.at(p, point) },
		Log:    c.run.logger(c.index),
	})
	if err == nil {
		p.Messenger = m
	}
	close(p.opened)
	if err != nil {
		excused := p.dead() || p.disk.hasFailed()
		p.disk.end(killed)
		if !excused {
			return fmt.Errorf("%s does not open: %w", computers[c.index], err)
		}
		return fmt.Errorf("%w: %w", errEnded, err)
	}
	if err := c.whoIsWho(ctx, p); err != nil {
		return c.excuse(p, err)
	}
	if err := c.run.checkPresent(ctx, c, p); err != nil {
		return c.excuse(p, err)
	}
	err = p.GoOnline(ctx, app.NetworkOptions{Listen: c.run.wire.listen(c.index), NoLAN: true})
	return c.excuse(p, err)
}

// excuse drops an error of a program that ended or whose disk failed.
func (c *computer) excuse(p *program, err error) error {
	if err != nil && (p.dead() || p.disk.hasFailed()) {
		return fmt.Errorf("%w: %w", errEnded, err)
	}
	return err
}

// whoIsWho finds the other computers among the contacts, the first time.
func (c *computer) whoIsWho(ctx context.Context, p *program) error {
	if c.ids != nil {
		return nil
	}
	self, err := p.Self(ctx)
	if err != nil {
		return err
	}
	ids, err := whoIsWho(ctx, p.Messenger)
	if err != nil {
		return err
	}
	c.self, c.ids = self.Account, ids
	return nil
}

// node starts the network of a program.
func (c *computer) node(p *program, n node.Config) (*node.Node, error) {
	c.mu.Lock()
	w := newWeather(newRand(c.rand.Uint64(), "weather"), n.Handler, c.now)
	p.weather = w
	c.mu.Unlock()
	n.Handler, n.Over = w, dialer{c.run.wire, c.index}
	return listening(n)
}

// listening starts a node at the address of one that ended just before: that can
// take a moment to be free.
func listening(c node.Config) (n *node.Node, err error) {
	for range 200 {
		if n, err = node.New(c); err == nil || !strings.Contains(err.Error(), "address already in use") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return n, err
}

// at is called when the program passes a point.
func (c *computer) at(p *program, point string) {
	c.mu.Lock()
	n, armed := c.arms[point]
	if armed && c.program == p {
		if c.arms[point] = n - 1; n > 1 {
			armed = false
		} else {
			delete(c.arms, point)
		}
	}
	c.mu.Unlock()
	if armed && !p.dead() {
		p.disk.still(func() { linger(p.disk.rand) })
		c.run.ended(computers[c.index], point)
		p.disk.end(killed)
	}
}

// kill ends the program as if its process were gone.
func (c *computer) kill(how end) {
	c.mu.Lock()
	p := c.program
	c.asleep = false
	c.mu.Unlock()
	if p != nil && !p.dead() {
		c.run.ended(computers[c.index], how.String())
		p.disk.end(how)
	}
}

// stop ends the program in order.
func (c *computer) stop() error {
	p := c.running()
	if p == nil {
		return nil
	}
	err := c.excuse(p, p.Close())
	p.disk.end(killed)
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

// bury frees what an ended program holds. Nothing that it still does has an effect.
func (p *program) bury() {
	<-p.opened
	if p.Messenger != nil {
		p.Close()
	}
	close(p.buried)
}

// wait waits until a program that has ended is buried.
func (p *program) wait() error {
	select {
	case <-p.buried:
		return nil
	case <-time.After(time.Minute):
		stacks := make([]byte, 1<<20)
		return fmt.Errorf("history: a program that was ended does not return:\n%s", stacks[:runtime.Stack(stacks, true)])
	}
}

// sleep and wake are a lid that is closed and opened.
func (c *computer) sleep() {
	p := c.running()
	if p == nil {
		return
	}
	c.mu.Lock()
	c.asleep = true
	c.mu.Unlock()
	p.disk.sleep()
	for i := range len(computers) + boxes {
		c.run.wire.hold(way{c.index, i})
		c.run.wire.hold(way{i, c.index})
	}
}

func (c *computer) wake() {
	c.mu.Lock()
	asleep, p := c.asleep, c.program
	c.asleep = false
	c.mu.Unlock()
	if !asleep {
		return
	}
	for i := range len(computers) + boxes {
		c.run.wire.release(way{c.index, i})
		c.run.wire.release(way{i, c.index})
	}
	p.disk.wake()
}

// setWeather changes what happens to cells that come.
func (c *computer) setWeather(now Weather) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
	if c.program != nil && c.program.weather != nil {
		c.program.weather.set(now)
	}
}

// backUp copies the profile as it is on the disk at this moment.
func (c *computer) backUp() error {
	to := fmt.Sprintf("%s, copy of", c.dir)
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	c.mu.Lock()
	p := c.program
	c.mu.Unlock()
	if p == nil || p.dead() {
		if p != nil {
			if err := p.wait(); err != nil {
				return err
			}
		}
		c.copy = to
		return os.CopyFS(to, os.DirFS(c.dir))
	}
	var err error
	p.disk.still(func() { err = os.CopyFS(to, os.DirFS(c.dir)) })
	c.copy = to
	return err
}

// rest ends the program and waits until nothing of it is left.
func (c *computer) rest() error {
	c.wake()
	c.kill(killed)
	c.mu.Lock()
	p := c.program
	c.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.wait()
}

// texts returns all texts that a profile has.
func texts(ctx context.Context, dir string) (map[string]bool, error) {
	m, err := app.OpenOn(ctx, dir, passphrase, app.Surroundings{Unlock: unlock})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	contacts, err := m.Contacts(ctx)
	if err != nil {
		return nil, err
	}
	all := make(map[string]bool)
	for _, c := range contacts {
		messages, err := conversation(ctx, m, c.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			all[m.Text] = true
		}
	}
	return all, nil
}

// putBack replaces the profile by its copy.
func (c *computer) putBack() error {
	if err := os.RemoveAll(c.dir); err != nil {
		return err
	}
	return os.CopyFS(c.dir, os.DirFS(c.copy))
}

// known keeps the keys of profiles, which cost a tenth of a second each to derive.
var known struct {
	sync.Mutex
	keys map[[32]byte]*vault.Keys
}

func unlock(file, passphrase []byte) (*vault.Keys, error) {
	known.Lock()
	defer known.Unlock()
	id := sha256.Sum256(append(append([]byte{}, file...), passphrase...))
	if k := known.keys[id]; k != nil {
		return k.Clone(), nil
	}
	k, err := vault.Open(file, passphrase)
	if err != nil {
		return nil, err
	}
	if known.keys == nil {
		known.keys = make(map[[32]byte]*vault.Keys)
	}
	known.keys[id] = k.Clone()
	return k, nil
}

// logger writes what a program tells developers into the run's log.
func (r *run) logger(index int) *slog.Logger {
	var to io.Writer = &r.log
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug})).With("at", computers[index])
}
