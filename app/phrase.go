package app

import (
	"strings"

	"github.com/tyler-smith/go-bip39"

	"sotto/crypto/account"
)

// PhraseCheck says what is known of a recovery phrase while it is being typed.
type PhraseCheck struct {
	Words   int // how many there are
	Unknown int // the first that is not on the list, counted from 1; else 0
	Right   bool
}

// CheckPhrase looks at the words of a recovery phrase, in any case and with any
// white space between them. The last of them counts as unknown only if no word
// of the list begins with it, or if something stands behind it: it may not be
// finished.
func CheckPhrase(text string) PhraseCheck {
	if len(text) > maxPhrase {
		text = text[:maxPhrase]
	}
	words := strings.Fields(strings.ToLower(text))
	c := PhraseCheck{Words: len(words)}
	for i, w := range words {
		if _, ok := bip39.GetWordIndex(w); ok {
			continue
		}
		if last := i == len(words)-1 && strings.HasSuffix(strings.ToLower(text), w); !last || !beginsWord(w) {
			c.Unknown = i + 1
			return c
		}
	}
	_, err := account.ParsePhrase(text)
	c.Right = err == nil
	return c
}

// maxPhrase bounds what is looked at, in bytes: 24 words of at most eight
// letters fit many times over.
const maxPhrase = 4096

func beginsWord(s string) bool {
	for _, w := range bip39.GetWordList() {
		if strings.HasPrefix(w, s) {
			return true
		}
	}
	return false
}
