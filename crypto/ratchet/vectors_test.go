package ratchet

import (
	"bytes"
	"crypto/mlkem"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sotto/crypto/internal/suite"
	"sotto/crypto/internal/wire"
	"sotto/internal/interop"
)

// The fields of ratchet.json are described in docs/reference/vectors/README.md.
// A session is a script: its registers hold states of either side, and each
// step takes the state of one and puts the next into another. So a state can be
// used twice, as only an attacker or a restored copy does.

type vectorFile struct {
	Sessions []*vectorSession `json:"sessions"`
}

type vectorSession struct {
	Name            string        `json:"name"`
	H3              []byte        `json:"h3"`
	CK2             []byte        `json:"ck2"`
	InitiatorDevice interop.Pair  `json:"initiatorDevice"`
	FirstPair       interop.Pair  `json:"firstPair"`
	Lists           vectorLists   `json:"lists"`
	Chains          []vectorChain `json:"chains"`
	Steps           []vectorStep  `json:"steps"`
}

type vectorLists struct {
	Initiator vectorList `json:"initiator"`
	Responder vectorList `json:"responder"`
}

type vectorList struct {
	Version uint32 `json:"version"`
	Hash    []byte `json:"hash"`
}

func (l vectorList) list() List { return List{l.Version, [32]byte(l.Hash)} }

type vectorChain struct {
	Name string `json:"name"`
	For  string `json:"for"`
	interop.Pair
	CT  []byte `json:"ct"`
	CT3 []byte `json:"ct3,omitempty"`
}

type vectorStep struct {
	Do          string              `json:"do"`
	From        string              `json:"from"`
	To          string              `json:"to,omitempty"`
	ID          string              `json:"id,omitempty"`
	Chain       string              `json:"chain,omitempty"`
	Begins      bool                `json:"begins,omitempty"`
	N           uint32              `json:"n,omitempty"`
	Text        string              `json:"text,omitempty"`
	Repeat      int                 `json:"repeat,omitempty"`
	Nonce       []byte              `json:"nonce,omitempty"`
	Count       int                 `json:"count,omitempty"`
	SHA256      []byte              `json:"sha256,omitempty"`
	Cell        []byte              `json:"cell,omitempty"`
	At          int64               `json:"at,omitempty"`
	Recipient   uint32              `json:"recipient,omitempty"`
	Alter       *interop.Alteration `json:"alter,omitempty"`
	Refused     string              `json:"refused,omitempty"`
	Announced   string              `json:"announced,omitempty"`
	List        *vectorList         `json:"list,omitempty"`
	Tags        []string            `json:"tags,omitempty"`
	Resumption  []byte              `json:"resumption,omitempty"`
	Resumptions [][]byte            `json:"resumptions,omitempty"`
}

// vectorCell is a cell that was sealed.
type vectorCell struct {
	cell      []byte
	plaintext []byte
	chain     string
	place     Place
}

// vectorRun is a script in the middle of being followed or made.
type vectorRun struct {
	t         *testing.T
	session   *vectorSession
	registers map[string]*Session
	cells     map[string]vectorCell
	newest    map[string]string // the peer's chain that a register stands at
	whole     bool              // the small cells are to be written down
}

