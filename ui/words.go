package ui

import (
	"fmt"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/ui/when"
)

// All words of the main window.
const (
	wordTitle      = "Sotto"
	wordSearch     = "Search"
	wordSearchKey  = "Ctrl F"
	wordClear      = "Clear (Esc)"
	wordAddContact = "Add a contact (Ctrl N)"
	wordAdd        = "Add a contact"
	wordLock       = "Lock (Ctrl L)"
	wordSettings   = "Settings (Ctrl ,)"
	wordBack       = "Back (Esc)"
	wordClose      = "Close (Esc)"
	wordMore       = "More"
	wordSend       = "Send (Enter)"
	wordCopy       = "Copy"
	wordCopied     = "Copied"
	wordCopyPart   = "Copy selection"

	wordRequests   = "Contact requests"
	wordOneRequest = "%s wants to write to you"
	wordMany       = "%s and %d more want to write to you"

	wordDraft   = "Draft: "
	wordBlocked = "Blocked"
	wordAlarm   = "Sending is stopped"
	wordNothing = "No messages yet"

	wordQuarantined = "Device not in use: "

	wordNoContacts = "Conversations appear here once you have a contact."
	wordNoMatch    = "Nothing found."

	wordPeople      = "People"
	wordFoundIn     = "Messages"
	wordFound       = "%s found"
	wordFilterLink  = "Has link"
	wordFilterOne   = "Only %s"
	wordOf          = "%d of %s"
	wordForAll      = "for “%s” in everything"
	wordForOne      = "for “%s” with %s"
	wordForLinks    = "with a link"
	wordYou         = "You: %s"
	wordPrevious    = "Newer"
	wordNext        = "Older"
	wordDone        = "Done"
	wordSearchFails = "The search did not work. Try again."
	wordSearchHere  = "Search here (Ctrl Shift F)"

	wordSwitchTo      = "Switch to a conversation"
	wordConversations = "Conversations"
	wordDo            = "Do"
	wordSettingsDo    = "Settings"
	wordLockDo        = "Lock"
	wordOpen          = "Open"
	wordUnread        = "%d unread"
	wordSwitchKeys    = "Up and Down to choose"
	wordSwitchSearch  = "Ctrl F searches in messages"

	wordReachable   = "Reachable on this network"
	wordBoxes       = "Reachable, %d of %d mailboxes"
	wordOneBox      = "Reachable, with your mailbox"
	wordNoBox       = "Reachable, your mailbox is silent"
	wordStarting    = "Not reachable yet"
	wordNoNetwork   = "No network"
	wordNoNetHelp   = "No network. What you write waits here and goes by itself."
	wordTryNow      = "Try now"
	wordOnline      = "Online"
	wordUnconfirmed = "Not confirmed yet"
	wordAway        = "Away"
	wordAwaySeen    = "%s’s computer is not reached at the moment; it was last seen %s."
	wordAwayText    = "%s’s computer is not reached at the moment."
	wordWaitsHere   = " What you write waits here and goes by itself."
	wordWaitsThere  = " What you write is held by %s until then, sealed."
	wordTheirBox    = "%s’s mailbox"
	wordTheirBoxes  = "%s’s %d mailboxes"
	wordTheirFull   = " The mailboxes are full, so what you write waits here and goes by itself."
	wordTheirSilent = " None of the mailboxes answers either, so what you write waits here and goes by itself."
	wordLastSeen    = "Last seen %s"

	wordMessageTo   = "Message to %s"
	wordBlockedBy   = "%s is blocked"
	wordUnblock     = "Unblock"
	wordDecideFirst = "Decide first"
	wordAbout       = "About %s"
	wordConnect     = "Try to connect now"
	wordBlock       = "Block"

	wordWho        = "Who would you like to talk to?"
	wordWhoText    = "There is no directory to search. You become contacts by exchanging a code, best of all in person."
	wordShowCode   = "Show my code"
	wordShowText   = "They scan it from your screen"
	wordScan       = "Scan theirs"
	wordScanText   = "From a picture or a screenshot"
	wordPaste      = "Paste a link"
	wordPasteText  = "One that they sent to you"
	wordPhrase     = "Your 24 words are not written down yet."
	wordPhraseLink = "Do it now"

	wordPhraseUsed     = "Somebody used your recovery phrase on another computer"
	wordPhraseUsedText = "Noticed %s. If it was not you, somebody has your 24 words and can pass for you: warn your contacts, and begin anew with a new profile."
	wordDismiss        = "Dismiss"
	wordChoose         = "Choose a conversation"

	wordOpenAddress   = "Open this address in your browser?"
	wordOpenIt        = "Open"
	wordStay          = "Cancel"
	wordCopyAddress   = "Copy address"
	wordAddressCopied = "Address copied"
	wordNotTheHost    = "What stands before the @ is not where it leads."
	wordOtherLetters  = "It is shown as %s. Its letters can look like others."
	wordNoBrowser     = "No browser was found to open it"
	wordACode         = "This is a Sotto code"
	wordACodeText     = "It is copied, and you can paste it on the next page. Use it only if you know whose it is."
	wordCopyAndAdd    = "Copy and add"

	wordMenuDetails = "Details"
	wordDetails     = "Message details"
	wordDetailsTip  = "Message details (Ctrl I)"
	wordNoDetails   = "Write something first: then its way is shown here"
	wordWay         = "Its way so far"
	wordSealedTo    = "Sealed to exactly"
	wordCameFrom    = "Came from"
	wordComputer    = "%s’s computer"
	wordDevice      = "%s. Device %s"
	wordKeyVerified = "Key verified"

	wordKeyUnverified = "Key not verified yet"
	wordSendNow       = "Send again now"
	wordSendAgain     = "Send again"
	wordCancelIt      = "Cancel it"
	wordEdit          = "Edit"
	wordSaveEdit      = "Save"
	wordKeepAsIs      = "Keep as it is"

	wordCancelled       = "Taken back. If it got through before, that is shown here"
	wordTrying          = "Trying to reach %s’s computer now"
	wordTooLate         = "Nothing to send again: %s’s computer has it already."
	wordTooLateToCancel = "Too late to take it back: %s’s computer has it already."
	wordTooLateToEdit   = "Too late to change it: %s’s computer has it already."

	wordWritten        = "Written"
	wordTheirClock     = "By the clock of %s’s computer"
	wordSealedOne      = "Sealed for 1 device"
	wordSealed         = "Sealed for %d devices"
	wordSealedText     = "With a key used for this message only"
	wordKept           = "Kept on this computer"
	wordKeptText       = "Safe here even if the power goes"
	wordResealed       = "Sealed anew"
	wordResealedText   = "The secure session was replaced"
	wordEdited         = "Changed by you"
	wordTried          = "Tried directly, no answer"
	wordTriedOften     = "Tried directly %d times, no answer"
	wordTriedNoNetwork = "This computer had no network"
	wordTriedOffline   = "Sotto’s network was not started"
	wordTriedSession   = "A new secure session had to be made first"
	wordNeverReached   = "%s’s computer was never reached yet"
	wordSilentSince    = "%s’s computer has been silent since %s"
	wordHandedOver     = "Sent, not confirmed"
	wordNextTry        = "next try %s"
	wordRefused        = "A mailbox did not take it"
	wordRefusedBy      = "%s did not take it"
	wordBoxFull        = "It is full"
	wordBoxSilent      = "It did not answer"
	wordFetchedBy      = "Fetched by %s’s computer"
	wordOpenedThere    = "Opened there"
	wordOpenedAt       = "Opened on %s’s computer"
	wordOpenedText     = "Stored there, and confirmed by it"
	wordStepRead       = "Read"
	wordStepWaits      = "waiting"
	wordTakenBack      = "Taken back by you"
	wordTakenText      = "If it got through before, that is shown here"
	wordNotSent        = "Not sent"
	wordNotAccepted    = "%s did not accept you as a contact"
	wordLostThere      = "Lost there"
	wordWentBack       = "%s’s computer went back to a state from before it"
	wordArrived        = "Came directly"
	wordFetched        = "Fetched from a mailbox"
	wordFetchedFrom    = "Fetched from %s"
	wordOpened         = "Opened and kept here"
	wordSeen           = "Seen by you"
	wordWentLAN        = "Across the same network"
	wordWentDirect     = "Straight across the internet"
	wordWentRelayed    = "Through another computer, sealed"

	wordTooLong   = "That is longer than a message can be. Send it in parts."
	wordSendFails = "The message could not be stored. It is still in the field."
	wordNotStored = "That could not be stored. Try once more."
	wordLoadFails = "This could not be read from the profile."
)

// viaWords names a connection and explains it.
func viaWords(c model.Contact, network bool) (icon, name, text string) {
	switch {
	case !network:
		return "warning", wordNoNetwork, wordNoNetHelp
	case c.Via == model.ViaLAN:
		return "lan", "Same network", "Same network. Messages go straight across it, without the internet."
	case c.Via == model.ViaDirect:
		return "direct", "Direct", "Direct. Messages go straight to " + c.Name + "’s computer across the internet."
	case c.Via == model.ViaRelayed:
		return "relay", "Relayed", "Relayed. Another computer passes sealed data on because no direct way was found."
	}
	return "offline", wordAway, c.Name + "’s computer is not reached at the moment. What you write waits here and goes by itself."
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
	boxes := fmt.Sprintf(wordTheirBox, c.Name)
	if m.Mailboxes > 1 {
		boxes = fmt.Sprintf(wordTheirBoxes, c.Name, m.Mailboxes)
	}
	return out + fmt.Sprintf(wordWaitsThere, boxes)
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
	return fmt.Sprintf(wordMany, rs[0].Name, len(rs)-1)
}

// lowerFirst makes a name fit for the middle of a sentence.
func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
