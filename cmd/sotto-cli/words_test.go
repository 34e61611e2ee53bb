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
	"unicode/utf8"

	"sotto/app/model"
)

// kinds reads the kinds of error from their declaration: whoever adds one has to
// say it here.
func kinds(t *testing.T) []model.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../app/model/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []model.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Kind" {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, model.Kind(text))
		}
		return true
	})
	if len(all) < 30 {
		t.Fatalf("only %d kinds found", len(all))
	}
	return all
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
