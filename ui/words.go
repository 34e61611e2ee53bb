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

	wordRequests   = "Contact requests"
	wordOneRequest = "%s wants to write to you"
	wordMany       = "%s and %d more want to write to you"

	wordDraft   = "Draft: "
	wordBlocked = "Blocked"
	wordAlarm   = "Sending is stopped"
	wordNothing = "No messages yet"

	wordQuarantined = "Device not in use: "

	wordNoContacts = "Conversations appear here once you have a contact."
	wordNoMatch    = "Nobody of that name."

	wordReachable   = "Reachable on this network"
	wordStarting    = "Not reachable yet"
	wordNoNetwork   = "No network"
	wordNoNetHelp   = "No network. What you write waits here and goes by itself."
	wordTryNow      = "Try now"
	wordOnline      = "Online"
	wordUnconfirmed = "Not confirmed yet"
	wordAway        = "Away"
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
