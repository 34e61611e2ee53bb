package model

// EventKind says what changed.
type EventKind string

const (
	EventContact      EventKind = "contact"      // a contact's name, trust, presence or alarm
	EventConversation EventKind = "conversation" // unread, draft
	EventMessage      EventKind = "message"      // a new message, or one whose state changed
	EventInvitation   EventKind = "invitation"
	EventRequest      EventKind = "request" // arrived, accepted or declined
	EventJoin         EventKind = "join"
	EventSelf         EventKind = "self"    // name or settings
	EventNetwork      EventKind = "network" // online, addresses
	EventNearby       EventKind = "nearby"  // who is nearby, and the end of looking
	EventMailbox      EventKind = "mailbox" // our mailboxes, what is held for others, offers of contacts
	// EventResync tells a subscriber that it fell behind and lost events: read
	// everything anew.
	EventResync EventKind = "resync"
)

// Event tells that something changed. It carries ids, never contents: whoever
// wants to know asks the messenger.
type Event struct {
	Kind       EventKind    `json:"kind"`
	Revision   uint64       `json:"revision"` // grows by one with every event of this run
	Contact    ContactID    `json:"contact,omitempty"`
	Message    MessageID    `json:"message,omitempty"`
	New        bool         `json:"new,omitempty"` // with EventMessage: the message was not there before
	Invitation InvitationID `json:"invitation,omitempty"`
	Request    RequestID    `json:"request,omitempty"`
	Join       JoinID       `json:"join,omitempty"`
}
