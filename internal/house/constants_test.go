package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A row is one constant as a table of the protocol has it.
type row struct{ name, value string }

// cells cuts a line of a table; a bar within a cell is written \|.
func cells(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") || len(line) < 2 {
		return nil
	}
	line = strings.ReplaceAll(line[1:len(line)-1], `\|`, "\x00")
	var all []string
	for c := range strings.SplitSeq(line, "|") {
		all = append(all, strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|")))
	}
	return all
}

// rows returns the first two cells of every table whose header's first cell is
// "constant" or "label".
func rows(document []byte) (all []row) {
	inTable, skip := false, 0
	for line := range strings.Lines(string(document)) {
		c := cells(line)
		switch {
		case len(c) < 2:
			inTable = false
		case !inTable && (c[0] == "constant" || c[0] == "label"):
			inTable, skip = true, 1 // the line of dashes
		case inTable && skip > 0:
			skip--
		case inTable:
			all = append(all, row{strings.Trim(c[0], "`"), c[1]})
		}
	}
	return all
}

// written returns a constant's value as a table has it: numbers with commas
// between thousands, text in quotation marks, durations in their largest unit.
func written(c *types.Const) (string, error) {
	v := c.Val()
	switch v.Kind() {
	case constant.String:
		return `"` + constant.StringVal(v) + `"`, nil
	case constant.Int:
		n, ok := constant.Int64Val(v)
		if !ok {
			return "", errors.New("is beyond 64 bits")
		}
		if c.Type().String() == "time.Duration" {
			for _, u := range units {
				if d := time.Duration(n); d%u.length == 0 {
					return thousands(int64(d/u.length)) + " " + u.name, nil
				}
			}
		}
		return thousands(n), nil
	default:
		return "", errors.New("is neither a number nor text")
	}
}

var units = []struct {
	name   string
	length time.Duration
}{{"days", 24 * time.Hour}, {"hours", time.Hour}, {"minutes", time.Minute}, {"seconds", time.Second}, {"milliseconds", time.Millisecond}}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// belongs reports whether the tables must have a constant: labels, and numbers
// that others can name. Enumerations of the language's own need not be listed;
// those that are listed must be right.
func belongs(c *types.Const) bool {
	if strings.HasPrefix(c.Name(), "label") {
		return true
	}
	if !c.Exported() || c.Val().Kind() != constant.Int {
		return false
	}
	named, ok := c.Type().(*types.Named)
	return !ok || named.Obj().Pkg() != c.Pkg()
}

// compare returns how the tables of a document differ from the code. Find looks
// up a qualified name; packages are those of which everything that belongs into
// the tables must be there.
func compare(document []byte, find func(pkg, name string) (*types.Const, error), packages []*types.Package) (wrong []string) {
	listed := make(map[string]bool)
	for _, r := range rows(document) {
		if listed[r.name] {
			wrong = append(wrong, r.name+" is listed twice")
			continue
		}
		listed[r.name] = true
		pkg, name, _ := strings.Cut(r.name, ".")
		c, err := find(pkg, name)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", r.name, err))
			continue
		}
		if is, err := written(c); err != nil {
			wrong = append(wrong, fmt.Sprintf("%s %v", r.name, err))
		} else if is != r.value {
			wrong = append(wrong, fmt.Sprintf("%s is %s, and not %s", r.name, is, r.value))
		}
	}
	for _, p := range packages {
		for _, name := range p.Scope().Names() {
			c, ok := p.Scope().Lookup(name).(*types.Const)
			if ok && belongs(c) && !listed[p.Name()+"."+name] {
				is, _ := written(c)
				wrong = append(wrong, fmt.Sprintf("no table has %s.%s, which is %s", p.Name(), name, is))
			}
		}
	}
	return wrong
}

// A goPackage is a package as the go command tells of it.
type goPackage struct {
	ImportPath, Name, Dir, Export string
	GoFiles                       []string
}

