package ui

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"sotto/app/model"
	"sotto/ui/text"
	"sotto/ui/when"
)

// All words of the main window.
var (
	wordTitle      = text.L("Sotto")
	wordSearch     = text.L("Search")
	wordClear      = text.L("Clear (Esc)")
	wordAddContact = text.L("Add a contact (Ctrl N)")
	wordAdd        = text.L("Add a contact")
	wordLock       = text.L("Lock (Ctrl L)")
	wordSettings   = text.L("Settings (Ctrl ,)")
	wordBack       = text.L("Back (Esc)")
	wordClose      = text.L("Close (Esc)")
	wordMore       = text.L("More")
	wordSend       = text.L("Send (Enter)")
	wordCopy       = text.L("Copy")
	wordCopied     = text.L("Copied")

	wordRequests   = text.L("Contact requests")
	wordOneRequest = text.L("%s wants to write to you")
	wordMany       = text.N("%s and %d more wants to write to you", "%s and %d more want to write to you")

	wordDraft       = text.L("Draft: ")
	wordBlocked     = text.L("Blocked")
	wordRowVerified = text.L("Verified")
	wordAlarm       = text.L("Sending is stopped")
	wordNothing     = text.L("No messages yet")

	wordQuarantined = text.L("Device not in use: ")

	wordNoContacts = text.L("Conversations appear here once you have a contact.")
	wordNoMatch    = text.L("Nothing found.")

	wordPeople      = text.L("People")
	wordFoundIn     = text.L("Messages")
	wordFound       = text.L("%s found")
	wordFilterLink  = text.L("Has link")
	wordFilterOne   = text.L("Only %s")
	wordOf          = text.L("%d of %s")
	wordForAll      = text.L("for “%s” in everything")
	wordForOne      = text.L("for “%s” with %s")
	wordForLinks    = text.L("with a link")
	wordYou         = text.L("You: %s")
	wordPrevious    = text.L("Newer (Shift F3)")
	wordNext        = text.L("Older (F3)")
	wordDone        = text.L("Done")
	wordSearchFails = text.L("The search did not work. Try again.")
	wordSearchHere  = text.L("Search here (Ctrl Shift F)")

	wordSwitchTo      = text.L("Switch to a conversation")
	wordConversations = text.L("Conversations")
	wordDo            = text.L("Do")
	wordSettingsDo    = text.L("Settings")
	wordLockDo        = text.L("Lock")
	wordOpen          = text.L("Open")
	wordUnread        = text.L("%d unread")
	wordSwitchKeys    = text.L("Up and Down to choose")
	wordSwitchSearch  = text.L("Ctrl F searches in messages")

	wordReachable   = text.L("Reachable on this network")
	wordBoxes       = text.L("Reachable, %d of %d mailboxes")
	wordOneBox      = text.L("Reachable, with your mailbox")
	wordNoBox       = text.L("Reachable, your mailbox is silent")
	wordStarting    = text.L("Not reachable yet")
	wordNoNetwork   = text.L("No network")
	wordNoNetHelp   = text.L("No network. What you write waits here and goes by itself.")
	wordTryNow      = text.L("Try now")
	wordOnline      = text.L("Online")
	wordUnconfirmed = text.L("Not confirmed yet")
	wordSameNet     = text.L("Same network")
	wordSameNetText = text.L("Same network. Messages go straight across it, without the internet.")
	wordDirect      = text.L("Direct")
	wordDirectText  = text.L("Direct. Messages go straight to %s’s computer across the internet.")
	wordRelayed     = text.L("Relayed")
	wordRelayedText = text.L("Relayed. Another computer passes sealed data on because no direct way was found.")
	wordAndWay      = text.In("presence", ", %s") // after “Online”
	wordAway        = text.L("Away")
	wordAwaySeen    = text.L("%s’s computer is not reached at the moment; it was last seen %s.")
	wordAwayText    = text.L("%s’s computer is not reached at the moment.")
	wordWaitsHere   = text.L(" What you write waits here and goes by itself.")
	wordWaitsThere  = text.L(" What you write is held by %s until then, sealed.")
	wordTheirBoxes  = text.N("%[2]s’s mailbox", "%[2]s’s %[1]d mailboxes")
	wordTheirFull   = text.L(" The mailboxes are full, so what you write waits here and goes by itself.")
	wordTheirSilent = text.L(" None of the mailboxes answers either, so what you write waits here and goes by itself.")
	wordLastSeen    = text.L("Last seen %s")

	wordMessageTo   = text.L("Message to %s")
	wordBlockedBy   = text.L("%s is blocked")
	wordUnblock     = text.L("Unblock")
	wordDecideFirst = text.L("Decide first")
	wordAbout       = text.L("About %s")
	wordConnect     = text.L("Try to connect now")
	wordBlock       = text.L("Block")

	wordWho        = text.L("Who would you like to talk to?")
	wordWhoText    = text.L("There is no directory to search. You become contacts by exchanging a code, best of all in person.")
	wordShowCode   = text.L("Show my code")
	wordShowText   = text.L("They scan it from your screen")
	wordScan       = text.L("Scan theirs")
	wordScanText   = text.L("By camera, from the screen or a picture")
	wordNearby     = text.L("Find on this network")
	wordNearbyText = text.L("Both switch it on for 5 minutes")
	wordPaste      = text.L("Paste a link")
	wordPasteText  = text.L("One that they sent to you")
	wordPhrase     = text.L("Your 24 words are not written down yet.")
	wordPhraseLink = text.L("Do it now")

	wordPhraseUsed     = text.L("Somebody used your recovery phrase on another computer")
	wordPhraseUsedText = text.L("Noticed %s. If it was not you, somebody has your 24 words and can pass for you: warn your contacts, and begin anew with a new profile.")
	wordDismiss        = text.L("Dismiss")

	wordNewMessage  = text.L("New message")
	wordNewMessages = text.N("%d new message", "%d new messages")
	wordNewRequest  = text.L("Somebody wants to write to you")

	wordKeepsRunning = text.L("Sotto keeps running in the tray so that messages arrive. Quit with Ctrl+Q")

	wordCrashed      = text.L("Sotto closed unexpectedly")
	wordCrashedText  = text.L("A report without messages or names is on this computer.")
	wordShowReport   = text.L("Show")
	wordDeleteReport = text.L("Delete")
	wordReport       = text.L("Crash report")
	wordReportText   = text.L("What was running when Sotto closed. It is kept on this computer and sent to nobody; copy it if you want to show it to somebody.")
	wordCopyReport   = text.L("Copy the report")
	wordNotDeleted   = text.L("The report could not be deleted. It is crash-report.txt in the directory of the profile.")
	wordChoose       = text.L("Choose a conversation")

	wordMenuDetails = text.L("Details")
	wordDetails     = text.L("Message details")
	wordDetailsTip  = text.L("Message details (Ctrl I)")
	wordNoDetails   = text.L("Write something first: then its way is shown here")
	wordWay         = text.L("Its way so far")
	wordSealedTo    = text.L("Sealed to exactly")
	wordCameFrom    = text.L("Came from")
	wordComputer    = text.L("%s’s computer")
	wordDevice      = text.L("%s. Device %s")
	wordKeyVerified = text.L("Key verified")

	wordKeyUnverified = text.L("Key not verified yet")
	wordSendNow       = text.L("Send again now")
	wordSendAgain     = text.L("Send again")
	wordCancelIt      = text.L("Cancel it")
	wordEdit          = text.L("Edit")
	wordSaveEdit      = text.L("Save")
	wordKeepAsIs      = text.L("Keep as it is")

	wordCancelled       = text.L("Taken back. If it got through before, that is shown here")
	wordTrying          = text.L("Trying to reach %s’s computer now")
	wordTooLate         = text.L("Nothing to send again: %s’s computer has it already.")
	wordTooLateToCancel = text.L("Too late to take it back: %s’s computer has it already.")
	wordTooLateToEdit   = text.L("Too late to change it: %s’s computer has it already.")

	wordWritten        = text.L("Written")
	wordTheirClock     = text.L("By the clock of %s’s computer")
	wordSealed         = text.N("Sealed for %d device", "Sealed for %d devices")
	wordSealedText     = text.L("With a key used for this message only")
	wordKept           = text.L("Kept on this computer")
	wordKeptText       = text.L("Safe here even if the power goes")
	wordResealed       = text.L("Sealed anew")
	wordResealedText   = text.L("The secure session was replaced")
	wordEdited         = text.L("Changed by you")
	wordTried          = text.L("Tried directly, no answer")
	wordTriedOften     = text.N("Tried directly once, no answer", "Tried directly %d times, no answer")
	wordTriedNoNetwork = text.L("This computer had no network")
	wordTriedOffline   = text.L("Sotto’s network was not started")
	wordTriedSession   = text.L("A new secure session had to be made first")
	wordNeverReached   = text.L("%s’s computer was never reached yet")
	wordSilentSince    = text.L("%s’s computer has been silent since %s")
	wordHandedOver     = text.L("Sent, not confirmed")
	wordListComma      = text.In("list", ", ")
	wordThen           = text.In("two", "%s; %s") // two short statements
	wordNextTry        = text.L("next try %s")
	wordRefused        = text.L("A mailbox did not take it")
	wordRefusedBy      = text.L("%s did not take it")
	wordBoxFull        = text.L("It is full")
	wordBoxSilent      = text.L("It did not answer")
	wordFetchedBy      = text.L("Fetched by %s’s computer")
	wordOpenedThere    = text.L("Opened there")
	wordOpenedAt       = text.L("Opened on %s’s computer")
	wordOpenedText     = text.L("Stored there, and confirmed by it")
	wordStepRead       = text.L("Read")
	wordStepWaits      = text.L("waiting")
	wordTakenBack      = text.L("Taken back by you")
	wordTakenText      = text.L("If it got through before, that is shown here")
	wordNotSent        = text.L("Not sent")
	wordNotAccepted    = text.L("%s did not accept you as a contact")
	wordLostThere      = text.L("Lost there")
	wordWentBack       = text.L("%s’s computer went back to a state from before it")
	wordArrived        = text.L("Came directly")
	wordFetched        = text.L("Fetched from a mailbox")
	wordFetchedFrom    = text.L("Fetched from %s")
	wordOpened         = text.L("Opened and kept here")
	wordSeen           = text.L("Seen by you")
	wordWentLAN        = text.L("Across the same network")
	wordWentDirect     = text.L("Straight across the internet")
	wordWentRelayed    = text.L("Through another computer, sealed")

	wordTooLong   = text.L("That is longer than a message can be. Send it in parts.")
	wordSendFails = text.L("The message could not be stored. It is still in the field.")
	wordNotStored = text.L("That could not be stored. Try once more.")
	wordLoadFails = text.L("This could not be read from the profile.")
)

