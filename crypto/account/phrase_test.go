package account

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestPhraseVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/bip39.txt")
	check(t, err)
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if len(lines) != 16 {
		t.Fatalf("%d lines of vectors, want 16", len(lines))
	}
	for i := 0; i < len(lines); i += 2 {
		entropy, err := hex.DecodeString(lines[i])
		check(t, err)
		p, err := PhraseFromEntropy(entropy)
		check(t, err)
		if got := strings.Join(p.Words(), " "); got != lines[i+1] {
			t.Errorf("%x: got %q", entropy, got)
		}
		q, err := ParsePhrase("\n" + strings.ToUpper(strings.ReplaceAll(lines[i+1], " ", " \t")))
		check(t, err)
		if !bytes.Equal(q.Entropy(), entropy) {
			t.Errorf("%q: got %x", lines[i+1], q.Entropy())
		}
	}
}

func TestPhraseErrors(t *testing.T) {
	good := strings.Repeat("abandon ", 23) + "art"
	for _, tt := range []struct {
		words string
		want  PhraseError
	}{
		{"", PhraseError{WrongCount, 0, 0}},
		{good + " art", PhraseError{WrongCount, 25, 0}},
		{strings.TrimSuffix(good, " art"), PhraseError{WrongCount, 23, 0}},
		{strings.Repeat("abandon ", 23) + "abandon", PhraseError{WrongChecksum, 24, 0}},
		{"art " + strings.Repeat("abandon ", 23), PhraseError{WrongChecksum, 24, 0}},
		{strings.Repeat("abandon ", 5) + "secretword" + strings.Repeat(" abandon", 18), PhraseError{UnknownWord, 24, 6}},
	} {
		_, err := ParsePhrase(tt.words)
		var got *PhraseError
		if !errors.As(err, &got) || *got != tt.want {
			t.Errorf("got error %v, want %v", err, &tt.want)
		}
		if strings.Contains(err.Error(), "secretword") {
			t.Error("the error shows a word")
		}
	}
	if _, err := ParsePhrase(strings.Repeat("abandon ", 1_000_000)); err == nil {
		t.Error("a million words are a phrase")
	}
	if _, err := PhraseFromEntropy(make([]byte, 31)); err == nil {
		t.Error("31 bytes are a phrase")
	}
}

// The account key follows from the phrase. Were this to change, nobody could
// restore an account.
func TestAccountKey(t *testing.T) {
	p, err := PhraseFromEntropy(make([]byte, EntropySize))
	check(t, err)
	k, err := p.AccountKey()
	check(t, err)
	const id = "33c347edd9aaa482a9c0c45df85889e06959fe92746d2b71f956166019c09c48"
	if got := k.Public().ID().String(); got != id {
		t.Errorf("account %s, want %s", got, id)
	}
	again, err := p.AccountKey()
	check(t, err)
	if *again.Public() != *k.Public() {
		t.Error("one phrase gives two accounts")
	}
	d := newDevice(t).Public()
	one, err := NewList(k, d)
	check(t, err)
	two, err := NewList(again, d)
	check(t, err)
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("one content gives two lists")
	}
}

func TestSafetyNumber(t *testing.T) {
	var a, b PublicKey
	b[0] = 1
	const digits = "884034088492862701465313711607293110240074472237356748050832"
	if got := SafetyNumber(&a, &b); got != digits {
		t.Errorf("got %s, want %s", got, digits)
	}
	const code = "SOTTO:V/1/ZNQZCYKA25MQAG4NCI573RKCJNSUQYLBYUV47MIRG2MOOLKHVY5Q"
	if got := SafetyCode(&a, &b); got != code {
		t.Errorf("got %s, want %s", got, code)
	}
	if SafetyNumber(&b, &a) != digits || SafetyCode(&b, &a) != code {
		t.Error("the two sides see different numbers")
	}
	// It covers every byte of both keys.
	for _, i := range []int{0, 31, 32, PublicKeySize - 1} {
		for _, k := range []*PublicKey{&a, &b} {
			k[i] ^= 0x80
			if SafetyNumber(&a, &b) == digits || SafetyCode(&a, &b) == code {
				t.Errorf("byte %d of a key is not covered", i)
			}
			want(t, CompareSafetyCode(code, &a, &b), ErrSafetyMismatch)
			k[i] ^= 0x80
		}
	}
	check(t, CompareSafetyCode(code, &a, &b))
	check(t, CompareSafetyCode(" "+strings.ToLower(code)+"\n", &b, &a))
	for _, bad := range []string{"", "hello", code[:len(code)-1], code + "A", digits, strings.Replace(code, "V", "I", 1)} {
		want(t, CompareSafetyCode(bad, &a, &b), ErrNotSafetyCode)
	}
	want(t, CompareSafetyCode(code[:len(code)-1]+"B", &a, &b), ErrSafetyMismatch)
}
