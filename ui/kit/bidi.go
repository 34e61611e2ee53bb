package kit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
)

// Part is a stretch of a line that is drawn by itself: words that run to the left,
// signs between such words, or anything else.
type Part struct {
	From, To int  // in the line
	Right    bool // it begins at its right edge
	Signs    bool // it is drawn turned around
}

// Drawn returns s, which is of the part, as it is drawn.
func (p Part) Drawn(s string) string {
	if p.Signs {
		return turned(s)
	}
	return s
}

// Visual cuts one line of text into parts in the order in which they are to be
// drawn from left to right (UAX #9); right says that the line reads from the right.
// The toolkit shapes words in Arabic or Hebrew rightly, but puts what it draws in the
// order in which it is stored: “2 من 3” would be read as three of two.
func Visual(line string, right bool) []Part {
	whole := []Part{{To: len(line)}}
	if !HasRightToLeft(line) {
		return whole
	}
	var p bidi.Paragraph
	base := bidi.LeftToRight
	if right {
		base = bidi.RightToLeft
	}
	if n, err := p.SetString(line, bidi.DefaultDirection(base)); err != nil || n != len(line) {
		return whole // it holds a character that ends a paragraph
	}
	order, err := p.Order()
	if err != nil {
		return whole
	}
	// The runs come in the order of the text. Turned around are all of them in a
	// line from the right, else those that belong together: numbers between two
	// right-to-left runs are part of them.
	runs, at := make([]Part, order.NumRuns()), 0
	for i := range runs {
		r := order.Run(i)
		runs[i] = Part{From: at, To: at + len(r.String()), Right: r.Direction() == bidi.RightToLeft}
		at = runs[i].To
	}
	if base == bidi.RightToLeft {
		slices.Reverse(runs)
	} else {
		for i := 0; i < len(runs); i++ {
			if !runs[i].Right {
				continue
			}
			end := i + 1
			for end+1 < len(runs) && runs[end+1].Right && isNumber(line[runs[end].From:runs[end].To]) {
				end += 2
			}
			slices.Reverse(runs[i:end])
			i = end - 1
		}
	}
	var out []Part
	for _, r := range runs {
		if r.Right {
			out = append(out, turn(line, r)...)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// InOrder returns a line so that it reads rightly where the toolkit draws it in one
// piece, as it does what stands in an empty entry: runs in the order in which they
// are seen. Within a run from the right the toolkit has the words in their order,
// but not the signs around them.
func InOrder(line string, right bool) string {
	parts := Visual(line, right)
	var out strings.Builder
	for i := 0; i < len(parts); {
		n := i
		for n < len(parts) && parts[n].Right {
			n++
		}
		if n == i {
			out.WriteString(parts[i].Drawn(line[parts[i].From:parts[i].To]))
			i++
			continue
		}
		// The run from the right that these are: signs, words, signs.
		first := slices.IndexFunc(parts[i:n], func(p Part) bool { return !p.Signs }) + i
		last := n - 1
		for last > first && parts[last].Signs {
			last--
		}
		for j, p := range parts[i:n] {
			switch j += i; {
			case first < i || j < first || j > last:
				out.WriteString(p.Drawn(line[p.From:p.To]))
			case j == first:
				out.WriteString(line[parts[last].From:p.To])
			}
		}
		i = n
	}
	return out.String()
}

// turn cuts a right-to-left run into words, which stay whole with the spaces
// between them, and the signs around them, from left to right.
func turn(line string, run Part) []Part {
	var out []Part
	cut := func(from, to int, signs bool) {
		if from < to {
			out = append(out, Part{from, to, true, signs})
		}
	}
	from, end, words := run.From, run.From, false // end: of the last word
	for i, r := range line[run.From:run.To] {
		i += run.From
		p, _ := bidi.LookupRune(r)
		letter := p.Class() == bidi.R || p.Class() == bidi.AL
		switch {
		case letter && r != '\u200f', p.Class() == bidi.NSM && words && end == i: // with its marks
			if !words {
				cut(from, i, true)
				from, words = i, true
			}
			end = i + utf8.RuneLen(r)
		case words && r != ' ':
			cut(from, end, false)
			from, words = end, false
		}
	}
	if words {
		cut(from, end, false)
		from = end
	}
	cut(from, run.To, true)
	slices.Reverse(out)
	return out
}

// turned returns signs in the opposite order, each as it looks from the other side.
// Characters of several signs, as many emoji are, stay whole.
func turned(signs string) string {
	out := make([]string, 0, len(signs))
	for g := uniseg.NewGraphemes(signs); g.Next(); {
		out = append(out, mirrored(g.Str()))
	}
	slices.Reverse(out)
	return strings.Join(out, "")
}

// mirrored returns the bracket that opens where sign closes.
func mirrored(sign string) string {
	pairs := []string{"(", ")", "[", "]", "{", "}", "<", ">", "«", "»", "‹", "›"}
	if i := slices.Index(pairs, sign); i >= 0 {
		return pairs[i^1]
	}
	return sign
}

func isNumber(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) < 0 && strings.IndexFunc(s, unicode.IsDigit) >= 0
}

// HasRightToLeft reports whether a line has a letter that runs to the left.
func HasRightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x590 && runsLeft(r) {
			return true
		}
	}
	return false
}

// BeginsRightToLeft reports whether the first letter runs to the left.
func BeginsRightToLeft(s string) bool {
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
