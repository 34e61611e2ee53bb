package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jezek/xgb/xproto"
)

// program is a program with a window on the display.
type program struct {
	d       *display
	command *exec.Cmd
	mapped  time.Duration // from its start until its window was there
	drawn   time.Duration // and until something was drawn in it
	window  rect
}

// start starts a program and waits until something is drawn in its window. It runs
// as somebody else, if there is somebody, with these variables beside ours.
func (d *display) start(as *syscall.Credential, env []string, argv ...string) (*program, error) {
	p := &program{d: d, command: exec.Command(argv[0], argv[1:]...)}
	p.command.Env = append(os.Environ(), env...)
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	if err := d.move(1279, 799); err != nil {
		return nil, err
	}
	d.forget()
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	if err := p.appears(began); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", filepath.Base(argv[0]), err)
	}
	return p, nil
}

func (p *program) appears(began time.Time) error {
	for end := time.After(patient); ; {
		select {
		case h, ok := <-p.d.what:
			if !ok {
				return fmt.Errorf("the display has ended")
			}
			if h.window != 0 {
				g, err := xproto.GetGeometry(p.d.conn, xproto.Drawable(h.window)).Reply()
				if err != nil || g.Width < 100 || g.Height < 100 {
					continue // something that a toolkit needs
				}
				r := rect{int(g.X), int(g.Y), int(g.Width), int(g.Height)}
				r.x, r.y = max(0, r.x), max(0, r.y)
				r.w, r.h = min(r.w, 1280-r.x), min(r.h, 800-r.y)
				if p.window == (rect{}) {
					p.mapped = h.at.Sub(began)
				}
				p.window = r
			}
			if p.window == (rect{}) {
				continue
			}
			drawn, err := p.d.drawn(p.window)
			if err != nil {
				return err
			}
			if drawn {
				p.drawn = h.at.Sub(began)
				return nil
			}
		case <-end:
			return fmt.Errorf("no window within %v", patient)
		}
	}
}

// stop ends the program and what it started.
func (p *program) stop() {
	syscall.Kill(-p.command.Process.Pid, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() { p.command.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
		<-ended
	}
	time.Sleep(300 * time.Millisecond)
}

// family returns the program's process and all that descend from it.
func (p *program) family() []int {
	family := []int{p.command.Process.Pid}
	for i := 0; i < len(family); i++ {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", family[i]))
		for _, t := range tasks {
			b, _ := os.ReadFile(t)
			for _, f := range strings.Fields(string(b)) {
				if pid, err := strconv.Atoi(f); err == nil {
					family = append(family, pid)
				}
			}
		}
	}
	return family
}

// memory is what is resident of a program, in bytes.
type memory struct {
	all  int64
	anon int64 // of it, what no file holds: heaps and stacks
	pss  int64 // all, with what several programs share divided among them
}

func (p *program) memory() (m memory, err error) {
	for _, pid := range p.family() {
		f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return m, err
		}
		for s := bufio.NewScanner(f); s.Scan(); {
			var kb int64
			name, rest, _ := strings.Cut(s.Text(), ":")
			fmt.Sscan(rest, &kb)
			switch name {
			case "Rss":
				m.all += kb << 10
			case "Anonymous":
				m.anon += kb << 10
			case "Pss":
				m.pss += kb << 10
			}
		}
		f.Close()
	}
	return m, nil
}

// busy returns what share of one processor the program takes in that time.
func (p *program) busy(d time.Duration) (float64, error) {
	began := time.Now()
	before, err := p.used()
	if err != nil {
		return 0, err
	}
	time.Sleep(d)
	after, err := p.used()
	return float64(after-before) / float64(time.Since(began)), err
}

// used returns the processor time that the program has taken so far.
func (p *program) used() (sum time.Duration, err error) {
	for _, pid := range p.family() {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		for _, s := range f[11:13] { // user and system
			ticks, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return 0, err
			}
			sum += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return sum, nil
}
