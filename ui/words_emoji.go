package ui

import "sotto/ui/text"

// Words about emoji. The names of emoji are English in every language.
var (
	wordEmoji       = text.L("Emoji")
	wordSearchEmoji = text.L("Search emoji")
	wordRecentEmoji = text.L("Used last")
	wordNoEmoji     = text.L("No emoji of that name")
	wordMoreEmoji   = text.L("More emoji")

	// In the order of emoji.Groups.
	groupWords = []string{
		text.L("Smileys"), text.In("emoji", "People"), text.L("Animals and nature"), text.L("Food and drink"),
		text.L("Travel and places"), text.L("Activities"), text.L("Objects"), text.L("Symbols"), text.L("Flags"),
	}
	groupSigns = []string{"😀", "👋", "🐻", "☕", "⛵", "⚽", "💡", "❤️", "🏁"}
)
