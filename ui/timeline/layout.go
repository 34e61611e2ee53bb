package timeline

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

// The gaps of a conversation, in pixels.
const (
	gapGroup      = 2  // between bubbles of a group
	gapSender     = 8  // between senders
	gapLine       = 16 // above and below a day or the divider
	lineHeight    = 16
	dividerHeight = gapLine + lineHeight + gapLine
	groupTime     = 5 * time.Minute
	padX, padY    = 12, 8
	captionGap    = 4
	emojiInset    = 4   // left and right of emoji without a bubble
	nameRoom      = 160 // for a name in a sentence that is one line
)

// item is what is drawn for one message, beside the message itself: it follows
// from its neighbours.
type item struct {
	id       model.MessageID
	revision int64
	day      string // named above the bubble; "" is none
	divider  string // likewise
	missing  string // likewise: what the contact wrote before and has not come
	joinUp   bool   // belongs to the group of the bubble above
	joinDown bool
	apart    bool // a note is next to messages
	caption  caption
	searched int  // words are marked
	marked   bool // what is open beside the conversation is about it
	focused  bool // the keyboard is at it
	selected model.Range
	pills    bool // reactions hang over its lower edge
	width    float32
	from, to int // lines that are drawn, of a very long text
}

// above returns how much lies between the item's top and its bubble's.
func (it item) above() float32 {
	lines := 0
	for _, s := range []string{it.day, it.divider, it.missing} {
		if s != "" {
			lines++
		}
	}
	switch {
	case lines > 0:
		return float32(lines)*(gapLine+lineHeight) + gapLine
	case it.apart:
		return gapLine
	case it.joinUp:
		return gapGroup
	}
	return gapSender
}

// below returns how much of the item lies below its bubble.
func (it item) below() float32 {
	h := it.pillRoom()
	if it.caption.text != "" {
		h += captionGap + lineHeight
	}
	return h
}

// pillRoom returns how far reactions reach below the bubble.
func (it item) pillRoom() float32 {
	if it.pills {
		return pillHeight - pillOver
	}
	return 0
}

// item works out what is drawn around message i.
func (t *Timeline) item(i int, now time.Time, width float32) item {
	m := t.messages[i]
	it := item{id: m.ID, revision: m.Revision, width: width, marked: m.ID == t.marked || m.ID == t.hit, searched: t.searched(m.ID), focused: t.focused && m.ID == t.chosen}
	it.pills = len(m.Reactions) > 0 && m.Note == ""
	if m.ID == t.selection.id {
		it.selected = t.selection.at
	}
	if i == 0 || !when.SameDay(m.Time, t.messages[i-1].Time) {
		it.day = when.Day(m.Time, now)
	}
	if t.divider != 0 && m.Row >= t.divider && (i == 0 || t.messages[i-1].Row < t.divider) {
		it.divider = newWords(t.fresh)
	}
	if m.Missing > 0 {
		it.missing = missingWords(m.Missing, t.contact)
	}
	it.caption = t.caption(i, now)
	it.joinUp = i > 0 && it.day == "" && it.divider == "" && t.joined(i-1, now)
	it.apart = i > 0 && (m.Note == "") != (t.messages[i-1].Note == "")
	it.joinDown = i+1 < len(t.messages) && t.joined(i, now) &&
		when.SameDay(m.Time, t.messages[i+1].Time) && (t.divider == 0 || t.messages[i+1].Row < t.divider || m.Row >= t.divider)
	return it
}

// joined reports whether messages i and i+1 are of one group, days and divider
// aside.
func (t *Timeline) joined(i int, now time.Time) bool {
	a, b := t.messages[i], t.messages[i+1]
	d := b.Time.Sub(a.Time)
	return a.Note == "" && b.Note == "" && b.Missing == 0 && a.Direction == b.Direction && d < groupTime && d > -groupTime && t.caption(i, now).text == ""
}

