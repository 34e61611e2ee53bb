package people

import (
	"strings"

	"sotto/app/model"
)

// The words of this package.
const (
	wordAdd      = "Add a contact"
	wordAddText  = "Show your code, or take theirs. In person, do both: then you are both verified."
	wordYourCode = "Your code"
	wordOnce     = "Works once"
	wordByLink   = "By link"
	wordInPerson = "In person"
	wordExpires  = "Expires in "
	wordMaking   = "Making a code"
	wordCopyLink = "Copy link"
	wordCopied   = "Link copied. Cleared from the clipboard in 60 s"
	wordClearNow = "Clear now"
	wordSavePic  = "Save picture"
	wordNewCode  = "New code"
	wordNewTip   = "The code shown now stops working"
	wordLinkNote = "A link travels through somebody else’s hands. Contacts who come by link stay unverified until you compare numbers."
	wordMeetNote = "Each of you takes the other’s code from the screen. Nothing travels through anybody else’s hands, so you are both verified at once."

	wordNoCodeNow = "No code is on show."

	wordSaveTitle = "Save the picture of your code"
	wordSaveText  = "Whoever has it can ask to be your contact, once."
	wordSave      = "Save"
	wordSaved     = "Picture saved in %s"
	wordFileName  = "sotto-code.png"

	wordTheirs     = "Take theirs"
	wordDrop       = "Drop a picture of their code here"
	wordDropPaste  = "or paste it with Ctrl V"
	wordCamera     = "Camera"
	wordCameraText = "Hold their code in front of this computer"
	wordRegion     = "Part of the screen"
	wordRegionText = "In a video call or on a web page"
	wordRegionKey  = "Ctrl Shift S"
	wordAPicture   = "Picture"
	wordPicture    = "Picture file"
	wordPicText    = "A photo or a screenshot"
	wordPaste      = "Paste a link or text"
	wordPasteText  = "Starts with “sotto:”"
	wordPasteKey   = "Ctrl V"
	wordPasteHere  = "Link or text"
	wordTake       = "Take"
	wordNoLink     = "There is no Sotto code on the clipboard. Paste or type theirs here."
	wordMailbox    = "This is a mailbox code, not a contact. Add it under Settings, Mailboxes."
	wordOpenTitle  = "Open a picture of their code"
	wordOpenText   = "A photo, a screenshot, or the picture that they sent. PNG, JPEG or GIF."
	wordOpen       = "Open"

	wordJoinLooking = "Looking for their computer"
	wordJoinScanned = "Now they have to take your code"
	wordJoinAsked   = "Waiting for %s to accept"
	wordJoinDone    = "%s is a contact now"
	wordThem        = "them"
	wordSomebody    = "Somebody"
	wordCancel      = "Cancel"
	wordRemove      = "Remove"
	wordWrite       = "Write"

	wordMade      = "Codes you made"
	wordMadeOn    = "%s, made %s"
	wordOpenCode  = "Open, expires in %s"
	wordUsedBy    = "Used by %s"
	wordUsed      = "Used"
	wordExpired   = "Expired unused"
	wordRevoked   = "Taken back"
	wordRevoke    = "Take back"
	wordRevokeTip = "It stops working"

	wordRequest      = "Contact request"
	wordArrived      = "Arrived %s"
	wordChose        = "is the name they chose; you can change it"
	wordFirst        = "Their first message"
	wordUsedLink     = "Used the link you made %s"
	wordUsedCode     = "Took the code you showed %s"
	wordNotVerified  = "Not verified. Anyone who had that link could have sent this; compare numbers later to be sure it is %s."
	wordWillVerify   = "You take each other’s codes: accept, and you are both verified."
	wordKnown        = "You are contacts already. This request comes from another computer of theirs; ask them before you accept."
	wordAccept       = "Accept"
	wordDecline      = "Decline"
	wordBlockForget  = "Block and forget"
	wordBlockTitle   = "Block and forget %s?"
	wordBlockText    = "The request goes away, and nothing this account sends is taken in again. They are not told."
	wordOneOf        = "1 of %d requests"
	wordNoRequests   = "No requests"
	wordNoneText     = "Nobody waits for an answer from you."
	wordContactTitle = "Contact"

	wordCalls      = "They call themselves %s"
	wordOwnName    = "The name they chose"
	wordName       = "Name"
	wordNameText   = "Only you see what you call them"
	wordRename     = "Rename"
	wordSaveName   = "Save"
	wordVerified   = "Verified"
	wordVerifText  = "You met, or compared numbers. Nobody is between you."
	wordUnverified = "Not verified yet"
	wordUnverText  = "Compare numbers once to be sure that nobody is between you."
	wordUnconf     = "Not confirmed yet"
	wordUnconfText = "They have not answered. What arrives until then could be from somebody else."
	wordCompare    = "Compare numbers"
	wordLookAgain  = "Show number"
	wordAccount    = "Account"
	wordCopy       = "Copy"
	wordCopiedID   = "Account copied"
	wordReached    = "Connection"
	wordBlock      = "Block"
	wordBlocked    = "Blocked"
	wordUnblock    = "Unblock"
	wordBlockRow   = "Block %s"
	wordBlockedRow = "%s is blocked"
	wordBlockNote  = "Nothing goes to them and nothing of theirs is taken in. They are not told."
	wordWriteTo    = "Write a message"
	wordLastSeen   = "Away, last seen %s"
	wordNeverSeen  = "Not reached yet"

	wordVerify      = "Verify %s"
	wordVerifyOnce  = "Do this once, together or over a call where you know the voice."
	wordSame        = "Same number on both screens? Then nobody is between you."
	wordReadAloud   = "Read it to each other"
	wordOrScan      = "Or scan each other"
	wordCopyNumber  = "Copy number"
	wordCopiedNum   = "Number copied"
	wordMatch       = "They match, mark as verified"
	wordNoMatch     = "They do not match"
	wordCovers      = "The number covers both of your accounts’ keys. If %s’s key ever changes, sending stops until you decide."
	wordNowVerified = "%s is verified"
	wordPasteCode   = "Paste"
	wordNoCode      = "No code of theirs is on the clipboard."
	wordNotYet      = "There is no number yet"
	wordNotYetText  = "%s has not answered. As soon as both of you are online at the same time, the number is here."
	wordDiffer      = "Do not write anything secret"
	wordDifferText  = "Numbers that differ mean that somebody may be between you and %s, or that one of you looks at another contact."
	wordDo1         = "Check that both of you have this conversation open, and compare once more."
	wordDo2         = "If they still differ, stop writing here. Speak in person or over a phone whose number you have known for long."
	wordDo3         = "Become contacts anew, in person, with both codes on both screens."
	wordBlockNow    = "Block %s"
	wordAgain       = "Compare once more"

	wordMayNot     = "This may not be %s"
	wordKeysText   = "The keys you knew were replaced. Usually that means a new computer restored without the old one. It is also what somebody in between would look like."
	wordShared     = "Somebody else has the code that %s used"
	wordSharedText = "A second person tried to use it. One of the two is not who you gave it to. Compare numbers to be sure that this is %s."
	wordDiffers    = "Two lists of %s’s devices contradict each other"
	wordDiffersTxt = "An old copy may have come back. It is also what somebody else with %s’s keys would look like. Compare numbers in person or over a call where you know the voice, and ask how it came about."
	wordTwice      = "Two computers use the keys of one of %s’s devices"
	wordTwiceText  = "A message came with keys that were replaced. Usually that means that an old copy of the computer was put back. It is also what somebody with a copy of it would look like. Compare numbers in person or over a call where you know the voice, and ask how it came about."
	wordStopped    = "Sending is stopped. What you wrote waits on this computer."
	wordGoOn       = "Go on anyway"
	wordGoOnTitle  = "Write to %s again?"
	wordGoOnText   = "Numbers that match show that this is %s’s account. They do not show that nobody else has its keys. Go on only if you were told, by another way than this one, how it came about."

	wordRenew     = "Start a new secure session"
	wordRenewText = "For when messages no longer get through. Nothing that was written is lost"
	wordStart     = "Start"
	wordRenewed   = "It begins as soon as %s’s computer answers."
)

