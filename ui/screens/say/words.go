package say

import "sotto/app/model"

// kinds says for each kind of error what happened and what to do. Kinds that
// mean something else on every screen are not here; the screens say them.
var kinds = map[model.Kind]string{
	model.NoProfile:       "There is no profile here any more.",
	model.ProfileExists:   "There is a profile here already. Close this window and start Sotto again.",
	model.WrongPassphrase: "That is not the passphrase. Nothing was lost.",
	model.ProfileDamaged:  "The profile is damaged and was left as it is. Put a copy of it back, or restore your account from the 24 words.",
	model.ProfileNewer:    "This profile was written by a newer Sotto. Install that version to open it.",
	model.ProfileInUse:    "Sotto is already open with this profile.",
	model.NoSpace:         "The disk is full. Make some space, then go on; nothing was lost.",
	model.NoPermission:    "Sotto may not read or write its folder. Check who owns it and its permissions.",
	model.WeakPassphrase:  "Too short: at least 12 characters.",
	model.BadPhrase:       "These are not the 24 words. Check their order and spelling.",
	model.BadName:         "A name needs at least one visible character, and at most 128 bytes.",

	model.NotACode:        "This is not a Sotto code. Theirs begins with “sotto:”.",
	model.NoCodeInPicture: "No Sotto code in this picture. Try one that is larger or sharper.",
	model.PictureTooLarge: "This picture is too large. Try a smaller one, or cut the code out.",
	model.NoCamera:        "No camera found. Connect one, or take the code another way.",
	model.CameraBusy:      "Another program is using the camera. Close it, then try again.",
	model.CameraDenied:    "This account may not use the camera. Take the code another way, or ask whoever looks after this computer.",
	model.CameraFailed:    "The camera gives no picture. Take the code another way.",
	model.NoScreen:        "This desktop does not show its screen to programs. Take a screenshot and drop it here.",
	model.NoPicture:       "There is no picture on the clipboard.",

	model.LinkDamaged:     "This code is cut short or was altered. Copy all of it, or ask for it again.",
	model.LinkNewer:       "This code was made by a newer Sotto. Install that version to use it.",
	model.InvitationGone:  "This code has expired. Ask for a new one.",
	model.InvitationTaken: "This code was already used, or taken back. If you did not use it, tell them before you go on.",
	model.InvitationOwn:   "This is your own code. Take theirs.",
	model.AlreadyContact:  "You are contacts already.",
	model.KeysDoNotMatch:  "Whoever answered is not the one who made this code. Ask for a new one, best in person.",
	model.Unreachable:     "Their computer does not answer. Both need to be running Sotto with a network.",
	model.NeedsOwnCode:    "In person both take each other’s code. Show yours as well.",
	model.NotConfirmed:    "They have not answered yet. This has to wait until they do.",
	model.CannotRenew:     "There are no keys left to begin a new session with. Exchange a new code with them, best in person.",

	model.NumbersDoNotMatch: "The numbers differ. Do not write anything secret: somebody may be between you.",

	model.NotFound: "It is no longer there.",
	model.Blocked:  "You blocked this contact.",

	model.AlarmUndecided: "Sending to this contact is stopped. Decide on the alarm first.",

	model.NotWaiting: "It is too late. The message does not wait any more.",

	model.NotAMailbox:        "This is not a mailbox code. Those begin with “sotto:m/”.",
	model.MailboxLinkDamaged: "The mailbox link was cut short or altered. Copy all of it.",
	model.MailboxLinkNewer:   "This mailbox link was made by a newer Sotto. Install that version to use it.",
	model.MailboxKnown:       "This mailbox is yours already.",
	model.MailboxRefused:     "The mailbox does not serve you. Ask whoever runs it for its link.",
	model.MailboxUnreachable: "The mailbox does not answer. Its computer needs to be on, with a network.",
	model.TooManyMailboxes:   "You have three mailboxes. Remove one first.",

	model.Offline: "The network is not started yet. Try again in a moment.",
	model.Closed:  "The profile was locked meanwhile.",
}

const unknown = "That did not work: a fault of the program. Nothing was lost."

const today = "today at "
