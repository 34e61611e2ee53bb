package model

import "errors"

// Kind is a kind of error that a person can be told about in one sentence.
// Every error that app returns on purpose carries one; what carries none is a
// fault of the program.
type Kind string

const (
	// The profile.
	NoProfile       Kind = "no-profile"       // nothing there to open
	ProfileExists   Kind = "profile-exists"   // init where one is already
	WrongPassphrase Kind = "wrong-passphrase" //
	ProfileDamaged  Kind = "profile-damaged"  // key file or database fails its checks
	ProfileNewer    Kind = "profile-newer"    // written by a newer Sotto
	ProfileInUse    Kind = "profile-in-use"   // another program holds it
	NoSpace         Kind = "no-space"         //
	NoPermission    Kind = "no-permission"    //
	WeakPassphrase  Kind = "weak-passphrase"  // shorter than 12 characters
	BadPhrase       Kind = "bad-phrase"       // not 24 words of the list, or the checksum fails

	// Names and texts.
	BadName     Kind = "bad-name"      // empty, too long, or nothing visible
	EmptyText   Kind = "empty-text"    //
	TextTooLong Kind = "text-too-long" // more than MaxText bytes

	// Invitations.
	NotACode          Kind = "not-a-code"         // not a Sotto code or link at all
	NoCodeInPicture   Kind = "no-code-in-picture" //
	PictureTooLarge   Kind = "picture-too-large"  //
	LinkDamaged       Kind = "link-damaged"       // cut short or altered
	LinkNewer         Kind = "link-newer"         // made by a newer Sotto
	InvitationGone    Kind = "invitation-expired" // expired
	InvitationTaken   Kind = "invitation-used"    // used by somebody else, or revoked
	InvitationOwn     Kind = "invitation-own"     // our own
	AlreadyContact    Kind = "already-contact"    //
	KeysDoNotMatch    Kind = "keys-do-not-match"  // whoever answered is not who the code names
	Unreachable       Kind = "unreachable"        // the other computer did not answer in time
	NeedsOwnCode      Kind = "needs-own-code"     // in person: show your own code as well
	NotConfirmed      Kind = "not-confirmed"      // safety number before the handshake is complete
	NumbersDoNotMatch Kind = "numbers-differ"     //
	NearbyGone        Kind = "nearby-gone"        // somebody nearby stopped looking, or did not accept
	LANOff            Kind = "lan-off"            // the program does not use the local network
	CannotRenew       Kind = "cannot-renew"       // no means to begin a new session with a contact; a new invitation is needed

	// Where a code is taken from.
	NoCamera     Kind = "no-camera"     // none is connected
	CameraBusy   Kind = "camera-busy"   // another program has it
	CameraDenied Kind = "camera-denied" // this person may not use it
	CameraFailed Kind = "camera-failed" // it gives no picture that is understood
	NoScreen     Kind = "no-screen"     // the desktop shows programs no picture of the screen
	NoPicture    Kind = "no-picture"    // none on the clipboard

	// Contacts and messages.
	NotFound       Kind = "not-found"     //
	Ambiguous      Kind = "ambiguous"     // a name or prefix that fits several
	Blocked        Kind = "blocked"       // the contact is blocked
	AlarmUndecided Kind = "alarm"         // decide on the alarm first
	NotDelivered   Kind = "not-delivered" // not acknowledged in the time given; it stays queued
	Offline        Kind = "offline"       // needs the network to be started
	Closed         Kind = "closed"        // the profile was closed or locked meanwhile
	NotWaiting     Kind = "not-waiting"   // edit, cancel or resend of a message that does not wait (any more)
	NotOurs        Kind = "not-ours"      // edit, or deletion for both, of what somebody else wrote
	Deletion       Kind = "deleted"       // the message was deleted
	BadReaction    Kind = "bad-reaction"  // not one emoji
	BadTimer       Kind = "bad-timer"     // shorter than MinTimer or longer than MaxTimer
	BadLabel       Kind = "bad-label"     // empty, too long, or too many

	// Mailboxes.
	NotAMailbox        Kind = "not-a-mailbox"       // not a mailbox link; an invitation, say
	MailboxLinkDamaged Kind = "mailbox-damaged"     // cut short or altered
	MailboxLinkNewer   Kind = "mailbox-newer"       // made by a newer Sotto
	MailboxKnown       Kind = "mailbox-known"       // one of ours already
	MailboxRefused     Kind = "mailbox-refused"     // it does not serve us
	MailboxUnreachable Kind = "mailbox-unreachable" // it does not answer
	TooManyMailboxes   Kind = "too-many-mailboxes"  // more than MaxMailboxes
)

// MaxText is the longest message text, in bytes of UTF-8.
const MaxText = 60_000

// MaxName is the longest name, in bytes of UTF-8.
const MaxName = 128

// Error is an error that carries its kind. Detail names what it is about (a
// path, a version, a name) and never a secret.
type Error struct {
	Kind   Kind
	Detail string
	Err    error // the cause, may be nil
}

func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// E returns an error of the given kind about detail, caused by err, which may
// be nil.
func E(kind Kind, detail string, err error) error {
	return &Error{Kind: kind, Detail: detail, Err: err}
}

// KindOf returns the kind of the first Error in err's chain, or "".
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
