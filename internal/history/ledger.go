package history

import (
	"context"
	"fmt"
	"slices"
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
	texts    []string // what it may say
	latest   string   // what it must say in the end; "" if that is not certain
	accepted bool     // Send said so
	maybe    bool     // taken back, or that was tried
	seen     []*note  // what its writer saw in the conversation before writing it
}

func (n *note) String() string { return fmt.Sprintf("#%d", n.n) }

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
	byText map[string]*note // by each of its texts
	losses [][]loss         // by computer
}

func newLedger() *ledger {
	l := &ledger{byText: make(map[string]*note), losses: make([][]loss, len(computers))}
	for from := range computers { // what the profiles have
		for to := range computers {
			for k := range written {
				if from != to {
					text := before(from, to, k)
					l.add(&note{from: from, to: to, texts: []string{text}, latest: text, accepted: true})
				}
			}
		}
	}
	return l
}

func (l *ledger) add(n *note) {
	l.notes = append(l.notes, n)
	l.byText[n.texts[0]] = n
	n.n = len(l.notes)
}

// seen returns the notes of a conversation; not nil.
func (l *ledger) seen(all []model.Message) []*note {
	l.mu.Lock()
	defer l.mu.Unlock()
	notes := make([]*note, 0, len(all))
	for _, m := range all {
		if n := l.byText[m.Text]; n != nil && !m.Quarantined { // what stands apart has no order
			notes = append(notes, n)
		}
	}
	return notes
}

// write makes a note of a message that is about to be sent.
func (l *ledger) write(from, to int, seen []*note, filler int) *note {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := &note{from: from, to: to, seen: seen}
	n.latest = fmt.Sprintf("%s %d>%d #%d", marker, from, to, len(l.notes)+1) + strings.Repeat(".", filler)
	n.texts = []string{n.latest}
	l.add(n)
	return n
}

func (l *ledger) accept(n *note) {
	l.mu.Lock()
	n.accepted = true
	l.mu.Unlock()
}

// find returns the note of a text, or nil.
func (l *ledger) find(text string) *note {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byText[text]
}

// edit returns a new text for a note. Until it is known what became of it, the
// note may say either.
func (l *ledger) edit(n *note) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf("%s %d>%d #%d, edition %d", marker, n.from, n.to, n.n, len(n.texts))
	l.byText[text] = n
	n.texts, n.latest = append(n.texts, text), ""
	return text
}

// edited notes that the person was told that a note has its new text.
func (l *ledger) edited(n *note, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n.latest = text
}

func (l *ledger) cancel(n *note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n.maybe = true
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
		in := func(all map[string]bool) bool {
			return slices.ContainsFunc(n.texts, func(text string) bool { return all[text] })
		}
		if n.n < x.n && in(x.had) && !in(x.left) {
			return true
		}
	}
	return false
}

// restored reports whether a profile of one of its two sides was put back after
// a note was written.
func (l *ledger) restored(n *note) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, who := range []int{n.from, n.to} {
		for _, x := range l.losses[who] {
			if n.n < x.n {
				return true
			}
		}
	}
	return false
}

// places tells where in a conversation notes are, those of one direction or all.
func (l *ledger) places(all []model.Message, d model.Direction) map[*note][]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := make(map[*note][]int)
	for i, m := range all {
		if n := l.byText[m.Text]; n != nil && (d == "" || m.Direction == d) {
			at[n] = append(at[n], i)
		}
	}
	return at
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
