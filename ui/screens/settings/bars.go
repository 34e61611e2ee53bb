package settings

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Measures of the bars, in pixels.
const (
	barWidth = 5
	barGap   = 2
	barHigh  = 20 // answered whenever it was asked
	barPart  = 12 // now and then
	barNone  = 4  // never, or was not asked
)

// bars is how a mailbox answered in the last 14 days, oldest first: one bar a day,
// high, half or low, so that it is not told by colour alone.
type bars struct {
	widget.BaseWidget
	days  [14]int // percent; -1: not asked
	rects [14]*canvas.Rectangle
}

func newBars(days [14]int) *bars {
	b := &bars{days: days}
	for i := range b.rects {
		b.rects[i] = &canvas.Rectangle{CornerRadius: 2}
	}
	b.ExtendBaseWidget(b)
	return b
}

// bar returns the height and the colour of one day.
func bar(percent int) (height float32, fill theme.Token) {
	switch {
	case percent < 0:
		return barNone, theme.LineStrong
	case percent == 0:
		return barNone, theme.Danger
	case percent < 100:
		return barPart, theme.Warn
	}
	return barHigh, theme.OK
}

// AccessibilityLabel says what the bars show.
func (b *bars) AccessibilityLabel() string {
	all, some, asked := 0, 0, 0
	for _, d := range b.days {
		if d >= 0 {
			asked++
		}
		if d > 0 {
			some++
		}
		if d >= 100 {
			all++
		}
	}
	return fmt.Sprintf(wordBars, all, some-all, asked-some)
}

// AccessibilityRole says that this is no control.
func (b *bars) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is called by the toolkit.
func (b *bars) CreateRenderer() fyne.WidgetRenderer {
	v := barsView{b}
	v.paint()
	return v
}

type barsView struct{ b *bars }

func (v barsView) paint() {
	for i, r := range v.b.rects {
		_, fill := bar(v.b.days[i])
		r.FillColor = theme.Color(fill)
	}
}

func (v barsView) Destroy() {}
func (v barsView) MinSize() fyne.Size {
	return fyne.NewSize(14*(barWidth+barGap)-barGap, barHigh)
}

func (v barsView) Objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(v.b.rects))
	for i, r := range v.b.rects {
		all[i] = r
	}
	return all
}

func (v barsView) Layout(s fyne.Size) {
	for i, r := range v.b.rects {
		h, _ := bar(v.b.days[i])
		kit.At(r, float32(i)*(barWidth+barGap), s.Height-h, barWidth, h)
	}
}

func (v barsView) Refresh() {
	v.paint()
	v.Layout(v.b.Size())
	canvas.Refresh(v.b)
}
