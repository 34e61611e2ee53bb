package kit

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"sotto/app/model"
	"sotto/ui/theme"
)

// TestDrawMarks looks where marks lie behind a text of several lines.
func TestDrawMarks(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	st := theme.Body
	text := "one two three\nfour  five"
	lines := Wrap(text, st, Measure("one two ", st))
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, c := range []struct {
		from, to int // of text
		line     int
		before   string // in the line
		words    string
	}{
		{4, 7, 0, "one ", "two"}, {8, 13, 1, "", "three"}, {14, 18, 2, "", "four"}, {20, 24, 3, "", "five"}, {21, 23, 3, "f", "iv"},
	} {
		os := DrawMarks(nil, text, []model.Range{{From: c.from, To: c.to}}, lines, 0, len(lines), st, 100, 10)
		if len(os) != 2 {
			t.Errorf("%q: %d marks", text[c.from:c.to], len(os))
			continue
		}
		x, w := 100+Measure(c.before, st)-2, Measure(c.before+c.words, st)-Measure(c.before, st)+4
		if p, s := os[0].Position(), os[0].Size(); p.X != x || p.Y != 10+float32(c.line)*st.Line || s.Width != w {
			t.Errorf("%q is marked at %v, %v; want %v, %v wide in line %d", text[c.from:c.to], p, s, x, w, c.line)
		}
	}
	if os := DrawMarks(nil, text, []model.Range{{From: 4, To: 13}}, lines, 0, len(lines), st, 0, 0); len(os) != 4 {
		t.Errorf("a mark over two lines is %d", len(os))
	}
	same := "sea\nsea\nsea" // lines that read alike
	if os := DrawMarks(nil, same, []model.Range{{From: 8, To: 11}}, Wrap(same, st, 0), 0, 3, st, 0, 0); len(os) != 2 || os[0].Position().Y != 2*st.Line {
		t.Errorf("%d marks for the last of three lines that are alike", len(os))
	}
	if os := DrawMarks(nil, text, []model.Range{{From: 20, To: 24}}, lines[:2], 0, 2, st, 0, 0); len(os) != 0 {
		t.Errorf("what is cut off is marked: %d", len(os))
	}
	if os := DrawMarks(nil, text, []model.Range{{From: 4, To: 13}}, lines, 1, 2, st, 0, 0); len(os) != 2 {
		t.Errorf("a mark out of sight is drawn: %d", len(os))
	}
}
