package timeline

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// What a bubble holds beside its words: that it was forwarded, what it answers,
// what the two think of it, and signs before the time.

const (
	forwardedHeight = 18
	quoteHeight     = 45
	quoteGap        = 6 // below it
	quotePad        = 12
	pillHeight      = 24
	pillOver        = 6 // over the bubble's lower edge
	pillSide        = 10
	pillGap         = 4
	signWidth       = 14 + 3
)

// pill is a reaction as drawn: an emoji, and how many of the two chose it.
type pill struct {
	emoji string
	count int
	mine  bool
	x, w  float32 // in the bubble
}

// pills sets the reactions of a message beside each other, from the side where the
// bubble stands.
func pills(m model.Message, width float32) []pill {
	var out []pill
next:
	for _, r := range m.Reactions {
		for i := range out {
			if out[i].emoji == r.Emoji {
				out[i].count++
				out[i].mine = out[i].mine || r.Mine
				continue next
			}
		}
		out = append(out, pill{emoji: r.Emoji, count: 1, mine: r.Mine})
	}
	x := float32(pillSide)
	for i := range out {
		p := &out[i]
		p.w = 18 + kit.Measure(p.emoji, theme.Small)
		if p.count > 1 {
			p.w += 4 + kit.Measure(fmt.Sprint(p.count), theme.Caption)
		}
		p.x = x
		x += p.w + pillGap
	}
	if m.Direction == model.Outgoing { // they end at the right
		for i := range out {
			out[i].x += width - x - pillSide + pillGap
		}
	}
	return out
}

// signs returns the icons before a message's time.
func signs(m model.Message) []string {
	var out []string
	if m.Starred {
		out = append(out, "star-filled")
	}
	if m.Timer > 0 {
		out = append(out, "timer")
	}
	return out
}

// DeletedWords says who deleted a message, and what was asked of the other side.
func DeletedWords(m model.Message, name string) string {
	switch {
	case m.Deleted == model.DeletedTheirs:
		return fmt.Sprintf(wordTheyDeleted, name)
	case m.Direction == model.Outgoing:
		return fmt.Sprintf(wordYouDeletedBoth, name)
	}
	return wordYouDeleted
}

// quoteWords returns whose words a message answers, and a line of them.
func quoteWords(q *model.Quote, name string) (who, words string) {
	switch {
	case q.Gone:
		return wordQuoteGone, wordQuoteGoneText
	case q.Direction == model.Outgoing:
		return wordQuoteYou, q.Text
	}
	return name, q.Text
}

// drawHead draws what stands above the words of a bubble.
func (r *row) drawHead(x, y float32, mine bool, quiet theme.Token) {
	if r.message.Forwarded {
		r.icon("forward", quiet, x+padX, y+padY+1)
		r.words(wordForwarded, theme.Caption, quiet, x+padX+18, y+padY, 0, fyne.TextAlignLeading)
	}
	q := r.message.Quote
	if q == nil {
		return
	}
	y += r.shape.quoteY
	x += padX
	w := r.shape.w - 2*padX
	ground, ink := theme.AccentSoft, theme.Ink2
	if mine {
		ground, ink = theme.QuoteOut, theme.BubbleOut2
	}
	edge := canvas.NewRectangle(theme.Color(theme.AccentInk))
	edge.TopLeftCornerRadius, edge.BottomLeftCornerRadius = theme.RadiusSM, theme.RadiusSM
	kit.At(edge, x, y+1, 16, quoteHeight-2) // less than the ground, or its rim would shine through
	box := canvas.NewRectangle(theme.Color(ground))
	box.CornerRadius = theme.RadiusSM
	box.TopLeftCornerRadius, box.BottomLeftCornerRadius = 5, 5
	kit.At(box, x+3, y, w-3, quoteHeight)
	r.objects = append(r.objects, edge, box)
	who, words := quoteWords(q, r.t.contact.Name)
	room := w - 2*quotePad
	st := theme.Caption.SemiBold()
	r.words(kit.Elide(who, st, room), st, theme.AccentInk, x+quotePad, y+5, 0, fyne.TextAlignLeading)
	r.words(kit.Elide(words, theme.Small, room), theme.Small, ink, x+quotePad, y+21, 0, fyne.TextAlignLeading)
}

// drawSigns draws the icons before the time, which begins at x.
func (r *row) drawSigns(x, y float32, quiet theme.Token) {
	for i, name := range signs(r.message) {
		r.icon(name, quiet, x+float32(i)*signWidth, y)
	}
}

// drawPills draws the reactions over the lower edge of a bubble at x, y.
func (r *row) drawPills(x, y float32) {
	for _, p := range r.shape.pills {
		box := canvas.NewRectangle(theme.Color(theme.Card))
		box.StrokeColor, box.StrokeWidth, box.CornerRadius = theme.Color(theme.Line), 1, pillHeight/2
		ink := theme.Ink2
		if p.mine {
			box.FillColor, box.StrokeColor, ink = theme.Color(theme.Select), theme.Color(theme.AccentInk), theme.AccentInk
		}
		left, top := x+p.x, y+r.shape.h-pillOver
		kit.At(box, left, top, p.w, pillHeight)
		r.objects = append(r.objects, box)
		r.words(p.emoji, theme.Small, theme.Ink, left+9, top+3, 0, fyne.TextAlignLeading)
		if p.count > 1 {
			n := fmt.Sprint(p.count)
			r.words(n, theme.Caption, ink, left+p.w-9-kit.Measure(n, theme.Caption), top+4, 0, fyne.TextAlignLeading)
		}
	}
}

// part is what lies at a point of a row beside words.
func (r *row) part(p fyne.Position) (reaction string, quote *model.Quote) {
	if r.shape == nil {
		return "", nil
	}
	p = p.Subtract(r.bubble)
	for _, x := range r.shape.pills {
		if top := r.shape.h - pillOver; p.X >= x.x && p.X < x.x+x.w && p.Y >= top && p.Y < top+pillHeight {
			return x.emoji, nil
		}
	}
	if q := r.message.Quote; q != nil && r.shape.quoteY > 0 && p.X >= padX && p.X < r.shape.w-padX && p.Y >= r.shape.quoteY && p.Y < r.shape.quoteY+quoteHeight {
		return "", q
	}
	return "", nil
}

// tapPart does what a click on such a part does, and reports whether there is one.
func (r *row) tapPart(e *desktop.MouseEvent) bool {
	reaction, quote := r.part(e.Position)
	switch {
	case reaction != "" && r.t.OnReact != nil:
		mine := false
		for _, x := range r.message.Reactions {
			mine = mine || x.Mine && x.Emoji == reaction
		}
		if mine {
			reaction = ""
		}
		r.t.OnReact(r.message, reaction)
	case quote != nil && !quote.Gone && r.t.OnQuote != nil:
		r.t.OnQuote(*quote)
	default:
		return reaction != "" || quote != nil
	}
	return true
}

// Reveal shows a message: where it is, if it is held, else with the page around it.
func (t *Timeline) Reveal(c model.Contact, id model.MessageID, row int64) {
	if t.index(id) < 0 {
		t.OpenAt(c, row)
		return
	}
	t.anchor, t.offset, t.stick = id, t.Size().Height/3, false
	t.layout()
}
