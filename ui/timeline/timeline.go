// Package timeline draws a conversation: bubbles in the order of their rows, as
// many of them as the window shows and a screen more, however long the
// conversation is.
//
// Nothing knows how high the whole conversation would be. The state is an
// anchor, one message and how far its bubble lies below the upper edge, and
// whether the view sticks to the end. A layout begins at the anchor and goes up
// and down from it until the room is filled, so that what comes in above or
// below never moves what is being read. Messages come in pages from a Source and
// are forgotten again when they are far away; the widgets that draw them are used
// again for others.
package timeline

import (
	"cmp"
	"image/color"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Source gives pages of the conversation on show.
type Source interface {
	// Load asks for a page. It returns at once and calls deliver later, or
	// right away, on the UI goroutine; not at all if the page cannot be had.
	Load(p model.Page, deliver func([]model.Message))
}

const (
	pageSize    = 60
	keep        = 5 * pageSize // messages held at most
	maxWidth    = 760          // of the content, which is centred
	endPadding  = 8            // below the last bubble
	wheelFactor = 2
)

// Position is a place in a conversation, to come back to.
type Position struct {
	Row    int64   // 0: the end
	Offset float32 // of the bubble's top from the upper edge
}

// Timeline is the widget. Its methods are to be called on the UI goroutine.
type Timeline struct {
	widget.BaseWidget

	// OnSeen is told the newest row that is on the screen whenever that grows;
	// may be nil.
	OnSeen func(row int64)
	// OnMenu is called when a message's menu is asked for, with the address that it
	// is asked for at, if any, and the place in the window; may be nil. Notes have
	// none.
	OnMenu func(m model.Message, link string, at fyne.Position)
	// OnReact is called when the person puts an emoji on a message, "" takes it
	// back; OnQuote when what a message answers is to be shown; OnReply and OnDelete
	// when that is asked for by the keyboard; OnReactWith when an emoji is to be
	// chosen, at a place in the window. All may be nil.
	OnReact           func(m model.Message, emoji string)
	OnQuote           func(q model.Quote)
	OnReply, OnDelete func(m model.Message)
	OnReactWith       func(m model.Message, at fyne.Position)
	// OnLink is called when an address is to be followed; may be nil.
	OnLink func(address string)
	// OnCopyPart is called when the words that are selected are to be copied; may be
	// nil.
	OnCopyPart func(text string)
	// OnWrite is called with what is typed while the keyboard is here because of a
	// click, and so means nothing here; may be nil.
	OnWrite func(r rune)
	// OnDetails is called when a message's details are asked for by the keyboard,
	// OnCopy when its text is; may be nil. Notes have neither.
	OnDetails, OnCopy func(m model.Message)
	// OnRetry and OnCancel are called when a message that failed is to be sent
	// again or given up; may be nil.
	OnRetry, OnCancel func(m model.Message)
	// OnLeave is called when the keyboard's focus is to go back to where messages
	// are written; may be nil.
	OnLeave func()
	// OnVerify is called when the person wants to compare safety numbers, which a
	// note advised; may be nil.
	OnVerify func()
	// Now is the clock, for the names of days.
	Now func() time.Time

	source   Source
	contact  model.Contact
	here     model.Reason    // why nothing goes from this computer, if nothing does
	messages []model.Message // without gaps, by row
	atStart  bool            // messages begins where the conversation does
	atEnd    bool            // messages ends where it does
	loading  [2]bool         // older, newer
	lastMine int             // index of the last message of mine, or -1
	turn     int             // counts Open, so that late pages are known

	anchor model.MessageID
	offset float32 // of the anchor's bubble from the upper edge
	stick  bool

	scrolled bool // the view is being moved: it stops at what is held

	marked    model.MessageID // outlined
	hit       model.MessageID // likewise: what was searched for
	words     map[model.MessageID][]model.Range
	search    int             // counts Found
	chosen    model.MessageID // where the keyboard is
	focused   bool
	clicked   bool // the keyboard is here because of a click: nothing is chosen by it
	menuOpens bool // by a click: the keyboard comes back for the same reason
	selection selection
	drag      drag

	divider int64 // row of the first message that was new; 0 is none
	fresh   int   // how many were
	below   int   // arrived while the end was out of sight
	seen    int64

	shapes map[model.MessageID]*shape
	rows   map[model.MessageID]*row
	pool   []*row
	made   int                 // rows ever made
	parts  []fyne.CanvasObject // what is drawn, from back to front

	jump *jump
	mark *canvas.Rectangle // draws nothing; refreshing it repaints the window
	side float32           // padding left and right
}

// New returns an empty timeline.
func New(source Source) *Timeline {
	t := &Timeline{source: source, Now: time.Now, side: theme.S8,
		shapes: map[model.MessageID]*shape{}, rows: map[model.MessageID]*row{}}
	t.jump = newJump(t.JumpToEnd)
	t.mark = canvas.NewRectangle(color.Transparent)
	t.arrangeParts()
	t.ExtendBaseWidget(t)
	return t
}

var _ fyne.Scrollable = (*Timeline)(nil)

// Open shows the conversation with c: at a place that was left before, at the
// first unread message, or at the end. firstUnread is its row or 0.
func (t *Timeline) Open(c model.Contact, firstUnread int64, unread int, at *Position) {
	t.turn++
	t.contact = c
	t.messages, t.atStart, t.atEnd, t.loading = nil, false, false, [2]bool{}
	t.anchor, t.offset, t.stick = "", 0, true
	t.divider, t.fresh, t.below, t.seen = firstUnread, unread, 0, 0
	t.chosen, t.selection = "", selection{}
	clear(t.shapes)
	t.layout()

	from := Position{}
	switch {
	case firstUnread != 0:
		from = Position{Row: firstUnread, Offset: dividerHeight}
	case at != nil:
		from = *at
	}
	if from.Row == 0 {
		t.loadEnd()
		return
	}
	turn := t.turn
	t.source.Load(model.Page{After: from.Row - 1, Limit: pageSize}, func(ms []model.Message) {
		if turn != t.turn {
			return
		}
		if len(ms) == 0 {
			t.loadEnd()
			return
		}
		t.messages, t.atEnd = ms, len(ms) < pageSize
		t.anchor, t.offset, t.stick = ms[0].ID, from.Offset, false
		t.layout()
	})
}

// loadEnd forgets everything and shows the end.
func (t *Timeline) loadEnd() {
	turn := t.turn
	t.source.Load(model.Page{Limit: pageSize}, func(ms []model.Message) {
		if turn != t.turn {
			return
		}
		t.messages, t.atStart, t.atEnd, t.stick, t.below = ms, len(ms) < pageSize, true, true, 0
		t.layout()
	})
}

// Where returns the place on show.
func (t *Timeline) Where() *Position {
	i := t.index(t.anchor)
	if t.stick || i < 0 {
		return &Position{}
	}
	return &Position{Row: t.messages[i].Row, Offset: t.offset}
}

// SetContact takes over what changed about the person: states are told in words
// that name them. here says why nothing goes from this computer: ReasonNoNetwork,
// ReasonOffline, or ReasonNone if it does.
func (t *Timeline) SetContact(c model.Contact, here model.Reason) {
	if !reflect.DeepEqual(t.contact, c) || t.here != here {
		if t.contact.Name != c.Name {
			clear(t.shapes) // bubbles name the contact in what they answer
		} else if t.contact.Trust != c.Trust {
			t.forgetNotes()
		}
		t.contact, t.here = c, here
		t.renew()
	}
}

// SetSide sets the padding left and right: less in a narrow window.
func (t *Timeline) SetSide(p float32) {
	if t.side != p {
		t.side = p
		t.layout()
	}
}

// Put takes over messages that are new or whose state changed.
func (t *Timeline) Put(ms ...model.Message) {
	for _, m := range ms {
		t.put(m)
	}
	t.layout()
}

func (t *Timeline) put(m model.Message) {
	if i := t.index(m.ID); i >= 0 {
		if m.Revision >= t.messages[i].Revision {
			if m.ID == t.selection.id && m.Text != t.messages[i].Text {
				t.selection = selection{}
			}
			t.messages[i] = m
		}
		return
	}
	if n := len(t.messages); n > 0 && m.Row <= t.messages[n-1].Row {
		t.putLate(m)
		return
	}
	if !t.atEnd { // comes with its page
		if m.Revision == 1 && m.Note == "" { // the first that is heard of it
			t.below++
		}
		return
	}
	t.messages = append(t.messages, m)
	if m.Direction == model.Outgoing {
		t.stick, t.divider = true, 0 // who answers has read
	}
	if !t.stick && m.Note == "" {
		t.below++
	}
	t.trim(false)
}

// putLate puts a message in its place that came after others that were written
// later. What is being read does not move; before what is held it comes with its
// page.
func (t *Timeline) putLate(m model.Message) {
	if m.Row < t.messages[0].Row && !t.atStart {
		return
	}
	i, there := slices.BinarySearchFunc(t.messages, m.Row, func(x model.Message, row int64) int { return cmp.Compare(x.Row, row) })
	if !there {
		t.messages = slices.Insert(t.messages, i, m)
		t.trim(true)
	}
}

// Remove takes messages out that are no longer there.
func (t *Timeline) Remove(ids ...model.MessageID) {
	for _, id := range ids {
		i := t.index(id)
		if i < 0 {
			continue
		}
		if id == t.anchor && len(t.messages) > 1 { // the next one stands where it stood
			t.anchor = t.messages[(i+1)%len(t.messages)].ID
			if i == len(t.messages)-1 {
				t.stick = true
			}
		}
		t.messages = slices.Delete(t.messages, i, i+1)
		delete(t.shapes, id)
	}
	t.layout()
}

// JumpToEnd shows the newest message.
func (t *Timeline) JumpToEnd() {
	t.below = 0
	if !t.atEnd {
		t.loadEnd()
		return
	}
	t.stick = true
	t.layout()
}

// Scrolled moves the view; the toolkit calls it for the wheel.
func (t *Timeline) Scrolled(e *fyne.ScrollEvent) {
	kit.Touched()
	t.ScrollBy(-e.Scrolled.DY * wheelFactor)
}

// ScrollBy moves the view that many pixels towards the end.
func (t *Timeline) ScrollBy(dy float32) {
	if len(t.messages) == 0 {
		return
	}
	t.stick = false
	t.offset -= dy
	t.scrolled = true
	t.layout()
	t.scrolled = false
}

// ScrollPage moves by most of a screen: -1 up, 1 down.
func (t *Timeline) ScrollPage(by int) { t.ScrollBy(float32(by) * t.Size().Height * .85) }

// Seen returns the newest row that was on the screen.
func (t *Timeline) Seen() int64 { return t.seen }

// Messages returns how many messages are held.
func (t *Timeline) Messages() int { return len(t.messages) }

func (t *Timeline) index(id model.MessageID) int {
	for i := len(t.messages) - 1; i >= 0; i-- {
		if t.messages[i].ID == id {
			return i
		}
	}
	return -1
}

// more asks for the page before or after what is held.
func (t *Timeline) more(newer bool) {
	side := 0
	p := model.Page{Before: t.messages[0].Row, Limit: pageSize}
	if newer {
		side, p = 1, model.Page{After: t.messages[len(t.messages)-1].Row, Limit: pageSize}
	}
	if t.loading[side] {
		return
	}
	t.loading[side] = true
	turn := t.turn
	t.source.Load(p, func(ms []model.Message) {
		if turn != t.turn {
			return
		}
		t.loading[side] = false
		if newer {
			t.atEnd = len(ms) < pageSize
			t.messages = append(t.messages, after(ms, t.messages)...)
		} else {
			t.atStart = len(ms) < pageSize
			t.messages = append(before(ms, t.messages), t.messages...)
		}
		t.trim(!newer)
		t.layout()
	})
}

// after returns those of ms that follow held; before those that precede it. A
// page can overlap when messages came in while it was on its way.
func after(ms, held []model.Message) []model.Message {
	for len(ms) > 0 && len(held) > 0 && ms[0].Row <= held[len(held)-1].Row {
		ms = ms[1:]
	}
	return ms
}

func before(ms, held []model.Message) []model.Message {
	for len(ms) > 0 && len(held) > 0 && ms[len(ms)-1].Row >= held[0].Row {
		ms = ms[:len(ms)-1]
	}
	return ms
}

// trim forgets what is far from the side that grew.
func (t *Timeline) trim(grewUp bool) {
	n := len(t.messages) - keep
	if n <= 0 {
		return
	}
	gone := t.messages[:n]
	if grewUp {
		gone = t.messages[keep:]
	}
	for _, m := range gone {
		if m.ID == t.anchor {
			return // being read
		}
	}
	for _, m := range gone {
		delete(t.shapes, m.ID)
	}
	if grewUp {
		t.messages, t.atEnd = t.messages[:keep:keep], false
	} else {
		t.messages, t.atStart = append([]model.Message(nil), t.messages[n:]...), false
	}
}

// renew draws everything anew: another theme, other words.
func (t *Timeline) renew() {
	for _, r := range t.rows {
		r.item = item{}
	}
	t.layout()
}

// CreateRenderer is called by the toolkit.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer { return &renderer{t: t} }

type renderer struct{ t *Timeline }

func (r *renderer) Destroy()                     {}
func (r *renderer) Layout(fyne.Size)             { r.t.layout() }
func (r *renderer) MinSize() fyne.Size           { return fyne.NewSize(100, 60) }
func (r *renderer) IsClip()                      {} // the toolkit cuts off what lies outside
func (r *renderer) Refresh()                     { r.t.renew(); r.t.jump.Refresh() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.t.parts }
