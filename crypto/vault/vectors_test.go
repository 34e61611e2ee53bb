package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"testing/cryptotest"

	"sotto/crypto/internal/suite"
	"sotto/internal/interop"
)

// vectorFile is vault.json.
type vectorFile struct {
	Passphrase      []byte          `json:"passphrase"`
	Memory          uint32          `json:"memory"`
	Time            uint32          `json:"time"`
	Threads         uint8           `json:"threads"`
	Salt            []byte          `json:"salt"`
	MasterNonce     []byte          `json:"masterNonce"`
	AccountNonce    []byte          `json:"accountNonce"`
	Master          []byte          `json:"master"`
	Entropy         []byte          `json:"entropy"`
	File            []byte          `json:"file"`
	DatabaseKey     []byte          `json:"databaseKey"`
	RecordKey       []byte          `json:"recordKey"`
	WrongPassphrase []byte          `json:"wrongPassphrase"`
	Altered         []vectorAltered `json:"altered"`
	Records         []vectorRecord  `json:"records"`
}

// vectorAltered is a byte to change. If it is summed then the checksum is made
// good afterwards.
type vectorAltered struct {
	interop.Alteration
	Summed bool `json:"summed,omitempty"`
}

type vectorRecord struct {
	Table   string `json:"table"`
	ID      string `json:"id"`
	Version uint32 `json:"version"`
	Content []byte `json:"content"`
	Sealed  []byte `json:"sealed"`
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
	case errors.Is(err, ErrParams):
		return "parameters"
	case errors.Is(err, ErrPassphrase):
		return "passphrase"
	case errors.Is(err, ErrNewer):
		return "newer"
	case errors.Is(err, ErrDamaged):
		return "damaged"
	}
	t.Fatalf("an error that the vectors have no word for: %v", err)
	return ""
}

