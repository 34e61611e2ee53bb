package start

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

// Welcome shows the first screen: there is no profile yet.
func (f *Flow) Welcome() {
	f.words = ""
	create := kit.NewTile(kit.TileAccent, theme.RadiusXL, wordCreate,
		choice("person", wordCreate, wordCreateText, true), f.askName)
	restore := kit.NewTile(kit.TileCard, theme.RadiusXL, wordRestore,
		choice("phrase", wordRestore, wordRestoreText, false), f.askWords)
	column := kit.VStack(0,
		kit.NewText(wordWelcome, theme.Display, theme.Ink),
		kit.Spacer(0, theme.S2),
		kit.Paragraph(wordSetup, theme.Body, theme.Ink2),
		kit.Spacer(0, theme.S8),
		create,
		kit.Spacer(0, theme.S3),
		restore,
		kit.Spacer(0, theme.S8),
		kit.Note("info", wordNothing))
	mode := kit.NewIconButton("moon", wordDark, nil)
	face := func() {
		if theme.IsDark() {
			mode.SetIcon("sun")
			mode.SetTip(wordLight)
		} else {
			mode.SetIcon("moon")
			mode.SetTip(wordDark)
		}
	}
	face()
	mode.OnTap(func() { f.Theme(); face() })
	right := kit.Stack(
		kit.NewScroll(kit.Pad(theme.S12, theme.S5, theme.S12, theme.S5, kit.Centered(480, column))),
		kit.Place(fyne.Size{}, func(s fyne.Size) { kit.At(mode, s.Width-60, 20, 36, 36) }, mode))
	side := newPanel()
	wide := kit.Place(fyne.Size{}, func(s fyne.Size) {
		kit.At(side, 0, 0, panelWidth, s.Height)
		kit.At(right, panelWidth, 0, s.Width-panelWidth, s.Height)
	}, right, side)
	screen := part.NewAdapt(900, right, wide)
	f.Window.Show(screen)
	f.onEscape(screen, nil)
}

// choice is what stands in one of the large tiles, 80 high.
func choice(icon, title, text string, filled bool) fyne.CanvasObject {
	ink, ink2, arrow := theme.Ink, theme.Ink2, theme.Ink2
	square := kit.IconSquare(icon, 40, false)
	if filled {
		ink, ink2, arrow = theme.OnAccent, theme.OnAccent, theme.OnAccent
		veil := &canvas.Rectangle{FillColor: color.NRGBA{0xFF, 0xFF, 0xFF, 0x26}, CornerRadius: theme.RadiusLG}
		square = kit.Sized(40, 40, kit.Stack(veil, kit.Middle(kit.NewIcon(icon, 20, theme.OnAccent))))
	}
	words := kit.VStack(0, kit.Paragraph(title, theme.Title, ink), kit.Paragraph(text, theme.Small, ink2))
	row := kit.HStack(theme.S4, square, kit.Grow(words), kit.NewIcon("chevron-right", 20, arrow))
	return kit.Pad(19, 21, 19, 21, kit.Stack(kit.Spacer(0, 42), row))
}
