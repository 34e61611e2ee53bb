package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"sotto/app/model"
)

// refusal is a failure that is a sentence already.
type refusal string

func (r refusal) Error() string { return string(r) }

// words says each kind of error in a sentence. A %s stands for the detail.
var words = map[model.Kind]string{
	model.NoProfile:       "There is no profile in %s; make one with sotto-cli init.",
	model.ProfileExists:   "There is a profile in %s already; nothing was changed.",
	model.WrongPassphrase: "That is not the passphrase. Nothing was lost.",
	model.ProfileDamaged:  "The profile is damaged: %s does not pass its checks. Nothing was changed.",
	model.ProfileNewer:    "This profile was written by a newer Sotto. Install that or a later version to open it.",
	model.ProfileInUse:    "Sotto is already open with this profile.",
	model.NoSpace:         "The disk is full. Nothing was changed.",
	model.NoPermission:    "Permission was refused: %s.",
	model.WeakPassphrase:  "The passphrase is too short: it needs at least 12 characters.",
	model.BadPhrase:       "These are not the 24 words of a recovery phrase: %s.",

	model.BadName:     "A name needs something that can be seen, and at most 128 bytes.",
	model.EmptyText:   "There is nothing in the message to send.",
	model.TextTooLong: "The message is too long: at most 60,000 bytes can be sent at once.",

	model.NotACode:          "That is not a Sotto invitation: neither a link, nor a picture of a code.",
	model.NoCodeInPicture:   "No Sotto code in this picture. Try one that is larger or sharper.",
	model.PictureTooLarge:   "The picture is too large: at most 20 MB and 40 million pixels.",
	model.LinkDamaged:       "The link was cut short or altered on its way. Ask for it once more.",
	model.LinkNewer:         "This invitation was made by a newer Sotto. Install that or a later version to use it.",
	model.InvitationGone:    "This invitation expired. Ask for a new one.",
	model.InvitationTaken:   "This invitation was already used by somebody else, or taken back. If that was not you, tell the person who gave it to you before you go on.",
	model.InvitationOwn:     "This is your own invitation. Give it to somebody else.",
	model.AlreadyContact:    "You are contacts already.",
	model.KeysDoNotMatch:    "Whoever answered is not the person this invitation names. Nothing was sent to them.",
	model.Unreachable:       "The other computer did not answer in time. Sotto keeps trying whenever it runs.",
	model.NeedsOwnCode:      "This invitation is for meeting in person: show your own code as well, with sotto-cli invite --in-person.",
	model.NotConfirmed:      "This has to wait until the other computer has answered.",
	model.NearbyGone:        "They are not nearby any more, or did not accept. Talk to them, and both look for each other once more.",
	model.LANOff:            "This program was started without the local network (--no-lan).",
	model.NumbersDoNotMatch: "The safety numbers differ. Do not write anything secret: somebody may be between you.",
	model.CannotRenew:       "There are no keys left to begin a new session with. Exchange a new invitation with them, best in person.",

	model.NotFound:       "There is no %s.",
	model.Ambiguous:      "%s fits several; give more of the id.",
	model.Blocked:        "You blocked this contact.",
	model.AlarmUndecided: "This contact's keys raised an alarm. Decide on it in the window before you write.",
	model.NotDelivered:   "Not on their computer yet. The message waits here and goes by itself whenever Sotto runs.",
	model.NotWaiting:     "It is too late: the message does not wait any more.",
	model.NotOurs:        "That is not yours: only what you wrote can be edited, or deleted for both.",
	model.Deletion:       "The message was deleted.",
	model.BadReaction:    "That is not one emoji.",
	model.BadTimer:       "Messages can disappear after 5 seconds to 365 days.",
	model.BadLabel:       "A label needs something that can be seen and at most 64 bytes; a contact has at most 20.",

	model.NoCamera:     "No camera was found.",
	model.CameraBusy:   "Another program is using the camera.",
	model.CameraDenied: "You may not use the camera of this computer.",
	model.CameraFailed: "The camera gives no picture.",
	model.NoScreen:     "The desktop does not show its screen to programs.",
	model.NoPicture:    "There is no picture on the clipboard.",

	model.NotAMailbox:        "This is not a mailbox link. Those begin with sotto:m/.",
	model.MailboxLinkDamaged: "The mailbox link is damaged: it was cut short or altered. Copy all of it.",
	model.MailboxLinkNewer:   "The mailbox link was made by a newer Sotto.",
	model.MailboxKnown:       "This mailbox is yours already.",
	model.MailboxRefused:     "The mailbox does not serve you. Ask whoever runs it for its link.",
	model.MailboxUnreachable: "The mailbox does not answer.",
	model.TooManyMailboxes:   "You have three mailboxes. Remove one first.",
	model.Offline:            "This needs the network, which is not started.",
	model.Closed:             "The profile was closed or locked meanwhile.",
}

