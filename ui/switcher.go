package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/timeline"
)

// Sizes of the switcher, in pixels.
const (
	switchWidth  = 560
	switchTop    = 112
	switchField  = 48
	switchRow    = 52
	switchAction = 44
	switchMost   = 8  // rows before it scrolls
	switchLong   = 30 // rows at most: more letters find the others
)

// switcher goes to a conversation by a few letters of its name, or does one of the
// things that are done often, without the mouse.
type switcher struct {
	v          *mainView
	entry      *kit.Entry
	rows       *kit.Scroll
	content    fyne.CanvasObject
	choices    []choice
	found      int // conversations among the choices
	at         int
	close, fit func()
}

// choice is one line of the switcher.
type choice struct {
	tile *kit.Tile
	hint fyne.CanvasObject // shown while it is chosen; may be nil
	do   func()
}

// switchTo opens the switcher.
func (v *mainView) switchTo() {
	s := &switcher{v: v, entry: kit.NewEntry(false), rows: kit.NewScroll(kit.VStack(0))}
	s.entry.SetPlaceHolder(wordSwitchTo)
	s.entry.OnChanged = func(string) { s.fill() }
	s.entry.OnSubmitted = func(string) { s.choose(s.at) }
	s.entry.OnKey = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyDown:
			s.move(1)
		case fyne.KeyUp:
			s.move(-1)
		default:
			return false
		}
		return true
	}
	icon, esc, line := kit.NewIcon("search", 18, theme.Ink2), kit.KeyHint(keys.Name(fyne.KeyEscape)), kit.Hairline()
	bare := s.entry.Bare()
	head := kit.Place(fyne.NewSize(100, switchField+9), func(size fyne.Size) {
		m := esc.MinSize()
		kit.At(icon, 21, 8+15, 18, 18)
		kit.At(bare, 52, 8+9, size.Width-52-20-m.Width-12, 30)
		kit.At(esc, size.Width-20-m.Width, 8+(switchField-m.Height)/2, m.Width, m.Height)
		kit.At(line, 0, size.Height-1, size.Width, 1)
	}, icon, bare, esc, line)
	foot := kit.VStack(0, kit.Hairline(), kit.Pad(12, 20, 12, 20, kit.HStack(16,
		kit.NewText(wordSwitchKeys, theme.Caption, theme.Ink2), kit.NewText(wordSwitchSearch, theme.Caption, theme.Ink2))))
	body := kit.PlaceFor(func(float32) float32 { return s.height() }, func(size fyne.Size) {
		kit.At(s.rows, 0, 0, size.Width, size.Height)
	}, s.rows)
	s.content = kit.PlaceFor(func(width float32) float32 { return switchField + 9 + s.height() + 41 }, func(size fyne.Size) {
		kit.At(head, 0, 0, size.Width, switchField+9)
		kit.At(body, 0, switchField+9, size.Width, max(0, size.Height-switchField-9-41))
		kit.At(foot, 0, size.Height-41, size.Width, 41)
	}, head, body, foot)
	s.close, s.fit = func() {}, func() {}
	s.fill()
	s.close, s.fit = kit.ShowSheet(v.content, switchWidth, switchTop, s.content, nil)
	v.w.window.Canvas().Focus(s.entry)
	v.switching = s
}

// height returns the height of what can be chosen, as far as it does not scroll.
func (s *switcher) height() float32 {
	h := float32(8)
	if s.found > 0 {
		h += 32 + float32(min(s.found, switchMost))*switchRow
	}
	if n := len(s.choices) - s.found; n > 0 {
		h += 36 + float32(n)*switchAction
	}
	return h
}

// fill shows what fits what was typed.
func (s *switcher) fill() {
	s.choices, s.at = nil, 0
	list := kit.VStack(0)
	fit := switchable(s.entry.Text, s.v.conversations)
	if len(fit) > switchLong {
		fit = fit[:switchLong]
	}
	if s.found = len(fit); s.found > 0 {
		list.Add(kit.Pad(12, 20, 4, 20, kit.NewText(wordConversations, theme.Caption.SemiBold(), theme.Ink2)))
		for _, c := range fit {
			list.Add(kit.Pad(0, 8, 0, 8, s.conversation(c)))
		}
	}
	list.Add(kit.Pad(16, 20, 4, 20, kit.NewText(wordDo, theme.Caption.SemiBold(), theme.Ink2)))
	for _, a := range []struct {
		icon, text, key string
		do              func()
	}{
		{"add-person", wordAdd, keys.Add.String(), s.v.addContact},
		{"settings", wordSettingsDo, keys.Settings.String(), s.v.settings},
		{"lock", wordLockDo, keys.Lock.String(), s.v.w.Lock},
	} {
		list.Add(kit.Pad(0, 8, 0, 8, s.action(a.icon, a.text, a.key, a.do)))
	}
	list.Add(kit.Spacer(0, 8))
	s.rows.SetContent(list)
	s.mark()
	s.fit()
}

