package ratchet

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// After each step a stored session is the same when it is read again.
func TestStore(t *testing.T) {
	alice, bob := begin(t)
	same := func(s *Session) {
		t.Helper()
		b := stored(t, s)
		again, err := ParseSession(b)
		check(t, err)
		if !bytes.Equal(b, stored(t, again)) {
			t.Fatal("a session changes when it is stored")
		}
		for i := range b {
			if _, err := ParseSession(b[:i]); err == nil {
				t.Fatalf("%d of %d bytes make a session", i, len(b))
			}
			if i > 300 { // the rest is cut at a field's end now and then
				break
			}
		}
		if _, err := ParseSession(append(bytes.Clone(b), 0)); err == nil {
			t.Fatal("a session with a byte too many is read")
		}
	}
	for range 3 {
		same(alice)
		same(bob)
		_, alice = seal(t, alice, "lost")
		alice, bob = send(t, reload(t, alice), reload(t, bob), "from Alice")
		same(alice)
		same(bob)
		_, bob = seal(t, bob, "lost")
		bob, alice = send(t, reload(t, bob), reload(t, alice), "from Bob")
	}
}

// States that no session can be in are refused, even if well-formed.
func TestImpossibleStates(t *testing.T) {
	settledA, settledB := settle(t)
	for name, tt := range map[string]struct {
		s      *Session
		change func(*Session)
	}{
		"initiator without a chain":    {initiator(begin(t)), func(s *Session) { s.send, s.pair = nil, nil }},
		"nothing for B1 to open with":  {initiator(begin(t)), func(s *Session) { s.pair = nil }},
		"confirmed without a cell":     {initiator(begin(t)), func(s *Session) { s.confirmed = true }},
		"no device keys":               {initiator(begin(t)), func(s *Session) { s.identity = nil }},
		"device keys left over":        {settledA, func(s *Session) { s.identity = initiator(begin(t)).identity }},
		"device keys of the other":     {initiator(begin(t)), func(s *Session) { s.identity = responder(begin(t)).identity }},
		"pair without a chain":         {responder(begin(t)), func(s *Session) { s.pair = initiator(begin(t)).pair }},
		"responder without a chain":    {responder(begin(t)), func(s *Session) { s.recv = nil }},
		"chain over with nothing left": {settledB, over(receiving{number: 1, n: 3})},
		"chain over with a chain key":  {settledB, over(receiving{number: 1, n: 3, chain: key{1}, skipped: []*skippedKey{{n: 1}}})},
		"chain of no number":           {settledB, over(receiving{n: 3, skipped: []*skippedKey{{n: 1}}})},
		"chain over after the newest":  {settledB, over(receiving{number: 2, n: 3, skipped: []*skippedKey{{n: 1}}})},
		"key of a cell to come":        {settledB, over(receiving{number: 1, n: 3, skipped: []*skippedKey{{n: 3}}})},
		"keys out of order":            {settledB, over(receiving{number: 1, n: 3, skipped: []*skippedKey{{n: 2}, {n: 1}}})},
		"keys twice":                   {settledB, over(receiving{number: 1, n: 3, skipped: []*skippedKey{{n: 1}, {n: 1}}})},
		"chain over before the first":  {initiator(begin(t)), over(receiving{number: 1, n: 3, skipped: []*skippedKey{{n: 1}}})},
		"no list of ours":              {settledB, func(s *Session) { s.own = nil }},
		"no list of the peer's":        {settledB, func(s *Session) { s.peer = nil }},
		"too many lists of ours":       {settledB, func(s *Session) { s.own = make([]List, MaxLists+1); count(s.own) }},
		"our lists out of order":       {settledB, func(s *Session) { s.own = []List{{Version: 2}, {Version: 2}} }},
		"the peer's lists out of order": {settledB, func(s *Session) {
			s.peer = []pinned{{List: List{Version: 2}}, {List{Version: 1}, Place{1, 1}}}
		}},
		"announced before the one before": {settledB, func(s *Session) {
			s.peer = []pinned{{List{Version: 1}, Place{1, 1}}, {List{Version: 2}, Place{1, 1}}}
		}},
		"announced in a chain to come": {settledB, func(s *Session) { s.peer = []pinned{{List{Version: 2}, Place{3, 0}}} }},
		"no resumption secret":         {settledB, func(s *Session) { s.resumptions = nil }},
		"a resumption secret too soon": {responder(begin(t)), func(s *Session) { s.resumptions = []key{{1}} }},
		"too many resumption secrets":  {settledB, func(s *Session) { s.resumptions = make([]key, 3) }},
	} {
		s := *tt.s
		tt.change(&s)
		if _, err := ParseSession(stored(t, &s)); !errors.Is(err, ErrState) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if got := reload(t, settledA); !reflect.DeepEqual(got.Tags(), settledA.Tags()) {
		t.Error("tags differ after storing")
	}
}

// over gives a session one chain that is over.
func over(c receiving) func(*Session) {
	return func(s *Session) { s.old = []*receiving{&c} }
}

func count(lists []List) {
	for i := range lists {
		lists[i].Version = uint32(i) + 1
	}
}

// A state of another version is not read, as there is none that was ever used.
func TestStateVersion(t *testing.T) {
	alice, _ := begin(t)
	b := stored(t, alice)
	for _, v := range []byte{0, 1, stateVersion + 1} {
		b[0] = v
		_, err := ParseSession(b)
		want(t, err, ErrState)
	}
}
