package timeline

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// book is a conversation in memory. It answers at once, or when told to.
type book struct {
	all     []model.Message
	held    []func() // answers that wait
	waiting bool
	loads   int
}

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func newBook(n int) *book {
	b := &book{}
	for i := range n {
		b.add(i, fmt.Sprintf("Message %d, which is long enough to be broken into two or three lines now and then. %s", i, words(i)))
	}
	return b
}

func words(i int) string { return "Word and word and word and more of them."[:i*7%40] }

func (b *book) add(i int, text string) model.Message {
	m := model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i)), Row: int64(i + 1), Text: text, Revision: 1,
		Direction: model.Incoming, State: model.Read, Time: start.Add(time.Duration(i) * 3 * time.Minute)}
	if i%3 == 0 {
		m.Direction, m.State = model.Outgoing, model.Read
	}
	b.all = append(b.all, m)
	return m
}

func (b *book) Load(p model.Page, deliver func([]model.Message)) {
	b.loads++
	row := func(r int64) int {
		return sort.Search(len(b.all), func(i int) bool { return b.all[i].Row >= r })
	}
	out := b.all
	if p.Before != 0 {
		out = out[:row(p.Before)]
	}
	out = out[min(row(p.After+1), len(out)):]
	if len(out) > p.Limit {
		if p.After != 0 {
			out = out[:p.Limit]
		} else {
			out = out[len(out)-p.Limit:]
		}
	}
	answer := func() { deliver(append([]model.Message(nil), out...)) }
	if b.waiting {
		b.held = append(b.held, answer)
		return
	}
	answer()
}

func (b *book) answer() {
	held := b.held
	b.held = nil
	for _, f := range held {
		f()
	}
}

func open(t *testing.T, b *book, w, h float32) *Timeline {
	t.Helper()
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	tl := New(b)
	tl.Now = func() time.Time { return start.Add(240 * time.Hour) }
	tl.Resize(fyne.NewSize(w, h))
	tl.Open(model.Contact{ID: "a1", Name: "Alice"}, 0, 0, nil)
	return tl
}

// tops returns where the bubbles on the screen are.
func (t *Timeline) tops() map[model.MessageID]float32 {
	out := map[model.MessageID]float32{}
	for id, r := range t.rows {
		if y := r.Position().Y + r.bubble.Y; y > -r.shape.h && y < t.Size().Height {
			out[id] = y
		}
	}
	return out
}

func TestEndOfConversationStandsAtTheLowerEdge(t *testing.T) {
	tl := open(t, newBook(1000), 960, 668)
	last := tl.rows[tl.messages[len(tl.messages)-1].ID]
	if got := last.Position().Y + last.Size().Height; got != 668-endPadding {
		t.Errorf("last item ends at %v, want %v", got, 668-endPadding)
	}
	tl.Resize(fyne.NewSize(700, 500))
	last = tl.rows[tl.messages[len(tl.messages)-1].ID]
	if got := last.Position().Y + last.Size().Height; got != 500-endPadding {
		t.Errorf("after resizing it ends at %v", got)
	}
}

func TestPrependingMovesNothing(t *testing.T) {
	b := newBook(1000)
	tl := open(t, b, 960, 668)
	b.waiting = true
	for range 400 {
		tl.ScrollBy(37)
		tl.ScrollBy(-90)
		before := tl.tops()
		b.answer()
		after := tl.tops()
		for id, y := range before {
			if got, ok := after[id]; ok && got != y {
				t.Fatalf("%s: bubble %s moved from %v to %v (%v)", "a page came in", id, y, got, tl)
			}
		}
		if len(after) < len(before) {
			t.Fatalf("%d bubbles, then %d", len(before), len(after))
		}
	}
	if b.loads < 5 {
		t.Fatalf("only %d pages were asked for: nothing was tested", b.loads)
	}
	if len(tl.messages) > keep {
		t.Errorf("%d messages held", len(tl.messages))
	}
}

