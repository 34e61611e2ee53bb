package kit

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// visual cuts one line of text into pieces in the order in which they are to be
// drawn from left to right (UAX #9). The toolkit shapes words in Arabic or Hebrew
// rightly, but puts what it draws in the order in which it is stored: “2 من 3” would
// be read as three of two. A piece is either words that run to the left, or what
// stands between them, or anything else; each is drawn by itself. The line reads
// from the right if it begins so, or if the window's language does.
func visual(line string) []string {
	if !hasRightToLeft(line) {
		return []string{line}
	}
	var p bidi.Paragraph
	base := bidi.LeftToRight
	if rightToLeft || beginsRightToLeft(line) {
		base = bidi.RightToLeft
	}
	if n, err := p.SetString(line, bidi.DefaultDirection(base)); err != nil || n != len(line) {
		return []string{line} // it holds a character that ends a paragraph
	}
	order, err := p.Order()
	if err != nil {
		return []string{line}
	}
	// The runs come in the order of the text. Turned around are all of them in a
	// line from the right, else those that belong together: numbers between two
	// right-to-left runs are part of them.
	runs := make([]directed, order.NumRuns())
	for i := range runs {
		r := order.Run(i)
		runs[i] = directed{r.String(), r.Direction() == bidi.RightToLeft}
	}
	if base == bidi.RightToLeft {
		slices.Reverse(runs)
	} else {
		for i := 0; i < len(runs); i++ {
			if !runs[i].rtl {
				continue
			}
			end := i + 1
			for end+1 < len(runs) && runs[end+1].rtl && isNumber(runs[end].text) {
				end += 2
			}
			slices.Reverse(runs[i:end])
			i = end - 1
		}
	}
	var out []string
	for _, r := range runs {
		if r.rtl {
			out = append(out, turned(r.text)...)
		} else {
			out = append(out, r.text)
		}
	}
	return out
}

// directed is a part of a line whose letters run one way.
type directed struct {
	text string
	rtl  bool
}

// turned returns the pieces of a right-to-left run from left to right: words stay
// whole with the spaces between them, signs are turned one by one.
func turned(run string) []string {
	var out []string
	var words, signs strings.Builder
	flush := func() {
		all := words.String()
		words.Reset()
		trimmed := strings.TrimRight(all, " ")
		if trimmed != "" {
			out = append(out, trimmed)
		}
		for range len(all) - len(trimmed) {
			signs.WriteByte(' ')
		}
	}
	between := func() {
		if signs.Len() > 0 {
			back := []rune(signs.String())
			slices.Reverse(back)
			out = append(out, string(back))
			signs.Reset()
		}
	}
	for _, r := range run {
		p, _ := bidi.LookupRune(r)
		letter := p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.NSM
		switch {
		case letter && r != '\u200f':
			between()
			words.WriteRune(r)
		case r == ' ' && words.Len() > 0:
			words.WriteRune(r)
		default:
			flush()
			signs.WriteRune(mirrored(r))
		}
	}
	flush()
	between()
	slices.Reverse(out)
	return out
}

// mirrored returns the bracket that opens where r closes.
func mirrored(r rune) rune {
	const pairs = "()[]{}<>«»‹›"
	if i := strings.IndexRune(pairs, r); i >= 0 {
		all := []rune(pairs)
		return all[slices.Index(all, r)^1]
	}
	return r
}

func isNumber(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) < 0 && strings.IndexFunc(s, unicode.IsDigit) >= 0
}

// hasRightToLeft reports whether a line has a letter that runs to the left.
func hasRightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x590 && runsLeft(r) {
			return true
		}
	}
	return false
}

// beginsRightToLeft reports whether the first letter runs to the left.
func beginsRightToLeft(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return runsLeft(r)
		}
	}
	return false
}

func runsLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}
