package part

import (
	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Keycap draws the name of a key as it stands in the search field: quiet, on a
// ground of its own.
func Keycap(name string) fyne.CanvasObject {
	return kit.NewBox(theme.Well, kit.Pad(2, 8, 2, 8, kit.NewText(name, theme.Caption, theme.Ink2))).Radius(theme.RadiusXS)
}
