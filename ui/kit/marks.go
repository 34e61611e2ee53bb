package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/app/model"
	"sotto/ui/theme"
)

// DrawMarks appends to objects parts of a text on a ground in the colour of marks,
// to be drawn over the text, which stands in lines from x, y down. Lines are a
// beginning of what Wrap made of the text; only those from..to are marked.
func DrawMarks(objects []fyne.CanvasObject, text string, ranges []model.Range, lines []Line, from, to int, st theme.Style, x, y float32) []fyne.CanvasObject {
	if len(ranges) == 0 {
		return objects
	}
	at := 0 // where the line begins in the text
	for i, l := range lines {
		words := l.text()
		skip := strings.Index(text[at:], words)
		if skip < 0 || words == "" {
			continue
		}
		at += skip
		for _, r := range ranges {
			if i < from || i >= to {
				break
			}
			from, to := max(r.From, at)-at, min(r.To, at+len(words))-at
			if from >= to || to > len(words) {
				continue
			}
			left, right := Measure(words[:from], st), Measure(words[:to], st)
			m := &canvas.Rectangle{FillColor: theme.Color(theme.Mark), CornerRadius: 4}
			place(m, x+left-2, y+float32(i)*st.Line, right-left+4, st.Line-1)
			objects = append(objects, m)
			objects = DrawLines(objects, []Line{setLine(words[from:to], st)}, st, theme.Color(theme.Ink), x+left, y+float32(i)*st.Line, 0, fyne.TextAlignLeading)
		}
		at += len(words)
	}
	return objects
}

// text returns the words of a line.
func (l Line) text() string {
	if len(l.Runs) == 1 {
		return l.Runs[0].Text
	}
	var b strings.Builder
	for _, r := range l.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
