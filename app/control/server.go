package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"sotto/app/model"
)

const (
	maxConns      = 64               // connections at a time; more wait
	maxConcurrent = 16               // requests of one connection at a time
	writeTimeout  = 30 * time.Second // for a client that does not read
)

// Offer lets other programs reach m, the open profile in dir, over the socket
// there, until stop is called. The caller holds the profile's lock.
func Offer(dir string, m Messenger) (stop func() error, err error) {
	l, err := Listen(dir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, m) }()
	return sync.OnceValue(func() error { cancel(); return <-done }), nil
}

// Serve answers every connection to l by asking m, until ctx ends. Then it
// closes l and all connections and returns nil once the last request is
// answered. Any other error of l is returned.
func Serve(ctx context.Context, l net.Listener, m Messenger) error {
	ctx, cancel := context.WithCancel(ctx)
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()

	places := make(chan struct{}, maxConns)
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return errors.Join(err, l.Close())
		}
		conns.Go(func() {
			serveConn(ctx, conn, m)
			<-places
		})
	}
}

// session is one connection, on the side that answers.
type session struct {
	conn    net.Conn
	m       Messenger
	writing sync.Mutex // held while a line is written
	pump    sync.Once  // starts the stream of events
	ended   chan struct{}
	running sync.WaitGroup
}

// serveConn answers one connection until the other side hangs up or ctx ends.
func serveConn(ctx context.Context, conn net.Conn, m Messenger) {
	s := &session{conn: conn, m: m, ended: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	// What was asked before the other side stopped asking is still answered.
	defer func() {
		close(s.ended)
		s.running.Wait()
		_ = conn.Close()
	}()

	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 4096), MaxRequest)
	places := make(chan struct{}, maxConcurrent)
	for lines.Scan() {
		r, problem := parse(lines.Bytes())
		if problem != nil {
			s.fail(r.ID, problem)
			continue
		}
		places <- struct{}{}
		s.running.Go(func() {
			s.handle(ctx, r)
			<-places
		})
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		s.fail(nil, &rpcError{Code: codeRequest, Message: "the request is longer than 1 MiB"})
	}
}

// handle answers one request.
func (s *session) handle(ctx context.Context, r request) {
	result, err := s.do(ctx, r)
	if len(r.ID) == 0 {
		return // a notification
	}
	if err != nil {
		s.fail(r.ID, asRPC(err))
		return
	}
	raw, err := json.Marshal(result)
	if err != nil {
		s.fail(r.ID, asRPC(err))
		return
	}
	s.write(answer{Version: version, ID: r.ID, Result: raw})
}

func (s *session) do(ctx context.Context, r request) (any, error) {
	if r.Method == subscribeMethod {
		if err := unmarshalParams(r.Params, &noParams{}); err != nil {
			return nil, err
		}
		s.pump.Do(s.subscribe)
		return nil, nil
	}
	f, ok := methods[r.Method]
	if !ok {
		return nil, &rpcError{Code: codeMethod, Message: "there is no such method"}
	}
	return f(ctx, s.m, r.Params)
}

// subscribe starts sending events; everything that happens after it has
// returned will be sent.
func (s *session) subscribe() {
	events, cancel := s.m.Subscribe()
	s.running.Go(func() {
		defer cancel()
		for {
			select {
			case e, ok := <-events:
				if !ok { // the profile was closed: so ends every connection to it
					_ = s.conn.Close()
					return
				}
				s.write(notification{Version: version, Method: eventMethod, Params: e})
			case <-s.ended:
				return
			}
		}
	})
}

// notification tells a subscriber of an event.
type notification struct {
	Version string      `json:"jsonrpc"`
	Method  string      `json:"method"`
	Params  model.Event `json:"params"`
}

// fail answers with an error. Where the id could not be read it is null (§5).
func (s *session) fail(id json.RawMessage, e *rpcError) {
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	s.write(answer{Version: version, ID: id, Error: e})
}

// write sends one line. A client that does not take it in time is cut off.
func (s *session) write(v any) {
	line, err := json.Marshal(v)
	if err == nil {
		s.writing.Lock()
		defer s.writing.Unlock()
		_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		_, err = s.conn.Write(append(line, '\n'))
	}
	if err != nil {
		_ = s.conn.Close()
	}
}
