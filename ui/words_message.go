package ui

import "sotto/ui/text"

// Words about single messages, and what can be done with them.
var (
	wordCopyPart = text.L("Copy selection")

	wordOpenAddress   = text.L("Open this address in your browser?")
	wordOpenIt        = text.L("Open")
	wordStay          = text.L("Cancel")
	wordCopyAddress   = text.L("Copy address")
	wordAddressCopied = text.L("Address copied")
	wordNotTheHost    = text.L("What stands before the @ is not where it leads.")
	wordOtherLetters  = text.L("It is shown as %s. Its letters can look like others.")
	wordNoBrowser     = text.L("No browser was found to open it")
	wordACode         = text.L("This is a Sotto code")
	wordACodeText     = text.L("It is copied, and you can paste it on the next page. Use it only if you know whose it is.")
	wordCopyAndAdd    = text.L("Copy and add")
)
