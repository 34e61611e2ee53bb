package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/stage"
	"sotto/ui/theme"
	"sotto/ui/uitest"
)

// Before there is a contact, four ways to one are offered, all of them in the pane
// however wide it is.
func TestEmpty(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(900, 640), fyne.NewSize(760, 640)} {
		var opened string
		page := func(key string) func(stage.Host) stage.Page {
			return func(stage.Host) stage.Page {
				opened = key
				return stage.Page{Key: key, Content: kit.NewBox(theme.Card, nil)}
			}
		}
		r := newRig(t, uitest.New("Alice"), stage.Screens{AddContact: page("add"), Nearby: page("nearby")}, size)
		for name, want := range map[string]string{wordShowCode: "add", wordScan: "add", wordPaste: "add", wordNearby: "nearby"} {
			tile := find(r.w.main.content, func(o fyne.CanvasObject) bool {
				x, ok := o.(*kit.Tile)
				return ok && x.AccessibilityLabel() == name
			})
			if tile == nil {
				t.Fatalf("%v: no tile %q", size, name)
			}
			if x, _, w, _ := r.at(tile); x < listDefault || x+w > size.Width {
				t.Errorf("%v: %q is from %v to %v", size, name, x, x+w)
			}
			tile.(*kit.Tile).Tapped(nil)
			if opened != want {
				t.Errorf("%q opened %q", name, opened)
			}
			r.w.main.Close()
		}
	}
}
