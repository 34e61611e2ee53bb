package people

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/screens/say"
	"sotto/ui/theme"
)

// This file is what a person keeps of a contact for themselves, and what they set
// for the conversation.

// suggested is how many labels in use are offered at most.
const suggested = 12

// noteLines is how many lines of the note are on show at most.
const noteLines = 8

func (p *contact) own() fyne.CanvasObject {
	rows := []fyne.CanvasObject{p.labels(), p.remark(), p.muting()}
	if p.c.Trust != model.TrustUnconfirmed && !p.c.Blocked {
		rows = append(rows, p.disappearing())
	}
	return part.Rows(rows...)
}

// labels is the row with what the contact is sorted under. Who has as many as
// there may be is offered no more.
func (p *contact) labels() fyne.CanvasObject {
	var end fyne.CanvasObject
	if len(p.c.Labels) < model.MaxLabels {
		add := kit.NewButton(wordAddLabel, kit.Secondary, nil)
		add.OnTap(func() { p.askLabel(add) })
		end = add
	}
	if len(p.c.Labels) == 0 {
		return part.Row(wordLabels, wordLabelsText, end)
	}
	var chips []fyne.CanvasObject
	for _, l := range p.c.Labels {
		off := kit.NewIconButton("close", fmt.Sprintf(wordLabelOff, l), func() {
			p.setLabels(slices.DeleteFunc(slices.Clone(p.c.Labels), func(x string) bool { return x == l }))
		}).Tiny()
		words := kit.NewText(kit.Elide(l, theme.Caption, 200), theme.Caption, theme.Ink)
		chips = append(chips, kit.NewBox(theme.Well, kit.Pad(0, 0, 0, 12, kit.HStack(2, words, off))).Radius(14))
	}
	return kit.VStack(0, part.Row(wordLabels, "", end), kit.Pad(0, 20, 14, 20, flow(theme.S2, chips)))
}

func (p *contact) setLabels(labels []string) {
	p.do(func(ctx context.Context) error { return p.m.SetLabels(ctx, p.id, labels) })
}

// askLabel opens a field for another label, with those that other contacts have
// below it.
func (p *contact) askLabel(at fyne.CanvasObject) {
	var all []string
	p.h.Run(func(ctx context.Context) (err error) {
		all, err = p.m.Labels(ctx)
		return err
	}, func(err error) {
		if err != nil {
			kit.ShowToast(p.body, kit.Toast{Icon: "warning", Text: say.Error(err)})
			return
		}
		var shut func()
		field := kit.NewField(wordLabelHint)
		add := func(label string) {
			labels := append(slices.Clone(p.c.Labels), label)
			p.h.Run(func(ctx context.Context) error { return p.m.SetLabels(ctx, p.id, labels) }, func(err error) {
				if err != nil {
					field.SetError(say.Error(err))
					part.Relayout(field)
					return
				}
				shut()
				p.load()
			})
		}
		field.OnSubmitted = add
		body := kit.VStack(theme.S3, field)
		var chips []fyne.CanvasObject
		for _, l := range all {
			if !slices.Contains(p.c.Labels, l) && len(chips) < suggested {
				chips = append(chips, kit.NewChip("", kit.Elide(l, theme.Caption, 200), func() { add(l) }))
			}
		}
		if len(chips) > 0 {
			body.Add(flow(theme.S2, chips))
		}
		shut = kit.ShowPopover(at, 300, body)
		field.Focus()
	})
}

// remark is the row with the private note. Its field stays the same while the
// page is shown anew, so that nothing half written is lost.
func (p *contact) remark() fyne.CanvasObject {
	if p.note == nil {
		p.note = kit.NewArea(wordNoteHint, noteLines)
		p.note.OnGrown = func() { p.body.Refresh(); p.body.Reveal(p.note) }
		e := p.note.Entry()
		field := e.OnFocus
		e.OnFocus = func(on bool) {
			field(on)
			if !on {
				p.saveNote()
			}
		}
	}
	if p.note.Text() == p.noted {
		p.noted = p.c.Remark
		p.note.SetText(p.noted)
	}
	return kit.Pad(12, 20, 12, 20, kit.VStack(theme.S2,
		kit.Paragraph(wordNote, theme.Body, theme.Ink), p.note,
		kit.Paragraph(wordNoteText, theme.Caption, theme.Ink2)))
}

