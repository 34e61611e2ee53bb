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

	wordReply          = text.L("Reply")
	wordForward        = text.L("Forward")
	wordStar           = text.L("Star")
	wordUnstar         = text.L("Remove star")
	wordDelete         = text.L("Delete")
	wordDeleteAsk      = text.L("Delete this message?")
	wordDeleteHere     = text.L("Delete for me")
	wordDeleteBoth     = text.L("Delete for both")
	wordDeleteText     = text.L("It is removed from this computer only.")
	wordDeleteBothText = text.L("For both, %s’s computer is asked to delete it too. Whoever has read it may have copied it first.")

	wordEditing     = text.L("Edit message")
	wordEndReply    = text.L("Do not answer it (Esc)")
	wordEndEdit     = text.L("Leave it as it was (Esc)")
	wordReplyTo     = text.L("Reply to %s")
	wordReplyToSelf = text.L("Reply to yourself")
	wordForwardTo   = text.L("Forward to")

	// Bytes: a letter is one or more of them.
	wordStillFits = text.N("%d byte left", "%d bytes left")
	wordTooMuch   = text.N("%d byte too long for one message", "%d bytes too long for one message")
)
