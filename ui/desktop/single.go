package desktop

import (
	"errors"
	"strings"
)

// What Claim finds when another program has the profile's window.
var (
	// ErrRaised: it has brought it to the front, and taken the link over.
	ErrRaised = errors.New("desktop: another program shows the window")
	// ErrSilent: it does not answer.
	ErrSilent = errors.New("desktop: another program has the window and does not answer")
)

// maxLink is the longest link that is handed over, in bytes. The longest that
// there is has a quarter of it.
const maxLink = 4 << 10

// scheme is what every link of ours begins with.
const scheme = "sotto:"

// IsLink reports whether s may be a link of ours: what it leads to is for others
// to say. Some programs write the scheme in capitals.
func IsLink(s string) bool {
	if len(s) <= len(scheme) || len(s) > maxLink || !strings.EqualFold(s[:len(scheme)], scheme) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
