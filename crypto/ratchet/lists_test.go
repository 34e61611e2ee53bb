package ratchet

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
)

func list(version uint32) List {
	return List{version, [32]byte{'L', byte(version), byte(version >> 8)}}
}

// announce has one side announce a new list of its own in the next cell, and
// the other pin it.
func announce(t tb, from, to *Session, version uint32) (*Session, *Session) {
	t.Helper()
	cell, from := seal(t, from, "list")
	opened, to := read(t, to, cell)
	from, err := from.PinOwn(list(version))
	check(t, err)
	to, err = to.PinPeer(opened.Place, list(version))
	check(t, err)
	return from, to
}

// claiming returns the session as one that names other lists.
func (s *Session) claiming(own, peer List) *Session {
	liar := *s
	liar.own, liar.peer = []List{own}, []pinned{{List: peer}}
	return &liar
}

func TestPlaces(t *testing.T) {
	alice, bob := begin(t)
	at := func(from, to *Session, p Place) (*Session, *Session) {
		t.Helper()
		cell, from := seal(t, from, "text")
		opened, to := read(t, reload(t, to), cell)
		if opened.Place != p || opened.Recipient != 1 {
			t.Fatalf("at %v, counting on version %d, want %v and 1", opened.Place, opened.Recipient, p)
		}
		return from, to
	}
	alice, bob = at(alice, bob, Place{1, 0})
	late, alice := seal(t, alice, "late")
	alice, bob = at(alice, bob, Place{1, 2})
	bob, alice = at(bob, alice, Place{1, 0})
	bob, alice = at(bob, alice, Place{1, 1})
	alice, bob = at(alice, bob, Place{2, 0})
	opened, bob := read(t, bob, late)
	if opened.Place != (Place{1, 1}) {
		t.Errorf("a late cell is at %v", opened.Place)
	}
	bob, alice = at(bob, alice, Place{2, 0})
	at(alice, bob, Place{3, 0})
}

// Both sides get new lists, and each cell says on which it counts.
func TestLists(t *testing.T) {
	alice, bob := settle(t)
	if alice.OwnList() != listA || alice.PeerList() != listB {
		t.Error("lists of the handshake are not those of the session")
	}
	alice, bob = announce(t, alice, bob, 2)
	alice, bob = reload(t, alice), reload(t, bob)
	if alice.OwnList() != list(2) || bob.PeerList() != list(2) || alice.PeerList() != listB {
		t.Error("the new list is not in force")
	}
	// Bob's cell that crosses the announcement counts on the old list of
	// Alice's, and his next one on the new.
	cell, after := seal(t, bob.claiming(listB, listA), "crossed")
	opened, alice2 := read(t, alice, cell)
	if opened.Recipient != 1 {
		t.Errorf("version %d, want 1", opened.Recipient)
	}
	after.own, after.peer = bob.own, bob.peer
	cell, _ = seal(t, after, "after")
	if opened, _ = read(t, alice2, cell); opened.Recipient != 2 {
		t.Errorf("version %d, want 2", opened.Recipient)
	}
	for v := uint32(3); v < 6; v++ {
		bob, alice = announce(t, bob, alice, v)
		alice, bob = announce(t, alice, bob, v*1000) // as after a recovery
		alice, bob = reload(t, alice), reload(t, bob)
	}
}

// The table of docs/protocol.md §7.5: what a cell at each place may say.
func TestListsAtPlaces(t *testing.T) {
	alice, bob := settle(t)
	// at has Alice's session before she sealed the cell of a place, so that
	// she can seal there whatever she likes.
	at := map[Place]*Session{}
	text := func(p Place) []byte {
		t.Helper()
		var cell []byte
		at[p] = alice
		cell, alice = seal(t, alice, "text")
		return cell
	}
	pin := func(p Place, version uint32) {
		t.Helper()
		opened, next := read(t, bob, text(p))
		if opened.Place != p {
			t.Fatalf("announced at %v, want %v", opened.Place, p)
		}
		var err error
		bob, err = next.PinPeer(p, list(version))
		check(t, err)
		alice, err = alice.PinOwn(list(version))
		check(t, err)
	}
	alice, bob = send(t, alice, bob, "begins chain 3")
	text(Place{3, 1})
	alice, bob = send(t, alice, bob, "the last of chain 3")
	bob, alice = send(t, bob, alice, "answer")
	alice, bob = send(t, alice, bob, "begins chain 4")
	pin(Place{4, 1}, 2)
	text(Place{4, 2})
	pin(Place{4, 3}, 5) // of a recovery; there was no 3 and 4
	text(Place{4, 4})
	text(Place{4, 5})
	bob, alice = send(t, bob, alice, "answer")
	at[Place{5, 0}] = alice

	outcome := map[byte]error{'o': nil, 'p': ErrReplay, 'r': ErrListRollback, 'a': ErrListAhead, 'f': ErrForged}
	bob = reload(t, bob)
	for _, tt := range []struct {
		place Place
		want  string // for each version of Alice's from 0 to 7
	}{
		{Place{3, 1}, "roffffff"},
		{Place{4, 1}, "rpffffff"},
		{Place{4, 2}, "rrofffff"},
		{Place{4, 3}, "rrpfffff"},
		{Place{4, 4}, "rrrrroaa"},
		{Place{4, 5}, "rrrrroaa"},
		{Place{5, 0}, "rrrrroaa"},
	} {
		for v := range tt.want {
			l := list(uint32(v))
			if v == 1 {
				l = listA
			}
			cell, _ := seal(t, at[tt.place].claiming(l, listB), "text")
			opened, _, err := bob.Decrypt(noon, cell)
			if !errors.Is(err, outcome[tt.want[v]]) || err == nil && opened.Place != tt.place {
				t.Errorf("version %d at %v: got error %v, want %c", v, tt.place, err, tt.want[v])
			}
		}
	}

	// And what it may say of Bob's, who has had 1 and 3.
	bob, err := bob.PinOwn(list(3))
	check(t, err)
	for v, l := range []List{list(0), listB, list(2), list(3), list(4)} {
		cell, _ := seal(t, at[Place{4, 4}].claiming(list(5), l), "text")
		if v == 1 || v == 3 {
			if opened, _ := read(t, bob, cell); opened.Recipient != uint32(v) {
				t.Errorf("version %d of Bob's, want %d", opened.Recipient, v)
			}
			continue
		}
		refused(t, bob, cell, ErrListUnknown)
	}
}

