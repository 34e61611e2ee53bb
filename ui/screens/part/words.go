package part

import (
	"time"

	"sotto/ui/text"
)

// The words of this package.
var (
	wordPassphrase = text.L("Passphrase")
	wordAgain      = text.L("The same again")
	wordDiffer     = text.L("The two are not the same.")
	wordTooShort   = text.L("At least 12 characters. Four or five unrelated words are good")
	wordPath       = text.L("Path of the file")
	wordCancel     = text.L("Cancel")
	wordNoFolder   = text.L("There is no such folder.")
	wordNoFile     = text.L("There is no such file.")
	wordIsFolder   = text.L("This is a folder. Add the name of a picture in it.")
	wordTaken      = text.L("There is a file of this name already. Choose another.")

	wordCamera      = text.L("Camera")
	wordHold        = text.L("Hold their code in front of the camera")
	wordStarting    = text.L("Starting the camera")
	wordTryAgain    = text.L("Try again")
	wordRegion      = text.L("Part of the screen")
	wordNoneSeen    = text.L("No Sotto code was found on the screen. If one is there, drag a frame around it.")
	wordRegionKeys  = text.L("By keyboard: the arrow keys move the frame, + and − size it, Enter takes it.")
	wordSeveralSeen = text.L("There are several codes on the screen. Drag a frame around theirs.")

	wordLAN     = text.L("Same network")
	wordDirect  = text.L("Direct, across the internet")
	wordRelayed = text.L("Relayed: another computer passes sealed data on")
)

// strengths are the words for a passphrase of at least 12 characters, by how
// hard it is to guess.
var strengths = [5]string{
	text.L("Very easy to guess. Use words that do not belong together"),
	text.L("Easy to guess. Add another word or two"),
	text.L("Could be better. One more unrelated word helps"),
	text.L("Good"),
	text.L("Very good"),
}

// What a person keeps of a contact, and the end of one.
var (
	WordMuted     = text.L("Muted")
	WordUnmute    = text.L("Unmute")
	WordRemoveAsk = text.L("Remove…")

	WordDisappear     = text.L("Disappearing messages")
	WordDisappearText = text.L("New messages disappear on both sides once they were read and the time is over. Somebody can still copy them first.")
	wordTimerOff      = text.L("Off")

	wordRemoveTitle = text.L("Remove %s from your contacts?")
	wordRemoveText  = text.L("All messages with %[1]s go from this computer, and nothing that %[1]s sends is taken in any more. %[1]s is not told, and keeps the messages that they have.")
	wordRemove      = text.L("Remove")
)

// muteSpans are the times that a contact can be muted for; 0 is for good.
var muteSpans = []struct {
	words string
	long  time.Duration
}{
	{text.L("For 1 hour"), time.Hour}, {text.L("For 8 hours"), 8 * time.Hour},
	{text.L("For 1 week"), 7 * 24 * time.Hour}, {text.L("Always"), 0},
}
