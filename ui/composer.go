package ui

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// composer is where a message is written: Enter sends, Shift+Enter breaks the
// line, and what was not sent is kept as a draft.
type composer struct {
	widget.BaseWidget
	c       *conversation
	entry   *kit.Entry
	bare    fyne.CanvasObject
	emoji   *kit.IconButton
	send    *kit.Button
	idle    *kit.Icon // in the place of send while there is nothing to send
	rect    *canvas.Rectangle
	why     *kit.Text // why nothing can be written
	left    *kit.Text // how much more fits, near the end
	unblock *kit.Link
	focused bool
	lines   int
	draft   model.Draft // as it is stored
	target  *target     // nil: neither an answer nor an edit
	strip   *strip
	suggest *suggest
	saving  *fyne.Animation
}

const (
	composerHeight = 48
	composerMost   = 8 // lines, then it scrolls
	draftAfter     = 600 * time.Millisecond
	countFrom      = 2000 // bytes before the end of what a message holds
)

func newComposer(c *conversation) *composer {
	p := &composer{c: c, entry: kit.NewEntry(true), rect: &canvas.Rectangle{CornerRadius: theme.RadiusXL, StrokeWidth: 1}, lines: 1}
	p.bare = p.entry.Bare()
	p.send = kit.NewButton("", kit.Primary, p.submit).WithIcon("send")
	p.send.SetTip(wordSend)
	p.idle = kit.NewIcon("send", 20, theme.Ink3)
	p.emoji = kit.NewIconButton("emoji", wordEmoji, p.pickEmoji).OnCard()
	p.why = kit.NewText("", theme.Body, theme.Ink2).Elided()
	p.left = kit.NewText("", theme.Caption, theme.Ink2).Trailing()
	p.unblock = kit.NewLink(wordUnblock, theme.Small, func() { c.v.block(c.id, false) })
	p.strip = newStrip(func() { p.aim(nil); p.focus() })
	p.strip.set(nil, "")
	p.suggest = newSuggest(p)
	p.entry.OnKey = p.key
	p.entry.TakesTab = p.suggest.open
	p.entry.OnFocus = func(on bool) {
		p.focused = on
		if !on {
			p.suggest.end()
		}
		if on {
			c.timeline.Unselect()
		}
		p.Refresh()
	}
	p.entry.OnChanged = func(string) { p.changed() }
	p.ExtendBaseWidget(p)
	return p
}

// key decides between sending and a new line, and lets the timeline scroll.
func (p *composer) key(e *fyne.KeyEvent) bool {
	if p.suggest.key(e) {
		return true
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if kit.Modifiers()&fyne.KeyModifierShift != 0 {
			p.newLine()
		} else {
			p.submit()
		}
		return true
	case fyne.KeyEscape:
		if p.target == nil {
			return false
		}
		p.aim(nil)
		return true
	case fyne.KeyUp:
		return p.entry.Text == "" && p.target == nil && p.c.editLast()
	case fyne.KeyPageUp:
		p.c.timeline.ScrollPage(-1)
		return true
	case fyne.KeyPageDown:
		p.c.timeline.ScrollPage(1)
		return true
	}
	return false
}

// newLine breaks the line at the caret. The entry takes Shift+Enter for sending
// when somebody listens for that; nobody does.
func (p *composer) newLine() {
	p.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// submit sends what was written.
func (p *composer) submit() {
	text := strings.TrimFunc(p.entry.Text, unicode.IsSpace)
	if text == "" {
		return
	}
	if len(text) > model.MaxText {
		kit.ShowToast(p, kit.Toast{Icon: "warning", Text: wordTooLong})
		return
	}
	t := p.target
	p.entry.SetText("")
	p.aim(nil)
	p.draft = p.current() // the messenger forgets the draft with the message
	p.stopSaving()
	p.store(p.draft)
	if t != nil && t.editing {
		p.c.saveEdit(*t, text)
	} else {
		p.c.send(text, t)
	}
	p.focus()
}

// giveBack puts a text that could not be sent back, if nothing else was written
// in the meantime.
func (p *composer) giveBack(text string, t *target) {
	if p.entry.Text == "" && p.target == nil {
		p.aim(t)
		p.entry.SetTextAtEnd(text)
	}
}

// begin shows the draft of a conversation that was opened.
func (p *composer) begin(draft model.Draft) {
	p.stopSaving()
	p.draft, p.target = draft, nil
	p.strip.set(nil, "")
	p.entry.SetTextAtEnd(draft.Text)
	p.suggest.end()
	p.stopSaving() // the target is not known yet
	p.restore(draft)
	p.Refresh()
	p.refresh()
}

func (p *composer) changed() {
	if lines := p.count(p.Size().Width); lines != p.lines {
		p.lines = lines
		p.c.relayout()
	}
	p.Refresh()
	p.suggest.look()
	p.stopSaving()
	if p.current() != p.draft {
		p.saving = kit.After(draftAfter, p.saveDraft)
	}
}

func (p *composer) stopSaving() {
	if p.saving != nil {
		p.saving.Stop()
		p.saving = nil
	}
}

// saveDraft stores what stands in the field if that is not what is stored.
func (p *composer) saveDraft() {
	p.stopSaving()
	if d := p.current(); d != p.draft && p.c.id != "" {
		p.draft = d
		p.store(d)
	}
}

func (p *composer) store(draft model.Draft) {
	id := p.c.id
	p.c.v.writes.Run(func(ctx context.Context) error { return p.c.v.m.SetDraft(ctx, id, draft) }, func(error) {})
}

// refresh shows what may be written to whom.
func (p *composer) refresh() {
	k := p.c.contact
	p.name()
	switch {
	case k.Blocked:
		p.why.SetText(fmt.Sprintf(wordBlockedBy, k.Name))
	case k.Alarm != "":
		p.why.SetText(wordDecideFirst)
	default:
		p.why.SetText("")
	}
	p.Refresh()
}

// name says in the empty field to whom it goes, as far as there is room.
func (p *composer) name() {
	_, w := p.column(p.Size().Width)
	p.entry.SetPlaceHolder(kit.Elide(fmt.Sprintf(wordMessageTo, p.c.contact.Name), theme.Body, p.textWidth(w)))
}

// Resize is called by the toolkit.
func (p *composer) Resize(s fyne.Size) {
	changed := s.Width != p.Size().Width
	p.BaseWidget.Resize(s)
	if changed {
		p.name()
	}
}

// pickEmoji opens the picker above the button.
func (p *composer) pickEmoji() {
	p.focus() // where the keyboard comes back to
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.emoji)
	p.c.v.pickEmoji(at, p.emoji.Size(), func(text string) {
		p.insert(text)
		p.focus()
	})
}

