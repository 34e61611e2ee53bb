package mailbox

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sotto/p2p/node"
)

const benchCell = 4096

// BenchmarkPut deposits cells until they are said to be stored, beside what is
// the least that this can cost: the same bytes written with fdatasync, and there
// and back on a bare stream.
func BenchmarkPut(b *testing.B) {
	dir := b.TempDir()
	s := open(b, filepath.Join(dir, "box"), roomy(), OpenAccess())
	s.box.limits.QueueBytes, s.box.limits.OwnerBytes = 1<<40, 1<<40
	key := make([]byte, 32)
	rand.Read(key)
	echo := node.Service{Protocol: "/test/echo/1", Streams: 8, StreamsPeer: 8, Memory: 8 << 20, Conns: 8, Serve: func(s *node.Served) { io.Copy(s, s) }}
	n, err := node.New(node.Config{Key: key, Listen: loopback[:1], Handler: nobody{}, Services: []node.Service{s.Service(), echo}})
	ok(b, err)
	b.Cleanup(func() { n.Close() })
	p := &post{s, n}
	c := dial(b, p)
	q, _ := newQueue(b, c)
	var serial atomic.Uint64
	cells := func(count int) [][]byte {
		all := make([][]byte, count)
		for i := range all {
			all[i] = make([]byte, benchCell)
			copy(all[i], strconv.FormatUint(serial.Add(1), 10))
		}
		return all
	}
	put := func(b *testing.B, c *Conn, count int) {
		if _, err := c.Put(b.Context(), q.Deposit, cells(count)); err != nil {
			b.Error(err)
		}
	}
	rate := func(b *testing.B, cells int) {
		b.ReportMetric(float64(b.N*cells)/b.Elapsed().Seconds(), "cells/s")
	}
	for _, count := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("%d-cells", count), func(b *testing.B) {
			for b.Loop() {
				put(b, c, count)
			}
			rate(b, count)
		})
	}
	// What many depositors do at once is committed together.
	for _, conns := range []int{8, 32} {
		b.Run(fmt.Sprintf("1-cell-each-of-%d", conns), func(b *testing.B) {
			var all []*Conn
			for range conns {
				all = append(all, dial(b, p))
			}
			before := s.Stats().Commits
			b.ResetTimer()
			var wg sync.WaitGroup
			var left atomic.Int64
			left.Store(int64(b.N))
			for _, c := range all {
				wg.Go(func() {
					for left.Add(-1) >= 0 {
						put(b, c, 1)
					}
				})
			}
			wg.Wait()
			rate(b, 1)
			b.ReportMetric(float64(b.N)/float64(s.Stats().Commits-before), "cells/commit")
		})
	}
	b.Run("fdatasync", func(b *testing.B) {
		f, err := os.Create(filepath.Join(dir, "file"))
		ok(b, err)
		defer f.Close()
		// As in the database's log, blocks are written that the file has already.
		const ring = 1024
		f.Write(make([]byte, ring*benchCell))
		ok(b, f.Sync())
		cell := make([]byte, benchCell)
		for i := int64(0); b.Loop(); i++ {
			f.WriteAt(cell, i%ring*benchCell)
			ok(b, syscall.Fdatasync(int(f.Fd())))
		}
	})
	b.Run("stream", func(b *testing.B) {
		d, err := node.NewDialer()
		ok(b, err)
		defer d.Close()
		s, err := d.Open(b.Context(), p.route(), "/test/echo/1")
		ok(b, err)
		defer s.Reset()
		cell := make([]byte, benchCell)
		for b.Loop() {
			s.Write(cell)
			if _, err := io.ReadFull(s, cell); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDrain fetches and deletes 10,000 cells that wait.
func BenchmarkDrain(b *testing.B) {
	const count = 10000
	p := newPost(b, roomy())
	c := dial(b, p)
	q, _ := newQueue(b, c)
	serial := 0
	for b.Loop() {
		b.StopTimer()
		var cells [][]byte
		for range count {
			cell := make([]byte, benchCell)
			serial++
			copy(cell, strconv.Itoa(serial))
			cells = append(cells, cell)
		}
		if _, err := c.Put(b.Context(), q.Deposit, cells); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		got := 0
		for got < count {
			cells, _, err := c.Fetch(b.Context(), q.Withdrawal, 0)
			ok(b, err)
			var names []Envelope
			for _, cell := range cells {
				names = append(names, EnvelopeOf(cell.Data))
			}
			got += len(cells)
			ok(b, c.Delete(b.Context(), q.Withdrawal, names))
		}
	}
	b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "cells/s")
}

// BenchmarkWatch measures from the beginning of a put until the one who watches
// knows of it.
func BenchmarkWatch(b *testing.B) {
	p := newPost(b, roomy())
	alice, bob := dial(b, p), dial(b, p)
	q, _ := newQueue(b, alice)
	seen := make(chan error)
	watch := make(chan uint64)
	go func() {
		for after := range watch {
			_, err := alice.Watch(b.Context(), []Watched{{q.Withdrawal, after}}, MaxWait)
			seen <- err
		}
	}()
	defer close(watch)
	var after uint64
	serial := 0
	for b.Loop() {
		b.StopTimer()
		watch <- after
		until(b, func() bool { return p.Stats().Watches == 1 })
		cell := make([]byte, benchCell)
		serial++
		copy(cell, strconv.Itoa(serial))
		b.StartTimer()
		if _, err := bob.Put(b.Context(), q.Deposit, [][]byte{cell}); err != nil {
			b.Fatal(err)
		}
		ok(b, <-seen)
		b.StopTimer()
		cells, _, err := alice.Fetch(b.Context(), q.Withdrawal, after)
		ok(b, err)
		after = cells[0].Number
		ok(b, alice.Delete(b.Context(), q.Withdrawal, []Envelope{EnvelopeOf(cell)}))
		b.StartTimer()
	}
}

// BenchmarkMemory shows how much memory a mailbox takes that runs in a process
// of its own: alone, with 1,000 queues, and with a watch on each.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		child, route := startChild(b, dir)
		rss := func() float64 {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", child.Process.Pid))
			ok(b, err)
			_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
			kib, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
			ok(b, err)
			return float64(kib) / 1024
		}
		b.ReportMetric(rss(), "MiB-empty")
		const queues, conns = 1000, 100
		owner := Owner{Seed: NewSeed()}
		var all []*Conn
		for range conns {
			c, err := Dial(b.Context(), route)
			ok(b, err)
			all = append(all, c)
		}
		b.ReportMetric(rss(), "MiB-100-conns")
		var wg sync.WaitGroup
		for _, c := range all {
			wg.Go(func() {
				for range queues / conns {
					q := NewQueue()
					if err := c.Create(b.Context(), owner, q); err != nil {
						b.Error(err)
						return
					}
					if _, err := c.Put(b.Context(), q.Deposit, [][]byte{randomCell(benchCell)}); err != nil {
						b.Error(err)
					}
					cells, _, err := c.Fetch(b.Context(), q.Withdrawal, 0)
					if err != nil {
						b.Error(err)
						return
					}
					go c.Watch(b.Context(), []Watched{{q.Withdrawal, cells[0].Number}}, MaxWait)
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Second)
		b.ReportMetric(rss(), "MiB-1000-queues-watched")
		for _, c := range all {
			c.Close()
		}
		child.Process.Kill()
		child.Wait()
	}
}
