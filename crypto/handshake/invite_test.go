package handshake

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

func invite(route, mailbox int) *Invite {
	return &Invite{
		Mode:       Link,
		bundleHash: [32]byte(bytes.Repeat([]byte{0xB0}, 32)),
		secret:     [32]byte(bytes.Repeat([]byte{0x5E}, 32)),
		Expires:    later,
		Route:      bytes.Repeat([]byte{0x0A}, route),
		Mailbox:    bytes.Repeat([]byte{0x0B}, mailbox),
	}
}

func TestInviteText(t *testing.T) {
	const text = "sotto:i/1/aea3bmfqwcylbmfqwcylbmfqwcylbmfqwcylbmfqwcylbmfqwcylbmc6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6lzpf4xs6lzu2k66aamfaucqcbmfuzeol74"
	if got := invite(3, 2).Text(); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
	for _, i := range []*Invite{invite(0, 0), invite(62, 0), invite(MaxRoute, MaxMailbox)} {
		for _, s := range []string{i.Text(), i.QRText(), " \t\n" + i.Text() + "\r\n", strings.Replace(i.Text(), "sotto:i", "Sotto:I", 1)} {
			got, err := ParseInvite(s)
			check(t, err)
			if got.Text() != i.Text() || !got.Expires.Equal(i.Expires) || got.Mode != i.Mode ||
				got.secret != i.secret || got.bundleHash != i.bundleHash ||
				!bytes.Equal(got.Route, i.Route) || !bytes.Equal(got.Mailbox, i.Mailbox) {
				t.Fatalf("%q is read as another invitation", s)
			}
		}
		if strings.Trim(i.QRText(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" {
			t.Error("text is not in the alphanumeric alphabet of QR codes")
		}
	}
	// A QR code of version 8, correction level M, holds 221 characters.
	if n := len(invite(55, 0).QRText()); n > 221 {
		t.Errorf("an invitation with two addresses has %d characters", n)
	}
	if invite(0, 0).Token() != invite(9, 9).Token() {
		t.Error("the token depends on more than the secret")
	}
	other := invite(0, 0)
	other.secret[31] ^= 1
	if other.Token() == invite(0, 0).Token() {
		t.Error("the token does not depend on the secret")
	}
}

func TestParseInvite(t *testing.T) {
	good := invite(62, 5).Text()
	for _, s := range []string{"", " ", "hello", "https://example.org/", "sotto", "sotto:v/1/aaaa", "x" + good, strings.Repeat("a", 1<<20), "\x00\xff"} {
		_, err := ParseInvite(s)
		want(t, err, ErrNotInvite)
	}
	for _, s := range []string{"sotto:i/2/aaaa", "sotto:i/10/", "sotto:i/2/" + good[10:]} {
		_, err := ParseInvite(s)
		want(t, err, ErrNewer)
	}
	for _, s := range []string{
		"sotto:i/", "sotto:i/1", "sotto:i/1/", "sotto:i/0/aaaa", "sotto:i/x/aaaa", "sotto:i/01/" + good[10:], "sotto:i//aaaa",
		good + "a", good + "=", good[:40] + "\n" + good[40:], good[:40] + " " + good[40:], good[:40] + "-" + good[41:],
		good + good, strings.Replace(good, good[20:30], "", 1),
		strings.ReplaceAll(good, "k", "\u212a"), good[:10] + strings.ReplaceAll(good[10:], "i", "\u0130"), good[:10] + strings.ReplaceAll(good[10:], "s", "\u017f"),
	} {
		if _, err := ParseInvite(s); err != ErrDamaged {
			t.Errorf("%.50q: got error %v, want %v", s, err, ErrDamaged)
		}
	}
	// Wherever it is cut, and whichever letter is changed.
	for i := len(invitePrefix); i < len(good); i++ {
		_, err := ParseInvite(good[:i])
		want(t, err, ErrDamaged)
	}
	for i := len(invitePrefix) + 2; i < len(good); i++ {
		c := byte('a')
		if good[i] == c {
			c = 'b'
		}
		_, err := ParseInvite(good[:i] + string(c) + good[i+1:])
		want(t, err, ErrDamaged)
	}
	// With a checksum that is right.
	for name, tt := range map[string]struct {
		change func([]byte) []byte
		err    error
	}{
		"newer":                {func(b []byte) []byte { b[0] = 2; return b }, ErrNewer},
		"version 0":            {func(b []byte) []byte { b[0] = 0; return b }, ErrDamaged},
		"no mode":              {func(b []byte) []byte { b[1] = 0; return b }, ErrDamaged},
		"mode reset":           {func(b []byte) []byte { b[1] = 3; return b }, ErrDamaged},
		"route longer":         {func(b []byte) []byte { b[70]++; return b }, ErrDamaged},
		"route beyond the end": {func(b []byte) []byte { b[70] = 255; return b }, ErrDamaged},
		"one byte more":        {func(b []byte) []byte { return append(b, 0) }, ErrDamaged},
		"one byte less":        {func(b []byte) []byte { return b[:len(b)-1] }, ErrDamaged},
		"nothing":              {func(b []byte) []byte { return nil }, ErrDamaged},
	} {
		b := invite(62, 5).bytes()
		b = tt.change(b[:len(b)-checksumSize])
		sum := inviteChecksum(b)
		text := "sotto:i/1/" + strings.ToLower(inviteEncoding.EncodeToString(append(b, sum[:]...)))
		if _, err := ParseInvite(text); err != tt.err {
			t.Errorf("%s: got error %v, want %v", name, err, tt.err)
		}
	}
	for _, i := range []*Invite{invite(MaxRoute+1, 0), invite(0, MaxMailbox+1)} {
		_, err := ParseInvite(i.Text())
		want(t, err, ErrDamaged)
	}
}

func TestNewOffer(t *testing.T) {
	bob := newPerson(t)
	route := make([]byte, MaxRoute)
	o, err := NewOffer(rand.Reader, bob.self, Link, later.Add(time.Millisecond), route)
	check(t, err)
	route[0] = 1
	if o.Invite().Route[0] != 0 || !o.Invite().Expires.Equal(later) {
		t.Error("an offer keeps what belongs to the caller, or parts of a second")
	}
	for _, bad := range []func() (*Offer, error){
		func() (*Offer, error) { return NewOffer(rand.Reader, bob.self, 0, later, nil) },
		func() (*Offer, error) { return NewOffer(rand.Reader, bob.self, 3, later, nil) },
		func() (*Offer, error) {
			return NewOffer(rand.Reader, bob.self, Link, later, make([]byte, MaxRoute+1))
		},
		func() (*Offer, error) { return NewOffer(rand.Reader, bob.self, Link, time.Time{}, nil) },
		func() (*Offer, error) { return NewOffer(rand.Reader, bob.self, Link, time.Unix(1<<32, 0), nil) },
	} {
		_, err := bad()
		want(t, err, ErrOffer)
	}
	for _, n := range []int{0, 50, 143, 200} {
		if _, err := NewOffer(bytes.NewReader(make([]byte, n)), bob.self, Link, later, nil); err == nil {
			t.Error("an offer without enough randomness")
		}
	}
	not := &Self{bob.self.Identity, newPerson(t).self.Device}
	if _, err := NewOffer(rand.Reader, not, Link, later, nil); err == nil {
		t.Error("an offer with the device of somebody else")
	}
	// The same randomness gives the same offer.
	seed := bytes.Repeat([]byte{5}, 1000)
	one, err := NewOffer(bytes.NewReader(seed), bob.self, Link, later, nil)
	check(t, err)
	two, err := NewOffer(bytes.NewReader(seed), bob.self, Link, later, nil)
	check(t, err)
	if one.Invite().Text() != two.Invite().Text() {
		t.Error("an offer depends on more than rand")
	}
	b, err := o.MarshalBinary()
	check(t, err)
	for i := range len(b) - privatePrekeysSize { // not every bit of a private key counts
		if i > 200 && i%97 != 0 {
			continue
		}
		bad := bytes.Clone(b)
		bad[i] ^= 4
		if _, err := ParseOffer(bad); err == nil {
			t.Fatalf("byte %d of an offer may be altered", i)
		}
		if _, err := ParseOffer(b[:i]); err == nil {
			t.Fatal("an offer that was cut is read")
		}
	}
}
