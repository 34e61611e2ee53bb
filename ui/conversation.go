package ui

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
	"sotto/ui/timeline"
)

// conversation is the pane with one contact: header, timeline, composer.
type conversation struct {
	v       *mainView
	id      model.ContactID // "" is none
	contact model.Contact
	content *fyne.Container // talking, and the details beside or over it
	talking *fyne.Container
	details *details
	who     *fyne.Container // name and presence
	places  map[model.ContactID]*timeline.Position
	marked  int64 // rows up to here are read
	turn    int

	back     *kit.IconButton
	avatar   *kit.Avatar
	name     *kit.Text
	shield   *kit.Icon
	presence *kit.Text
	way      *kit.Text // the connection, where there is no room for the chip
	chip     *kit.Chip
	timer    *kit.Chip // after how long messages disappear; hidden if they stay
	look     *kit.IconButton
	panel    *kit.IconButton
	title    *kit.Tile
	timeline *timeline.Timeline
	composer *composer
	alarm    *holder
	alarmOf  model.Alarm
	found    *foundBar
}

func newConversation(v *mainView) *conversation {
	c := &conversation{v: v, places: map[model.ContactID]*timeline.Position{}}
	c.back = kit.NewIconButton("back", wordBack, v.back)
	c.avatar = kit.NewAvatar("", "", 36)
	c.name = kit.NewText("", theme.Title, theme.Ink).Elided()
	c.shield = kit.NewIcon("shield-verified", 16, theme.AccentInk)
	c.presence = kit.NewText("", theme.Caption, theme.Ink2)
	c.way = kit.NewText("", theme.Caption, theme.Ink2)
	c.chip = kit.NewChip("lan", "", c.explain)
	c.timer = kit.NewChip("timer", "", func() { c.chooseTimer(c.timer) })
	c.look = kit.NewIconButton("search", wordSearchHere, v.searchHere)
	c.panel = kit.NewIconButton("panel-right", wordDetailsTip, c.toggleDetails)
	more := kit.NewIconButton("more", wordMore, nil)
	more.OnTap(func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		c.menu(more, at.AddXY(36-226, 40))
	})

	c.who = kit.Place(fyne.NewSize(60, 38), c.layoutTitle, c.name, c.shield, c.presence, c.way)
	inner := kit.Place(fyne.NewSize(108, 46), func(s fyne.Size) {
		kit.At(c.avatar, 4, 5, 36, 36)
		kit.At(c.who, 52, 4, s.Width-56, 38)
	}, c.avatar, c.who)
	c.title = kit.NewTile(kit.TileNav, theme.RadiusMD, wordMore, inner, func() { v.about(c.id) })

	c.timeline = timeline.New(c)
	c.timeline.OnSeen = func(int64) { c.markRead() }
	c.timeline.OnMenu = c.messageMenu
	c.timeline.OnVerify = func() { v.about(c.id) }
	c.timeline.OnDetails, c.timeline.OnCopy = func(m model.Message) { c.openDetails(m.ID) }, c.copyText
	c.timeline.OnRetry, c.timeline.OnCancel = c.resend, c.cancelMessage
	c.timeline.OnLeave, c.timeline.OnLink, c.timeline.OnCopyPart = c.focus, c.follow, c.copyPart
	c.timeline.OnReact, c.timeline.OnReply, c.timeline.OnDelete = c.react, c.reply, c.askDelete
	c.timeline.OnReactWith, c.timeline.OnQuote = c.reactAt, c.showQuoted
	c.timeline.OnWrite = func(r rune) { c.focus(); c.composer.write(r) }
	c.composer = newComposer(c)
	c.alarm = newHolder()

	c.found = newFoundBar(v)
	line := kit.Hairline()
	c.details = newDetails(c)
	c.talking = kit.Place(fyne.NewSize(200, 200), func(s fyne.Size) {
		x := float32(16)
		if v.narrow {
			kit.At(c.back, 12, 12, 36, 36)
			x = 48
		}
		show(c.back, v.narrow)
		right := s.Width - 12
		kit.At(more, right-36, 12, 36, 36)
		right -= 36
		show(c.panel, !v.narrow)
		show(c.look, !v.narrow)
		if !v.narrow {
			kit.At(c.panel, right-36, 12, 36, 36)
			kit.At(c.look, right-2*36, 12, 36, 36)
			right -= 2 * 36
		}
		show(c.chip, !v.narrow)
		if !v.narrow {
			m := c.chip.MinSize()
			kit.At(c.chip, right-12-m.Width, 16, m.Width, 28)
			right -= 12 + m.Width
		}
		show(c.timer, !v.narrow && c.contact.Timer > 0)
		if c.timer.Visible() {
			m := c.timer.MinSize()
			kit.At(c.timer, right-8-m.Width, 16, m.Width, 28)
			right -= 8 + m.Width
		}
		kit.At(c.title, x, 7, max(0, right-8-x), 46)
		kit.At(line, 0, topBar-1, s.Width, 1)
		foot := c.composer.heightFor(s.Width)
		bottom := fyne.CanvasObject(c.composer)
		if !c.alarm.empty() {
			bottom = c.alarm
			foot = kit.HeightFor(c.alarm.objects[0], s.Width)
		}
		show(c.composer, c.alarm.empty())
		show(c.alarm, !c.alarm.empty())
		foot = min(foot, s.Height-topBar-80)
		top := float32(topBar)
		show(c.found, v.find.at >= 0)
		if c.found.Visible() {
			kit.At(c.found, 0, topBar, s.Width, foundHeight)
			top += foundHeight
		}
		kit.At(c.timeline, 0, top, s.Width, s.Height-top-foot)
		kit.At(bottom, 0, s.Height-foot, s.Width, foot)
		x, w := c.composer.column(s.Width)
		h := c.composer.suggest.height()
		kit.At(c.composer.suggest, x, s.Height-foot-h-2, min(suggestWidth, w), h)
		// In the order of Tab: from where one writes, one step back is at the messages.
	}, c.title, c.back, c.chip, c.timer, c.look, c.panel, more, line, c.found, c.timeline, c.composer, c.alarm, c.composer.suggest)
	c.content = kit.Place(fyne.NewSize(200, 200), func(s fyne.Size) {
		talk, panel := c.rooms(s.Width)
		c.timeline.SetSide(c.side())
		show(c.talking, panel < s.Width)
		show(c.details.content, panel > 0)
		kit.At(c.talking, 0, 0, talk, s.Height)
		kit.At(c.details.content, s.Width-panel, 0, panel, s.Height)
	}, c.talking, c.details.content)
	return c
}

