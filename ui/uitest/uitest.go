// Package uitest is a messenger in memory, for tests of the window and for
// pictures of it. It keeps the promises that the window relies on: rows grow,
// revisions grow, every change is told by an event. It has no network: what is
// sent waits until a test delivers it.
package uitest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sotto/app/model"
)

// Messenger is an open profile in memory. Its methods may be called from any
// goroutine.
type Messenger struct {
	mu            sync.Mutex
	self          model.Self
	status        model.Status
	conversations []*conversation
	requests      []model.Request
	subscribers   map[int]chan model.Event
	next          int
	revision      uint64
	Now           time.Time // the clock of what is written
	Retries       int
	SendError     error // what Send answers; nil lets it work
	mail          model.MailboxSummary
	choices       model.Settings
	emoji         []string // used last
	// Ways are the steps and devices of messages, where not only what follows from
	// their state is to be told.
	Ways map[model.MessageID]model.Details
	done []string // what was asked for about single messages, in words
}

type conversation struct {
	model.Conversation
	messages []model.Message
}

// New returns a profile of that name without contacts.
func New(name string) *Messenger {
	m := &Messenger{subscribers: map[int]chan model.Event{}, Now: time.Now(), Ways: map[model.MessageID]model.Details{}}
	m.self = model.Self{Account: ID("me " + name), Name: name, PhraseConfirmed: true}
	m.status = model.Status{Self: m.self, Online: true, Network: true}
	return m
}

// ID returns an account id that follows from a name.
func ID(name string) model.ContactID {
	h := sha256.Sum256([]byte(name))
	return model.ContactID(hex.EncodeToString(h[:]))
}

func (m *Messenger) emit(e model.Event) {
	m.revision++
	e.Revision = m.revision
	for _, c := range m.subscribers {
		select {
		case c <- e:
		default: // as the real one: a slow reader is told to read everything anew
		}
	}
}

// AddContact adds a contact with no messages; change may alter it.
func (m *Messenger) AddContact(name string, change func(*model.Contact)) model.ContactID {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &conversation{}
	c.Contact = model.Contact{ID: ID(name), Name: name, Claimed: name, Trust: model.TrustConfirmed, Added: m.Now}
	if change != nil {
		change(&c.Contact)
	}
	c.Activity = m.Now
	m.conversations = append(m.conversations, c)
	m.emit(model.Event{Kind: model.EventContact, Contact: c.Contact.ID})
	return c.Contact.ID
}

// ChangeContact alters a contact.
func (m *Messenger) ChangeContact(id model.ContactID, change func(*model.Contact)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.find(id); c != nil {
		change(&c.Contact)
		m.emit(model.Event{Kind: model.EventContact, Contact: id})
	}
}

// AddRequest adds a contact request.
func (m *Messenger) AddRequest(r model.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests = append(m.requests, r)
	m.emit(model.Event{Kind: model.EventRequest, Request: r.ID})
}

// SetStatus alters what the program says of itself.
func (m *Messenger) SetStatus(change func(*model.Status, *model.Self)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.status, &m.self)
	m.emit(model.Event{Kind: model.EventNetwork})
}

// Write adds a message at a time, in either direction.
func (m *Messenger) Write(id model.ContactID, d model.Direction, s model.State, at time.Time, text string) model.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.write(id, d, s, at, text)
}

func (m *Messenger) write(id model.ContactID, d model.Direction, s model.State, at time.Time, text string) model.Message {
	return m.add(model.Message{Contact: id, Direction: d, State: s, Text: text, Time: at})
}

// add gives a message its id and its place.
func (m *Messenger) add(msg model.Message) model.Message {
	c := m.find(msg.Contact)
	m.next++
	msg.ID, msg.StateTime, msg.Row, msg.Revision = model.MessageID(fmt.Sprintf("%032x", m.next)), msg.Time, 1, 1
	if n := len(c.messages); n > 0 {
		msg.Row = c.messages[n-1].Row + 1
	}
	c.messages = append(c.messages, msg)
	c.Last, c.Activity = &msg, msg.Time
	if msg.Direction == model.Incoming && msg.State == model.Delivered {
		if c.Unread++; c.Unread == 1 {
			c.FirstUnread = msg.Row
		}
	}
	m.emit(model.Event{Kind: model.EventMessage, Contact: msg.Contact, Message: msg.ID, New: true})
	return msg
}

// AddNote adds a line that nobody wrote.
func (m *Messenger) AddNote(id model.ContactID, n model.Note, at time.Time) model.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.add(model.Message{Contact: id, Direction: model.Incoming, State: model.Read, Time: at, Note: n})
}

// AddQuarantined adds a message from a device that the contact has removed.
func (m *Messenger) AddQuarantined(id model.ContactID, at time.Time, text string) model.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.add(model.Message{Contact: id, Direction: model.Incoming, State: model.Delivered, Time: at, Text: text, Quarantined: true})
}

// SetState moves an outgoing message on.
func (m *Messenger) SetState(id model.ContactID, msg model.MessageID, s model.State, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.find(id)
	for i := range c.messages {
		if x := &c.messages[i]; x.ID == msg {
			x.State, x.StateTime = s, at
			x.Revision++
			last := c.messages[len(c.messages)-1]
			c.Last = &last
			m.emit(model.Event{Kind: model.EventMessage, Contact: id, Message: msg})
		}
	}
}

func (m *Messenger) find(id model.ContactID) *conversation {
	for _, c := range m.conversations {
		if c.Contact.ID == id {
			return c
		}
	}
	return nil
}

// Self and the rest are the messenger's own methods.
func (m *Messenger) Self(context.Context) (model.Self, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.self, nil
}

func (m *Messenger) Status(context.Context) (model.Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status, nil
}

