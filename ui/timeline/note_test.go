package timeline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/theme"
)

// note adds a line that nobody wrote, min minutes after the start.
func (b *book) note(min int, n model.Note) model.Message {
	m := b.add(0, "")
	i := len(b.all) - 1
	m.ID, m.Row, m.Direction, m.Note = model.MessageID("note"+strconv.Itoa(i)), int64(i+1), model.Incoming, n
	m.Time = start.Add(time.Duration(min) * time.Minute)
	b.all[i] = m
	return m
}

// text returns what a row draws, line by line.
func (r *row) text() string {
	var lines []string
	for _, o := range r.objects {
		if t, ok := o.(*canvas.Text); ok {
			lines = append(lines, t.Text)
		}
	}
	return strings.Join(lines, "|")
}

// Whoever adds a note has to say it here.
func TestEveryNoteHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../app/model/model.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "Note" {
			n++
			note, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if s := NoteWords(model.Message{Note: model.Note(note)}, "Bob"); strings.Count(s, "Bob") != 1 || strings.Contains(s, "%") {
				t.Errorf("%s: %q", note, s)
			}
		}
		return true
	})
	if n < 4 {
		t.Errorf("only %d notes found", n)
	}
}

func TestNotesAreNoBubbles(t *testing.T) {
	b := newBook(2)
	added := b.note(5, model.NoteDeviceAdded)
	restarted := b.note(6, model.NoteSessionRestarted)
	after := b.add(4, "Written after them")
	tl := open(t, b, 960, 668)
	r := tl.rows[added.ID]
	if got, want := r.text(), "Alice added a device, "+r.shape.time; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got := r.AccessibilityLabel(); got != "Alice added a device, "+r.shape.time {
		t.Errorf("it is read as %q", got)
	}
	for _, o := range r.objects {
		switch o := o.(type) {
		case *canvas.Rectangle:
			t.Error("it has a ground")
		case *canvas.Text:
			if o.Color != theme.Color(theme.Ink2) {
				t.Error("it is not quiet")
			}
			if left, right := o.Position().X-noteSide, 760-o.Position().X-o.MinSize().Width; left-right > 1 || right-left > 1 {
				t.Errorf("%v free at the left, %v at the right", left, right)
			}
		}
	}
	if it := tl.rows[b.all[1].ID].item; it.joinDown {
		t.Error("the bubble above is joined to it")
	}
	if got := tl.rows[restarted.ID].item.above(); got != gapSender {
		t.Errorf("two notes are %v apart", got)
	}
	if got := tl.rows[after.ID].item.above(); got != gapLine || tl.rows[after.ID].item.joinUp {
		t.Errorf("a bubble lies %v below a note", got)
	}
	for _, o := range tl.rows[restarted.ID].objects {
		if text, ok := o.(*canvas.Text); ok && text.Color != theme.Color(theme.Warn) {
			t.Error("it does not warn")
		}
	}

	opened := 0
	tl.OnMenu = func(model.Message, string, fyne.Position) { opened++ }
	r.TappedSecondary(&fyne.PointEvent{Position: r.bubble.AddXY(380, 8)})
	if opened != 0 {
		t.Error("a note has a menu")
	}
	shown := tl.rows[after.ID]
	shown.TappedSecondary(&fyne.PointEvent{Position: shown.bubble.AddXY(8, 8)})
	if opened != 1 {
		t.Error("a bubble has none: nothing was tested")
	}

	// What comes in out of sight is counted by the button; a note is not.
	tl.Resize(fyne.NewSize(960, 100))
	tl.ScrollBy(-60)
	tl.Put(b.note(20, model.NoteSessionRenewed))
	if tl.below != 0 {
		t.Error("a note counts as a new message")
	}
	tl.Put(b.add(31, "A message"))
	if tl.below != 1 {
		t.Errorf("%d new messages", tl.below)
	}
}

// link returns the link of a note, or nil.
func (t *Timeline) linkOf(id model.MessageID) fyne.Tappable {
	for _, o := range t.rows[id].objects {
		if l, ok := o.(fyne.Tappable); ok {
			return l
		}
	}
	return nil
}

func TestRestartLeadsToTheSafetyNumberUntilItIsCompared(t *testing.T) {
	b := newBook(3)
	m := b.note(20, model.NoteSessionRestarted)
	tl := open(t, b, 960, 668)
	asked := 0
	tl.OnVerify = func() { asked++ }
	for _, c := range []struct {
		trust model.Trust
		want  bool
	}{{model.TrustVerified, false}, {model.TrustConfirmed, true}, {model.TrustVerified, false}} {
		tl.SetContact(model.Contact{ID: "a1", Name: "Alice", Trust: c.trust}, model.ReasonNone)
		if l := tl.linkOf(m.ID); (l != nil) != c.want {
			t.Errorf("%s: has a link: %t", c.trust, l != nil)
		} else if l != nil {
			l.Tapped(nil)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	tl.SetContact(model.Contact{ID: "a1", Name: "Bob"}, model.ReasonNone)
	if got := tl.rows[m.ID].text(); !strings.HasPrefix(got, "You and Bob ") {
		t.Errorf("after the name changed it says %q", got)
	}
}

// A name of the greatest length breaks the line, and the link stays in the room.
func TestNoteOfALongName(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	m := model.Message{Note: model.NoteSessionRestarted, Time: start}
	tl := New(nil)
	for n := 4; n <= model.MaxName; n += 4 {
		c := model.Contact{Name: strings.Repeat("Bo b", n/4), Trust: model.TrustConfirmed}
		s := newNote(m, c, 336)
		r := &row{t: tl, message: m, shape: s, item: item{width: 336}}
		r.drawNote(0)
		if r.note == nil || s.h != float32(len(s.lines))*16 {
			t.Fatalf("%d: %v high, with a link: %t", n, s.h, r.note != nil)
		}
		for _, o := range r.objects {
			w := o.Size().Width
			if w == 0 {
				w = o.MinSize().Width
			}
			if x, y := o.Position().X, o.Position().Y; x < 0 || x+w > 337 || y < 0 || y+14 > s.h {
				t.Fatalf("%d: %T at %v, %v, %v wide, of %v×336", n, o, x, y, w, s.h)
			}
			if text, ok := o.(*canvas.Text); ok && text.Position().Y > r.note.Position().Y-8 &&
				text.Position().X+text.MinSize().Width > r.note.Position().X {
				t.Fatalf("%d: the link lies on %q", n, text.Text)
			}
		}
	}
}

func TestQuarantinedIsTold(t *testing.T) {
	b := newBook(0)
	m := b.add(1, "Send me your number")
	b.all[0].Quarantined, b.all[0].Unconfirmed = true, true
	b.add(2, "And this one is really me")
	tl := open(t, b, 300, 668)
	if got := tl.rows[m.ID].item.caption; got.text != wordQuarantined || got.color != theme.Warn || got.icon != "shield-warning" {
		t.Errorf("below it stands %+v", got)
	}
	if !strings.Contains(tl.rows[m.ID].AccessibilityLabel(), wordQuarantined) {
		t.Error("a screen reader does not say so")
	}
	if tl.rows[m.ID].item.joinDown || tl.rows[b.all[1].ID].item.caption.text != "" {
		t.Error("the next bubble belongs to it")
	}
	for _, o := range tl.rows[m.ID].objects {
		if text, ok := o.(*canvas.Text); ok && text.Position().X+text.MinSize().Width > tl.rows[m.ID].item.width+1 {
			t.Errorf("%q does not fit", text.Text)
		}
	}
}
