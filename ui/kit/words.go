package kit

import "sotto/ui/text"

// The words of the parts themselves; everything else is said by the screens.
var (
	wordCopy      = text.L("Copy")
	wordPaste     = text.L("Paste")
	wordSelectAll = text.L("Select all")
	wordShow      = text.L("Show")
	wordHide      = text.L("Hide")
	wordStep      = text.L("Step %d of %d")
)