// caption returns the words below bubble i: under the last of mine, under one
// that waits, is held or failed (once for several one after the other of which
// the same is to be said), and under what came before the contact was confirmed
// or from a removed device.
func (t *Timeline) caption(i int, now time.Time) caption {
	m := t.messages[i]
	switch {
	case m.Note != "" || m.Deleted != model.DeletedNot:
		return caption{}
	case m.EditPending:
		return caption{icon: "clock", text: fmt.Sprintf(wordEditWaits, kit.Elide(t.contact.Name, theme.Caption, nameRoom)), color: theme.Ink2}
	case m.Quarantined:
		return caption{icon: "shield-warning", text: wordQuarantined, color: theme.Warn}
	case m.Unconfirmed:
		return caption{icon: "info", text: wordUnconfirmed, color: theme.Ink2}
	case m.Direction == model.Incoming:
		return caption{}
	}
	switch m.State {
	case model.Waiting, model.Stored:
		if i+1 < len(t.messages) && sameState(m, t.messages[i+1]) {
			return caption{}
		}
	case model.Failed:
	default:
		if i != t.lastMine {
			return caption{}
		}
	}
	k := t.contact
	k.Name = kit.Elide(k.Name, theme.Caption, nameRoom)
	return stateWords(m, k, t.here, now)
}

// sameState reports whether the same is to be said of where both messages are.
func sameState(a, b model.Message) bool {
	return a.Direction == b.Direction && a.State == b.State && a.Reason == b.Reason && a.Held == b.Held && a.Mailboxes == b.Mailboxes
}

// findLastMine returns the index of the last message of mine in the whole
// conversation, or -1.
func (t *Timeline) findLastMine() int {
	for i := len(t.messages) - 1; i >= 0 && t.atEnd; i-- {
		if t.messages[i].Direction == model.Outgoing {
			return i
		}
	}
	return -1
}

// layout fills the room from the anchor up and down.
func (t *Timeline) layout() {
	size := t.Size()
	t.placeJump(size)
	if len(t.messages) == 0 || size.Height <= 0 {
		t.show(nil, size)
		return
	}
	t.lastMine = t.findLastMine()
	content := min(maxWidth, size.Width-2*t.side)
	l := &layouting{t: t, now: t.Now(), content: content, height: size.Height}
	l.run()
	t.show(l.placed, size)
	t.placeJump(size)
	if l.seen > t.seen {
		t.seen = l.seen
		if t.OnSeen != nil {
			t.OnSeen(l.seen)
		}
	}
	// Asked for last: a source may answer right away.
	if n := len(l.placed); n > 0 {
		if l.placed[0].i == 0 && !t.atStart {
			t.more(false)
		} else if l.placed[n-1].i == len(t.messages)-1 && !t.atEnd {
			t.more(true)
		}
	}
}

// placed is an item with the place of its top.
type placed struct {
	i    int
	y    float32
	item item
}

type layouting struct {
	t               *Timeline
	now             time.Time
	content, height float32
	placed          []placed
	seen            int64
}

func (l *layouting) item(i int) (item, float32) {
	it := l.t.item(i, l.now, l.content)
	return it, it.above() + l.t.sized(l.t.messages[i], l.content).h + it.below()
}

func (l *layouting) run() {
	t := l.t
	last := len(t.messages) - 1
	a := t.index(t.anchor)
	if t.stick || a < 0 {
		_, h := l.item(last)
		l.fill(last, l.height-endPadding-h)
	} else {
		it, _ := l.item(a)
		l.fill(a, t.offset-it.above())
	}
	// Do not scroll past the beginning, nor past the end, nor on into what has still
	// to be loaded. What is shorter than the view stands at its end.
	if first := l.placed[0]; (t.atStart || t.scrolled) && first.i == 0 && first.y > 0 {
		l.fill(0, 0)
		t.stick = false
	}
	if end := l.end(); (t.atEnd || t.scrolled) && l.placed[len(l.placed)-1].i == last && end < l.height-endPadding {
		l.fill(l.placed[0].i, l.placed[0].y+l.height-endPadding-end)
		t.stick = t.atEnd
	}
	if t.stick {
		t.below = 0
	}
	l.reanchor()
}

