package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// rowList shows as many rows as there is room for; rows that scroll away are
// used again for those that come.
type rowList struct {
	widget.BaseWidget
	data   []rowData
	rows   []*listRow // on show, from first on
	first  int
	offset float32
	bar    *canvas.Rectangle
	over   bool
}

var (
	_ fyne.Scrollable   = (*rowList)(nil)
	_ desktop.Hoverable = (*rowList)(nil)
)

func newRowList() *rowList {
	l := &rowList{bar: &canvas.Rectangle{CornerRadius: 1.5}}
	l.ExtendBaseWidget(l)
	return l
}

// set shows these rows, where the view stands.
func (l *rowList) set(data []rowData) {
	l.data = data
	l.layout()
}

// Scrolled is called by the toolkit.
func (l *rowList) Scrolled(e *fyne.ScrollEvent) {
	kit.Touched()
	l.offset -= e.Scrolled.DY * 2
	l.layout()
}

func (l *rowList) MouseIn(*desktop.MouseEvent)    { l.over = true; l.layout() }
func (l *rowList) MouseMoved(*desktop.MouseEvent) {}
func (l *rowList) MouseOut()                      { l.over = false; l.layout() }

// top returns where row i begins, and with i past the end where all rows end.
func (l *rowList) top(i int) float32 {
	y := float32(i) * rowHeight()
	for _, d := range l.data[:min(i, len(l.data), headRows)] {
		y += d.gapBelow
	}
	return y
}

func (l *rowList) layout() {
	s := l.Size()
	if s.Height <= 0 {
		return
	}
	total := l.top(len(l.data)) + rowInset
	l.offset = max(0, min(l.offset, total-s.Height))
	l.first = min(int(l.offset/rowHeight()), max(0, len(l.data)-1))
	for l.first > 0 && l.top(l.first) > l.offset { // a gap lies above
		l.first--
	}
	n := 0
	for i := l.first; i < len(l.data) && l.top(i)-l.offset < s.Height; i++ {
		if n == len(l.rows) {
			l.rows = append(l.rows, newListRow())
		}
		r := l.rows[n]
		r.set(l.data[i])
		kit.At(r, rowInset, l.top(i)-l.offset, s.Width-2*rowInset, rowHeight())
		show(r, true)
		n++
	}
	for _, r := range l.rows[n:] {
		show(r, false)
	}
	show(l.bar, l.over && total > s.Height)
	l.bar.FillColor = theme.Faded(theme.Ink3, .5)
	part := s.Height / total
	kit.At(l.bar, s.Width-5, l.offset*part, 3, s.Height*part)
	canvas.Refresh(l.bar)
}

func (l *rowList) CreateRenderer() fyne.WidgetRenderer { return rowListRenderer{l} }

type rowListRenderer struct{ l *rowList }

func (r rowListRenderer) Destroy()           {}
func (r rowListRenderer) IsClip()            {} // the toolkit cuts off what lies outside
func (r rowListRenderer) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight()) }
func (r rowListRenderer) Layout(fyne.Size)   { r.l.layout() }
func (r rowListRenderer) Refresh()           { r.l.layout(); canvas.Refresh(r.l) }
func (r rowListRenderer) Objects() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(r.l.rows)+1)
	for _, row := range r.l.rows {
		out = append(out, row)
	}
	return append(out, r.l.bar)
}
