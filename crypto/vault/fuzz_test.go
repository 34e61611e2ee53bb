package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"sotto/crypto/internal/suite"
	"sotto/internal/corpus"
)

// What is read as a key file is one to the last byte. The checksum is made
// good, so that fuzzing comes behind it.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = parse(b)
		k, err := parse(seal(b))
		corpus.Judge(t, err)
		if err != nil {
			return
		}
		if !k.params.valid() || len(b) != FileSize-checksumSize {
			t.Fatal("a key file out of range is read")
		}
	})
}

// made is a key file with known keys. The key-encryption key is not derived
// from a passphrase, which would take too long; so even an altered salt leaves
// it as it is, which no attacker can bring about.
var made = func() (m struct{ file, kek, master, account []byte }) {
	m.kek = bytes.Repeat([]byte{1}, suite.KeySize)
	m.master, m.account = bytes.Repeat([]byte{2}, secretSize), bytes.Repeat([]byte{3}, secretSize)
	b := append([]byte(magic), fileVersion)
	b = binary.BigEndian.AppendUint32(b, Floor.Memory)
	b = binary.BigEndian.AppendUint32(b, Floor.Time)
	b = append(append(b, Floor.Threads), bytes.Repeat([]byte{4}, saltSize)...)
	header := b[:headerSize:headerSize]
	b = sealSlot(b, m.kek, labelMaster, bytes.Repeat([]byte{5}, suite.XNonceSize), m.master, header)
	b = sealSlot(b, m.kek, labelAccount, bytes.Repeat([]byte{6}, suite.XNonceSize), m.account, header)
	m.file = seal(b)
	return m
}()

// No byte of a key file can be altered: the checksum tells damage, and if that
// is made good, no slot opens that is not what it was, in the file it was in.
func FuzzFileMalleable(f *testing.F) {
	f.Fuzz(func(t *testing.T, at uint16, mask byte) {
		b := bytes.Clone(made.file)
		b[int(at)%len(b)] ^= mask
		if mask == 0 {
			return
		}
		if _, err := Open(b, passphrase); !errors.Is(err, ErrDamaged) {
			t.Fatalf("an altered file: %v", err)
		}
		k, err := parse(seal(b[:len(b)-checksumSize]))
		if err != nil {
			return
		}
		header := bytes.Equal(k.header, made.file[:headerSize])
		for _, slot := range []struct {
			label       string
			got, before []byte
		}{
			{labelMaster, k.master, made.file[headerSize:][:slotSize]},
			{labelAccount, k.account, made.file[headerSize+slotSize:][:slotSize]},
		} {
			same := header && bytes.Equal(slot.got, slot.before)
			if _, err := openSlot(made.kek, slot.label, slot.got, k.header); (err == nil) != same {
				t.Fatalf("%s, altered: %v, opens: %v", slot.label, !same, err == nil)
			}
		}
	})
}

// No byte of a sealed record can be altered, nor anything of its place, and
// nothing else opens.
func FuzzRecord(f *testing.F) {
	keys := newKeys(made.master)
	place := recordAD("session", "7", 1)
	nonce := bytes.Repeat([]byte{7}, suite.XNonceSize)
	sealed := suite.Seal(bytes.Clone(nonce), keys.record, nonce, []byte("state"), place)
	f.Fuzz(func(t *testing.T, b []byte, at uint16, mask byte, table, id string, version uint32) {
		altered := bytes.Clone(sealed)
		altered[int(at)%len(altered)] ^= mask
		_, err := keys.OpenRecord(table, id, version, altered)
		corpus.Judge(t, err)
		if same := mask == 0 && table == "session" && id == "7" && version == 1; (err == nil) != same {
			t.Fatalf("unaltered: %v, error %v", same, err)
		}
		if _, err := keys.OpenRecord(table, id, version, b); err == nil && !bytes.Equal(b, sealed) {
			t.Fatal("made-up bytes open")
		}
	})
}

