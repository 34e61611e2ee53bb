package people

import "sotto/ui/text"

// The words of what a person keeps of a contact for themselves; those that the list
// of conversations says as well are in package part.
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
	wordMuteText  = text.L("No notice of what they write, for as long as you choose")
	wordMutedEnds = text.L("Ends %s")
	wordMutedEver = text.L("Until you unmute")
	wordChoose    = text.L("Choose")

	wordRemoveRow  = text.L("Remove %s")
	wordRemoveNote = text.L("Everything with them goes from this computer. They are not told.")
)
