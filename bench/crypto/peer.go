package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// A peer is a Node process that times libsignal.
type peer struct {
	Node, Libsignal string // versions

	process *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

func startPeer(script string) (*peer, error) {
	p := &peer{process: exec.Command("node", "--expose-gc", "--single-threaded-gc", "--no-flush-bytecode", script)}
	p.process.Stderr = os.Stderr
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.in, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(out)
	if err := p.out.Decode(p); err != nil {
		return nil, fmt.Errorf("%s does not run: %w", script, err)
	}
	return p, nil
}

// run has the peer do an operation some times, and returns the nanoseconds of
// processor time that one took.
func (p *peer) run(op *operation) (float64, error) {
	n := op.n
	if op.peerN > 0 {
		n = op.peerN
	}
	request := map[string]any{"what": op.what, "size": op.size, "stored": op.stored, "n": n}
	if err := json.NewEncoder(p.in).Encode(request); err != nil {
		return 0, fmt.Errorf("peer: %w", err)
	}
	var answer struct{ NS float64 }
	if err := p.out.Decode(&answer); err != nil {
		return 0, fmt.Errorf("peer: %w", err)
	}
	return answer.NS / float64(n), nil
}

// stop ends the process by ending its input.
func (p *peer) stop() {
	_ = p.in.Close()
	_ = p.process.Wait()
}
