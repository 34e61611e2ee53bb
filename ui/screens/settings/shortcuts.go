package settings

import (
	"fyne.io/fyne/v2"

	"sotto/ui/keys"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// shortcuts lists every key, a card for each place where keys differ. Keys that do
// the same share a row.
func (s *settings) shortcuts() fyne.CanvasObject {
	all := kit.VStack(theme.S4)
	for _, g := range keys.Groups {
		rows := kit.VStack(0)
		var row *fyne.Container
		for i, k := range g.Keys {
			if i > 0 && g.Keys[i-1].Does == k.Does {
				row.Add(kit.KeyHint(k.String()))
				continue
			}
			if i > 0 {
				rows.Add(kit.Hairline())
			}
			row = kit.HStack(theme.S2, kit.Grow(kit.Paragraph(k.Does, theme.Body, theme.Ink)), kit.Spacer(0, 0), kit.KeyHint(k.String()))
			rows.Add(kit.Pad(8, 20, 8, 20, row))
		}
		all.Add(kit.VStack(theme.S2,
			kit.NewText(g.Title, theme.Caption.SemiBold(), theme.Ink2),
			kit.NewBox(theme.Card, kit.PadAll(1, rows)).Stroke(theme.Line).Radius(theme.RadiusXL)))
	}
	return all
}
