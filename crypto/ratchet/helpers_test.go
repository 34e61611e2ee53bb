package ratchet

import (
	"bytes"
	"crypto/rand"
	"errors"
	"time"

	"sotto/crypto/account"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// tb is the part of testing.TB that a rapid.T has as well.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func check(t tb, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t tb, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// The lists with which sessions begin here.
var listA, listB = List{1, [32]byte{'A'}}, List{1, [32]byte{'B'}}

// begin returns the two sessions that a handshake between Alice, who
// initiates, and Bob would give.
func begin(t tb) (alice, bob *Session) {
	t.Helper()
	return beginWith(t, func(*Start) {})
}

// beginWith lets Bob end the handshake with something else than Alice.
func beginWith(t tb, change func(bob *Start)) (alice, bob *Session) {
	t.Helper()
	device, err := account.NewDevice(rand.Reader)
	check(t, err)
	a1, err := NewPair(rand.Reader, nil)
	check(t, err)
	b0, err := NewPair(rand.Reader, nil)
	check(t, err)
	secret := make([]byte, 32)
	_, err = rand.Read(secret)
	check(t, err)
	ct, shared, err := b0.Public().Encapsulate()
	check(t, err)
	dh, kem := device.Agreement()
	startA := &Start{Hash: [32]byte(secret), Secret: secret, Own: listA, Peer: listB}
	alice, err = Initiate(startA, a1, b0.Public(), ct, shared, dh, kem)
	check(t, err)
	startB := &Start{Hash: [32]byte(secret), Secret: secret, Own: listB, Peer: listA}
	change(startB)
	bob, err = Respond(startB, b0, a1.Public(), ct, device.Public().X25519(), device.Public().MLKEM())
	check(t, err)
	return alice, bob
}

// settle has both sides confirmed, and the chain that Alice sends on next due.
func settle(t tb) (alice, bob *Session) {
	t.Helper()
	alice, bob = begin(t)
	for range 2 {
		alice, bob = send(t, alice, bob, "from Alice")
		bob, alice = send(t, bob, alice, "from Bob")
	}
	return alice, bob
}

func seal(t tb, s *Session, text string) ([]byte, *Session) {
	t.Helper()
	cell, next, err := s.Encrypt(rand.Reader, []byte(text))
	check(t, err)
	return cell, next
}

func open(t tb, s *Session, cell []byte, text string) *Session {
	t.Helper()
	got, next, err := s.Decrypt(noon, cell)
	check(t, err)
	if string(got.Plaintext) != text {
		t.Fatalf("opened %q, want %q", got.Plaintext, text)
	}
	return next
}

// send has a cell go from one to the other.
func send(t tb, from, to *Session, text string) (*Session, *Session) {
	t.Helper()
	cell, from := seal(t, from, text)
	return from, open(t, to, cell, text)
}

// refused checks that a cell is refused with an error, and that this leaves
// the session as it was.
func refused(t tb, s *Session, cell []byte, target error) {
	t.Helper()
	before := stored(t, s)
	got, next, err := s.Decrypt(noon, cell)
	want(t, err, target)
	if got != nil || next != nil {
		t.Fatal("a refused cell gives something")
	}
	if !bytes.Equal(before, stored(t, s)) {
		t.Fatal("a refused cell changes the session")
	}
}

// read is open for a cell whose place and list are of interest.
func read(t tb, s *Session, cell []byte) (*Opened, *Session) {
	t.Helper()
	opened, next, err := s.Decrypt(noon, cell)
	check(t, err)
	return opened, next
}

func stored(t tb, s *Session) []byte {
	t.Helper()
	b, err := s.MarshalBinary()
	check(t, err)
	return b
}

func reload(t tb, s *Session) *Session {
	t.Helper()
	s, err := ParseSession(stored(t, s))
	check(t, err)
	return s
}

func initiator(s, _ *Session) *Session     { return s }
func responder(_, s *Session) *Session     { return s }
func first(cell []byte, _ *Session) []byte { return cell }
