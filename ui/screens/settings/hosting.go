package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// quotas are the limits to choose from, in bytes for each contact.
var quotas = []int64{16 << 20, 64 << 20, 256 << 20}

const defaultQuota = 1 // of quotas

// hosted is the row that says for whom this computer holds messages.
func (p *mailboxes) hosted() fyne.CanvasObject {
	var names []string
	for _, id := range p.hosting.Contacts {
		if c, ok := p.people[id]; ok {
			names = append(names, c.Name)
		}
	}
	held := wordHolding.Of(p.hosting.Cells, p.hosting.Cells, size(p.hosting.Used), size(p.hosting.Quota))
	return part.Rows(part.Row(fmt.Sprintf(wordHoldFor, list(names)), held, kit.NewButton(wordChange, kit.Secondary, p.host)))
}

// list joins names as a sentence does.
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return wordTheContact
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + wordAnd + names[n-1]
	}
}

// host is the dialog in which the person lends this computer: one switch, off at
// first, and with it the choice of contacts and a limit.
func (p *mailboxes) host() {
	chosen := map[model.ContactID]bool{}
	for _, id := range p.hosting.Contacts {
		chosen[id] = true
	}
	quota := slices.Index(quotas, p.hosting.Quota)
	if quota < 0 {
		quota = defaultQuota
	}
	save := kit.NewButton(wordSave, kit.Primary, nil)
	on := kit.NewSwitch(wordHostSwitch, len(chosen) > 0, nil)
	judge := func() {
		if on.On() && len(chosen) == 0 {
			save.Disable()
		} else {
			save.Enable()
		}
	}

	people := kit.VStack(0)
	var all []model.Contact
	for _, c := range p.people {
		if !c.Blocked && c.Trust != model.TrustUnconfirmed || chosen[c.ID] {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b model.Contact) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	for i, c := range all {
		if i > 0 {
			people.Add(kit.Hairline())
		}
		pick := kit.NewSwitch(c.Name, chosen[c.ID], func(is bool) {
			delete(chosen, c.ID)
			if is {
				chosen[c.ID] = true
			}
			judge()
		})
		people.Add(kit.Pad(8, 16, 8, 12, kit.HStack(theme.S3, kit.NewAvatar(string(c.ID), c.Name, 32),
			kit.Grow(kit.NewText(c.Name, theme.Body, theme.Ink).Elided()), pick)))
	}
	if len(all) == 0 {
		people.Add(kit.Pad(12, 16, 12, 16, kit.Paragraph(wordNobodyYet, theme.Small, theme.Ink2)))
	}
	names := make([]string, len(quotas))
	for i, q := range quotas {
		names[i] = fmt.Sprintf(wordMB, size(q))
	}
	scroll := kit.NewScroll(people)
	// As high as they need, but no more than there is room for in a low window;
	// half a row says that there are more.
	high := min(kit.HeightFor(people, 400), 3.5*49, max(1.5*49, p.s.h.Window().Canvas().Size().Height-400))
	chooser := kit.NewBox(theme.Card, kit.PadAll(1, scroll)).Stroke(theme.Line).Radius(theme.RadiusLG)
	choice := kit.VStack(theme.S3, tall(high+2, chooser),
		kit.HStack(theme.S3, kit.Grow(kit.NewText(wordLimit, theme.Body, theme.Ink)), kit.Segmented(names, quota, func(i int) { quota = i })))
	if !on.On() {
		choice.Hide()
	}
	on.OnChanged = func(is bool) {
		if is {
			choice.Show()
		} else {
			choice.Hide()
		}
		judge()
		part.Relayout(on)
	}
	judge()

	var shut func()
	save.OnTap(func() {
		ids, limit := []model.ContactID(nil), quotas[quota]
		if on.On() {
			for _, c := range all {
				if chosen[c.ID] {
					ids = append(ids, c.ID)
				}
			}
		}
		shut()
		p.do(func(ctx context.Context) error { return p.s.m.SetHosting(ctx, ids, limit) }, "")
	})
	shut = kit.ShowDialog(p.s.body, kit.DialogOptions{Title: wordHost, Text: wordHostText,
		Content: kit.VStack(theme.S4,
			kit.HStack(theme.S4, kit.Grow(kit.NewText(wordHostSwitch, theme.Body.SemiBold(), theme.Ink)), on), choice),
		Buttons: []fyne.CanvasObject{kit.NewButton(wordCancel, kit.Secondary, func() { shut() }), save}})
}

// tall gives o that height and all the width there is.
func tall(height float32, o fyne.CanvasObject) fyne.CanvasObject {
	return kit.Place(fyne.NewSize(0, height), func(s fyne.Size) { kit.At(o, 0, 0, s.Width, s.Height) }, o)
}
