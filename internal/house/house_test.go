// Package house keeps the house in order: arrows between packages point down
// only (docs/architecture.md), crypto stays free of side effects, whatever cites
// the protocol cites a section that exists, the protocol's tables of constants
// say what the code says, and fuzz targets have inputs. It has no code but these
// tests.
package house

import (
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// layer says which packages a part of the house may import directly.
type layer struct {
	ours    []string // of Sotto, with everything below them
	foreign []string // of others, with everything below them; nil is any
	never   []string // exceptions from both, and from the standard library
}

const (
	toolkit    = "fyne.io"
	toolkitApp = "fyne.io/fyne/v2/app"
)

// layers is the house, by import path; the longest path that a package lies
// under counts.
var layers = map[string]layer{
	"sotto":                  {ours: []string{"sotto/ui", "sotto/app", "sotto/assets"}, never: []string{"sotto/app/store"}},
	"sotto/cmd":              {ours: []string{"sotto/app"}, never: []string{toolkit, "sotto/app/store"}},
	"sotto/scripts":          {ours: []string{"sotto/app"}, never: []string{toolkit, "sotto/app/store"}},
	"sotto/bench":            {},
	"sotto/bench/crypto":     {ours: []string{"sotto/crypto"}},
	"sotto/bench/delivery":   {ours: []string{"sotto/app", "sotto/bench/seed", "sotto/crypto/vault", "sotto/p2p"}},
	"sotto/bench/seed":       {ours: []string{"sotto/app", "sotto/crypto/vault"}},
	"sotto/bench/ui":         {ours: []string{"sotto/app", "sotto/bench/seed", "sotto/crypto/vault"}, never: []string{toolkit}},
	"sotto/internal/house":   {},
	"sotto/internal/corpus":  {},
	"sotto/internal/interop": {},
	"sotto/internal/e2e":     {ours: []string{"sotto/internal/e2e", "sotto/app", "sotto/p2p/p2ptest", "sotto/p2p/mailbox"}, never: []string{toolkit, "sotto/app/store"}},

	"sotto/internal/history": {ours: []string{"sotto/app", "sotto/crypto/vault", "sotto/p2p"}, never: []string{toolkit, "sotto/app/store"}},

	"sotto/ui": {
		ours:  []string{"sotto/ui", "sotto/app", "sotto/assets"},
		never: []string{"sotto/app/store", "sotto/app/control", toolkitApp},
	},
	// The desktop around the window; it draws nothing itself.
	"sotto/ui/desktop": {ours: []string{"sotto/app/disk", "sotto/ui/desktop", "sotto/ui/text"}, never: []string{toolkit}},
	// A program of its own that shows every screen.
	"sotto/ui/gallery": {ours: []string{"sotto/ui", "sotto/app/model", "sotto/assets"}},

	"sotto/app":         {ours: []string{"sotto/app", "sotto/crypto", "sotto/p2p"}, never: []string{"sotto/app/control", toolkit}},
	"sotto/app/model":   {foreign: []string{}},
	"sotto/app/store":   {ours: []string{"sotto/app/store", "sotto/app/model"}, never: []string{toolkit}},
	"sotto/app/control": {ours: []string{"sotto/app/model"}, foreign: []string{}},
	"sotto/app/crash":   {ours: []string{"sotto/app/disk"}, foreign: []string{}, never: []string{"net"}},
	"sotto/app/qr":      {ours: []string{"sotto/app/model"}, never: []string{toolkit, "net", "os"}},

	"sotto/crypto": {
		ours:    []string{"sotto/crypto"},
		foreign: []string{"golang.org/x/crypto", "filippo.io/mldsa", "github.com/tyler-smith/go-bip39"},
		never:   []string{"os", "net", "log", "syscall", "crypto/rand", "math/rand", "sync", "os/exec", "database", "testing", secretTest},
	},
	// For tests: it prints what must show no secret.
	secretTest:     {ours: []string{"sotto/crypto/internal/secret"}, foreign: []string{}},
	"sotto/p2p":    {ours: []string{"sotto/p2p"}, never: []string{toolkit, "database"}},
	"sotto/assets": {foreign: []string{}},
}

// slogIsData: the one package below "log" that crypto may import, for the
// methods that keep secrets out of logs; what it may use of it is checked by
// TestCryptoHasNoSideEffects.
const slogIsData = "log/slog"

// secretTest is the one package below crypto that only tests may import.
const secretTest = "sotto/crypto/internal/secret/secrettest"

// free lists what must not be linked at all, directly or through others.
var free = map[string][]string{
	"sotto/cmd/sotto-cli": {toolkit, "github.com/go-gl"},
	"sotto/app":           {toolkit, "github.com/go-gl", "github.com/libp2p/go-libp2p-kad-dht"},
	"sotto/p2p/node":      {toolkit, "sotto/crypto", "sotto/app", "sotto/p2p/mailbox", "github.com/ncruces"},
	"sotto/p2p/mailbox":   {toolkit, "sotto/crypto", "sotto/app"},
}

// under reports whether a package is root or lies below it.
func under(pkg, root string) bool {
	return pkg == root || strings.HasPrefix(pkg, root+"/")
}

func anyUnder(pkg string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return under(pkg, r) })
}

