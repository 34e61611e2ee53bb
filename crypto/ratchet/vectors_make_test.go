package ratchet

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"sotto/crypto/internal/suite"
	"sotto/internal/interop"
)

// The methods below make a script by doing it.

func (run *vectorRun) note(step vectorStep) { run.session.Steps = append(run.session.Steps, step) }

func (run *vectorRun) put(from, to string, s *Session) {
	run.registers[to], run.newest[to] = s, run.newest[from]
}

// sides returns the registers of who seals and of who opens a cell.
func sides(id string) (string, string) {
	if id[0] == 'A' {
		return "a", "b"
	}
	return "b", "a"
}

// seal makes a cell; id is chain and number, with a mark behind it for a second
// cell in the same place. to is a register to leave the next state in.
func (run *vectorRun) seal(id, text string, repeat int, from, to string) {
	t := run.t
	t.Helper()
	chain, number, _ := strings.Cut(strings.TrimSuffix(id, "x"), ".")
	plaintext := []byte(strings.Repeat(text, repeat))
	before := run.registers[from]
	cell, next, err := before.Encrypt(rand.Reader, plaintext)
	vectorsNeed(t, err)
	n := next.send.n - 1
	if number != strconv.Itoa(int(n)) {
		t.Fatalf("%s is at %d", id, n)
	}
	begins := before.pair == nil
	if begins {
		run.session.Chains = append(run.session.Chains, vectorChain{
			chain, run.newest[from], interop.NewPair(next.pair.Bytes()), next.send.ct, next.send.ct3,
		})
	}
	step := vectorStep{
		Do: "seal", From: from, To: to, ID: id, Chain: chain, Begins: begins, N: n,
		Text: text, Repeat: repeat, Nonce: cell[nonceAt:headerAt], SHA256: vectorSum(cell),
	}
	if run.whole && len(cell) == classes[0] {
		step.Cell = cell
	}
	run.note(step)
	run.cells[id] = vectorCell{cell, plaintext, chain, Place{uint32(chain[1] - '0'), n}}
	run.put(from, to, next)
}

// sends seals on the side's own register.
func (run *vectorRun) sends(id, text string) {
	from, _ := sides(id)
	run.seal(id, text, 1, from, from)
}

func (run *vectorRun) open(id, to string, at int64) {
	t := run.t
	t.Helper()
	_, from := sides(id)
	if to == "" {
		to = from
	}
	c := run.cells[id]
	opened, next, err := run.registers[from].Decrypt(time.Unix(at, 0), c.cell)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	run.note(vectorStep{Do: "open", From: from, To: to, ID: id, At: at, Recipient: opened.Recipient})
	run.put(from, to, next)
	if c.chain[1] > run.newest[to][1] {
		run.newest[to] = c.chain
	}
}

func (run *vectorRun) opens(ids ...string) {
	for _, id := range ids {
		run.open(id, "", 0)
	}
}

// refuse says how a register refuses a cell.
func (run *vectorRun) refuse(id, from, refused string, at int64, alter *interop.Alteration) {
	run.t.Helper()
	step := vectorStep{Do: "open", From: from, ID: id, At: at, Alter: alter, Refused: refused}
	run.follow(&step)
	run.note(step)
}

func (run *vectorRun) pinOwn(l vectorList, to string) {
	step := vectorStep{Do: "pin own", From: "a", To: to, List: &l}
	run.put("a", to, run.registers["a"])
	run.follow(&step)
	run.note(step)
}

func (run *vectorRun) pinPeer(announced string, l vectorList) {
	step := vectorStep{Do: "pin peer", From: "b", To: "b", Announced: announced, List: &l}
	run.follow(&step)
	run.note(step)
}

func (run *vectorRun) skip(from, to string, count int) {
	run.put(from, to, skipped(run.registers[from], count))
	run.note(vectorStep{Do: "skip", From: from, To: to, Count: count})
}

func (run *vectorRun) keep(from, to string) {
	run.put(from, to, run.registers[from])
	run.note(vectorStep{Do: "keep", From: from, To: to})
}

func (run *vectorRun) state() {
	for _, from := range []string{"a", "b"} {
		step := stateOf(run.registers[from])
		step.Do, step.From = "state", from
		run.note(step)
	}
}

func makeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 5)
	random := func(n int) []byte {
		b, err := suite.Random(rand.Reader, n)
		vectorsNeed(t, err)
		return b
	}
	list := func(version uint32) vectorList { return vectorList{version, random(32)} }
	begin := func(name string) *vectorRun {
		v := &vectorSession{
			Name: name, H3: random(32), CK2: random(32),
			InitiatorDevice: interop.NewPair(random(PairSize)), FirstPair: interop.NewPair(random(PairSize)),
			Lists: vectorLists{list(1), list(7)},
		}
		ct, _, err := vectorPair(t, v.FirstPair).Public().Encapsulate()
		vectorsNeed(t, err)
		v.Chains = []vectorChain{{"A1", "B0", interop.NewPair(random(PairSize)), ct, nil}}
		return newVectorRun(t, v)
	}
	var file vectorFile

	run := begin("loss and reordering")
	file.Sessions = append(file.Sessions, run.session)
	run.whole = true
	run.sends("A1.0", "the first")
	run.keep("a", "a short")
	run.sends("A1.1", "one that comes late")
	run.sends("A1.2", "")
	run.seal("A1.3", "of a copy", 1, "a", "a long")
	run.opens("A1.2")
	for _, a := range []struct {
		at   int
		word string
	}{
		{0, "malformed"}, {1, "unknown"}, {16, "unknown"}, {17, "forged"}, {40, "forged"}, {41, "forged"}, {2362, "forged"},
		{2378, "forged"}, {2379, "forged"}, {2410, "forged"}, {2411, "forged"}, {3000, "forged"}, {-1, "forged"},
	} {
		run.refuse("A1.1", "b", a.word, 0, &interop.Alteration{At: a.at, XOR: 64})
	}
	run.opens("A1.0")
	run.refuse("A1.0", "b", "replay", 0, nil)
	run.refuse("A1.2", "b", "replay", 0, nil)
	run.sends("B1.0", "the answer")
	run.seal("B1.1", "x", 12385, "b", "b")
	run.opens("B1.1", "B1.0")
	run.refuse("B1.0", "a", "replay", 0, nil)
	// A copy that went on from before A1.1 says that its first chain had one cell.
	run.put("a short", "a short", run.copyOpens("a short", "B1.0"))
	run.seal("A2b.0", "of a copy", 1, "a short", "a short")
	run.refuse("A2b.0", "b", "forged", 0, nil)
	run.sends("A2.0", "missing for 30 days")
	run.sends("A2.1", "after chain A1")
	run.opens("A2.1")
	run.state()
	run.refuse("A1.3", "b", "forged", 0, nil)
	run.opens("A1.1")
	run.refuse("A1.1", "b", "unknown", 0, nil)
	days30 := int64(MaxSkippedAge / time.Second)
	run.refuse("A2.0", "b", "replay", days30+1, nil)
	run.open("A2.0", "", days30)
	run.state()

	run = begin("healing over three chains of each side")
	file.Sessions = append(file.Sessions, run.session)
	for _, c := range []struct {
		id, text string
		repeat   int
	}{
		{"A1.0", "what the first message could not say", 1}, {"B1.0", "the answer", 1}, {"A2.0", "confirmed", 1},
		{"B2.0", "sixteen ", 1000}, {"A3.0", "the longest ", 5128}, {"B3.0", "enough", 1},
	} {
		from, _ := sides(c.id)
		run.seal(c.id, c.text, c.repeat, from, from)
		run.opens(c.id)
		run.state()
	}

	run = begin("device lists")
	file.Sessions = append(file.Sessions, run.session)
	second, third := list(2), list(29_000_000)
	run.sends("A1.0", "list 1")
	run.opens("A1.0")
	run.sends("B1.0", "list 7")
	run.opens("B1.0")
	run.sends("A2.0", "announces list 2")
	run.keep("a", "a restored")
	run.pinOwn(second, "a")
	run.sends("A2.1", "on list 2")
	run.refuse("A2.1", "b", "ahead", 0, nil)
	run.opens("A2.0")
	run.refuse("A2.1", "b", "ahead", 0, nil)
	run.seal("B2.0", "the new list is not pinned yet", 1, "b", "b before")
	run.open("B2.0", "a before", 0)
	run.pinPeer("A2.0", second)
	run.opens("A2.1")
	// A restored copy, in which list 1 is the newest.
	run.seal("A2.1x", "lost", 1, "a restored", "a restored")
	run.seal("A2.2x", "on list 1 again", 1, "a restored", "a restored")
	run.refuse("A2.2x", "b", "rollback", 0, nil)
	run.sends("B2b.0", "the new list is pinned")
	run.refuse("B2b.0", "a restored", "unknown list", 0, nil)
	run.opens("B2b.0")
	// A state that counts on a list before it has announced it.
	run.sends("A3.0", "on list 2")
	run.pinOwn(third, "a early")
	run.seal("A3.1x", "on the third list", 1, "a early", "a early")
	run.seal("A3.2x", "on the third list", 1, "a early", "a early")
	run.sends("A3.1", "late, on list 2")
	run.sends("A3.2", "announces the third list")
	run.pinOwn(third, "a")
	run.sends("A3.3", "on the third list")
	run.opens("A3.0")
	run.refuse("A3.1x", "b", "ahead", 0, nil)
	run.opens("A3.2")
	run.pinPeer("A3.2", third)
	run.refuse("A3.1x", "b", "forged", 0, nil)
	run.refuse("A3.2x", "b", "forged", 0, nil)
	run.opens("A3.3", "A3.1")

	run = begin("limits")
	file.Sessions = append(file.Sessions, run.session)
	run.sends("A1.0", "missing")
	run.skip("a", "a far", MaxSkippedChain)
	run.seal("A1.2001x", "after 2,001", 1, "a far", "a far")
	run.refuse("A1.2001x", "b", "limit", 0, nil)
	for chain := 1; chain <= 5; chain++ {
		if chain > 1 {
			run.sends(fmt.Sprintf("A%d.0", chain), "missing")
		}
		run.skip("a", "a", MaxSkippedChain-1)
		run.sends(fmt.Sprintf("A%d.2000", chain), "after 2,000")
		run.opens(fmt.Sprintf("A%d.2000", chain))
		run.sends(fmt.Sprintf("B%d.0", chain), "next")
		run.opens(fmt.Sprintf("B%d.0", chain))
	}
	run.sends("A6.0", "the 10,001st")
	run.sends("A6.1", "after it")
	run.refuse("A6.1", "b", "limit", 0, nil)
	run.opens("A6.0", "A6.1")
	run.sends("A6.2", "the 10,001st")
	run.sends("A6.3", "after it")
	run.refuse("A6.3", "b", "limit", 0, nil)
	run.opens("A1.0", "A6.3", "A6.2")

	interop.Save(t, "ratchet", file)
}

// copyOpens opens a cell in another register than that of its side.
func (run *vectorRun) copyOpens(from, id string) *Session {
	c := run.cells[id]
	opened, next, err := run.registers[from].Decrypt(time.Unix(0, 0), c.cell)
	vectorsNeed(run.t, err)
	run.note(vectorStep{Do: "open", From: from, To: from, ID: id, Recipient: opened.Recipient})
	run.newest[from] = c.chain
	return next
}
