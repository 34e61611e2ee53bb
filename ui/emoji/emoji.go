// Package emoji knows the emoji that the font has: their English names, the groups
// that they are shown in, and which of them a word means.
//
// Names, groups and subgroups are Unicode's, from gomoji. Skin tones and what is
// newer than the font (Emoji 15.0) are left out.
package emoji

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/forPelevin/gomoji"

	"sotto/ui/kit"
)

// Emoji is one emoji with its names.
type Emoji struct {
	Text string // as it is written in a message
	Name string // "party popper"
	Code string // "party_popper", between colons when it is typed
	also string // words of its subgroup, "face smiling"
	sub  int
}

// Group is a category, named as Unicode names it.
type Group struct {
	Name  string
	Emoji []Emoji
}

const newest = 15.0 // version of Emoji that the font covers

// groupNames are the groups in the order in which they are shown.
var groupNames = []string{
	"Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink",
	"Travel & Places", "Activities", "Objects", "Symbols", "Flags",
}

// first are the subgroups that lead their group; the others follow by name.
var first = []string{
	"face-smiling", "face-affection", "face-tongue", "face-hand", "face-neutral-skeptical", "face-sleepy",
	"face-unwell", "face-hat", "face-glasses", "face-concerned", "face-negative", "heart", "emotion",
	"hand-fingers-open", "hand-fingers-partial", "hand-single-finger", "hand-fingers-closed", "hands", "hand-prop",
	"body-parts", "person", "person-gesture", "animal-mammal", "animal-bird", "food-fruit", "food-vegetable",
	"food-prepared", "place-map", "event", "sport", "game",
}

var load = sync.OnceValue(func() []Group {
	groups := make([]Group, len(groupNames))
	found := map[string]Emoji{} // by name: the longest way to write it, which asks for colour
	in := map[string]int{}
	for _, g := range gomoji.AllEmojis() {
		version, name, ok := strings.Cut(g.UnicodeName, " ")
		since, err := strconv.ParseFloat(strings.TrimPrefix(version, "E"), 64)
		group := slices.Index(groupNames, g.Group)
		if !ok || err != nil || since > newest || group < 0 || strings.Contains(name, "skin tone") {
			continue
		}
		text := g.Character
		if kit.EmojiOnly(text, 1) == 0 {
			text += "\uFE0F"
		}
		if len(text) <= len(found[name].Text) || kit.EmojiOnly(text, 1) == 0 {
			continue
		}
		sub := slices.Index(first, g.SubGroup)
		if sub < 0 {
			sub = len(first)
		}
		found[name] = Emoji{Text: text, Name: name, Code: code(name), also: strings.ReplaceAll(g.SubGroup, "-", " "), sub: sub}
		in[name] = group
	}
	for name, e := range found {
		g := &groups[in[name]]
		g.Emoji = append(g.Emoji, e)
	}
	for i := range groups {
		groups[i].Name = groupNames[i]
		slices.SortFunc(groups[i].Emoji, func(a, b Emoji) int {
			return cmp.Or(cmp.Compare(a.sub, b.sub), cmp.Compare(a.also, b.also), cmp.Compare(a.Text, b.Text))
		})
	}
	return groups
})

// Groups returns all emoji by category.
func Groups() []Group { return load() }

// code makes a name one word: letters and digits, "_" between them.
func code(name string) string {
	name = strings.NewReplacer("#", "hash", "*", "asterisk").Replace(strings.ToLower(name)) // of keycaps
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "_")
}

// Of returns the emoji with exactly that code.
func Of(c string) (Emoji, bool) {
	c = code(c)
	for _, g := range load() {
		for _, e := range g.Emoji {
			if c != "" && e.Code == c {
				return e, true
			}
		}
	}
	return Emoji{}, false
}

// written returns the emoji that is written so.
func written(text string) (Emoji, bool) {
	for _, g := range load() {
		for _, e := range g.Emoji {
			if e.Text == text {
				return e, true
			}
		}
	}
	return Emoji{}, false
}

// Search returns the emoji that a beginning of a name means: those whose name
// begins so, then those with such a word in it, then those with it inside, and at
// last those of such a subgroup.
func Search(query string) []Emoji {
	q := code(query)
	if q == "" {
		return nil
	}
	var by [4][]Emoji
	for _, g := range load() {
		for _, e := range g.Emoji {
			switch {
			case strings.HasPrefix(e.Code, q):
				by[0] = append(by[0], e)
			case strings.Contains(e.Code, "_"+q):
				by[1] = append(by[1], e)
			case strings.Contains(e.Code, q):
				by[2] = append(by[2], e)
			case strings.Contains("_"+code(e.also), "_"+q):
				by[3] = append(by[3], e)
			}
		}
	}
	return slices.Concat(by[:]...)
}