// rooms returns how much of a pane of that width the conversation gets, and how
// much the details of a message: beside it where there is room, else over it.
func (c *conversation) rooms(width float32) (talk, panel float32) {
	switch {
	case !c.details.open():
		return width, 0
	case c.v.size.Width >= panelPushes:
		return width - panelWidth, panelWidth
	case width-panelWidth < panelLeaves:
		return width, width
	}
	return width, panelWidth
}

// layoutTitle sets the name and the shield in one line, the presence below.
func (c *conversation) layoutTitle(s fyne.Size) {
	room := s.Width
	if c.shield.Visible() {
		room -= 24
	}
	w := min(room, kit.Measure(c.contact.Name, theme.Title)+1)
	kit.At(c.name, 0, 0, w, 22)
	kit.At(c.shield, w+5, 3, 16, 16)
	p := min(c.presence.MinSize().Width, s.Width)
	kit.At(c.presence, 0, 22, p, 16)
	kit.At(c.way, p, 22, max(0, s.Width-p), 16)
}

// open shows the conversation with id.
func (c *conversation) open(id model.ContactID) {
	if id == c.id {
		return
	}
	c.leave()
	c.id, c.marked = id, 0
	c.turn++
	for _, conv := range c.v.conversations {
		if conv.Contact.ID == id {
			c.begin(conv)
			return
		}
	}
	c.contact = model.Contact{ID: id} // take begins once it is known
}

