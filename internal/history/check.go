package history

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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
		here := r.ledger.places(ours, model.Incoming)
		for _, m := range theirs {
			if n := r.ledger.find(m.Text); n != nil && shownDelivered(m) && len(here[n]) == 0 && !n.maybe && !r.ledger.forgiven(n, c.index) {
				return fmt.Errorf("%s was told that %s has %s, and it is not in the database", computers[o.index], computers[c.index], n)
			}
		}
	}
	return nil
}

func shownDelivered(m model.Message) bool {
	return m.Direction == model.Outgoing && (m.State == model.Delivered || m.State == model.Read)
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
				return nil, fmt.Errorf("%s: %w", computers[c.index], c.excuse(p, err))
			}
		}
	}
	return s, nil
}

// missing returns what is not yet as it is to be.
func (r *run) missing(s state) (wrong []string) {
	for _, n := range r.ledger.all() {
		if what := r.fate(n, s[n.from][n.to], s[n.to][n.from]); what != "" {
			wrong = append(wrong, fmt.Sprintf("%s of %s to %s %s", n, computers[n.from], computers[n.to], what))
		}
	}
	return wrong
}

// fate says what is not right yet with a note, given the conversation on both
// sides.
func (r *run) fate(n *note, ours, theirs []model.Message) string {
	sent, there := r.ledger.places(ours, model.Outgoing)[n], r.ledger.places(theirs, model.Incoming)[n]
	if len(sent) == 0 {
		if n.accepted && !r.ledger.forgiven(n, n.from) {
			return "was taken and is gone"
		}
		if len(there) > 0 && !r.ledger.forgiven(n, n.from) { // it was sent before it was kept
			return "is there, and its writer does not have it"
		}
		return ""
	}
	m := ours[sent[0]]
	arrived := len(there) > 0
	switch {
	case m.State == model.Delivered || m.State == model.Read:
		if !arrived && !r.ledger.forgiven(n, n.to) {
			return fmt.Sprintf("is %s and is not there", m.State)
		}
	case m.State == model.Failed && m.Reason == model.ReasonCancelled && n.maybe:
		if arrived {
			return "was taken back and is there"
		}
	case m.State == model.Failed && m.Reason == model.ReasonLost && r.ledger.forgiven(n, n.to):
	default:
		return fmt.Sprintf("is %s %s; it is there %d times", m.State, m.Reason, len(there))
	}
	if arrived && n.latest != "" && !r.ledger.restored(n) && (m.Text != n.latest || theirs[there[0]].Text != n.latest) {
		return fmt.Sprintf("says %.60q here and %.60q there", m.Text, theirs[there[0]].Text)
	}
	return ""
}

// wrong returns what must never be, however long one waits.
func (r *run) wrong(s state) (wrong []string) {
	for a := range computers {
		for b := range computers {
			for _, m := range s[a][b] {
				from, to := a, b
				if m.Direction == model.Incoming {
					from, to = b, a
				}
				if n := r.ledger.find(m.Text); m.Note == "" && (n == nil || n.from != from || n.to != to) {
					wrong = append(wrong, fmt.Sprintf("%s has %.60q from %s, who did not write it", computers[a], m.Text, computers[from]))
				}
			}
			place := r.ledger.places(s[a][b], "")
			for n, at := range place {
				if len(at) > 1 {
					wrong = append(wrong, fmt.Sprintf("%s has %s %d times", computers[a], n, len(at)))
				}
				for _, earlier := range n.seen {
					if there := place[earlier]; len(there) > 0 && there[0] > at[0] && !s[a][b][there[0]].Quarantined && !s[a][b][at[0]].Quarantined {
						wrong = append(wrong, fmt.Sprintf("%s shows %s before %s, which was seen before it was written", computers[a], n, earlier))
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
	all := map[string][]byte{"a text": []byte(marker), "a text of the profiles": []byte(before(0, 1, 0))}
	for _, c := range r.computers {
		if c.self == "" {
			continue
		}
		all["the account of "+computers[c.index]+" in hex"] = []byte(c.self)
		if raw, err := hex.DecodeString(string(c.self)); err == nil {
			all["the account of "+computers[c.index]] = raw
		}
	}
	for i, key := range r.keys {
		all[fmt.Sprintf("piece %d of the keys", i)] = key
	}
	return all
}

// readKeys takes pieces from all over the public keys of everybody.
func (r *run) readKeys() error {
	for i := range computers {
		b, err := os.ReadFile(filepath.Join(r.profiles, identityFile(i)))
		if err != nil {
			return err
		}
		for piece := range slices.Chunk(b, 400) {
			if len(piece) >= 32 {
				r.keys = append(r.keys, piece[:32])
			}
		}
	}
	return nil
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
	r.mu.Lock()
	for _, cell := range r.cells {
		look("a cell for a mailbox", cell)
	}
	r.mu.Unlock()
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