// viaWords names a connection and explains it.
func viaWords(c model.Contact, network bool) (icon, name, text string) {
	switch {
	case !network:
		return "warning", wordNoNetwork, wordNoNetHelp
	case c.Via == model.ViaLAN:
		return "lan", wordSameNet, wordSameNetText
	case c.Via == model.ViaDirect:
		return "direct", wordDirect, fmt.Sprintf(wordDirectText, c.Name)
	case c.Via == model.ViaRelayed:
		return "relay", wordRelayed, wordRelayedText
	}
	return "offline", wordAway, fmt.Sprintf(wordAwayText, c.Name) + wordWaitsHere
}

// awayWords says that a contact is not reached, and what becomes of what is
// written meanwhile. Who has mailboxes is known from where the newest message of
// ours, if there is one, got to.
func awayWords(c model.Contact, newest func() (model.Message, bool), now time.Time) string {
	out := fmt.Sprintf(wordAwayText, c.Name)
	if !c.LastSeen.IsZero() {
		out = fmt.Sprintf(wordAwaySeen, c.Name, when.At(c.LastSeen, now))
	}
	m, ok := newest()
	switch {
	case ok && m.Reason == model.ReasonFull:
		return out + wordTheirFull
	case ok && m.Reason == model.ReasonNoMailbox:
		return out + wordTheirSilent
	case !ok || m.Mailboxes == 0:
		return out + wordWaitsHere
	}
	return out + fmt.Sprintf(wordWaitsThere, wordTheirBoxes.Of(m.Mailboxes, m.Mailboxes, c.Name))
}

