package ui

import (
	"fmt"
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
	"sotto/ui/timeline"
	"sotto/ui/when"
)

// rowData is all that a row of the list shows. Rows are compared by it.
type rowData struct {
	id       model.ContactID // "" is a row that is no conversation
	icon     string          // in the avatar's place there
	name     string
	shield   string // icon; "" is none
	time     string
	lead     string // before the preview, in warn
	state    string // icon before the preview; "" is none
	preview  string
	danger   bool // the preview warns
	quiet    bool // the preview is nobody's words
	unread   int
	muted    bool
	pinned   bool
	online   bool
	selected bool
	gapBelow float32
	open     *opener // what pressing does
}

// opener is a pointer so that rows can be compared.
type opener struct {
	f    func()
	menu func(o fyne.CanvasObject, at fyne.Position) // nil is none
}

func requestRow(v *mainView) rowData {
	r := v.requests[0]
	return rowData{name: wordRequests, icon: "add-person", time: when.Short(r.Arrived, time.Now()), preview: requestWords(v.requests),
		unread: len(v.requests), selected: v.page != nil && v.page.Key == pageRequests, gapBelow: 4, open: v.opener("", v.openRequests)}
}

// pageRequests is the key of the page of requests, by which its row is known.
const pageRequests = "requests"

// opener returns the same pointer for the same contact every time.
func (v *mainView) opener(id model.ContactID, f func()) *opener {
	o := v.openers[id]
	if o == nil {
		o = &opener{f: f}
		v.openers[id] = o
	}
	return o
}

func conversationRow(v *mainView, c model.Conversation, network bool) rowData {
	open := v.opener(c.Contact.ID, func() { v.Converse(c.Contact.ID) })
	open.menu = func(o fyne.CanvasObject, at fyne.Position) { v.rowMenu(o, at, c.Contact.ID) }
	d := rowData{id: c.Contact.ID, name: c.Contact.Name, time: when.Short(c.Activity, time.Now()), unread: c.Unread,
		online: c.Contact.Online(), selected: v.talk.id == c.Contact.ID && (v.page == nil || !v.narrow),
		open: open, muted: c.Contact.Muted(time.Now()), pinned: c.Contact.Pinned}
	if v.page != nil && v.page.Key == pageRequests {
		d.selected = false
	}
	switch {
	case c.Contact.Alarm != model.AlarmNone:
		d.shield, d.preview, d.danger = "shield-warning", wordAlarm, true
		return d
	case c.Contact.Trust == model.TrustVerified:
		d.shield = "shield-verified"
	}
	switch {
	case c.Contact.Blocked:
		d.preview = wordBlocked
	case c.Draft.Text != "" && !d.selected:
		d.lead, d.preview = wordDraft, line(c.Draft.Text)
	case c.Last != nil:
		d.preview = line(c.Last.Text)
		switch {
		case c.Last.Note != "":
			name := kit.Elide(c.Contact.Name, theme.Small, 80) // the row has all of it
			d.preview, d.quiet = timeline.NoteWords(*c.Last, name), true
		case c.Last.Deleted != model.DeletedNot:
			d.preview, d.quiet = timeline.DeletedWords(*c.Last, kit.Elide(c.Contact.Name, theme.Small, 80)), true
		case c.Last.Direction == model.Outgoing:
			d.state = timeline.StateIcon(*c.Last)
		case c.Last.Quarantined:
			d.lead = wordQuarantined
		}
	case c.Contact.Trust == model.TrustUnconfirmed:
		d.preview = wordUnconfirmed
	default:
		d.preview = wordNothing
	}
	return d
}

// line makes one line of the beginning of a text.
func line(s string) string {
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "")
	}
	return strings.Join(strings.Fields(s), " ")
}

const (
	rowInset = 8
	headRows = 2 // rows at most that are no conversations
)

// rowHeight is the height of a row in the density that was chosen.
func rowHeight() float32 {
	if theme.Current().Compact {
		return 48
	}
	return 64
}

// listRow draws one row. It is used again for another.
type listRow struct {
	widget.BaseWidget
	data    rowData
	hovered bool
	pressed bool
	focused bool

	rect, ring *canvas.Rectangle
	avatar     *kit.Avatar
	disc       *kit.Box // in the avatar's place where the row is no conversation
	discIcon   *kit.Icon
	name       *kit.Text
	shield     *kit.Icon
	bell, pin  *kit.Icon
	time       *kit.Text
	state      *kit.Icon
	lead       *kit.Text
	preview    *kit.Text
	badge      *kit.Badge
}

