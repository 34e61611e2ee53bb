package mailbox

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"

	"sotto/internal/corpus"
	"sotto/p2p/node"
)

// testPeer is some peer's id.
var testPeer = func() node.ID {
	id, err := node.IDFromKey(make([]byte, 32))
	if err != nil {
		panic(err)
	}
	return id
}()

var testLinks = map[string]Link{
	"valid-nothing":     {Route: node.Route{Peer: testPeer, Addrs: []string{}}},
	"valid-one-address": {Route: node.Route{Peer: testPeer, Addrs: []string{"/ip4/192.0.2.1/udp/4001/quic-v1"}}},
	"valid-secret":      {Route: node.Route{Peer: testPeer, Addrs: []string{"/ip4/192.0.2.1/udp/4001/quic-v1", "/ip4/192.0.2.1/tcp/4001"}}, Secret: &Seed{1, 2, 3}},
	"valid-ipv6":        {Route: node.Route{Peer: testPeer, Addrs: []string{"/ip6/2001:db8::1/udp/65535/quic-v1", "/ip6/2001:db8::1/tcp/65535"}}, Secret: &Seed{31: 1}},
}

func TestLinks(t *testing.T) {
	for name, l := range testLinks {
		s := l.String()
		got, err := ParseLink(s)
		if err != nil || !reflect.DeepEqual(got, l) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if got, err := ParseLink(strings.ToUpper(s)); err != nil || !reflect.DeepEqual(got, l) {
			t.Errorf("%s in upper case: %+v, %v", name, got, err)
		}
		if len(s) >= 300 || !strings.HasPrefix(s, "sotto/m/1/") {
			t.Errorf("%s: %d characters: %s", name, len(s), s)
		}
	}
	if s := (Link{Route: node.Route{Peer: "nobody"}}).String(); s != "" {
		t.Errorf("a link to nobody: %s", s)
	}
	many := Link{Route: node.Route{Peer: testPeer}, Secret: &Seed{1}}
	for _, a := range []string{"1", "2", "3", "4", "5", "6"} {
		many.Route.Addrs = append(many.Route.Addrs, "/ip6/2001:db8::"+a+"/udp/4001/quic-v1")
	}
	if s := many.String(); len(s) > maxLink {
		t.Errorf("%d characters", len(s))
	} else if _, err := ParseLink(s); err != nil {
		t.Error(err)
	}
}

// sealed is a link around any bytes, with a checksum that is right.
func sealed(body ...byte) string {
	sum := sha256.Sum256(body)
	return "sotto/m/1/" + strings.ToLower(linkCoding.EncodeToString(append(body, sum[:linkSum]...)))
}

// badLinks are by name what is refused, and how.
func badLinks() map[string]struct {
	s    string
	want error
} {
	good := testLinks["valid-secret"].String()
	route := testLinks["valid-one-address"].Route.Encode(1)
	body := func(version, flags byte, size int, rest ...byte) string {
		return sealed(append([]byte{version, flags, byte(size)}, rest...)...)
	}
	type bad = struct {
		s    string
		want error
	}
	return map[string]bad{
		"refused-empty":            {"", ErrNotLink},
		"refused-word":             {"hello", ErrNotLink},
		"refused-invitation":       {"sotto/1/abc", ErrNotLink},
		"refused-long-text":        {strings.Repeat("x", 1000), ErrNotLink},
		"refused-space":            {" " + good, ErrNotLink},
		"refused-prefix-only":      {"sotto/m/", ErrLinkDamaged},
		"refused-no-version":       {"sotto/m//" + good[10:], ErrLinkDamaged},
		"refused-no-body":          {"sotto/m/1/", ErrLinkDamaged},
		"refused-cut":              {good[:len(good)-1], ErrLinkDamaged},
		"refused-longer":           {good + "a", ErrLinkDamaged},
		"refused-much-longer":      {good + strings.Repeat("a", 300), ErrLinkDamaged},
		"refused-line-break":       {good[:30] + "\n" + good[30:], ErrLinkDamaged},
		"refused-mixed-case":       {strings.ToUpper(good[:40]) + good[40:], ErrLinkDamaged},
		"refused-slip":             {good[:50] + slip(good[50]) + good[51:], ErrLinkDamaged},
		"refused-not-base32":       {good[:50] + "1" + good[51:], ErrLinkDamaged},
		"refused-version-zero":     {"sotto/m/0/" + good[10:], ErrLinkDamaged},
		"refused-version-2":        {"sotto/m/2/" + good[10:], ErrLinkNewer},
		"refused-version-12":       {"SOTTO/M/12/WHATEVER", ErrLinkNewer},
		"refused-inner-version":    {body(2, 0, len(route), route...), ErrLinkNewer},
		"refused-inner-zero":       {body(0, 0, len(route), route...), ErrLinkDamaged},
		"refused-flag":             {body(1, 2, len(route), route...), ErrLinkNewer},
		"refused-route-cut":        {body(1, 0, len(route)+1, route...), ErrLinkDamaged},
		"refused-route-short":      {body(1, 0, len(route)-1, route...), ErrLinkDamaged},
		"refused-no-route":         {body(1, 0, 0), ErrLinkDamaged},
		"refused-secret-missing":   {body(1, 1, len(route), route...), ErrLinkDamaged},
		"refused-secret-short":     {body(1, 1, len(route), append(route[:len(route):len(route)], make([]byte, 31)...)...), ErrLinkDamaged},
		"refused-secret-no-flag":   {body(1, 0, len(route), append(route[:len(route):len(route)], make([]byte, 32)...)...), ErrLinkDamaged},
		"refused-body-of-checksum": {sealed(), ErrLinkDamaged},
	}
}

func slip(b byte) string {
	if b == 'a' {
		return "b"
	}
	return "a"
}

func TestBadLinks(t *testing.T) {
	for name, c := range badLinks() {
		if _, err := ParseLink(c.s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Any one changed character is noticed.
func TestLinkSlips(t *testing.T) {
	good := testLinks["valid-secret"].String()
	for i := range good {
		if _, err := ParseLink(good[:i] + slip(good[i]) + good[i+1:]); err == nil {
			t.Errorf("a slip at %d is not noticed", i)
		}
	}
}

func FuzzLink(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLink(s)
		corpus.Judge(t, err)
		if err != nil {
			if !errors.Is(err, ErrNotLink) && !errors.Is(err, ErrLinkDamaged) && !errors.Is(err, ErrLinkNewer) {
				t.Errorf("of no kind: %v", err)
			}
			return
		}
		again, err := ParseLink(l.String())
		if err != nil || !reflect.DeepEqual(l, again) {
			t.Errorf("%q became %+v, %v", s, again, err)
		}
	})
}
