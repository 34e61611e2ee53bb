package ui

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const (
	panelWidth  = 340
	panelPushes = 1100 // a window at least this wide has room for it beside the conversation
	panelLeaves = 240  // less than this of the conversation is not left uncovered
	cardText    = 600  // bytes of the message that are shown
)

// details is the panel at the right of a conversation: the way of one message.
type details struct {
	c       *conversation
	id      model.MessageID // "" is none
	known   model.Details
	loaded  bool
	turn    int
	problem string    // what could not be done
	editing *editor   // nil: not at it
	now     time.Time // of the last reading

	content fyne.CanvasObject
	close   *kit.IconButton
	body    *kit.Scroll
	list    *fyne.Container // in body
	foot    *fyne.Container
}

func newDetails(c *conversation) *details {
	d := &details{c: c, list: kit.VStack(0), foot: kit.VStack(0)}
	d.close = kit.NewIconButton("close", wordClose, func() { c.closeDetails() })
	d.body = kit.NewScroll(kit.PadAll(theme.S5, d.list))
	ground, line, under := kit.NewBox(theme.Side, nil), kit.HairlineUpright(), kit.Hairline()
	title := kit.NewText(wordDetails, theme.Title, theme.Ink)
	foot := kit.Pad(theme.S3, theme.S5, theme.S5, theme.S5, d.foot)
	d.content = kit.Place(fyne.NewSize(200, 200), func(s fyne.Size) {
		kit.At(ground, 0, 0, s.Width, s.Height)
		kit.At(line, 0, 0, 1, s.Height)
		kit.At(title, 21, 19, s.Width-80, theme.Title.Line)
		kit.At(d.close, s.Width-12-36, 12, 36, 36)
		kit.At(under, 0, topBar-1, s.Width, 1)
		low := float32(0)
		if len(d.foot.Objects) > 0 {
			low = kit.HeightFor(foot, s.Width-1)
		}
		kit.At(d.body, 1, topBar, s.Width-1, s.Height-topBar-low)
		kit.At(foot, 1, s.Height-low, s.Width-1, low)
	}, ground, d.body, foot, line, title, d.close, under)
	return d
}

func (d *details) open() bool { return d.id != "" }

// show opens the panel for a message, or leaves it.
func (d *details) show(id model.MessageID) {
	if d.id == id {
		return
	}
	d.turn++
	d.id, d.known, d.loaded, d.problem, d.editing = id, model.Details{}, false, "", nil
	d.refresh()
	if id != "" {
		d.load()
	}
}

// load reads the message's way anew.
func (d *details) load() {
	if d.id == "" {
		return
	}
	id, turn := d.id, d.turn
	var known model.Details
	d.c.v.Run(func(ctx context.Context) (err error) {
		known, err = d.c.v.m.Details(ctx, id)
		return err
	}, func(err error) {
		switch {
		case turn != d.turn:
		case err != nil:
			d.c.closeDetails()
			d.c.v.fails(wordLoadFails, err)
		default:
			d.known, d.loaded = known, true
			if d.editing != nil && !waits(known.Message) {
				d.editing, d.problem = nil, fmt.Sprintf(wordTooLateToEdit, d.c.contact.Name)
			}
			d.refresh()
		}
	})
}

// waits reports whether a message of ours can still be changed.
func waits(m model.Message) bool {
	return m.Direction == model.Outgoing && (m.State == model.Waiting || m.State == model.Stored)
}

// refresh draws what is known.
func (d *details) refresh() {
	d.list.Objects, d.foot.Objects = nil, nil
	if d.loaded {
		d.now = time.Now()
		d.fill()
		d.fillFoot()
	}
	d.body.Refresh()
	if o, ok := d.content.(*fyne.Container); ok && o.Size().Width > 0 {
		o.Layout.Layout(o.Objects, o.Size())
	}
}

func (d *details) fill() {
	k := d.c.contact
	head := func(s string) fyne.CanvasObject { return kit.NewText(s, theme.Caption.SemiBold(), theme.Ink2) }
	d.list.Add(d.card())
	d.list.Add(kit.Spacer(0, theme.S5))
	d.list.Add(head(wordWay))
	d.list.Add(kit.Spacer(0, theme.S3))
	named := k
	named.Name = kit.Elide(k.Name, theme.Caption, 160) // the header has all of it
	d.list.Add(stepList(way(d.known, named, d.now), d.now))
	if len(d.known.Devices) == 0 {
		return
	}
	title := wordSealedTo
	if d.known.Message.Direction == model.Incoming {
		title = wordCameFrom
	}
	d.list.Add(kit.Pad(theme.S5, 0, theme.S4, 0, kit.Hairline()))
	d.list.Add(head(title))
	for _, id := range d.known.Devices {
		d.list.Add(kit.Spacer(0, theme.S3))
		d.list.Add(deviceRow(id, k))
	}
}

