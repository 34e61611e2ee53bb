// Package phrase shows the 24 words of the recovery phrase, hides them as soon
// as nobody is looking, and makes sure that they are on paper. The first start
// and the settings show the same two screens of it.
package phrase

import (
	"strconv"

	"fyne.io/fyne/v2"

	"sotto/ui/kit"
	"sotto/ui/screens/part"
	"sotto/ui/theme"
)

const (
	rowHeight = 44
	wideGrid  = 620 // from this width on the words stand in four columns
)

// grid is the card with the words, read down its columns. Hidden words are not
// drawn, so that they are in no picture of the screen.
type grid struct {
	object fyne.CanvasObject
	words  []string
	shown  []*kit.Text
	veil   fyne.CanvasObject
}

func newGrid(words []string, reveal func()) *grid {
	g := &grid{words: words}
	for range words {
		g.shown = append(g.shown, kit.NewText("", theme.Title.Regular(), theme.Ink))
	}
	show := kit.NewButton(wordShowWords, kit.Secondary, reveal).WithIcon("eye")
	g.veil = kit.Middle(kit.VStack(theme.S3,
		kit.NewText(wordHidden, theme.Body, theme.Ink2).Center(), kit.Left(show)))
	g.object = kit.Stack(
		kit.NewBox(theme.Card, kit.Pad(21, 25, 21, 25, part.NewAdapt(wideGrid-50, g.columns(2), g.columns(4)))).
			Stroke(theme.Line).Radius(theme.RadiusXL),
		g.veil)
	return g
}

// columns arranges the words in n columns.
func (g *grid) columns(n int) fyne.CanvasObject {
	all := kit.HStackTop(theme.S6)
	rows := (len(g.words) + n - 1) / n
	for from := 0; from < len(g.words); from += rows {
		col := kit.VStack(0)
		for i := from; i < min(from+rows, len(g.words)); i++ {
			if i > from {
				col.Add(kit.Hairline())
			}
			height := float32(rowHeight)
			if i > from {
				height--
			}
			number := kit.NewText(strconv.Itoa(i+1), theme.Caption, theme.Ink3).Trailing()
			word := g.shown[i]
			col.Add(kit.Place(fyne.NewSize(60, height), func(s fyne.Size) {
				kit.At(number, 0, (s.Height-16)/2-1, 18, 16)
				kit.At(word, 30, (s.Height-22)/2, s.Width-30, 22)
			}, number, word))
		}
		all.Add(kit.GrowBoth(col))
	}
	return all
}

// reveal draws the words, or stops drawing them.
func (g *grid) reveal(on bool) {
	for i, t := range g.shown {
		if on {
			t.SetText(g.words[i])
		} else {
			t.SetText("")
		}
	}
	if on {
		g.veil.Hide()
	} else {
		g.veil.Show()
	}
}
