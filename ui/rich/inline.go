package rich

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a stretch of a line: text, code, an address, or a sign that may begin
// or end a style.
type piece struct {
	from, to int
	style    Style // of code
	link     string
	turns    Style // the style that a sign turns on or off, once its other end is found
	on       bool
}

// sign is one that may begin a style and waits for its end.
type sign struct {
	style Style
	mark  string
	piece int
}

// reader takes a line to pieces from left to right.
type reader struct {
	s       string
	at      int
	pieces  []piece
	open    []sign
	waiting [3]int // how many of each mark are in open
	noCode  bool   // no ` follows
}

var marks = [3]struct {
	text  string
	style Style
}{{"**", Bold}, {"*", Italic}, {"_", Italic}}

// inline reads a line that begins at base of what was written.
func inline(s string, base int) []Span {
	if s == "" {
		return nil
	}
	r := &reader{s: s}
	for r.at < len(s) {
		switch c := s[r.at]; {
		case c == '`':
			r.code()
		case c == '*' || c == '_':
			r.signs(c)
		default:
			r.word()
		}
	}
	return r.spans(base)
}

func (r *reader) add(p piece) {
	r.pieces = append(r.pieces, p)
	r.at = p.to
}

// code takes what stands between two `.
func (r *reader) code() {
	from := r.at + 1
	n := -1
	if !r.noCode {
		n = strings.IndexByte(r.s[from:], '`')
	}
	switch {
	case n < 0:
		r.noCode = true
		r.add(piece{from: r.at, to: from})
	case n == 0: // several in a row are none
		to := from
		for to < len(r.s) && r.s[to] == '`' {
			to++
		}
		r.add(piece{from: r.at, to: to})
	default:
		r.at = from
		r.add(piece{from: from, to: from + n, style: Code})
		r.at++
	}
}

// signs takes a row of the same sign.
func (r *reader) signs(c byte) {
	from := r.at
	to := from
	for to < len(r.s) && r.s[to] == c {
		to++
	}
	before, _ := utf8.DecodeLastRuneInString(r.s[:from])
	after, _ := utf8.DecodeRuneInString(r.s[to:])
	begins := to < len(r.s) && !unicode.IsSpace(after) && (from == 0 || edge(before))
	ends := from > 0 && !unicode.IsSpace(before) && (to == len(r.s) || edge(after))
	var kinds []int
	switch {
	case c == '_' && to-from == 1:
		kinds = []int{2}
	case c == '*' && to-from == 1:
		kinds = []int{1}
	case c == '*' && to-from == 2:
		kinds = []int{0}
	case c == '*' && to-from == 3:
		kinds = []int{0, 1}
		if n := len(r.open); n > 0 && r.open[n-1].mark == "*" {
			kinds = []int{1, 0}
		}
	default:
		r.add(piece{from: from, to: to})
		return
	}
	for _, k := range kinds {
		r.sign(k, from, begins, ends)
		from = r.at
	}
}

// sign takes one sign: it ends what was begun by another of its kind, or may
// begin something, or is text.
func (r *reader) sign(kind, from int, begins, ends bool) {
	m := marks[kind]
	if ends && r.waiting[kind] > 0 {
		for n := len(r.open) - 1; ; n-- {
			o := r.open[n]
			r.open = r.open[:n]
			r.waiting[kindOf(o.mark)]--
			if o.mark != m.text {
				continue // never ended
			}
			if o.piece == len(r.pieces)-1 {
				break // nothing in between
			}
			r.pieces[o.piece].turns, r.pieces[o.piece].on = m.style, true
			r.add(piece{from: from, to: from + len(m.text), turns: m.style})
			return
		}
	}
	if begins {
		r.open = append(r.open, sign{m.style, m.text, len(r.pieces)})
		r.waiting[kind]++
	}
	r.add(piece{from: from, to: from + len(m.text)})
}

func kindOf(mark string) int {
	for i, m := range marks {
		if m.text == mark {
			return i
		}
	}
	return 0
}

// edge reports whether a style may begin or end beside r: not in the middle of a
// word, where scripts set spaces between words.
func edge(r rune) bool {
	switch {
	case r == '/' || r == '\\' || r == '^':
		return false // of paths and faces
	case unicode.IsSpace(r) || unicode.IsPunct(r):
		return true
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer):
		return true
	}
	return r >= 0x2000 && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// word takes an address, a word, or a character that is no sign.
func (r *reader) word() {
	c, size := utf8.DecodeRuneInString(r.s[r.at:])
	if !inWord(c) {
		r.add(piece{from: r.at, to: r.at + size})
		return
	}
	to, address := link(r.s, r.at)
	r.add(piece{from: r.at, to: to, link: address})
}

func inWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// spans puts neighbours of one style together.
func (r *reader) spans(base int) []Span {
	var out []Span
	style := Style(0)
	end := -1 // of the last span
	for _, p := range r.pieces {
		if p.turns != 0 {
			if p.on {
				style |= p.turns
			} else {
				style &^= p.turns
			}
			continue
		}
		st := style | p.style
		if n := len(out) - 1; n >= 0 && end == p.from && out[n].Style == st && out[n].Link == "" && p.link == "" {
			end = p.to
			out[n].Text = r.s[out[n].From-base : end]
			continue
		}
		out = append(out, Span{Text: r.s[p.from:p.to], From: base + p.from, Style: st, Link: p.link})
		end = p.to
	}
	return out
}
