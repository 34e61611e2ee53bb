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
	"slices"
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
	if err := read(); err != nil {
		fyne.LogError("The translations could not be read", err)
		return err
	}
	return nil
}

// keyOfFile is the key of a text that no language has to translate.
const keyOfFile = "file"

// read gives the toolkit English and the person's language. Which that is the
// toolkit knows, among the languages it has; to read all of them would take
// longer than everything else before main. So it gets one text of each, and then
// the file of the language in which that text was found.
func read() error {
	for _, l := range Languages() {
		if err := lang.AddTranslations(fyne.NewStaticResource(named(l.Tag), fmt.Appendf(nil, "{%q: %q}", keyOfFile, l.Tag))); err != nil {
			return err
		}
	}
	for _, tag := range slices.Compact([]string{"en", lang.X(keyOfFile, "en")}) {
		b, err := assets.Translations.ReadFile("translations/" + tag + ".json")
		if err != nil {
			return err
		}
		if err := lang.AddTranslations(fyne.NewStaticResource(named(tag), b)); err != nil {
			return err
		}
	}
	return nil
}

// named returns the name by which the toolkit knows the language of a file. Its own
// Chinese is zh-Hans; beside that ours would never be asked.
func named(tag string) string {
	if tag == "zh" {
		tag = "zh-Hans"
	}
	return tag + ".json"
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
