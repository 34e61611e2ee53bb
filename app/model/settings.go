package model

import "time"

// Settings are the choices of the person that belong to the profile.
type Settings struct {
	ReadReceipts bool          `json:"read_receipts"` // tell others what was read
	LockAfter    time.Duration `json:"lock_after"`    // idle time until the window locks; 0 is never
	PhraseRemind time.Time     `json:"phrase_remind"` // when to remind of an unwritten phrase

	Notify Notify `json:"notify"` // what notifications show
	// Quiet says that there are hours without notifications: from the beginning
	// of the hour QuietFrom to the beginning of QuietTo, or all day if they are
	// the same.
	Quiet     bool `json:"quiet"`
	QuietFrom int  `json:"quiet_from"`
	QuietTo   int  `json:"quiet_to"`
}

// Notify says what a notification shows. Whatever is not listed here is
// NotifyBare.
type Notify string

const (
	NotifyBare Notify = "bare" // that there is a message
	NotifyName Notify = "name" // and from whom
	NotifyText Notify = "text" // and what it says
)

// DefaultSettings are the choices of a person who has made none.
func DefaultSettings() Settings {
	return Settings{ReadReceipts: true, LockAfter: 10 * time.Minute, Notify: NotifyName, QuietFrom: 22, QuietTo: 7}
}

// QuietAt reports whether now is within the hours without notifications.
func (s Settings) QuietAt(now time.Time) bool {
	h := now.Local().Hour()
	switch {
	case !s.Quiet:
		return false
	case s.QuietFrom < s.QuietTo:
		return s.QuietFrom <= h && h < s.QuietTo
	}
	return s.QuietFrom <= h || h < s.QuietTo // over midnight
}