// layerOf returns the layer that a package of ours belongs to. The module's root
// is a layer of one package, so that a new directory has to be given a place.
func layerOf(pkg string) (layer, bool) {
	if pkg == "sotto" {
		return layers[pkg], true
	}
	for p := pkg; p != "sotto" && p != "."; p = path.Dir(p) {
		if l, ok := layers[p]; ok {
			return l, true
		}
	}
	return layer{}, false
}

// standard reports whether a package is of the standard library.
func standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".") && first != "sotto"
}

// problems returns every import that the house forbids, given the imports of
// each package.
func problems(imports map[string][]string) []string {
	var found []string
	for pkg, all := range imports {
		if !under(pkg, "sotto") {
			continue
		}
		l, ok := layerOf(pkg)
		if !ok {
			found = append(found, pkg+" has no place in the house")
			continue
		}
		for _, to := range all {
			if !l.allows(to) {
				found = append(found, pkg+" -> "+to)
			}
		}
	}
	for pkg, roots := range free {
		for _, way := range reached(imports, pkg) {
			if to := way[len(way)-1]; anyUnder(to, roots) {
				found = append(found, strings.Join(way, " => "))
			}
		}
	}
	slices.Sort(found)
	return found
}

func (l layer) allows(to string) bool {
	switch {
	case to == slogIsData && slices.Contains(l.never, "log"):
		return true
	case anyUnder(to, l.never):
		return false
	case under(to, "sotto"):
		return anyUnder(to, l.ours)
	case standard(to) || to == "C":
		return true
	default:
		return l.foreign == nil || anyUnder(to, l.foreign)
	}
}

// reached returns the shortest way from pkg to every package that it links.
func reached(imports map[string][]string, pkg string) [][]string {
	ways := [][]string{{pkg}}
	seen := map[string]bool{pkg: true}
	for i := 0; i < len(ways); i++ {
		for _, to := range imports[ways[i][len(ways[i])-1]] {
			if !seen[to] {
				seen[to] = true
				ways = append(ways, append(slices.Clone(ways[i]), to))
			}
		}
	}
	return ways[1:]
}

// graph asks the go command for the imports of every package of ours and of
// everything they need.
func graph(t *testing.T) map[string][]string {
	t.Helper()
	c := exec.Command("go", "list", "-deps", "-tags=migrated_fynedo", "-json=ImportPath,Imports", "sotto/...")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := make(map[string][]string)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&pkg); err == io.EOF {
			return imports
		} else if err != nil {
			t.Fatal(err)
		}
		imports[pkg.ImportPath] = pkg.Imports
	}
}

func TestArrowsPointDown(t *testing.T) {
	imports := graph(t)
	if len(imports) < 100 || imports["sotto/app"] == nil || imports["sotto/cmd/sotto-cli"] == nil {
		t.Fatalf("the graph of %d packages is not that of the project", len(imports))
	}
	for _, p := range problems(imports) {
		t.Error(p)
	}
}