// end returns the lower edge of what is placed.
func (l *layouting) end() float32 {
	p := l.placed[len(l.placed)-1]
	_, h := l.item(p.i)
	return p.y + h
}

// fill places item i with its top at y and the others around it, half a screen
// beyond both edges.
func (l *layouting) fill(i int, y float32) {
	margin := l.height / 2
	var up []placed
	for j, top := i-1, y; j >= 0 && top > -margin; j-- {
		it, h := l.item(j)
		top -= h
		up = append(up, placed{j, top, it})
	}
	l.placed = l.placed[:0]
	for k := len(up) - 1; k >= 0; k-- {
		l.placed = append(l.placed, up[k])
	}
	for j, top := i, y; j < len(l.t.messages) && (top < l.height+margin || j == i); j++ {
		it, h := l.item(j)
		l.placed = append(l.placed, placed{j, top, it})
		top += h
	}
	// Nothing that lies far above is kept when the view moved down.
	for len(l.placed) > 1 && l.placed[1].y < -margin {
		l.placed = l.placed[1:]
	}
}

// reanchor makes the first bubble that is on the screen the anchor, and finds
// the newest one.
func (l *layouting) reanchor() {
	t := l.t
	found := false
	for _, p := range l.placed {
		m := t.messages[p.i]
		top := p.y + p.item.above()
		bottom := top + t.sized(m, l.content).h
		if !found && bottom > 0 {
			t.anchor, t.offset, found = m.ID, top, true
		}
		if top < l.height && bottom <= l.height+endPadding {
			l.seen = m.Row
		}
	}
}

// show gives each placed item a row, takes rows that are not needed back, and
// moves them into place.
func (t *Timeline) show(items []placed, size fyne.Size) {
	wanted := make(map[model.MessageID]bool, len(items))
	for _, p := range items {
		wanted[p.item.id] = true
	}
	for id, r := range t.rows {
		if !wanted[id] {
			delete(t.rows, id)
			t.pool = append(t.pool, r)
		}
	}
	for _, p := range items {
		r := t.rows[p.item.id]
		if r == nil {
			if n := len(t.pool); n > 0 {
				r, t.pool = t.pool[n-1], t.pool[:n-1]
			} else {
				t.made++
				r = newRow(t, t.made)
			}
			t.rows[p.item.id] = r
		}
		m := t.messages[p.i]
		s := t.sized(m, p.item.width)
		p.item.from, p.item.to = s.visible(-p.y-p.item.above(), size.Height)
		r.set(m, p.item, s)
		x := (size.Width - p.item.width) / 2
		kit.At(r, x, p.y, p.item.width, p.item.above()+s.h+p.item.below())
	}
	t.arrangeParts()
	// Rows that the window has not drawn yet do not know it, and cannot ask it to
	// repaint; refreshing the timeline itself would throw every picture of a
	// text away.
	canvas.Refresh(t.mark)
}

// arrangeParts puts what is drawn into an order that stays as it is while the same
// rows are on show. The toolkit takes a part in another place for a new one, and
// lays everything out again. Rows with an outline are drawn last: it reaches over the
// bubbles beside it.
func (t *Timeline) arrangeParts() {
	rows := slices.SortedFunc(maps.Values(t.rows), func(a, b *row) int {
		if a.outlined() != b.outlined() {
			if a.outlined() {
				return 1
			}
			return -1
		}
		return a.n - b.n
	})
	t.parts = append(make([]fyne.CanvasObject, 0, len(rows)+2), t.mark)
	for _, r := range rows {
		t.parts = append(t.parts, r)
	}
	t.parts = append(t.parts, t.jump)
}

func (t *Timeline) placeJump(size fyne.Size) {
	t.jump.show(!t.stick && len(t.messages) > 0, t.below)
	kit.At(t.jump, size.Width-16-jumpSize, size.Height-8-jumpSize, jumpSize, jumpSize)
}

// String tells the state in a line, for the messages of failing tests.
func (t *Timeline) String() string {
	return fmt.Sprintf("anchor %.8s at %.1f, stick %t, %d held, %d rows", t.anchor, t.offset, t.stick, len(t.messages), len(t.rows))
}
