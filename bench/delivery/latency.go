package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"sotto/app/model"
)

// latencyRounds is how many messages are sent one after the other.
const latencyRounds = 500

// latency measures a message from Send until its acknowledgement is stored here,
// between the bare round trip and the bare write of the same round.
func latency(ctx context.Context, dir string) error {
	p, err := newPair(ctx, dir, "latency")
	if err != nil {
		return err
	}
	defer p.close()
	raw, err := rawStream(ctx, p.bob)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return err
	}
	defer f.Close()
	events, cancel := p.Subscribe()
	defer cancel()
	var ours, trip, sync []time.Duration
	cell := make([]byte, 4096)
	for range latencyRounds {
		start := time.Now()
		if _, err := raw.Write(cell); err != nil {
			return err
		}
		if _, err := io.ReadFull(raw, cell); err != nil {
			return err
		}
		trip = append(trip, time.Since(start))
		start = time.Now()
		if _, err := f.Write(cell); err != nil {
			return err
		}
		if err := fdatasync(f); err != nil {
			return err
		}
		sync = append(sync, time.Since(start))
		start = time.Now()
		m, err := p.Send(ctx, p.to, "Are you still on the train?")
		if err != nil {
			return err
		}
		if err := delivered(ctx, p, events, m.ID); err != nil {
			return err
		}
		ours = append(ours, time.Since(start))
	}
	fmt.Printf("## Send to delivered, durable on both sides (%d messages, one after the other)\n\n| | p50 | p99 |\n| --- | ---: | ---: |\n", latencyRounds)
	for _, row := range []struct {
		name string
		of   []time.Duration
	}{{"send to delivered", ours}, {"libp2p stream, 4,096 bytes there and back", trip}, {"fdatasync of 4,096 bytes", sync}} {
		slices.Sort(row.of)
		fmt.Printf("| %s | %v | %v |\n", row.name, row.of[len(row.of)/2].Round(time.Microsecond), row.of[len(row.of)*99/100].Round(time.Microsecond))
	}
	fmt.Println()
	return nil
}

// delivered waits until a message is.
func delivered(ctx context.Context, p *pair, events <-chan model.Event, id model.MessageID) error {
	for e := range events {
		if e.Message != id && e.Kind != model.EventResync {
			continue
		}
		m, err := p.Message(ctx, id)
		if err != nil || m.State == model.Delivered {
			return err
		}
	}
	return fmt.Errorf("closed")
}

// rawStream opens a stream to the other process's bare libp2p host.
func rawStream(ctx context.Context, o *other) (io.ReadWriteCloser, error) {
	a, err := o.do("raw")
	if err != nil {
		return nil, err
	}
	h, err := libp2p.New(libp2p.NoListenAddrs)
	if err != nil {
		return nil, err
	}
	id, err := peer.Decode(a.Peer)
	if err != nil {
		return nil, err
	}
	info := peer.AddrInfo{ID: id}
	for _, s := range a.Addrs {
		addr, err := ma.NewMultiaddr(s)
		if err != nil {
			return nil, err
		}
		info.Addrs = append(info.Addrs, addr)
	}
	if err := h.Connect(ctx, info); err != nil {
		return nil, err
	}
	return h.NewStream(ctx, id, "/echo")
}