// openAt shows the conversation with id at a message.
func (c *conversation) openAt(id model.ContactID, row int64) {
	if c.become(id) {
		c.timeline.OpenAt(c.contact, row)
		c.refresh()
	}
}

// openPlace shows a conversation where it stood.
func (c *conversation) openPlace(p place) {
	if c.become(p.id) {
		c.timeline.Open(c.contact, 0, 0, p.at)
		c.refresh()
	}
}

// become makes the conversation the one with id, with nothing on show yet. It
// reports false if there is none.
func (c *conversation) become(id model.ContactID) bool {
	if id == c.id {
		return true
	}
	for _, conv := range c.v.conversations {
		if conv.Contact.ID == id {
			c.leave()
			c.id, c.marked, c.contact = id, 0, conv.Contact
			c.turn++
			c.composer.begin(conv.Draft)
			return true
		}
	}
	return false
}

// showFound marks what was searched for, and shows where one is in it.
func (c *conversation) showFound() {
	f := c.v.find
	if f.at < 0 {
		c.timeline.Found("", nil)
	} else {
		c.timeline.Found(f.hits[f.at].Message.ID, f.words)
		c.found.set(fmt.Sprintf(wordOf, f.at+1, f.count()), f.sentence())
	}
	c.relayout()
}

// begin shows a conversation that was just opened.
func (c *conversation) begin(conv model.Conversation) {
	c.contact = conv.Contact
	c.composer.begin(conv.Draft)
	c.timeline.Open(conv.Contact, conv.FirstUnread, conv.Unread, c.places[c.id])
	c.refresh()
}

// reopen reads the conversation anew where it stands: events were lost.
func (c *conversation) reopen() {
	if c.id != "" {
		c.timeline.Open(c.contact, 0, 0, c.timeline.Where())
	}
}

// leave closes the conversation and remembers the place.
func (c *conversation) leave() {
	if c.id == "" {
		return
	}
	c.composer.saveDraft()
	c.closeDetails()
	c.places[c.id] = c.timeline.Where()
	c.id, c.contact = "", model.Contact{}
}

// take takes over what is known of the open conversation.
func (c *conversation) take(cs []model.Conversation) {
	for _, conv := range cs {
		if conv.Contact.ID != c.id {
			continue
		}
		if c.contact.Name == "" {
			c.begin(conv)
			return
		}
		if !reflect.DeepEqual(conv.Contact, c.contact) {
			c.contact = conv.Contact
			c.refresh()
		}
	}
}

// refresh shows the contact as it is known now.
func (c *conversation) refresh() {
	if c.id == "" {
		return
	}
	k, network := c.contact, c.v.status.Network
	c.avatar.Set(string(k.ID), k.Name)
	c.name.SetText(k.Name)
	c.title.SetTip(fmt.Sprintf(wordAbout, k.Name))
	switch {
	case k.Alarm != model.AlarmNone:
		c.shield.Set("shield-warning", theme.Danger)
	default:
		c.shield.Set("shield-verified", theme.AccentInk)
	}
	show(c.shield, k.Alarm != model.AlarmNone || k.Trust == model.TrustVerified)
	c.presence.SetText(presence(k, time.Now()))
	switch {
	case k.Alarm != model.AlarmNone:
		c.presence.SetColor(theme.Danger)
	case k.Online() && !k.Blocked:
		c.presence.SetColor(theme.OK)
	default:
		c.presence.SetColor(theme.Ink2)
	}
	icon, name, _ := viaWords(k, network)
	c.chip.Set(icon, name, !network)
	c.timer.Set("timer", part.TimerWords(k.Timer), false)
	c.way.SetText("")
	if c.v.narrow && (k.Via != model.ViaNone || !network) {
		c.way.SetText(fmt.Sprintf(wordAndWay, lowerFirst(name)))
	}
	c.timeline.SetContact(k, c.v.here())
	c.composer.refresh()
	c.details.refresh()
	c.setAlarm()
	c.relayout()
}

