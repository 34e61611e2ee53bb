package kit

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/rivo/uniseg"

	"sotto/ui/theme"
)

// Run is a piece of a line that is drawn at once: text in Inter, or emoji in
// Noto Color Emoji.
type Run struct {
	Text     string
	Emoji    bool
	X, Width float32
}

// Line is one line of text, cut into runs from left to right.
type Line struct {
	Runs  []Run
	Width float32
}

// Wrap breaks s into lines no wider than width, at the places where Unicode
// allows it (UAX #14) and, for a word that is too long, between characters. A
// width of 0 or less breaks at line ends only.
func Wrap(s string, st theme.Style, width float32) []Line {
	var lines []Line
	for para := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		lines = wrapParagraph(lines, para, st, width)
	}
	return lines
}

func wrapParagraph(lines []Line, para string, st theme.Style, width float32) []Line {
	if width <= 0 {
		return append(lines, setLine(para, st))
	}
	rest, state := para, -1
	line, lineWidth := "", float32(0)
	for rest != "" {
		var word string
		word, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		// A word without end is taken in pieces, so that the work stays in
		// proportion to the text whatever somebody sends.
		for first := true; word != ""; first = false {
			part := Piece(word)
			word = word[len(part):]
			w := Measure(part, st)
			if lineWidth+w <= width || lineWidth+Measure(strings.TrimRight(part, " "), st) <= width {
				line, lineWidth = line+part, lineWidth+w
				continue
			}
			if first && line != "" {
				lines = append(lines, setLine(strings.TrimRight(line, " "), st))
				line, lineWidth = "", 0
			}
			line, lineWidth = line+part, lineWidth+w
			for lineWidth > width && Measure(strings.TrimRight(line, " "), st) > width {
				head := fit(line, st, width)
				if len(head) == len(line) {
					break // one character wider than the room
				}
				lines = append(lines, setLine(head, st))
				line = line[len(head):]
				lineWidth = Measure(line, st)
			}
		}
	}
	return append(lines, setLine(strings.TrimRight(line, " "), st))
}

// Piece returns the beginning of a word: about 200 bytes, whole characters.
func Piece(word string) string {
	const most = 200
	if len(word) <= most {
		return word
	}
	rest, state, n := word, -1, 0
	for rest != "" && n < most {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		n += len(c)
	}
	return word[:n]
}

// fit returns the longest beginning of s, at least one character, that is no
// wider than width.
func fit(s string, st theme.Style, width float32) string {
	var ends []int
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		_, to := g.Positions()
		ends = append(ends, to)
	}
	lo, hi := 0, len(ends)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if Measure(s[:ends[mid]], st) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return s[:ends[lo]]
}

// Elide returns s, or its beginning with "…", so that it is no wider than width.
func Elide(s string, st theme.Style, width float32) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	if len(s) > 2000 {
		s = strings.ToValidUTF8(s[:2000], "")
	}
	if Measure(s, st) <= width || s == "" {
		return s
	}
	return strings.TrimRight(fit(s, st, width-Measure("…", st)), " ") + "…"
}

// setLine cuts one line into runs, as they are drawn, and measures them.
func setLine(s string, st theme.Style) Line {
	var l Line
	for _, p := range Visual(s, rightToLeft || BeginsRightToLeft(s)) {
		for _, r := range Runs(p.Drawn(s[p.From:p.To])) {
			r.X, r.Width = l.Width, measureRun(r.Text, st, r.Emoji)
			l.Width += r.Width
			l.Runs = append(l.Runs, r)
		}
	}
	return l
}

// Measure returns the width of s set in one line.
func Measure(s string, st theme.Style) float32 {
	var w float32
	for _, r := range Runs(s) {
		w += measureRun(r.Text, st, r.Emoji)
	}
	return w
}

func measureRun(s string, st theme.Style, emoji bool) float32 {
	font := st.Font(s)
	if emoji {
		font = theme.EmojiFont()
	}
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, st.Size, st.TextStyle(), font)
	return size.Width
}

// Runs cuts s into runs of text and of emoji, which are not measured yet.
func Runs(s string) []Run {
	if !mayHoldEmoji(s) {
		if s == "" {
			return nil
		}
		return []Run{{Text: s}}
	}
	var out []Run
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		c := g.Str()
		e := isEmoji(g.Runes())
		if n := len(out); n > 0 && out[n-1].Emoji == e {
			out[n-1].Text += c
		} else {
			out = append(out, Run{Text: c, Emoji: e})
		}
	}
	return out
}

// mayHoldEmoji is a quick no for most text.
func mayHoldEmoji(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xE2 { // U+2000 and up
			return true
		}
	}
	return false
}

// EmojiOnly returns the number of emoji in s if it holds nothing else but white
// space, and 0 if it does or if there are more than most.
func EmojiOnly(s string, most int) int {
	if !mayHoldEmoji(s) || len(s) > most*64 {
		return 0
	}
	n := 0
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		if strings.TrimSpace(g.Str()) == "" {
			continue
		}
		if !isEmoji(g.Runes()) {
			return 0
		}
		if n++; n > most {
			return 0
		}
	}
	return n
}

// isEmoji reports whether a grapheme cluster is to be drawn by the emoji font.
func isEmoji(cluster []rune) bool {
	first := cluster[0]
	if first == utf8.RuneError {
		return false
	}
	for _, r := range cluster[1:] {
		switch r {
		case 0xFE0F, 0x20E3: // asked for as emoji; keycap
			return true
		case 0xFE0E: // asked for as text
			return false
		}
	}
	return isEmojiPresentation(first)
}
