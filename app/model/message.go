package model

import "time"

// Quote is the message that another one answers, as this device has it: a reply
// carries nothing but an id, so nobody can put words into another's mouth.
type Quote struct {
	ID        MessageID `json:"id"`
	Direction Direction `json:"direction,omitempty"`
	Text      string    `json:"text,omitempty"` // its beginning, at most MaxQuote bytes
	Row       int64     `json:"row,omitempty"`  // where it is in the conversation
	Gone      bool      `json:"gone,omitempty"` // it is not here, or was deleted; the rest is empty
}

// MaxQuote is how much of a text a Quote has, in bytes; it is cut at a character.
const MaxQuote = 300

// Reaction is an emoji that one of the two put on a message. Each has at most one
// on a message.
type Reaction struct {
	Emoji string `json:"emoji"`
	Mine  bool   `json:"mine,omitempty"`
}

// MaxReaction is the longest emoji, in bytes: some are made of many characters.
const MaxReaction = 64

// MaxUsedEmoji is how many of the emoji that were used last are kept.
const MaxUsedEmoji = 32

// Deleted says that a message was deleted for both; its text is gone.
type Deleted string

const (
	DeletedNot    Deleted = ""
	DeletedMine   Deleted = "mine"   // by the person at this device
	DeletedTheirs Deleted = "theirs" // by the contact
)

// Draft is what is written to a contact but not sent.
type Draft struct {
	Text    string    `json:"text,omitempty"`
	ReplyTo MessageID `json:"reply_to,omitempty"` // the message that it answers
	Editing MessageID `json:"editing,omitempty"`  // the message whose text it is to replace
}

// The times after which texts of a conversation can disappear.
const (
	MinTimer = 5 * time.Second
	MaxTimer = 365 * 24 * time.Hour
)

// Forever is how long a contact is muted for good.
var Forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	// MaxLabels is how many labels a contact has at most.
	MaxLabels = 20
	// MaxLabel is the longest label, in bytes of UTF-8.
	MaxLabel = 64
	// MaxRemark is the longest remark on a contact, in bytes of UTF-8.
	MaxRemark = 4000
)
