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

// files calls f with every file below dir whose name ends in one of the
// extensions, with its path from the root.
func files(t *testing.T, dir string, extensions []string, f func(path string, text []byte)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(notOurs, d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || !slices.Contains(extensions, filepath.Ext(path)) {
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

// notOurs are the names of directories whose files are not the project's text.
var notOurs = []string{"testdata", ".git", "bin", "node_modules"}

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
	files(t, "crypto", []string{".go"}, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") || under("sotto/"+path, secretTest) {
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

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// Every fuzz target of crypto has committed inputs, so that go test runs more
// than what happens to come to mind; and no inputs are left of a target that is
// gone.
func TestFuzzTargetsHaveInputs(t *testing.T) {
	targets := make(map[string]bool) // by the directory of their inputs
	files(t, "crypto", []string{".go"}, func(path string, text []byte) {
		for _, m := range fuzzTarget.FindAllSubmatch(text, -1) {
			targets[filepath.Join(filepath.Dir(path), "testdata", "fuzz", string(m[1]))] = true
		}
	})
	if len(targets) < 15 {
		t.Fatalf("only %d fuzz targets in crypto", len(targets))
	}
	for dir := range targets {
		if inputs, _ := filepath.Glob(filepath.Join(root, dir, "*")); len(inputs) < 3 {
			t.Errorf("%s has %d inputs", dir, len(inputs))
		}
	}
	for _, depth := range []string{"crypto/*", "crypto/internal/*"} {
		dirs, _ := filepath.Glob(filepath.Join(root, depth, "testdata", "fuzz", "*"))
		for _, dir := range dirs {
			if dir, _ = filepath.Rel(root, dir); !targets[dir] {
				t.Errorf("%s is of no target", dir)
			}
		}
	}
}
