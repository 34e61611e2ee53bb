package kit

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// Visual returns one line of text in the order in which its pieces are to be drawn
// from left to right (UAX #9). The toolkit shapes a piece of Arabic or Hebrew
// rightly, but draws pieces in the order in which they are stored: “2 من 3” would
// be read as three of two. Letters within a piece stay as they are. The line reads from
// the right if it begins so, or if the window's language does.
func Visual(line string) string {
	if !hasRightToLeft(line) {
		return line
	}
	var p bidi.Paragraph
	base := bidi.LeftToRight
	if rightToLeft || beginsRightToLeft(line) {
		base = bidi.RightToLeft
	}
	if n, err := p.SetString(line, bidi.DefaultDirection(base)); err != nil || n != len(line) {
		return line // it holds a character that ends a paragraph
	}
	order, err := p.Order()
	if err != nil {
		return line
	}
	// The runs come in the order of the text. Turned around are all of them in a
	// line from the right, else those between the first and the last that belong
	// together: numbers between two right-to-left pieces are part of them.
	pieces := make([]directed, order.NumRuns())
	for i := range pieces {
		r := order.Run(i)
		pieces[i] = directed{r.String(), r.Direction() == bidi.RightToLeft}
	}
	if base == bidi.RightToLeft {
		reverse(pieces)
	} else {
		for i := 0; i < len(pieces); i++ {
			if !pieces[i].rtl {
				continue
			}
			end := i + 1
			for end+1 < len(pieces) && pieces[end+1].rtl && isNumber(pieces[end].text) {
				end += 2
			}
			reverse(pieces[i:end])
			i = end - 1
		}
	}
	var out strings.Builder
	for _, p := range pieces {
		if !p.rtl {
			out.WriteString(p.text)
			continue
		}
		// The toolkit leaves spaces at the edges of a piece where they are stored.
		words := strings.Trim(p.text, " ")
		before := len(p.text) - len(strings.TrimLeft(p.text, " "))
		if words == "" {
			before = 0
		}
		out.WriteString(p.text[before+len(words):] + words + p.text[:before])
	}
	return out.String()
}

// directed is a part of a line whose letters run one way.
type directed struct {
	text string
	rtl  bool
}

func reverse(p []directed) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
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
