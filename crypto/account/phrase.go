package account

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tyler-smith/go-bip39"

	"sotto/crypto/internal/secret"
	"sotto/crypto/internal/suite"
)

// EntropySize is the size in bytes of what a recovery phrase stands for.
const EntropySize = 32

// PhraseWords is the number of words of a recovery phrase.
const PhraseWords = 24

// maxPhraseText bounds what ParsePhrase looks at: 24 words of at most eight
// letters fit many times over.
const maxPhraseText = 4096

// A Phrase is the recovery phrase: 256 bits, written as 24 words (BIP-39). The
// account key is derived from it (docs/protocol.md §3.1). It prints nothing of
// itself; Words is the one way to see it. The zero Phrase is none, and its
// methods panic.
type Phrase struct {
	secret.Redacted
	// Behind a pointer, so that %v does not find it in another struct that has a
	// Phrase in an unexported field: fmt does not ask such fields.
	entropy *[EntropySize]byte
}

// NewPhrase makes a phrase from 32 bytes of rand.
func NewPhrase(rand io.Reader) (Phrase, error) {
	b, err := suite.Random(rand, EntropySize)
	if err != nil {
		return Phrase{}, fmt.Errorf("account: %w", err)
	}
	return PhraseFromEntropy(b)
}

// PhraseFromEntropy returns the phrase for 32 bytes that Entropy gave.
func PhraseFromEntropy(b []byte) (Phrase, error) {
	if len(b) != EntropySize {
		return Phrase{}, errors.New("account: entropy of a recovery phrase must have 32 bytes")
	}
	entropy := [EntropySize]byte(b)
	return Phrase{entropy: &entropy}, nil
}

// Entropy returns the 32 bytes that the phrase stands for.
func (p Phrase) Entropy() []byte { return append([]byte(nil), p.entropy[:]...) }

// Words returns the 24 words.
func (p Phrase) Words() []string {
	text, err := bip39.NewMnemonic(p.entropy[:])
	if err != nil {
		panic("account: " + err.Error()) // 32 bytes are a size that BIP-39 knows
	}
	return strings.Fields(text)
}

// PhraseProblem says what is wrong with the words of a recovery phrase.
type PhraseProblem int

// What can be wrong with the words.
const (
	WrongCount    PhraseProblem = iota + 1 // there are not 24
	UnknownWord                            // one is not on the list
	WrongChecksum                          // all are on the list, but they do not belong together
)

// A PhraseError says why ParsePhrase refused its input. It contains no word of it.
type PhraseError struct {
	Problem  PhraseProblem
	Count    int // how many words there were
	Position int // of the first unknown word, counted from 1; else 0
}

func (e *PhraseError) Error() string {
	switch e.Problem {
	case WrongCount:
		return fmt.Sprintf("account: recovery phrase has %d words, not %d", e.Count, PhraseWords)
	case UnknownWord:
		return fmt.Sprintf("account: word %d of the recovery phrase is not on the list", e.Position)
	default:
		return "account: words of the recovery phrase do not belong together"
	}
}

// ParsePhrase reads 24 words in any case, with any white space between them.
// Its errors are of type *PhraseError.
func ParsePhrase(words string) (Phrase, error) {
	if len(words) > maxPhraseText {
		words = words[:maxPhraseText]
	}
	list := strings.Fields(strings.ToLower(words))
	if len(list) != PhraseWords {
		return Phrase{}, &PhraseError{Problem: WrongCount, Count: len(list)}
	}
	for i, w := range list {
		if _, ok := bip39.GetWordIndex(w); !ok {
			return Phrase{}, &PhraseError{Problem: UnknownWord, Count: len(list), Position: i + 1}
		}
	}
	b, err := bip39.EntropyFromMnemonic(strings.Join(list, " "))
	if err != nil || len(b) != EntropySize {
		return Phrase{}, &PhraseError{Problem: WrongChecksum, Count: len(list)}
	}
	return PhraseFromEntropy(b)
}