// alarmed is what an alarm says.
type alarmed struct {
	title, text string // of the contact, whose name each may have a %s for
	ask         bool   // going on takes a second thought: numbers do not settle it
}

var alarms = map[model.Alarm]alarmed{
	model.AlarmKeysChanged:      {wordMayNot, wordKeysText, false},
	model.AlarmInvitationShared: {wordShared, wordSharedText, false},
	model.AlarmListsDiffer:      {wordDiffers, wordDiffersTxt, true},
	model.AlarmSessionCopied:    {wordTwice, wordTwiceText, true},
}

// alarmWords says what happened, and what it can mean.
func alarmWords(c model.Contact) (title, text string) {
	a := alarms[c.Alarm]
	return strings.ReplaceAll(a.title, "%s", c.Name), strings.ReplaceAll(a.text, "%s", c.Name)
}

// modeWords name how an invitation is passed on.
var modeWords = map[model.Mode]string{model.ModeLink: wordByLink, model.ModePerson: wordInPerson}

// goneWords say why the code that was on show is not any more.
var goneWords = map[model.InvitationState]string{
	model.InvitationUsed:    "Somebody used this code. It worked once; make a new one for the next person.",
	model.InvitationExpired: "This code expired. Make a new one.",
	model.InvitationRevoked: "You took this code back. Make a new one.",
}
