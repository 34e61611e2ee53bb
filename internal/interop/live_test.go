//go:build reference

package interop

import (
	"bytes"
	mrand "math/rand/v2"
	"testing"
)

// meetByLink makes a session: inviter makes a link, joiner accepts it.
func meetByLink(t *testing.T, inviter, joiner side) {
	t.Helper()
	text, cell, err := inviter.offer(link)
	need(t, err)
	need(t, joiner.scan(text, cell))
	greet(t, joiner, inviter)
}

// greet has the initiator make the first message and the responder read it.
func greet(t *testing.T, initiator, responder side) {
	t.Helper()
	said := []byte("a first message")
	msg1, err := initiator.initiate(said)
	need(t, err)
	msg1[5000] ^= 1
	if _, err := responder.respond(msg1); err == nil {
		t.Fatal("an altered first message was accepted")
	}
	msg1[5000] ^= 1
	got, err := responder.respond(msg1)
	need(t, err)
	if !bytes.Equal(got, said) {
		t.Fatalf("the first message says %q", got)
	}
}

// messages is how many cells are sealed in a conversation.
const messages = 100

// converse lets two sides talk, with random turns and sizes, while the network
// loses some cells, delivers others late, twice or altered. It ends in a state
// in which both have confirmed the session.
func converse(t *testing.T, random *mrand.Rand, a, b side) {
	t.Helper()
	type sealed struct{ cell, plaintext []byte }
	sides := [2]side{a, b}
	var waiting [2][]sealed // for each side
	opened, lost, twice := 0, 0, 0
	classes := map[int]int{}
	say := func(from int, plaintext []byte) {
		t.Helper()
		cell, err := sides[from].seal(plaintext)
		need(t, err)
		classes[len(cell)]++
		waiting[1-from] = append(waiting[1-from], sealed{cell, plaintext})
	}
	hear := func(to, i int) {
		t.Helper()
		c := waiting[to][i]
		waiting[to] = append(waiting[to][:i:i], waiting[to][i+1:]...)
		if random.IntN(4) == 0 {
			at := random.IntN(len(c.cell))
			changed := Alteration{At: at, XOR: 1 << random.IntN(8)}.Of(c.cell)
			if _, err := sides[to].open(changed); err == nil {
				t.Fatalf("accepted with byte %d changed", at)
			}
		}
		got, err := sides[to].open(c.cell)
		need(t, err)
		if !bytes.Equal(got, c.plaintext) {
			t.Fatal("a cell says something else")
		}
		opened++
		if random.IntN(4) == 0 {
			if _, err := sides[to].open(c.cell); err == nil {
				t.Fatal("a cell was opened twice")
			}
			twice++
		}
	}
	for said := 0; said < messages; {
		switch who := random.IntN(2); random.IntN(9) {
		case 0, 1, 2, 3:
			limit := []int{1665, 13953, 61537}[random.IntN(3)]
			plaintext := make([]byte, random.IntN(limit+1))
			for i := range plaintext {
				plaintext[i] = byte(random.Uint32())
			}
			say(who, plaintext)
			said++
		case 4:
			if n := len(waiting[who]); n > 8 {
				waiting[who] = waiting[who][1:] // it is lost
				lost++
			}
		default:
			if n := len(waiting[who]); n > 0 {
				hear(who, random.IntN(n))
			}
		}
	}
	for to := range sides {
		for len(waiting[to]) > 0 {
			hear(to, random.IntN(len(waiting[to])))
		}
	}
	for i := range 4 { // round trips, so that both have heard of each other
		say(i%2, []byte("still there"))
		hear(1-i%2, 0)
	}
	if len(classes) != 3 || opened != messages+4-lost {
		t.Errorf("%d opened, %d lost, of the sizes %v", opened, lost, classes)
	}
	t.Logf("%d cells opened, %d lost, %d repeated; sizes %v", opened, lost, twice, classes)
}

// agree checks that both sides see the same.
func agree(t *testing.T, a, b side) state {
	t.Helper()
	one, err := a.state()
	need(t, err)
	two, err := b.state()
	need(t, err)
	if one.Number != two.Number || one.Code != two.Code || len(one.Number) != 60 {
		t.Errorf("safety numbers differ: %s, %s", one.Number, two.Number)
	}
	if !bytes.Equal(one.Session, two.Session) || len(one.Session) != 32 {
		t.Error("sessions differ")
	}
	if !one.Confirmed || !two.Confirmed {
		t.Errorf("confirmed: %v, %v", one.Confirmed, two.Confirmed)
	}
	return one
}

// begin returns a new pair of sides, and randomness for the network, with its
// seed in the log.
func begin(t *testing.T) (program, other side, random *mrand.Rand) {
	t.Helper()
	seed := mrand.Uint64()
	t.Logf("seed %d", seed)
	return newProgram(t), newReference(t), mrand.New(mrand.NewPCG(seed, 0))
}

func TestLinkFromProgram(t *testing.T) {
	program, other, random := begin(t)
	meetByLink(t, program, other)
	converse(t, random, program, other)
	agree(t, program, other)
}

func TestLinkFromReference(t *testing.T) {
	program, other, random := begin(t)
	meetByLink(t, other, program)
	converse(t, random, program, other)
	agree(t, program, other)
}

// TestInPerson has both scan each other. Who begins hangs on the hashes of the
// bundles, so each of the two is made to begin once.
func TestInPerson(t *testing.T) {
	program, other, random := begin(t)
	begun := map[side]bool{}
	for len(begun) < 2 {
		text1, cell1, err := program.offer(person)
		need(t, err)
		text2, cell2, err := other.offer(person)
		need(t, err)
		need(t, program.scan(text2, cell2))
		need(t, other.scan(text1, cell1))
		first, second := program, other
		if _, err := first.initiate([]byte{}); err != nil {
			first, second = other, program
		} else if _, err := second.initiate([]byte{}); err == nil {
			t.Fatal("both begin")
		}
		if !begun[first] {
			greet(t, first, second)
			converse(t, random, first, second)
			agree(t, first, second)
			begun[first] = true
		}
	}
}

// TestReset has each side begin anew with a reset bundle that came through the
// session, once with the resumption secret and once without.
func TestReset(t *testing.T) {
	program, other, random := begin(t)
	meetByLink(t, program, other)
	for i := range 4 { // so that there are resumption secrets
		talk(t, []side{program, other}[i%2], []side{other, program}[i%2], []byte("a round trip"))
	}
	for _, c := range []struct {
		by, of side
		fresh  bool
	}{{program, other, true}, {other, program, true}, {program, other, false}, {other, program, false}} {
		before := agree(t, program, other)
		bundle, err := c.of.give()
		need(t, err)
		got := talk(t, c.of, c.by, bundle)
		msg1, err := c.by.reset(got, c.fresh, []byte("anew"))
		need(t, err)
		payload, fresh, err := c.of.respondToReset(msg1)
		need(t, err)
		if string(payload) != "anew" || fresh != c.fresh {
			t.Errorf("%q, fresh: %v", payload, fresh)
		}
		converse(t, random, program, other)
		after := agree(t, program, other)
		if bytes.Equal(before.Session, after.Session) || before.Number != after.Number {
			t.Error("this is not another session of the same two")
		}
	}
}

// talk passes one cell on.
func talk(t *testing.T, from, to side, plaintext []byte) []byte {
	t.Helper()
	cell, err := from.seal(plaintext)
	need(t, err)
	got, err := to.open(cell)
	need(t, err)
	if !bytes.Equal(got, plaintext) {
		t.Fatal("a cell says something else")
	}
	return got
}
