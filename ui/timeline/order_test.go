package timeline

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestDrawnFromAbove: what lies over what does not change from one frame to the
// next, and an outline is over the bubbles beside it.
func TestDrawnFromAbove(t *testing.T) {
	tl := open(t, newBook(100), 960, 668)
	marked := tl.messages[len(tl.messages)-4].ID
	tl.Mark(marked)
	var rows []*row
	for _, o := range test.WidgetRenderer(tl).Objects() {
		if r, ok := o.(*row); ok {
			rows = append(rows, r)
		}
	}
	if len(rows) != len(tl.rows) || rows[len(rows)-1].message.ID != marked {
		t.Fatalf("of %d rows %d are drawn, last that of message %s", len(tl.rows), len(rows), rows[len(rows)-1].message.ID)
	}
	for i := range len(rows) - 2 {
		if rows[i].Position().Y >= rows[i+1].Position().Y {
			t.Fatalf("row %d is drawn at %v, the one after it at %v", i, rows[i].Position().Y, rows[i+1].Position().Y)
		}
	}
}