var (
	_ desktop.Hoverable = (*listRow)(nil)
	_ fyne.Focusable    = (*listRow)(nil)
)

func newListRow() *listRow {
	r := &listRow{
		rect: &canvas.Rectangle{CornerRadius: theme.RadiusLG}, ring: &canvas.Rectangle{CornerRadius: theme.RadiusLG, StrokeWidth: 2},
		avatar: kit.NewAvatar("", "", 44),
		bell:   kit.NewIcon("mute", 14, theme.Ink3), pin: kit.NewIcon("pin", 16, theme.Ink3),
		name: kit.NewText("", theme.Body.SemiBold(), theme.Ink).Elided(), shield: kit.NewIcon("shield-verified", 14, theme.AccentInk),
		time: kit.NewText("", theme.Caption, theme.Ink3), state: kit.NewIcon("check", 16, theme.Ink2),
		lead: kit.NewText("", theme.Small, theme.Warn), preview: kit.NewText("", theme.Small, theme.Ink2).Elided(),
		badge: kit.NewBadge(0, false),
	}
	r.discIcon = kit.NewIcon("add-person", 22, theme.OnAccent)
	r.disc = kit.NewBox(theme.Accent, kit.Middle(r.discIcon)).Radius(22)
	r.ExtendBaseWidget(r)
	return r
}

// set shows d.
func (r *listRow) set(d rowData) {
	if r.data == d {
		return
	}
	r.data = d
	r.avatar.Set(string(d.id), d.name)
	r.name.SetText(d.name)
	r.time.SetText(d.time)
	r.lead.SetText(strings.TrimSpace(d.lead)) // a space stands at the other end in a word from the right
	r.preview.SetText(d.preview)
	r.badge.Set(d.unread, d.muted)
	r.Refresh()
}

func (r *listRow) Tapped(*fyne.PointEvent)            { r.data.open.f() }
func (r *listRow) TappedSecondary(e *fyne.PointEvent) { r.menu(e.AbsolutePosition) }
func (r *listRow) MouseIn(*desktop.MouseEvent)        { r.hovered = true; r.Refresh() }
func (r *listRow) MouseMoved(*desktop.MouseEvent)     {}
func (r *listRow) MouseOut()                          { r.hovered, r.pressed = false, false; r.Refresh() }
func (r *listRow) MouseDown(e *desktop.MouseEvent) {
	r.pressed = e.Button == desktop.MouseButtonPrimary
	r.Refresh()
}
func (r *listRow) MouseUp(*desktop.MouseEvent) { r.pressed = false; r.Refresh() }
func (r *listRow) FocusGained()                { r.focused = true; r.Refresh() }
func (r *listRow) FocusLost()                  { r.focused = false; r.Refresh() }
func (r *listRow) TypedRune(rune)              {}

func (r *listRow) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter || e.Name == fyne.KeySpace:
		r.data.open.f()
	case kit.MenuKey(e):
		r.menu(fyne.CurrentApp().Driver().AbsolutePositionForObject(r).AddXY(64, rowHeight()-8))
	default:
		kit.Pass(r, e)
	}
}

// menu opens what can be done with the conversation, if the row is one.
func (r *listRow) menu(at fyne.Position) {
	if r.data.open.menu != nil {
		r.data.open.menu(r, at)
	}
}

// AccessibilityLabel reads the row: "Alice, verified, online, 2 unread, Are you
// still on the train?, 14:02".
func (r *listRow) AccessibilityLabel() string {
	d := r.data
	parts := []string{d.name}
	switch d.shield {
	case "shield-verified":
		parts = append(parts, wordRowVerified)
	case "shield-warning":
		parts = append(parts, wordAlarm)
	}
	if d.online {
		parts = append(parts, wordOnline)
	}
	if d.pinned {
		parts = append(parts, wordPinned)
	}
	if d.muted && d.id != "" {
		parts = append(parts, part.WordMuted)
	}
	if d.unread > 0 {
		parts = append(parts, fmt.Sprintf(wordUnread, d.unread))
	}
	return strings.Join(append(parts, d.lead+d.preview, d.time), wordListComma)
}

