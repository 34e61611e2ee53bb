package ratchet

import (
	"errors"
	"slices"
)

// MaxLists is the number of device lists that are remembered of each side.
const MaxLists = 64

// A List is what a session remembers of a device list (account.List): its
// version, which headers name, and its hash, which every body is bound to.
type List struct {
	Version uint32
	Hash    [32]byte
}

// A Place is where a cell stands among all that its sender sealed in a session:
// the number of the chain, counted from 1 for each side, and that of the cell in
// its chain, counted from 0. Cells arrive in any order; places say which device
// list was in force when a cell was sealed.
type Place struct{ Chain, N uint32 }

func (p Place) before(q Place) bool {
	return p.Chain < q.Chain || p.Chain == q.Chain && p.N < q.N
}

// pinned is a list of the peer's. It is in force after the place where it was
// announced; for that of the handshake this is before all places.
type pinned struct {
	List
	announced Place
}

// ErrListOrder says that a list to be pinned does not come after the one that
// is pinned, or that no cell has come from where it was announced.
var ErrListOrder = errors.New("ratchet: device list does not come after the one before")

// OwnList returns our device list on which the next cell counts.
func (s *Session) OwnList() List { return s.own[len(s.own)-1] }

// PeerList returns the newest device list that is pinned for the peer.
func (s *Session) PeerList() List { return s.peer[len(s.peer)-1].List }

// PinOwn returns the session with a new device list of ours, in force from the
// next cell on. The cell that announced it is the one before. It returns
// ErrListOrder unless the version is higher than that of OwnList.
func (s *Session) PinOwn(l List) (*Session, error) {
	if l.Version <= s.OwnList().Version {
		return nil, ErrListOrder
	}
	next := *s
	next.own = remember(s.own, l)
	return &next, nil
}

// PinPeer returns the session with a new device list of the peer's that was
// announced in the cell at a Place. That it is right is for the caller to know
// (account.List.Judge). It returns ErrListOrder unless version and place are
// after those of PeerList and the place is in a chain that has begun.
func (s *Session) PinPeer(announced Place, l List) (*Session, error) {
	last := s.peer[len(s.peer)-1]
	if l.Version <= last.Version || !last.announced.before(announced) ||
		s.recv == nil || announced.Chain > s.recv.number {
		return nil, ErrListOrder
	}
	next := *s
	next.peer = remember(s.peer, pinned{l, announced})
	return &next, nil
}

// remember appends to a copy of the newest lists.
func remember[T any](lists []T, l T) []T {
	return append(slices.Clone(lists[max(0, len(lists)-MaxLists+1):]), l)
}

// agreed returns the lists of sender and recipient on which a cell counts, by
// the rules of docs/protocol.md §7.5.
func (s *Session) agreed(h *headerText, p Place) (from, to List, err error) {
	own := slices.IndexFunc(s.own, func(l List) bool { return l.Version == h.to })
	if own < 0 {
		return from, to, ErrListUnknown
	}
	i := len(s.peer) - 1
	for i >= 0 && !s.peer[i].announced.before(p) {
		i--
	}
	switch {
	case i < 0:
		return from, to, ErrForged // older than all that is remembered
	case h.from < s.peer[i].Version:
		return from, to, ErrListRollback
	case h.from > s.peer[i].Version && i == len(s.peer)-1:
		return from, to, ErrListAhead
	case h.from > s.peer[i].Version:
		return from, to, ErrForged // announced only after this place
	}
	return s.peer[i].List, s.own[own], nil
}
