package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/kit"
	"sotto/ui/theme"
)

// result is one row of what was found: the head of a group, a person or a hit.
type result struct {
	head, count string
	person      rowData
	hit         hitData
	height      float32
}

// resultList shows as many results as there is room for, as rowList does with
// conversations; its rows are of three kinds.
type resultList struct {
	widget.BaseWidget
	onEnd func() // called when the last row is on show

	data    []result
	turn    int
	offset  float32
	heads   []*resultHead
	people  []*listRow
	hits    []*hitRow
	objects []fyne.CanvasObject // on show
}

var _ fyne.Scrollable = (*resultList)(nil)

func newResultList() *resultList {
	l := &resultList{}
	l.ExtendBaseWidget(l)
	return l
}

// set shows these rows: from the first on, if they answer another search than the
// rows before, and else where the view stands.
func (l *resultList) set(data []result, turn int) {
	if turn != l.turn {
		l.offset = 0
	}
	l.data, l.turn = data, turn
	for y, i := float32(0), 0; i < len(data); i++ {
		if data[i].hit.selected { // the hit that is looked at stays on show
			if y+data[i].height > l.offset+l.Size().Height {
				l.offset = y + data[i].height - l.Size().Height
			}
			if y < l.offset {
				l.offset = max(0, y-headHeight)
			}
		}
		y += data[i].height
	}
	l.layout()
}

// Scrolled is called by the toolkit.
func (l *resultList) Scrolled(e *fyne.ScrollEvent) {
	kit.Touched()
	l.offset -= e.Scrolled.DY * 2
	l.layout()
}

func (l *resultList) layout() {
	s := l.Size()
	if s.Height <= 0 {
		return
	}
	total := float32(rowInset)
	for _, d := range l.data {
		total += d.height
	}
	l.offset = max(0, min(l.offset, total-s.Height))
	var heads, people, hits int
	l.objects = l.objects[:0:0]
	for y, i := -l.offset, 0; i < len(l.data) && y < s.Height; y, i = y+l.data[i].height, i+1 {
		d := l.data[i]
		if y+d.height <= 0 {
			continue
		}
		var o fyne.CanvasObject
		switch {
		case d.head != "":
			r := pooled(&l.heads, heads, newResultHead)
			heads++
			r.set(d.head, d.count)
			o = r
		case d.hit.open != nil:
			r := pooled(&l.hits, hits, newHitRow)
			hits++
			r.set(d.hit)
			o = r
		default:
			r := pooled(&l.people, people, newListRow)
			people++
			r.set(d.person)
			o = r
		}
		kit.At(o, rowInset, y, s.Width-2*rowInset, d.height)
		l.objects = append(l.objects, o)
		if i == len(l.data)-1 && l.onEnd != nil {
			l.onEnd()
		}
	}
	canvas.Refresh(l)
}

// pooled returns row n of those that were made, and makes it if it is the first
// time that so many are needed.
func pooled[T any](all *[]T, n int, make func() T) T {
	if n == len(*all) {
		*all = append(*all, make())
	}
	return (*all)[n]
}

func (l *resultList) CreateRenderer() fyne.WidgetRenderer { return resultRenderer{l} }

type resultRenderer struct{ l *resultList }

func (r resultRenderer) Destroy()                     {}
func (r resultRenderer) IsClip()                      {} // the toolkit cuts off what lies outside
func (r resultRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, rowHeight()) }
func (r resultRenderer) Layout(fyne.Size)             { r.l.layout() }
func (r resultRenderer) Refresh()                     { r.l.layout() }
func (r resultRenderer) Objects() []fyne.CanvasObject { return r.l.objects }

// resultHead names a group, and says how many are in it.
type resultHead struct {
	widget.BaseWidget
	name, count *kit.Text
	content     fyne.CanvasObject
}

func newResultHead() *resultHead {
	h := &resultHead{name: kit.NewText("", theme.Caption.SemiBold(), theme.Ink2), count: kit.NewText("", theme.Caption, theme.Ink3)}
	h.content = kit.Place(fyne.NewSize(100, headHeight), func(s fyne.Size) {
		w := h.count.MinSize().Width
		kit.At(h.name, 8, 10, max(0, s.Width-8-w-18), 16)
		kit.At(h.count, s.Width-10-w, 10, w, 16)
	}, h.name, h.count)
	h.ExtendBaseWidget(h)
	return h
}

func (h *resultHead) set(name, count string) {
	h.name.SetText(name)
	h.count.SetText(count)
	h.content.Refresh()
}

func (h *resultHead) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.content) }
