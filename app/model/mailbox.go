package model

import "time"

// MaxMailboxes is how many mailboxes a profile uses at most.
const MaxMailboxes = 3

// MailboxID names a mailbox of ours: lower-case hex of 16 random bytes, chosen
// here and known nowhere else.
type MailboxID string

// MailboxKind says whose computer a mailbox is.
type MailboxKind string

const (
	MailboxOwn     MailboxKind = "own"     // added by its link: an always-on box, or a volunteer's
	MailboxContact MailboxKind = "contact" // a contact's computer, which they lend
)

// Health says how a mailbox has answered lately.
type Health string

const (
	HealthUnknown Health = "unknown" // not asked yet
	HealthOK      Health = "ok"      // answers, and holds what it should
	HealthSilent  Health = "silent"  // does not answer
	HealthFull    Health = "full"    // takes no more
	HealthRefuses Health = "refuses" // no longer serves us, or has lost our queues
	HealthLies    Health = "lies"    // said that it holds something and does not
)

// Mailbox is one of the computers that hold sealed messages for us while we are
// away.
type Mailbox struct {
	ID      MailboxID   `json:"id"`
	Kind    MailboxKind `json:"kind"`
	Name    string      `json:"name"`              // the person's name for it, or the contact's
	Contact ContactID   `json:"contact,omitempty"` // of MailboxContact
	Health  Health      `json:"health"`
	Added   time.Time   `json:"added"`
	// Answered is when it last answered, Asked when it was last asked.
	Answered time.Time `json:"answered,omitzero"`
	Asked    time.Time `json:"asked,omitzero"`
	// Silent is since when it does not answer; zero if it does.
	Silent time.Time `json:"silent,omitzero"`
	// Used and Quota are bytes of what it holds for us; Waiting is how many cells.
	Used    int64         `json:"used"`
	Quota   int64         `json:"quota"`
	Waiting int           `json:"waiting"`
	KeepFor time.Duration `json:"keep_for"` // how long it keeps a message
	// Days are the last 14 days, oldest first: how many percent of the times that
	// it was asked it answered; -1 if it was not asked.
	Days [14]int `json:"days"`
}

// MailboxOffer is a contact's offer to hold messages for us.
type MailboxOffer struct {
	Contact ContactID `json:"contact"`
	Name    string    `json:"name"`
	Quota   int64     `json:"quota"` // bytes
}

// MailboxSummary is what the window says of all mailboxes together.
type MailboxSummary struct {
	Mailboxes []Mailbox      `json:"mailboxes"`
	Offers    []MailboxOffer `json:"offers"`             // of contacts, not taken up
	Collected time.Time      `json:"collected,omitzero"` // when mail was last fetched
}

// Hosting is what this computer holds for others.
type Hosting struct {
	Contacts []ContactID `json:"contacts"` // whom it is mailbox for; none: it is off
	Quota    int64       `json:"quota"`    // bytes for each of them
	Used     int64       `json:"used"`     // bytes held now, for all
	Cells    int         `json:"cells"`
}
