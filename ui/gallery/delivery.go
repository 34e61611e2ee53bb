package main

import (
	"time"

	"sotto/app/model"
	"sotto/ui/screens/screentest"
	"sotto/ui/uitest"
)

// longName is longer than any room for a name.
const longName = "Bob of the very long name that does not fit into any list column or any line"

// today returns a time of today.
func today(hour, minute, second int) time.Time {
	y, m, d := time.Now().Date()
	return time.Date(y, m, d, hour, minute, second, 0, time.Local)
}

// delivery is the conversation of the drawn picture h-details: two messages are
// held by two of Bob's three mailboxes. In Alice's, every other state is told.
func delivery(m *uitest.Messenger, name string) {
	m.Now = today(13, 12, 4)
	bob := m.AddContact(name, func(c *model.Contact) { c.Trust, c.LastSeen = model.TrustVerified, today(12, 40, 0) })
	week := today(18, 30, 0).AddDate(0, 0, -8)
	for _, s := range []struct {
		mine bool
		at   time.Time
		text string
	}{
		{false, week, "Can you come over and look at the projector? It only hums."},
		{true, week.Add(22 * time.Minute), "Tomorrow after work. Try another socket until then?"},
		{false, week.Add(25*time.Hour + 41*time.Minute), "The projector works again. It was the fuse after all."},
		{true, week.Add(25*time.Hour + 45*time.Minute), "You are a hero. Film night is saved."},
		{false, today(12, 31, 0), "Are we still on for Thursday? I can bring the projector."},
		{false, today(12, 31, 30), "And the long cable this time."},
		{true, today(12, 36, 0), "Yes! Half past seven at ours."},
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
	m.AddContact("Alice", func(c *model.Contact) { c.LastSeen = today(14, 2, 0) })
	alice := uitest.ID("Alice")
	for i, s := range []struct {
		state       model.State
		reason      model.Reason
		held, boxes int
	}{
		{model.Read, "", 0, 0}, {model.Waiting, model.ReasonNoNetwork, 0, 0}, {model.Waiting, model.ReasonFull, 0, 2},
		{model.Stored, model.ReasonAway, 1, 3}, {model.Failed, "", 0, 0}, {model.Failed, model.ReasonCancelled, 0, 0},
		{model.Waiting, model.ReasonAway, 0, 0},
	} {
		x := m.Write(alice, model.Outgoing, s.state, today(12, i, 0), "This is "+string(s.state)+" "+string(s.reason))
		m.Change(x.ID, func(x *model.Message) { x.Reason, x.Held, x.Mailboxes = s.reason, s.held, s.boxes })
	}
	x := m.Write(alice, model.Incoming, model.Read, today(12, 30, 0), "This came out of order")
	m.Change(x.ID, func(x *model.Message) { x.Missing = 2 })
	m.SetMail(model.MailboxSummary{Mailboxes: []model.Mailbox{{Health: model.HealthOK}, {Health: model.HealthOK}, {Health: model.HealthSilent}}})
}

// boxes is the page of the drawn picture g2-mailboxes, with every state of a
// mailbox in "all", long names in "long", and nothing in "none".
func boxes(scene string) *screentest.Messenger {
	m := screentest.New("Me")
	alice := m.Add("Alice", nil)
	bob := m.Add("Bob", nil)
	if scene == "none" {
		return m
	}
	friday := time.Now().AddDate(0, 0, -4)
	home, volunteer := "Home box", "Volunteer in the network"
	if scene == "long" {
		home, volunteer = "The box under the stairs that has been running since the summer before last", longName
		m.People[bob.ID].Name = longName
	}
	m.Mail.Summary = model.MailboxSummary{Collected: today(13, 57, 0), Mailboxes: []model.Mailbox{
		screentest.Box("1", home, nil),
		screentest.Box("2", "Alice", func(b *model.Mailbox) {
			b.Kind, b.Contact = model.MailboxContact, alice.ID
			b.Days[2], b.Days[6], b.Days[7], b.Days[11] = 60, 40, 50, 70
		}),
		screentest.Box("3", volunteer, func(b *model.Mailbox) {
			b.Health, b.Silent = model.HealthSilent, friday
			b.Days[11], b.Days[12], b.Days[13] = 50, 30, 0
		}),
	}}
	s := &m.Mail.Summary
	switch scene {
	case "all":
		for i, h := range []model.Health{model.HealthFull, model.HealthRefuses, model.HealthLies} {
			s.Mailboxes[i].Health = h
		}
	case "long":
		s.Mailboxes[1].Health = model.HealthUnknown
		for i := range s.Mailboxes[1].Days {
			s.Mailboxes[1].Days[i] = -1
		}
		s.Offers = []model.MailboxOffer{{Contact: bob.ID, Name: longName, Quota: 64 << 20}}
		m.Mail.Lent = model.Hosting{Contacts: []model.ContactID{alice.ID, bob.ID}, Quota: 64 << 20, Used: 5 << 18, Cells: 12}
	}
	return m
}
