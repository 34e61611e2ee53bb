package timeline

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestOrderOfParts: what lies over what does not change while the same rows are on
// show, and an outline is over the bubbles beside it.
func TestOrderOfParts(t *testing.T) {
	tl := open(t, newBook(100), 960, 668)
	drawn := func() (rows []*row) {
		for _, o := range test.WidgetRenderer(tl).Objects() {
			if r, ok := o.(*row); ok {
				rows = append(rows, r)
			}
		}
		return rows
	}
	before := drawn()
	if len(before) == 0 || len(before) != len(tl.rows) {
		t.Fatalf("of %d rows %d are drawn", len(tl.rows), len(before))
	}
	tl.layout()
	if !slices.Equal(drawn(), before) {
		t.Error("the same rows are drawn in another order")
	}
	marked := tl.messages[len(tl.messages)-4].ID
	tl.Mark(marked)
	after := drawn()
	if got := after[len(after)-1].message.ID; got != marked {
		t.Errorf("last is drawn the row of message %s, not that of %s", got, marked)
	}
}
