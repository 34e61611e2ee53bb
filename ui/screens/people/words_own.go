package people

import (
	"time"

	"sotto/ui/text"
)

// The words of what a person keeps of a contact for themselves.
var (
	wordLabels     = text.L("Labels")
	wordLabelsText = text.L("Sort your contacts as you like. Only you see them")
	wordAddLabel   = text.L("Add label")
	wordLabelHint  = text.L("Label")
	wordLabelOff   = text.L("Take off %s")

	wordNote     = text.L("Private note")
	wordNoteHint = text.L("Write a note")
	wordNoteText = text.L("Only this computer has it")
	wordNoteLong = text.L("That is too long for a note. It is not saved.")

	wordMute      = text.L("Mute")
	wordMuteText  = text.L("Nothing that they write makes itself noticed")
	wordMuted     = text.L("Muted")
	wordMutedEnds = text.L("Ends %s")
	wordMutedEver = text.L("Until you unmute")
	wordUnmute    = text.L("Unmute")
	wordChoose    = text.L("Choose")

	wordDisappear     = text.L("Disappearing messages")
	wordDisappearText = text.L("New messages disappear on both sides once they were read and the time is over. Somebody can still copy them first.")
	wordTimerOff      = text.L("Off")

	wordRemoveRow   = text.L("Remove %s")
	wordRemoveNote  = text.L("Everything with them goes from this computer. They are not told.")
	wordRemoveAsk   = text.L("Remove…")
	wordRemoveTitle = text.L("Remove %s?")
	wordRemoveText  = text.L("All messages with %[1]s go from this computer, and nothing that %[1]s sends is taken in any more. %[1]s is not told, and keeps the messages that they have.")
)

// muteSpans are the times that a contact can be muted for; 0 is for good.
var muteSpans = []struct {
	words string
	long  time.Duration
}{
	{text.L("For 1 hour"), time.Hour}, {text.L("For 8 hours"), 8 * time.Hour},
	{text.L("For 1 week"), 7 * 24 * time.Hour}, {text.L("Always"), 0},
}