// Two announcements and what is sealed around them, in all orders: what is
// ahead opens after the announcement, and everything opens once.
func TestListsInAnyOrder(t *testing.T) {
	alice, bob := settle(t)
	versions := map[int]uint32{1: 2, 3: 3} // announced by these cells
	var cells [][]byte
	for i := range 6 {
		var cell []byte
		cell, alice = seal(t, alice, "text")
		cells = append(cells, cell)
		if v := versions[i]; v != 0 {
			var err error
			alice, err = alice.PinOwn(list(v))
			check(t, err)
		}
	}
	orders := 0
	permute([]int{0, 1, 2, 3, 4, 5}, func(order []int) {
		orders++
		s, coming, opened := bob, order, 0
		for len(coming) > 0 {
			var held []int
			for _, i := range coming {
				o, next, err := s.Decrypt(noon, cells[i])
				if errors.Is(err, ErrListAhead) {
					held = append(held, i)
					continue
				}
				check(t, err)
				s = next
				opened++
				if v := versions[i]; v != 0 {
					s, err = s.PinPeer(o.Place, list(v))
					check(t, err)
				}
			}
			if len(held) == len(coming) {
				t.Fatalf("%v: %v stay closed", order, held)
			}
			coming = held
		}
		if s.PeerList() != list(3) || opened != len(cells) || s.skippedKeys() != 0 {
			t.Fatalf("%v: ends otherwise", order)
		}
	})
	if orders != 720 {
		t.Fatalf("%d orders, want 720", orders)
	}
}

// permute calls f with every order.
func permute(of []int, f func([]int)) {
	if len(of) == 0 {
		f(nil)
	}
	for i, x := range of {
		rest := append(slices.Clone(of[:i]), of[i+1:]...)
		permute(rest, func(tail []int) { f(append([]int{x}, tail...)) })
	}
}

func TestListOrder(t *testing.T) {
	alice, bob := settle(t)
	alice, bob = send(t, alice, bob, "text")
	alice, bob = announce(t, alice, bob, 5)
	for _, v := range []uint32{0, 1, 4, 5} {
		_, err := alice.PinOwn(list(v))
		want(t, err, ErrListOrder)
		_, err = bob.PinPeer(Place{3, 2}, list(v))
		want(t, err, ErrListOrder)
	}
	for _, p := range []Place{{}, {0, 9}, {2, 9}, {3, 0}, {3, 1}, {4, 0}} {
		_, err := bob.PinPeer(p, list(6))
		want(t, err, ErrListOrder)
	}
	fresh, _ := begin(t)
	_, err := fresh.PinPeer(Place{1, 0}, list(2)) // nothing has come of Bob's
	want(t, err, ErrListOrder)
	// What is returned is another session.
	if _, err := bob.PinPeer(Place{3, 2}, list(6)); err != nil || bob.PeerList() != list(5) {
		t.Errorf("%v; pinning changes the session", err)
	}
	if _, err := alice.PinOwn(list(6)); err != nil || alice.OwnList() != list(5) {
		t.Errorf("%v; pinning changes the session", err)
	}
}

// The newest 64 lists of each side are remembered.
func TestListMemory(t *testing.T) {
	alice, bob := settle(t)
	late, alice := seal(t, alice, "from before all of them")
	crossed, _ := seal(t, bob, "crossed")
	old := bob
	for v := uint32(2); v <= MaxLists+1; v++ {
		if v == MaxLists+1 { // 63 were announced: the first is still known
			open(t, bob, late, "from before all of them")
			open(t, alice, crossed, "crossed")
		}
		alice, bob = announce(t, alice, bob, v)
	}
	if len(reload(t, alice).own) != MaxLists || len(reload(t, bob).peer) != MaxLists {
		t.Fatal("the lists remembered are not 64")
	}
	refused(t, bob, late, ErrForged)
	refused(t, alice, crossed, ErrListUnknown)
	cell, _ := seal(t, old.claiming(listB, list(2)), "the oldest that is known")
	open(t, alice, cell, "the oldest that is known")
}

// A sender that pins a list when it has no chain begins the next one with it.
func TestListBetweenChains(t *testing.T) {
	alice, bob := settle(t) // Alice's chain 3 is due
	alice, err := alice.PinOwn(list(2))
	check(t, err)
	_, bob = seal(t, bob, "on its way")
	bob, err = bob.PinPeer(Place{2, 7}, list(2))
	check(t, err)
	cell, _, err := alice.Encrypt(rand.Reader, nil)
	check(t, err)
	opened, _ := read(t, bob, cell)
	if opened.Place != (Place{3, 0}) {
		t.Errorf("at %v", opened.Place)
	}
}
