package part

import "strings"

// What a code or link of Sotto's begins with, by what it is for. They are read by
// the messenger; here they only tell somebody that a code belongs elsewhere.
const (
	contactCode = "sotto:i/" // docs/protocol.md §4.1
	mailboxCode = "sotto:m/"
)

// IsContactCode reports whether a text is meant to be a contact's code.
func IsContactCode(text string) bool { return begins(text, contactCode) }

// IsMailboxCode reports whether a text is meant to be a mailbox's.
func IsMailboxCode(text string) bool { return begins(text, mailboxCode) }

// isCode reports whether a text is one of Sotto's codes at all.
func isCode(text string) bool { return begins(text, "sotto:") }

func begins(text, with string) bool {
	text = strings.TrimSpace(text)
	return len(text) >= len(with) && strings.EqualFold(text[:len(with)], with)
}
