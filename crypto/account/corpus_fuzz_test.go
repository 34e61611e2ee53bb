package account

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"sotto/internal/corpus"
)

// A party has keys that are the same in every run, so that a committed input
// means the same.
type party struct {
	key     *Key
	devices []*Device
	lists   []*List // a first one, a change of it, and a recovery
}

var (
	somebody = newParty(1)
	other    = newParty(2)
)

func newParty(seed byte) *party {
	p := new(party)
	phrase, err := PhraseFromEntropy(bytes.Repeat([]byte{seed}, EntropySize))
	must(err)
	p.key, err = phrase.AccountKey()
	must(err)
	for i := range byte(MaxDevices) {
		d, err := NewDevice(bytes.NewReader(bytes.Repeat([]byte{seed, i}, deviceSize)))
		must(err)
		p.devices = append(p.devices, d)
	}
	first, err := NewList(p.key, p.public(1)...)
	must(err)
	change, err := first.Next(p.key, p.devices[0], p.public(MaxDevices)...)
	must(err)
	recovery, err := Recover(p.key, 29_000_000, p.public(2)...)
	must(err)
	p.lists = []*List{first, change, recovery}
	return p
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// public returns the first n devices' public keys.
func (p *party) public(n int) (all []*DevicePublic) {
	for _, d := range p.devices[:n] {
		all = append(all, d.Public())
	}
	return all
}

func (p *party) identity(l *List) *Identity {
	return &Identity{Account: *p.key.Public(), List: l, Device: *p.devices[0].Public()}
}

func TestCorpus(t *testing.T) {
	first, change, recovery := somebody.lists[0], somebody.lists[1], somebody.lists[2]
	// Signatures play no part in parsing; these are short in a repository.
	list := func(from *List, alter func(l *List)) []any {
		l := *from
		l.Devices, l.signature = slices.Clone(l.Devices), bytes.Repeat([]byte("s"), signatureSize)
		alter(&l)
		return []any{l.Bytes()}
	}
	b := first.Bytes()
	count, flag := listHeadSize-1, listHeadSize+entrySize // where a first list has them
	short := list(first, func(*List) {})[0].([]byte)
	with := func(b []byte, at int, value byte) []any {
		b = bytes.Clone(b)
		b[at] = value
		return []any{b}
	}
	corpus.Keep(t, "FuzzParseList", corpus.Seeds{
		"valid-first":                   {b},
		"valid-change-8-devices":        {change.Bytes()},
		"valid-recovery":                {recovery.Bytes()},
		"valid-highest-version":         list(change, func(l *List) { l.Version = 1<<32 - 1 }),
		"refused-empty":                 {[]byte{}},
		"refused-cut":                   {short[:len(short)-1]},
		"refused-a-byte-too-many":       {append(bytes.Clone(short), 0)},
		"refused-other-format":          with(short, 0, listFormat+1),
		"refused-count-above-devices":   with(short, count, 2),
		"refused-count-255":             with(short, count, 255),
		"refused-cosigned-flag-2":       with(short, flag, 2),
		"refused-cosigned-flag-without": with(short, flag, 1),
		"refused-version-0":             list(first, func(l *List) { l.Version = 0 }),
		"refused-no-devices":            list(first, func(l *List) { l.Devices = nil }),
		"refused-9-devices": list(change, func(l *List) {
			l.Devices = append(l.Devices, ListEntry{Hash: [32]byte(bytes.Repeat([]byte{0xff}, 32))})
		}),
		"refused-flags":                     list(first, func(l *List) { l.Devices[0].Flags = 1 }),
		"refused-out-of-order":              list(change, func(l *List) { slices.Reverse(l.Devices) }),
		"refused-device-twice":              list(change, func(l *List) { l.Devices[1] = l.Devices[0] }),
		"refused-chain-without-cosignature": list(recovery, func(l *List) { l.Prev[0] = 1 }),
		"refused-cosignature-without-chain": list(change, func(l *List) { l.Prev = [32]byte{} }),
		"refused-first-that-is-a-change":    list(change, func(l *List) { l.Version = 1 }),
	})

	id := somebody.identity(first).Bytes()
	length := PublicKeySize // where the list's length stands
	corpus.Keep(t, "FuzzParseIdentity", corpus.Seeds{
		"valid-first":             {id},
		"valid-largest":           {somebody.identity(change).Bytes()},
		"valid-of-two-people":     {(&Identity{*somebody.key.Public(), other.lists[2], *other.devices[1].Public()}).Bytes()},
		"refused-empty":           {[]byte{}},
		"refused-cut":             {id[:len(id)-1]},
		"refused-a-byte-too-many": {append(bytes.Clone(id), 0)},
		"refused-length-4-GiB":    with(id, length, 0xff),
		"refused-length-short":    with(id, length+3, id[length+3]-1),
		"refused-list":            with(id, length+4, listFormat+1),
	})

	d, err := somebody.devices[0].MarshalBinary()
	check(t, err)
	corpus.Keep(t, "FuzzParseDevice", corpus.Seeds{
		"valid":                   {d},
		"valid-zeros":             {append([]byte{deviceVersion}, make([]byte, deviceSize-1)...)},
		"refused-empty":           {[]byte{}},
		"refused-version":         with(d, 0, deviceVersion+1),
		"refused-cut":             {d[:len(d)-1]},
		"refused-a-byte-too-many": {append(bytes.Clone(d), 0)},
	})

	abandon := strings.Repeat("abandon ", PhraseWords-1)
	corpus.Keep(t, "FuzzParsePhrase", corpus.Seeds{
		"valid-zeros":            {abandon + "art"},
		"valid-ones":             {strings.Repeat("zoo ", PhraseWords-1) + "vote"},
		"valid-case-and-space":   {strings.ReplaceAll(strings.ToUpper(abandon), " ", "\u00a0\t\r\n") + "Art "},
		"refused-empty":          {""},
		"refused-23-words":       {abandon},
		"refused-25-words":       {abandon + "art art"},
		"refused-checksum":       {abandon + "abandon"},
		"refused-unknown-word":   {abandon + "sotto"},
		"refused-not-UTF-8":      {abandon + "art\xff"},
		"refused-beyond-maximum": {strings.Repeat(" ", maxPhraseText) + abandon + "art"},
	})

	code := SafetyCode(somebody.key.Public(), other.key.Public())
	corpus.Keep(t, "FuzzCompareSafetyCode", corpus.Seeds{
		"valid":                  {code},
		"valid-lower-case":       {" " + strings.ToLower(code) + "\n"},
		"refused-empty":          {""},
		"refused-prefix":         {safetyPrefix},
		"refused-cut":            {code[:len(code)-1]},
		"refused-of-others":      {SafetyCode(somebody.key.Public(), somebody.key.Public())},
		"refused-last-character": {code[:len(code)-1] + "B"},
		"dotless-letters":        {strings.Replace(code, "I", "\u0131", 1)},
		"refused-digits":         {SafetyNumber(somebody.key.Public(), other.key.Public())},
	})

	// Every field of a change, and what tells the kinds of list apart.
	size := len(change.Bytes())
	pq := size - (signatureSize - ed25519.SignatureSize)
	flag = listHeadSize + MaxDevices*entrySize
	corpus.Keep(t, "FuzzListMalleable", corpus.Seeds{
		"format":            {uint8(1), uint16(0), byte(3)},
		"account":           {uint8(1), uint16(1), byte(1)},
		"version":           {uint8(1), uint16(36), byte(1)},
		"version-first":     {uint8(0), uint16(36), byte(2)},
		"version-recovery":  {uint8(2), uint16(33), byte(0x80)},
		"previous":          {uint8(1), uint16(37), byte(1)},
		"previous-recovery": {uint8(2), uint16(68), byte(1)},
		"count":             {uint8(1), uint16(count), byte(1)},
		"first-device":      {uint8(1), uint16(listHeadSize), byte(1)},
		"last-device":       {uint8(1), uint16(flag - 5), byte(1)},
		"flags":             {uint8(1), uint16(flag - 1), byte(1)},
		"cosigned":          {uint8(1), uint16(flag), byte(1)},
		"cosigner":          {uint8(1), uint16(flag + 1), byte(1)},
		"cosignature-R":     {uint8(1), uint16(flag + 33), byte(1)},
		"cosignature-S":     {uint8(1), uint16(flag + 96), byte(0x10)},
		"ed25519-R":         {uint8(1), uint16(pq - 64), byte(1)},
		"ed25519-S":         {uint8(1), uint16(pq - 1), byte(0x10)},
		"ml-dsa":            {uint8(1), uint16(pq), byte(1)},
		"ml-dsa-hints":      {uint8(1), uint16(size - 1), byte(1)},
		"unaltered":         {uint8(1), uint16(0), byte(0)},
	})
	corpus.Keep(t, "FuzzIdentityMalleable", corpus.Seeds{
		"ed25519":       {uint8(0), uint16(31), byte(0x80)},
		"ml-dsa":        {uint8(1), uint16(32), byte(1)},
		"list-length":   {uint8(0), uint16(length + 3), byte(1)},
		"list":          {uint8(2), uint16(length + 4 + 33), byte(1)},
		"device-x25519": {uint8(0), uint16(len(id) - DevicePublicSize + 63), byte(0x80)},
		"device-ml-kem": {uint8(0), uint16(len(id) - 1), byte(1)},
	})
	corpus.Keep(t, "FuzzSafetyMalleable", corpus.Seeds{
		"first-byte":     {true, uint16(0), byte(1)},
		"last-bit":       {false, uint16(PublicKeySize - 1), byte(0x80)},
		"case-of-prefix": {false, uint16(3), byte(0x20)},
	})
}
