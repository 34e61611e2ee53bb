package ui

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"sotto/app/model"
)

// score says how well what was typed fits a name: 0 not at all, more is better. Its
// letters have to be in the name in their order; those that follow each other, and
// those that begin a word, count more.
func score(typed, name string) int {
	want := []rune(strings.ToLower(strings.Join(strings.Fields(typed), "")))
	total, run, at := 1, 0, 0
	before := ' '
	for i, r := range []rune(strings.ToLower(name)) {
		if at == len(want) {
			break
		}
		begins := !unicode.IsLetter(before) && !unicode.IsNumber(before)
		before = r
		if r != want[at] {
			run = 0
			continue
		}
		at++
		run++
		total += run
		if begins {
			total += 8
		}
		if i == 0 {
			total += 4
		}
	}
	switch {
	case at < len(want):
		return 0
	case at > 0 && strings.EqualFold(strings.TrimSpace(typed), name): // all of it: “Bob” before “Bob at sea”
		total++
	}
	return total
}

// switchable returns the conversations whose name fits what was typed, the best
// first; the latest first where nothing was typed or two fit as well.
func switchable(typed string, all []model.Conversation) []model.Conversation {
	type scored struct {
		c model.Conversation
		n int
	}
	var fit []scored
	for _, c := range all {
		if n := max(score(typed, c.Contact.Name), score(typed, c.Contact.Claimed)); n > 0 {
			fit = append(fit, scored{c, n})
		}
	}
	slices.SortStableFunc(fit, func(a, b scored) int { return cmp.Compare(b.n, a.n) })
	out := make([]model.Conversation, len(fit))
	for i, f := range fit {
		out[i] = f.c
	}
	return out
}
