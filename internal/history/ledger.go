package history

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"sotto/app/model"
)

// marker begins every text of a run, so that plaintext can be searched for.
const marker = "sotto-history-plaintext"

// A note is a message that a person wrote, or tried to.
type note struct {
	n        int
	from, to int
	text     string
	accepted bool     // Send said so
	seen     []string // what its writer saw in the conversation before writing it
}

// A loss is a profile that was put back from a copy, in the order of notes.
type loss struct {
	n    int             // of the first note that was written after
	had  map[string]bool // texts that were there before
	left map[string]bool // and that are in the copy
}

// ledger is what the checker knows of a run.
type ledger struct {
	mu     sync.Mutex
	notes  []*note
	byText map[string]*note
	losses [][]loss // by computer
}

func newLedger() *ledger {
	l := &ledger{byText: make(map[string]*note), losses: make([][]loss, len(computers))}
	for from := range computers { // what the profiles have
		for to := range computers {
			for k := range 4 {
				if from != to {
					l.add(&note{from: from, to: to, text: fmt.Sprintf("before %d>%d %d", from, to, k), accepted: true})
				}
			}
		}
	}
	return l
}

func (l *ledger) add(n *note) {
	l.notes = append(l.notes, n)
	l.byText[n.text] = n
	n.n = len(l.notes)
}

// write makes a note of a message that is about to be sent.
func (l *ledger) write(from, to int, seen []string, filler int) *note {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := &note{from: from, to: to, seen: seen}
	n.text = fmt.Sprintf("%s %d>%d #%d", marker, from, to, len(l.notes)+1) + strings.Repeat(".", filler)
	l.add(n)
	return n
}

func (l *ledger) accept(n *note) {
	l.mu.Lock()
	n.accepted = true
	l.mu.Unlock()
}

// lost notes that a computer's profile was put back.
func (l *ledger) lost(computer int, had, left map[string]bool) {
	l.mu.Lock()
	l.losses[computer] = append(l.losses[computer], loss{len(l.notes) + 1, had, left})
	l.mu.Unlock()
}

// forgiven reports whether a note may be missing at a computer because its
// profile was put back from a copy without it.
func (l *ledger) forgiven(n *note, computer int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, x := range l.losses[computer] {
		if n.n < x.n && x.had[n.text] && !x.left[n.text] {
			return true
		}
	}
	return false
}

func (l *ledger) all() []*note {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*note(nil), l.notes...)
}

type messages interface {
	Messages(context.Context, model.ContactID, model.Page) ([]model.Message, error)
}

// conversation returns what a program has of a conversation, in the order that
// it shows.
func conversation(ctx context.Context, p messages, id model.ContactID) ([]model.Message, error) {
	var all []model.Message
	for before := int64(0); ; {
		page, err := p.Messages(ctx, id, model.Page{Before: before, Limit: 500})
		if err != nil || len(page) == 0 {
			return all, err
		}
		all, before = append(page, all...), page[0].Row
	}
}
