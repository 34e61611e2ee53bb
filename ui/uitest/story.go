package uitest

import (
	"context"
	"fmt"
	"time"

	"sotto/app/model"
)

// Story fills m with the conversation of the drawn pictures between its owner
// and Alice, and with Bob, so that real pictures can be held beside those. now
// is the time of the last message.
func Story(m *Messenger, now time.Time) {
	m.Now = now
	bob := m.AddContact("Bob", func(c *model.Contact) {
		c.Trust, c.LastSeen = model.TrustVerified, now.Add(-50*time.Minute)
	})
	m.Write(bob, model.Incoming, model.Read, now.Add(-3*time.Hour), "Is Alice in tonight?")
	m.Write(bob, model.Outgoing, model.Delivered, now.Add(-50*time.Minute), "She is in until six")
	alice := m.AddContact("Alice", func(c *model.Contact) { c.Trust, c.Via = model.TrustVerified, model.ViaLAN })
	yesterday := now.Add(-22 * time.Hour)
	for _, s := range []struct {
		mine bool
		at   time.Time
		text string
	}{
		{false, yesterday.Add(-9 * time.Minute), "The bookshop is holding the table for us until seven"},
		{true, yesterday.Add(42 * time.Minute), "Seven is fine. I’ll carry the atlas, you bring the tea."},
		{false, now.Add(-40 * time.Minute), "🌧️☕📚"},
		{true, now.Add(-31 * time.Minute), "Here is the recording from the harbour, the one with the bell."},
		{true, now.Add(-30 * time.Minute), "And the atlas of quiet places. It is long; the chapter on islands is the one to read first."},
	} {
		d := model.Incoming
		if s.mine {
			d = model.Outgoing
		}
		m.Write(alice, d, model.Read, s.at, s.text)
	}
	m.Write(alice, model.Incoming, model.Delivered, now.Add(-time.Minute), "The first pages open already. Lovely.")
	m.Write(alice, model.Incoming, model.Delivered, now, "Are you still on the train?")
}

// Own has the story's owner keep something of each: Bob is pinned, and three more
// are muted, labelled and put away.
func Own(m *Messenger, now time.Time) {
	m.ChangeContact(ID("Bob"), func(c *model.Contact) { c.Pinned, c.Labels = true, []string{"Friends"} })
	add := func(name, text string, before time.Duration, change func(*model.Contact)) {
		m.Write(m.AddContact(name, change), model.Incoming, model.Delivered, now.Add(-before), text)
	}
	add("Alice Archer", "The parcel is at the gate", 2*time.Hour, func(c *model.Contact) { c.MutedUntil = model.Forever })
	add("Bob Baker", "Bread at six", 5*time.Hour, func(c *model.Contact) { c.Archived, c.MutedUntil = true, model.Forever })
	friend := m.AddContact("Bob Friend", func(c *model.Contact) { c.Labels = []string{"Friends", "Work"} })
	m.Write(friend, model.Outgoing, model.Read, now.Add(-26*time.Hour), "See you at ten")
	_ = m.SetDraft(context.Background(), friend, model.Draft{Text: "Or at eleven"})
}

// Crowd adds n contacts with a message or two each, some with long names.
func Crowd(m *Messenger, n int) {
	for i := range n {
		name := fmt.Sprintf("Alice %d", i+1)
		switch i % 5 {
		case 1:
			name = fmt.Sprintf("Bob %d of the very long name that does not fit into any list column", i+1)
		case 3:
			name = fmt.Sprintf("Алиса Боб %d", i+1)
		}
		id := m.AddContact(name, func(c *model.Contact) {
			if i%4 == 0 {
				c.Trust = model.TrustVerified
			}
			if i%7 == 2 {
				c.Via = model.ViaRelayed
			}
			c.Blocked = i%9 == 8
		})
		at := m.Now.Add(-time.Duration(i*5+3) * time.Hour)
		if i%6 == 4 {
			m.Write(id, model.Incoming, model.Delivered, at, "Some words that nobody has read yet, and more of them than fit")
		} else {
			m.Write(id, model.Outgoing, []model.State{model.Waiting, model.Delivered, model.Read, model.Failed}[i%4], at, "See you at ten")
		}
	}
}
