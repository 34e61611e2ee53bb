// Package model holds the words that every part of Sotto shares: typed ids,
// contacts, conversations, messages, invitations, and the kinds of error that a
// front end turns into sentences. It has no behaviour beyond parsing and
// formatting those words and imports nothing else of Sotto.
package model

import "time"

// ContactID names a person: the lower-case hex of their account id (32 bytes,
// SHA-256 of the account's public keys, docs/protocol.md §3.2).
type ContactID string

// DeviceID names one device of an account: lower-case hex of 16 bytes.
type DeviceID string

// MessageID names a message: lower-case hex of 16 random bytes, chosen by its
// sender and the same on both sides.
type MessageID string

// InvitationID names an invitation of ours: lower-case hex of 16 bytes.
type InvitationID string

// RequestID names a contact request that reached us: lower-case hex of 16 bytes.
type RequestID string

// JoinID names an invitation of somebody else's that we are accepting:
// lower-case hex of 16 bytes.
type JoinID string

// Self is what the person at this computer is to others.
type Self struct {
	Account ContactID `json:"account"`
	Device  DeviceID  `json:"device"`
	Name    string    `json:"name"`
	// PhraseConfirmed says that the person has written the recovery phrase down.
	PhraseConfirmed bool `json:"phrase_confirmed"`
	// PhraseUsed is when a contact told that somebody showed the account with
	// devices that this one does not know of; zero if nobody did. It is the
	// person, on a restored device, or somebody who has the phrase.
	PhraseUsed time.Time `json:"phrase_used,omitzero"`
}

// Trust says how far a contact's keys are known to be theirs
// (docs/protocol.md §6).
type Trust string

const (
	// TrustUnconfirmed is a contact whose side of the handshake has not come
	// back yet: its messages are shown as such and change nothing.
	TrustUnconfirmed Trust = "unconfirmed"
	// TrustConfirmed is a contact whose handshake is complete.
	TrustConfirmed Trust = "confirmed"
	// TrustVerified is a confirmed contact met in person, or whose safety
	// number was compared.
	TrustVerified Trust = "verified"
)

// Via says how a contact is reached at this moment.
type Via string

const (
	ViaNone    Via = ""        // not connected
	ViaLAN     Via = "lan"     // same network
	ViaDirect  Via = "direct"  // straight, across the internet
	ViaRelayed Via = "relayed" // through another computer, which sees sealed data only
)

// Contact is one person that we can write to.
type Contact struct {
	ID      ContactID `json:"id"`
	Name    string    `json:"name"`    // what we call them: Renamed if set, else Claimed
	Claimed string    `json:"claimed"` // what they call themselves
	Renamed string    `json:"renamed,omitempty"`
	Trust   Trust     `json:"trust"`
	Blocked bool      `json:"blocked"`
	// Alarm is empty, or says why sending to this contact is stopped.
	Alarm    Alarm     `json:"alarm,omitempty"`
	Via      Via       `json:"via"`
	LastSeen time.Time `json:"last_seen"` // zero if never
	Added    time.Time `json:"added"`
	// Timer is after how long new texts of the conversation disappear; 0 is never.
	// Both sides can set it.
	Timer time.Duration `json:"timer,omitempty"`

	// What follows is the person's own; nobody is told.
	Pinned     bool      `json:"pinned,omitempty"`
	Archived   bool      `json:"archived,omitempty"`
	MutedUntil time.Time `json:"muted_until,omitzero"` // zero: not muted; Forever: for good
	Labels     []string  `json:"labels,omitempty"`     // sorted
	Remark     string    `json:"remark,omitempty"`
}

// Muted reports whether nothing of the contact's is to make itself noticed now.
func (c Contact) Muted(now time.Time) bool { return now.Before(c.MutedUntil) }

// Online reports whether the contact has an open session with us.
func (c Contact) Online() bool { return c.Via != ViaNone }

// Alarm is a reason to stop and decide before writing to a contact.
type Alarm string

const (
	AlarmNone Alarm = ""
	// AlarmInvitationShared: a second person used the invitation that this
	// contact came by.
	AlarmInvitationShared Alarm = "invitation-shared"
	// AlarmKeysChanged: the account came back with devices that none of the
	// known ones vouched for.
	AlarmKeysChanged Alarm = "keys-changed"
	// AlarmListsDiffer: the account's devices contradict what was known: two
	// lists of one version, or one that was replaced long ago. Two hold the
	// account's keys, or somebody replays.
	AlarmListsDiffer Alarm = "lists-differ"
	// AlarmSessionCopied: a session that was replaced is still being used:
	// two hold the keys of one device.
	AlarmSessionCopied Alarm = "session-copied"
)

