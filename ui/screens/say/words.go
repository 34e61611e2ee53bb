package say

import (
	"sotto/app/model"
	"sotto/ui/text"
)

// kinds says for each kind of error what happened and what to do. Kinds that
// mean something else on every screen are not here; the screens say them.
var kinds = map[model.Kind]string{
	model.NoProfile:       text.L("There is no profile here any more."),
	model.ProfileExists:   text.L("There is a profile here already. Close this window and start Sotto again."),
	model.WrongPassphrase: text.L("That is not the passphrase. Nothing was lost."),
	model.ProfileDamaged:  text.L("The profile is damaged and was left as it is. Put a copy of it back, or restore your account from the 24 words."),
	model.ProfileNewer:    text.L("This profile was written by a newer Sotto. Install that version to open it."),
	model.ProfileInUse:    text.L("Sotto is already open with this profile."),
	model.NoSpace:         text.L("The disk is full. Make some space, then go on; nothing was lost."),
	model.NoPermission:    text.L("Sotto may not read or write its folder. Check who owns it and its permissions."),
	model.WeakPassphrase:  text.L("Too short: at least 12 characters."),
	model.BadPhrase:       text.L("These are not the 24 words. Check their order and spelling."),
	model.BadName:         text.L("A name needs at least one visible character, and at most 128 bytes."),

	model.NotACode:        text.L("This is not a Sotto code. Theirs begins with “sotto:”."),
	model.NoCodeInPicture: text.L("No Sotto code in this picture. Try one that is larger or sharper."),
	model.PictureTooLarge: text.L("This picture is too large. Try a smaller one, or cut the code out."),
	model.NoCamera:        text.L("No camera found. Connect one, or take the code another way."),
	model.CameraBusy:      text.L("Another program is using the camera. Close it, then try again."),
	model.CameraDenied:    text.L("This account may not use the camera. Take the code another way, or ask whoever looks after this computer."),
	model.CameraFailed:    text.L("The camera gives no picture. Take the code another way."),
	model.NoScreen:        text.L("This desktop does not show its screen to programs. Take a screenshot and drop it here."),
	model.NoPicture:       text.L("There is no picture on the clipboard."),

	model.LinkDamaged:     text.L("This code is cut short or was altered. Copy all of it, or ask for it again."),
	model.LinkNewer:       text.L("This code was made by a newer Sotto. Install that version to use it."),
	model.InvitationGone:  text.L("This code has expired. Ask for a new one."),
	model.InvitationTaken: text.L("This code was already used, or taken back. If you did not use it, tell them before you go on."),
	model.InvitationOwn:   text.L("This is your own code. Take theirs."),
	model.AlreadyContact:  text.L("You are contacts already."),
	model.KeysDoNotMatch:  text.L("Whoever answered is not the one who made this code. Ask for a new one, best in person."),
	model.Unreachable:     text.L("Their computer does not answer. Both need to be running Sotto with a network."),
	model.NeedsOwnCode:    text.L("In person both take each other’s code. Show yours as well."),
	model.NearbyGone:      text.L("They are not there any more, or did not accept. Talk to them, and both switch it on once more."),
	model.LANOff:          text.L("Sotto was started without the local network."),
	model.NotConfirmed:    text.L("They have not answered yet. This has to wait until they do."),
	model.CannotRenew:     text.L("There are no keys left to begin a new session with. Exchange a new code with them, best in person."),

	model.NumbersDoNotMatch: text.L("The numbers differ. Do not write anything secret: somebody may be between you."),

	model.NotFound: text.L("It is no longer there."),
	model.Blocked:  text.L("You blocked this contact."),

	model.AlarmUndecided: text.L("Sending to this contact is stopped. Decide on the alarm first."),

	model.NotWaiting:  text.L("It is too late. The message does not wait any more."),
	model.NotOurs:     text.L("Only what you wrote can be edited, or deleted for both."),
	model.Deletion:    text.L("The message was deleted."),
	model.BadReaction: text.L("That is not an emoji."),
	model.BadTimer:    text.L("Messages can disappear after 5 seconds to 365 days."),
	model.BadLabel:    text.L("A label needs at least one visible character, and at most 64 bytes."),

	model.NotAMailbox:        text.L("This is not a mailbox code. Those begin with “sotto:m/”."),
	model.MailboxLinkDamaged: text.L("The mailbox link was cut short or altered. Copy all of it."),
	model.MailboxLinkNewer:   text.L("This mailbox link was made by a newer Sotto. Install that version to use it."),
	model.MailboxKnown:       text.L("This mailbox is yours already."),
	model.MailboxRefused:     text.L("The mailbox does not serve you. Ask whoever runs it for its link."),
	model.MailboxUnreachable: text.L("The mailbox does not answer. Its computer needs to be on, with a network."),
	model.TooManyMailboxes:   text.L("You have three mailboxes. Remove one first."),

	model.Offline: text.L("The network is not started yet. Try again in a moment."),
	model.Closed:  text.L("The profile was locked meanwhile."),
}

var unknown = text.L("That did not work: a fault of the program. Nothing was lost.")

var (
	wordToday   = text.L("today at %s")
	wordMoment  = text.L("less than a minute")
	wordDays    = text.N("%d day %d h", "%d days %d h")
	wordHours   = text.L("%d h %d min")
	wordMinutes = text.L("%d min")
)
