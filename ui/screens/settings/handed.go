package settings

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// Measures of the table, in pixels.
const (
	handedWide  = 880 // of the page
	handedRow   = 64  // high, at least
	handedWho   = 220
	handedLacks = 196
)

// party is a row of the table: somebody who could be ordered to hand over what
// they have. What is said of them must be true: docs/threat-model.md.
type party struct{ icon, who, about, holds, lacks string }

// parties returns everybody who has anything, given who there is.
func parties(contacts []model.Contact, boxes []model.Mailbox, nameOf func(model.Mailbox) string) []party {
	var out []party
	if n := len(contacts); n > 0 {
		out = append(out, party{"people", wordTheContacts, wordPersons.Of(n), wordContactsHold, wordContactsLack})
	}
	for _, b := range boxes {
		p := party{"mailbox", nameOf(b), wordByItsLink, wordBoxHolds.Of(b.Waiting), wordBoxLacks}
		if b.Kind == model.MailboxContact {
			p.about, p.holds = fmt.Sprintf(wordLentBy, b.Name), p.holds+fmt.Sprintf(wordKnowsYou, b.Name)
		}
		out = append(out, p)
	}
	return append(out,
		party{"lan", wordNeighbours, wordNeighboursAre, wordNeighboursHold, wordNeighboursLack},
		party{"globe", wordProvider, wordProviderIs, wordProviderHolds, wordProviderLacks})
}

// handed is the table of who could hand over what.
func (s *settings) handed() fyne.CanvasObject {
	page := kit.VStack(theme.S4)
	var contacts []model.Contact
	var boxes model.MailboxSummary
	s.h.Run(func(ctx context.Context) (err error) {
		if contacts, err = s.m.Contacts(ctx); err != nil {
			return err
		}
		boxes, err = s.m.Mailboxes(ctx)
		return err
	}, func(err error) {
		if err != nil {
			s.fails(err)
			return
		}
		all := parties(contacts, boxes.Mailboxes, s.mail.nameOf)
		page.Add(part.NewAdapt(640, handedTable(all, nil, handedStacked), handedTable(all, handedHead(), handedBeside)))
		link := kit.NewLink(wordLockProtects, theme.Small.SemiBold(), func() { s.open(s.locks) })
		room := 22 + kit.Measure(wordUnlockedHas, theme.Small) + theme.S2 + link.MinSize().Width
		page.Add(part.NewAdapt(room+1,
			kit.VStack(theme.S2, kit.Note("info", wordUnlockedHas), kit.Left(link)),
			kit.HStack(theme.S2, kit.NewIcon("info", 16, theme.Ink2), kit.NewText(wordUnlockedHas, theme.Small, theme.Ink2), link)))
		s.body.Refresh()
	})
	return page
}

// handedTable puts the rows on a card, below the head if there is one; that of the
// project is the first.
func handedTable(all []party, head fyne.CanvasObject, row func(who, holds, lacks fyne.CanvasObject) fyne.CanvasObject) fyne.CanvasObject {
	rows := kit.VStack(0)
	if head != nil {
		rows.Add(head)
	}
	us := row(handedName(kit.Sized(36, 36, kit.NewBox(theme.Card, kit.Middle(kit.NewLogo(20))).Radius(theme.RadiusLG)), wordProject, wordProjectIs),
		kit.Paragraph(wordProjectHas, theme.Title, theme.OK), kit.Paragraph(wordProjectLacks, theme.Small, theme.Ink2))
	ground := kit.NewBox(theme.OKSoft, us)
	if head == nil {
		ground.Radius(theme.RadiusXL)
	}
	rows.Add(ground)
	for i, p := range all {
		if i > 0 {
			rows.Add(kit.Hairline())
		}
		rows.Add(row(handedName(kit.IconSquare(p.icon, 36, false), p.who, p.about),
			kit.Paragraph(p.holds, theme.Small, theme.Ink), kit.Paragraph(p.lacks, theme.Small, theme.Ink2)))
	}
	return kit.NewBox(theme.Card, kit.PadAll(1, rows)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

func handedName(square fyne.CanvasObject, who, about string) fyne.CanvasObject {
	return kit.HStack(theme.S4, square, kit.Grow(kit.VStack(0,
		kit.Paragraph(who, theme.Body.SemiBold(), theme.Ink), kit.Paragraph(about, theme.Caption, theme.Ink2))))
}

// handedHead names the columns.
func handedHead() fyne.CanvasObject {
	name := func(words string) *kit.Text { return kit.NewText(words, theme.Caption.SemiBold(), theme.Ink2) }
	who, holds, lacks := name(wordWho), name(wordHolds), name(wordLacks)
	return kit.Place(fyne.NewSize(0, 40), func(s fyne.Size) {
		kit.At(who, 20, 12, handedWho, 16)
		kit.At(holds, 20+handedWho+16, 12, 200, 16)
		kit.At(lacks, s.Width-20-handedLacks, 12, handedLacks, 16)
	}, who, holds, lacks)
}

// handedBeside is a row with its three columns beside each other.
func handedBeside(who, holds, lacks fyne.CanvasObject) fyne.CanvasObject {
	middle := func(width float32) float32 { return width - 20 - handedWho - 16 - 24 - handedLacks - 20 }
	return kit.PlaceFor(func(width float32) float32 {
		return max(handedRow, 24+max(kit.HeightFor(who, handedWho), kit.HeightFor(holds, middle(width)), kit.HeightFor(lacks, handedLacks)))
	}, func(s fyne.Size) {
		x := float32(20)
		for _, c := range []struct {
			o     fyne.CanvasObject
			width float32
			gap   float32
		}{{who, handedWho, 16}, {holds, middle(s.Width), 24}, {lacks, handedLacks, 0}} {
			h := kit.HeightFor(c.o, c.width)
			kit.At(c.o, x, (s.Height-h)/2, c.width, h)
			x += c.width + c.gap
		}
	}, who, holds, lacks)
}

// handedStacked is a row of a narrow pane.
func handedStacked(who, holds, lacks fyne.CanvasObject) fyne.CanvasObject {
	column := func(title string, o fyne.CanvasObject) fyne.CanvasObject {
		return kit.VStack(2, kit.NewText(title, theme.Caption.SemiBold(), theme.Ink2), o)
	}
	return kit.Pad(14, 20, 14, 20, kit.VStack(theme.S3, who, column(wordHolds, holds), column(wordLacks, lacks)))
}
