package timeline

import (
	"fmt"
	"time"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/text"
	"sotto/ui/theme"
	"sotto/ui/when"
)

var (
	wordNoteAt      = text.In("note", "%s, %s") // what happened, and the time
	wordTimeline    = text.L("Conversation")
	wordWritten     = text.L("%s, %s")
	wordJump        = text.L("Newest message")
	wordNew         = text.N("%d new message", "%d new messages")
	wordWaiting     = text.L("Waiting for %s")
	wordLastSeen    = text.L("Waiting for %s, last seen %s")
	wordSending     = text.L("On its way to %s")
	wordNoNetwork   = text.L("Waiting here until there is a network")
	wordOffline     = text.L("Waiting here until Sotto’s network is started")
	wordAlarm       = text.L("Waiting here until you decide")
	wordBlocked     = text.L("Waiting here: %s is blocked")
	wordNoSession   = text.L("Waiting for a new secure session with %s")
	wordFull        = text.L("%s’s mailboxes are full. The message waits here")
	wordNoMailbox   = text.L("None of %s’s mailboxes answers. The message waits here")
	wordHeldOne     = text.L("Held by %s’s mailbox")
	wordHeld        = text.L("Held by %d of %d mailboxes")
	wordHeldSeen    = text.L("%s, %s was last seen %s")
	wordDelivered   = text.L("On %s’s computer %s")
	wordRead        = text.L("Read %s")
	wordFailed      = text.L("Not sent")
	wordToBlocked   = text.L("Not sent: %s is blocked")
	wordToRefused   = text.L("Not sent: %s did not accept you as a contact")
	wordLost        = text.L("Lost: %s’s computer went back to before it")
	wordCancelled   = text.L("You took it back")
	wordRetry       = text.L("Retry")
	wordCancel      = text.L("Cancel")
	wordMissing     = text.N("%d message is missing here.", "%d messages are missing here.")
	wordCome        = text.N("It comes when %s’s computer is back", "They come when %s’s computer is back")
	wordAgain       = text.N("It comes when %s’s computer sends it again", "They come when %s’s computer sends them again")
	wordUnconfirmed = text.L("Arrived before the contact was confirmed")
	wordQuarantined = text.L("From a device or keys that are no longer in use")
	wordCompare     = text.L("Compare numbers again")
)

// Words of what a bubble holds beside its text.
var (
	wordEdited         = text.L("Edited %s")
	wordEditWaits      = text.L("The change waits for %s")
	wordForwarded      = text.L("Forwarded")
	wordQuoteYou       = text.In("quote", "You") // above what one wrote oneself
	wordQuoteGone      = text.L("A message")
	wordQuoteGoneText  = text.L("It is no longer here")
	wordYouDeleted     = text.L("You deleted this message")
	wordYouDeletedBoth = text.L("You deleted this message. It was asked to be deleted on %s’s side too")
	wordTheyDeleted    = text.L("%s deleted this message")
	wordTimer          = text.L("%s set messages to disappear after %s")
	wordTimerOff       = text.L("%s set messages to stay")
	wordYouTimer       = text.L("You set messages to disappear after %s")
	wordYouTimerOff    = text.L("You set messages to stay")
)

// caption is a state in words, with its icon.
type caption struct {
	icon, text string
	color      theme.Token
	retry      bool // sending it again is offered
	cancel     bool // and giving it up
}

// StateIcon returns the icon of an outgoing message's state.
func StateIcon(m model.Message) string {
	switch m.State {
	case model.Stored:
		return "held-in-mailbox"
	case model.Delivered:
		return "check"
	case model.Read:
		return "double-check"
	case model.Failed:
		if m.Reason == model.ReasonCancelled {
			return "close"
		}
		return "warning"
	}
	return "clock"
}

// stateWords says how far an outgoing message has come.
func stateWords(m model.Message, c model.Contact, here model.Reason, now time.Time) caption {
	out := caption{icon: StateIcon(m), color: theme.Ink2}
	switch m.State {
	case model.Stored:
		out.text = heldWords(m, c, now)
	case model.Delivered:
		out.text = fmt.Sprintf(wordDelivered, c.Name, when.At(m.StateTime, now))
	case model.Read:
		out.text = fmt.Sprintf(wordRead, when.At(m.StateTime, now))
	case model.Failed:
		out.failed(m.Reason, c)
	default:
		out.text = waitingWords(m.Reason, c, here, now)
	}
	return out
}

// failed says why a message will not be delivered. One that the person took back
// is no failure; it can be sent all the same.
func (out *caption) failed(r model.Reason, c model.Contact) {
	out.retry = true
	switch r {
	case model.ReasonCancelled:
		out.text = wordCancelled
		return
	case model.ReasonBlocked:
		out.text = fmt.Sprintf(wordToBlocked, c.Name)
	case model.ReasonRefused:
		out.text = fmt.Sprintf(wordToRefused, c.Name)
	case model.ReasonLost:
		out.text = fmt.Sprintf(wordLost, c.Name)
	default:
		out.text = wordFailed
	}
	out.color, out.cancel = theme.Danger, true
}

// heldWords says by how many of the contact's mailboxes a message is held.
func heldWords(m model.Message, c model.Contact, now time.Time) string {
	held := HeldWords(m.Held, m.Mailboxes, c.Name)
	if c.LastSeen.IsZero() || c.Online() {
		return held
	}
	return fmt.Sprintf(wordHeldSeen, held, c.Name, when.At(c.LastSeen, now))
}

// HeldWords says how many of the mailboxes of the contact of that name hold a
// message, without a full stop.
func HeldWords(held, of int, name string) string {
	if of <= 1 {
		return fmt.Sprintf(wordHeldOne, name)
	}
	return fmt.Sprintf(wordHeld, held, of)
}

// waitingWords says why a message waits here. What changes without the message
// changing is taken from the contact and this computer as they are now.
func waitingWords(r model.Reason, c model.Contact, here model.Reason, now time.Time) string {
	switch {
	case c.Alarm != model.AlarmNone:
		return wordAlarm
	case c.Blocked:
		return fmt.Sprintf(wordBlocked, c.Name)
	case here == model.ReasonOffline:
		return wordOffline
	case here == model.ReasonNoNetwork:
		return wordNoNetwork
	case r == model.ReasonNoSession:
		return fmt.Sprintf(wordNoSession, c.Name)
	case c.Online():
		return fmt.Sprintf(wordSending, c.Name)
	case r == model.ReasonFull:
		return fmt.Sprintf(wordFull, c.Name)
	case r == model.ReasonNoMailbox:
		return fmt.Sprintf(wordNoMailbox, c.Name)
	case c.LastSeen.IsZero():
		return fmt.Sprintf(wordWaiting, c.Name)
	}
	return fmt.Sprintf(wordLastSeen, c.Name, when.At(c.LastSeen, now))
}

// missingWords says that n messages of the contact's have not come yet; n is at
// least 1.
func missingWords(n int, c model.Contact) string {
	name := kit.Elide(c.Name, theme.Caption, nameRoom)
	then := wordCome
	if c.Online() {
		then = wordAgain
	}
	return wordMissing.Of(n) + " " + then.Of(n, name)
}

func newWords(n int) string { return wordNew.Of(n) }
