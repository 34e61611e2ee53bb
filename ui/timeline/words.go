package timeline

import (
	"fmt"
	"time"

	"sotto/app/model"
	"sotto/ui/theme"
	"sotto/ui/when"
)

const (
	wordJump        = "Newest message"
	wordNewOne      = "1 new message"
	wordNew         = "%d new messages"
	wordWaiting     = "Waiting for %s"
	wordLastSeen    = "Waiting for %s, last seen %s"
	wordNoNetwork   = "Waiting here until there is a network"
	wordDelivered   = "On %s’s computer %s"
	wordRead        = "Read %s"
	wordFailed      = "Not sent"
	wordUnconfirmed = "Arrived before the contact was confirmed"
	wordQuarantined = "From a device or keys that are no longer in use"
	wordCompare     = "Compare numbers again"
)

// caption is a state in words, with its icon.
type caption struct {
	icon, text string
	color      theme.Token
}

// StateIcon returns the icon of an outgoing message's state.
func StateIcon(s model.State) string {
	switch s {
	case model.Delivered:
		return "check"
	case model.Read:
		return "double-check"
	case model.Failed:
		return "warning"
	}
	return "clock"
}

// stateWords says how far an outgoing message has come.
func stateWords(m model.Message, c model.Contact, network bool, now time.Time) caption {
	out := caption{icon: StateIcon(m.State), color: theme.Ink2}
	switch m.State {
	case model.Delivered:
		out.text = fmt.Sprintf(wordDelivered, c.Name, when.At(m.StateTime, now))
	case model.Read:
		out.text = fmt.Sprintf(wordRead, when.At(m.StateTime, now))
	case model.Failed:
		out.text, out.color = wordFailed, theme.Danger
	default:
		switch {
		case !network:
			out.text = wordNoNetwork
		case c.LastSeen.IsZero() || c.Online():
			out.text = fmt.Sprintf(wordWaiting, c.Name)
		default:
			out.text = fmt.Sprintf(wordLastSeen, c.Name, when.At(c.LastSeen, now))
		}
	}
	return out
}

func newWords(n int) string {
	if n == 1 {
		return wordNewOne
	}
	return fmt.Sprintf(wordNew, n)
}
