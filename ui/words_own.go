package ui

import "sotto/ui/text"

// Words of what a person keeps of a contact, of the archive, and of what
// narrows a search; those that the contact's page says as well are in package part.
var (
	wordPinned      = text.L("Pinned")
	wordPin         = text.L("Pin")
	wordUnpin       = text.L("Unpin")
	wordMute        = text.L("Mute…")
	wordToArchive   = text.L("Archive")
	wordFromArchive = text.L("Unarchive")
	wordMarkRead    = text.L("Mark as read")
	wordChangeFails = text.L("That could not be changed. Try once more.")
	wordArchive     = text.L("Archived")
	wordArchiveBack = text.L("Back to all conversations")
	wordInArchive   = text.N("%d conversation", "%d conversations")

	wordAllLabels = text.In("conversations", "All")

	wordEveryone   = text.L("Everyone")
	wordAnything   = text.L("Anything")
	wordFilterStar = text.L("Starred")
	wordForStars   = text.L("with a star")
	wordAnyTime    = text.L("Any time")
	wordToday      = text.L("Today")
	wordThisWeek   = text.L("This week")
	wordThisMonth  = text.L("This month")
	wordThisYear   = text.L("This year")
)
