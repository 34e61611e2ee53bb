// Package p2ptest has what tests of the network need: a TCP proxy that listens
// in and misbehaves, and networks of several computers made of Linux network
// namespaces, with a capture of all their traffic.
package p2ptest

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// A Proxy passes TCP connections on to an address and keeps a copy of all
// bytes. It can stop passing them on, as a network does that has failed
// without saying so.
type Proxy struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu      sync.Mutex
	conns   map[net.Conn]bool
	frozen  map[net.Conn]bool
	sent    bytes.Buffer // by those who dialled
	answers bytes.Buffer
}

// NewProxy starts a proxy on a loopback port for a target such as
// "127.0.0.1:80". It is closed at the end of the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: l, target: target, conns: make(map[net.Conn]bool), frozen: make(map[net.Conn]bool)}
	p.wg.Add(1)
	go p.serve()
	t.Cleanup(p.close)
	return p
}

// Port returns the port the proxy listens on.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Freeze stops passing on anything of the connections there are now, without
// closing them. Connections made later work.
func (p *Proxy) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		p.frozen[c] = true
	}
}

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// Copies returns all bytes passed on so far: those from whoever dialled, and
// those from the target.
func (p *Proxy) Copies() (sent, answers []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.sent.Bytes()), bytes.Clone(p.answers.Bytes())
}

func (p *Proxy) serve() {
	defer p.wg.Done()
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.target)
		if err != nil {
			in.Close()
			continue
		}
		p.mu.Lock()
		p.conns[in], p.conns[out] = true, true
		p.mu.Unlock()
		p.wg.Add(2)
		go p.pass(in, out, &p.sent)
		go p.pass(out, in, &p.answers)
	}
}

func (p *Proxy) pass(from, to net.Conn, record *bytes.Buffer) {
	defer p.wg.Done()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.frozen[from] { // the failed network does not tell the other side either
			to.Close()
		}
		from.Close()
		delete(p.conns, from)
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		frozen := p.frozen[from]
		if !frozen {
			record.Write(buf[:n])
		}
		p.mu.Unlock()
		if frozen {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (p *Proxy) close() {
	p.listener.Close()
	p.Cut()
	p.wg.Wait()
}
