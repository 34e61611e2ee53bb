package screentest

import (
	"time"

	"sotto/app/model"
	"sotto/ui/uitest"
)

// Boxes is a profile for the page of the drawn picture g2-mailboxes, with every state of a
// mailbox in "all", long names in "long", and nothing in "none".
func Boxes(scene string) *Messenger {
	m := New("Me")
	alice := m.Add("Alice", nil)
	bob := m.Add("Bob", nil)
	if scene == "none" {
		return m
	}
	friday := time.Now().AddDate(0, 0, -4)
	home, volunteer := "Home box", "Volunteer in the network"
	if scene == "long" {
		home, volunteer = "The box under the stairs that has been running since the summer before last", uitest.LongName
		m.People[bob.ID].Name = uitest.LongName
	}
	m.Mail.Summary = model.MailboxSummary{Collected: uitest.Today(13, 57, 0), Mailboxes: []model.Mailbox{
		Box("1", home, nil),
		Box("2", "Alice", func(b *model.Mailbox) {
			b.Kind, b.Contact = model.MailboxContact, alice.ID
			b.Days[2], b.Days[6], b.Days[7], b.Days[11] = 60, 40, 50, 70
		}),
		Box("3", volunteer, func(b *model.Mailbox) {
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
		s.Offers = []model.MailboxOffer{{Contact: bob.ID, Name: uitest.LongName, Quota: 64 << 20}}
		m.Mail.Lent = model.Hosting{Contacts: []model.ContactID{alice.ID, bob.ID}, Quota: 64 << 20, Used: 5 << 18, Cells: 12}
	}
	return m
}