// Direction says who wrote a message.
type Direction string

const (
	Incoming Direction = "in"
	Outgoing Direction = "out"
)

// State is how far an outgoing message has come. Incoming messages are
// Delivered until the person has seen them, then Read.
type State string

const (
	Waiting   State = "waiting"   // sealed and stored here, not yet acknowledged
	Stored    State = "stored"    // held by some of the contact's mailboxes as well
	Delivered State = "delivered" // stored by the recipient's device, acknowledged end to end
	Read      State = "read"      // shown to the recipient, who tells so
	Failed    State = "failed"    // will not be delivered
)

// Message is one message of a conversation.
type Message struct {
	ID        MessageID `json:"id"`
	Contact   ContactID `json:"contact"`
	Direction Direction `json:"direction"`
	State     State     `json:"state"`
	Text      string    `json:"text"`
	Time      time.Time `json:"time"`       // when it was written, by the writer's clock
	StateTime time.Time `json:"state_time"` // when it reached State, by our clock
	// Row is the message's place in its conversation on this device: later
	// rows are shown below earlier ones.
	Row int64 `json:"row"`
	// Revision grows with every change of the message.
	Revision int64 `json:"revision"`
	// Held is how many of the contact's Mailboxes hold it, while Stored.
	Held      int `json:"held,omitempty"`
	Mailboxes int `json:"mailboxes,omitempty"`
	// Reason says why an outgoing message is Waiting, Stored or Failed.
	Reason Reason `json:"reason,omitempty"`
	// Missing is how many messages of the contact's are known to be missing
	// just before this one: they were written before it and have not arrived.
	Missing int `json:"missing,omitempty"`
	// Edited says that the text was replaced after the message was written.
	Edited bool `json:"edited,omitempty"`
	// EditPending: it had arrived and was replaced, and that has not arrived yet.
	EditPending bool `json:"edit_pending,omitempty"`
	// Quote is the message that this one answers, nil if none.
	Quote *Quote `json:"quote,omitempty"`
	// Reactions are at most two: ours and the contact's.
	Reactions []Reaction `json:"reactions,omitempty"`
	Starred   bool       `json:"starred,omitempty"` // by the person; nobody is told
	Forwarded bool       `json:"forwarded,omitempty"`
	// Deleted says by whom it was deleted for both. Text is empty then.
	Deleted Deleted `json:"deleted,omitempty"`
	// Timer is how long the message stays once it was delivered (one of ours) or
	// read (one of theirs); 0 is for good. Expires is when that is over, zero until
	// the time runs.
	Timer   time.Duration `json:"timer,omitempty"`
	Expires time.Time     `json:"expires,omitzero"`
	// Unconfirmed marks what arrived before the contact was confirmed.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
	// Quarantined marks what came from a device that the contact has removed,
	// or in a session that was replaced: it may be from whoever has a copy of
	// the keys.
	Quarantined bool `json:"quarantined,omitempty"`
	// Note is set for a line that nobody wrote: it tells of a change in how
	// the conversation is protected or kept. It is Incoming and Read, unless it
	// says otherwise, Text is empty and Time is our clock's.
	Note Note `json:"note,omitempty"`
}

// Note is what a line of a conversation tells that nobody wrote.
type Note string

const (
	// NoteDeviceAdded: the contact added a device, and a known one vouches.
	NoteDeviceAdded Note = "device-added"
	// NoteDeviceRemoved: the contact removed a device.
	NoteDeviceRemoved Note = "device-removed"
	// NoteSessionRenewed: one side began a new session and showed that it
	// held the old one until just now. Nothing changes.
	NoteSessionRenewed Note = "session-renewed"
	// NoteSessionRestarted: one side lost its state and began a new session
	// with its device keys alone. It is a warning: whoever copied the device
	// could have done it, so verification has lapsed.
	NoteSessionRestarted Note = "session-restarted"
	// NoteTimer: new texts disappear after the message's Timer from here on, or
	// do not if it is 0. Direction says who set it.
	NoteTimer Note = "timer"
)

