package rich

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

const longestLink = 2048

// link reads what begins at at, which is a letter or digit at the beginning of a
// word. It returns where the word or the address ends, and the address, if it is
// one.
func link(s string, at int) (to int, address string) {
	to = at // the end of what may be a host
	for to < len(s) {
		c, size := utf8.DecodeRuneInString(s[to:])
		if !inWord(c) && c != '.' && c != '-' {
			break
		}
		to += size
	}
	if at > 0 && strings.IndexByte("@/\\:.-_", s[at-1]) >= 0 || strings.HasPrefix(s[to:], "@") {
		return to, "" // of an e-mail address, a path, a number
	}
	rest := s[at:]
	switch {
	case hasPrefixFold(rest, "https://"), hasPrefixFold(rest, "http://"):
		end := linkEnd(s, at)
		if u, err := url.Parse(s[at:end]); err == nil && u.Hostname() != "" && end-at <= longestLink {
			return end, s[at:end]
		}
		return max(to, end), ""
	case hasPrefixFold(rest, "sotto:"):
		end := linkEnd(s, at)
		if isCode(s[at:end]) {
			return end, s[at:end]
		}
		return to, ""
	}
	host := strings.TrimRight(s[at:to], ".-")
	end := at + len(host)
	if !knownHost(host, end < len(s) && s[end] == '/') {
		return to, ""
	}
	if end < len(s) && strings.IndexByte("/?#:", s[end]) >= 0 {
		end = linkEnd(s, at)
	}
	if u, err := url.Parse("https://" + s[at:end]); err != nil || u.Hostname() == "" || end-at > longestLink {
		return max(to, end), ""
	}
	return end, "https://" + s[at:end]
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// linkEnd returns where an address ends that begins at at: before white space and
// what encloses it, without the punctuation of the sentence it stands in. One that
// is too long ends somewhere beyond what is allowed.
func linkEnd(s string, at int) int {
	end := len(s)
	if end-at > longestLink {
		for end = at + longestLink + 1; end < len(s) && !utf8.RuneStart(s[end]); end++ {
		}
		s = s[:end]
	}
	if i := strings.IndexFunc(s[at:], func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`“”«»", r)
	}); i >= 0 {
		end = at + i
	}
	excess := strings.Count(s[at:end], ")") - strings.Count(s[at:end], "(")
	for end > at {
		r, size := utf8.DecodeLastRuneInString(s[at:end])
		switch {
		case r == ')' && excess > 0:
			excess--
		case strings.ContainsRune(".,;:!?'*_~…’", r):
		default:
			return end
		}
		end -= size
	}
	return end
}

// isCode reports whether s has the shape of a code of Sotto's: a kind, a version
// and what is in it.
func isCode(s string) bool {
	const scheme = len("sotto:")
	if len(s) < scheme || len(s) > longestLink {
		return false
	}
	parts := strings.SplitN(s[scheme:], "/", 3)
	if len(parts) != 3 || len(parts[0]) != 1 || len(parts[1]) == 0 || len(parts[2]) < 8 {
		return false
	}
	return strings.IndexFunc(s[scheme:], func(r rune) bool {
		return r != '/' && (r >= 0x80 || !inWord(r))
	}) < 0
}

// files are endings of names of files that are names of countries and others as
// well.
var files = map[string]bool{"md": true, "py": true, "rs": true, "sh": true, "pl": true, "zip": true, "mov": true, "ps": true,
	"cc": true, "so": true, "ai": true, "app": true, "java": true, "bz": true, "in": true, "id": true, "is": true, "it": true, "me": true}

// knownHost reports whether s, which was written without "https://", is surely the
// name of a computer: its last part is one that names are given out under. A name
// that may as well be a file's or two words with a forgotten space is one only
// before a path.
func knownHost(s string, path bool) bool {
	if len(s) > 253 || strings.Count(s, ".") == 0 {
		return false
	}
	host, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return false
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann || suffix == host {
		return false
	}
	return path || len(labels) > 2 || !files[last] && s == strings.ToLower(s)
}

// Host returns the name of the computer that an address leads to, in full, as
// letters that cannot be mistaken for others: other than a to z, 0 to 9 and the
// hyphen are written in the way of the name system ("xn--…").
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	if a, err := idna.ToASCII(host); err == nil {
		host = a
	}
	return host
}
