package kit

import (
	"fyne.io/fyne/v2"

	"sotto/ui/theme"
)

// Banner is a sentence at the top of a pane that asks for attention: an icon, a
// bold line, a quiet line, and one small button, which may be nil. At most one
// is shown, and it pushes the content down.
func Banner(tone Tone, icon, title, text string, button fyne.CanvasObject) fyne.CanvasObject {
	ground, line, ink := tone.colors()
	if tone == Neutral {
		ground = theme.Card
	}
	words := VStack(2, Paragraph(title, theme.Body.SemiBold(), theme.Ink))
	if text != "" {
		words.Add(Paragraph(text, theme.Caption, theme.Ink2))
	}
	row := HStack(12, NewIcon(icon, 20, ink), Grow(words))
	if button != nil {
		row.Add(button)
	}
	return NewBox(ground, Pad(11, 12, 11, 17, row)).Stroke(line).Radius(theme.RadiusLG)
}

// Note is a quiet line with an icon before it, as under a form.
func Note(icon, text string) fyne.CanvasObject {
	return HStackTop(8, Pad(1, 0, 0, 0, NewIcon(icon, 16, theme.Ink2)), Grow(Paragraph(text, theme.Small, theme.Ink2)))
}
