package ui

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// target is the message that what is being written answers, or whose text it is to
// replace.
type target struct {
	message model.Message
	editing bool
	before  string // what stood in the field before a text was edited
}

const stripHeight = 44

// strip shows the target above the text inside the composer.
type strip struct {
	edge  *canvas.Rectangle
	name  *kit.Text
	words *kit.Text
	close *kit.IconButton
}

func newStrip(end func()) *strip {
	return &strip{edge: &canvas.Rectangle{CornerRadius: 1.5}, name: kit.NewText("", theme.Caption.SemiBold(), theme.AccentInk).Elided(),
		words: kit.NewText("", theme.Small, theme.Ink2).Elided(), close: kit.NewIconButton("close", wordEndReply, end).Tiny().OnCard()}
}

func (s *strip) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.edge, s.name, s.words, s.close}
}

func (s *strip) set(t *target, name string) {
	for _, o := range s.objects() {
		show(o, t != nil)
	}
	if t == nil {
		return
	}
	s.edge.FillColor = theme.Color(theme.AccentInk)
	s.words.SetText(line(t.message.Text))
	switch {
	case t.editing:
		s.name.SetText(wordEditing)
	case t.message.Direction == model.Outgoing:
		s.name.SetText(wordReplyToSelf)
	default:
		s.name.SetText(fmt.Sprintf(wordReplyTo, name))
	}
	s.close.SetTip(wordEndReply)
	if t.editing {
		s.close.SetTip(wordEndEdit)
	}
}

// place lays the strip out in a box of that width whose upper left corner is at x, y.
func (s *strip) place(x, y, w float32) {
	kit.At(s.edge, x+12, y+8, 3, stripHeight-10)
	kit.At(s.name, x+24, y+7, w-24-44, 16)
	kit.At(s.words, x+24, y+23, w-24-44, 18)
	kit.At(s.close, x+w-6-32, y+9, 28, 28)
}

// reply makes what is written next an answer to m.
func (c *conversation) reply(m model.Message) {
	c.composer.aim(&target{message: m})
	c.focus()
}

// edit takes the text of m into the composer.
func (c *conversation) edit(m model.Message) {
	c.composer.aim(&target{message: m, editing: true, before: c.composer.plain()})
	c.composer.entry.SetTextAtEnd(m.Text)
	c.focus()
}

// editLast edits the newest message of the person's own, and reports whether there
// is one.
func (c *conversation) editLast() bool {
	m, ok := c.timeline.LastMine()
	if !ok || !editable(m) {
		return false
	}
	c.edit(m)
	return true
}

// aim gives what is written another target, or none. A text that was edited goes
// back to what stood there before.
func (p *composer) aim(t *target) {
	if old := p.target; old != nil && old.editing {
		p.entry.SetTextAtEnd(old.before)
	}
	p.target = t
	p.strip.set(t, p.c.contact.Name)
	p.c.relayout()
	p.changed()
}

// plain returns what stands in the field, or stood there before a text was edited.
func (p *composer) plain() string {
	if p.target != nil && p.target.editing {
		return p.target.before
	}
	return p.entry.Text
}

// current returns what is to be kept as a draft.
func (p *composer) current() model.Draft {
	d := model.Draft{Text: p.entry.Text}
	switch {
	case p.target == nil:
	case p.target.editing:
		d.Editing = p.target.message.ID
	default:
		d.ReplyTo = p.target.message.ID
	}
	return d
}

// restore finds the target of a draft that was kept.
func (p *composer) restore(d model.Draft) {
	id := d.ReplyTo
	if d.Editing != "" {
		id = d.Editing
	}
	if id == "" {
		return
	}
	turn := p.c.turn
	var m model.Message
	p.c.v.Run(func(ctx context.Context) (err error) {
		m, err = p.c.v.m.Message(ctx, id)
		return err
	}, func(err error) {
		if err != nil || turn != p.c.turn || p.target != nil || p.entry.Text != d.Text || m.Deleted != model.DeletedNot {
			return
		}
		p.target = &target{message: m, editing: d.Editing != ""}
		p.strip.set(p.target, p.c.contact.Name)
		p.c.relayout()
		p.Refresh()
	})
}

// saveEdit replaces the text of a message.
func (c *conversation) saveEdit(t target, text string) {
	if text == t.message.Text {
		return
	}
	turn := c.turn
	c.v.writes.Run(func(ctx context.Context) error { return c.v.m.Edit(ctx, t.message.ID, text) }, func(err error) {
		if err == nil || turn != c.turn || model.KindOf(err) == model.Closed {
			return
		}
		words := say.Error(err)
		if model.KindOf(err) == model.NotWaiting {
			words = fmt.Sprintf(wordTooLate, c.contact.Name)
		}
		if c.composer.entry.Text == "" && c.composer.target == nil {
			c.composer.aim(&target{message: t.message, editing: true})
			c.composer.entry.SetTextAtEnd(text)
		}
		kit.ShowToast(c.timeline, kit.Toast{Icon: "warning", Text: words})
	})
}
