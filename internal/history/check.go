package history

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sotto/app/model"
)

// checkPresent looks, when a program has opened its database and is not online
// yet, whether all is there that others were told is. The acknowledgement came
// from a program before this one; nothing can have come since.
func (r *run) checkPresent(ctx context.Context, c *computer, p *program) error {
	for _, o := range r.computers {
		q := o.running()
		if o == c || q == nil || o.ids == nil {
			continue
		}
		theirs, err := conversation(ctx, q, o.ids[c.index])
		if err != nil {
			if o.excuse(q, err) != err {
				continue
			}
			return fmt.Errorf("%s: %w", computers[o.index], err)
		}
		ours, err := conversation(ctx, p, c.ids[o.index])
		if err != nil {
			return err
		}
		here := count(ours, model.Incoming)
		for _, m := range theirs {
			if shownDelivered(m) && here[m.Text] == 0 && !r.ledger.forgiven(r.ledger.byText[m.Text], c.index) {
				return fmt.Errorf("%s was told that %s has %.60q, and it is not in the database", computers[o.index], computers[c.index], m.Text)
			}
		}
	}
	return nil
}

func shownDelivered(m model.Message) bool {
	return m.Direction == model.Outgoing && (m.State == model.Delivered || m.State == model.Read)
}

// count counts the texts of one direction.
func count(all []model.Message, d model.Direction) map[string]int {
	n := make(map[string]int)
	for _, m := range all {
		if m.Direction == d {
			n[m.Text]++
		}
	}
	return n
}

// state is what all computers have in the end: [a][b] is A's conversation with B.
type state [][][]model.Message

func (r *run) state(ctx context.Context) (state, error) {
	s := make(state, len(computers))
	for _, c := range r.computers {
		s[c.index] = make([][]model.Message, len(computers))
		p := c.running()
		if p == nil {
			return nil, fmt.Errorf("%s: %w", computers[c.index], errEnded)
		}
		for i := range computers {
			if i == c.index {
				continue
			}
			var err error
			if s[c.index][i], err = conversation(ctx, p, c.ids[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", computers[c.index], err)
			}
		}
	}
	return s, nil
}

// missing returns what is not yet where it is to be.
func (r *run) missing(s state) (wrong []string) {
	states := make(map[string]model.State)
	here := make([][]map[string]int, len(computers))
	for a := range computers {
		here[a] = make([]map[string]int, len(computers))
		for b := range computers {
			here[a][b] = count(s[a][b], model.Incoming)
			for _, m := range s[a][b] {
				if m.Direction == model.Outgoing {
					states[m.Text] = m.State
				}
			}
		}
	}
	for _, n := range r.ledger.all() {
		shown, kept := states[n.text]
		there := here[n.to][n.from][n.text]
		switch {
		case !kept && n.accepted && !r.ledger.forgiven(n, n.from):
			wrong = append(wrong, fmt.Sprintf("%.60q was taken by %s and is gone", n.text, computers[n.from]))
		case !kept:
		case shown != model.Delivered && shown != model.Read:
			wrong = append(wrong, fmt.Sprintf("%.60q of %s is %s; %s has it %d times", n.text, computers[n.from], shown, computers[n.to], there))
		case there == 0 && !r.ledger.forgiven(n, n.to):
			wrong = append(wrong, fmt.Sprintf("%.60q of %s is %s and %s does not have it", n.text, computers[n.from], shown, computers[n.to]))
		}
	}
	return wrong
}

// wrong returns what must never be, however long one waits.
func (r *run) wrong(s state) (wrong []string) {
	for a := range computers {
		for b := range computers {
			place := make(map[string]int)
			for i, m := range s[a][b] {
				if m.Note != "" {
					continue
				}
				n := r.ledger.byText[m.Text]
				from, to := a, b
				if m.Direction == model.Incoming {
					from, to = b, a
				}
				switch _, twice := place[m.Text]; {
				case n == nil || n.from != from || n.to != to:
					wrong = append(wrong, fmt.Sprintf("%s has %.60q from %s, who did not write it", computers[a], m.Text, computers[from]))
				case twice:
					wrong = append(wrong, fmt.Sprintf("%s has %.60q twice", computers[a], m.Text))
				}
				place[m.Text] = i
			}
			for _, m := range s[a][b] {
				n := r.ledger.byText[m.Text]
				if n == nil || m.Note != "" {
					continue
				}
				for _, earlier := range n.seen {
					if at, ok := place[earlier]; ok && at > place[m.Text] {
						wrong = append(wrong, fmt.Sprintf("%s shows %.60q before %.60q, which was seen before it was written", computers[a], m.Text, earlier))
						break
					}
				}
			}
		}
	}
	return wrong
}

// secrets are what must be in no capture: the texts of the run, and who the
// people are.
func (r *run) secrets() map[string][]byte {
	all := map[string][]byte{"a text": []byte(marker), "a text of the profiles": []byte("before 0>1")}
	for _, c := range r.computers {
		if c.self == "" {
			continue
		}
		all["the account of "+computers[c.index]+" in hex"] = []byte(c.self)
		if raw, err := hex.DecodeString(string(c.self)); err == nil {
			all["the account of "+computers[c.index]] = raw
		}
	}
	for _, key := range r.keys {
		all["a key"] = key
	}
	return all
}

// leaks returns what can be read where nothing should be.
func (r *run) leaks() (wrong []string) {
	secrets := r.secrets()
	look := func(where string, b []byte) {
		for what, s := range secrets {
			if bytes.Contains(b, s) {
				wrong = append(wrong, fmt.Sprintf("%s has %s", where, what))
			}
		}
	}
	look("the network", r.wire.copies())
	for _, c := range r.computers {
		c.mu.Lock()
		p := c.program
		c.mu.Unlock()
		if p != nil && p.weather != nil {
			for _, cell := range p.weather.seen() {
				look("a cell", cell)
			}
		}
	}
	filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil {
			look("the file "+filepath.Base(path), b)
		}
		return nil
	})
	return wrong
}