func TestScrollingToTheBeginningAndBack(t *testing.T) {
	b := newBook(700)
	tl := open(t, b, 960, 668)
	for range 400 {
		tl.ScrollBy(-170)
	}
	if first := tl.rows[b.all[0].ID]; first == nil || first.Position().Y != 0 {
		t.Fatalf("the first message is not at the top: %v", tl)
	}
	for range 400 {
		tl.ScrollBy(170)
	}
	last := tl.rows[b.all[699].ID]
	if last == nil || last.Position().Y+last.Size().Height != 668-endPadding || !tl.stick {
		t.Fatalf("the last message is not at the end: %v", tl)
	}
}

// TestScrollingFasterThanPagesCome: the view stays full of what is held, in both
// directions, however far the wheel would go.
func TestScrollingFasterThanPagesCome(t *testing.T) {
	b := newBook(1000)
	tl := open(t, b, 960, 668)
	for _, by := range []float32{-570, 570} {
		tl.Open(model.Contact{ID: "a1", Name: "Alice"}, 500, 1, nil)
		b.waiting = true
		for range 30 {
			tl.ScrollBy(by)
		}
		edge := tl.rows[tl.messages[0].ID]
		if by > 0 {
			edge = tl.rows[tl.messages[len(tl.messages)-1].ID]
		}
		if edge == nil {
			t.Fatalf("after scrolling by %v the message at the edge is not there: %v", by, tl)
		}
		top, bottom := edge.Position().Y, edge.Position().Y+edge.Size().Height
		if by < 0 && top != 0 || by > 0 && bottom != 668-endPadding {
			t.Errorf("after scrolling by %v the message at the edge lies at %v to %v", by, top, bottom)
		}
		before := tl.tops()
		b.waiting = false
		b.answer()
		if y := tl.tops()[edge.message.ID]; y != before[edge.message.ID] {
			t.Errorf("the page that came moved it from %v to %v", before[edge.message.ID], y)
		}
	}
}

func TestAHundredThousandCostWhatAThousandDo(t *testing.T) {
	made := func(n int) (int, int) {
		tl := open(t, newBook(n), 960, 668)
		for range 50 {
			tl.ScrollBy(-100)
		}
		return tl.made, len(tl.shapes)
	}
	r1, s1 := made(1000)
	r2, s2 := made(100_000)
	if d := s1 - s2; r1 != r2 || d > 10 || d < -10 {
		t.Errorf("1,000: %d rows made, %d texts set; 100,000: %d and %d", r1, s1, r2, s2)
	}
	if r1 > 40 {
		t.Errorf("%d rows for a screen of 668", r1)
	}
}

func TestNewMessages(t *testing.T) {
	b := newBook(200)
	tl := open(t, b, 960, 668)
	tl.Put(b.add(200, "At the end"))
	if tl.below != 0 || tl.rows[b.all[200].ID] == nil {
		t.Fatal("a message at the end is not shown at once")
	}
	tl.ScrollBy(-400)
	before := tl.tops()
	tl.Put(b.add(202, "Out of sight"), b.add(205, "Another"))
	for id, y := range tl.tops() {
		if want, ok := before[id]; ok && want != y {
			t.Errorf("bubble %s moved from %v to %v", id, want, y)
		}
	}
	if tl.below != 2 || !tl.jump.Visible() {
		t.Errorf("%d below, button visible %t", tl.below, tl.jump.Visible())
	}
	tl.JumpToEnd()
	if tl.below != 0 || tl.jump.Visible() {
		t.Error("the button stays")
	}
	m := b.add(207, "Mine")
	m.Direction, m.State = model.Outgoing, model.Waiting
	tl.ScrollBy(-400)
	tl.Put(m)
	if !tl.stick {
		t.Error("what I write myself is not scrolled to")
	}
	m.State, m.Revision = model.Delivered, 2
	tl.Put(m)
	if got := tl.rows[m.ID].message.State; got != model.Delivered {
		t.Errorf("state on show is %s", got)
	}
}

