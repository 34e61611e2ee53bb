package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/desktop"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// talks returns a conversation with that many unread messages.
func talks(name string, unread int, change func(*model.Conversation)) model.Conversation {
	c := model.Conversation{Contact: model.Contact{ID: uitest.ID(name), Name: name}, Unread: unread,
		Last: &model.Message{ID: model.MessageID(fmt.Sprint(name, unread)), Direction: model.Incoming, Text: "Are you there?"}}
	if unread > 0 {
		c.FirstUnread = 5
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestWhatIsNotable(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)
	alice := uitest.ID("Alice")
	one := []model.Conversation{talks("Alice", 1, nil)}
	for _, c := range []struct {
		what          string
		before, after []model.Conversation
		at            moment
		want          bool
	}{
		{"one more", one, []model.Conversation{talks("Alice", 2, nil)}, moment{}, true},
		{"a new conversation", nil, one, moment{}, true},
		{"nothing new", one, one, moment{}, false},
		{"all read", one, []model.Conversation{talks("Alice", 0, nil)}, moment{}, false},
		{"read, and another came", one, []model.Conversation{talks("Alice", 1, func(c *model.Conversation) {
			c.FirstUnread, c.Last.ID = 6, "other"
		})}, moment{}, true},
		{"some read", []model.Conversation{talks("Alice", 2, nil)}, []model.Conversation{talks("Alice", 1, func(c *model.Conversation) {
			c.FirstUnread, c.Last.ID = 6, "Alice2"
		})}, moment{}, false},
		{"on show", nil, one, moment{front: true, open: alice}, false},
		{"another on show", nil, one, moment{front: true, open: uitest.ID("Bob")}, true},
		{"open behind others", nil, one, moment{open: alice}, true},
		{"blocked", nil, []model.Conversation{talks("Alice", 1, func(c *model.Conversation) { c.Contact.Blocked = true })}, moment{}, false},
		{"muted", nil, []model.Conversation{talks("Alice", 1, func(c *model.Conversation) { c.Contact.MutedUntil = noon.Add(1) })}, moment{}, false},
		{"muted until now", nil, []model.Conversation{talks("Alice", 1, func(c *model.Conversation) { c.Contact.MutedUntil = noon })}, moment{}, true},
		{"quiet", nil, one, moment{choices: model.Settings{Quiet: true, QuietFrom: 12, QuietTo: 13}}, false},
		{"quiet later", nil, one, moment{choices: model.Settings{Quiet: true, QuietFrom: 13, QuietTo: 14}}, true},
	} {
		c.at.now = noon
		if got := len(notable(c.before, c.after, c.at)) == 1; got != c.want {
			t.Errorf("%s: notable %v", c.what, got)
		}
	}
}

func TestWhatANotificationSays(t *testing.T) {
	for _, c := range []struct {
		show        model.Notify
		unread      int
		change      func(*model.Conversation)
		title, body string
	}{
		{model.NotifyBare, 1, nil, "New message", ""},
		{"", 2, nil, "2 new messages", ""},
		{"something newer", 1, nil, "New message", ""},
		{model.NotifyName, 1, nil, "Alice", "New message"},
		{model.NotifyText, 3, nil, "Alice", "Are you there?"},
		{model.NotifyText, 1, func(c *model.Conversation) { c.Last.Quarantined = true }, "Alice", "New message"},
		{model.NotifyText, 1, func(c *model.Conversation) { c.Last.Direction = model.Outgoing }, "Alice", "New message"},
		{model.NotifyText, 1, func(c *model.Conversation) { c.Last.Note = model.NoteDeviceAdded }, "Alice", "New message"},
		{model.NotifyText, 1, func(c *model.Conversation) { c.Contact.Alarm = model.AlarmKeysChanged }, "New message", ""},
	} {
		n := noticeOf(talks("Alice", c.unread, c.change), c.show)
		if want := (desktop.Notice{Key: string(uitest.ID("Alice")), Title: c.title, Body: c.body}); n != want {
			t.Errorf("%q: %+v, want %+v", c.show, n, want)
		}
	}
}

// board is a desktop that shows notifications.
type board struct {
	stands map[string]desktop.Notice
	shown  int
	served bool
}

func (b *board) Show(n desktop.Notice) { b.stands[n.Key] = n; b.shown++ }
func (b *board) Served() bool          { return b.served }
func (b *board) Withdraw(key string)   { delete(b.stands, key) }

func TestNotificationsComeAndGo(t *testing.T) {
	m := story()
	m.SetChoices(model.Settings{Notify: model.NotifyName})
	r := newRig(t, m, stage.Screens{}, fyne.NewSize(1280, 800))
	b := &board{stands: map[string]desktop.Notice{}}
	unread := []int{}
	r.w.Notifier, r.w.OnUnread = b, func(n int) { unread = append(unread, n) }
	if b.shown > 0 {
		t.Fatal("what waited before is told as new")
	}
	alice, bob := uitest.ID("Alice"), uitest.ID("Bob")
	r.w.setFront(false)
	m.Write(bob, model.Incoming, model.Delivered, now, "She is on the train")
	r.until("Bob's message is told", func() bool { return b.stands[string(bob)].Title == "Bob" })
	m.AddRequest(model.Request{ID: "1", Name: "Alice"})
	r.until("the request is told", func() bool { return b.stands[keyRequests].Title == wordNewRequest })
	if len(unread) == 0 || unread[len(unread)-1] != 3 {
		t.Errorf("unread: %v", unread)
	}
	r.w.OpenNotified(string(bob))
	r.w.setFront(true)
	r.until("what is read is taken back", func() bool { _, stands := b.stands[string(bob)]; return !stands })
	if r.talk().id != bob {
		t.Error("the click opened another conversation")
	}
	m.Write(alice, model.Incoming, model.Delivered, now, "Hello?")
	r.until("Alice's message is told", func() bool { return b.stands[string(alice)].Body == "3 new messages" })
	r.w.Lock()
	if len(b.stands) > 0 {
		t.Errorf("after locking stand %v", b.stands)
	}
	if !slices.Contains(unread, 0) {
		t.Errorf("after locking are unread: %v", unread)
	}
}
