package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"

	"sotto/p2p/node"
)

// A Link is the line by which a person adds a mailbox: where it is, and the
// secret by which one may own queues there.
//
//	sotto/m/1/ and in base32: version 1 | flags 1 | size of the route 1 | route | access secret 32, with flag 1 | checksum 4
//
// The checksum is the first four bytes of the SHA-256 of what is before it. It
// is for slips of the hand: who makes a link may put into it what they like.
type Link struct {
	Route  node.Route
	Secret *Seed // nil if the mailbox asks for none
}

const (
	linkPrefix  = "sotto/m/"
	linkVersion = 1
	linkAddrs   = 4 // addresses put into a link, at most
	linkSecret  = 1 // the flag
	linkSum     = 4
	maxLink     = 300 // characters
)

var (
	// ErrNotLink is returned for text that is no link of a mailbox.
	ErrNotLink = errors.New("mailbox: not the link of a mailbox")
	// ErrLinkDamaged is returned for a link with a slip in it, or cut short.
	ErrLinkDamaged = errors.New("mailbox: damaged link")
	// ErrLinkNewer is returned for a link made by a newer version.
	ErrLinkNewer = errors.New("mailbox: link of a newer version")
)

var linkCoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// String returns the link in lower case, at most 300 characters; it means the
// same in upper case. It is "" if the route's peer id is not one.
func (l Link) String() string {
	route := l.Route.Encode(linkAddrs)
	if route == nil {
		return ""
	}
	b := []byte{linkVersion, 0, byte(len(route))}
	b = append(b, route...)
	if l.Secret != nil {
		b[1] |= linkSecret
		b = append(b, l.Secret[:]...)
	}
	sum := sha256.Sum256(b)
	b = append(b, sum[:linkSum]...)
	return linkPrefix + "1/" + strings.ToLower(linkCoding.EncodeToString(b))
}

// ParseLink reads a link in lower or upper case. The error is ErrNotLink,
// ErrLinkDamaged or ErrLinkNewer. Nothing but what [Link.String] writes is
// accepted.
func ParseLink(s string) (Link, error) {
	if len(s) > maxLink {
		if strings.HasPrefix(strings.ToLower(s[:len(linkPrefix)]), linkPrefix) {
			return Link{}, ErrLinkDamaged
		}
		return Link{}, ErrNotLink
	}
	lower := strings.ToLower(s)
	rest, ok := strings.CutPrefix(lower, linkPrefix)
	if !ok {
		return Link{}, ErrNotLink
	}
	version, code, ok := strings.Cut(rest, "/")
	switch {
	case !ok || version == "" || strings.Trim(version, "0123456789") != "" || version[0] == '0':
		return Link{}, ErrLinkDamaged
	case version != "1":
		return Link{}, ErrLinkNewer
	case s != lower && s != strings.ToUpper(lower):
		return Link{}, ErrLinkDamaged
	}
	b, err := linkCoding.DecodeString(strings.ToUpper(code))
	if err != nil || len(b) < 3+linkSum || strings.ToLower(linkCoding.EncodeToString(b)) != code {
		return Link{}, ErrLinkDamaged
	}
	b, sum := b[:len(b)-linkSum], b[len(b)-linkSum:]
	if want := sha256.Sum256(b); !bytes.Equal(sum, want[:linkSum]) {
		return Link{}, ErrLinkDamaged
	}
	return parseLinkBody(b)
}

func parseLinkBody(b []byte) (l Link, err error) {
	if b[0] != linkVersion || b[1]&^linkSecret != 0 {
		if b[0] == 0 {
			return Link{}, ErrLinkDamaged
		}
		return Link{}, ErrLinkNewer
	}
	flags, size, rest := b[1], int(b[2]), b[3:]
	if size > len(rest) {
		return Link{}, ErrLinkDamaged
	}
	route, rest := rest[:size], rest[size:]
	if flags&linkSecret != 0 {
		if len(rest) != len(Seed{}) {
			return Link{}, ErrLinkDamaged
		}
		l.Secret = (*Seed)(bytes.Clone(rest))
		rest = nil
	}
	if len(rest) != 0 {
		return Link{}, ErrLinkDamaged
	}
	if l.Route, err = node.DecodeRoute(route); err != nil {
		return Link{}, ErrLinkDamaged
	}
	return l, nil
}
