package settings

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sotto/ui/theme"
	"sotto/ui/uitest"
)

func TestPartsComeBack(t *testing.T) {
	theme.Use(test.NewTempApp(t), theme.Look{Mode: theme.Light})
	uitest.ComesBack(t, map[string]fyne.Widget{
		"bars":      newBars([14]int{0, 50, 100}),
		"dot":       &dot{swatch: theme.Accents()[1], on: true},
		"miniature": newMiniature(theme.System, true, "System", nil),
	})
}
