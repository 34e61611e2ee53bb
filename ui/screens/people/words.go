package people

import (
	"strings"

	"sotto/app/model"
	"sotto/ui/text"
)

// The words of this package.
var (
	wordAdd      = text.L("Add a contact")
	wordAddText  = text.L("Show your code, or take theirs. In person, do both: then you are both verified.")
	wordYourCode = text.L("Your code")
	wordOnce     = text.L("Works once")
	wordByLink   = text.L("By link")
	wordInPerson = text.L("In person")
	wordExpires  = text.L("Expires in ")
	wordMaking   = text.L("Making a code")
	wordCopyLink = text.L("Copy link")
	wordCopied   = text.L("Link copied. Cleared from the clipboard in 60 s")
	wordClearNow = text.L("Clear now")
	wordSavePic  = text.L("Save picture")
	wordNewCode  = text.L("New code")
	wordNewTip   = text.L("The code shown now stops working")
	wordLinkNote = text.L("A link travels through somebody else’s hands. Contacts who come by link stay unverified until you compare numbers.")
	wordMeetNote = text.L("Each of you takes the other’s code from the screen. Nothing travels through anybody else’s hands, so you are both verified at once.")

	wordNoCodeNow = text.L("No code is on show.")

	wordSaveTitle = text.L("Save the picture of your code")
	wordSaveText  = text.L("Whoever has it can ask to be your contact, once.")
	wordSave      = text.L("Save")
	wordSaved     = text.L("Picture saved in %s")
	wordFileName  = "sotto-code.png"

	wordTheirs     = text.L("Take theirs")
	wordDrop       = text.L("Drop a picture of their code here")
	wordDropPaste  = text.L("or paste it with Ctrl V")
	wordCamera     = text.L("Camera")
	wordCameraText = text.L("Hold their code in front of this computer")
	wordRegion     = text.L("Part of the screen")
	wordRegionText = text.L("In a video call or on a web page")
	wordRegionKey  = text.L("Ctrl Shift S")
	wordAPicture   = text.L("Picture")
	wordPicture    = text.L("Picture file")
	wordPicText    = text.L("A photo or a screenshot")
	wordPaste      = text.L("Paste a link or text")
	wordPasteText  = text.L("Starts with “sotto:”")
	wordPasteKey   = text.L("Ctrl V")
	wordPasteHere  = text.L("Link or text")
	wordTake       = text.L("Take")
	wordNoLink     = text.L("There is no Sotto code on the clipboard. Paste or type theirs here.")
	wordMailbox    = text.L("This is a mailbox code, not a contact. Add it under Settings, Mailboxes.")
	wordOpenTitle  = text.L("Open a picture of their code")
	wordOpenText   = text.L("A photo, a screenshot, or the picture that they sent. PNG, JPEG or GIF.")
	wordOpen       = text.L("Open")

	wordNearby         = text.L("Find on this network")
	wordNearbyText     = text.L("Visible to people nearby for 5 minutes")
	wordNearbyOn       = text.L("Visible to people nearby as %s for %s")
	wordNearbyNobody   = text.L("Nobody else yet. The other person opens this page on the same network and switches it on, too.")
	wordNearbyCode     = text.L("Code %s")
	wordNearbyCodeNote = text.L("The code is the same on both screens. It tells people apart and verifies nobody; compare numbers later.")
	wordNearbyAsk      = text.L("Ask")
	wordNearbyAskTip   = text.L("Ask %s to be a contact")
	wordNearbyAsked    = text.L("Asked")
	wordNearbyKnown    = text.L("A contact already")
	wordNearbyMode     = text.L("On this network")

	wordJoinLooking = text.L("Looking for their computer")
	wordJoinScanned = text.L("Now they have to take your code")
	wordJoinAsked   = text.L("Waiting for %s to accept")
	wordJoinDone    = text.L("%s is a contact now")
	wordThem        = text.L("them")
	wordSomebody    = text.L("Somebody")
	wordCancel      = text.L("Cancel")
	wordRemove      = text.L("Remove")
	wordWrite       = text.L("Write")

	wordMade      = text.L("Codes you made")
	wordMadeOn    = text.L("%s, made %s")
	wordOpenCode  = text.L("Open, expires in %s")
	wordUsedBy    = text.L("Used by %s")
	wordUsed      = text.L("Used")
	wordExpired   = text.L("Expired unused")
	wordRevoked   = text.L("Taken back")
	wordRevoke    = text.L("Take back")
	wordRevokeTip = text.L("It stops working")

	wordRequest      = text.L("Contact request")
	wordArrived      = text.L("Arrived %s")
	wordChose        = text.L("is the name they chose; you can change it")
	wordFirst        = text.L("Their first message")
	wordUsedLink     = text.L("Used the link you made %s")
	wordFoundNearby  = text.L("Found you on this network %s")
	wordNearbyUnver  = text.L("Not verified. Anyone on this network could have sent this; compare numbers later to be sure it is %s.")
	wordUsedCode     = text.L("Took the code you showed %s")
	wordNotVerified  = text.L("Not verified. Anyone who had that link could have sent this; compare numbers later to be sure it is %s.")
	wordWillVerify   = text.L("You take each other’s codes: accept, and you are both verified.")
	wordKnown        = text.L("You are contacts already. This request comes from another computer of theirs; ask them before you accept.")
	wordAccept       = text.L("Accept")
	wordDecline      = text.L("Decline")
	wordBlockForget  = text.L("Block and forget")
	wordBlockTitle   = text.L("Block and forget %s?")
	wordBlockText    = text.L("The request goes away, and nothing this account sends is taken in again. They are not told.")
	wordAnd          = text.In("two", "%s. %s") // two short statements
	wordOneOf        = text.L("1 of %d requests")
	wordNoRequests   = text.L("No requests")
	wordNoneText     = text.L("Nobody waits for an answer from you.")
	wordContactTitle = text.L("Contact")

	wordCalls      = text.L("They call themselves %s")
	wordOwnName    = text.L("The name they chose")
	wordName       = text.L("Name")
	wordNameText   = text.L("Only you see what you call them")
	wordRename     = text.L("Rename")
	wordSaveName   = text.L("Save")
	wordVerified   = text.L("Verified")
	wordVerifText  = text.L("You met, or compared numbers. Nobody is between you.")
	wordUnverified = text.L("Not verified yet")
	wordUnverText  = text.L("Compare numbers once to be sure that nobody is between you.")
	wordUnconf     = text.L("Not confirmed yet")
	wordUnconfText = text.L("They have not answered. What arrives until then could be from somebody else.")
	wordCompare    = text.L("Compare numbers")
	wordLookAgain  = text.L("Show number")
	wordAccount    = text.L("Account")
	wordCopy       = text.L("Copy")
	wordCopiedID   = text.L("Account copied")
	wordReached    = text.L("Connection")
	wordBlock      = text.L("Block")
	wordBlocked    = text.L("Blocked")
	wordUnblock    = text.L("Unblock")
	wordBlockRow   = text.L("Block %s")
	wordBlockedRow = text.L("%s is blocked")
	wordBlockNote  = text.L("Nothing goes to them and nothing of theirs is taken in. They are not told.")
	wordWriteTo    = text.L("Write a message")
	wordLastSeen   = text.L("Away, last seen %s")
	wordNeverSeen  = text.L("Not reached yet")

	wordVerify      = text.L("Verify %s")
	wordVerifyOnce  = text.L("Do this once, together or over a call where you know the voice.")
	wordSame        = text.L("Same number on both screens? Then nobody is between you.")
	wordReadAloud   = text.L("Read it to each other")
	wordOrScan      = text.L("Or scan each other")
	wordCopyNumber  = text.L("Copy number")
	wordCopiedNum   = text.L("Number copied")
	wordMatch       = text.L("They match, mark as verified")
	wordNoMatch     = text.L("They do not match")
	wordCovers      = text.L("The number covers both of your accounts’ keys. If %s’s key ever changes, sending stops until you decide.")
	wordNowVerified = text.L("%s is verified")
	wordPasteCode   = text.L("Paste")
	wordNoCode      = text.L("No code of theirs is on the clipboard.")
	wordNotYet      = text.L("There is no number yet")
	wordNotYetText  = text.L("%s has not answered. As soon as both of you are online at the same time, the number is here.")
	wordDiffer      = text.L("Do not write anything secret")
	wordDifferText  = text.L("Numbers that differ mean that somebody may be between you and %s, or that one of you looks at another contact.")
	wordDo1         = text.L("Check that both of you have this conversation open, and compare once more.")
	wordDo2         = text.L("If they still differ, stop writing here. Speak in person or over a phone whose number you have known for long.")
	wordDo3         = text.L("Become contacts anew, in person, with both codes on both screens.")
	wordBlockNow    = text.L("Block %s")
	wordAgain       = text.L("Compare once more")

	wordMayNot     = text.L("This may not be %s")
	wordKeysText   = text.L("The keys you knew were replaced. Usually that means a new computer restored without the old one. It is also what somebody in between would look like.")
	wordShared     = text.L("Somebody else has the code that %s used")
	wordSharedText = text.L("A second person tried to use it. One of the two is not who you gave it to. Compare numbers to be sure that this is %s.")
	wordDiffers    = text.L("Two lists of %s’s devices contradict each other")
	wordDiffersTxt = text.L("An old copy may have come back. It is also what somebody else with %s’s keys would look like. Compare numbers in person or over a call where you know the voice, and ask how it came about.")
	wordTwice      = text.L("Two computers use the keys of one of %s’s devices")
	wordTwiceText  = text.L("A message came with keys that were replaced. Usually that means that an old copy of the computer was put back. It is also what somebody with a copy of it would look like. Compare numbers in person or over a call where you know the voice, and ask how it came about.")
	wordStopped    = text.L("Sending is stopped. What you wrote waits on this computer.")
	wordGoOn       = text.L("Go on anyway")
	wordGoOnTitle  = text.L("Write to %s again?")
	wordGoOnText   = text.L("Numbers that match show that this is %s’s account. They do not show that nobody else has its keys. Go on only if you were told, by another way than this one, how it came about.")

	wordRenew     = text.L("Start a new secure session")
	wordRenewText = text.L("For when messages no longer get through. Nothing that was written is lost")
	wordStart     = text.L("Start")
	wordRenewed   = text.L("It begins as soon as %s’s computer answers.")
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
var modeWords = map[model.Mode]string{model.ModeLink: wordByLink, model.ModePerson: wordInPerson, model.ModeNearby: wordNearbyMode}

// goneWords say why the code that was on show is not any more.
var goneWords = map[model.InvitationState]string{
	model.InvitationUsed:    text.L("Somebody used this code. It worked once; make a new one for the next person."),
	model.InvitationExpired: text.L("This code expired. Make a new one."),
	model.InvitationRevoked: text.L("You took this code back. Make a new one."),
}