func vectorsNeed(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// vectorRefusal is the word for an error in the vectors.
func vectorRefusal(t testing.TB, err error) string {
	t.Helper()
	for _, e := range []struct {
		err  error
		word string
	}{
		{ErrCell, "malformed"}, {ErrUnknown, "unknown"}, {ErrForged, "forged"}, {ErrReplay, "replay"},
		{ErrTooFarAhead, "limit"}, {ErrListAhead, "ahead"}, {ErrListRollback, "rollback"}, {ErrListUnknown, "unknown list"},
	} {
		if errors.Is(err, e.err) {
			return e.word
		}
	}
	t.Fatalf("an error that the vectors have no word for: %v", err)
	return ""
}

func vectorPair(t testing.TB, p interop.Pair) *Pair {
	t.Helper()
	pair, err := ParsePair(p.Bytes())
	vectorsNeed(t, err)
	return pair
}

func vectorSum(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}

// newVectorRun makes both sides' first states.
func newVectorRun(t *testing.T, v *vectorSession) *vectorRun {
	pairA, pairB := vectorPair(t, v.Chains[0].Pair), vectorPair(t, v.FirstPair)
	deviceDH := suite.PrivateDH(v.InitiatorDevice.X25519)
	deviceKEM, err := mlkem.NewDecapsulationKey1024(v.InitiatorDevice.MLKEM)
	vectorsNeed(t, err)
	ct := v.Chains[0].CT
	shared, err := pairB.decapsulate(ct)
	vectorsNeed(t, err)
	i, r := v.Lists.Initiator.list(), v.Lists.Responder.list()
	a, err := Initiate(&Start{Hash: [32]byte(v.H3), Secret: v.CK2, Own: i, Peer: r}, pairA, pairB.Public(), ct, shared, deviceDH, deviceKEM)
	vectorsNeed(t, err)
	b, err := Respond(&Start{Hash: [32]byte(v.H3), Secret: v.CK2, Own: r, Peer: i}, pairB, pairA.Public(), ct,
		deviceDH.PublicKey().Bytes(), deviceKEM.EncapsulationKey().Bytes())
	vectorsNeed(t, err)
	return &vectorRun{
		t: t, session: v, cells: map[string]vectorCell{},
		registers: map[string]*Session{"a": a, "b": b}, newest: map[string]string{"a": "B0", "b": "A1"},
	}
}

func TestVectors(t *testing.T) {
	if *interop.Make {
		makeVectors(t)
	}
	for _, set := range interop.Sets {
		var file vectorFile
		interop.Load(t, set, "ratchet", &file)
		for _, v := range file.Sessions {
			t.Run(set+"/"+v.Name, func(t *testing.T) {
				run := newVectorRun(t, v)
				for i := range v.Steps {
					run.follow(&v.Steps[i])
				}
			})
		}
	}
}

// follow does a step. A cell is sealed with the recorded keys and nonce, and has
// to come out the same. The state is stored and read back before.
func (run *vectorRun) follow(step *vectorStep) {
	t := run.t
	t.Helper()
	stored, err := run.registers[step.From].MarshalBinary()
	vectorsNeed(t, err)
	from, err := ParseSession(stored)
	vectorsNeed(t, err)
	switch step.Do {
	case "seal":
		if step.Begins {
			from = run.begin(from, step.Chain)
		}
		plaintext := []byte(strings.Repeat(step.Text, step.Repeat))
		place := Place{uint32(step.Chain[1] - '0'), step.N}
		if from.send.n != step.N {
			t.Errorf("%s is at %d", step.ID, from.send.n)
		}
		cell, next := sealWith(from, step.Nonce, plaintext)
		if !bytes.Equal(vectorSum(cell), step.SHA256) || step.Cell != nil && !bytes.Equal(cell, step.Cell) {
			t.Errorf("%s: another cell", step.ID)
		}
		run.cells[step.ID] = vectorCell{cell, plaintext, step.Chain, place}
		run.registers[step.To] = next
	case "open":
		c := run.cells[step.ID]
		cell := c.cell
		if step.Alter != nil {
			cell = step.Alter.Of(cell)
		}
		opened, next, err := from.Decrypt(time.Unix(step.At, 0), cell)
		if step.Refused != "" {
			if err == nil || vectorRefusal(t, err) != step.Refused {
				t.Errorf("%s to %s, %+v: %v, want %s", step.ID, step.From, step.Alter, err, step.Refused)
			}
			return
		}
		if err != nil {
			t.Fatalf("%s to %s: %v", step.ID, step.From, err)
		}
		if !bytes.Equal(opened.Plaintext, c.plaintext) || opened.Place != c.place || opened.Recipient != step.Recipient {
			t.Errorf("%s says something else: %v, %d", step.ID, opened.Place, opened.Recipient)
		}
		run.registers[step.To] = next
	case "pin own":
		next, err := from.PinOwn(step.List.list())
		vectorsNeed(t, err)
		run.registers[step.To] = next
	case "pin peer":
		next, err := from.PinPeer(run.cells[step.Announced].place, step.List.list())
		vectorsNeed(t, err)
		run.registers[step.To] = next
	case "keep":
		run.registers[step.To] = from
	case "skip":
		run.registers[step.To] = skipped(from, step.Count)
	case "state":
		got := stateOf(from)
		if !slices.Equal(got.Tags, step.Tags) || !bytes.Equal(got.Resumption, step.Resumption) ||
			!slices.EqualFunc(got.Resumptions, step.Resumptions, bytes.Equal) {
			t.Errorf("%s is in another state", step.From)
		}
	default:
		t.Fatalf("no such step: %q", step.Do)
	}
}

// stateOf is what can be seen of a state.
func stateOf(s *Session) (step vectorStep) {
	for _, tag := range s.Tags() {
		step.Tags = append(step.Tags, hex.EncodeToString(tag[:]))
	}
	slices.Sort(step.Tags)
	step.Resumption, step.Resumptions = s.Resumption(), s.Resumptions()
	return step
}

// begin starts a chain as Encrypt does, but with the recorded keys: the secrets
// come out of the private keys of whoever they were encapsulated for.
func (run *vectorRun) begin(s *Session, name string) *Session {
	t, v, next := run.t, run.session, *s
	t.Helper()
	chain := func(name string) interop.Pair {
		for _, c := range v.Chains {
			if c.Name == name {
				return c.Pair
			}
		}
		return v.FirstPair
	}
	i := slices.IndexFunc(v.Chains, func(c vectorChain) bool { return c.Name == name })
	c := v.Chains[i]
	pair := vectorPair(t, c.Pair)
	shared, err := vectorPair(t, chain(c.For)).decapsulate(c.CT)
	vectorsNeed(t, err)
	shDH, err := pair.agree(s.remote.dh())
	vectorsNeed(t, err)
	secrets := wire.LP(nil, shDH, shared)
	send := &sending{header: newHeader(s.sendNext), public: pair.Public(), ct: c.CT, ct3: c.CT3}
	if s.send != nil {
		send.pn = s.send.n
	}
	public := pair.Public()
	if c.CT3 == nil {
		next.sent(send, step(s.root, secrets, labelStep, public[:], c.CT))
	} else {
		kem, err := mlkem.NewDecapsulationKey1024(v.InitiatorDevice.MLKEM)
		vectorsNeed(t, err)
		shared3, err := kem.Decapsulate(c.CT3)
		vectorsNeed(t, err)
		dh3, err := pair.agree(suite.PrivateDH(v.InitiatorDevice.X25519).PublicKey().Bytes())
		vectorsNeed(t, err)
		next.sent(send, step(s.root, wire.LP(secrets, dh3, shared3), labelStep3, public[:], c.CT, c.CT3, v.H3))
		next.identity = nil
	}
	next.pair = pair
	return &next
}

// sealWith is Encrypt with a given nonce, on a chain that has begun.
func sealWith(s *Session, nonce, plaintext []byte) ([]byte, *Session) {
	next, c := *s, *s.send
	next.send = &c
	class, _ := fit(len(plaintext), c.ct3 != nil)
	own, peer, dir := s.OwnList(), s.PeerList(), direction(s.initiator)
	header := (&headerText{public: c.public, ct: c.ct, ct3: c.ct3, pn: c.pn, n: c.n, from: own.Version, to: peer.Version}).append(nil)
	cell := slices.Concat([]byte{version}, c.tag[:], nonce)
	cell = suite.Seal(cell, c.key[:], nonce, header, headerAD(class, c.tag, dir))
	var message key
	message, c.chain = advance(c.chain)
	c.n++
	bodyKey, commitment := cellKeys(message, nonce)
	ad := s.bodyAD(dir, class, cell, own, peer)
	body, _ := wire.Pad(plaintext, bodySize(class, c.ct3 != nil))
	return suite.SealOnce(append(cell, commitment...), bodyKey, body, ad), &next
}

// skipped is the state after so many more cells, none of which is made.
func skipped(s *Session, count int) *Session {
	next, c := *s, *s.send
	next.send = &c
	for range count {
		_, c.chain = advance(c.chain)
		c.n++
	}
	return &next
}
