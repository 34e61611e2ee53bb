package part

import "sotto/ui/text"

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