// relayout places the parts anew without drawing them anew.
func (c *conversation) relayout() {
	c.content.Layout.Layout(c.content.Objects, c.content.Size())
	c.talking.Layout.Layout(c.talking.Objects, c.talking.Size())
	c.layoutTitle(c.who.Size()) // a name takes more room than the one before
}

// setAlarm puts the alarm into the composer's place, or takes it away.
func (c *conversation) setAlarm() {
	k := c.contact
	if k.Alarm == model.AlarmNone || c.v.screens.Alarm == nil {
		c.alarm.set(nil)
		c.alarmOf = model.AlarmNone
		return
	}
	if c.alarmOf != k.Alarm || c.alarm.empty() {
		c.alarmOf = k.Alarm
		side := c.side()
		c.alarm.set(kit.Column(760+2*side, kit.Pad(4, side, theme.S5, side, c.v.screens.Alarm(c.v, k))))
	}
}

func (c *conversation) setNarrow(narrow bool) {
	c.timeline.SetSide(c.side())
	c.alarmOf = model.AlarmNone
	c.refresh()
}

// side is the padding left and right of timeline and composer.
func (c *conversation) side() float32 {
	switch {
	case c.v.narrow:
		return theme.S3
	case c.details.open() && c.v.size.Width >= panelPushes:
		return theme.S6
	}
	return theme.S8
}

func (c *conversation) focus() {
	if c.id != "" && c.v.page == nil && c.alarm.empty() {
		c.composer.focus()
	}
}

// explain opens what is behind the chip: how the contact is reached, why, and what
// that means for what is written now.
func (c *conversation) explain() {
	icon, name, text := viaWords(c.contact, c.v.status.Network)
	away := c.contact.Via == model.ViaNone
	if away && c.v.status.Network {
		text = awayWords(c.contact, c.timeline.LastMine, time.Now())
	}
	body := kit.VStack(theme.S2,
		kit.HStack(theme.S2, kit.NewIcon(icon, 18, theme.Ink2), kit.Grow(kit.NewText(name, theme.Body.SemiBold(), theme.Ink))),
		kit.Paragraph(text, theme.Small, theme.Ink2))
	var done func()
	if away {
		body.Add(kit.Pad(theme.S1, 0, 0, 0, kit.Left(kit.NewButton(wordTryNow, kit.Secondary, func() { done(); c.v.retry() }).WithSize(kit.Tiny))))
	}
	done = kit.ShowPopover(c.chip, 300, body)
}

// here says why nothing goes from this computer, if nothing does.
func (v *mainView) here() model.Reason {
	switch {
	case !v.status.Network:
		return model.ReasonNoNetwork
	case !v.status.Online && v.self.Account != "": // else it is not read yet
		return model.ReasonOffline
	}
	return model.ReasonNone
}

func (v *mainView) retry() {
	v.Run(func(ctx context.Context) error { v.m.Retry(ctx); return nil }, func(error) {})
}

// menu opens the conversation's menu.
func (c *conversation) menu(o fyne.CanvasObject, at fyne.Position) {
	id, blocked := c.id, c.contact.Blocked
	block := kit.MenuItem{Icon: "block", Text: wordBlock, Danger: true, Do: func() { c.v.block(id, true) }}
	if blocked {
		block = kit.MenuItem{Icon: "unlock", Text: wordUnblock, Do: func() { c.v.block(id, false) }}
	}
	kit.ShowMenu(o, at,
		kit.MenuItem{Icon: "person", Text: fmt.Sprintf(wordAbout, kit.Elide(c.contact.Name, theme.Body, 200)), Do: func() { c.v.about(id) }},
		kit.MenuItem{Icon: "timer", Text: part.WordDisappear, Do: func() { c.chooseTimer(o) }},
		kit.MenuItem{Icon: "refresh", Text: wordConnect, Do: c.v.retry}, block)
}

func (v *mainView) block(id model.ContactID, blocked bool) {
	v.Run(func(ctx context.Context) error { return v.m.Block(ctx, id, blocked) }, func(err error) {
		if err != nil {
			v.fails(wordLoadFails, err)
		}
		v.readConversations()
	})
}
