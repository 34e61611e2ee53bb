package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sotto/app/model"
)

// This file says what a word is, for what is searched and for what is typed
// alike. The index is given words that are folded here, and what is not indexed
// yet is compared here, so both find the same.
//
// A word is a run of letters, numbers and marks, in lower case, in compatibility
// decomposition (NFKD), without the accents of Latin, Greek and Cyrillic and the
// points of Hebrew and Arabic. In scripts that put no spaces between words, each
// character is a word of its own; what is typed in one run is looked for as one
// run, so that a word of several characters is found inside a sentence. So is
// an emoji.

// wordsVersion changes when words do: the index is then made anew.
const wordsVersion = "1 " + unicode.Version + " " + norm.Version

// maxWord is how many runes of a word are told apart.
const maxWord = 64

// word is a folded word, and the bytes of the text where it stands.
type word struct {
	text     string
	from, to int
}

// accents are left out of words. They do not end one.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{0x00ad, 0x00ad, 1},                      // soft hyphen
	{0x0300, 0x036f, 1},                      // of Latin, Greek, Cyrillic
	{0x0591, 0x05bd, 1}, {0x05bf, 0x05bf, 1}, // Hebrew
	{0x05c1, 0x05c2, 1}, {0x05c4, 0x05c5, 1}, {0x05c7, 0x05c7, 1},
	{0x0640, 0x0640, 1}, {0x064b, 0x065f, 1}, {0x0670, 0x0670, 1}, // Arabic, with the stretching line
	{0x200b, 0x200d, 1}, {0x2060, 0x2060, 1}, {0xfe00, 0xfe0f, 1}, // joiners, variants
}}

// alone are the scripts without spaces, and signs such as emoji.
var alone = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.So}

// words returns the words of a text, in their order.
func words(text string) []word {
	var all []word
	var b []byte
	var runes, from, to int
	single := false // the word is one character; only marks may follow
	end := func() {
		if len(b) > 0 {
			all = append(all, word{string(b), from, to})
		}
		b, runes, single = b[:0], 0, false
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		at := i
		i += n
		switch {
		case r == utf8.RuneError && n == 1:
			end()
			continue
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			if !('a' <= r && r <= 'z' || '0' <= r && r <= '9') {
				end()
				continue
			}
			if single {
				end()
			}
		case unicode.Is(accents, r):
			if len(b) > 0 {
				to = i
			}
			continue
		case unicode.IsMark(r):
			// A mark belongs to what it follows, in every script.
		case unicode.In(r, alone...):
			end()
			single = true
		case unicode.IsLetter(r), unicode.IsNumber(r):
			if single {
				end()
			}
		default:
			end()
			continue
		}
		if len(b) == 0 {
			from = at
		}
		to = i
		if runes++; runes <= maxWord {
			b = appendFolded(b, r)
		}
	}
	end()
	return all
}

// appendFolded appends a rune as it is compared.
func appendFolded(b []byte, r rune) []byte {
	if r < utf8.RuneSelf || unicode.Is(unicode.Hangul, r) {
		return utf8.AppendRune(b, r)
	}
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(accents, d) || !unicode.In(d, unicode.L, unicode.N, unicode.M, unicode.So) {
			continue
		}
		// By way of the capital, so that both small sigmas are one.
		b = utf8.AppendRune(b, unicode.ToLower(unicode.ToUpper(d)))
	}
	return b
}

// folded returns the words of a text with a space between two: what the index
// is given.
func folded(text string) string {
	var b strings.Builder
	for i, w := range words(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// hasLink reports whether there is a web address in a text.
func hasLink(text string) bool {
	for rest := text; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			return false
		}
		scheme := strings.ToLower(rest[max(0, i-5):i])
		if strings.HasSuffix(scheme, "http") || scheme == "https" {
			if len(words(firstField(rest[i+3:]))) > 0 {
				return true
			}
		}
		rest = rest[i+3:]
	}
}

// firstField is s up to its first space.
func firstField(s string) string {
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[:i]
	}
	return s
}

// Of what is typed, so much is looked at.
const (
	maxTerms = 32
	maxRun   = 64 // words of a term
)

// maxRanges is how many places of one message are told at most.
const maxRanges = 200

// term is what was typed in one run: words that follow each other. Of the last
// term the last word may be only begun.
type term struct {
	words []string
	begun bool
}

// terms returns what is to be found, all of it, in any order.
func terms(text string) []term {
	var all []term
	for field := range strings.FieldsSeq(text) {
		var run term
		for _, w := range words(field) {
			if run.words = append(run.words, w.text); len(run.words) == maxRun {
				break
			}
		}
		if len(run.words) > 0 {
			all = append(all, run)
		}
		if len(all) == maxTerms {
			break
		}
	}
	if len(all) > 0 {
		all[len(all)-1].begun = true
	}
	return all
}

// match says whether a text has all terms, and where: ranges of bytes, in order,
// not overlapping.
func match(text string, all []term) (ranges []model.Range, ok bool) {
	have := words(text)
	for _, t := range all {
		found := false
		last := len(t.words) - 1
		for i := 0; i+last < len(have); i++ {
			fits := true
			for j, w := range t.words {
				fits = fits && (have[i+j].text == w || j == last && t.begun && strings.HasPrefix(have[i+j].text, w))
			}
			if fits {
				found = true
				ranges = append(ranges, model.Range{From: have[i].from, To: have[i+last].to})
			}
		}
		if !found {
			return nil, false
		}
	}
	slices.SortFunc(ranges, func(a, b model.Range) int { return a.From - b.From })
	merged := ranges[:0]
	for _, r := range ranges {
		if n := len(merged); n > 0 && r.From < merged[n-1].To {
			merged[n-1].To = max(merged[n-1].To, r.To)
			continue
		}
		merged = append(merged, r)
	}
	return merged[:min(len(merged), maxRanges)], true
}

// expression is terms in the language of the index. Words are letters and
// numbers, so nothing that was typed is read as syntax.
func expression(all []term) string {
	var b strings.Builder
	for i, t := range all {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`text : "` + strings.Join(t.words, " ") + `"`)
		if t.begun {
			b.WriteString(" *")
		}
	}
	return b.String()
}
