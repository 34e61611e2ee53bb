package timeline

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sotto/app/model"
	"sotto/ui/kit"
)

// What the pointer does with the words of a message: it selects some of them, a
// word by two clicks, all by three, and follows an address.

const (
	againWithin = 400 * time.Millisecond // between the clicks of a double click
	againNear   = 4
)

// selection is what of a message is selected. It begins where the button went
// down, which is the end if the pointer went back from there.
type selection struct {
	id      model.MessageID
	begin   int
	at      model.Range
	pressed time.Time
	where   fyne.Position
	clicks  int
}

var (
	_ desktop.Mouseable  = (*row)(nil)
	_ desktop.Hoverable  = (*row)(nil)
	_ desktop.Cursorable = (*row)(nil)
	_ fyne.Draggable     = (*row)(nil)
)

// Selected returns the words that are selected, as they were written; "" is none.
func (t *Timeline) Selected() string {
	i := t.index(t.selection.id)
	if i < 0 || t.selection.at.To > len(t.messages[i].Text) {
		return ""
	}
	return t.messages[i].Text[t.selection.at.From:t.selection.at.To]
}

// Unselect selects nothing.
func (t *Timeline) Unselect() { t.choose(selection{}) }

func (t *Timeline) choose(s selection) {
	changed := s.id != t.selection.id || s.at != t.selection.at
	t.selection = s
	if changed {
		t.layout()
	}
}

// words returns a point of the row as one of the text in its bubble; ok is false
// where there is none.
func (r *row) inText(p fyne.Position) (x, y float32, ok bool) {
	if r.shape == nil || r.shape.text == nil || !r.inBubble(p) {
		return 0, 0, false
	}
	x, y = r.textAt(p)
	return x, y, true
}

func (r *row) textAt(p fyne.Position) (x, y float32) {
	return p.X - r.bubble.X - padX, p.Y - r.bubble.Y - r.shape.top
}

// MouseDown begins to select.
func (r *row) MouseDown(e *desktop.MouseEvent) {
	kit.Touched()
	r.t.hold()
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	x, y, ok := r.inText(e.Position)
	if r.tapReact(e) || r.tapPart(e) || !ok {
		r.t.Unselect()
		return
	}
	at, now, last := r.shape.text.At(x, y), time.Now(), r.t.selection
	s := selection{id: r.message.ID, begin: at, at: model.Range{From: at, To: at}, pressed: now, where: e.Position, clicks: 1}
	if d := e.Position.Subtract(last.where); last.id == s.id && now.Sub(last.pressed) < againWithin &&
		d.X < againNear && d.X > -againNear && d.Y < againNear && d.Y > -againNear {
		s.clicks = last.clicks%3 + 1
	}
	switch s.clicks {
	case 2:
		s.at = r.shape.text.Word(at)
	case 3:
		s.at = model.Range{From: 0, To: len(r.message.Text)}
	}
	r.t.choose(s)
}

// Dragged goes on to select.
func (r *row) Dragged(e *fyne.DragEvent) {
	if s := r.t.selection; s.id == r.message.ID && s.id != "" && r.shape.text != nil {
		r.t.dragTo(e.Position.Add(r.Position()))
	}
}

// DragEnd is called by the toolkit.
func (r *row) DragEnd() { r.t.endDrag() }

// MouseUp follows an address that was clicked.
func (r *row) MouseUp(e *desktop.MouseEvent) {
	s := r.t.selection
	if e.Button != desktop.MouseButtonPrimary || s.clicks != 1 || s.id != r.message.ID {
		return
	}
	if address := r.link(e.Position); address != "" && r.t.OnLink != nil {
		r.t.OnLink(address)
	}
}

// link returns the address at a point of the row; "" is none.
func (r *row) link(p fyne.Position) string {
	x, y, ok := r.inText(p)
	if !ok {
		return ""
	}
	_, address := r.shape.text.Link(x, y)
	return address
}

// MouseIn, MouseMoved and MouseOut are called by the toolkit.
func (r *row) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

func (r *row) MouseMoved(e *desktop.MouseEvent) {
	kit.Touched()
	r.hover(e.Position)
	over := 0
	x, y, ok := r.inText(e.Position)
	if ok {
		over, _ = r.shape.text.Link(x, y)
	}
	reaction, quote := r.part(e.Position)
	r.cursor = desktop.DefaultCursor
	switch {
	case r.onReact || over > 0 || reaction != "" || quote != nil && !quote.Gone:
		r.cursor = desktop.PointerCursor
	case ok:
		r.cursor = desktop.TextCursor
	}
	r.point(over)
}

func (r *row) MouseOut() {
	r.cursor = desktop.DefaultCursor
	r.unhover()
	r.point(0)
}

// point underlines the address of that number.
func (r *row) point(over int) {
	if r.over != over {
		r.over = over
		r.Refresh()
	}
}

// Cursor returns what the pointer looks like here.
func (r *row) Cursor() desktop.Cursor { return r.cursor }
