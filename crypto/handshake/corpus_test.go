package handshake

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"sotto/crypto/account"
	"sotto/crypto/ratchet"
	"sotto/internal/corpus"
)

// cuts are bytes that no parser takes, made of some that it does.
func cuts(seeds corpus.Seeds, whole []byte) corpus.Seeds {
	seeds["refused-empty"] = []any{[]byte{}}
	seeds["refused-cut"] = []any{whole[:len(whole)-1]}
	seeds["refused-a-byte-too-many"] = []any{append(bytes.Clone(whole), 0)}
	return seeds
}

// set is b with other bytes at a place.
func set(b []byte, at int, value ...byte) []any {
	b = bytes.Clone(b)
	copy(b[at:], value)
	return []any{b}
}

// fixed is a person that is the same each time, and so are its offers.
func fixed(t testing.TB) *Self {
	t.Helper()
	phrase, err := account.PhraseFromEntropy(bytes.Repeat([]byte{7}, account.EntropySize))
	check(t, err)
	key, err := phrase.AccountKey()
	check(t, err)
	device, err := account.NewDevice(constant{})
	check(t, err)
	list, err := account.NewList(key, device.Public())
	check(t, err)
	return &Self{&account.Identity{Account: *key.Public(), List: list, Device: *device.Public()}, device}
}

