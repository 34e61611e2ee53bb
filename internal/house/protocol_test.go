package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const protocol = "docs/protocol.md"

var (
	citation = regexp.MustCompile(`docs/protocol\.md\s+§\s*(\d+(?:\.\d+)*)`)
	// mention is a section that the protocol names of itself. Those of other
	// documents stand behind the document's number.
	mention = regexp.MustCompile(`((?:RFC|FIPS) \d+,? )?§(\d+(?:\.\d+)*)`)
	heading = regexp.MustCompile(`(?m)^(#+)\s+(?:§\s*)?(\d+(?:\.\d+)*)\.?\s+(.*)$`)
	link    = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]+)\)`)
	// comment is the end of a line and the beginning of the next within one.
	comment = regexp.MustCompile(`\n\s*//\s*`)
	// noAnchor is what a heading has and its anchor does not.
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// document returns a file of the project.
func document(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sections returns how often a document's headings have each number.
func sections(document []byte) map[string]int {
	all := make(map[string]int)
	for _, m := range heading.FindAllSubmatch(document, -1) {
		all[string(m[2])]++
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

// citing are the files that may cite the protocol: code in any language, the
// models, and the other pages.
var citing = []string{".go", ".js", ".mjs", ".pv", ".md", ".sh"}

func TestCitedSectionsExist(t *testing.T) {
	there := sections(document(t, protocol))
	total := 0
	files(t, ".", citing, func(path string, text []byte) {
		if strings.HasPrefix(path, "internal/house/") {
			return
		}
		for _, s := range cited(text) {
			total++
			if there[s] == 0 {
				t.Errorf("%s cites §%s of %s, which is not there", path, s, protocol)
			}
		}
	})
	if total < 20 {
		t.Errorf("only %d citations of the protocol", total)
	}
}

func TestCitationsAreFound(t *testing.T) {
	there := sections([]byte("# Title\n\n## 3. Keys\n\n### 3.2 Devices\n\nas in 4.1\n## 10 Last\n"))
	for s, want := range map[string]int{"3": 1, "3.2": 1, "10": 1, "4.1": 0, "1": 0} {
		if there[s] != want {
			t.Errorf("§%s: %d", s, there[s])
		}
	}
	text := "// a (docs/protocol.md §3.2).\n// As docs/protocol.md\n// §10 says, RFC 8446 §4.1.\n"
	if got := cited([]byte(text)); !slices.Equal(got, []string{"3.2", "10"}) {
		t.Errorf("cited %q", got)
	}
}

// anchor returns the name by which a heading is linked to.
func anchor(heading string) string {
	return strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// structure returns what is wrong with a numbered document: numbers that are
// there twice or out of order, sections that it names and does not have, links
// that lead nowhere, and main sections that its list of contents lacks. There
// tells whether a file exists, by its path from the document.
func structure(text string, there func(file string) bool) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	numbers := sections([]byte(text))
	anchors := make(map[string]bool)
	last := ""
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		level, number, title := m[1], m[2], strings.TrimSpace(m[3])
		if numbers[number] > 1 {
			bad("§%s is there %d times", number, numbers[number])
		}
		if last != "" && !follows(last, number) {
			bad("§%s comes after §%s", number, last)
		}
		last = number
		name := anchor(number + " " + title)
		anchors[name] = true
		if entry := fmt.Sprintf("\n- [§%s %s](#%s)\n", number, title, name); level == "##" && !strings.Contains(text, entry) {
			bad("the contents lack %q", strings.TrimSpace(entry))
		}
	}
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		if m[1] == "" && numbers[m[2]] == 0 {
			bad("§%s is named, and is not there", m[2])
		}
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		to := m[2]
		switch {
		case strings.Contains(to, "://"):
		case strings.HasPrefix(to, "#"):
			if !anchors[to[1:]] {
				bad("the link %s leads nowhere", to)
			}
		case !there(to):
			bad("the file %s is not there", to)
		}
	}
	return wrong
}

// follows reports whether one section number may come right after another: its
// first part of a section, or the next one at its level or a level above.
func follows(before, after string) bool {
	if after == before+".1" {
		return true
	}
	b := strings.Split(before, ".")
	for n := len(b); n > 0; n-- {
		var last int
		if _, err := fmt.Sscan(b[n-1], &last); err != nil {
			return false
		}
		next := append(slices.Clone(b[:n-1]), fmt.Sprint(last+1))
		if after == strings.Join(next, ".") {
			return true
		}
	}
	return false
}

func TestProtocolIsInOrder(t *testing.T) {
	text := string(document(t, protocol))
	if n := len(sections([]byte(text))); n < 10 {
		t.Fatalf("only %d sections", n)
	}
	for _, w := range structure(text, func(file string) bool {
		file, _, _ = strings.Cut(file, "#")
		_, err := os.Stat(filepath.Join(root, filepath.Dir(protocol), file))
		return err == nil
	}) {
		t.Errorf("%s: %s", protocol, w)
	}
}

func TestDisorderIsFound(t *testing.T) {
	const good = "# T\n\n- [§1 One, or two](#1-one-or-two)\n- [§2 Three](#2-three)\n\n## 1 One, or two\n\n### 1.1 A\n\nSee §2, RFC 7748 §9.9, [a](b.md).\n\n### 1.2 B\n\n## 2 Three\n"
	there := func(file string) bool { return file == "b.md" }
	if wrong := structure(good, there); len(wrong) > 0 {
		t.Fatalf("in good order: %q", wrong)
	}
	for _, c := range []struct{ old, new, want string }{
		{"### 1.2 B", "### 1.1 B", "§1.1 is there 2 times"},
		{"### 1.2 B", "### 1.3 B", "§1.3 comes after §1.1"},
		{"## 2 Three", "## 3 Three", "§3 comes after §1.2"},
		{"See §2", "See §2.4", "§2.4 is named, and is not there"},
		{"(#2-three)", "(#2-tree)", "the link #2-tree leads nowhere"},
		{"## 2 Three", "## 2 Four", `the contents lack "- [§2 Four](#2-four)"`},
		{"(b.md)", "(c.md)", "the file c.md is not there"},
	} {
		if wrong := structure(strings.Replace(good, c.old, c.new, 1), there); !slices.Contains(wrong, c.want) {
			t.Errorf("%s for %s: found %q", c.new, c.old, wrong)
		}
	}
}
