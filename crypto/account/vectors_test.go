package account

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/cryptotest"

	"sotto/internal/interop"
)

// vectorPeople is account.json, ready for use.
type vectorPeople struct {
	interop.People
	keys    map[string]*Key
	devices map[string]*Device
	lists   map[string]*List
}

func newVectorPeople() *vectorPeople {
	return &vectorPeople{keys: map[string]*Key{}, devices: map[string]*Device{}, lists: map[string]*List{}}
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
	switch {
	case err == nil:
		return "accepted"
	case errors.Is(err, ErrChange):
		return "change"
	case errors.Is(err, ErrSignature):
		return "signature"
	case errors.Is(err, ErrNotInList):
		return "device"
	case errors.Is(err, ErrList), errors.Is(err, ErrIdentity):
		return "malformed"
	}
	t.Fatalf("an error that the vectors have no word for: %v", err)
	return ""
}

func (p *vectorPeople) members(names []string) (all []*DevicePublic) {
	for _, name := range names {
		all = append(all, p.devices[name].Public())
	}
	return all
}

// list makes the list that an entry describes.
func (p *vectorPeople) list(e *interop.List) (*List, error) {
	if e.List != nil {
		return ParseList(e.List)
	}
	key := p.keys[e.Account]
	switch e.Kind {
	case "first":
		return NewList(key, p.members(e.Devices)...)
	case "recovery":
		return Recover(key, e.Version, p.members(e.Devices)...)
	default:
		return p.lists[e.Before].Next(key, p.devices[e.Cosigner], p.members(e.Devices)...)
	}
}

func (p *vectorPeople) identity(account, list, device string) *Identity {
	return &Identity{*p.keys[account].Public(), p.lists[list], *p.devices[device].Public()}
}

func (p *vectorPeople) cosigner(name string) *DevicePublic {
	if name == "" {
		return nil
	}
	return p.devices[name].Public()
}

func (p *vectorPeople) verdict(t testing.TB, j interop.Judged) string {
	v, err := p.lists[j.List].Judge(p.lists[j.Pinned], p.cosigner(j.Cosigner))
	if err != nil {
		return "refused: " + vectorRefusal(t, err)
	}
	return v.String()
}

func (p *vectorPeople) altered(t testing.TB, a interop.ListAltered) string {
	l, err := ParseList(a.Of(p.lists[a.List].Bytes()))
	if err == nil {
		owner, _, _ := strings.Cut(a.List, " ")
		err = l.Verify(p.keys[owner].Public())
	}
	return vectorRefusal(t, err)
}

func vectorSum(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}

func TestVectors(t *testing.T) {
	if *interop.Make {
		makeVectors(t)
	}
	for _, set := range interop.Sets {
		t.Run(set, func(t *testing.T) { followVectors(t, set) })
	}
}