// Conversation is a line of the conversation list.
type Conversation struct {
	Contact Contact  `json:"contact"`
	Last    *Message `json:"last,omitempty"`
	Unread  int      `json:"unread"`
	Draft   Draft    `json:"draft,omitzero"`
	// FirstUnread is the row of the first unread message, 0 if there is none.
	FirstUnread int64     `json:"first_unread,omitempty"`
	Activity    time.Time `json:"activity"` // what the list is sorted by, newest first
}

// Page asks for a piece of a conversation. The answer is in row order, oldest
// first. With Before and After zero it is the newest Limit messages.
type Page struct {
	Before int64 // only rows smaller than this, the newest Limit of them
	After  int64 // only rows larger than this, the oldest Limit of them
	Limit  int   // at most 500; 0 is 50
}

// Mode is how an invitation is to be passed on.
type Mode string

const (
	// ModeLink is for an invitation that is sent: the contact stays unverified
	// until safety numbers are compared.
	ModeLink Mode = "link"
	// ModePerson is for two people who show each other their codes: both
	// scan, and both are verified at once.
	ModePerson Mode = "person"
	// ModeNearby is for an invitation that everybody on the local network is shown
	// for some minutes: as unverified as one that is sent.
	ModeNearby Mode = "nearby"
)

// InvitationState says what can become of an invitation of ours.
type InvitationState string

const (
	InvitationOpen    InvitationState = "open"
	InvitationUsed    InvitationState = "used"
	InvitationExpired InvitationState = "expired"
	InvitationRevoked InvitationState = "revoked"
)

// Invitation is one of our invitations.
type Invitation struct {
	ID      InvitationID    `json:"id"`
	Mode    Mode            `json:"mode"`
	State   InvitationState `json:"state"`
	Link    string          `json:"link,omitempty"` // "sotto:i/1/..."; only while open
	Created time.Time       `json:"created"`
	Expires time.Time       `json:"expires"`
	UsedBy  string          `json:"used_by,omitempty"` // the name of whoever used it
}

// Request is somebody who used an invitation of ours and waits for our answer.
type Request struct {
	ID         RequestID    `json:"id"`
	Contact    ContactID    `json:"contact"` // who they are if accepted
	Name       string       `json:"name"`    // what they call themselves
	Text       string       `json:"text,omitempty"`
	Mode       Mode         `json:"mode"`
	Invitation InvitationID `json:"invitation"`
	InvitedAt  time.Time    `json:"invited_at"` // when that invitation was made
	Arrived    time.Time    `json:"arrived"`
	Known      bool         `json:"known"` // an existing contact, with a new device
}

// JoinState says how far the acceptance of somebody's invitation has come.
type JoinState string

const (
	JoinLooking JoinState = "looking" // the other computer is not reached yet
	JoinScanned JoinState = "scanned" // in person: the other has still to scan our code
	JoinAsked   JoinState = "asked"   // request delivered; waits for their yes
	JoinDone    JoinState = "done"    // accepted: they are a confirmed contact
	JoinFailed  JoinState = "failed"  // see Problem
)

// Join is our acceptance of somebody's invitation.
type Join struct {
	ID      JoinID    `json:"id"`
	Mode    Mode      `json:"mode"`
	State   JoinState `json:"state"`
	Name    string    `json:"name,omitempty"`    // known once the other computer was reached
	Contact ContactID `json:"contact,omitempty"` // likewise
	Problem Kind      `json:"problem,omitempty"` // why it failed
	Started time.Time `json:"started"`
	Expires time.Time `json:"expires"`
}

// SafetyNumber is what two people compare to be sure that nobody is between them.
type SafetyNumber struct {
	Digits string `json:"digits"` // 60 digits, without spaces
	Code   string `json:"code"`   // the text of the QR that the other can scan
}

// Status is what a program says of itself.
type Status struct {
	Self        Self         `json:"self"`
	Online      bool         `json:"online"`    // the network is started
	Network     bool         `json:"network"`   // the computer has a network beside loopback
	Transport   string       `json:"transport"` // our transport peer id
	Addresses   []string     `json:"addresses"`
	Connections []Connection `json:"connections"`
	Queue       int          `json:"queue"` // cells waiting for an acknowledgement
}

// Connection is an open session with a contact.
type Connection struct {
	Contact ContactID `json:"contact"`
	Name    string    `json:"name"`
	Via     Via       `json:"via"`
	Address string    `json:"address"`
}
