package settings

import (
	"fyne.io/fyne/v2"

	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// shortcuts lists every key, a card for each place where keys differ.
func (s *settings) shortcuts() fyne.CanvasObject {
	all := kit.VStack(theme.S4)
	for _, g := range keys.Groups {
		rows := kit.VStack(0)
		for i, k := range g.Keys {
			if i > 0 {
				rows.Add(kit.Hairline())
			}
			rows.Add(kit.Pad(8, 20, 8, 20, kit.HStack(theme.S4, kit.Grow(kit.Paragraph(k.Does, theme.Body, theme.Ink)), kit.KeyHint(k.String()))))
		}
		all.Add(kit.VStack(theme.S2,
			kit.NewText(g.Title, theme.Caption.SemiBold(), theme.Ink2),
			kit.NewBox(theme.Card, kit.PadAll(1, rows)).Stroke(theme.Line).Radius(theme.RadiusXL)))
	}
	return all
}