func followVectors(t *testing.T, set string) {
	p := newVectorPeople()
	interop.Load(t, set, "account", &p.People)
	for _, a := range p.Accounts {
		words, err := ParsePhrase(a.Phrase)
		vectorsNeed(t, err)
		if !bytes.Equal(words.Entropy(), a.Entropy) || strings.Join(words.Words(), " ") != a.Phrase {
			t.Errorf("%s: the phrase is not that of the entropy", a.Name)
		}
		key, err := words.AccountKey()
		vectorsNeed(t, err)
		id := key.Public().ID()
		if !bytes.Equal(vectorSum(key.Public()[:]), a.SHA256) || !bytes.Equal(id[:], a.ID) {
			t.Errorf("%s: another account key", a.Name)
		}
		p.keys[a.Name] = key
	}
	for _, d := range p.Devices {
		device, err := NewDevice(bytes.NewReader(bytes.Join([][]byte{d.Ed25519, d.X25519, d.MLKEM1024}, nil)))
		vectorsNeed(t, err)
		public := device.Public()
		hash, id := public.Hash(), public.ID()
		if !bytes.Equal(vectorSum(public[:]), d.SHA256) || !bytes.Equal(hash[:], d.Hash) || !bytes.Equal(id[:], d.ID) {
			t.Errorf("%s: other keys", d.Name)
		}
		p.devices[d.Name] = device
	}
	for _, e := range p.Lists {
		l, err := p.list(&e)
		vectorsNeed(t, err)
		p.lists[e.Name] = l
		if hash := l.Hash(); !bytes.Equal(hash[:], e.Hash) || l.Version != e.Version {
			t.Errorf("%s: another list", e.Name)
		}
		vectorsNeed(t, l.Verify(p.keys[e.Account].Public()))
		for _, d := range p.members(e.Devices) {
			if !l.Has(d.Hash()) {
				t.Errorf("%s: a device is missing", e.Name)
			}
		}
		for _, b := range [][]byte{l.Bytes()[1:], l.Bytes()[:len(l.Bytes())-1], append(l.Bytes(), 0)} {
			if _, err := ParseList(b); !errors.Is(err, ErrList) {
				t.Errorf("%s: of another length: %v", e.Name, err)
			}
		}
	}
	for _, j := range p.Judged {
		if got := p.verdict(t, j); got != j.Verdict {
			t.Errorf("%s, %s pinned: %s, want %s", j.List, j.Pinned, got, j.Verdict)
		}
	}
	for _, a := range p.Altered {
		if got := p.altered(t, a); got != a.Refused {
			t.Errorf("%s, byte %d changed by %#x: %s, want %s", a.List, a.At, a.XOR, got, a.Refused)
		}
	}
	for _, e := range p.Identities {
		encoded := p.identity(e.Account, e.List, e.Device).Bytes()
		if !bytes.Equal(vectorSum(encoded), e.SHA256) {
			t.Errorf("%s on %s: another identity", e.Device, e.List)
		}
		parsed, err := ParseIdentity(encoded)
		vectorsNeed(t, err)
		if got := vectorRefusal(t, parsed.Verify()); got != e.Verdict {
			t.Errorf("%s of %s on %s: %s, want %s", e.Device, e.Account, e.List, got, e.Verdict)
		}
	}
	for _, s := range p.Safety {
		a, b := p.keys[s.A].Public(), p.keys[s.B].Public()
		if SafetyNumber(a, b) != s.Number || SafetyNumber(b, a) != s.Number {
			t.Error("another safety number")
		}
		if SafetyCode(a, b) != s.Code || CompareSafetyCode(s.Code, b, a) != nil {
			t.Error("another safety code")
		}
	}
}