func (v *vectorFile) altered(t testing.TB, a vectorAltered) string {
	file := a.Of(v.File)
	if a.Summed {
		content := file[:len(file)-checksumSize]
		sum := suite.LabelledHash(labelChecksum, content)
		file = append(content, sum[:]...)
	}
	_, err := OpenAccount(file, v.Passphrase)
	return vectorRefusal(t, err)
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
	var v vectorFile
	interop.Load(t, set, "vault", &v)
	random := bytes.Join([][]byte{v.Salt, v.MasterNonce, v.AccountNonce}, nil)
	file, err := build(bytes.NewReader(random), v.Passphrase, Params{v.Memory, v.Time, v.Threads}, v.Master, v.Entropy)
	vectorsNeed(t, err)
	if !bytes.Equal(file, v.File) {
		t.Error("another key file")
	}
	keys, err := Open(v.File, v.Passphrase)
	vectorsNeed(t, err)
	if !bytes.Equal(keys.Database(), v.DatabaseKey) || !bytes.Equal(keys.record, v.RecordKey) {
		t.Error("other keys of the profile")
	}
	entropy, err := OpenAccount(v.File, v.Passphrase)
	vectorsNeed(t, err)
	if !bytes.Equal(entropy, v.Entropy) {
		t.Error("another phrase")
	}
	if _, err := Open(v.File, v.WrongPassphrase); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	for _, a := range v.Altered {
		if got := v.altered(t, a); got != a.Refused {
			t.Errorf("byte %d changed by %#x (summed: %v): %s, want %s", a.At, a.XOR, a.Summed, got, a.Refused)
		}
	}
	for _, b := range [][]byte{v.File[:len(v.File)-1], append(bytes.Clone(v.File), 0)} {
		if _, err := Open(b, v.Passphrase); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for _, r := range v.Records {
		followRecord(t, keys, r)
	}
}

func followRecord(t *testing.T, keys *Keys, r vectorRecord) {
	plain, err := keys.OpenRecord(r.Table, r.ID, r.Version, r.Sealed)
	vectorsNeed(t, err)
	if !bytes.Equal(plain, r.Content) {
		t.Error("a record says something else")
	}
	sealed, err := keys.SealRecord(bytes.NewReader(r.Sealed), r.Table, r.ID, r.Version, r.Content)
	vectorsNeed(t, err)
	if !bytes.Equal(sealed, r.Sealed) {
		t.Error("another sealed record")
	}
	refused := func(table, id string, version uint32, sealed []byte) {
		t.Helper()
		if _, err := keys.OpenRecord(table, id, version, sealed); !errors.Is(err, ErrRecord) {
			t.Errorf("a record in another place, or altered: %v", err)
		}
	}
	last := len(r.Table) - 1
	refused("x"+r.Table, r.ID, r.Version, r.Sealed)
	refused(r.Table, r.ID+"x", r.Version, r.Sealed)
	refused(r.Table, r.ID, r.Version-1, r.Sealed)
	refused(r.Table[:last], r.Table[last:]+r.ID, r.Version, r.Sealed)
	refused(r.Table, r.ID, r.Version, r.Sealed[:RecordOverhead-1])
	for at := range r.Sealed {
		refused(r.Table, r.ID, r.Version, interop.Alteration{At: at, XOR: 1}.Of(r.Sealed))
	}
}

// makeVectors makes vault.json of this program.
func makeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 2)
	random := func(n int) []byte {
		b, err := suite.Random(rand.Reader, n)
		vectorsNeed(t, err)
		return b
	}
	v := vectorFile{
		Passphrase: []byte("a pássphrase of bytes, not of letters"), WrongPassphrase: []byte("a passphrase of bytes, not of letters"),
		Memory: Floor.Memory, Time: Floor.Time, Threads: Floor.Threads,
		Salt: random(saltSize), MasterNonce: random(suite.XNonceSize), AccountNonce: random(suite.XNonceSize),
		Master: random(secretSize), Entropy: random(secretSize),
	}
	var err error
	v.File, err = build(bytes.NewReader(bytes.Join([][]byte{v.Salt, v.MasterNonce, v.AccountNonce}, nil)),
		v.Passphrase, Floor, v.Master, v.Entropy)
	vectorsNeed(t, err)
	keys := newKeys(v.Master)
	v.DatabaseKey, v.RecordKey = keys.Database(), keys.record
	for _, a := range []vectorAltered{
		{interop.Alteration{At: 0, XOR: 1}, false},
		{interop.Alteration{At: 8, XOR: 2}, false},
		{interop.Alteration{At: 60, XOR: 1}, false},
		{interop.Alteration{At: -1, XOR: 128}, false},
		{interop.Alteration{At: 0, XOR: 1}, true},
		{interop.Alteration{At: 8, XOR: 1}, true},
		{interop.Alteration{At: 8, XOR: 2}, true},
		{interop.Alteration{At: 10, XOR: 1}, true},
		{interop.Alteration{At: 10, XOR: 16}, true},
		{interop.Alteration{At: 16, XOR: 1}, true},
		{interop.Alteration{At: 16, XOR: 16}, true},
		{interop.Alteration{At: 17, XOR: 4}, true},
		{interop.Alteration{At: 17, XOR: 16}, true},
		{interop.Alteration{At: 122, XOR: 1}, true},
	} {
		a.Refused = v.altered(t, a)
		v.Altered = append(v.Altered, a)
	}
	for _, r := range []vectorRecord{
		{"sessions", "an id", 1, []byte("a state"), nil},
		{"sessions", "an id", 2, []byte{}, nil},
		{"keys", "", 1<<32 - 1, []byte("a key"), nil},
	} {
		r.Sealed, err = keys.SealRecord(rand.Reader, r.Table, r.ID, r.Version, r.Content)
		vectorsNeed(t, err)
		v.Records = append(v.Records, r)
	}
	interop.Save(t, "vault", v)
}