// TestTurnedArrowsAreFound plants one wrong import at a time.
func TestTurnedArrowsAreFound(t *testing.T) {
	if found := problems(sound()); len(found) > 0 {
		t.Fatalf("in a sound graph: %q", found)
	}
	for _, c := range []struct{ from, to, want string }{
		{"sotto/ui/kit", "sotto/crypto/account", "sotto/ui/kit -> sotto/crypto/account"},
		{"sotto/ui", "sotto/p2p/node", "sotto/ui -> sotto/p2p/node"},
		{"sotto/ui", "sotto/app/store", "sotto/ui -> sotto/app/store"},
		{"sotto/ui", "fyne.io/fyne/v2/app", "sotto/ui -> fyne.io/fyne/v2/app"},
		{"sotto/app", "sotto/ui", "sotto/app -> sotto/ui"},
		{"sotto/app/model", "sotto/app/store", "sotto/app/model -> sotto/app/store"},
		{"sotto/app/model", "golang.org/x/text", "sotto/app/model -> golang.org/x/text"},
		{"sotto/app/control", "sotto/app", "sotto/app/control -> sotto/app"},
		{"sotto/crypto/ratchet", "sotto/app/model", "sotto/crypto/ratchet -> sotto/app/model"},
		{"sotto/crypto/ratchet", "os", "sotto/crypto/ratchet -> os"},
		{"sotto/crypto/ratchet", "net/http", "sotto/crypto/ratchet -> net/http"},
		{"sotto/crypto/ratchet", "log", "sotto/crypto/ratchet -> log"},
		{"sotto/crypto/ratchet", "crypto/rand", "sotto/crypto/ratchet -> crypto/rand"},
		{"sotto/crypto/ratchet", secretTest, "sotto/crypto/ratchet -> " + secretTest},
		{"sotto/crypto/ratchet", "github.com/cloudflare/circl", "sotto/crypto/ratchet -> github.com/cloudflare/circl"},
		{"sotto/p2p/node", "sotto/crypto/account", "sotto/p2p/node -> sotto/crypto/account"},
		{"sotto/p2p/node", "sotto/app/model", "sotto/p2p/node -> sotto/app/model"},
		{"sotto/cmd/sotto-cli", "sotto/ui/when", "sotto/cmd/sotto-cli -> sotto/ui/when"},
		{"sotto/app/qr", "example.org/pretty", "sotto/cmd/sotto-cli => sotto/app/qr => example.org/pretty => fyne.io/fyne/v2"},
		{"sotto/games", "fmt", "sotto/games has no place in the house"},
	} {
		imports := sound()
		imports[c.from] = append(imports[c.from], c.to)
		if found := problems(imports); !slices.Contains(found, c.want) {
			t.Errorf("%s -> %s: found %q", c.from, c.to, found)
		}
	}
}

// sound is a small house in order.
func sound() map[string][]string {
	return map[string][]string{
		"sotto":                {"sotto/ui", "sotto/app", "sotto/app/control", "fyne.io/fyne/v2/app"},
		"sotto/cmd/sotto-cli":  {"sotto/app", "sotto/app/control", "sotto/app/qr", "github.com/alecthomas/kong", "os"},
		"sotto/ui":             {"sotto/ui/kit", "sotto/app", "sotto/app/model", "fyne.io/fyne/v2"},
		"sotto/ui/kit":         {"sotto/assets", "fyne.io/fyne/v2"},
		"sotto/app":            {"sotto/app/model", "sotto/app/store", "sotto/crypto/ratchet", "sotto/p2p/node", "os"},
		"sotto/app/control":    {"sotto/app/model", "net"},
		"sotto/app/qr":         {"sotto/app/model", "github.com/piglig/go-qr"},
		"sotto/app/model":      {"time"},
		"sotto/app/store":      {"sotto/app/model", "github.com/ncruces/go-sqlite3"},
		"sotto/crypto/ratchet": {"sotto/crypto/internal/suite", "crypto/sha256", "time", "log/slog"},
		"sotto/p2p/node":       {"github.com/libp2p/go-libp2p", "net"},
		"fyne.io/fyne/v2/app":  {"fyne.io/fyne/v2"},
		"example.org/pretty":   {"fyne.io/fyne/v2"},
	}
}