// reachableWords says how many of our mailboxes hold messages for us.
func reachableWords(boxes []model.Mailbox) string {
	good := 0
	for _, b := range boxes {
		if b.Health == model.HealthOK {
			good++
		}
	}
	switch {
	case len(boxes) == 0:
		return wordReachable
	case len(boxes) > 1:
		return fmt.Sprintf(wordBoxes, good, len(boxes))
	case good == 1:
		return wordOneBox
	}
	return wordNoBox
}

// presence says where a contact is, in words.
func presence(c model.Contact, now time.Time) string {
	switch {
	case c.Alarm != model.AlarmNone:
		return wordAlarm
	case c.Blocked:
		return wordBlocked
	case c.Online():
		return wordOnline
	case c.Trust == model.TrustUnconfirmed:
		return wordUnconfirmed
	case c.LastSeen.IsZero():
		return wordAway
	}
	return fmt.Sprintf(wordLastSeen, when.At(c.LastSeen, now))
}

// requestWords says who asks.
func requestWords(rs []model.Request) string {
	if len(rs) == 1 {
		return fmt.Sprintf(wordOneRequest, rs[0].Name)
	}
	return wordMany.Of(len(rs)-1, rs[0].Name, len(rs)-1)
}

// lowerFirst makes a name fit for the middle of a sentence.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}
