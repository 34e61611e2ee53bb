package part

// The words of this package.
const (
	wordPassphrase = "Passphrase"
	wordAgain      = "The same again"
	wordDiffer     = "The two are not the same."
	wordTooShort   = "At least 12 characters. Four or five unrelated words are good"
	wordPath       = "Path of the file"
	wordCancel     = "Cancel"
	wordNoFolder   = "There is no such folder."
	wordNoFile     = "There is no such file."
	wordIsFolder   = "This is a folder. Add the name of a picture in it."
	wordTaken      = "There is a file of this name already. Choose another."

	wordCamera      = "Camera"
	wordHold        = "Hold their code in front of the camera"
	wordStarting    = "Starting the camera"
	wordTryAgain    = "Try again"
	wordRegion      = "Part of the screen"
	wordNoneSeen    = "No Sotto code was found on the screen. If one is there, drag a frame around it."
	wordSeveralSeen = "There are several codes on the screen. Drag a frame around theirs."

	wordLAN     = "Same network"
	wordDirect  = "Direct, across the internet"
	wordRelayed = "Relayed: another computer passes sealed data on"
)

// strengths are the words for a passphrase of at least 12 characters, by how
// hard it is to guess.
var strengths = [5]string{
	"Very easy to guess. Use words that do not belong together",
	"Easy to guess. Add another word or two",
	"Could be better. One more unrelated word helps",
	"Good",
	"Very good",
}