func TestCorpus(t *testing.T) {
	content := func(p Params) []byte { return blank(p)[:FileSize-checksumSize] }
	with := func(at int, value byte) []any {
		b := content(Floor)
		b[at] = value
		return []any{b}
	}
	whole := content(Floor)
	corpus.Keep(t, "FuzzParse", corpus.Seeds{
		"valid-floor":             {whole},
		"valid-usual":             {content(usual)},
		"valid-one-thread":        {content(Params{Floor.Memory, Floor.Time, 1})},
		"valid-highest":           {content(Params{maxMemory, maxTime, maxThreads})},
		"refused-memory-below":    {content(Params{Floor.Memory - 1, Floor.Time, 4})},
		"refused-memory-above":    {content(Params{maxMemory + 1, Floor.Time, 4})},
		"refused-memory-4-TiB":    {content(Params{1<<32 - 1, Floor.Time, 4})},
		"refused-time-below":      {content(Params{Floor.Memory, Floor.Time - 1, 4})},
		"refused-time-above":      {content(Params{Floor.Memory, maxTime + 1, 4})},
		"refused-no-threads":      {content(Params{Floor.Memory, Floor.Time, 0})},
		"refused-threads-above":   {content(Params{Floor.Memory, Floor.Time, maxThreads + 1})},
		"refused-magic":           with(0, 's'),
		"refused-version-0":       with(len(magic), 0),
		"refused-version-2":       with(len(magic), fileVersion+1),
		"refused-cut":             {whole[:len(whole)-1]},
		"refused-a-byte-too-many": {append(bytes.Clone(whole), 0)},
		"refused-only-magic":      {[]byte(magic)},
		"refused-empty":           {[]byte{}},
	})
	corpus.Keep(t, "FuzzFileMalleable", corpus.Seeds{
		"magic":          {uint16(0), byte(0x20)},
		"version":        {uint16(len(magic)), byte(2)},
		"memory":         {uint16(len(magic) + 4), byte(1)},
		"time":           {uint16(len(magic) + 8), byte(4)},
		"threads":        {uint16(len(magic) + 9), byte(1)},
		"salt":           {uint16(headerSize - 1), byte(0x80)},
		"master-nonce":   {uint16(headerSize), byte(1)},
		"master-sealed":  {uint16(headerSize + suite.XNonceSize), byte(1)},
		"master-tag":     {uint16(headerSize + slotSize - 1), byte(1)},
		"account-nonce":  {uint16(headerSize + slotSize), byte(1)},
		"account-sealed": {uint16(headerSize + slotSize + suite.XNonceSize), byte(1)},
		"account-tag":    {uint16(headerSize + 2*slotSize - 1), byte(1)},
		"checksum":       {uint16(FileSize - 1), byte(1)},
		"unaltered":      {uint16(0), byte(0)},
	})
	at := func(at uint16, mask byte, table, id string, version uint32) []any {
		return []any{[]byte{}, at, mask, table, id, version}
	}
	corpus.Keep(t, "FuzzRecord", corpus.Seeds{
		"valid":                  at(0, 0, "session", "7", 1),
		"refused-nonce":          at(0, 1, "session", "7", 1),
		"refused-content":        at(suite.XNonceSize, 1, "session", "7", 1),
		"refused-tag":            at(RecordOverhead+4, 0x80, "session", "7", 1),
		"refused-other-table":    at(0, 0, "offer", "7", 1),
		"refused-other-id":       at(0, 0, "session", "8", 1),
		"refused-other-version":  at(0, 0, "session", "7", 2),
		"refused-other-boundary": at(0, 0, "session7", "", 1),
		"refused-short":          {make([]byte, RecordOverhead-1), uint16(0), byte(1), "session", "7", uint32(1)},
		"refused-no-content":     {make([]byte, RecordOverhead), uint16(0), byte(1), "session", "7", uint32(1)},
	})
}
