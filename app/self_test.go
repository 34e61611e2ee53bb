package app

import (
	"slices"
	"strings"
	"testing"

	"sotto/app/model"
)

// TestUsedEmoji: they outlive the program, at most so many of them, and nothing else
// can be kept in their place.
func TestUsedEmoji(t *testing.T) {
	ctx := t.Context()
	alice := newPerson(t, "Alice")
	if used := must(alice.UsedEmoji(ctx))(t); len(used) != 0 {
		t.Errorf("a new profile has used %q", used)
	}
	used := append([]string{"❤️", "👍🏽"}, slices.Repeat([]string{"🫖"}, 2*model.MaxUsedEmoji)...)
	check(t, alice.SetUsedEmoji(ctx, used), "")
	check(t, alice.SetUsedEmoji(ctx, []string{"👍", "words"}), model.BadReaction)
	check(t, alice.SetUsedEmoji(ctx, []string{strings.Repeat("👍", 100)}), model.BadReaction)
	if got := must(alice.restart().UsedEmoji(ctx))(t); !slices.Equal(got, used[:model.MaxUsedEmoji]) {
		t.Errorf("after a restart there are %q", got)
	}
}
