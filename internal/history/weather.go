package history

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"time"

	"sotto/p2p/node"
)

// Weather is what happens to cells on their way to a computer: chances from 0
// to 100 for each cell.
type Weather struct{ Lose, Double, Swap, Replay int }

// weather stands between a computer's node and its messenger and does to cells
// what a bad network would, were there no TCP.
type weather struct {
	node.Handler

	mu     sync.Mutex
	rand   *rand.Rand
	now    Weather
	held   map[node.ID][]byte   // a cell that is to come after the next
	before map[node.ID][][]byte // cells that came
}

func newWeather(r *rand.Rand, h node.Handler, now Weather) *weather {
	return &weather{Handler: h, rand: r, now: now, held: make(map[node.ID][]byte), before: make(map[node.ID][][]byte)}
}

func (w *weather) set(now Weather) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// patience is how long a cell waits for the one that is to overtake it.
const patience = 30 * time.Millisecond

// Cell passes a cell on, or not.
func (w *weather) Cell(peer node.ID, cell []byte) {
	for _, c := range w.decide(peer, cell) {
		w.Handler.Cell(peer, c)
	}
}

func (w *weather) decide(peer node.ID, cell []byte) (out [][]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	chance := func(percent int) bool { return w.rand.IntN(100) < percent }
	if len(w.before[peer]) < 256 {
		w.before[peer] = append(w.before[peer], bytes.Clone(cell))
	}
	if chance(w.now.Replay) {
		out = append(out, bytes.Clone(w.before[peer][w.rand.IntN(len(w.before[peer]))]))
	}
	switch {
	case chance(w.now.Lose):
	case chance(w.now.Double):
		out = append(out, cell, bytes.Clone(cell))
	case chance(w.now.Swap) && w.held[peer] == nil:
		w.held[peer] = cell
		time.AfterFunc(patience, func() { w.letGo(peer, cell) })
		return out
	default:
		out = append(out, cell)
	}
	if late := w.held[peer]; late != nil {
		delete(w.held, peer)
		out = append(out, late)
	}
	return out
}

// letGo passes on a cell that nothing overtook.
func (w *weather) letGo(peer node.ID, cell []byte) {
	w.mu.Lock()
	waits := w.held[peer]
	here := waits != nil && &waits[0] == &cell[0]
	if here {
		delete(w.held, peer)
	}
	w.mu.Unlock()
	if here {
		w.Handler.Cell(peer, cell)
	}
}

// seen returns copies of cells that came.
func (w *weather) seen() (all [][]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, cells := range w.before {
		all = append(all, cells...)
	}
	return all
}
