package main

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui"
	"sotto/ui/kit"
	"sotto/ui/screens/screentest"
	"sotto/ui/screens/settings"
	"sotto/ui/stage"
	"sotto/ui/uitest"
)

// notes adds every line that nobody wrote, and a message from a removed device.
func notes(m *uitest.Messenger, id model.ContactID, at time.Time) {
	m.AddNote(id, model.NoteDeviceAdded, at.Add(time.Minute))
	m.AddNote(id, model.NoteDeviceRemoved, at.Add(2*time.Minute))
	m.AddQuarantined(id, at.Add(3*time.Minute), "I lost my phone, send me your new number")
	m.AddNote(id, model.NoteSessionRenewed, at.Add(4*time.Minute))
	m.Write(id, model.Outgoing, model.Delivered, at.Add(5*time.Minute), "Was that you?")
	m.AddNote(id, model.NoteSessionRestarted, at.Add(6*time.Minute))
}

// rich adds messages in every style that a text can have.
func rich(m *uitest.Messenger, id model.ContactID, at time.Time) {
	for i, s := range []string{
		"I bring the **atlas** and _something_ to drink, *really*. Page 40: https://sotto.example/harbour?page=40, who lives in the yellow house?",
		"> Seven is fine.\n> Is it?\nYes. Bring:\n- the tea\n- a **lamp**, and `spare cells` for it, since the one in the cellar is broken\n  - or two\n10. and one more",
		"Put this at the beginning:\n```go\nfunc main() {\n\tfmt.Println(\"quiet\") // a line that is much too long for the bubble, so it is broken\n}\n```\nand `go run .` it",
		"مرحبا and 静かな声 and 👩‍🔬 5️⃣ are words as well, www.example.org/" + strings.Repeat("a", 90),
		"2*3*4 and snake_case and ¯\\_(ツ)_/¯ stay as they are",
		"```\nlast\n```",
		"👩‍🔬🎉❤️👍",
	} {
		d := []model.Direction{model.Incoming, model.Outgoing}[i%2]
		m.Write(id, d, model.Read, at.Add(time.Duration(i)*time.Minute), s)
	}
}

// showWindow opens the main window over a messenger in memory.
func showWindow(a fyne.App, scene string, size fyne.Size) {
	m := uitest.New("Me")
	now := time.Date(2026, 11, 23, 14, 2, 0, 0, time.Local)
	switch scene {
	case "empty":
		m.SetStatus(func(_ *model.Status, s *model.Self) { s.PhraseConfirmed = false })
	case "crowd":
		uitest.Story(m, now)
		uitest.Crowd(m, 300)
		m.AddRequest(model.Request{ID: "1", Name: "Bob", Arrived: now})
		m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Alarm = model.AlarmKeysChanged })
	case "states":
		uitest.Story(m, now)
		alice := uitest.ID("Alice")
		m.ChangeContact(alice, func(c *model.Contact) { c.Via, c.LastSeen = model.ViaNone, now })
		for i, s := range []model.State{model.Delivered, model.Failed, model.Read, model.Waiting, model.Waiting} {
			m.Write(alice, model.Outgoing, s, now.Add(time.Duration(i)*time.Minute), "This is "+string(s))
		}
		m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) { c.Blocked = true })
	case "own":
		uitest.Story(m, now)
		uitest.Own(m, now)
	case "labels":
		uitest.Story(m, now)
		uitest.Own(m, now)
		m.ChangeContact(uitest.ID("Bob"), func(c *model.Contact) {
			c.Labels = append(c.Labels, "Neighbours of the old house by the harbour", "Choir", "Climbing", "Family", "Mountain", "Reading")
		})
		m.Write(uitest.ID("Bob"), model.Incoming, model.Read, now, strings.Repeat("A long message has many lines, and some of them are out of sight. ", 80))
	case "notes":
		uitest.Story(m, now)
		notes(m, uitest.ID("Alice"), now)
		bob := uitest.ID("Bob")
		m.ChangeContact(bob, func(c *model.Contact) {
			c.Trust, c.Name = model.TrustConfirmed, uitest.LongName
		})
		notes(m, bob, now.Add(-30*time.Minute))
	case "used":
		uitest.Story(m, now)
		m.SetStatus(func(_ *model.Status, s *model.Self) { s.PhraseUsed = now.AddDate(0, 0, -2) })
	case "search":
		uitest.Story(m, now)
		m.Write(uitest.ID("Bob"), model.Incoming, model.Read, now.AddDate(0, 0, -9), "The atlas of 1911 has the old harbour on page 40, before the wall was built and everything moved")
		m.Write(uitest.ID("Bob"), model.Outgoing, model.Read, now.AddDate(0, 0, -8), "Is the atlas still with you? Here is a page about it: https://sotto.example/atlas")
		m.AddContact("Alice Atlas", nil)
	case "long":
		uitest.Story(m, now)
		for i := range 10_000 {
			m.Write(uitest.ID("Alice"), []model.Direction{model.Incoming, model.Outgoing}[i/3%2], model.Read,
				now.Add(time.Duration(i)*time.Minute), fmt.Sprintf("Message %d of many, some of them long enough to need a second line in the bubble 🙂 and others not.", i)[:40+i*13%80%60])
		}
	case "doing":
		uitest.Story(m, now)
		uitest.Doing(m, uitest.ID("Alice"), now)
	case "rich":
		uitest.Story(m, now)
		rich(m, uitest.ID("Alice"), now)
	case "delivery":
		uitest.Delivery(m, "Bob")
	case "delivery-long":
		uitest.Delivery(m, uitest.LongName)
	default:
		uitest.Story(m, now)
	}
	mail := screentest.Boxes(strings.TrimPrefix(scene, "mailboxes-"))
	w := ui.New(a)
	w.Start(m, stage.Screens{
		Settings: func(h stage.Host, at string) stage.Page {
			return settings.Settings(h, mail, settings.Program{Version: "0.1.0"}, at)
		},
		Alarm: func(stage.Host, model.Contact) fyne.CanvasObject {
			return kit.Banner(kit.Wrong, "shield-warning", "This may not be Bob", "Sending is stopped.", nil)
		}}, a.Quit)
	w.Window().Resize(size)
	w.Window().SetMaster()
	w.Window().Show()
}