// saveNote keeps the note if it was changed. What was refused stays in the field.
func (p *contact) saveNote() {
	if p.note == nil || p.note.Text() == p.noted || p.note.Text() == p.saving {
		return
	}
	written := p.note.Text()
	p.saving = written
	p.h.Run(func(ctx context.Context) error { return p.m.SetRemark(ctx, p.id, written) }, func(err error) {
		if p.saving == written {
			p.saving = ""
		}
		if p.note == nil {
			return
		}
		problem := say.Error(err)
		switch {
		case err == nil:
			p.noted = written
		case model.KindOf(err) == model.TextTooLong:
			problem = wordNoteLong
		}
		p.note.SetError(problem)
		p.body.Refresh()
	})
}

// muting is the row that says whether the contact makes itself noticed.
func (p *contact) muting() fyne.CanvasObject {
	title, text := wordMute, wordMuteText
	muted := p.c.Muted(time.Now())
	if muted {
		title, text = part.WordMuted, wordMutedEver
		if p.c.MutedUntil.Before(model.Forever) {
			text = fmt.Sprintf(wordMutedEnds, say.When(p.c.MutedUntil, time.Now()))
		}
	}
	choose := kit.NewButton(wordChoose, kit.Secondary, nil).Opening()
	mute := func(until time.Time) {
		p.do(func(ctx context.Context) error { return p.m.SetMuted(ctx, p.id, until) })
	}
	choose.OnTap(func() {
		items := part.MuteItems(mute)
		if muted {
			items = append(items, part.UnmuteItem(mute))
		}
		menuUnder(choose, items)
	})
	return part.Row(title, text, choose)
}

// disappearing is the row with the time after which messages disappear.
func (p *contact) disappearing() fyne.CanvasObject {
	choose := kit.NewButton(part.TimerWords(p.c.Timer), kit.Secondary, nil).Opening()
	choose.OnTap(func() {
		var items []kit.MenuItem
		for _, d := range part.Timers(p.c.Timer) {
			icon := ""
			if d == p.c.Timer {
				icon = "check"
			}
			items = append(items, kit.MenuItem{Icon: icon, Text: part.TimerWords(d), Do: func() {
				p.do(func(ctx context.Context) error { return p.m.SetTimer(ctx, p.id, d) })
			}})
		}
		menuUnder(choose, items)
	})
	return part.Row(part.WordDisappear, part.WordDisappearText, choose)
}

// menuUnder opens a menu under a button.
func menuUnder(b *kit.Button, items []kit.MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	kit.ShowMenu(b, at.AddXY(0, b.Size().Height+4), items...)
}

// removing is the row that removes the contact, after asking.
func (p *contact) removing() fyne.CanvasObject {
	remove := kit.NewButton(part.WordRemoveAsk, kit.DangerQuiet, func() { part.AskRemove(p.body, p.c, p.remove) })
	return part.Row(fmt.Sprintf(wordRemoveRow, p.c.Name), wordRemoveNote, remove)
}

// remove deletes everything of the contact; there is nothing to show of it then.
func (p *contact) remove() {
	p.h.Run(func(ctx context.Context) error { return p.m.RemoveContact(ctx, p.id) }, func(err error) {
		if err != nil {
			kit.ShowToast(p.body, kit.Toast{Icon: "warning", Text: say.Error(err)})
			return
		}
		p.note = nil // nothing of it is left to save
		p.h.Close()
	})
}

// flow puts small parts beside each other, and on the next line where there is no
// room.
func flow(gap float32, parts []fyne.CanvasObject) fyne.CanvasObject {
	each := func(width float32, place func(o fyne.CanvasObject, x, y float32, s fyne.Size)) (height float32) {
		var x, y, line float32
		for _, o := range parts {
			s := o.MinSize()
			if x > 0 && x+s.Width > width {
				x, y, line = 0, y+line+gap, 0
			}
			place(o, x, y, s)
			x, line = x+s.Width+gap, max(line, s.Height)
		}
		return y + line
	}
	return kit.PlaceFor(func(width float32) float32 {
		return each(width, func(fyne.CanvasObject, float32, float32, fyne.Size) {})
	}, func(size fyne.Size) {
		each(size.Width, func(o fyne.CanvasObject, x, y float32, s fyne.Size) { kit.At(o, x, y, s.Width, s.Height) })
	}, parts...)
}