func TestCorpus(t *testing.T) {
	self := fixed(t)
	link, err := NewOffer(constant{}, self, Link, later, []byte("route"))
	check(t, err)
	person, err := NewOffer(constant{}, self, Person, later, nil)
	check(t, err)
	reset, err := NewResetOffer(constant{}, self, [32]byte{1})
	check(t, err)

	good := invite(62, 5).Text()
	corpus.Keep(t, "FuzzParseInvite", corpus.Seeds{
		"valid":              {good},
		"valid-upper-case":   {invite(0, 0).QRText()},
		"valid-greatest":     {invite(MaxRoute, MaxMailbox).Text()},
		"valid-white-space":  {" \t" + good + "\r\n"},
		"refused-empty":      {""},
		"refused-cut":        {good[:len(good)-1]},
		"refused-newer":      {"sotto:i/2/"},
		"refused-version-0":  {"sotto:i/0/" + good[10:]},
		"refused-no-content": {"sotto:i/1/"},
		"refused-short":      {"sotto:i/1/ae"},
		"refused-line-end":   {good[:40] + "\n" + good[40:]},
		"refused-padding":    {good + "="},
		"refused-not-ASCII":  {"ſotto:i/1/" + good[10:]},
		"refused-Kelvin":     {good[:10] + strings.ReplaceAll(good[10:], "k", "\u212a")},
		"refused-dotted-I":   {good[:10] + strings.ReplaceAll(good[10:], "i", "\u0130")},
	})
	content := func(i *Invite) []byte { b := i.bytes(); return b[:len(b)-checksumSize] }
	whole := content(invite(62, 5))
	corpus.Keep(t, "FuzzParseInviteBytes", cuts(corpus.Seeds{
		"valid":                 {whole},
		"valid-least":           {content(invite(0, 0))},
		"valid-greatest":        {content(invite(MaxRoute, MaxMailbox))},
		"valid-person":          set(whole, 1, byte(Person)),
		"refused-newer":         set(whole, 0, 2),
		"refused-version-0":     set(whole, 0, 0),
		"refused-mode-0":        set(whole, 1, 0),
		"refused-mode-reset":    set(whole, 1, 3),
		"refused-route-longer":  set(whole, 70, 63),
		"refused-route-255":     set(whole, 70, 255),
		"refused-route-129":     {content(invite(MaxRoute+1, 0))},
		"refused-mailbox-33":    {content(invite(0, MaxMailbox+1))},
		"refused-mailbox-short": set(whole, 71+62, 4),
	}, whole))
	raw := link.bundle.raw
	at := 28 + account.PublicKeySize
	route := len(raw) - len("route") - 4
	corpus.Keep(t, "FuzzParseBundle", cuts(corpus.Seeds{
		"valid-link":               {raw},
		"valid-person":             {person.bundle.raw},
		"valid-any-mode":           set(raw, 1, 9), // its invitation decides
		"valid-any-keys":           set(raw, len(raw)-3000, bytes.Repeat([]byte{0xff}, 1000)...),
		"refused-version-2":        set(raw, 0, 2),
		"refused-suite-2":          set(raw, 2, 0, 2),
		"refused-list-length":      set(raw, at, 0, 0, 13, 200),
		"refused-list-4-GiB":       set(raw, at, 255, 255, 255, 255),
		"refused-list-format":      set(raw, at+4, 2),
		"refused-route-too-long":   set(raw, route, 0, 0, 1, 1),
		"refused-route-4-GiB":      set(raw, route, 255, 255, 255, 255),
		"refused-only-the-version": {[]byte{bundleVersion}},
	}, raw))
	whole = reset.Bundle()
	corpus.Keep(t, "FuzzParseResetBundle", cuts(corpus.Seeds{
		"valid":             {whole},
		"valid-any-keys":    set(whole, 3, bytes.Repeat([]byte{0xff}, 2000)...),
		"refused-version-0": set(whole, 0, 0),
		"refused-version-2": set(whole, 0, 2),
		"refused-suite-0":   set(whole, 1, 0, 0),
		"refused-suite-256": set(whole, 1, 1, 0),
	}, whole))
	whole, err = person.MarshalBinary()
	check(t, err)
	stored, err := link.MarshalBinary()
	check(t, err)
	keys := len(whole) - privatePrekeysSize
	corpus.Keep(t, "FuzzParseOffer", cuts(corpus.Seeds{
		"valid-person":             {whole},
		"valid-link":               {stored},
		"refused-version-2":        set(whole, 0, 2),
		"refused-invitation":       set(whole, 5, 2),
		"refused-mode":             set(whole, 6, byte(Link)),
		"refused-bundle":           set(whole, 200, 1, 2, 3),
		"refused-invitation-4-GiB": set(whole, 1, 255, 255, 255, 255),
		"refused-other-OT":         set(whole, keys+1, 1),
		"refused-other-ratchet":    set(whole, len(whole)-40, 1),
	}, whole))
	whole, err = reset.MarshalBinary()
	check(t, err)
	corpus.Keep(t, "FuzzParseResetOffer", cuts(corpus.Seeds{
		"valid":             {whole},
		"valid-any-keys":    set(whole, 33, bytes.Repeat([]byte{0xff}, 200)...),
		"refused-version-2": set(whole, 0, 2),
	}, whole))
	first := (&firstMessage{make([]byte, 32), make([]byte, kemCiphertextSize), make([]byte, kemCiphertextSize), []byte("c1"), []byte("c2")}).bytes()
	corpus.Keep(t, "FuzzParseFirstMessage", cuts(corpus.Seeds{
		"valid":              {first},
		"valid-empty-parts":  {append(first[:len(first)-12:len(first)-12], make([]byte, 8)...)},
		"refused-c1-longer":  set(first, len(first)-12, 0, 0, 0, 3),
		"refused-c1-4-GiB":   set(first, len(first)-12, 255, 255, 255, 255),
		"refused-c1-over":    set(first, len(first)-12, 0, 0, 0x3f, 0xd9),
		"refused-c2-shorter": set(first, len(first)-6, 0, 0, 0, 1),
	}, first))
	second := (&secondPart{ct: make([]byte, ratchet.CiphertextSize), text: resetText(1, []byte("hi"))}).bytes()
	corpus.Keep(t, "FuzzParseSecondPart", corpus.Seeds{
		"valid":         {second},
		"valid-no-text": {second[:ratchet.PublicSize+ratchet.CiphertextSize]},
		"refused-empty": {[]byte{}},
		"refused-cut":   {second[:ratchet.PublicSize+ratchet.CiphertextSize-1]},
	})
	corpus.Keep(t, "FuzzParseText", cuts(corpus.Seeds{
		"valid":              {resetText(1, []byte("hi"))},
		"valid-empty":        {resetText(0, nil)},
		"valid-greatest":     {resetText(1<<32-1, make([]byte, MaxPayload))},
		"of-an-invitation":   {text([]byte("hi"))},
		"refused-too-long":   {resetText(1, make([]byte, MaxPayload+1))},
		"refused-length-big": {binary.BigEndian.AppendUint32(resetText(1, nil)[:4], 1<<32-1)},
	}, resetText(1, []byte("hi"))))
	corpus.Keep(t, "FuzzRespond", cuts(corpus.Seeds{
		"zeros":         {make([]byte, 200)},
		"empty-parts":   {append(make([]byte, 32+2*kemCiphertextSize), make([]byte, 8)...)},
		"first-message": {first},
	}, first))
	malleable := corpus.Seeds{}
	for name, place := range map[string]struct {
		which uint8
		at    uint16
	}{
		"bundle-nonce": {0, 0}, "bundle-sealed": {0, 24}, "bundle-tag": {0, CellSize - 1},
		"first-message-nonce": {1, 23}, "first-message-sealed": {1, 9000}, "first-message-tag": {1, CellSize - 16},
		"reset-version": {2, 0}, "reset-token": {2, 1}, "reset-nonce": {2, 17}, "reset-sealed": {2, 41}, "reset-tag": {2, CellSize - 2},
		"bundle-inside-mode": {3, 1}, "bundle-inside-suite": {3, 3}, "bundle-inside-account": {3, 30}, "bundle-inside-OT": {3, 7200},
		"first-message-E": {4, 0}, "first-message-ctOT": {4, 32}, "first-message-ctIK": {4, 1600}, "first-message-c1": {4, 3200},
		"reset-E": {5, 31}, "reset-ctOT": {5, 1599}, "reset-ctIK": {5, 3000}, "reset-c1": {5, 3172},
		"invitation-prefix": {6, 3}, "invitation-version": {6, 8}, "invitation-hash": {6, 30}, "invitation-secret": {6, 80},
		"reset-bundle-version": {7, 0}, "reset-bundle-secret": {7, 3}, "reset-bundle-OT": {7, 40}, "reset-bundle-ratchet": {7, 2000},
	} {
		malleable[name] = []any{place.which, place.at, []byte{1}}
		malleable[name+"-two"] = []any{place.which, place.at, []byte{0x80, 0x80}}
	}
	// X25519 does not look at the highest bit of a public key. The transcript does.
	malleable["first-message-E-highest-bit"] = []any{uint8(4), uint16(31), []byte{0x80}}
	malleable["reset-E-highest-bit"] = []any{uint8(5), uint16(31), []byte{0x80}}
	corpus.Keep(t, "FuzzMalleable", malleable)
}
