package kit

// The words of the parts themselves; everything else is said by the screens.
const (
	wordCopy      = "Copy"
	wordPaste     = "Paste"
	wordSelectAll = "Select all"
	wordShow      = "Show"
	wordHide      = "Hide"
	wordStep      = "Step %d of %d"
)