// However many come while something else is being read: it does not move, few are
// held, all are counted, and the way leads on to each of them.
func TestManyNewMessagesOutOfSight(t *testing.T) {
	b := newBook(200)
	tl := open(t, b, 960, 668)
	tl.ScrollBy(-400)
	before := tl.tops()
	for i := range 2000 {
		b.add(200+i, "Out of sight")
		m := &b.all[200+i]
		m.Direction = model.Incoming // what I write myself is scrolled to
		tl.Put(*m)
	}
	after := tl.tops()
	for id, want := range before {
		if y, ok := after[id]; !ok || y != want {
			t.Errorf("bubble %s moved from %v to %v", id, want, y)
		}
	}
	if len(tl.messages) > keep || tl.below != 2000 {
		t.Errorf("%d held, %d counted", len(tl.messages), tl.below)
	}
	seen := map[model.MessageID]bool{}
	for range 1000 {
		tl.ScrollBy(500)
		for id := range tl.tops() {
			seen[id] = true
		}
	}
	if !tl.stick || len(seen) < 2000 {
		t.Errorf("%d came by on the way: %v", len(seen), tl)
	}
	for _, m := range b.all[200:] {
		if !seen[m.ID] {
			t.Fatalf("%s did not", m.ID)
		}
	}
}

// The toolkit lays out again what stands in another order than before, and paints
// for ever if laying out changes the order.
func TestLayingOutAgainChangesNothing(t *testing.T) {
	tl := open(t, newBook(1000), 960, 668)
	r := test.WidgetRenderer(tl)
	for range 30 {
		tl.ScrollBy(-70)
		before := slices.Clone(r.Objects())
		for range 3 {
			r.Layout(tl.Size())
			if !slices.Equal(before, r.Objects()) {
				t.Fatalf("the order of %d parts changed", len(before))
			}
		}
	}
	if !tl.jump.Visible() || tl.jump.MinSize() != (fyne.Size{}) {
		t.Error("the button asks for room, and so for a layout with each row that comes")
	}
}

func TestFirstUnread(t *testing.T) {
	b := newBook(500)
	tl := open(t, b, 960, 668)
	tl.Open(model.Contact{ID: "a1", Name: "Alice"}, 301, 200, nil)
	r := tl.rows[b.all[300].ID]
	if r == nil || r.item.divider != "200 new messages" {
		t.Fatalf("no divider at the first unread: %v", tl)
	}
	if y := r.Position().Y + r.bubble.Y; y < 0 || y > 120 {
		t.Errorf("the first unread is at %v", y)
	}
	for range 100 {
		tl.ScrollBy(500)
	}
	if !tl.atEnd || tl.seen != 500 {
		t.Errorf("seen %d, at end %t", tl.seen, tl.atEnd)
	}
}

func TestComingBackToAPlace(t *testing.T) {
	b := newBook(500)
	tl := open(t, b, 960, 668)
	for range 30 {
		tl.ScrollBy(-300)
	}
	before, at := tl.tops(), tl.Where()
	tl.Open(model.Contact{ID: "a1", Name: "Alice"}, 0, 0, at)
	for id, y := range tl.tops() {
		if want, ok := before[id]; ok && want != y {
			t.Errorf("bubble %s is at %v, was at %v", id, y, want)
		}
	}
}

// The numbers of the drawn picture a-main: the bubble "Are you still on the
// train?" is 228 wide and 36 high, its time 188 from its left.
func TestBubbleAsDrawn(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	s := newShape(model.Message{Text: "Are you still on the train?", Direction: model.Incoming,
		Time: time.Date(2026, 11, 23, 14, 2, 0, 0, time.Local)}, model.Contact{}, 480)
	near(t, "width", s.w, 228)
	near(t, "height", s.h, 36)
	near(t, "time x", s.timeX, 188)
	if s.timeY+theme.Micro.Baseline() != padY+theme.Body.Baseline()+2 {
		t.Errorf("time's baseline is not 2 below the text's")
	}
	long := newShape(model.Message{Text: "Seven is fine. I’ll carry the atlas, you bring the tea.", Direction: model.Outgoing}, model.Contact{}, 480)
	near(t, "mine", long.w, 411)
	two := newShape(model.Message{Text: "Seven is fine. I’ll carry the atlas, you bring the tea.", Direction: model.Outgoing}, model.Contact{}, 316)
	if two.text.Lines() != 2 || two.h != 56 {
		t.Errorf("narrow: %d lines, %v high", two.text.Lines(), two.h)
	}
	own := newShape(model.Message{Text: "Here is the recording from the harbour, the one with the bell.", Direction: model.Outgoing}, model.Contact{}, 480)
	if own.text.Lines() != 1 || own.h != 8+20+16+8 || own.w > 480 {
		t.Errorf("a time without room beside the text: %d lines, %v high, %v wide", own.text.Lines(), own.h, own.w)
	}
	emoji := newShape(model.Message{Text: "🌧️☕📚"}, model.Contact{}, 480)
	if !emoji.large || emoji.h != 48 {
		t.Errorf("three emoji are not large")
	}
	near(t, "three emoji", emoji.w, 157)
}

