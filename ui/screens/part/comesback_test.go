package part

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
		"corner": newCorner(1),
	})
}
