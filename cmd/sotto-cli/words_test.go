package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sotto/app/model"
)

// kinds returns every kind of error.
func kinds(t *testing.T) []model.Kind { return declared[model.Kind](t, "errors.go", "Kind", 30) }

// declared reads the constants of a type from its declaration: whoever adds one
// has to say it here.
func declared[T ~string](t *testing.T, file, name string, least int) []T {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../app/model/"+file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	ast.Inspect(parsed, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == name {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, T(text))
		}
		return true
	})
	if len(all) < least {
		t.Fatalf("only %d of type %s found", len(all), name)
	}
	return all
}

func TestEveryNoteHasASentence(t *testing.T) {
	for _, n := range declared[model.Note](t, "model.go", "Note", 4) {
		if s := noteWords(model.Message{Note: n}, "Bob"); strings.Count(s, "Bob") != 1 || strings.Contains(s, "%!") || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: %q", n, s)
		}
	}
}

func TestEveryKindHasASentence(t *testing.T) {
	for _, kind := range kinds(t) {
		for _, detail := range []string{"", "/home/alice/sotto"} {
			s := sentence(fmt.Errorf("app: %w", model.E(kind, detail, errors.New("cause"))))
			if strings.Contains(s, "inside Sotto") || strings.Contains(s, "%!") || strings.Contains(s, "\n") || !strings.HasSuffix(s, ".") {
				t.Errorf("%s (%q): %q", kind, detail, s)
			}
		}
	}
}

func TestClean(t *testing.T) {
	hostile := "a\x1b[2J\x1b]0;x\x07b\r\nc\u0085\u009b\u202eexe\u2066\u2069\u200f"
	got := clean(hostile)
	if strings.ContainsAny(got, "\x1b\x07\r\n\u0085\u009b\u202e\u2066\u2069\u200f") {
		t.Errorf("left in %q", got)
	}
	if same := "Zoë 🙂 漢字 שלום"; clean(same) != same {
		t.Errorf("changed %q", clean(same))
	}
	if !utf8.ValidString(clean("\xff\xfe")) {
		t.Error("not UTF-8")
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{5 * time.Second: "5 seconds", 90 * time.Second: "90 seconds", time.Minute: "1 minute",
		time.Hour: "1 hour", 36 * time.Hour: "36 hours", 24 * time.Hour: "1 day", 7 * 24 * time.Hour: "7 days"} {
		if got := spanWords(d); got != want {
			t.Errorf("%v is said as %q", d, got)
		}
	}
}
