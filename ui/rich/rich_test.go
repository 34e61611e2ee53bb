package rich

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// show writes blocks in one line, styles as letters.
func show(bs []Block) string {
	var b strings.Builder
	for i, bl := range bs {
		if i > 0 {
			b.WriteString("|")
		}
		b.WriteString([]string{"", "Q:", "I:", "C:"}[bl.Kind])
		if bl.Depth > 0 {
			fmt.Fprint(&b, bl.Depth)
		}
		if bl.Marker != "" {
			b.WriteString("<" + bl.Marker + ">")
		}
		for _, s := range bl.Spans {
			st := ""
			for j, c := range []string{"b", "i", "c"} {
				if s.Style&(1<<j) != 0 {
					st += c
				}
			}
			switch {
			case s.Link != "":
				b.WriteString(st + "{" + s.Text + "→" + s.Link + "}")
			case st != "":
				b.WriteString(st + "(" + s.Text + ")")
			default:
				b.WriteString(s.Text)
			}
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"Just words.":                 "Just words.",
		"bring the **atlas**.":        "bring the b(atlas).",
		"*one* _two_ **three**":       "i(one) i(two) b(three)",
		"***both***":                  "bi(both)",
		"***a* b**":                   "bi(a)b( b)",
		"***a** b*":                   "b(*a) b*",
		"**a *b* c**":                 "b(a )bi(b)b( c)",
		"**a *b** c*":                 "b(a *b) c*",
		"*a *b*":                      "*a i(b)",
		"粗**体**字":                     "粗b(体)字",
		"2*3*4 and snake_case_name":   "2*3*4 and snake_case_name",
		"5 * 3 * 2":                   "5 * 3 * 2",
		`¯\_(ツ)_/¯ and ^_^ and ^_^`:   `¯\_(ツ)_/¯ and ^_^ and ^_^`,
		"****":                        "****",
		"** **":                       "** **",
		"** b** and * c*":             "** b** and * c*",
		"**not ended":                 "**not ended",
		"a `code *x*` b":              "a c(code *x*) b",
		"a `code":                     "a `code",
		"``x``":                       "``x``",
		"**`x`**":                     "bc(x)",
		"a\n\nb":                      "a||b",
		"a\r\nb":                      "a|b",
		"> said *so*\n> twice\nyes":   "Q:said i(so)|Q:twice|yes",
		">not a quote":                ">not a quote",
		"- one\n  - two\n10. three":   "I:<•>one|I:1<•>two|I:<10.>three",
		"-1 and - ":                   "-1 and - ",
		"12.30 is late":               "12.30 is late",
		"```go\nx := *p\n\ny\n```\nz": "C:<go>c(x := *p\n\ny)|z",
		"```\n```":                    "C:c()",
		"```\nnot *ended*":            "```|not i(ended)",
	} {
		if got := show(Parse(in)); got != want {
			t.Errorf("%q\n is %s\nwant %s", in, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"see https://sotto.example/a_b_c, yes":   "see {https://sotto.example/a_b_c→https://sotto.example/a_b_c}, yes",
		"(HTTP://x.example/a_(b))":               "({HTTP://x.example/a_(b)→HTTP://x.example/a_(b)})",
		"**https://x.example**":                  "b{https://x.example→https://x.example}",
		"https:// and http://":                   "https:// and http://",
		"go to www.example.org.":                 "go to {www.example.org→https://www.example.org}.",
		"example.com/path?q=1":                   "{example.com/path?q=1→https://example.com/path?q=1}",
		"münchen.example.de":                     "{münchen.example.de→https://münchen.example.de}",
		"main.rs, notes.txt, e.g. this.Is":       "main.rs, notes.txt, e.g. this.Is",
		"alice@example.com":                      "alice@example.com",
		"co.uk and 10.0.0.1":                     "co.uk and 10.0.0.1",
		"`https://x.example`":                    "c(https://x.example)",
		"sotto:i/1/k7qxm2v5ndr3wzj6":             "{sotto:i/1/k7qxm2v5ndr3wzj6→sotto:i/1/k7qxm2v5ndr3wzj6}",
		"sotto: it is an Italian word":           "sotto: it is an Italian word",
		"javascript:alert(1) file:///etc/passwd": "javascript:alert(1) file:///etc/passwd",
	} {
		if got := show(Parse(in)); got != want {
			t.Errorf("%q\n is %s\nwant %s", in, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"https://bank.example@evil.example/login": "evil.example",
		"https://аррӏе.com/":                      "xn--80ak6aa92e.com",
		"https://x.example:8080/a":                "x.example",
	} {
		if got := Host(in); got != want {
			t.Errorf("%q leads to %q, want %q", in, got, want)
		}
	}
}

// whole reports what is wrong with what was read of s: spans that are not what is
// written at their place or not in its order, or something between them that is no
// sign.
func whole(s string) error {
	at := 0
	gap := func(to int, also string) error {
		rest := strings.TrimLeft(strings.Replace(s[at:to], also, "", 1), "")
		if i := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("*_`>-.0123456789 \t\r\n", r) }); i >= 0 {
			return fmt.Errorf("%q is lost at %d", rest, at)
		}
		return nil
	}
	also := ""
	for _, b := range Parse(s) {
		if b.Kind == CodeBlock || b.Kind == Item && b.Marker != "•" {
			also = b.Marker
		}
		for _, sp := range b.Spans {
			if sp.From < at || sp.From+len(sp.Text) > len(s) || s[sp.From:sp.From+len(sp.Text)] != sp.Text {
				return fmt.Errorf("span %q at %d is not there", sp.Text, sp.From)
			}
			if err := gap(sp.From, also); err != nil {
				return err
			}
			also = ""
			at = sp.From + len(sp.Text)
		}
	}
	return gap(len(s), also)
}

func TestNothingIsLost(t *testing.T) {
	parts := []string{"*", "**", "_", "`", "```", "\n", "> ", "- ", "1. ", " ", "a", "b.com", "https://x.example/", "😀", "é", "(", ")", "\r\n", "go"}
	n := uint32(1)
	for range 20_000 {
		var b strings.Builder
		for range 12 {
			n = n*1664525 + 1013904223
			b.WriteString(parts[int(n>>16)%len(parts)])
		}
		if err := whole(b.String()); err != nil {
			t.Fatalf("%q: %v", b.String(), err)
		}
	}
}

// What somebody sends to make reading slow: the steps that reading takes are
// counted by the benchmark below; here it only has to end.
var nasty = []string{"*", "**a", "*a ", "_a*", "`", "``a", "```\n", "> ", "- ", "https://", "https://x.example(", "a.", "www.a.", "sotto:", "sotto:(", "*(", ")*", "*a**"}

func TestLongTexts(t *testing.T) {
	for _, s := range nasty {
		long := strings.Repeat(s, 60_000/len(s))
		if err := whole(long); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, s := range nasty {
		for _, n := range []int{6_000, 60_000} {
			long := strings.Repeat(s, n/len(s))
			b.Run(fmt.Sprintf("%q/%d", s, n), func(b *testing.B) {
				for range b.N {
					Parse(long)
				}
			})
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Add("```go\nx\n```\n> a **b** https://x.example/_a_ `c`")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		if err := whole(s); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
