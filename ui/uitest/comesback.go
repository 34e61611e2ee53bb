package uitest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// ComesBack checks that widgets look as before with their next renderer: the
// toolkit throws away that of what was not drawn for a minute, as in a window that
// was in the tray.
func ComesBack(t testing.TB, widgets map[string]fyne.Widget) {
	t.Helper()
	for name, o := range widgets {
		o.Resize(fyne.NewSize(200, 40))
		before, after := test.WidgetRenderer(o).Objects(), o.CreateRenderer().Objects()
		if len(before) == 0 || len(after) != len(before) {
			t.Errorf("%s: drawn with %d objects, then with %d", name, len(before), len(after))
			continue
		}
		for i, a := range before {
			if b := after[i]; b.Position() != a.Position() || b.Size() != a.Size() || b.Visible() != a.Visible() {
				t.Errorf("%s: %T is at %v, %v, then at %v, %v", name, a, a.Position(), a.Size(), b.Position(), b.Size())
			}
		}
	}
}
