package settings

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// mailboxes is the page of the computers that hold messages for the person, and
// of those that the person holds messages for. Events redraw it where it stands.
type mailboxes struct {
	s       *settings
	summary model.MailboxSummary
	hosting model.Hosting
	people  map[model.ContactID]model.Contact
	loaded  bool
	asking  map[model.MailboxID]bool // being tried at the moment

	list *fyne.Container // on show
}

func newMailboxes(s *settings) *mailboxes {
	return &mailboxes{s: s, asking: map[model.MailboxID]bool{}, list: kit.VStack(theme.S3)}
}

// content is the page. It is read when it is opened, and again with every event.
func (p *mailboxes) content() fyne.CanvasObject {
	p.fill()
	p.load()
	return p.list
}

func (p *mailboxes) load() {
	next := mailboxes{people: map[model.ContactID]model.Contact{}}
	p.s.h.Run(func(ctx context.Context) (err error) {
		if next.summary, err = p.s.m.Mailboxes(ctx); err != nil {
			return err
		}
		if next.hosting, err = p.s.m.Hosting(ctx); err != nil {
			return err
		}
		all, err := p.s.m.Contacts(ctx)
		for _, c := range all {
			next.people[c.ID] = c
		}
		return err
	}, func(err error) {
		if err != nil {
			p.s.fails(err)
			return
		}
		p.summary, p.hosting, p.people, p.loaded = next.summary, next.hosting, next.people, true
		p.fill()
		p.s.body.Refresh()
	})
}

// fill draws what is known.
func (p *mailboxes) fill() {
	p.list.Objects = nil
	if !p.loaded {
		return
	}
	boxes := p.summary.Mailboxes
	p.list.Add(p.overview())
	if len(boxes) > 0 {
		yours := kit.NewText(wordYours, theme.Caption.SemiBold(), theme.Ink2)
		p.list.Add(kit.Pad(theme.S2, 65, 0, 20, part.NewAdapt(narrowCard-51, yours,
			kit.HStack(theme.S2, yours, kit.Fill(), kit.NewText(wordDays, theme.Caption, theme.Ink2)))))
	}
	for _, b := range boxes {
		p.list.Add(p.card(b))
	}
	if len(p.summary.Offers) > 0 {
		p.list.Add(kit.Pad(theme.S2, 0, 0, 20, kit.NewText(wordOffered, theme.Caption.SemiBold(), theme.Ink2)))
	}
	for _, o := range p.summary.Offers {
		p.list.Add(p.offer(o))
	}
	add := kit.NewButton(wordAddBox, kit.Secondary, p.add).WithIcon("plus")
	host := kit.NewButton(wordHost, kit.Quiet, p.host).OnPaper()
	p.list.Add(kit.Pad(theme.S1, 0, 0, 0, part.NewAdapt(420,
		kit.VStack(theme.S2, add, host), kit.HStack(theme.S2, add, host))))
	if len(p.hosting.Contacts) > 0 {
		p.list.Add(kit.Pad(theme.S2, 0, 0, 20, kit.NewText(wordForOthers, theme.Caption.SemiBold(), theme.Ink2)))
		p.list.Add(p.hosted())
	}
}

// overview says in one sentence whether messages reach the person while away.
func (p *mailboxes) overview() fyne.CanvasObject {
	o := overviewWords(p.summary, time.Now())
	ground, line, icon := theme.Card, theme.Line, theme.Ink2
	switch o.tone {
	case kit.Good:
		ground, line, icon = theme.OKSoft, theme.OKSoft, theme.OK
	case kit.Attention:
		ground, line, icon = theme.WarnSoft, theme.WarnLine, theme.Warn
	}
	words := kit.VStack(0, kit.Paragraph(o.title, theme.Body.SemiBold(), theme.Ink),
		kit.Paragraph(o.text, theme.Caption, theme.Ink2))
	return kit.NewBox(ground, kit.Pad(14, 20, 14, 20, kit.HStack(theme.S3,
		kit.NewIcon(o.icon, 22, icon), kit.Grow(words)))).Stroke(line).Radius(theme.RadiusXL)
}

