// Package text puts the words of the window into the person's language.
//
// Every text in the code is English and is its own key; assets/translations has
// a file for each other language, and one for the plural forms of English. The
// language is the system's, known when the program starts, so that texts are
// plain strings from then on:
//
//	var wordCopied = text.L("Copied")
//	var wordFound = text.N("%d message", "%d messages")
//
// Texts are looked up when packages are initialised, before main: nothing else of
// the program has run by then.
package text

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sotto/assets"
)

// The files are loaded by the initialiser of a variable, because that comes
// before the variables of the packages that import this one.
var _ = load()

func load() error {
	apply()
	err := lang.AddTranslationsFS(assets.Translations, "translations")
	if err != nil {
		fyne.LogError("The translations could not be read", err)
	}
	return err
}

// L returns a text in the person's language, or as it is if it has none there.
func L(english string) string { return lang.L(english) }

// In is L for a text that means different things in different places: where says
// which of them, for whoever translates.
func In(where, english string) string { return lang.X(where+"|"+english, english) }

// Plural is a text with a number in it.
type Plural struct{ one, many string }

// N returns a text that differs with a number. Of the two English forms, each
// with the number as %d or without it, the second is the key.
func N(one, many string) Plural { return Plural{one, many} }

// Of returns the form for n. The arguments fill the verbs of the text; without
// any, n does.
func (p Plural) Of(n int, args ...any) string {
	fallback := p.many
	if n == 1 {
		fallback = p.one
	}
	form := lang.XN(p.many, fallback, n)
	if !strings.Contains(form, "%") {
		return form
	}
	if len(args) == 0 {
		args = []any{n}
	}
	return fmt.Sprintf(form, args...)
}
