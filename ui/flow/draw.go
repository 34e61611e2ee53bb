package flow

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// Grounds appends to objects what lies behind some of the lines of the text, whose
// upper left corner is at x, y: the ground of code and the edge of quotes.
func (t *Text) Grounds(objects []fyne.CanvasObject, x, y float32, first, last int) []fyne.CanvasObject {
	if first >= last {
		return objects
	}
	top, end := t.lines[first].y, t.lines[last-1].y+t.style.Line
	for _, w := range t.wells {
		if w.Y < end && w.Y+w.H > top {
			objects = append(objects, block(Rect{x + w.X, y + w.Y, w.W, w.H}, theme.Color(theme.Well), theme.RadiusSM))
		}
	}
	for i := first; i < last; i++ {
		l := t.lines[i]
		if l.bar {
			objects = append(objects, block(Rect{x, y + l.y, barWidth, t.style.Line}, theme.Color(theme.AccentInk), 0))
		}
		for _, r := range l.runs {
			if r.pad > 0 {
				objects = append(objects, block(Rect{x + r.X - r.pad, y + l.y + 1, r.Width + 2*r.pad, t.style.Line - 2}, theme.Color(theme.Well), 4))
			}
		}
	}
	return objects
}

// Behind appends to objects a ground in the colour of c behind what was written
// from..to.
func (t *Text) Behind(objects []fyne.CanvasObject, from, to int, c theme.Token, x, y float32, first, last int) []fyne.CanvasObject {
	for _, r := range t.Rects(from, to, first, last) {
		objects = append(objects, block(Rect{x + r.X - 1, y + r.Y, r.W + 2, r.H - 1}, theme.Color(c), 3))
	}
	return objects
}

func block(r Rect, c color.Color, radius float32) fyne.CanvasObject {
	o := canvas.NewRectangle(c)
	o.CornerRadius = radius
	kit.At(o, r.X, r.Y, r.W, r.H)
	return o
}

// Words appends to objects the words of some of the lines. The address of that
// number is underlined.
func (t *Text) Words(objects []fyne.CanvasObject, x, y float32, first, last, underlined int) []fyne.CanvasObject {
	for i := first; i < last; i++ {
		l := t.lines[i]
		for _, r := range l.runs {
			ink := theme.Ink
			switch {
			case r.link > 0:
				ink = theme.AccentInk
			case r.from < 0:
				ink = theme.Ink2
			}
			st := r.style
			st.Line = t.style.Line
			one := r.Run
			one.Text, one.X = r.part.Drawn(r.Text), 0
			objects = kit.DrawLines(objects, []kit.Line{{Runs: []kit.Run{one}}}, st, theme.Color(ink), x+r.X, y+l.y, 0, fyne.TextAlignLeading)
			if r.link > 0 && r.link == underlined {
				objects = append(objects, block(Rect{x + r.X, y + l.y + t.style.Baseline() + 1, r.Width, 1}, theme.Color(ink), 0))
			}
		}
	}
	return objects
}
