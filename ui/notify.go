package ui

import (
	"time"

	"sotto/app/model"
	"sotto/ui/desktop"
)

// Notifier shows notifications on the desktop, one for each key, and takes them
// back. Its methods return at once.
type Notifier interface {
	Show(desktop.Notice)
	Withdraw(key string)
	// Served reports whether anybody shows them.
	Served() bool
}

// Keys of notifications. A conversation's is its id.
const (
	keyRequests = "requests"
	keyTray     = "tray" // the window was closed, and the program goes on
)

// moment is what there is to know, beside the messages, of whether to notify.
type moment struct {
	now     time.Time
	choices model.Settings
	front   bool            // the window is in front
	open    model.ContactID // the conversation on show in it
}

// notable returns the conversations in after to notify of: those in which
// something came since before that the person has not seen, and wants to hear of.
func notable(before, after []model.Conversation, at moment) (out []model.Conversation) {
	if at.choices.QuietAt(at.now) {
		return nil
	}
	old := make(map[model.ContactID]model.Conversation, len(before))
	for _, c := range before {
		old[c.Contact.ID] = c
	}
	for _, c := range after {
		seen := at.front && at.open == c.Contact.ID
		if !seen && !c.Contact.Blocked && !c.Contact.Muted(at.now) && cameSince(old[c.Contact.ID], c) {
			out = append(out, c)
		}
	}
	return out
}

// cameSince reports whether something unread came to a conversation. Some of what
// was unread before may have been read meanwhile.
func cameSince(before, after model.Conversation) bool {
	return after.Unread > before.Unread || after.Unread > 0 && after.FirstUnread > before.FirstUnread &&
		after.Last != nil && after.Last.Direction == model.Incoming && (before.Last == nil || after.Last.ID != before.Last.ID)
}

// noticeOf returns what a notification of a conversation says.
func noticeOf(c model.Conversation, show model.Notify) desktop.Notice {
	n := desktop.Notice{Key: string(c.Contact.ID), Title: wordNewMessage}
	if c.Unread > 1 {
		n.Title = wordNewMessages.Of(c.Unread)
	}
	// Whoever writes there may not be who the name says.
	if c.Contact.Alarm != model.AlarmNone || show != model.NotifyName && show != model.NotifyText {
		return n
	}
	n.Title, n.Body = c.Contact.Name, n.Title
	if last := c.Last; show == model.NotifyText && last != nil && last.Direction == model.Incoming && last.Note == "" && !last.Quarantined {
		n.Body = last.Text
	}
	return n
}

// notify tells of what came since the conversations were read before, and takes
// back what has been read.
func (v *mainView) notify(before, after []model.Conversation) {
	unread := map[string]bool{}
	total := 0
	for _, c := range after {
		unread[string(c.Contact.ID)] = c.Unread > 0 && !c.Contact.Blocked
		if !c.Contact.Blocked && !c.Contact.Muted(time.Now()) {
			total += c.Unread
		}
	}
	v.w.setUnread(total)
	for key := range v.notified {
		if key != keyRequests && !unread[key] {
			v.withdraw(key)
		}
	}
	for _, c := range notable(before, after, v.moment()) {
		v.tell(noticeOf(c, v.choices.Notify))
	}
}

// notifyRequests tells of requests that came.
func (v *mainView) notifyRequests(before, after []model.Request) {
	if len(after) == 0 {
		v.withdraw(keyRequests)
		return
	}
	known := map[model.RequestID]bool{}
	for _, r := range before {
		known[r.ID] = true
	}
	at := v.moment()
	for _, r := range after {
		if known[r.ID] || at.front || at.choices.QuietAt(at.now) { // in front, the list shows it
			continue
		}
		n := desktop.Notice{Key: keyRequests, Title: wordNewRequest}
		if show := at.choices.Notify; show == model.NotifyName || show == model.NotifyText {
			n.Body = requestWords(after)
		}
		v.tell(n)
		return
	}
}

func (v *mainView) moment() moment {
	at := moment{now: time.Now(), choices: v.choices, front: v.w.front}
	if v.page == nil { // a page covers it
		at.open = v.talk.id
	}
	return at
}

func (v *mainView) tell(n desktop.Notice) {
	if v.w.Notifier != nil {
		v.notified[n.Key] = true
		v.w.Notifier.Show(n)
	}
}

func (v *mainView) withdraw(key string) {
	if v.notified[key] {
		delete(v.notified, key)
		v.w.Notifier.Withdraw(key)
	}
}

// withdrawAll takes every notification back: a locked profile tells nothing.
func (v *mainView) withdrawAll() {
	for key := range v.notified {
		v.withdraw(key)
	}
	v.w.setUnread(0)
}

// OpenNotified brings the window to the front with what a notification was about.
func (w *Window) OpenNotified(key string) {
	w.Raise()
	v := w.main
	switch {
	case v == nil, key == keyTray:
	case key == keyRequests:
		v.openRequests()
	default:
		v.Converse(model.ContactID(key))
	}
}

// setUnread tells how many messages wait to be read.
func (w *Window) setUnread(n int) {
	if n != w.unread {
		w.unread = n
		if w.OnUnread != nil {
			w.OnUnread(n)
		}
	}
}
