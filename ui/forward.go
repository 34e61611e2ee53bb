package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// forwarder chooses to whom a message is passed on: a field to find them by, and
// rows of which several can be chosen.
type forwarder struct {
	c       *conversation
	message model.Message
	field   *kit.Field
	rows    *kit.Scroll
	list    *fyne.Container
	send    *kit.Button
	chosen  map[model.ContactID]bool
	close   func()
}

// forward opens the choice of people to pass m on to.
func (c *conversation) forward(m model.Message) {
	f := &forwarder{c: c, message: m, list: kit.VStack(0), chosen: map[model.ContactID]bool{}, close: func() {}}
	f.field = kit.NewField(wordSearch).WithIcon("search")
	f.field.OnChanged = func(string) { f.fill() }
	f.rows = kit.NewScroll(f.list)
	f.send = kit.NewButton(wordForward, kit.Primary, f.submit).WithIcon("forward")
	cancel := kit.NewButton(wordStay, kit.Secondary, func() { f.close() })
	title := kit.NewText(wordForwardTo, theme.Title, theme.Ink)
	rows := kit.PlaceFor(func(float32) float32 { return 6 * switchRow }, func(s fyne.Size) { kit.At(f.rows, 0, 0, s.Width, s.Height) }, f.rows)
	content := kit.PadAll(theme.S4, kit.VStack(theme.S3, title, f.field, rows, kit.HStack(theme.S2, kit.Fill(), cancel, f.send)))
	f.fill()
	f.close, _ = kit.ShowSheet(c.timeline, switchWidth, switchTop, content, nil)
	f.field.Focus()
}

// fill shows those who fit what was typed.
func (f *forwarder) fill() {
	f.list.Objects = nil
	for _, conv := range switchable(f.field.Text(), f.c.v.conversations) {
		if k := conv.Contact; !k.Blocked && k.Alarm == model.AlarmNone {
			f.list.Add(f.row(k))
		}
		if len(f.list.Objects) == switchLong {
			break
		}
	}
	f.list.Refresh()
	f.rows.Refresh()
	f.mark()
}

func (f *forwarder) row(k model.Contact) fyne.CanvasObject {
	avatar, name := kit.NewAvatar(string(k.ID), k.Name, 36), kit.NewText(k.Name, theme.Body.SemiBold(), theme.Ink).Elided()
	check := kit.NewIcon("check", 20, theme.AccentInk)
	show(check, f.chosen[k.ID])
	content := kit.Place(fyne.NewSize(100, switchRow), func(s fyne.Size) {
		kit.At(avatar, 12, 8, 36, 36)
		kit.At(name, 60, 16, s.Width-60-44, 20)
		kit.At(check, s.Width-32, 16, 20, 20)
	}, avatar, name, check)
	tile := kit.NewTile(kit.TileNav, theme.RadiusLG, k.Name, content, nil)
	tile.SetOn(f.chosen[k.ID])
	tile.OnTap(func() {
		f.chosen[k.ID] = !f.chosen[k.ID]
		tile.SetOn(f.chosen[k.ID])
		show(check, f.chosen[k.ID])
		f.mark()
	})
	return tile
}

// people returns who is chosen, in the order of the list.
func (f *forwarder) people() []model.ContactID {
	var out []model.ContactID
	for _, conv := range f.c.v.conversations {
		if f.chosen[conv.Contact.ID] {
			out = append(out, conv.Contact.ID)
		}
	}
	return out
}

func (f *forwarder) mark() {
	if len(f.people()) == 0 {
		f.send.Disable()
	} else {
		f.send.Enable()
	}
}

func (f *forwarder) submit() {
	to := f.people()
	if len(to) == 0 {
		return
	}
	f.close()
	f.c.do(func(ctx context.Context) error { return f.c.v.m.Forward(ctx, f.message.ID, to) })
}