func near(t *testing.T, what string, got, want float32) {
	t.Helper()
	if got < want-1.5 || got > want+1.5 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestGroups(t *testing.T) {
	b := &book{}
	add := func(min int, d model.Direction, s model.State) {
		i := len(b.all)
		b.all = append(b.all, model.Message{ID: model.MessageID(fmt.Sprintf("%032x", i)), Row: int64(i + 1), Text: "Yes",
			Direction: d, State: s, Time: start.Add(time.Duration(min) * time.Minute)})
	}
	add(0, model.Incoming, model.Read)
	add(4, model.Incoming, model.Read)  // same group
	add(10, model.Incoming, model.Read) // too late
	add(11, model.Outgoing, model.Read) // somebody else
	add(12, model.Outgoing, model.Waiting)
	add(13, model.Outgoing, model.Waiting)
	add(60*24, model.Outgoing, model.Waiting) // another day
	tl := open(t, b, 960, 900)
	want := []struct {
		up, down bool
		caption  bool
		day      bool
	}{{false, true, false, true}, {true, false, false, false}, {false, false, false, false}, {false, true, false, false},
		{true, true, false, false}, {true, false, false, false}, {false, false, true, true}}
	for i, w := range want {
		it := tl.rows[b.all[i].ID].item
		if it.joinUp != w.up || it.joinDown != w.down || (it.caption.text != "") != w.caption || (it.day != "") != w.day {
			t.Errorf("message %d: %+v", i, it)
		}
	}
	if h := kit.HeightFor(tl, 960); h > 100 {
		t.Errorf("the timeline asks for %v of height", h)
	}
}

func TestThemeChangeRepaints(t *testing.T) {
	b := newBook(20)
	tl := open(t, b, 960, 668)
	w := test.NewWindow(kit.NewRoot(tl))
	defer w.Close()
	w.Resize(fyne.NewSize(960, 668))
	for _, mode := range []theme.Mode{theme.Dark, theme.Light} {
		theme.Use(fyne.CurrentApp(), theme.Look{Mode: mode})
		w.Content().Refresh()
		tl.Refresh()
		for _, r := range tl.rows {
			if r.message.Direction == model.Outgoing && !hasColor(r, theme.BubbleOut) {
				t.Fatalf("%s: a bubble keeps the other theme's colour", mode)
			}
		}
	}
}

func hasColor(r *row, token theme.Token) bool {
	for _, o := range r.objects {
		if rect, ok := o.(*canvas.Rectangle); ok && rect.FillColor == theme.Color(token) {
			return true
		}
	}
	return false
}

// A message of the greatest length is one bubble, of which only what is on the
// screen is drawn.
func TestVeryLongMessage(t *testing.T) {
	b := newBook(3)
	m := b.add(10, strings.Repeat("A line of words that goes on.\n", model.MaxText/31))
	tl := open(t, b, 960, 668)
	r := tl.rows[m.ID]
	if n := len(r.objects); n > 200 {
		t.Errorf("%d objects for a screen", n)
	}
	for range 40 {
		tl.ScrollBy(-777)
		top := r.Position().Y + r.bubble.Y
		covered := top+padY+float32(r.item.from)*20 <= max(0, top+padY) && top+padY+float32(r.item.to)*20 >= min(668, top+r.shape.h-padY)
		if tl.rows[m.ID] == r && !covered {
			t.Fatalf("lines %d to %d of a bubble at %v do not cover the screen", r.item.from, r.item.to, top)
		}
	}
}

func BenchmarkScroll(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			theme.Use(test.NewApp(), theme.Look{Mode: theme.Light})
			tl := New(newBook(n))
			tl.Resize(fyne.NewSize(960, 668))
			tl.Open(model.Contact{Name: "Alice"}, 0, 0, nil)
			for i := range b.N {
				tl.ScrollBy([]float32{-40, -40, 30}[i%3])
			}
		})
	}
}