func list(t *testing.T, args ...string) (all []goPackage) {
	t.Helper()
	c := exec.Command("go", append([]string{"list", "-json=ImportPath,Name,Dir,Export,GoFiles"}, args...)...)
	c.Dir = root
	// As sotto-cli is built, so that what it compiled is there already.
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l goPackage
		if err := d.Decode(&l); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

// load type-checks a package's own source, for the constants in it.
func (l goPackage) load(files *token.FileSet, config types.Config) (*types.Package, error) {
	var parsed []*ast.File
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(files, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	config.IgnoreFuncBodies = true
	return config.Check(l.ImportPath, files, parsed, nil)
}

// cryptoPackages returns the packages of crypto, with what is not exported.
func cryptoPackages(t *testing.T) (all []*types.Package) {
	t.Helper()
	packages := list(t, "-export", "-deps", "sotto/crypto/...")
	exports := make(map[string]string)
	for _, l := range packages {
		exports[l.ImportPath] = l.Export
	}
	files := token.NewFileSet()
	config := types.Config{Importer: importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	for _, l := range packages {
		if !under(l.ImportPath, "sotto/crypto") || len(l.GoFiles) == 0 {
			continue
		}
		p, err := l.load(files, config)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// others finds constants of the rest of the program. Its packages are not
// compiled for that, so only constants that need no other package are found.
func others(t *testing.T) func(pkg, name string) (*types.Const, error) {
	var packages []goPackage
	return func(pkg, name string) (*types.Const, error) {
		if packages == nil {
			packages = list(t, "sotto/app/...", "sotto/p2p/...")
		}
		i := slices.IndexFunc(packages, func(l goPackage) bool { return l.Name == pkg })
		if i < 0 {
			return nil, errors.New("there is no such package")
		}
		p, _ := packages[i].load(token.NewFileSet(), types.Config{Importer: noImports{}, Error: func(error) {}})
		return lookup(p, name)
	}
}

// noImports imports nothing.
type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, errors.New("not imported: " + path)
}

func lookup(p *types.Package, name string) (*types.Const, error) {
	c, ok := p.Scope().Lookup(name).(*types.Const)
	if !ok || c.Val().Kind() == constant.Unknown {
		return nil, errors.New("there is no such constant")
	}
	return c, nil
}

func TestConstantsAreThoseOfTheProtocol(t *testing.T) {
	packages := cryptoPackages(t)
	if len(packages) < 6 {
		t.Fatalf("only %d packages in crypto", len(packages))
	}
	other := others(t)
	for _, w := range compare(document(t, protocol), func(pkg, name string) (*types.Const, error) {
		for _, p := range packages {
			if p.Name() == pkg {
				return lookup(p, name)
			}
		}
		return other(pkg, name)
	}, packages) {
		t.Errorf("%s: %s", protocol, w)
	}
}

func TestWrongTablesAreFound(t *testing.T) {
	p := types.NewPackage("sotto/crypto/keys", "keys")
	own := types.NewNamed(types.NewTypeName(token.NoPos, p, "Kind", nil), types.Typ[types.Int], nil)
	clock := types.NewPackage("time", "time")
	duration := types.NewNamed(types.NewTypeName(token.NoPos, clock, "Duration", nil), types.Typ[types.Int64], nil)
	for _, c := range []struct {
		name  string
		typ   types.Type
		value constant.Value
	}{
		{"Size", types.Typ[types.UntypedInt], constant.MakeInt64(16384)},
		{"count", types.Typ[types.Uint8], constant.MakeInt64(12)},
		{"Age", duration, constant.MakeInt64(int64(48 * time.Hour))},
		{"First", own, constant.MakeInt64(1)},
		{"labelKey", types.Typ[types.UntypedString], constant.MakeString("a|b")},
		{"Text", types.Typ[types.UntypedString], constant.MakeString("text")},
	} {
		p.Scope().Insert(types.NewConst(token.NoPos, p, c.name, c.typ, c.value))
	}
	find := func(pkg, name string) (*types.Const, error) {
		if pkg != "keys" {
			return nil, errors.New("no")
		}
		return lookup(p, name)
	}
	const good = "| primitive | size |\n| --- | --- |\n| `keys.Size` | 7 |\n\n" +
		"| constant | value | what |\n| --- | --- | --- |\n| `keys.Size` | 16,384 | bytes |\n| `keys.count` | 12 | |\n| `keys.Age` | 2 days | |\n\n" +
		"| label | text |\n| --- | --- |\n| `keys.labelKey` | \"a\\|b\" |\n"
	if wrong := compare([]byte(good), find, []*types.Package{p}); len(wrong) > 0 {
		t.Fatalf("in good tables: %q", wrong)
	}
	for _, c := range []struct{ old, new, want string }{
		{"16,384", "16,385", "keys.Size is 16,384, and not 16,385"},
		{"16,384", "16384", "keys.Size is 16,384, and not 16384"},
		{"2 days", "48 hours", "keys.Age is 2 days, and not 48 hours"},
		{`"a\|b"`, `"a"`, `keys.labelKey is "a|b", and not "a"`},
		{"| `keys.labelKey` | \"a\\|b\" |\n", "", `no table has keys.labelKey, which is "a|b"`},
		{"| `keys.Size` | 16,384 | bytes |\n", "", "no table has keys.Size, which is 16,384"},
		{"| `keys.Age` | 2 days | |\n", "", "no table has keys.Age, which is 2 days"},
		{"keys.count", "keys.mount", "keys.mount: there is no such constant"},
		{"keys.count", "locks.count", "locks.count: no"},
		{"keys.count", "keys.Size", "keys.Size is listed twice"},
		{"`keys.count` | 12", "`keys.First` | 2", "keys.First is 1, and not 2"},
	} {
		if wrong := compare([]byte(strings.Replace(good, c.old, c.new, 1)), find, []*types.Package{p}); !slices.Contains(wrong, c.want) {
			t.Errorf("%s for %s: found %q", c.new, c.old, wrong)
		}
	}
}
