package start

// The words of this package.
const (
	wordSotto = "Sotto"
	wordQuiet = "In a quiet voice."
	wordPanel = "Messages go straight from your computer to theirs. No number, no directory, nobody in the middle."

	wordWelcome     = "Welcome"
	wordSetup       = "Setting up takes about two minutes and works without a network."
	wordCreate      = "Create a new account"
	wordCreateText  = "A name, a passphrase, and 24 words on paper"
	wordRestore     = "Restore from 24 words"
	wordRestoreText = "Brings back your account, not contacts and history"
	wordNothing     = "Nothing leaves this computer until you add somebody."
	wordLight       = "Light"
	wordDark        = "Dark"
	wordBack        = "Back"
	wordContinue    = "Continue"

	wordNameTitle = "What are you called?"
	wordNameText  = "The people you add see this name. You can change it at any time."
	wordName      = "Name"

	wordPassTitle = "Choose a passphrase"
	wordPassText  = "It opens Sotto on this computer. It is stored nowhere and cannot be sent to you, so choose one that you will not forget."
	wordMake      = "Create account"
	wordBringBack = "Restore account"
	wordMaking    = "Making your keys. This takes a moment."

	wordRestoreTitle = "Your 24 words"
	wordRestoreHint  = "Type them in order from the paper, with spaces between them. Upper or lower case is the same."
	wordWords        = "Words"
	wordCount        = "%d of 24 words"
	wordUnknown      = "Word %d, “%s”, is not one of the words Sotto uses. Check how it is spelled."
	wordTooMany      = "These are %d words; there should be 24."
	wordDisorder     = "All 24 are known words, but they do not belong together. Check their order."
	wordRight        = "These words belong together."

	wordLocked     = "Sotto is locked"
	wordLockedText = "Messages wait on their senders’ computers until you unlock."
	wordPassphrase = "Passphrase"
	wordUnlock     = "Unlock"
	wordForgotten  = "Forgotten it?"
	wordLockedAt   = "Locked at %s"

	wordAsideTitle = "Restore from 24 words?"
	wordAsideText  = "The words bring back your account, but not your contacts and messages: those stay sealed under the passphrase. They are kept in a folder beside the new profile, in case you remember it:"
	wordAside      = "Keep it aside and restore"
	wordCancel     = "Cancel"
)
