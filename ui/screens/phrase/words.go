package phrase

import "sotto/ui/text"

// The words of this package.
var (
	wordTitle      = text.L("Write these 24 words on paper")
	wordText       = text.L("They are your account. If this computer is lost, they bring it back, and nobody else can reset them for you. Whoever reads them can be you, so keep the paper at home.")
	wordNote       = text.L("Please do not photograph or copy them. They are hidden when this window loses focus.")
	wordWritten    = text.L("I have written them down")
	wordHideWords  = text.L("Hide the words")
	wordShowWords  = text.L("Show the words")
	wordLater      = text.L("Later, remind me tomorrow")
	wordAskTitle   = text.L("Now from the paper")
	wordAskText    = text.L("Three of the 24, to be sure that what you wrote can be read.")
	wordAskWord    = text.L("Word %d")
	wordWrongWord  = text.L("Not word %d. Look at the paper again.")
	wordDone       = text.L("Done")
	wordLookAgain  = text.L("Show the words again")
	wordPageTitle  = text.L("Your 24 words")
	wordPageText   = text.L("They bring your account back if this computer is lost.")
	wordPassTitle  = text.L("Your passphrase first")
	wordPassText   = text.L("So that nobody who finds this window open can take your account.")
	wordPassphrase = text.L("Passphrase")
	wordShow       = text.L("Show the words")
	wordKept       = text.L("The words are on paper. Keep it at home.")
)