// notes says each line of a conversation that nobody wrote; %s is the contact.
var notes = map[model.Note]string{
	model.NoteDeviceAdded:      "%s added a device.",
	model.NoteDeviceRemoved:    "%s removed a device.",
	model.NoteSessionRenewed:   "New secure session with %s.",
	model.NoteSessionRestarted: "You and %s started over without the old keys. Compare safety numbers again.",
}

// noteWords says a note about the contact of that name.
func noteWords(m model.Message, name string) string {
	if m.Note != model.NoteTimer {
		return fmt.Sprintf(notes[m.Note], clean(name))
	}
	who := clean(name)
	if m.Direction == model.Outgoing {
		who = "You"
	}
	return "Set by " + who + ": " + timerWords(m.Timer)
}

// timerWords says after how long messages disappear.
func timerWords(after time.Duration) string {
	if after == 0 {
		return "New messages stay."
	}
	return "New messages disappear " + spanWords(after) + " after they were read."
}

// spanWords says a time in the largest unit that it is a whole number of.
func spanWords(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := d / unit.of; {
		case d%unit.of != 0:
		case n == 1:
			return "1 " + unit.name
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}

// textWords is what is shown of a message.
func textWords(m model.Message) string {
	if m.Deleted != "" {
		return "(deleted)"
	}
	text := clean(m.Text)
	if m.Forwarded {
		text = "(forwarded) " + text
	}
	if m.Quote != nil {
		said := "something that is not here"
		if !m.Quote.Gone {
			said = clean(m.Quote.Text)
		}
		text = "(in answer to: " + said + ") " + text
	}
	if m.Edited {
		text += " (edited)"
	}
	for _, r := range m.Reactions {
		who := "them"
		if r.Mine {
			who = "you"
		}
		text += " [" + clean(r.Emoji) + " from " + who + "]"
	}
	return text
}

// caution says why a message that came in may be from somebody else; "" if
// nothing speaks for that.
func caution(m model.Message) string {
	switch {
	case m.Quarantined:
		return "device not in use"
	case m.Unconfirmed:
		return "unconfirmed"
	}
	return ""
}

// sentence says an error to a person, in one line.
func sentence(err error) string {
	var said refusal
	var usage usageError
	var known *model.Error
	switch {
	case errors.As(err, &said):
		return string(said)
	case errors.As(err, &usage):
		return capital(string(usage)) + "; see sotto-cli --help."
	case errors.Is(err, context.Canceled):
		return "Interrupted."
	case errors.As(err, &known) && words[known.Kind] != "":
		s := words[known.Kind]
		if strings.Contains(s, "%s") {
			s = fmt.Sprintf(s, clean(detail(known)))
		}
		return capital(s)
	default:
		return "Something is wrong inside Sotto: " + clean(err.Error()) + "."
	}
}

// detail is what an error is about, in words that fit its sentence.
func detail(e *model.Error) string {
	switch {
	case e.Detail != "":
		return e.Detail
	case e.Kind == model.BadPhrase && e.Err != nil:
		return strings.TrimPrefix(e.Err.Error(), "account: ")
	case e.Kind == model.NotFound:
		return "such thing"
	case e.Kind == model.ProfileDamaged:
		return "its database or key file"
	default:
		return "here"
	}
}

// fileError says what is the matter with a file that the person named.
func fileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refusal(fmt.Sprintf("There is no file %s.", clean(path)))
	case errors.Is(err, fs.ErrPermission):
		return model.E(model.NoPermission, path, err)
	default:
		return refusal(capital(clean(err.Error())) + ".")
	}
}

func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return string(unicode.ToUpper(r)) + s[len(string(r)):]
		}
	}
	return s
}

// clean makes somebody else's words safe to print on a terminal: what could move
// the cursor, send keys, or turn the writing around becomes a visible mark.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// short is the beginning of an id, long enough to type.
func short[ID ~string](id ID) string { return string(id[:min(8, len(id))]) }

// shortMessage is short for a message, whose id begins with the time in
// milliseconds in 12 digits.
func shortMessage(id model.MessageID) string { return string(id[:min(16, len(id))]) }

// when is a time as a list shows it.
func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}
