package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/ui/theme"
)

// TestPartsComeBack: the toolkit throws away the renderer of what was hidden for a
// minute. With the next one a part looks as before.
func TestPartsComeBack(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	code, err := NewQR("SOTTO:I/1/ABC", 4)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]fyne.Widget{
		"text":      NewText("Any time", theme.Caption, theme.Ink),
		"paragraph": Paragraph("Words that take two lines or three in the room that they are given here", theme.Body, theme.Ink),
		"button":    NewButton("Done", Quiet, nil),
		"icon":      NewIconButton("close", "Close", nil),
		"filter":    NewFilter("Has link", false, nil),
		"chip":      NewChip("lan", "Same network", nil),
		"tile":      NewTile(TileCard, theme.RadiusLG, "Tile", NewText("Tile", theme.Body, theme.Ink), nil),
		"box":       NewBox(theme.Card, NewText("Box", theme.Body, theme.Ink)),
		"field":     NewField("Name").WithIcon("search"),
		"avatar":    NewAvatar("a1", "Alice", 44),
		"badge":     NewBadge(3, false),
		"switch":    NewSwitch("Switch", true, nil),
		"radio":     NewRadio("Radio", true, nil),
		"code":      code,
		"menu":      NewMenu(MenuItem{Icon: "reply", Text: "Reply"}, MenuItem{Icon: "trash", Text: "Delete", Danger: true}),
	} {
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
