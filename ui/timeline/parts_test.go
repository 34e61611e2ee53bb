package timeline

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/theme"
)

// says returns the words that a row draws.
func (r *row) says() string {
	var out []string
	for _, o := range r.objects {
		if x, ok := o.(*canvas.Text); ok {
			out = append(out, x.Text)
		}
	}
	return strings.Join(out, "|")
}

// The numbers of the drawn picture a-main: the quote is 45 high and 8 from the
// bubble's edge, the bubble 87; reactions are 24 high, 6 over its lower edge.
func TestPartsAsDrawn(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	m := model.Message{Text: "Seven is fine. I’ll carry the atlas, you bring the tea.", Direction: model.Outgoing,
		Quote:     &model.Quote{Direction: model.Incoming, Text: "The bookshop is holding the table for us until seven"},
		Reactions: []model.Reaction{{Emoji: "🫖"}, {Emoji: "❤️", Mine: true}}}
	s := newShape(m, model.Contact{Name: "Alice"}, 480)
	near(t, "width", s.w, 411)
	near(t, "height", s.h, 87)
	near(t, "quote", s.quoteY, 8)
	if len(s.pills) != 2 || s.pills[0].mine || !s.pills[1].mine {
		t.Fatalf("reactions %+v", s.pills)
	}
	near(t, "end of the last reaction", s.pills[1].x+s.pills[1].w, s.w-pillSide)
	near(t, "gap", s.pills[1].x-s.pills[0].x-s.pills[0].w, pillGap)
	m.Reactions[1].Emoji = "🫖"
	m.Direction = model.Incoming
	s = newShape(m, model.Contact{Name: "Alice"}, 480)
	if len(s.pills) != 1 || s.pills[0].count != 2 || !s.pills[0].mine || s.pills[0].x != pillSide {
		t.Errorf("of one emoji by both: %+v", s.pills)
	}
}

func TestPartsSayWhatTheyAre(t *testing.T) {
	tl, rows := inWindow(t, "Words")
	m := rows[0].message
	m.Direction = model.Outgoing
	show := func(change func(*model.Message)) string {
		m.Revision++
		x := m
		change(&x)
		tl.Put(x)
		return tl.rows[m.ID].says()
	}
	for what, c := range map[string]struct {
		change func(*model.Message)
		want   string
	}{
		"edited":         {func(m *model.Message) { m.Edited = true }, "Edited "},
		"forwarded":      {func(m *model.Message) { m.Forwarded = true }, wordForwarded},
		"deleted by me":  {func(m *model.Message) { m.Deleted, m.Text = model.DeletedMine, "" }, "You deleted this message. It was asked"},
		"by them":        {func(m *model.Message) { m.Deleted, m.Text, m.Direction = model.DeletedTheirs, "", model.Incoming }, "Alice deleted this message"},
		"change waits":   {func(m *model.Message) { m.EditPending = true }, "The change waits for Alice"},
		"quote of mine":  {func(m *model.Message) { m.Quote = &model.Quote{Direction: model.Outgoing, Text: "Before"} }, "You|Before"},
		"quote gone":     {func(m *model.Message) { m.Quote = &model.Quote{Gone: true} }, wordQuoteGoneText},
		"reaction":       {func(m *model.Message) { m.Reactions = []model.Reaction{{Emoji: "🎉"}, {Emoji: "🎉", Mine: true}} }, "🎉|2"},
		"timer set":      {func(m *model.Message) { m.Note, m.Timer, m.Direction = model.NoteTimer, 7*24*time.Hour, model.Incoming }, "Alice set messages to disappear after one week"},
		"timer of mine":  {func(m *model.Message) { m.Note, m.Timer = model.NoteTimer, time.Hour }, "You set messages to disappear after one hour"},
		"timer switched": {func(m *model.Message) { m.Note = model.NoteTimer }, "You set messages to stay"},
	} {
		if got := show(c.change); !strings.Contains(got, c.want) {
			t.Errorf("%s: it says %q", what, got)
		}
	}
	if got := show(func(*model.Message) {}); strings.Contains(got, "Edited") || strings.Contains(got, "🎉") {
		t.Errorf("of a plain message it says %q", got)
	}
	plain := len(tl.rows[m.ID].objects)
	show(func(m *model.Message) { m.Starred, m.Timer = true, time.Hour })
	if got := len(tl.rows[m.ID].objects); got != plain+2 {
		t.Errorf("%d objects with a star and a timer, %d without", got, plain)
	}
}

func TestClicksOnParts(t *testing.T) {
	tl, rows := inWindow(t, "Before", "Words")
	m := rows[1].message
	m.Revision++
	m.Quote = &model.Quote{ID: rows[0].message.ID, Direction: model.Incoming, Text: "Before", Row: 1}
	m.Reactions = []model.Reaction{{Emoji: "🎉", Mine: true}, {Emoji: "👍"}}
	tl.Put(m)
	r := tl.rows[m.ID]
	var put []string
	var quoted []model.MessageID
	tl.OnReact = func(_ model.Message, e string) { put = append(put, e) }
	tl.OnQuote = func(q model.Quote) { quoted = append(quoted, q.ID) }
	for _, p := range r.shape.pills {
		press(r, r.bubble.AddXY(p.x+p.w/2, r.shape.h+8))
	}
	if len(put) != 2 || put[0] != "" || put[1] != "👍" {
		t.Errorf("clicks on reactions put %q", put)
	}
	press(r, r.bubble.AddXY(40, r.shape.quoteY+20))
	if len(quoted) != 1 || quoted[0] != rows[0].message.ID || len(put) != 2 {
		t.Errorf("a click on the quote shows %q", quoted)
	}
}

func TestKeysOfTheChosenMessage(t *testing.T) {
	tl, _ := inWindow(t, "Words")
	var did string
	tl.OnReply = func(model.Message) { did += "r" }
	tl.OnReactWith = func(model.Message, fyne.Position) { did += "e" }
	tl.OnDelete = func(model.Message) { did += "d" }
	tl.FocusGained()
	for _, k := range "rE" {
		tl.TypedRune(k)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if did != "red" {
		t.Errorf("the keys did %q", did)
	}
	m, _ := tl.Chosen()
	m.Revision, m.Deleted, m.Text = m.Revision+1, model.DeletedTheirs, ""
	tl.Put(m)
	tl.TypedRune('r')
	if did != "red" {
		t.Error("a deleted message can be answered")
	}
}
