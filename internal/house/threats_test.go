package house

import (
	"regexp"
	"testing"
)

const threats = "docs/threat-model.md"

var (
	namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w*)\(`)
)

// TestThreatModelNamesTests: what the threat model names as evidence is there.
func TestThreatModelNamesTests(t *testing.T) {
	there := make(map[string]bool)
	files(t, ".", []string{".go"}, func(_ string, text []byte) {
		for _, m := range testFunc.FindAllSubmatch(text, -1) {
			there[string(m[1])] = true
		}
	})
	named := namedTest.FindAllSubmatch(document(t, threats), -1)
	if len(named) < 40 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if name := string(m[1]); !there[name] {
			t.Errorf("%s names %s, which is not there", threats, name)
		}
	}
}
