package start

import "sotto/ui/text"

// The words of this package.
var (
	wordSotto = text.L("Sotto")
	wordQuiet = text.L("In a quiet voice.")
	wordPanel = text.L("Messages go straight from your computer to theirs. No number, no directory, nobody in the middle.")

	wordWelcome     = text.L("Welcome")
	wordSetup       = text.L("Setting up takes about two minutes and works without a network.")
	wordCreate      = text.L("Create a new account")
	wordCreateText  = text.L("A name, a passphrase, and 24 words on paper")
	wordRestore     = text.L("Restore from 24 words")
	wordRestoreText = text.L("Brings back your account, not contacts and history")
	wordNothing     = text.L("Nothing leaves this computer until you add somebody.")
	wordLight       = text.L("Light")
	wordDark        = text.L("Dark")
	wordBack        = text.L("Back")
	wordContinue    = text.L("Continue")

	wordNameTitle = text.L("What are you called?")
	wordNameText  = text.L("The people you add see this name. You can change it at any time.")
	wordName      = text.L("Name")

	wordPassTitle = text.L("Choose a passphrase")
	wordPassText  = text.L("It opens Sotto on this computer. It is stored nowhere and cannot be sent to you, so choose one that you will not forget.")
	wordMake      = text.L("Create account")
	wordBringBack = text.L("Restore account")
	wordMaking    = text.L("Making your keys. This takes a moment.")

	wordRestoreTitle = text.L("Your 24 words")
	wordRestoreHint  = text.L("Type them in order from the paper, with spaces between them. Upper or lower case is the same.")
	wordWords        = text.L("Words")
	wordCount        = text.L("%d of 24 words")
	wordUnknown      = text.L("Word %d, “%s”, is not one of the words Sotto uses. Check how it is spelled.")
	wordTooMany      = text.L("These are %d words; there should be 24.")
	wordDisorder     = text.L("All 24 are known words, but they do not belong together. Check their order.")
	wordRight        = text.L("These words belong together.")

	wordLocked     = text.L("Sotto is locked")
	wordLockedText = text.L("Messages wait on their senders’ computers until you unlock.")
	wordPassphrase = text.L("Passphrase")
	wordUnlock     = text.L("Unlock")
	wordForgotten  = text.L("Forgotten it?")
	wordLockedAt   = text.L("Locked at %s")

	wordAsideTitle = text.L("Restore from 24 words?")
	wordAsideText  = text.L("The words bring back your account, but not your contacts and messages: those stay sealed under the passphrase. They are kept in a folder beside the new profile, in case you remember it:")
	wordAside      = text.L("Keep it aside and restore")
	wordCancel     = text.L("Cancel")
)