func (s *switcher) conversation(c model.Conversation) fyne.CanvasObject {
	under := wordNothing
	switch {
	case c.Unread > 0:
		under = fmt.Sprintf(wordUnread, c.Unread)
	case c.Last != nil && c.Last.Deleted != model.DeletedNot:
		under = timeline.DeletedWords(*c.Last, c.Contact.Name)
	case c.Last != nil && c.Last.Direction == model.Outgoing:
		under = fmt.Sprintf(wordYou, line(c.Last.Text))
	case c.Last != nil && c.Last.Note == "":
		under = line(c.Last.Text)
	}
	name := kit.NewText(c.Contact.Name, theme.Body.SemiBold(), theme.Ink).Elided()
	shield := kit.NewIcon("shield-verified", 14, theme.AccentInk)
	show(shield, c.Contact.Trust == model.TrustVerified && c.Contact.Alarm == model.AlarmNone)
	if c.Contact.Alarm != model.AlarmNone {
		shield.Set("shield-warning", theme.Danger)
		shield.Show()
	}
	text := kit.NewText(under, theme.Caption, theme.Ink2).Elided()
	avatar := kit.NewAvatar(string(c.Contact.ID), c.Contact.Name, 36)
	hint := kit.HStack(8, kit.NewText(wordOpen, theme.Caption, theme.Ink2), kit.KeyHint(keys.Name(fyne.KeyReturn)))
	content := kit.Place(fyne.NewSize(100, switchRow), func(size fyne.Size) {
		h := hint.MinSize()
		room := size.Width - 60 - 12 - h.Width - 12
		w := min(room-20, kit.Measure(c.Contact.Name, theme.Body.SemiBold())+1)
		kit.At(avatar, 12, 8, 36, 36)
		kit.At(name, 60, 8, w, 20)
		kit.At(shield, 60+w+5, 11, 14, 14)
		kit.At(text, 60, 28, room, 16)
		kit.At(hint, size.Width-12-h.Width, (switchRow-h.Height)/2, h.Width, h.Height)
	}, avatar, name, shield, text, hint)
	return s.add(c.Contact.Name, content, hint, func() { s.v.find.done(); s.v.Converse(c.Contact.ID) })
}

func (s *switcher) action(icon, text, key string, do func()) fyne.CanvasObject {
	drawing, words, hint := kit.NewIcon(icon, 20, theme.Ink2), kit.NewText(text, theme.Body, theme.Ink), kit.KeyHint(key)
	content := kit.Place(fyne.NewSize(100, switchAction), func(size fyne.Size) {
		h := hint.MinSize()
		kit.At(drawing, 20, 12, 20, 20)
		kit.At(words, 60, 12, size.Width-60-h.Width-24, 20)
		kit.At(hint, size.Width-12-h.Width, (switchAction-h.Height)/2, h.Width, h.Height)
	}, drawing, words, hint)
	return s.add(text, content, nil, do)
}

func (s *switcher) add(label string, content, hint fyne.CanvasObject, do func()) fyne.CanvasObject {
	i := len(s.choices)
	tile := kit.NewTile(kit.TileNav, theme.RadiusLG, label, content, func() { s.choose(i) })
	s.choices = append(s.choices, choice{tile, hint, do})
	return tile
}

func (s *switcher) choose(i int) {
	if i < len(s.choices) {
		s.close()
		s.choices[i].do()
	}
}

func (s *switcher) move(by int) {
	s.at = (s.at + by + len(s.choices)) % len(s.choices)
	s.mark()
	s.rows.Reveal(s.choices[s.at].tile)
}

// mark shows which line is chosen.
func (s *switcher) mark() {
	for i, c := range s.choices {
		c.tile.SetOn(i == s.at)
		if c.hint != nil {
			show(c.hint, i == s.at)
		}
	}
}