// insert writes at the caret, over what is selected.
func (p *composer) insert(text string) {
	for _, r := range text {
		p.entry.TypedRune(r)
	}
}

func (p *composer) stopped() bool { return p.why.Text() != "" }

func (p *composer) focus() {
	if c := p.c.v.w.window.Canvas(); !p.stopped() {
		c.Focus(p.entry)
	}
}

// write takes a letter that was typed elsewhere.
func (p *composer) write(r rune) {
	if p.focused {
		p.entry.TypedRune(r)
	}
}

// column returns where the composer's box lies in a pane of that width.
func (p *composer) column(width float32) (x, w float32) {
	w = min(760, width-2*p.c.side())
	return (width - w) / 2, w
}

// textWidth returns how much of the box is for text.
func (p *composer) textWidth(box float32) float32 { return box - 17 - 52 - 38 }

func (p *composer) count(width float32) int {
	if width <= 0 {
		return 1
	}
	_, w := p.column(width)
	return min(composerMost, p.entry.Lines(p.textWidth(w)+2*theme.InnerPadding-theme.CaretWidth))
}

// heightFor returns the height with the padding around the box.
func (p *composer) heightFor(width float32) float32 {
	return 4 + composerHeight + p.head() + float32(p.count(width)-1)*theme.Body.Line + p.bottom()
}

// head returns how high what stands above the text is.
func (p *composer) head() float32 {
	if p.target == nil {
		return 0
	}
	return stripHeight
}

func (p *composer) height() float32 { return p.Size().Height }

func (p *composer) bottom() float32 {
	if p.c.v.narrow {
		return theme.S3
	}
	return theme.S5
}

func (p *composer) CreateRenderer() fyne.WidgetRenderer {
	return &composerRenderer{p, append([]fyne.CanvasObject{p.rect, p.bare, p.emoji, p.send, p.idle, p.why, p.unblock, p.left}, p.strip.objects()...)}
}

type composerRenderer struct {
	p       *composer
	objects []fyne.CanvasObject
}

func (r *composerRenderer) Destroy()                     {}
func (r *composerRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *composerRenderer) MinSize() fyne.Size           { return fyne.NewSize(100, composerHeight) }

func (r *composerRenderer) Layout(s fyne.Size) {
	p := r.p
	x, w := p.column(s.Width)
	h := s.Height - 4 - p.bottom()
	kit.At(p.rect, x, 4, w, h)
	p.strip.place(x, 4, w)
	kit.At(p.left, x, 4+h+1, w-12, 16)
	kit.At(p.bare, x+17, 4+14+p.head(), p.textWidth(w), h-28-p.head())
	kit.At(p.emoji, x+w-6-36-2-36, 4+h-6-36, 36, 36)
	kit.At(p.send, x+w-6-36, 4+h-6-36, 36, 36)
	kit.At(p.idle, x+w-6-28, 4+h-6-28, 20, 20)
	kit.At(p.why, x+17, 4+14, w-34-80, 20)
	m := p.unblock.MinSize()
	kit.At(p.unblock, x+w-17-m.Width, 4+15, m.Width, m.Height)
}

func (r *composerRenderer) Refresh() {
	p := r.p
	stopped := p.stopped()
	ground, edge := theme.Card, theme.LineStrong
	switch {
	case stopped:
		ground, edge = theme.Side, theme.Line
	case p.focused:
		edge = theme.Focus
	}
	p.rect.FillColor, p.rect.StrokeColor = theme.Color(ground), theme.Color(edge)
	show(p.bare, !stopped)
	show(p.why, stopped)
	show(p.unblock, stopped && p.c.contact.Blocked)
	over := len(p.entry.Text) - model.MaxText
	show(p.left, !stopped && over > -countFrom)
	switch {
	case over > 0:
		p.left.SetText(wordTooMuch.Of(over))
		p.left.SetColor(theme.Danger)
	default:
		p.left.SetText(wordStillFits.Of(-over))
		p.left.SetColor(theme.Ink2)
	}
	show(p.emoji, !stopped)
	written := strings.TrimSpace(p.entry.Text) != ""
	show(p.send, !stopped && written)
	show(p.idle, !stopped && !written)
	r.Layout(p.Size())
	canvas.Refresh(p)
}
