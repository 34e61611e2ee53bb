package main

import (
	"fmt"
	"strings"

	"sotto/app/model"
)

// reasons says why a message has not come further.
var reasons = map[model.Reason]string{
	model.ReasonSending:   "on its way",
	model.ReasonAway:      "their computer does not answer",
	model.ReasonNoNetwork: "this computer has no network",
	model.ReasonOffline:   "no program is online with this profile",
	model.ReasonAlarm:     "you have to decide on an alarm first",
	model.ReasonNoSession: "a new secure session is being made",
	model.ReasonFull:      "their mailboxes are full",
	model.ReasonNoMailbox: "none of their mailboxes answers",
	model.ReasonCancelled: "you took it back",
	model.ReasonBlocked:   "you blocked them",
	model.ReasonLost:      "it had arrived, and their computer went back to before that",
	model.ReasonRefused:   "they did not accept you as a contact",
}

// steps says what happened to a message.
var steps = map[model.StepKind]string{
	model.StepWritten:    "written",
	model.StepSealed:     "sealed, and kept here",
	model.StepResealed:   "sealed anew: the session was replaced",
	model.StepEdited:     "edited while it waited",
	model.StepTried:      "tried directly",
	model.StepHandedOver: "handed over to their computer",
	model.StepHeld:       "stored in a mailbox of theirs",
	model.StepRefused:    "not taken by a mailbox of theirs",
	model.StepDelivered:  "on their computer",
	model.StepRead:       "read",
	model.StepCancelled:  "taken back",
	model.StepFailed:     "given up",
	model.StepArrived:    "arrived directly",
	model.StepFetched:    "fetched from a mailbox of yours",
	model.StepOpened:     "opened, and kept here",
	model.StepSeen:       "read here",
}

// stepWords says one step, with what is known of it.
func stepWords(s model.Step) string {
	text := steps[s.Kind]
	if s.Mailbox != "" {
		text += ": " + clean(s.Mailbox)
	}
	var more []string
	if s.Via != model.ViaNone {
		more = append(more, string(s.Via))
	}
	if s.Mailboxes > 0 {
		more = append(more, fmt.Sprintf("%d of %d", s.Held, s.Mailboxes))
	}
	if r := reasons[s.Reason]; r != "" {
		more = append(more, r)
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text
}

// stateWords says how far a message of ours has come, and why not further.
func stateWords(m model.Message) string {
	state := string(m.State)
	if m.State == model.Stored && m.Mailboxes > 0 {
		state += fmt.Sprintf(" in %d of %d mailboxes", m.Held, m.Mailboxes)
	}
	if r := reasons[m.Reason]; r != "" {
		state += " (" + r + ")"
	}
	return state
}
