package desktop

// The words of this package.
const (
	wordOpen  = "Open"
	wordSleep = "Sotto locks itself before the computer sleeps"
)
