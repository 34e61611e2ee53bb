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
// first. The page's header says when the request on show arrived, so each
// request has a page of its own; this one is on show until it is known which.
func Requests(h stage.Host, m Messenger) stage.Page {
	q := &asking{h: h, m: m}
	p := q.page("", kit.Fill())
	p.Focus = q.next
	return p
}

// pageKey is the same for all pages of requests: the list shows them as one.
const pageKey = "requests"

// asking is the sequence of pages.
type asking struct {
	h      stage.Host
	m      Messenger
	gone   bool // the person went elsewhere
	moving bool // from one of the pages to the next
}

func (q *asking) page(text string, content fyne.CanvasObject) stage.Page {
	return stage.Page{Key: pageKey, Title: wordRequest, Text: text, Content: content,
		OnClose: func() { q.gone = q.gone || !q.moving }}
}

// turn shows p in place of the page before.
func (q *asking) turn(p stage.Page) {
	q.moving = true
	q.h.Close()
	q.h.Open(p)
	q.moving = false
}

// next shows the page of the oldest request, or that there is none.
func (q *asking) next() {
	var rs []model.Request
	q.h.Run(func(ctx context.Context) (err error) {
		rs, err = q.m.Requests(ctx)
		return err
	}, func(err error) {
		switch {
		case q.gone:
		case err != nil || len(rs) == 0:
			q.turn(q.page("", noRequests()))
		default:
			oldest := slices.MinFunc(rs, func(a, b model.Request) int { return a.Arrived.Compare(b.Arrived) })
			q.turn(newRequest(q, oldest, len(rs)).page())
		}
	})
}

func noRequests() fyne.CanvasObject {
	return kit.Centered(480, kit.VStack(theme.S2,
		kit.Column(28, kit.NewIcon("people", 28, theme.Ink2)),
		kit.NewText(wordNoRequests, theme.Title, theme.Ink).Center(),
		kit.Paragraph(wordNoneText, theme.Body, theme.Ink2).Center()))
}

// request is the page of one request.
type request struct {
	*asking
	r       model.Request
	of      int // how many wait
	problem *kit.Text
	accept  *kit.Button
	decline *kit.Button
	busy    bool
}

func newRequest(q *asking, r model.Request, of int) *request {
	p := &request{asking: q, r: r, of: of}
	p.problem = kit.Paragraph("", theme.Small, theme.Danger).Center()
	p.problem.Hide()
	p.accept = kit.NewButton(wordAccept, kit.Primary, p.doAccept).WithSize(kit.Large)
	p.decline = kit.NewButton(wordDecline, kit.Secondary, func() { p.doDecline(false) }).WithSize(kit.Large)
	return p
}

func (p *request) page() stage.Page {
	text := fmt.Sprintf(wordArrived, say.When(p.r.Arrived, time.Now()))
	if p.of > 1 {
		text = fmt.Sprintf(wordAnd, text, fmt.Sprintf(wordOneOf, p.of))
	}
	page := p.asking.page(text, centered(480, p.card()))
	page.OnEvents = func(es []model.Event) {
		if !p.busy && touches(es, model.EventRequest) {
			p.next()
		}
	}
	return page
}

func (p *request) card() fyne.CanvasObject {
	card := kit.VStack(0,
		kit.Column(80, kit.NewAvatar(string(p.r.Contact), p.r.Name, 80)),
		kit.Spacer(0, theme.S4),
		kit.Paragraph(p.r.Name, theme.Heading, theme.Ink).Center(),
		kit.Paragraph(wordChose, theme.Small, theme.Ink2).Center(),
		kit.Spacer(0, theme.S5))
	if p.r.Text != "" {
		card.Add(kit.NewBox(theme.Paper, kit.Pad(13, 17, 13, 17, kit.VStack(2,
			kit.NewText(wordFirst, theme.Caption, theme.Ink2),
			kit.Paragraph(clip(p.r.Text), theme.Body, theme.Ink)))).Stroke(theme.Line).Radius(theme.RadiusLG))
		card.Add(kit.Spacer(0, theme.S5))
	}
	now := time.Now()
	switch p.r.Mode {
	case model.ModePerson:
		card.Add(fact("qr", fmt.Sprintf(wordUsedCode, say.When(p.r.InvitedAt, now))))
		card.Add(kit.Spacer(0, 10))
		card.Add(fact("shield-verified", wordWillVerify))
	case model.ModeNearby:
		card.Add(fact("lan", fmt.Sprintf(wordFoundNearby, say.When(p.r.Arrived, now))))
		card.Add(kit.Spacer(0, 10))
		card.Add(fact("shield", fmt.Sprintf(wordNearbyUnver, p.r.Name)))
	default:
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
	card.Add(kit.Spacer(0, theme.S2))
	card.Add(p.problem)
	card.Add(kit.Spacer(0, theme.S2))
	card.Add(kit.HStack(0, kit.Fill(), kit.NewLink(wordBlockForget, theme.Small, p.askBlock).InDanger(), kit.Fill()))
	return kit.NewBox(theme.Card, kit.Pad(33, 33, 30, 33, card)).Stroke(theme.Line).Radius(theme.RadiusXL)
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
			p.next()
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
