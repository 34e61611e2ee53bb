package timeline

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

const linked = "Take the **atlas**, page https://x.example/a_b, it is there.\nOr not."

// inWindow shows a conversation of two messages in a window, the second of them
// with an address in it.
func inWindow(t *testing.T, texts ...string) (*Timeline, []*row) {
	t.Helper()
	b := &book{}
	for i, s := range texts {
		b.add(i*200, s)
	}
	tl := open(t, b, 960, 668)
	w := test.NewWindow(kit.NewRoot(tl))
	t.Cleanup(w.Close)
	w.Resize(fyne.NewSize(960, 668))
	var rows []*row
	for _, m := range b.all {
		rows = append(rows, tl.rows[m.ID])
	}
	return tl, rows
}

// point returns where the middle of a word lies in a row.
func (r *row) pointAt(t *testing.T, word string) fyne.Position {
	t.Helper()
	from := strings.Index(r.message.Text, word)
	rects := r.shape.text.Rects(from, from+len(word), 0, r.shape.text.Lines())
	if from < 0 || len(rects) == 0 {
		t.Fatalf("%q is not there", word)
	}
	c := rects[0]
	return r.bubble.AddXY(padX+c.X+c.W/2, r.shape.top+c.Y+c.H/2)
}

func press(r *row, p fyne.Position) {
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: p}, Button: desktop.MouseButtonPrimary}
	r.MouseDown(e)
	r.MouseUp(e)
}

func (r *row) marked() int {
	n := 0
	for _, o := range r.objects {
		if rect, ok := o.(*canvas.Rectangle); ok && rect.FillColor == theme.Color(theme.Mark) {
			n++
		}
	}
	return n
}

func TestSelecting(t *testing.T) {
	tl, rows := inWindow(t, linked, "Another")
	r := rows[0]
	var copied, whole string
	tl.OnCopyPart = func(s string) { copied = s }
	tl.OnCopy = func(m model.Message) { whole = m.Text }

	from, to := r.pointAt(t, "Take"), r.pointAt(t, "not")
	r.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}, Button: desktop.MouseButtonPrimary})
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}})
	if got := tl.Selected(); got != linked[2:len(linked)-3] && got != linked[2:len(linked)-2] {
		t.Fatalf("%q is selected", got)
	}
	if n := r.marked(); n != 2 {
		t.Errorf("%d lines are on a ground", n)
	}
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	if copied != tl.Selected() || copied == "" {
		t.Errorf("copied %q", copied)
	}
	// Backwards.
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: r.bubble}})
	if got := tl.Selected(); !strings.HasPrefix(linked, got) || len(got) < 1 || len(got) > 3 {
		t.Errorf("backwards %q is selected", got)
	}
	r.DragEnd()

	press(r, r.pointAt(t, "atlas"))
	if got := tl.Selected(); got != "" || r.marked() != 0 {
		t.Errorf("after a click %q is selected", got)
	}
	press(r, r.pointAt(t, "atlas"))
	if got := tl.Selected(); got != "atlas" {
		t.Errorf("a double click selects %q", got)
	}
	press(r, r.pointAt(t, "atlas"))
	if got := tl.Selected(); got != linked {
		t.Errorf("a triple click selects %q", got)
	}
	// Elsewhere: the other message has none of it, and what is beside a bubble
	// ends it.
	press(rows[1], fyne.NewPos(-5, -5))
	if got := tl.Selected(); got != "" {
		t.Errorf("a click beside the bubbles leaves %q", got)
	}
	copied = ""
	if tl.TypedShortcut(&fyne.ShortcutCopy{}); copied != "" || whole != "" {
		t.Errorf("with nothing selected or chosen %q, %q is copied", copied, whole)
	}
}

// Past an edge of the timeline a selection goes on to the end of its message, and no
// further.
func TestSelectingPastTheEdge(t *testing.T) {
	var lines []string
	for i := range 200 {
		lines = append(lines, fmt.Sprintf("line %d", i))
	}
	long := strings.Join(lines, "\n")
	tl, _ := inWindow(t, "Before it", long, "After it", "And after that")
	tl.ScrollBy(-900)
	var r *row
	for _, x := range tl.rows {
		if x.message.Text == long {
			r = x
		}
	}
	drag := func(y float32) {
		r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(40, y).Subtract(r.Position())}})
	}
	scrolls := func() (frames int) {
		for ; tl.drag.frames != nil && frames < 10_000; frames++ {
			tl.dragOn()
		}
		return frames
	}
	inside := func() *desktop.MouseEvent {
		at := fyne.NewPos(r.bubble.X+padX+2, 300-r.Position().Y)
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary}
	}
	r.MouseDown(inside())
	drag(600)
	if within := tl.Selected(); within == "" || scrolls() > 0 {
		t.Fatalf("inside the timeline %q is selected, and it scrolls", within)
	}
	drag(-50)
	if n := scrolls(); n < 10 || n == 10_000 {
		t.Errorf("it scrolls for %d frames", n)
	}
	if got := tl.Selected(); !strings.HasPrefix(got, "line 0\n") {
		t.Errorf("upwards %.20q… is selected", got)
	}
	if y, _ := tl.Place(r.message.ID); y < 0 || y > 60 {
		t.Errorf("the message begins at %v", y)
	}
	r.DragEnd()

	r.MouseDown(inside())
	drag(tl.Size().Height + 50)
	scrolls()
	if got := tl.Selected(); !strings.HasSuffix(got, "\nline 199") {
		t.Errorf("downwards …%q is selected", got[max(0, len(got)-20):])
	}
	if y, _ := tl.Place(r.message.ID); y+r.shape.h < tl.Size().Height-60 {
		t.Errorf("it scrolls past the message, which ends at %v", y+r.shape.h)
	}

	// The button is let go on the way.
	drag(-50)
	r.DragEnd()
	if tl.drag.frames != nil {
		t.Error("it scrolls after the button was let go")
	}
}

