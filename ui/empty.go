package ui

import (
	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/stage"
	"sotto/ui/theme"
)

// empty is what stands beside the list before there is a contact.
func (v *mainView) empty() fyne.CanvasObject {
	card := func(icon, title, text string, filled bool, open func()) fyne.CanvasObject {
		return kit.Width(184, kit.NewTile(kit.TileCard, theme.RadiusXL, title, kit.Pad(21, 17, 19, 17,
			kit.VStack(0, kit.Left(kit.IconSquare(icon, 40, filled)), kit.Spacer(0, 16),
				kit.NewText(title, theme.Body.SemiBold(), theme.Ink), kit.Spacer(0, 2),
				kit.Paragraph(text, theme.Small, theme.Ink2))), open))
	}
	show, scan := card("qr", wordShowCode, wordShowText, true, v.addContact), card("scan", wordScan, wordScanText, false, v.addContact)
	paste, near := card("clipboard", wordPaste, wordPasteText, false, v.addContact), card("lan", wordNearby, wordNearbyText, false, v.nearby)
	column := kit.VStack(0,
		kit.Middle(kit.NewLogo(64)), kit.Spacer(0, 24),
		kit.Paragraph(wordWho, theme.Display, theme.Ink).Center(), kit.Spacer(0, 8),
		kit.Column(440, kit.Paragraph(wordWhoText, theme.Body, theme.Ink2).Center()), kit.Spacer(0, 32),
		part.NewAdapt(784,
			kit.VStack(16, kit.Middle(kit.HStack(16, show, scan)), kit.Middle(kit.HStack(16, paste, near))),
			kit.Middle(kit.HStack(16, show, scan, paste, near))))
	if !v.self.PhraseConfirmed && v.self.Account != "" {
		column.Add(kit.Spacer(0, 32))
		column.Add(kit.Middle(kit.HStack(6, kit.NewIcon("phrase", 16, theme.Ink2),
			kit.NewText(wordPhrase, theme.Small, theme.Ink2), kit.NewLink(wordPhraseLink, theme.Small, v.phrase))))
	}
	column.Add(kit.Spacer(0, 24))
	return kit.NewScroll(kit.Centered(784, column))
}

// nothingChosen stands beside the list until a conversation is opened.
func (v *mainView) nothingChosen() fyne.CanvasObject {
	return kit.Middle(kit.VStack(16, kit.Middle(kit.NewLogo(48)), kit.NewText(wordChoose, theme.Body, theme.Ink2)))
}

// pageFrame puts the header above a page's content.
func (v *mainView) pageFrame(p stage.Page) fyne.CanvasObject {
	if p.Title == "" {
		return p.Content
	}
	words := kit.VStack(0, kit.NewText(p.Title, theme.Title, theme.Ink).Elided())
	if p.Text != "" {
		words.Add(kit.NewText(p.Text, theme.Caption, theme.Ink2).Elided())
	}
	var bar fyne.CanvasObject
	if v.narrow {
		bar = kit.Pad(0, 12, 0, 12, kit.HStack(8, kit.NewIconButton("back", wordBack, v.Close), kit.Grow(words)))
	} else {
		bar = kit.Pad(0, 12, 0, 20, kit.HStack(12, kit.Grow(words), kit.NewIconButton("close", wordClose, v.Close)))
	}
	line := kit.Hairline()
	return kit.Place(fyne.NewSize(200, 200), func(s fyne.Size) {
		kit.At(bar, 0, 0, s.Width, topBar-1)
		kit.At(line, 0, topBar-1, s.Width, 1)
		kit.At(p.Content, 0, topBar, s.Width, s.Height-topBar)
	}, p.Content, bar, line)
}
