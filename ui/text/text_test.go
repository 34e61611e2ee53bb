package text

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "add what is missing to the translations, empty, and drop what is not used")

const dir = "../../assets/translations"

// forms are the plural forms of whole numbers in each language, by CLDR.
var forms = map[string][]string{
	"en": {"one", "other"},
	"de": {"one", "other"},
	"fr": {"one", "many", "other"},
	"es": {"one", "many", "other"},
	"ru": {"one", "few", "many", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
	"zh": {"other"},
}

// used is what the code of the window asks for: the English text of each key, and the
// two forms of plurals.
type used struct {
	plain  map[string]string
	plural map[string]Plural
}

func keys(t *testing.T) used {
	u := used{map[string]string{}, map[string]Plural{}}
	add := func(path string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "text" || pkg.Obj != nil || !slices.Contains([]string{"L", "In", "N"}, sel.Sel.Name) {
				return true
			}
			var args []string
			for _, a := range call.Args {
				lit, ok := a.(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: a text that is not written out", path)
					return true
				}
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				args = append(args, s)
			}
			switch sel.Sel.Name {
			case "L":
				u.plain[args[0]] = args[0]
			case "In":
				u.plain[args[0]+"|"+args[1]] = args[1]
			case "N":
				if old, ok := u.plural[args[1]]; ok && old.one != args[0] {
					t.Errorf("%q has two singulars: %q, %q", args[1], old.one, args[0])
				}
				u.plural[args[1]] = Plural{args[0], args[1]}
			}
			return true
		})
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, "../text/") {
			add(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	add("../../main.go")
	if len(u.plain) < 400 || len(u.plural) < 10 {
		t.Fatalf("only %d texts and %d plurals found in the code", len(u.plain), len(u.plural))
	}
	return u
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// verbs returns which arguments a text uses, and how: "1d 2s".
func verbs(s string) string {
	var out []string
	next := 1
	for _, v := range verb.FindAllString(s, -1) {
		if i := strings.IndexByte(v, ']'); i > 0 {
			n, _ := strconv.Atoi(v[2:i])
			next = n
		}
		out = append(out, strconv.Itoa(next)+v[len(v)-1:])
		next++
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// check reports what a language says instead of an English text.
func check(t *testing.T, where, english, said string, countMayGo bool) {
	t.Helper()
	want, got := verbs(english), verbs(said)
	switch {
	case said == "":
		t.Errorf("%s: no translation", where)
	case got != want && !(countMayGo && (got == "" || strings.Contains(want, got))):
		t.Errorf("%s: says %q with %q, not %q", where, said, got, want)
	case strings.Contains(said, "!") || strings.Contains(said, "{{"):
		t.Errorf("%s: %q", where, said)
	case strings.HasPrefix(english, " ") != strings.HasPrefix(said, " "):
		t.Errorf("%s: a space at the beginning of %q", where, said)
	}
}

// TestTranslations finds texts that a language lacks, texts that nobody uses any
// more, and translations that would garble what is put into them.
func TestTranslations(t *testing.T) {
	u := keys(t)
	for name, forms := range forms {
		path := filepath.Join(dir, name+".json")
		b, err := os.ReadFile(path)
		if err != nil && !*update {
			t.Fatal(err)
		}
		has := map[string]any{}
		if len(b) > 0 {
			if err := json.Unmarshal(b, &has); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if *update {
			write(t, path, name, u, has)
			continue
		}
		for key := range has {
			_, plain := u.plain[key]
			if _, plural := u.plural[key]; !plural && (!plain || name == "en") {
				t.Errorf("%s: %q is not used", name, key)
			}
		}
		if name != "en" {
			for key, english := range u.plain {
				said, _ := has[key].(string)
				check(t, name+": "+strconv.Quote(key), english, said, false)
			}
		}
		for key, p := range u.plural {
			said, _ := has[key].(map[string]any)
			if len(said) != len(forms) {
				t.Errorf("%s: %q has %d forms, not %d", name, key, len(said), len(forms))
			}
			for _, form := range forms {
				s, _ := said[form].(string)
				check(t, name+": "+form+" of "+strconv.Quote(key), p.many, s, form == "zero" || form == "one" || form == "two")
				if want := map[string]string{"one": p.one, "other": p.many}[form]; name == "en" && s != want {
					t.Errorf("en: %s of %q is %q", form, key, s)
				}
			}
		}
	}
}

// write brings a file up to what is used.
func write(t *testing.T, path, name string, u used, has map[string]any) {
	out := map[string]any{}
	if name != "en" {
		for key := range u.plain {
			said, _ := has[key].(string)
			out[key] = said
		}
	}
	for key, p := range u.plural {
		said, _ := has[key].(map[string]any)
		all := map[string]any{}
		for _, form := range forms[name] {
			s, _ := said[form].(string)
			if name == "en" {
				s = map[string]string{"one": p.one, "other": p.many}[form]
			}
			all[form] = s
		}
		out[key] = all
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestLanguages expects every language that has a file to be known here.
func TestLanguages(t *testing.T) {
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		found = append(found, strings.TrimSuffix(f.Name(), ".json"))
	}
	if want := slices.Sorted(maps.Keys(forms)); !slices.Equal(found, want) {
		t.Errorf("translations for %v, want %v", found, want)
	}
}

func TestPlural(t *testing.T) {
	if err := load(); err != nil {
		t.Fatal(err)
	}
	p := N("%d new message", "%d new messages")
	if one, many := p.Of(1), p.Of(5); one != "1 new message" || many != "5 new messages" {
		t.Errorf("%q, %q", one, many)
	}
	if s := N("On, at one address", "On, at %d addresses").Of(1); s != "On, at one address" {
		t.Errorf("%q", s)
	}
	if s := N("%[2]s’s mailbox", "%[2]s’s %[1]d mailboxes").Of(3, 3, "Bob"); s != "Bob’s 3 mailboxes" {
		t.Errorf("%q", s)
	}
	if s := L("Not translated"); s != "Not translated" {
		t.Errorf("%q", s)
	}
}

// envSay has this program say a text in the language that it begins with.
const envSay = "SOTTO_TEST_SAY"

func TestMain(m *testing.M) {
	if text := os.Getenv(envSay); text != "" {
		fmt.Print(L(text), "|", N("%d new message", "%d new messages").Of(1))
		return
	}
	os.Exit(m.Run())
}

// TestLanguageOfTheSystem: the file is read that the person's languages ask for.
func TestLanguageOfTheSystem(t *testing.T) {
	for _, c := range []struct{ languages, locale, want string }{
		{"", "C", "Copied|1 new message"},
		{"", "en_GB.UTF-8", "Copied|1 new message"},
		{"", "de_AT.UTF-8", "Kopiert|1 neue Nachricht"},
		{"eo:fr", "en_US.UTF-8", "Copié|1 nouveau message"},
		{"", "ru_RU.UTF-8", "Скопировано|1 новое сообщение"},
		{"", "es_MX.UTF-8", "Copiado|1 mensaje nuevo"},
		{"", "ar_EG.UTF-8", "تم النسخ|رسالة جديدة"},
		{"zh", "de_DE.UTF-8", "已复制|1 条新消息"},
		{"", "zh_CN.UTF-8", "已复制|1 条新消息"},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{envSay + "=Copied", "GORACE=atexit_sleep_ms=0", "HOME=" + t.TempDir(), "LANGUAGE=" + c.languages, "LC_ALL=" + c.locale}
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != c.want {
			t.Errorf("LANGUAGE=%q LC_ALL=%q: %q, %v; want %q", c.languages, c.locale, out, err, c.want)
		}
	}
}
