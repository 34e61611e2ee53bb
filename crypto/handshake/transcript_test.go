package handshake

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"flag"
	"io"
	"os"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
)

var update = flag.Bool("update", false, "make testdata/transcript.json anew")

// A transcript is an acquaintance from the phrases to the third chain, with all
// seeds, so that it can be followed from the outside: testdata/reference.py
// does. Making it again would give other bytes, since ML-KEM takes its own
// randomness; it was made once, and every later version must be able to read
// it. Bytes are in base64.
type transcript struct {
	Entropies  [2][]byte // of the phrases of Alice, who initiates, and of Bob
	Devices    [2][]byte // seeds: Ed25519 32, X25519 32, ML-KEM-1024 64
	Identities [2][]byte
	Safety     string
	SafetyCode string
	Link       string
	Token      []byte
	OneTime    []byte // seeds: X25519 32, ML-KEM-1024 64
	Ratchet    []byte // seeds of R_B0 and E_B0: X25519 32, ML-KEM-768 64
	Offer      []byte // Bob's, as stored
	BundleCell []byte
	Msg1       []byte
	Payload    string
	Hash       []byte // h3
	Chains     []transcriptChain
	Cells      []transcriptCell // in the order of arrival
}

type transcriptChain struct {
	Name string
	Pair []byte // seeds of its ratchet keys
}

type transcriptCell struct {
	Chain string
	N     int
	Text  string
	Cell  []byte
	To    []byte // the recipient's session, as stored before it arrives
}

const transcriptFile = "testdata/transcript.json"

func TestTranscript(t *testing.T) {
	if *update {
		b, err := json.MarshalIndent(makeTranscript(t), "", "\t")
		check(t, err)
		check(t, os.WriteFile(transcriptFile, append(b, '\n'), 0o644))
	}
	data, err := os.ReadFile(transcriptFile)
	check(t, err)
	var tr transcript
	check(t, json.Unmarshal(data, &tr))

	alice := selfOf(t, tr.Entropies[0], tr.Devices[0])
	bob := selfOf(t, tr.Entropies[1], tr.Devices[1])
	for i, self := range []*Self{alice, bob} {
		if !bytes.Equal(self.Identity.Bytes(), tr.Identities[i]) {
			t.Error("an identity does not follow from its seeds")
		}
	}
	a, b := &alice.Identity.Account, &bob.Identity.Account
	if account.SafetyNumber(a, b) != tr.Safety || account.SafetyCode(b, a) != tr.SafetyCode {
		t.Error("safety number differs")
	}
	inv, err := ParseInvite(tr.Link)
	check(t, err)
	if token := inv.Token(); !bytes.Equal(token[:], tr.Token) {
		t.Error("token differs")
	}
	_, err = OpenBundle(inv, tr.BundleCell)
	check(t, err)
	offer, err := ParseOffer(tr.Offer)
	check(t, err)
	request, err := offer.Respond(bob, nil, tr.Msg1)
	check(t, err)
	s := request.Session
	if !bytes.Equal(request.Peer.Bytes(), tr.Identities[0]) || string(request.Payload) != tr.Payload {
		t.Error("the first message says something else")
	}
	if h := s.Hash(); !bytes.Equal(h[:], tr.Hash) {
		t.Error("session hash differs")
	}
	for _, c := range tr.Cells {
		s, err := ratchet.ParseSession(c.To)
		check(t, err)
		unseal(t, s, c.Cell, c.Text)
	}
	if state, err := s.MarshalBinary(); err != nil || !bytes.Equal(state, tr.Cells[0].To) {
		t.Error("the responder's session differs")
	}
}

func selfOf(t testing.TB, entropy, seeds []byte) *Self {
	t.Helper()
	phrase, err := account.PhraseFromEntropy(entropy)
	check(t, err)
	key, err := phrase.AccountKey()
	check(t, err)
	device, err := account.NewDevice(bytes.NewReader(seeds))
	check(t, err)
	list, err := account.NewList(key, device.Public())
	check(t, err)
	return &Self{&account.Identity{Account: *key.Public(), List: list, Device: *device.Public()}, device}
}

func makeTranscript(t testing.TB) *transcript {
	tr := new(transcript)
	var selves [2]*Self
	for i := range selves {
		phrase, err := account.NewPhrase(rand.Reader)
		check(t, err)
		tr.Entropies[i] = phrase.Entropy()
		tr.Devices[i] = make([]byte, 128)
		_, err = rand.Read(tr.Devices[i])
		check(t, err)
		selves[i] = selfOf(t, tr.Entropies[i], tr.Devices[i])
		tr.Identities[i] = selves[i].Identity.Bytes()
	}
	keyA, keyB := &selves[0].Identity.Account, &selves[1].Identity.Account
	tr.Safety, tr.SafetyCode = account.SafetyNumber(keyA, keyB), account.SafetyCode(keyA, keyB)

	offer, err := NewOffer(rand.Reader, selves[1], Link, later, []byte("route"))
	check(t, err)
	inv, token := offer.Invite(), offer.Invite().Token()
	tr.Link, tr.Token = inv.Text(), token[:]
	tr.OneTime, tr.Ratchet = offer.keys.oneTime[:], offer.keys.ratchet.Bytes()
	tr.Offer, err = offer.MarshalBinary()
	check(t, err)
	tr.BundleCell, err = offer.BundleCell(rand.Reader)
	check(t, err)
	bundle, err := OpenBundle(inv, tr.BundleCell)
	check(t, err)

	// What is read of the randomness, in order, tells the seeds.
	var read bytes.Buffer
	source := io.TeeReader(rand.Reader, &read)
	tr.Payload = "payload"
	msg1, a, err := Initiate(source, selves[0], bundle, nil, []byte(tr.Payload))
	check(t, err)
	tr.Msg1 = msg1
	tr.Chains = append(tr.Chains, transcriptChain{"A1", bytes.Clone(read.Bytes()[32:][:ratchet.PairSize])})
	request, err := offer.Respond(selves[1], nil, msg1)
	check(t, err)
	b := request.Session
	h3 := a.Hash()
	tr.Hash = h3[:]

	counts := map[string]int{}
	send := func(from **ratchet.Session, chain, text string) transcriptCell {
		read.Reset()
		cell, next, err := (*from).Encrypt(source, []byte(text))
		check(t, err)
		*from = next
		if read.Len() > 24 {
			tr.Chains = append(tr.Chains, transcriptChain{chain, bytes.Clone(read.Bytes()[:ratchet.PairSize])})
		}
		counts[chain]++
		return transcriptCell{Chain: chain, N: counts[chain] - 1, Text: text, Cell: cell}
	}
	arrive := func(to **ratchet.Session, c transcriptCell) {
		c.To, err = (*to).MarshalBinary()
		check(t, err)
		*to = unseal(t, *to, c.Cell, c.Text)
		tr.Cells = append(tr.Cells, c)
	}
	arrive(&b, send(&a, "A1", "the first"))
	late := send(&a, "A1", "one that comes late")
	arrive(&b, send(&a, "A1", ""))
	arrive(&a, send(&b, "B1", "the answer"))
	arrive(&a, send(&b, "B1", "ct3 is repeated"))
	arrive(&b, send(&a, "A2", "confirmed"))
	arrive(&b, late)
	arrive(&a, send(&b, "B2", "and so on"))
	return tr
}
