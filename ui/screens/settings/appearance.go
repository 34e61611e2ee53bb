package settings

import (
	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// appearance is the choice of light and dark, and of the accent.
func (s *settings) appearance() fyne.CanvasObject {
	mode, accent := theme.Current()
	choose := func(mode theme.Mode, accent string) {
		theme.Choose(fyne.CurrentApp(), mode, accent)
		s.show()
	}
	var pictures []fyne.CanvasObject
	for _, c := range []struct {
		mode theme.Mode
		name string
	}{{theme.System, wordSystem}, {theme.Light, wordLight}, {theme.Dark, wordDark}} {
		on := c.mode == mode
		pick := func() { choose(c.mode, accent) }
		pictures = append(pictures, kit.VStack(theme.S3,
			newMiniature(c.mode, on, c.name, pick),
			kit.Left(kit.NewRadio(c.name, on, pick))))
	}
	row := kit.HStackTop(theme.S4)
	stack := kit.VStack(theme.S5)
	for _, p := range pictures {
		row.Add(kit.Grow(p))
		stack.Add(p)
	}
	dots := kit.HStack(10)
	for i, a := range theme.Accents() {
		on := a.Name == accent || accent == "" && i == 0
		dots.Add(newDot(a, on, func() { choose(mode, a.Name) }))
	}
	return kit.VStack(theme.S4,
		kit.Card(theme.S5, part.NewAdapt(520, stack, row)),
		part.Rows(part.NewAdapt(420,
			kit.VStack(0, part.Row(wordAccent, "", nil), kit.Pad(0, 20, 14, 20, kit.Left(dots))),
			part.Row(wordAccent, "", dots))))
}
