package settings

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// narrowCard is the width of a card's inside below which the bars stand under the
// words.
const narrowCard = 480

// card is one mailbox: what it is, how it answers, and what can be done about it.
func (p *mailboxes) card(b model.Mailbox) fyne.CanvasObject {
	name := p.nameOf(b)
	icon := "mailbox"
	if b.Kind == model.MailboxContact {
		icon = "person"
	}
	tag, tone := healthWords(b, time.Now())
	if p.asking[b.ID] {
		tag, tone = wordAsking, kit.Neutral
	}
	square := kit.IconSquare(icon, 44, false)
	title := func() fyne.CanvasObject {
		return nameAndTag(kit.NewText(name, theme.Body.SemiBold(), theme.Ink).Elided(), name, kit.Tag(tag, tone))
	}
	about := func() fyne.CanvasObject { return kit.Paragraph(p.aboutWords(b), theme.Caption, theme.Ink2) }
	more := kit.NewIconButton("more", fmt.Sprintf(wordMore, name), nil).OnCard()
	more.OnTap(func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		p.menu(more, at.AddXY(36-226, 40), b, name)
	})
	days := newBars(b.Days)
	wide := kit.HStack(0, square, kit.Spacer(theme.S4, 0), kit.Grow(kit.VStack(0, title(), about())),
		kit.Spacer(theme.S4, 0), days, kit.Spacer(theme.S4, 0), more)
	narrow := kit.VStack(theme.S3,
		kit.HStack(0, square, kit.Spacer(theme.S3, 0), kit.Grow(kit.VStack(0, title(), about())), more),
		kit.Pad(0, 0, 0, 56, kit.HStack(theme.S2, days, kit.NewText(wordDays, theme.Caption, theme.Ink2))))
	all := kit.VStack(theme.S3, part.NewAdapt(narrowCard, narrow, wide))
	if note := noteWords(b); note != "" && !p.asking[b.ID] {
		all.Add(p.attention(b, name, note))
	}
	return kit.NewBox(theme.Card, kit.Pad(17, 13, 17, 21, all)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

// nameAndTag puts a tag after a name, and cuts the name off where there is no room
// for both.
func nameAndTag(words *kit.Text, name string, tag fyne.CanvasObject) fyne.CanvasObject {
	return kit.Place(fyne.NewSize(tag.MinSize().Width+60, 20), func(s fyne.Size) {
		t := tag.MinSize().Width
		w := min(kit.Measure(name, theme.Body.SemiBold())+1, s.Width-t-8)
		kit.At(words, 0, 0, w, 20)
		kit.At(tag, w+8, 0, t, 20)
	}, words, tag)
}

// attention says below a mailbox what its state means, and offers what helps. It
// begins where the name does.
func (p *mailboxes) attention(b model.Mailbox, name, note string) fyne.CanvasObject {
	buttons := kit.HStack(theme.S2,
		kit.NewButton(wordTryNow, kit.Secondary, func() { p.try(b) }).WithSize(kit.Tiny),
		kit.NewButton(wordRemoveIt, kit.DangerQuiet, func() { p.remove(b, name) }).WithSize(kit.Tiny))
	return kit.Pad(theme.S1, theme.S6, 0, 60, kit.VStack(theme.S3,
		kit.HStackTop(10, kit.NewIcon("warning", 16, theme.Warn), kit.Grow(kit.Paragraph(note, theme.Small, theme.Ink))),
		kit.Left(buttons)))
}

// menu opens the menu of one mailbox.
func (p *mailboxes) menu(o fyne.CanvasObject, at fyne.Position, b model.Mailbox, name string) {
	kit.ShowMenu(o, at,
		kit.MenuItem{Icon: "edit", Text: wordRename, Do: func() { p.rename(b, name) }},
		kit.MenuItem{Icon: "refresh", Text: wordTryNow, Do: func() { p.try(b) }},
		kit.MenuItem{Icon: "trash", Text: wordRemove, Danger: true, Do: func() { p.remove(b, name) }})
}

// try asks a mailbox at once whether it answers.
func (p *mailboxes) try(b model.Mailbox) {
	if p.asking[b.ID] {
		return
	}
	p.asking[b.ID] = true
	p.fill()
	p.s.body.Refresh()
	p.s.h.Run(func(ctx context.Context) error { return p.s.m.ProbeMailbox(ctx, b.ID) }, func(err error) {
		delete(p.asking, b.ID)
		if err != nil {
			p.s.fails(err)
		}
		p.load()
	})
}

// rename asks for another name.
func (p *mailboxes) rename(b model.Mailbox, name string) {
	var shut func()
	field := kit.NewField(wordBoxName)
	field.SetText(name)
	save := kit.NewButton(wordSave, kit.Primary, nil)
	submit := func() {
		to := strings.TrimSpace(field.Text())
		if save.Disabled() || to == "" {
			return
		}
		save.Disable()
		p.s.h.Run(func(ctx context.Context) error { return p.s.m.RenameMailbox(ctx, b.ID, to) }, func(err error) {
			save.Enable()
			if err != nil {
				field.SetError(say.Error(err))
				part.Relayout(field)
				return
			}
			shut()
			p.load()
		})
	}
	save.OnTap(submit)
	field.OnSubmitted = func(string) { submit() }
	field.OnChanged = func(string) { field.SetError("") }
	shut = kit.ShowDialog(p.s.body, kit.DialogOptions{Title: wordRenameBox, Text: wordRenameText, Content: field,
		Buttons: []fyne.CanvasObject{kit.NewButton(wordCancel, kit.Secondary, func() { shut() }), save}})
	field.Focus()
}

// remove asks once more, and does without a mailbox from then on.
func (p *mailboxes) remove(b model.Mailbox, name string) {
	var shut func()
	shut = kit.ShowDialog(p.s.body, kit.DialogOptions{
		Title: fmt.Sprintf(wordRemoveBox, name), Text: wordRemoveText,
		Buttons: []fyne.CanvasObject{
			kit.NewButton(wordRemove, kit.Danger, func() {
				shut()
				p.do(func(ctx context.Context) error { return p.s.m.RemoveMailbox(ctx, b.ID) }, fmt.Sprintf(wordRemoved, name))
			}),
			kit.NewButton(wordCancel, kit.Secondary, func() { shut() }),
		}})
}

// nameOf returns the person's name for a mailbox; one that still has the name of
// the contact who lends it is their computer.
func (p *mailboxes) nameOf(b model.Mailbox) string {
	if c, ok := p.people[b.Contact]; ok && b.Kind == model.MailboxContact && c.Name == b.Name {
		return fmt.Sprintf(wordComputerOf, c.Name)
	}
	return b.Name
}

// aboutWords says whose a mailbox is and what it holds.
func (p *mailboxes) aboutWords(b model.Mailbox) string {
	if b.Kind == model.MailboxContact {
		name := wordTheContact
		if c, ok := p.people[b.Contact]; ok {
			name = c.Name
		}
		return fmt.Sprintf(wordLent, name)
	}
	out := wordByItsLink
	if b.Quota > 0 {
		out += usage(b.Used, b.Quota)
	}
	if days := int(b.KeepFor / (24 * time.Hour)); days > 0 {
		out += wordKeeps.Of(days)
	}
	return out
}

// usage says how much of a mailbox's room is taken, of which some are large.
func usage(used, quota int64) string {
	if quota >= 1<<30 {
		return fmt.Sprintf(wordUsageGB, size(used), size(quota>>10))
	}
	return fmt.Sprintf(wordUsage, size(used), size(quota))
}

// healthWords says on a tag how a mailbox answers.
func healthWords(b model.Mailbox, now time.Time) (string, kit.Tone) {
	switch b.Health {
	case model.HealthOK:
		return wordAnswers, kit.Good
	case model.HealthSilent:
		if b.Silent.IsZero() {
			return wordNoAnswer, kit.Attention
		}
		return fmt.Sprintf(wordNoAnswerSince, when.Since(b.Silent, now)), kit.Attention
	case model.HealthFull:
		return wordFull, kit.Attention
	case model.HealthRefuses:
		return wordRefuses, kit.Wrong
	case model.HealthLies:
		return wordLies, kit.Wrong
	}
	return wordNotAsked, kit.Neutral
}

// noteWords says what a state means; "" if all is well.
func noteWords(b model.Mailbox) string {
	switch b.Health {
	case model.HealthSilent:
		return wordSilentNote
	case model.HealthFull:
		return wordFullNote
	case model.HealthRefuses:
		return wordRefusesNote
	case model.HealthLies:
		return wordLiesNote
	}
	return ""
}
