package uitest

import (
	"time"

	"sotto/app/model"
)

// LongName is longer than any room for a name.
const LongName = "Bob of the very long name that does not fit into any list column or any line"

// Today returns a time of today, where this computer is.
func Today(hour, minute, second int) time.Time {
	y, m, d := time.Now().Date()
	return time.Date(y, m, d, hour, minute, second, 0, time.Local)
}

// Doing adds messages with everything that can be done to one, from that time on.
func Doing(m *Messenger, id model.ContactID, at time.Time) {
	first := m.Write(id, model.Incoming, model.Read, at, "The bookshop is holding the table for us until seven")
	q := &model.Quote{ID: first.ID, Direction: model.Incoming, Text: first.Text, Row: first.Row}
	add := func(d model.Direction, text string, change func(*model.Message)) {
		at = at.Add(time.Minute)
		m.Change(m.Write(id, d, model.Read, at, text).ID, change)
	}
	add(model.Outgoing, "Seven is fine. I’ll carry the atlas, you bring the tea.", func(x *model.Message) {
		x.Quote, x.Reactions = q, []model.Reaction{{Emoji: "🫖"}, {Emoji: "❤️"}}
	})
	add(model.Incoming, "Reading aloud, yes.", func(x *model.Message) {
		x.Edited, x.Starred, x.Timer = true, true, time.Hour
		x.Reactions = []model.Reaction{{Emoji: "🎉"}, {Emoji: "🎉", Mine: true}}
	})
	add(model.Incoming, "", func(x *model.Message) { x.Deleted = model.DeletedTheirs })
	add(model.Outgoing, "", func(x *model.Message) { x.Deleted = model.DeletedMine })
	m.AddNote(id, model.NoteTimer, at)
	add(model.Outgoing, "Words of somebody else", func(x *model.Message) { x.Forwarded, x.Timer = true, time.Hour })
	m.ChangeContact(id, func(c *model.Contact) { c.Timer = 7 * 24 * time.Hour })
}

// Delivery fills m with the conversation of the drawn picture h-details, with a
// contact of that name: two messages are held by two of three mailboxes. In Alice's,
// every other state is told.
func Delivery(m *Messenger, name string) {
	m.Now = Today(13, 12, 4)
	bob := m.AddContact(name, func(c *model.Contact) { c.Trust, c.LastSeen = model.TrustVerified, Today(12, 40, 0) })
	week := Today(18, 30, 0).AddDate(0, 0, -8)
	for _, s := range []struct {
		mine bool
		at   time.Time
		text string
	}{
		{false, week, "Can you come over and look at the projector? It only hums."},
		{true, week.Add(22 * time.Minute), "Tomorrow after work. Try another socket until then?"},
		{false, week.Add(25*time.Hour + 41*time.Minute), "The projector works again. It was the fuse after all."},
		{true, week.Add(25*time.Hour + 45*time.Minute), "You are a hero. Film night is saved."},
		{false, Today(12, 31, 0), "Are we still on for Thursday? I can bring the projector."},
		{false, Today(12, 31, 30), "And the long cable this time."},
		{true, Today(12, 36, 0), "Yes! Half past seven at ours."},
	} {
		d := model.Incoming
		if s.mine {
			d = model.Outgoing
		}
		m.Write(bob, d, model.Read, s.at, s.text)
	}
	keys := m.Write(bob, model.Outgoing, model.Stored, m.Now, "Could you pick up the keys on the way? I left them with the neighbour.")
	in := m.Write(bob, model.Outgoing, model.Stored, m.Now.Add(20*time.Second), "She is in until six.")
	for _, x := range []model.Message{keys, in} {
		m.Change(x.ID, func(x *model.Message) { x.Held, x.Mailboxes, x.Reason = 2, 3, model.ReasonAway })
		at := x.Time
		m.SetWay(x.ID, model.Details{
			Steps: []model.Step{{Kind: model.StepWritten, Time: at}, {Kind: model.StepSealed, Time: at},
				{Kind: model.StepTried, Time: at.Add(8 * time.Second), Reason: model.ReasonAway},
				{Kind: model.StepHeld, Time: at.Add(9 * time.Second), Mailbox: "Home box", Held: 1, Mailboxes: 3},
				{Kind: model.StepHeld, Time: at.Add(9 * time.Second), Mailbox: "Alice’s computer", Held: 2, Mailboxes: 3}},
			Devices: []model.DeviceID{"3f9a12bc00000000000000000000beef"}, NextTry: at.Add(time.Hour),
		})
	}
	m.AddContact("Alice", func(c *model.Contact) { c.LastSeen = Today(14, 2, 0) })
	alice := ID("Alice")
	for i, s := range []struct {
		state       model.State
		reason      model.Reason
		held, boxes int
	}{
		{model.Read, "", 0, 0}, {model.Waiting, model.ReasonNoNetwork, 0, 0}, {model.Waiting, model.ReasonFull, 0, 2},
		{model.Stored, model.ReasonAway, 1, 3}, {model.Failed, "", 0, 0}, {model.Failed, model.ReasonCancelled, 0, 0},
		{model.Waiting, model.ReasonAway, 0, 0},
	} {
		x := m.Write(alice, model.Outgoing, s.state, Today(12, i, 0), "This is "+string(s.state)+" "+string(s.reason))
		m.Change(x.ID, func(x *model.Message) { x.Reason, x.Held, x.Mailboxes = s.reason, s.held, s.boxes })
	}
	x := m.Write(alice, model.Incoming, model.Read, Today(12, 30, 0), "This came out of order")
	m.Change(x.ID, func(x *model.Message) { x.Missing = 2 })
	m.SetMail(model.MailboxSummary{Mailboxes: []model.Mailbox{{Health: model.HealthOK}, {Health: model.HealthOK}, {Health: model.HealthSilent}}})
}
