package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sotto/crypto/internal/suite"
)

var (
	passphrase = []byte("correct horse battery staple")
	entropy    = bytes.Repeat([]byte{0xE7}, secretSize)
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// The life of a key file, in one test, since each step costs an Argon2id.
func TestVault(t *testing.T) {
	file, keys, err := Create(rand.Reader, passphrase, Floor, entropy)
	check(t, err)
	if len(file) != FileSize {
		t.Errorf("key file has %d bytes, want %d", len(file), FileSize)
	}
	again, err := Open(file, passphrase)
	check(t, err)
	same(t, keys, again)
	wrong := []byte("Correct horse battery staple")
	_, err = Open(file, wrong)
	want(t, err, ErrPassphrase)
	_, err = OpenAccount(file, wrong)
	want(t, err, ErrPassphrase)
	_, err = ChangePassphrase(rand.Reader, file, wrong, passphrase, Floor)
	want(t, err, ErrPassphrase)

	changed, err := ChangePassphrase(rand.Reader, file, passphrase, []byte("new"), Params{Floor.Memory, Floor.Time, 2})
	check(t, err)
	again, err = Open(changed, []byte("new"))
	check(t, err)
	same(t, keys, again)
	got, err := OpenAccount(changed, []byte("new"))
	check(t, err)
	if !bytes.Equal(got, entropy) {
		t.Error("another account comes out than went in")
	}

	// With a checksum that was made good an altered master slot is a wrong
	// passphrase; an altered account slot shows when the other has opened.
	_, err = Open(repaired(file, headerSize), passphrase)
	want(t, err, ErrPassphrase)
	_, err = OpenAccount(repaired(file, headerSize+slotSize+30), passphrase)
	want(t, err, ErrDamaged)
}

// A slot opens with its key, as what it is, in its own file, and unaltered.
func TestSlots(t *testing.T) {
	kek, nonce, header := bytes.Repeat([]byte{1}, 32), make([]byte, suite.XNonceSize), []byte("header")
	slot := sealSlot(nil, kek, labelMaster, nonce, entropy, header)
	if len(slot) != slotSize {
		t.Fatalf("slot has %d bytes", len(slot))
	}
	got, err := openSlot(kek, labelMaster, slot, header)
	check(t, err)
	if !bytes.Equal(got, entropy) {
		t.Error("another secret comes out than went in")
	}
	other := bytes.Repeat([]byte{2}, 32)
	for name, open := range map[string]func() ([]byte, error){
		"key":    func() ([]byte, error) { return openSlot(other, labelMaster, slot, header) },
		"label":  func() ([]byte, error) { return openSlot(kek, labelAccount, slot, header) },
		"header": func() ([]byte, error) { return openSlot(kek, labelMaster, slot, []byte("Header")) },
	} {
		if _, err := open(); err == nil {
			t.Errorf("opened with another %s", name)
		}
	}
	for i := range slot {
		bad := bytes.Clone(slot)
		bad[i] ^= 1 << (i % 8)
		if _, err := openSlot(kek, labelMaster, bad, header); err == nil {
			t.Fatalf("byte %d can be altered", i)
		}
	}
}

// same checks that two Keys are the same, by what they do.
func same(t *testing.T, a, b *Keys) {
	t.Helper()
	if len(a.Database()) != 32 || !bytes.Equal(a.Database(), b.Database()) {
		t.Error("database keys differ")
	}
	sealed, err := a.SealRecord(rand.Reader, "session", "7", 1, []byte("state"))
	check(t, err)
	plain, err := b.OpenRecord("session", "7", 1, sealed)
	check(t, err)
	if string(plain) != "state" {
		t.Errorf("opened %q", plain)
	}
}

// seal ends a key file with a checksum that is right.
func seal(content []byte) []byte {
	sum := suite.LabelledHash(labelChecksum, content)
	return append(bytes.Clone(content), sum[:]...)
}

// repaired alters a byte and makes the checksum good.
func repaired(file []byte, at int) []byte {
	b := bytes.Clone(file[:FileSize-checksumSize])
	b[at] ^= 1
	return seal(b)
}

// blank is a whole key file that no passphrase opens, made without Argon2id.
func blank(p Params) []byte {
	b := append([]byte(magic), fileVersion)
	b = binary.BigEndian.AppendUint32(b, p.Memory)
	b = binary.BigEndian.AppendUint32(b, p.Time)
	b = append(b, p.Threads)
	return seal(append(b, make([]byte, saltSize+2*slotSize)...))
}

// Damage is told from a wrong passphrase, and without the cost of trying one.
func TestDamaged(t *testing.T) {
	file := blank(Floor)
	if _, err := parse(file); err != nil {
		t.Fatal(err)
	}
	for i := range file {
		b := bytes.Clone(file)
		b[i] ^= 1 << (i % 8)
		_, err := Open(b, passphrase)
		want(t, err, ErrDamaged)
		_, err = Open(file[:i], passphrase)
		want(t, err, ErrDamaged)
	}
	content := file[:FileSize-checksumSize]
	for _, b := range [][]byte{nil, append(bytes.Clone(file), 0), seal(append(bytes.Clone(content), 0)), seal(content[:len(content)-1]), seal([]byte(magic))} {
		_, err := Open(b, passphrase)
		want(t, err, ErrDamaged)
		_, err = OpenAccount(b, passphrase)
		want(t, err, ErrDamaged)
		_, err = ChangePassphrase(rand.Reader, b, passphrase, passphrase, Floor)
		want(t, err, ErrDamaged)
	}
	for version, target := range map[byte]error{0: ErrDamaged, 2: ErrNewer, 255: ErrNewer} {
		b := bytes.Clone(content)
		b[len(magic)] = version
		_, err := Open(seal(b), passphrase)
		want(t, err, target)
	}
	_, err := Open(seal(append([]byte(magic), 2)), passphrase)
	want(t, err, ErrNewer)
}

// Parameters are checked before they are used: neither a weak file nor one
// that would take all memory is tried.
func TestParams(t *testing.T) {
	for _, p := range []Params{
		{Floor.Memory - 1, 3, 4}, {0, 3, 4}, {8, 3, 1}, {maxMemory + 1, 3, 4}, {1<<32 - 1, 3, 4},
		{Floor.Memory, 2, 4}, {Floor.Memory, 0, 4}, {Floor.Memory, maxTime + 1, 4}, {Floor.Memory, 1<<32 - 1, 4},
		{Floor.Memory, 3, 0}, {Floor.Memory, 3, maxThreads + 1}, {Floor.Memory, 3, 255},
	} {
		_, err := Open(blank(p), passphrase)
		want(t, err, ErrDamaged)
		want(t, err, ErrParams)
		_, _, err = Create(rand.Reader, passphrase, p, entropy)
		want(t, err, ErrParams)
	}
	for _, p := range []Params{Floor, usual, {maxMemory, maxTime, maxThreads}, {Floor.Memory, 3, 1}} {
		_, err := parse(blank(p))
		check(t, err)
	}
	if _, _, err := Create(rand.Reader, passphrase, Floor, entropy[1:]); err == nil {
		t.Error("an account of 31 bytes")
	}
	for _, n := range []int{0, 31, 32, 111} {
		if _, _, err := Create(bytes.NewReader(make([]byte, n)), passphrase, Floor, entropy); err == nil {
			t.Error("a key file without enough randomness")
		}
	}
}

func TestCalibrate(t *testing.T) {
	for _, tt := range []struct {
		perPass time.Duration // for 64 MiB
		want    Params
	}{
		{60 * time.Millisecond, Params{256 << 10, 3, 4}},  // 0.72 s at once
		{20 * time.Millisecond, Params{256 << 10, 7, 4}},  // a fast machine
		{time.Millisecond, Params{256 << 10, 16, 4}},      // a very fast one
		{0, Params{256 << 10, 16, 4}},                     // a clock that stands still
		{120 * time.Millisecond, Params{128 << 10, 3, 4}}, // a slow one
		{200 * time.Millisecond, Params{64 << 10, 3, 4}},
		{10 * time.Second, Params{64 << 10, 3, 4}}, // never below the floor
	} {
		asked := 0
		got := Calibrate(func(p Params) time.Duration {
			asked++
			if !p.valid() {
				t.Errorf("asked for %v", p)
			}
			return tt.perPass * time.Duration(p.Time) * time.Duration(p.Memory) / time.Duration(Floor.Memory)
		})
		if got != tt.want || asked > 4 {
			t.Errorf("%v a pass: %v after %d measurements, want %v", tt.perPass, got, asked, tt.want)
		}
	}
}

func TestRecords(t *testing.T) {
	k := newKeys(bytes.Repeat([]byte{1}, 32))
	sealed, err := k.SealRecord(rand.Reader, "session", "7", 1, []byte("state"))
	check(t, err)
	if len(sealed) != len("state")+RecordOverhead {
		t.Errorf("sealed record has %d bytes", len(sealed))
	}
	for name, open := range map[string]func() ([]byte, error){
		"table":      func() ([]byte, error) { return k.OpenRecord("offer", "7", 1, sealed) },
		"id":         func() ([]byte, error) { return k.OpenRecord("session", "8", 1, sealed) },
		"version":    func() ([]byte, error) { return k.OpenRecord("session", "7", 2, sealed) },
		"boundary":   func() ([]byte, error) { return k.OpenRecord("session7", "", 1, sealed) },
		"other keys": func() ([]byte, error) { return newKeys(entropy).OpenRecord("session", "7", 1, sealed) },
	} {
		if plain, err := open(); plain != nil || !errors.Is(err, ErrRecord) {
			t.Errorf("opened with another %s: error %v", name, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1 << (i % 8)
		_, err := k.OpenRecord("session", "7", 1, bad)
		want(t, err, ErrRecord)
		_, err = k.OpenRecord("session", "7", 1, sealed[:i])
		want(t, err, ErrRecord)
	}
	if _, err := k.SealRecord(bytes.NewReader(nil), "session", "7", 1, nil); err == nil {
		t.Error("sealed without randomness")
	}
	database := k.Database()
	k.Wipe()
	_, err = k.SealRecord(rand.Reader, "session", "7", 1, nil)
	want(t, err, ErrWiped)
	_, err = k.OpenRecord("session", "7", 1, sealed)
	want(t, err, ErrWiped)
	if k.Database() != nil || bytes.Equal(database, make([]byte, 32)) {
		t.Error("wiped keys are given out, or the caller's copy is wiped with them")
	}
	k.Wipe()
}

// The keys that follow from a master key must stay the same, or nobody could
// open their database.
func TestDerivedKeys(t *testing.T) {
	k := newKeys(bytes.Repeat([]byte{1}, 32))
	if got := hex.EncodeToString(k.Database()); got != "7809fdee2d23d5e52e23cc97d59eb794be22acd5c09da9b27d4b28d47889ce05" {
		t.Errorf("database key %s", got)
	}
	sealed, _ := hex.DecodeString("24242424242424242424242424242424242424242424242460b087fa2193df93d36e846e16131950485113ad94")
	plain, err := k.OpenRecord("session", "7", 1, sealed)
	check(t, err)
	if string(plain) != "state" {
		t.Errorf("opened %q", plain)
	}
}

func TestRedaction(t *testing.T) {
	k := newKeys(entropy)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(verb, k); got != "[secret]" {
			t.Errorf("%s: %s", verb, got)
		}
	}
	if b, err := json.Marshal(k); err != nil || string(b) != `"[secret]"` {
		t.Errorf("in JSON: %s, %v", b, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", k)
	if !strings.Contains(log.String(), "v=[secret]") {
		t.Errorf("in a log: %s", log.String())
	}
}