// Settings returns choices that never lock the window, or those of SetChoices.
func (m *Messenger) Settings(context.Context) (model.Settings, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.choices, nil
}

// SetChoices changes the person's choices and tells of it.
func (m *Messenger) SetChoices(s model.Settings) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.choices = s
	m.emit(model.Event{Kind: model.EventSelf})
}

// Tried returns what was asked for about single messages, and how often the
// network was asked to look again.
func (m *Messenger) Tried() (done []string, retries int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.done), m.Retries
}

func (m *Messenger) Retry(context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Retries++
}

func (m *Messenger) Conversations(context.Context) ([]model.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]model.Conversation, 0, len(m.conversations))
	for _, c := range m.conversations {
		out = append(out, c.Conversation)
	}
	slices.SortStableFunc(out, func(a, b model.Conversation) int { return b.Activity.Compare(a.Activity) })
	return out, nil
}

func (m *Messenger) Requests(context.Context) ([]model.Request, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.requests), nil
}

func (m *Messenger) Messages(_ context.Context, id model.ContactID, p model.Page) ([]model.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.find(id)
	if c == nil {
		return nil, model.E(model.NotFound, "contact", nil)
	}
	limit := p.Limit
	if limit == 0 {
		limit = 50
	}
	at := func(row int64) int {
		i, _ := slices.BinarySearchFunc(c.messages, row, func(x model.Message, row int64) int { return cmp.Compare(x.Row, row) })
		return i
	}
	ms := c.messages
	if p.Before > 0 {
		ms = ms[:at(p.Before)]
	}
	if p.After > 0 {
		ms = c.messages[at(p.After+1):]
		return slices.Clone(ms[:min(limit, len(ms))]), nil
	}
	return slices.Clone(ms[max(0, len(ms)-limit):]), nil
}

func (m *Messenger) Message(_ context.Context, id model.MessageID) (model.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conversations {
		for _, msg := range c.messages {
			if msg.ID == id {
				return msg, nil
			}
		}
	}
	return model.Message{}, model.E(model.NotFound, "message", nil)
}

// Search finds messages that have each word of the query somewhere in them.
func (m *Messenger) Search(_ context.Context, q model.Query) (model.Hits, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	words := strings.Fields(strings.ToLower(q.Text))
	var all []model.Hit
	for _, c := range m.conversations {
		if q.Contact != "" && q.Contact != c.Contact.ID {
			continue
		}
		for _, msg := range c.messages {
			hit := model.Hit{Message: msg}
			for _, w := range words {
				if i := strings.Index(strings.ToLower(msg.Text), w); i >= 0 {
					hit.Ranges = append(hit.Ranges, model.Range{From: i, To: i + len(w)})
				}
			}
			if len(hit.Ranges) == len(words) && (!q.HasLink || strings.Contains(msg.Text, "https://")) && (!q.Starred || msg.Starred) && !msg.Time.Before(q.From) && len(words)+len(hit.Message.Text) > 0 {
				slices.SortFunc(hit.Ranges, func(a, b model.Range) int { return a.From - b.From })
				all = append(all, hit)
			}
		}
	}
	if len(words) == 0 && !q.HasLink && !q.Starred && q.From.IsZero() {
		return model.Hits{}, nil
	}
	// Rows of this messenger begin anew in each conversation: Before counts hits.
	slices.SortStableFunc(all, func(a, b model.Hit) int { return b.Message.Time.Compare(a.Message.Time) })
	all = all[min(int(q.Before), len(all)):]
	page := model.Hits{Hits: all}
	if len(all) > q.Limit {
		page.Hits, page.Next = all[:q.Limit], q.Before+int64(q.Limit)
	}
	return page, nil
}

func (m *Messenger) Send(_ context.Context, id model.ContactID, text string) (model.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.SendError != nil:
		return model.Message{}, m.SendError
	case m.find(id) == nil:
		return model.Message{}, model.E(model.NotFound, "contact", nil)
	case strings.TrimSpace(text) == "":
		return model.Message{}, model.E(model.EmptyText, "", nil)
	case len(text) > model.MaxText:
		return model.Message{}, model.E(model.TextTooLong, "", nil)
	}
	return m.write(id, model.Outgoing, model.Waiting, m.Now, text), nil
}

func (m *Messenger) MarkRead(_ context.Context, id model.ContactID, row int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.find(id)
	if c == nil {
		return model.E(model.NotFound, "contact", nil)
	}
	c.Unread, c.FirstUnread = 0, 0
	for i := range c.messages {
		x := &c.messages[i]
		switch {
		case x.Direction != model.Incoming || x.State != model.Delivered:
		case x.Row <= row:
			x.State = model.Read
		default:
			if c.Unread++; c.Unread == 1 {
				c.FirstUnread = x.Row
			}
		}
	}
	m.emit(model.Event{Kind: model.EventConversation, Contact: id})
	return nil
}

func (m *Messenger) SetDraft(_ context.Context, id model.ContactID, d model.Draft) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.find(id); c != nil {
		c.Draft = d
		m.emit(model.Event{Kind: model.EventConversation, Contact: id})
	}
	return nil
}

func (m *Messenger) Block(_ context.Context, id model.ContactID, blocked bool) error {
	m.ChangeContact(id, func(c *model.Contact) { c.Blocked = blocked })
	return nil
}

func (m *Messenger) DismissPhraseUsed(context.Context) error {
	m.SetStatus(func(_ *model.Status, s *model.Self) { s.PhraseUsed = time.Time{} })
	return nil
}

func (m *Messenger) Subscribe() (<-chan model.Event, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	key, c := m.next, make(chan model.Event, 1024)
	m.subscribers[key] = c
	return c, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.subscribers[key] != nil {
			delete(m.subscribers, key)
			close(c)
		}
	}
}
