package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// Requests shows who wants to be a contact, one after the other, the oldest
// first. The page's header says when the request on show arrived, so each has a
// page of its own, and this one only looks which it is.
func Requests(h stage.Host, m Messenger) stage.Page {
	return stage.Page{Key: "requests", Title: wordRequest, Content: kit.Fill(),
		Focus: func() { nextRequest(h, m) }}
}

// nextRequest shows the page of the oldest request, or that there is none.
func nextRequest(h stage.Host, m Messenger) {
	var rs []model.Request
	h.Run(func(ctx context.Context) (err error) {
		rs, err = m.Requests(ctx)
		return err
	}, func(err error) {
		if err != nil || len(rs) == 0 {
			h.Open(noRequests())
			return
		}
		oldest := slices.MinFunc(rs, func(a, b model.Request) int { return a.Arrived.Compare(b.Arrived) })
		h.Open(newRequest(h, m, oldest, len(rs)).page())
	})
}

func noRequests() stage.Page {
	return stage.Page{Key: "requests/none", Title: wordRequest, Content: kit.Centered(480, kit.VStack(theme.S2,
		kit.Column(28, kit.NewIcon("people", 28, theme.Ink2)),
		kit.NewText(wordNoRequests, theme.Title, theme.Ink).Center(),
		kit.Paragraph(wordNoneText, theme.Body, theme.Ink2).Center()))}
}

// request is the page of one request.
type request struct {
	h       stage.Host
	m       Messenger
	r       model.Request
	of      int // how many wait
	problem *kit.Text
	accept  *kit.Button
	decline *kit.Button
	busy    bool
}

func newRequest(h stage.Host, m Messenger, r model.Request, of int) *request {
	p := &request{h: h, m: m, r: r, of: of}
	p.problem = kit.Paragraph("", theme.Small, theme.Danger).Center()
	p.problem.Hide()
	p.accept = kit.NewButton(wordAccept, kit.Primary, p.doAccept).WithSize(kit.Large)
	p.decline = kit.NewButton(wordDecline, kit.Secondary, func() { p.doDecline(false) }).WithSize(kit.Large)
	return p
}

func (p *request) page() stage.Page {
	text := fmt.Sprintf(wordArrived, say.When(p.r.Arrived, time.Now()))
	if p.of > 1 {
		text += ". " + fmt.Sprintf(wordOneOf, p.of)
	}
	return stage.Page{
		Key: "requests/" + string(p.r.ID), Title: wordRequest, Text: text,
		Content: centered(480, p.card()),
		Focus:   func() { p.h.Window().Canvas().Focus(p.accept); p.h.Window().Canvas().Unfocus() },
		OnEvents: func(es []model.Event) {
			if !p.busy && touches(es, model.EventRequest) {
				nextRequest(p.h, p.m)
			}
		},
	}
}

func (p *request) card() fyne.CanvasObject {
	card := kit.VStack(0,
		kit.Column(80, kit.NewAvatar(string(p.r.Contact), p.r.Name, 80)),
		kit.Spacer(0, theme.S4),
		kit.Paragraph(p.r.Name, theme.Heading, theme.Ink).Center(),
		kit.Paragraph(wordChose, theme.Small, theme.Ink2).Center(),
		kit.Spacer(0, theme.S5))
	if p.r.Text != "" {
		card.Add(kit.NewBox(theme.Paper, kit.Pad(13, 17, 12, 17, kit.VStack(2,
			kit.NewText(wordFirst, theme.Caption, theme.Ink2),
			kit.Paragraph(clip(p.r.Text), theme.Body, theme.Ink)))).Stroke(theme.Line).Radius(theme.RadiusLG))
		card.Add(kit.Spacer(0, theme.S5))
	}
	now := time.Now()
	if p.r.Mode == model.ModePerson {
		card.Add(fact("qr", fmt.Sprintf(wordUsedCode, say.When(p.r.InvitedAt, now))))
		card.Add(kit.Spacer(0, 10))
		card.Add(fact("shield-verified", wordWillVerify))
	} else {
		card.Add(fact("link", fmt.Sprintf(wordUsedLink, say.When(p.r.InvitedAt, now))))
		card.Add(kit.Spacer(0, 10))
		card.Add(fact("shield", fmt.Sprintf(wordNotVerified, p.r.Name)))
	}
	if p.r.Known {
		card.Add(kit.Spacer(0, theme.S4))
		card.Add(kit.Banner(kit.Attention, "warning", wordKnown, "", nil))
	}
	card.Add(kit.Spacer(0, theme.S6))
	card.Add(kit.HStack(theme.S2, kit.Grow(p.accept), kit.Grow(p.decline)))
	card.Add(kit.VStack(theme.S3, p.problem, kit.Spacer(0, 0)))
	card.Add(kit.HStack(0, kit.Fill(), kit.NewLink(wordBlockForget, theme.Small, p.askBlock).InDanger(), kit.Fill()))
	return kit.Card(theme.S8, card)
}

// clip keeps a long first message from filling the page.
func clip(s string) string {
	if r := []rune(s); len(r) > 600 {
		return string(r[:600]) + "…"
	}
	return s
}

// begin takes the buttons away while an answer is under way.
func (p *request) begin() {
	p.busy = true
	p.accept.Disable()
	p.decline.Disable()
}

// fails says what went wrong and gives the buttons back.
func (p *request) fails(err error) {
	p.busy = false
	p.accept.Enable()
	p.decline.Enable()
	p.problem.SetText(say.Error(err))
	p.problem.Show()
}

func (p *request) doAccept() {
	p.begin()
	var c model.Contact
	p.h.Run(func(ctx context.Context) (err error) {
		c, err = p.m.AcceptRequest(ctx, p.r.ID)
		return err
	}, func(err error) {
		if err != nil {
			p.fails(err)
			return
		}
		p.h.Converse(c.ID)
	})
}

func (p *request) doDecline(block bool) {
	p.begin()
	p.h.Run(func(ctx context.Context) error { return p.m.DeclineRequest(ctx, p.r.ID, block) }, func(err error) {
		switch {
		case err != nil:
			p.fails(err)
		case p.of > 1:
			nextRequest(p.h, p.m)
		default:
			p.h.Close()
		}
	})
}

func (p *request) askBlock() {
	var shut func()
	shut = kit.ShowDialog(p.accept, kit.DialogOptions{
		Title: fmt.Sprintf(wordBlockTitle, p.r.Name), Text: wordBlockText,
		Buttons: []fyne.CanvasObject{
			kit.NewButton(wordBlockForget, kit.Danger, func() { shut(); p.doDecline(true) }),
			kit.NewButton(wordCancel, kit.Secondary, func() { shut() }),
		}})
}
