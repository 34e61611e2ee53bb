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
// drawn, so that they are in no picture of the screen: bars of one length stand
// in their place.
type grid struct {
	object fyne.CanvasObject
	words  []string
	shown  []*kit.Text
	bars   []*kit.Box
}

func newGrid(words []string) *grid {
	g := &grid{words: words}
	for range words {
		g.shown = append(g.shown, kit.NewText("", theme.Title.Regular(), theme.Ink))
		g.bars = append(g.bars, kit.NewBox(theme.Well, nil).Radius(5))
	}
	g.object = kit.NewBox(theme.Card, kit.Pad(21, 25, 21, 25, part.NewAdapt(wideGrid-50, g.columns(2), g.columns(4)))).
		Stroke(theme.Line).Radius(theme.RadiusXL)
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
			number := kit.NewText(strconv.Itoa(i+1), theme.Caption, theme.Ink3).Trailing()
			word, bar := g.shown[i], g.bars[i]
			// The line below takes one of the row's pixels.
			col.Add(kit.Place(fyne.NewSize(60, rowHeight-1), func(s fyne.Size) {
				kit.At(number, 0, (rowHeight-16)/2, 18, 16)
				kit.At(word, 30, (rowHeight-22)/2, s.Width-30, 22)
				kit.At(bar, 30, (rowHeight-10)/2, 72, 10)
			}, number, word, bar))
		}
		col.Add(kit.Spacer(0, 1))
		all.Add(kit.GrowBoth(col))
	}
	return all
}

// reveal draws the words, or stops drawing them.
func (g *grid) reveal(on bool) {
	for i, t := range g.shown {
		if on {
			t.SetText(g.words[i])
			g.bars[i].Hide()
		} else {
			t.SetText("")
			g.bars[i].Show()
		}
	}
}