// overviewed is what the overview says.
type overviewed struct {
	tone              kit.Tone
	icon, title, text string
}

func overviewWords(s model.MailboxSummary, now time.Time) overviewed {
	good, unknown, waiting := 0, 0, 0
	for _, b := range s.Mailboxes {
		switch b.Health {
		case model.HealthOK:
			good++
		case model.HealthUnknown:
			unknown++
		}
		waiting += b.Waiting
	}
	n := len(s.Mailboxes)
	switch {
	case n == 0:
		return overviewed{kit.Neutral, "mailbox", wordNoBoxes, wordNoBoxesText}
	case good > 0:
		return overviewed{kit.Good, "held-in-mailbox", wordReach, answerWords(good, n) + " " + collectedWords(s.Collected, waiting, now)}
	case unknown == n:
		return overviewed{kit.Neutral, "mailbox", wordUnasked, wordUnaskedText}
	}
	return overviewed{kit.Attention, "warning", wordNoReach, silentWords(n)}
}

// answerWords says how many of n mailboxes answer; at least one does.
func answerWords(good, n int) string {
	switch {
	case n == 1:
		return wordOneAnswers
	case good == n:
		return fmt.Sprintf(wordAllAnswer, n)
	case good == 1:
		return fmt.Sprintf(wordOneOfAnswers, n)
	}
	return fmt.Sprintf(wordSomeAnswer, good, n)
}

func silentWords(n int) string {
	if n == 1 {
		return wordOneSilent
	}
	return fmt.Sprintf(wordAllSilent, n)
}

func collectedWords(at time.Time, waiting int, now time.Time) string {
	left := wordNothingWaits
	if waiting > 0 {
		left = wordManyWait.Of(waiting)
	}
	if at.IsZero() {
		return fmt.Sprintf(wordNotCollected, left)
	}
	return fmt.Sprintf(wordCollected, say.When(at, now), left)
}

// offer is a contact's offer to hold messages.
func (p *mailboxes) offer(o model.MailboxOffer) fyne.CanvasObject {
	use := kit.NewButton(wordUse, kit.Secondary, nil)
	use.OnTap(func() {
		use.Disable()
		p.do(func(ctx context.Context) error { _, err := p.s.m.AcceptMailbox(ctx, o.Contact); return err },
			fmt.Sprintf(wordUsesNow, o.Name))
	})
	words := kit.VStack(0, kit.Paragraph(fmt.Sprintf(wordOffers, o.Name), theme.Body.SemiBold(), theme.Ink),
		kit.Paragraph(fmt.Sprintf(wordOfferText, size(o.Quota), o.Name), theme.Caption, theme.Ink2))
	face := kit.NewAvatar(string(o.Contact), o.Name, 44)
	return kit.NewBox(theme.Card, part.NewAdapt(420,
		kit.Pad(17, 21, 17, 21, kit.VStack(theme.S3, kit.HStack(theme.S4, face, kit.Grow(words)), use)),
		kit.Pad(17, 21, 17, 21, kit.HStack(theme.S4, face, kit.Grow(words), use)))).
		Stroke(theme.Line).Radius(theme.RadiusXL)
}

// do changes something, says so, and reads the page anew, whatever came of it.
func (p *mailboxes) do(work func(ctx context.Context) error, said string) {
	p.s.h.Run(work, func(err error) {
		switch {
		case err != nil:
			p.s.fails(err)
		case said != "":
			kit.ShowToast(p.s.body, kit.Toast{Icon: "check", Text: said})
		}
		p.load()
	})
}

// size says a number of bytes in MB: "0.4", "64".
func size(bytes int64) string {
	mb := float64(bytes) / (1 << 20)
	switch {
	case bytes > 0 && mb < .05:
		return wordAlmostNone
	case mb < 9.95 && mb != float64(int(mb)):
		return fmt.Sprintf("%.1f", mb)
	}
	return fmt.Sprintf("%.0f", mb)
}
