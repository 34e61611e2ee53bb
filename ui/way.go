package ui

import (
	"fmt"
	"strings"
	"time"

	"sotto/app/model"
	"sotto/ui/timeline"
	"sotto/ui/when"
)

// mark says what a step looks like.
type mark int

const (
	done      mark = iota
	attention      // it happened, and did not help
	wrong          // it ended there
	toCome
)

// step is one step of a message's way in words.
type step struct {
	mark  mark
	title string
	text  string    // "" is none
	at    time.Time // zero: it has not happened
	end   string    // in the time's place, if it has not
}

// way puts the steps of a message into words: what happened, and for one that is
// still under way what is to come. Steps of one kind that follow each other are
// told once, as the last of them: a message that waits for days is tried often.
func way(d model.Details, c model.Contact, now time.Time) []step {
	if d.Message.Direction == model.Incoming {
		return wayHere(d, c)
	}
	var out []step
	for i := 0; i < len(d.Steps); i++ {
		s, n, boxes := d.Steps[i], 1, []string(nil)
		boxes = addName(boxes, s.Mailbox)
		for i+1 < len(d.Steps) && repeats(s, d.Steps[i+1]) {
			i++
			n, s = n+1, d.Steps[i]
			boxes = addName(boxes, s.Mailbox)
		}
		out = append(out, stepWords(d, s, n, boxes, c, now)...)
	}
	return append(out, stepsToCome(d.Message, c)...)
}

// repeats reports whether b tells no more than that a happened once more.
func repeats(a, b model.Step) bool {
	switch a.Kind {
	case model.StepHeld:
		return b.Kind == a.Kind
	case model.StepTried, model.StepHandedOver:
		return b.Kind == a.Kind && b.Reason == a.Reason && b.Via == a.Via
	case model.StepRefused:
		return b.Kind == a.Kind && b.Reason == a.Reason && b.Mailbox == a.Mailbox
	}
	return false
}

func addName(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	if name == "" {
		return names
	}
	return append(names, name)
}

// stepWords says one step of a message of ours that happened n times; boxes are
// the mailboxes that took part.
func stepWords(d model.Details, s model.Step, n int, boxes []string, c model.Contact, now time.Time) []step {
	out := step{at: s.Time}
	switch s.Kind {
	case model.StepWritten:
		out.title = wordWritten
	case model.StepSealed:
		out.title, out.text = sealedWords(len(d.Devices)), wordSealedText
		return []step{out, {at: s.Time, title: wordKept, text: wordKeptText}}
	case model.StepResealed:
		out.title, out.text = wordResealed, wordResealedText
	case model.StepEdited:
		out.title = wordEdited
	case model.StepTried:
		out.mark, out.title, out.text = attention, wordTried, triedWords(s.Reason, c, now)
		if n > 1 {
			out.title = wordTriedOften.Of(n)
		}
	case model.StepHandedOver:
		out.title, out.text = wordHandedOver, wentWords(s.Via)
	case model.StepHeld:
		out.title = timeline.HeldWords(s.Held, s.Mailboxes, c.Name)
		if s.Mailboxes > 1 { // the title names the only one
			out.text = strings.Join(boxes, wordListComma)
		}
		if s.Held < s.Mailboxes && !d.NextTry.IsZero() {
			out.text = nextTry(out.text, when.At(d.NextTry, now))
		}
	case model.StepRefused:
		out.mark, out.title, out.text = attention, wordRefused, refusedWords(s.Reason)
		if len(boxes) > 0 {
			out.title = fmt.Sprintf(wordRefusedBy, strings.Join(boxes, wordListComma))
		}
	case model.StepDelivered:
		out.title, out.text = fmt.Sprintf(wordOpenedAt, c.Name), wordOpenedText
	case model.StepRead:
		out.title = wordStepRead
	case model.StepCancelled:
		out.mark, out.title, out.text = wrong, wordTakenBack, wordTakenText
	case model.StepFailed:
		out.mark, out.title = wrong, wordNotSent
		switch s.Reason {
		case model.ReasonBlocked:
			out.text = fmt.Sprintf(wordBlockedBy, c.Name)
		case model.ReasonRefused:
			out.text = fmt.Sprintf(wordNotAccepted, c.Name)
		case model.ReasonLost:
			out.title, out.text = wordLostThere, fmt.Sprintf(wordWentBack, c.Name)
		}
	default: // of a newer messenger: better silent than wrong
		return nil
	}
	return []step{out}
}

// stepsToCome says what is still missing of the way of a message of ours.
func stepsToCome(m model.Message, c model.Contact) []step {
	opened, read := step{mark: toCome, title: fmt.Sprintf(wordOpenedAt, c.Name)}, step{mark: toCome, title: wordStepRead}
	switch m.State {
	case model.Waiting:
		opened.end = wordStepWaits
		return []step{opened, read}
	case model.Stored:
		opened.title = wordOpenedThere
		return []step{{mark: toCome, title: fmt.Sprintf(wordFetchedBy, c.Name), end: wordStepWaits}, opened, read}
	case model.Delivered:
		return []step{read}
	}
	return nil
}

// wayHere is the way of a message of theirs.
func wayHere(d model.Details, c model.Contact) []step {
	out := []step{{title: wordWritten, text: fmt.Sprintf(wordTheirClock, c.Name), at: d.Message.Time}}
	for _, s := range d.Steps {
		next := step{at: s.Time}
		switch s.Kind {
		case model.StepArrived:
			next.title, next.text = wordArrived, wentWords(s.Via)
		case model.StepFetched:
			next.title = wordFetched
			if s.Mailbox != "" {
				next.title = fmt.Sprintf(wordFetchedFrom, s.Mailbox)
			}
		case model.StepOpened:
			next.title, next.text = wordOpened, wordKeptText
		case model.StepSeen:
			next.title = wordSeen
		default:
			continue
		}
		out = append(out, next)
	}
	if d.Message.State == model.Delivered {
		out = append(out, step{mark: toCome, title: wordSeen})
	}
	return out
}

func sealedWords(devices int) string {
	return wordSealed.Of(max(1, devices))
}

// nextTry adds to what is said of a step when the next one is tried.
func nextTry(said, at string) string {
	next := fmt.Sprintf(wordNextTry, at)
	if said == "" {
		return next
	}
	return fmt.Sprintf(wordThen, said, next)
}

// triedWords says why trying directly did not help.
func triedWords(r model.Reason, c model.Contact, now time.Time) string {
	switch r {
	case model.ReasonNoNetwork:
		return wordTriedNoNetwork
	case model.ReasonOffline:
		return wordTriedOffline
	case model.ReasonNoSession:
		return wordTriedSession
	}
	if c.LastSeen.IsZero() {
		return fmt.Sprintf(wordNeverReached, c.Name)
	}
	return fmt.Sprintf(wordSilentSince, c.Name, when.Since(c.LastSeen, now))
}

func refusedWords(r model.Reason) string {
	switch r {
	case model.ReasonFull:
		return wordBoxFull
	case model.ReasonNoMailbox:
		return wordBoxSilent
	}
	return ""
}

// wentWords says by which way something went.
func wentWords(v model.Via) string {
	switch v {
	case model.ViaLAN:
		return wordWentLAN
	case model.ViaDirect:
		return wordWentDirect
	case model.ViaRelayed:
		return wordWentRelayed
	}
	return ""
}