// card is the message, or the field in which it is written anew.
func (d *details) card() fyne.CanvasObject {
	if d.editing != nil {
		return d.editing.content
	}
	m := d.known.Message
	text := strings.TrimSpace(m.Text)
	if len(text) > cardText {
		text = strings.ToValidUTF8(text[:cardText], "") + "…"
	}
	words := kit.VStack(6, kit.Paragraph(text, theme.Small, theme.Ink2))
	if waits(m) {
		words.Add(kit.Left(kit.NewLink(wordEdit, theme.Caption, d.edit)))
	}
	return kit.NewBox(theme.Card, kit.Pad(13, 17, 13, 17, words)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

// deviceRow is one of the contact's computers.
func deviceRow(id model.DeviceID, k model.Contact) fyne.CanvasObject {
	state := wordKeyUnverified
	row := kit.HStack(14, kit.NewIcon("laptop", 20, theme.Ink2))
	verified := k.Trust == model.TrustVerified && k.Alarm == model.AlarmNone
	if verified {
		state = wordKeyVerified
	}
	row.Add(kit.Grow(kit.VStack(0,
		kit.NewText(fmt.Sprintf(wordComputer, k.Name), theme.Body, theme.Ink).Elided(),
		kit.NewText(fmt.Sprintf(wordDevice, state, short(id)), theme.Caption, theme.Ink2).Elided())))
	if verified {
		row.Add(kit.NewIcon("shield-verified", 18, theme.AccentInk))
	}
	return row
}

// short returns the beginning of a device's id, which tells two apart.
func short(id model.DeviceID) string {
	if len(id) < 8 {
		return string(id)
	}
	return string(id[:4] + " " + id[4:8])
}

// fillFoot offers what can be done about a message that is not there yet.
func (d *details) fillFoot() {
	if d.problem != "" {
		d.foot.Add(kit.HStackTop(theme.S2, kit.Pad(1, 0, 0, 0, kit.NewIcon("warning", 16, theme.Warn)),
			kit.Grow(kit.Paragraph(d.problem, theme.Small, theme.Ink))))
	}
	m := d.known.Message
	failed := m.Direction == model.Outgoing && m.State == model.Failed
	if d.editing != nil || !waits(m) && !failed {
		return
	}
	words := wordSendNow
	if failed {
		words = wordSendAgain
	}
	row := fyne.CanvasObject(kit.NewButton(words, kit.Secondary, func() { d.c.resend(m) }))
	if m.Reason != model.ReasonCancelled || !failed {
		row = halves(row, kit.NewButton(wordCancelIt, kit.DangerOutlined, func() { d.c.cancelMessage(m) }))
	}
	if d.problem != "" {
		d.foot.Add(kit.Spacer(0, theme.S3))
	}
	d.foot.Add(row)
}

// halves puts two buttons beside each other, equally wide.
func halves(a, b fyne.CanvasObject) fyne.CanvasObject {
	return kit.Place(fyne.NewSize(0, 36), func(s fyne.Size) {
		w := (s.Width - theme.S2) / 2
		kit.At(a, 0, 0, w, s.Height)
		kit.At(b, w+theme.S2, 0, w, s.Height)
	}, a, b)
}

// says shows below the steps what could not be done.
func (d *details) says(problem string) {
	d.problem = problem
	d.refresh()
}

// edit lets the message be written anew.
func (d *details) edit() {
	m := d.known.Message
	if !waits(m) || d.editing != nil {
		return
	}
	d.problem = ""
	d.editing = newEditor(m.Text, d.store, func() { d.editing = nil; d.refresh() }, d.refresh)
	d.refresh()
	d.editing.focus(d.c.v.w.window.Canvas())
}

// store seals the new text in place of the old one.
func (d *details) store(text string) {
	id, turn, old := d.id, d.turn, strings.TrimFunc(d.known.Message.Text, unicode.IsSpace)
	if text == old {
		d.editing = nil
		d.refresh()
		return
	}
	d.c.v.writes.Run(func(ctx context.Context) error { return d.c.v.m.Edit(ctx, id, text) }, func(err error) {
		if turn != d.turn {
			return
		}
		switch model.KindOf(err) {
		case model.NotWaiting:
			d.editing, d.problem = nil, fmt.Sprintf(wordTooLateToEdit, d.c.contact.Name)
		case model.TextTooLong:
			d.problem = wordTooLong
		default:
			if err != nil {
				d.problem = wordNotStored
				break
			}
			d.editing, d.problem = nil, ""
		}
		d.refresh()
		d.load()
	})
}
