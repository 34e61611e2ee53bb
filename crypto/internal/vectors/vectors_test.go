// Package vectors holds published known answers against every primitive that
// docs/protocol.md §2 names: Project Wycheproof's, NIST's for FIPS 203, 204 and
// 180, and those printed in the RFCs. testdata/README.md says where each file
// comes from. It has no code but these tests.
//
// Where the product reaches a primitive through sotto/crypto/internal/suite, so
// do the tests; where it calls a library directly, they make the same call.
// Every test states how many vectors it has seen of each kind, so that a file
// that was cut or not read is a failure.
package vectors

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A hexBytes is a byte string that is written in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// read returns a file below testdata, unpacked if it is stored compressed.
func read(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// load reads a file of vectors into v.
func load(t *testing.T, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(read(t, name), v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A wycheproof is a file of Project Wycheproof with groups of type G.
type wycheproof[G any] struct {
	NumberOfTests int
	TestGroups    []G
}

// loadWycheproof reads the file for an algorithm.
func loadWycheproof[G any](t *testing.T, algorithm string) wycheproof[G] {
	t.Helper()
	var w wycheproof[G]
	load(t, "wycheproof/"+algorithm+"_test.json.gz", &w)
	return w
}

// An acvp is a file of NIST's with groups of type G.
type acvp[G any] struct{ TestGroups []G }

func loadACVP[G any](t *testing.T, name string) acvp[G] {
	t.Helper()
	var a acvp[G]
	load(t, "acvp/"+name+".json.gz", &a)
	return a
}

// loadRFC reads the known answers printed in the document that each names.
func loadRFC[V any](t *testing.T, algorithm string) []V {
	t.Helper()
	var all []V
	load(t, "rfc/"+algorithm+".json", &all)
	return all
}

// A verdict is what every Wycheproof vector says of itself.
type verdict struct {
	TcID    int
	Comment string
	Result  string // valid, invalid or acceptable
	Flags   []string
}

// A count is how many vectors of each kind there were.
type count struct{ valid, invalid, acceptable int }

func (c *count) add(t *testing.T, v verdict) {
	t.Helper()
	switch v.Result {
	case "valid":
		c.valid++
	case "invalid":
		c.invalid++
	case "acceptable":
		c.acceptable++
	default:
		t.Errorf("vector %d: result %q", v.TcID, v.Result)
	}
}

// check compares with how many there are in the file as published.
func (c count) check(t *testing.T, total int, want count) {
	t.Helper()
	if c != want || c.valid+c.invalid+c.acceptable != total {
		t.Errorf("saw %+v of %d vectors, want %+v", c, total, want)
	}
}

// seen fails unless exactly n vectors were gone through.
func seen(t *testing.T, got, n int) {
	t.Helper()
	if got != n {
		t.Errorf("saw %d vectors, want %d", got, n)
	}
}

// equal compares a result with the known answer.
func equal(t *testing.T, what any, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%v: got %.64x, want %.64x", what, got, want)
	}
}

// panics reports whether f does: that is how the libraries refuse lengths that
// are constants in the product.
func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// Every file is the one whose hash is recorded, unpacked, as its source gives
// it; and every file of vectors is recorded.
func TestSums(t *testing.T) {
	recorded := make(map[string]bool)
	for line := range strings.Lines(string(read(t, "SHA256SUMS"))) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok {
			t.Fatalf("line %q", line)
		}
		if !strings.HasPrefix(name, "rfc/") {
			name += ".gz"
		}
		recorded[name] = true
		if got := sha256.Sum256(read(t, name)); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not the file that was recorded: %x", name, got)
		}
	}
	files := 0
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); ext == ".gz" || ext == ".json" {
			files++
			if !recorded[name] {
				t.Errorf("%s is not recorded", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen(t, files, len(recorded))
}
