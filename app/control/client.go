package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"sotto/app/model"
)

// Client asks a running profile. It is a Messenger, safe from any goroutine.
type Client struct {
	conn    net.Conn
	writing sync.Mutex

	mu        sync.Mutex
	lastID    uint64
	pending   map[uint64]chan answer
	listeners map[*eventQueue]struct{}
	broken    error // set when the connection has ended
}

var _ Messenger = (*Client)(nil)

// NewClient returns a client on an open connection, which it owns from then on.
func NewClient(conn net.Conn) *Client {
	c := &Client{
		conn:      conn,
		pending:   make(map[uint64]chan answer),
		listeners: make(map[*eventQueue]struct{}),
	}
	go c.read()
	return c
}

// Close ends the connection. Calls under way fail with the kind Closed.
func (c *Client) Close() error { return c.conn.Close() }

// incoming is an answer or a notification.
type incoming struct {
	answer
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// read takes lines until the connection ends.
func (c *Client) read() {
	lines := bufio.NewScanner(c.conn)
	lines.Buffer(make([]byte, 0, 4096), MaxAnswer)
	for lines.Scan() {
		var in incoming
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			continue
		}
		if in.Method != "" {
			c.notify(in)
			continue
		}
		id, err := strconv.ParseUint(string(in.ID), 10, 64)
		if err != nil {
			continue
		}
		c.mu.Lock()
		waiting := c.pending[id]
		delete(c.pending, id)
		c.mu.Unlock()
		if waiting != nil {
			waiting <- in.answer
		}
	}

	_ = c.conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = model.E(model.Closed, "", lines.Err())
	for id, waiting := range c.pending {
		close(waiting)
		delete(c.pending, id)
	}
	for q := range c.listeners {
		q.end()
		delete(c.listeners, q)
	}
}

func (c *Client) notify(in incoming) {
	var e model.Event
	if in.Method != eventMethod || json.Unmarshal(in.Params, &e) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for q := range c.listeners {
		q.put(e)
	}
}

// call asks and waits for the answer. When ctx ends first the request may still
// be carried out.
func call[R any](ctx context.Context, c *Client, method string, params any) (R, error) {
	var result R
	raw, err := json.Marshal(params)
	if err != nil {
		return result, fmt.Errorf("control: %w", err)
	}
	a, err := c.ask(ctx, method, raw)
	if err != nil {
		return result, err
	}
	if a.Error != nil {
		return result, asModel(a.Error)
	}
	if err := json.Unmarshal(a.Result, &result); err != nil {
		return result, fmt.Errorf("control: answer to %s: %w", method, err)
	}
	return result, nil
}

// do asks for something that has no result.
func (c *Client) do(ctx context.Context, method string, params any) error {
	_, err := call[any](ctx, c, method, params)
	return err
}

func (c *Client) ask(ctx context.Context, method string, params json.RawMessage) (answer, error) {
	waiting := make(chan answer, 1)
	c.mu.Lock()
	if c.broken != nil {
		defer c.mu.Unlock()
		return answer{}, c.broken
	}
	c.lastID++
	id := c.lastID
	c.pending[id] = waiting
	c.mu.Unlock()

	forget := func() {
		c.mu.Lock()
		delete(c.pending, id)
		c.mu.Unlock()
	}
	if err := c.write(request{Version: version, ID: strconv.AppendUint(nil, id, 10), Method: method, Params: params}); err != nil {
		forget()
		return answer{}, err
	}
	select {
	case a, ok := <-waiting:
		if !ok {
			c.mu.Lock()
			defer c.mu.Unlock()
			return answer{}, c.broken
		}
		return a, nil
	case <-ctx.Done():
		forget()
		return answer{}, ctx.Err()
	}
}

func (c *Client) write(r request) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	// The other side cuts a connection that sends more. Refused here, the
	// connection stays good; no request that could succeed is as long.
	if len(line) >= MaxRequest {
		return model.E(model.TextTooLong, "", nil)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := c.conn.Write(append(line, '\n')); err != nil {
		_ = c.conn.Close()
		return model.E(model.Closed, "", err)
	}
	return nil
}
