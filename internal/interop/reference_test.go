//go:build reference

package interop

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A side is one of two people, played by this program or by the reference
// implementation. Each method does what §4, §5 and §7 of docs/protocol.md say.
// What is refused is an error.
type side interface {
	offer(mode int) (text string, cell []byte, err error)
	scan(text string, cell []byte) error
	initiate(payload []byte) (cell []byte, err error)
	respond(cell []byte) (payload []byte, err error)
	seal(plaintext []byte) (cell []byte, err error)
	open(cell []byte) (plaintext []byte, err error)
	give() (bundle []byte, err error)
	reset(bundle []byte, fresh bool, payload []byte) (cell []byte, err error)
	respondToReset(cell []byte) (payload []byte, fresh bool, err error)
	state() (state, error)
}

// state is what two sides must agree on at the end.
type state struct {
	Number    string `json:"number"`
	Code      string `json:"code"`
	Session   []byte `json:"session"`
	Confirmed bool   `json:"confirmed"`
}

const (
	link   = 1
	person = 2
)

// answerTime is how long the reference implementation may take for everything
// that one test asks of it. It is there to end, not to measure.
const answerTime = 5 * time.Minute

// reference plays a side in another process, docs/reference/live.js.
type reference struct {
	in  io.Writer
	out io.Reader
}

type request struct {
	Do      string  `json:"do"`
	Mode    int     `json:"mode,omitempty"`
	Text    string  `json:"text,omitempty"`
	Cell    []byte  `json:"cell,omitempty"`
	Payload *[]byte `json:"payload,omitempty"`
	Bundle  []byte  `json:"bundle,omitempty"`
	Fresh   bool    `json:"fresh,omitempty"`
}

type response struct {
	Refused string `json:"refused"`
	Text    string `json:"text"`
	Cell    []byte `json:"cell"`
	Payload []byte `json:"payload"`
	Fresh   bool   `json:"fresh"`
	state
}

// newReference starts the process and ends it with the test.
func newReference(t *testing.T) *reference {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	cmd := exec.CommandContext(ctx, "node", "live.js")
	cmd.Dir = filepath.Join("..", "..", "docs", "reference")
	cmd.WaitDelay = 10 * time.Second
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	need(t, err)
	out, err := cmd.StdoutPipe()
	need(t, err)
	need(t, cmd.Start())
	t.Cleanup(func() {
		defer cancel()
		in.Close() // upon which it ends
		if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
			t.Errorf("%d bytes more than were asked for, %v", len(rest), err)
		}
		if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
			t.Errorf("the reference implementation ended with %v: %s", err, complaints.String())
		}
	})
	r := &reference{in, out}
	_, err = r.ask(request{Do: "begin"})
	need(t, err)
	return r
}

func need(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request and waits for the answer.
func (r *reference) ask(q request) (a response, err error) {
	b, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	if _, err := r.in.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)); err != nil {
		return a, err
	}
	var size [4]byte
	if _, err := io.ReadFull(r.out, size[:]); err != nil {
		return a, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > 1<<20 {
		return a, fmt.Errorf("an answer of %d bytes", n)
	}
	b = make([]byte, n)
	if _, err := io.ReadFull(r.out, b); err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, err
	}
	if a.Refused != "" {
		return a, fmt.Errorf("refused: %s", a.Refused)
	}
	return a, nil
}

func (r *reference) offer(mode int) (string, []byte, error) {
	a, err := r.ask(request{Do: "offer", Mode: mode})
	return a.Text, a.Cell, err
}

func (r *reference) scan(text string, cell []byte) error {
	_, err := r.ask(request{Do: "scan", Text: text, Cell: cell})
	return err
}

func (r *reference) initiate(payload []byte) ([]byte, error) {
	a, err := r.ask(request{Do: "initiate", Payload: &payload})
	return a.Cell, err
}

func (r *reference) respond(cell []byte) ([]byte, error) {
	a, err := r.ask(request{Do: "respond", Cell: cell})
	return a.Payload, err
}

func (r *reference) seal(plaintext []byte) ([]byte, error) {
	a, err := r.ask(request{Do: "seal", Payload: &plaintext})
	return a.Cell, err
}

func (r *reference) open(cell []byte) ([]byte, error) {
	a, err := r.ask(request{Do: "open", Cell: cell})
	return a.Payload, err
}

func (r *reference) give() ([]byte, error) {
	a, err := r.ask(request{Do: "give"})
	return a.Payload, err
}

func (r *reference) reset(bundle []byte, fresh bool, payload []byte) ([]byte, error) {
	a, err := r.ask(request{Do: "reset", Bundle: bundle, Fresh: fresh, Payload: &payload})
	return a.Cell, err
}

func (r *reference) respondToReset(cell []byte) ([]byte, bool, error) {
	a, err := r.ask(request{Do: "respond to reset", Cell: cell})
	return a.Payload, a.Fresh, err
}

func (r *reference) state() (state, error) {
	a, err := r.ask(request{Do: "state"})
	return a.state, err
}