// AccessibilityRole says that the row can be pressed.
func (r *listRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (r *listRow) CreateRenderer() fyne.WidgetRenderer {
	return &listRowRenderer{r, []fyne.CanvasObject{r.rect, r.avatar, r.disc, r.name, r.shield, r.bell, r.pin, r.time, r.state, r.lead, r.preview, r.badge, r.ring}}
}

type listRowRenderer struct {
	r       *listRow
	objects []fyne.CanvasObject
}

func (v *listRowRenderer) Destroy()                     {}
func (v *listRowRenderer) Objects() []fyne.CanvasObject { return v.objects }
func (v *listRowRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, rowHeight()) }

func (v *listRowRenderer) Layout(s fyne.Size) {
	r, d := v.r, v.r.data
	// Comfortable rows have 44 of avatar and both lines in the middle; compact
	// ones fit 32 and the same lines close together.
	w, height, face, first, second := s.Width, rowHeight(), float32(44), float32(12), float32(34)
	if theme.Current().Compact {
		face, first, second = 32, 4, 25
	}
	left := 8 + face + 12
	kit.At(r.rect, 0, 0, w, height)
	kit.At(r.ring, 0, 0, w, height)
	kit.At(r.avatar, 8, (height-face)/2, face, face)
	kit.At(r.disc, 8, (height-face)/2, face, face)
	timeWidth := r.time.MinSize().Width
	kit.At(r.time, w-10-timeWidth, first+2, timeWidth, 16)
	room := w - 10 - timeWidth - 8 - left
	if d.shield != "" {
		room -= 20
	}
	if d.muted && d.id != "" {
		room -= 20
	}
	name := min(room, kit.Measure(d.name, theme.Body.SemiBold())+1)
	kit.At(r.name, left, first, name, 20)
	x := left + name + 5
	kit.At(r.shield, x, first+3, 14, 14)
	if d.shield != "" {
		x += 20
	}
	kit.At(r.bell, x, first+3, 14, 14)

	x, right := left, w-10
	switch {
	case d.unread > 0:
		m := r.badge.MinSize()
		kit.At(r.badge, right-m.Width, second-1, m.Width, m.Height)
		right -= m.Width + 8
	case d.pinned:
		kit.At(r.pin, right-16, second+1, 16, 16)
		right -= 24
	}
	if d.state != "" {
		kit.At(r.state, x, second+1, 16, 16)
		x += 22
	}
	if d.lead != "" {
		lead := r.lead.MinSize().Width
		kit.At(r.lead, x, second, lead, 18)
		x += lead + kit.Measure(" ", theme.Small)
	}
	kit.At(r.preview, x, second, max(0, right-x), 18)
}

func (v *listRowRenderer) Refresh() {
	r, d := v.r, v.r.data
	ground := theme.Side // that of the list, which is there already
	switch {
	case d.selected:
		ground = theme.Select
	case r.pressed:
		ground = theme.Press
	case r.hovered:
		ground = theme.Hover
	}
	r.rect.FillColor = color.Transparent
	if ground != theme.Side {
		r.rect.FillColor = theme.Color(ground)
	}
	r.ring.FillColor = color.Transparent
	r.ring.StrokeColor = theme.Color(theme.Focus)
	show(r.ring, r.focused)
	show(r.avatar, d.id != "")
	show(r.disc, d.id == "")
	show(r.bell, d.muted && d.id != "")
	show(r.pin, d.pinned && d.unread == 0)
	if d.icon == "add-person" {
		r.disc.Fill(theme.Accent)
		r.discIcon.Set(d.icon, theme.OnAccent)
	} else if d.icon != "" {
		r.disc.Fill(theme.Hover)
		r.discIcon.Set(d.icon, theme.Ink2)
	}
	face := float32(44)
	if theme.Current().Compact {
		face = 32
	}
	r.avatar.SetSize(face)
	r.disc.Radius(face / 2)
	r.avatar.SetOnline(d.online, ground)
	show(r.shield, d.shield != "")
	if d.shield == "shield-warning" {
		r.shield.Set(d.shield, theme.Danger)
	} else {
		r.shield.Set("shield-verified", theme.AccentInk)
	}
	timeInk, previewInk := theme.Ink3, theme.Ink2
	if d.unread > 0 && d.id != "" && !d.muted {
		timeInk = theme.AccentInk
	}
	switch {
	case d.danger:
		previewInk = theme.Danger
	case d.quiet:
		previewInk = theme.Ink3
	}
	r.time.SetColor(timeInk)
	r.preview.SetColor(previewInk)
	show(r.state, d.state != "")
	if d.state != "" {
		r.state.Set(d.state, theme.Ink2)
	}
	show(r.lead, d.lead != "")
	v.Layout(r.Size())
	canvas.Refresh(r)
}
