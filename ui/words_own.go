package ui

import "sotto/ui/text"

// Words of what a person keeps of a contact, of the archive, and of what
// narrows a search.
var (
	wordPinned      = text.L("Pinned")
	wordMuted       = text.L("Muted")
	wordPin         = text.L("Pin")
	wordUnpin       = text.L("Unpin")
	wordMute        = text.L("Mute…")
	wordUnmute      = text.L("Unmute")
	wordMuteHour    = text.L("For 1 hour")
	wordMuteHours   = text.L("For 8 hours")
	wordMuteWeek    = text.L("For 1 week")
	wordMuteAlways  = text.L("Always")
	wordToArchive   = text.L("Archive")
	wordFromArchive = text.L("Unarchive")
	wordMarkRead    = text.L("Mark as read")
	wordRemove      = text.L("Remove…")
	wordRemoveTitle = text.L("Remove %s?")
	wordRemoveText  = text.L("All messages with %[1]s go from this computer, and nothing that %[1]s sends is taken in any more. %[1]s is not told, and keeps the messages that they have.")
	wordRemoveNow   = text.L("Remove")
	wordKeep        = text.L("Cancel")
	wordChangeFails = text.L("That could not be changed. Try once more.")
	wordArchive     = text.L("Archived")
	wordArchiveBack = text.L("Back to all conversations")
	wordInArchive   = text.N("%d conversation", "%d conversations")

	wordFilterStar = text.L("Starred")
	wordForStars   = text.L("with a star")
	wordAnyTime    = text.L("Any time")
	wordToday      = text.L("Today")
	wordThisWeek   = text.L("This week")
	wordThisMonth  = text.L("This month")
	wordThisYear   = text.L("This year")
)
