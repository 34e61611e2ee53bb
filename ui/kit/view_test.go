package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/ui/theme"
	"sotto/ui/uitest"
)

func TestPartsComeBack(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	code, err := NewQR("SOTTO:I/1/ABC", 4)
	if err != nil {
		t.Fatal(err)
	}
	uitest.ComesBack(t, map[string]fyne.Widget{
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
	})
}
