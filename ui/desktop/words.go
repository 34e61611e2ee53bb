package desktop

import "sotto/ui/text"

// The words of this package.
var (
	wordOpen  = text.L("Open")
	wordSleep = text.L("Sotto locks itself before the computer sleeps")
)
