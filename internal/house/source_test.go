package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// sources calls f with every Go file below dir, with its path from the root.
func sources(t *testing.T, dir string, f func(path string, text []byte)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		path, err = filepath.Rel(root, path)
		f(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 10 {
		t.Fatalf("only %d files below %q", n, dir)
	}
}

// used lists, by package, what crypto may not use of packages that it may
// import: whatever reads a clock or writes somewhere.
var used = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"fmt":  {"Print", "Println", "Printf", "Scan", "Scanln", "Scanf"},
}

// slogAllowed is what crypto may use of log/slog: to say what a secret looks
// like in a log. Writing a log is not among it.
var slogAllowed = []string{"LogValuer", "Value", "StringValue"}

// effects returns what a file of crypto does beyond computing.
func effects(path string, text []byte) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, 0)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string) // package by the name it has in the file
	for _, i := range file.Imports {
		pkg := strings.Trim(i.Path.Value, `"`)
		name := filepath.Base(pkg)
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = pkg
	}
	var found []string
	at := func(n ast.Node, what string) {
		found = append(found, fmt.Sprintf("%s: %s", files.Position(n.Pos()), what))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			at(n, "starts a goroutine")
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				at(n, f.Name)
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			pkg := names[x.Name]
			if slices.Contains(used[pkg], n.Sel.Name) || pkg == slogIsData && !slices.Contains(slogAllowed, n.Sel.Name) {
				at(n, pkg+"."+n.Sel.Name)
			}
		}
		return true
	})
	return found, nil
}

func TestCryptoHasNoSideEffects(t *testing.T) {
	sources(t, "crypto", func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		found, err := effects(path, text)
		if err != nil {
			t.Error(err)
		}
		for _, f := range found {
			t.Error(f)
		}
	})
}

func TestSideEffectsAreFound(t *testing.T) {
	for _, body := range []string{
		"_ = time.Now()", "go f()", "fmt.Println()", "println()", "clock.Sleep(1)", `slog.Info("")`,
		"now := time.Now; _ = now",
	} {
		text := `package p; import ("fmt"; "log/slog"; "time"; clock "time"); func f() { ` + body + ` }`
		if found, err := effects("p.go", []byte(text)); err != nil || len(found) != 1 {
			t.Errorf("%s: %q, %v", body, found, err)
		}
	}
	text := `package p; import ("fmt"; "log/slog"; "time"); func f(t time.Time) { _ = fmt.Errorf(""); _ = slog.StringValue("") }`
	if found, err := effects("p.go", []byte(text)); err != nil || len(found) > 0 {
		t.Errorf("harmless code: %q, %v", found, err)
	}
}

const protocol = "docs/protocol.md"

var (
	citation = regexp.MustCompile(`docs/protocol\.md\s+§\s*(\d+(?:\.\d+)*)`)
	heading  = regexp.MustCompile(`(?m)^#+\s+(?:§\s*)?(\d+(?:\.\d+)*)\.?\s`)
	// comment is the end of a line and the beginning of the next within one.
	comment = regexp.MustCompile(`\n\s*//\s*`)
)

// sections returns the numbers that a document's headings have.
func sections(document []byte) map[string]bool {
	all := make(map[string]bool)
	for _, m := range heading.FindAllSubmatch(document, -1) {
		all[string(m[1])] = true
	}
	return all
}

// cited returns the numbers of the sections of the protocol that a text cites.
func cited(text []byte) []string {
	var all []string
	for _, m := range citation.FindAllSubmatch(comment.ReplaceAll(text, []byte(" ")), -1) {
		all = append(all, string(m[1]))
	}
	return all
}

func TestCitedSectionsExist(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(root, protocol))
	if err != nil {
		t.Fatal(err)
	}
	there := sections(document)
	total := 0
	sources(t, ".", func(path string, text []byte) {
		if strings.HasPrefix(path, "internal/house/") {
			return
		}
		for _, s := range cited(text) {
			total++
			if !there[s] {
				t.Errorf("%s cites §%s of %s, which is not there", path, s, protocol)
			}
		}
	})
	if total == 0 {
		t.Error("no file cites the protocol")
	}
}

func TestCitationsAreFound(t *testing.T) {
	there := sections([]byte("# Title\n\n## 3. Keys\n\n### 3.2 Devices\n\nas in 4.1\n## 10 Last\n"))
	for s, want := range map[string]bool{"3": true, "3.2": true, "10": true, "4.1": false, "1": false} {
		if there[s] != want {
			t.Errorf("§%s: %v", s, there[s])
		}
	}
	text := "// a (docs/protocol.md §3.2).\n// As docs/protocol.md\n// §10 says, RFC 8446 §4.1.\n"
	if got := cited([]byte(text)); !slices.Equal(got, []string{"3.2", "10"}) {
		t.Errorf("cited %q", got)
	}
}
