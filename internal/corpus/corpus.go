// Package corpus keeps the committed inputs of fuzz targets: the files in
// testdata/fuzz that go test runs each time, and from which fuzzing starts.
//
// Each has a name that says what it is, and that begins with "valid" or
// "refused" where the target has such a verdict; the target hands its verdict to
// Judge. Inputs that fuzzing found to fail have no such name, and stay beside
// them as regression tests. The inputs are made by code, which Keep writes out
// anew when a format has changed:
//
//	CORPUS=write go test -run TestCorpus ./crypto/...
package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Seeds are the inputs of a target by name: the values that it takes.
type Seeds map[string][]any

// Keep checks that each of the seeds is committed for the target. With
// CORPUS=write in the environment it writes them.
func Keep(t *testing.T, target string, seeds Seeds) {
	t.Helper()
	dir := filepath.Join("testdata", "fuzz", target)
	if os.Getenv("CORPUS") == "write" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, values := range seeds {
		file := filepath.Join(dir, name)
		if os.Getenv("CORPUS") == "write" {
			if err := os.WriteFile(file, encode(values), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s has no input %q: %v", target, name, err)
		}
	}
}

// encode writes values as go test reads them.
func encode(values []any) []byte {
	b := []byte("go test fuzz v1\n")
	for _, v := range values {
		switch v := v.(type) {
		case []byte:
			b = fmt.Appendf(b, "[]byte(%q)\n", v)
		case string:
			b = fmt.Appendf(b, "string(%q)\n", v)
		default:
			b = fmt.Appendf(b, "%T(%v)\n", v, v)
		}
	}
	return b
}

// Judge fails if a committed input was accepted, err being nil, and its name
// says that it is to be refused, or the other way round.
func Judge(t *testing.T, err error) {
	t.Helper()
	_, name, _ := strings.Cut(t.Name(), "/")
	switch {
	case strings.HasPrefix(name, "valid") && err != nil:
		t.Errorf("refused: %v", err)
	case strings.HasPrefix(name, "refused") && err == nil:
		t.Error("accepted")
	}
}
