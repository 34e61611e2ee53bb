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

// rightToLeft says that the window's language is written from the right.
var rightToLeft = text.In("direction", "left to right") == "right to left"
