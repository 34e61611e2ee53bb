package ui

import (
	"context"
	"slices"

	"sotto/app/model"
	"sotto/ui/kit"
)

// loader keeps one reading of something under way at a time: what changes in
// the meantime is read once more afterwards.
type loader struct{ busy, again bool }

// run starts work unless it runs already, and starts it again when it was asked
// for meanwhile.
func (l *loader) run(v *mainView, work func(ctx context.Context) error, done func()) {
	if l.busy {
		l.again = true
		return
	}
	l.busy = true
	v.Run(work, func(err error) {
		l.busy = false
		if err == nil {
			done()
		} else {
			v.fails(wordLoadFails, err)
		}
		if l.again {
			l.again = false
			l.run(v, work, done)
		}
	})
}

// fails tells of an error that should not happen. A profile that was closed
// meanwhile is none.
func (v *mainView) fails(words string, err error) {
	if k := model.KindOf(err); k != model.Closed && k != model.NotFound {
		v.w.root.ShowToast(kit.Toast{Icon: "warning", Text: words})
	}
}

func (v *mainView) readConversations() {
	var cs []model.Conversation
	v.reading.run(v, func(ctx context.Context) (err error) {
		cs, err = v.m.Conversations(ctx)
		return err
	}, func() {
		first := len(v.conversations) == 0
		before := v.conversations
		if !v.known { // what waited before the profile was opened is no news
			v.known, before = true, cs
		}
		v.conversations = cs
		v.notify(before, cs)
		v.list.refresh()
		v.talk.take(cs)
		if id := v.talk.id; holds(before, id) && !holds(cs, id) { // it was removed
			v.talk.leave()
			v.showPane()
		}
		if first != (len(cs) == 0) {
			v.showPane()
		}
	})
}

// holds reports whether one of the conversations is with the contact with id.
func holds(all []model.Conversation, id model.ContactID) bool {
	return slices.ContainsFunc(all, func(c model.Conversation) bool { return c.Contact.ID == id })
}

func (v *mainView) readRequests() {
	var rs []model.Request
	v.asking.run(v, func(ctx context.Context) (err error) {
		rs, err = v.m.Requests(ctx)
		return err
	}, func() {
		before := v.requests
		if !v.asked {
			v.asked, before = true, rs
		}
		v.requests = rs
		v.notifyRequests(before, rs)
		v.list.refresh()
	})
}

func (v *mainView) readStatus() {
	var self model.Self
	var status model.Status
	var choices model.Settings
	v.looking.run(v, func(ctx context.Context) (err error) {
		if self, err = v.m.Self(ctx); err != nil {
			return err
		}
		if choices, err = v.m.Settings(ctx); err != nil {
			return err
		}
		status, err = v.m.Status(ctx)
		return err
	}, func() {
		changed := self != v.self
		v.self, v.status, v.choices = self, status, choices
		v.setNotice()
		v.list.refresh()
		v.talk.refresh()
		if changed && len(v.conversations) == 0 {
			v.showPane()
		}
	})
}

func (v *mainView) readMailboxes() {
	var s model.MailboxSummary
	v.counting.run(v, func(ctx context.Context) (err error) {
		s, err = v.m.Mailboxes(ctx)
		return err
	}, func() {
		v.mailboxes = s.Mailboxes
		v.list.refresh()
	})
}

// events takes over what changed since the last frame.
func (v *mainView) events(es []model.Event) {
	var conversations, requests, status, mailboxes, details bool
	var messages []model.MessageID
	for _, e := range es {
		switch e.Kind {
		case model.EventContact, model.EventConversation:
			conversations = true
		case model.EventMessage:
			conversations = true
			if e.Contact == v.talk.id {
				messages = append(messages, e.Message)
			}
			details = details || e.Message == v.talk.details.id
		case model.EventRequest:
			requests = true
		case model.EventSelf, model.EventNetwork:
			status = true
		case model.EventMailbox:
			mailboxes = true
		case model.EventResync:
			conversations, requests, status, mailboxes, details = true, true, true, true, true
			v.talk.reopen()
		}
	}
	if conversations {
		v.readConversations()
	}
	if requests {
		v.readRequests()
	}
	if status {
		v.readStatus()
	}
	if mailboxes {
		v.readMailboxes()
	}
	if details {
		v.talk.details.load()
	}
	if len(messages) > 0 {
		v.talk.readMessages(messages)
	}
	if v.page != nil && v.page.OnEvents != nil {
		v.page.OnEvents(es)
	}
}