func TestASelectionEndsWithItsText(t *testing.T) {
	tl, rows := inWindow(t, "One two three")
	press(rows[0], rows[0].pointAt(t, "two"))
	press(rows[0], rows[0].pointAt(t, "two"))
	m := rows[0].message
	m.Revision++
	tl.Put(m)
	if tl.Selected() != "two" {
		t.Error("another state of the message ends the selection")
	}
	m.Revision, m.Text = m.Revision+1, "One"
	tl.Put(m)
	if got := tl.Selected(); got != "" {
		t.Errorf("%q is selected of a text that is no more", got)
	}
}

func TestLinks(t *testing.T) {
	tl, rows := inWindow(t, linked)
	r := rows[0]
	var followed []string
	var asked string
	tl.OnLink = func(a string) { followed = append(followed, a) }
	tl.OnMenu = func(_ model.Message, link string, _ fyne.Position) { asked = link }
	at, beside := r.pointAt(t, "x.example"), r.pointAt(t, "Take")

	plain := len(r.objects)
	r.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	if r.Cursor() != desktop.PointerCursor || len(r.objects) != plain+1 {
		t.Errorf("over an address the pointer is %v, %d objects of %d", r.Cursor(), len(r.objects), plain)
	}
	r.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: beside}})
	if r.Cursor() != desktop.TextCursor || len(r.objects) != plain {
		t.Errorf("beside it it is %v", r.Cursor())
	}
	press(r, beside)
	r.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: beside}})
	r.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
	if len(followed) != 0 {
		t.Errorf("%q was followed by selecting", followed)
	}
	tl.Unselect()
	press(r, at)
	if len(followed) != 1 || followed[0] != "https://x.example/a_b" {
		t.Errorf("%q was followed", followed)
	}
	r.TappedSecondary(&fyne.PointEvent{Position: at})
	if asked != "https://x.example/a_b" {
		t.Errorf("the menu is about %q", asked)
	}
	r.TappedSecondary(&fyne.PointEvent{Position: beside})
	if asked != "" {
		t.Errorf("beside it the menu is about %q", asked)
	}
}

// A click takes the keyboard for what is selected, and for nothing else.
func TestTypingAfterAClick(t *testing.T) {
	tl, rows := inWindow(t, linked)
	var written []rune
	details := 0
	tl.OnWrite = func(r rune) { written = append(written, r) }
	tl.OnDetails = func(model.Message) { details++ }
	press(rows[0], rows[0].pointAt(t, "Take"))
	c := fyne.CurrentApp().Driver().CanvasForObject(tl)
	if c.Focused() != fyne.Focusable(tl) {
		t.Fatalf("the keyboard is with %T", c.Focused())
	}
	if _, chosen := tl.Chosen(); chosen || rows[0].item.focused {
		t.Error("a click chooses a message")
	}
	tl.TypedRune('i')
	if string(written) != "i" || details != 0 {
		t.Errorf("%q is written, details asked for %d times", string(written), details)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	tl.TypedRune('i')
	if _, chosen := tl.Chosen(); !chosen || details != 1 {
		t.Error("an arrow key does not choose a message")
	}
	c.Unfocus()
	c.Focus(tl)
	if _, chosen := tl.Chosen(); !chosen {
		t.Error("Tab after a click does not choose a message")
	}
}

func TestRichTextIsDrawn(t *testing.T) {
	_, rows := inWindow(t, "a **b** `c`\n> d\n```\ne\n```")
	styles := map[string]fyne.TextStyle{}
	mono := map[string]bool{}
	for _, o := range rows[0].objects {
		if x, ok := o.(*canvas.Text); ok {
			styles[x.Text], mono[x.Text] = x.TextStyle, x.FontSource == theme.Body.Monospace().Font("c")
		}
	}
	if !styles["b"].Bold || styles["a "].Bold || !mono["c"] || !mono["e"] || mono["d"] {
		t.Errorf("styles %+v, of one width %v", styles, mono)
	}
	if !hasColor(rows[0], theme.Well) || !hasColor(rows[0], theme.AccentInk) {
		t.Error("there is no ground behind code, or no edge beside a quote")
	}
}
