package model

import "time"

// Reason says why an outgoing message has not come further.
type Reason string

const (
	ReasonNone      Reason = ""
	ReasonSending   Reason = "sending"    // connected, and under way
	ReasonAway      Reason = "away"       // the contact's computer does not answer
	ReasonNoNetwork Reason = "no-network" // this computer has no network
	ReasonOffline   Reason = "offline"    // this program is offline: locked, or not started for the network
	ReasonAlarm     Reason = "alarm"      // the person has to decide first
	ReasonNoSession Reason = "no-session" // a new secure session is being made
	ReasonFull      Reason = "full"       // the contact's mailboxes are full, and their computer does not answer
	ReasonNoMailbox Reason = "no-mailbox" // none of the contact's mailboxes answers, and their computer neither
	ReasonCancelled Reason = "cancelled"  // with Failed: the person took it back
	ReasonLost      Reason = "lost"       // with Failed: it arrived, and their computer has gone back to before that
	ReasonRefused   Reason = "refused"    // with Failed: they did not take up the contact
	ReasonBlocked   Reason = "blocked"    // the contact is blocked
)

// Details is a message's way so far, for whoever asks where it is.
type Details struct {
	Message Message `json:"message"`
	Steps   []Step  `json:"steps"` // oldest first
	// Devices are the contact's computers that it is sealed to, or the one that it
	// came from.
	Devices []DeviceID `json:"devices"`
	// NextTry is when delivery is tried again by itself; zero if nothing is planned.
	NextTry time.Time `json:"next_try,omitzero"`
}

// Step is one thing that happened to a message on its way.
type Step struct {
	Kind StepKind  `json:"kind"`
	Time time.Time `json:"time"` // by our clock
	// Mailbox names the mailbox of StepHeld, StepRefused and StepFetched.
	Mailbox string `json:"mailbox,omitempty"`
	// Via is how it went, of StepTried, StepHandedOver and StepArrived.
	Via Via `json:"via,omitempty"`
	// Reason says why, of StepTried, StepRefused and StepFailed.
	Reason Reason `json:"reason,omitempty"`
	// Held of Mailboxes is how many held it after StepHeld.
	Held      int `json:"held,omitempty"`
	Mailboxes int `json:"mailboxes,omitempty"`
}

// StepKind names a step on a message's way.
type StepKind string

const (
	// Of a message of ours.
	StepWritten    StepKind = "written"     // the person pressed Enter
	StepSealed     StepKind = "sealed"      // under a key used for this cell only, and kept durably
	StepResealed   StepKind = "resealed"    // anew, because the session was replaced
	StepEdited     StepKind = "edited"      // while it waited
	StepTried      StepKind = "tried"       // directly, without an answer: see Reason
	StepHandedOver StepKind = "handed-over" // written to an open connection, which proves nothing yet
	StepHeld       StepKind = "held"        // a mailbox said that it holds it
	StepRefused    StepKind = "refused"     // a mailbox did not take it: see Reason
	StepDelivered  StepKind = "delivered"   // their computer has it, acknowledged end to end
	StepRead       StepKind = "read"
	StepCancelled  StepKind = "cancelled"
	StepFailed     StepKind = "failed"
	// Of a message of theirs.
	StepArrived StepKind = "arrived" // directly
	StepFetched StepKind = "fetched" // from a mailbox of ours
	StepOpened  StepKind = "opened"  // and stored durably
	StepSeen    StepKind = "seen"    // by the person at this computer
)
