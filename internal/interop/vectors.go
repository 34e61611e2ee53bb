// Package interop compares the program with the reference implementation in
// docs/reference, which was written in another language from docs/protocol.md.
//
// This file reads and writes the test vectors of both, whose fields are
// described in docs/reference/vectors/README.md; the tests that follow them are
// in the packages of crypto. They use data types of their own here, so that this
// package depends on none of those. Its own tests, behind the build tag
// "reference", speak with the reference implementation while it runs.
package interop

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// Sets are the names of the two sets of vectors: that of this program and that
// of the reference implementation.
var Sets = []string{"go", "js"}

// Make says that the vectors of this program are to be made anew:
//
//	go test -p 1 ./crypto/account ./crypto/handshake ./crypto/ratchet ./crypto/vault -run Vectors -make-vectors
var Make = flag.Bool("make-vectors", false, "make docs/reference/vectors/go anew")

// path works in all packages that lie two levels below the root.
func path(set, name string) string {
	return filepath.Join("..", "..", "docs", "reference", "vectors", set, name+".json")
}

// Load reads a file of vectors. A field that v does not know is an error.
func Load(t testing.TB, set, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(path(set, name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s/%s.json: %v", set, name, err)
	}
}

// Save writes a file of this program's set.
func Save(t testing.TB, name string, v any) {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path("go", name), append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A Pair is a private X25519 key and the seed of an ML-KEM key.
type Pair struct {
	X25519 []byte `json:"x25519"`
	MLKEM  []byte `json:"mlkem"`
}

// Bytes returns both, one after the other.
func (p Pair) Bytes() []byte { return append(bytes.Clone(p.X25519), p.MLKEM...) }

// NewPair takes apart what Bytes gave.
func NewPair(b []byte) Pair { return Pair{bytes.Clone(b[:32]), bytes.Clone(b[32:])} }

// An Alteration is a byte to change: At from the beginning or, if negative, from
// the end. Refused says with what the changed bytes are refused, where it is
// not the same for all.
type Alteration struct {
	At      int    `json:"at"`
	XOR     byte   `json:"xor"`
	Refused string `json:"refused,omitempty"`
}

// Of returns a changed copy.
func (a Alteration) Of(b []byte) []byte {
	b = bytes.Clone(b)
	if a.At < 0 {
		b[len(b)+a.At] ^= a.XOR
	} else {
		b[a.At] ^= a.XOR
	}
	return b
}

// People is account.json.
type People struct {
	Accounts   []Account     `json:"accounts"`
	Devices    []Device      `json:"devices"`
	Lists      []List        `json:"lists"`
	Judged     []Judged      `json:"judged"`
	Altered    []ListAltered `json:"altered"`
	Identities []Identity    `json:"identities"`
	Safety     []Safety      `json:"safety"`
}

// An Account of account.json.
type Account struct {
	Name    string `json:"name"`
	Entropy []byte `json:"entropy"`
	Phrase  string `json:"phrase"`
	SHA256  []byte `json:"sha256"`
	ID      []byte `json:"id"`
}

// A Device of account.json.
type Device struct {
	Name      string `json:"name"`
	Ed25519   []byte `json:"ed25519"`
	X25519    []byte `json:"x25519"`
	MLKEM1024 []byte `json:"mlkem1024"`
	SHA256    []byte `json:"sha256"`
	Hash      []byte `json:"hash"`
	ID        []byte `json:"id"`
}

// A List of account.json.
type List struct {
	Name     string   `json:"name"`
	Account  string   `json:"account"`
	Kind     string   `json:"kind"`
	Version  uint32   `json:"version"`
	Devices  []string `json:"devices"`
	Before   string   `json:"before,omitempty"`
	Cosigner string   `json:"cosigner,omitempty"`
	Hash     []byte   `json:"hash"`
	List     []byte   `json:"list,omitempty"`
}

// Judged is a verdict of account.json.
type Judged struct {
	List     string `json:"list"`
	Pinned   string `json:"pinned"`
	Cosigner string `json:"cosigner,omitempty"`
	Verdict  string `json:"verdict"`
}

// ListAltered is a list of account.json to be changed.
type ListAltered struct {
	List string `json:"list"`
	Alteration
}

// An Identity of account.json.
type Identity struct {
	Account string `json:"account"`
	List    string `json:"list"`
	Device  string `json:"device"`
	SHA256  []byte `json:"sha256"`
	Verdict string `json:"verdict"`
}

// Safety is a safety number of account.json.
type Safety struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Number string `json:"number"`
	Code   string `json:"code"`
}
