package phrase

// The words of this package.
const (
	wordTitle      = "Write these 24 words on paper"
	wordText       = "They are your account. If this computer is lost, they bring it back, and nobody else can reset them for you. Whoever reads them can be you, so keep the paper at home."
	wordNote       = "Please do not photograph or copy them. They are hidden when this window loses focus."
	wordWritten    = "I have written them down"
	wordHideWords  = "Hide the words"
	wordShowWords  = "Show the words"
	wordLater      = "Later, remind me tomorrow"
	wordAskTitle   = "Now from the paper"
	wordAskText    = "Three of the 24, to be sure that what you wrote can be read."
	wordAskWord    = "Word %d"
	wordWrongWord  = "Not word %d. Look at the paper again."
	wordDone       = "Done"
	wordLookAgain  = "Show the words again"
	wordPageTitle  = "Your 24 words"
	wordPageText   = "They bring your account back if this computer is lost."
	wordPassTitle  = "Your passphrase first"
	wordPassText   = "So that nobody who finds this window open can take your account."
	wordPassphrase = "Passphrase"
	wordShow       = "Show the words"
	wordKept       = "The words are on paper. Keep it at home."
)
