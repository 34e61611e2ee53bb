package tray

import "sotto/ui/text"

// The words of this package.
var (
	wordName   = text.L("Sotto")
	wordLocked = text.L("Sotto, locked")
	wordUnread = text.N("Sotto, %d unread message", "Sotto, %d unread messages")
	wordShow   = text.L("Show Sotto")
	wordLock   = text.L("Lock")
	wordQuit   = text.L("Quit")
)
