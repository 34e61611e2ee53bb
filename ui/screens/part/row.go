package part

import (
	"fyne.io/fyne/v2"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Row is a line of a card of settings, 60 high: what it is, a quiet second
// line, and at the end what changes it, which may be nil.
func Row(title, text string, end fyne.CanvasObject) fyne.CanvasObject {
	words := kit.VStack(0, kit.Paragraph(title, theme.Body, theme.Ink))
	if text != "" {
		words.Add(kit.Paragraph(text, theme.Caption, theme.Ink2))
	}
	row := kit.HStack(theme.S4, kit.Grow(words))
	if end != nil {
		row.Add(end)
	}
	return kit.Pad(11, 20, 11, 20, kit.Stack(kit.Spacer(0, 37), row))
}

// Rows puts rows on a card, with hairlines between them.
func Rows(rows ...fyne.CanvasObject) fyne.CanvasObject {
	all := kit.VStack(0)
	for i, r := range rows {
		if i > 0 {
			all.Add(kit.Hairline())
		}
		all.Add(r)
	}
	return kit.NewBox(theme.Card, kit.PadAll(1, all)).Stroke(theme.Line).Radius(theme.RadiusXL)
}

// ViaWords says how somebody is reached who is.
func ViaWords(v model.Via) string {
	switch v {
	case model.ViaLAN:
		return wordLAN
	case model.ViaDirect:
		return wordDirect
	}
	return wordRelayed
}
