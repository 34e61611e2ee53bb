package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

const foundHeight = 44

// foundBar lies over a conversation while hits of a search are looked at: which
// one this is, the one before and the next, and the end of it.
type foundBar struct {
	widget.BaseWidget
	place, words *kit.Text
	content      fyne.CanvasObject
}

func newFoundBar(v *mainView) *foundBar {
	b := &foundBar{place: kit.NewText("", theme.Small.SemiBold(), theme.Ink), words: kit.NewText("", theme.Small, theme.Ink2).Elided()}
	up := kit.NewIconButton("chevron-up", wordPrevious, func() { v.find.step(-1) }).Tiny()
	down := kit.NewIconButton("chevron-down", wordNext, func() { v.find.step(1) }).Tiny()
	done := kit.NewButton(wordDone, kit.Quiet, func() { v.find.done() }).WithSize(kit.Tiny)
	ground, line := kit.NewBox(theme.Side, nil), kit.Hairline()
	b.content = kit.Place(fyne.NewSize(200, foundHeight), func(s fyne.Size) {
		kit.At(ground, 0, 0, s.Width, s.Height)
		kit.At(line, 0, s.Height-1, s.Width, 1)
		m := done.MinSize()
		right := s.Width - 12 - m.Width
		kit.At(done, right, 8, m.Width, 28)
		kit.At(down, right-8-28, 8, 28, 28)
		kit.At(up, right-16-2*28, 8, 28, 28)
		w := b.place.MinSize().Width
		kit.At(b.place, 20, 13, w, 18)
		kit.At(b.words, 24+w, 13, max(0, right-16-2*28-12-24-w), 18)
	}, ground, line, b.place, b.words, up, down, done)
	b.ExtendBaseWidget(b)
	return b
}

func (b *foundBar) set(place, words string) {
	b.place.SetText(place)
	b.words.SetText(words)
	b.content.Refresh()
}

func (b *foundBar) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.content) }