// makeVectors makes account.json of this program.
func makeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	p := newVectorPeople()
	for _, name := range []string{"alice", "bob"} {
		phrase, err := NewPhrase(rand.Reader)
		vectorsNeed(t, err)
		key, err := phrase.AccountKey()
		vectorsNeed(t, err)
		id := key.Public().ID()
		p.keys[name] = key
		p.Accounts = append(p.Accounts, interop.Account{
			Name: name, Entropy: phrase.Entropy(), Phrase: strings.Join(phrase.Words(), " "),
			SHA256: vectorSum(key.Public()[:]), ID: id[:],
		})
	}
	for _, name := range []string{"alice laptop", "alice desktop", "alice spare", "bob laptop", "bob desktop"} {
		device, err := NewDevice(rand.Reader)
		vectorsNeed(t, err)
		public := device.Public()
		hash, id := public.Hash(), public.ID()
		p.devices[name] = device
		p.Devices = append(p.Devices, interop.Device{
			Name: name, Ed25519: device.sign.Seed(), X25519: device.dh.Bytes(), MLKEM1024: device.kem.Bytes(),
			SHA256: vectorSum(public[:]), Hash: hash[:], ID: id[:],
		})
	}
	for _, e := range []interop.List{
		{Name: "alice first", Kind: "first", Devices: []string{"alice laptop"}},
		{Name: "alice second", Kind: "change", Devices: []string{"alice laptop", "alice desktop"}, Before: "alice first", Cosigner: "alice laptop"},
		{Name: "alice third", Kind: "change", Devices: []string{"alice desktop"}, Before: "alice second", Cosigner: "alice desktop"},
		{Name: "alice branch", Kind: "change", Devices: []string{"alice spare"}, Before: "alice first", Cosigner: "alice laptop"},
		{Name: "alice recovery", Kind: "recovery", Devices: []string{"alice spare"}, Version: 29_000_000},
		{Name: "alice anew", Kind: "change", Devices: []string{"alice spare", "alice desktop"}, Before: "alice recovery", Cosigner: "alice spare"},
		{Name: "bob first", Kind: "first", Devices: []string{"bob laptop"}},
		{Name: "bob second", Kind: "change", Devices: []string{"bob laptop", "bob desktop"}, Before: "bob first", Cosigner: "bob laptop"},
		// Two that no honest program makes.
		{Name: "alice stranger", Kind: "change", Devices: []string{"alice spare"}, Before: "alice first", Cosigner: "alice spare"},
		{Name: "alice false", Kind: "change", Devices: []string{"alice desktop"}, Before: "alice first", Cosigner: "alice laptop"},
	} {
		e.Account, _, _ = strings.Cut(e.Name, " ")
		switch e.Name {
		case "alice stranger":
			e.List = p.forgedChange(t, &e, p.devices["alice spare"])
		case "alice false":
			e.List = p.forgedChange(t, &e, p.devices["alice desktop"])
		}
		l, err := p.list(&e)
		vectorsNeed(t, err)
		p.lists[e.Name] = l
		hash := l.Hash()
		e.Version, e.Hash = l.Version, hash[:]
		if e.Name == "alice second" {
			e.List = l.Bytes() // one for everybody to look at
		}
		p.Lists = append(p.Lists, e)
	}
	for _, j := range [][3]string{
		{"alice first", "alice first"},
		{"alice second", "alice first", "alice laptop"},
		{"alice third", "alice second", "alice desktop"},
		{"alice anew", "alice recovery", "alice spare"},
		{"alice first", "alice second"},
		{"alice third", "alice recovery"},
		{"alice branch", "alice second", "alice laptop"},
		{"alice third", "alice branch", "alice desktop"},
		{"alice third", "alice first", "alice laptop"},
		{"alice anew", "alice third", "alice spare"},
		{"alice recovery", "alice third"},
		{"alice recovery", "alice first"},
		{"alice second", "alice first"},
		{"alice second", "alice first", "alice desktop"},
		{"alice third", "alice second", "alice laptop"},
		{"alice stranger", "alice first", "alice spare"},
		{"alice false", "alice first", "alice laptop"},
		{"alice false", "alice first", "alice desktop"},
	} {
		judged := interop.Judged{List: j[0], Pinned: j[1], Cosigner: j[2]}
		judged.Verdict = p.verdict(t, judged)
		p.Judged = append(p.Judged, judged)
	}
	for _, places := range []struct {
		list string
		at   [][2]int
	}{
		{"alice first", [][2]int{{0, 3}, {1, 1}, {36, 1}, {36, 2}, {40, 1}, {69, 1}, {69, 3}, {69, 9}, {80, 128}, {105, 1}, {106, 1}, {106, 2}, {107, 1}, {171, 1}, {-1, 1}}},
		{"alice third", [][2]int{{36, 128}, {37, 255}, {70, 255}, {106, 1}, {106, 3}, {107, 1}, {140, 1}, {203, 1}, {300, 1}}},
	} {
		for _, at := range places.at {
			a := interop.ListAltered{List: places.list, Alteration: interop.Alteration{At: at[0], XOR: byte(at[1])}}
			a.Refused = p.altered(t, a)
			p.Altered = append(p.Altered, a)
		}
	}
	for _, e := range [][3]string{
		{"alice", "alice first", "alice laptop"},
		{"alice", "alice third", "alice desktop"},
		{"alice", "alice third", "alice laptop"},
		{"bob", "alice first", "alice laptop"},
		{"alice", "bob first", "bob laptop"},
	} {
		i := p.identity(e[0], e[1], e[2])
		p.Identities = append(p.Identities, interop.Identity{
			Account: e[0], List: e[1], Device: e[2], SHA256: vectorSum(i.Bytes()), Verdict: vectorRefusal(t, i.Verify()),
		})
	}
	a, b := p.keys["alice"].Public(), p.keys["bob"].Public()
	p.Safety = []interop.Safety{{A: "alice", B: "bob", Number: SafetyNumber(a, b), Code: SafetyCode(a, b)}}
	interop.Save(t, "account", p.People)
}

// forgedChange signs a change that names one device as its co-signer and is
// co-signed by another, or by one that is in no list before.
func (p *vectorPeople) forgedChange(t *testing.T, e *interop.List, by *Device) []byte {
	before := p.lists[e.Before]
	l := draft(p.keys[e.Account], before.Version+1, p.members(e.Devices))
	named := p.devices[e.Cosigner].Public().Hash()
	l.Prev, l.cosigner = before.Hash(), named[:]
	l.cosignature = ed25519.Sign(by.sign, signedMessage(labelCosignature, l.head()))
	vectorsNeed(t, l.sign(p.keys[e.Account]))
	return l.Bytes()
}
