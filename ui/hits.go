package ui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
	"sotto/ui/when"
)

const (
	hitHeight  = 76
	headHeight = 34
)

// hitData is what the row of a hit shows.
type hitData struct {
	id       model.MessageID
	contact  model.ContactID
	name     string
	time     string
	text     string
	marks    []model.Range // in text
	selected bool
	open     func()
}

func (d hitData) same(o hitData) bool {
	return d.id == o.id && d.name == o.name && d.time == o.time && d.text == o.text && d.selected == o.selected && slices.Equal(d.marks, o.marks)
}

func (v *mainView) hitData(i int, h model.Hit) hitData {
	text, marks := around(h.Message.Text, h.Ranges)
	if h.Message.Direction == model.Outgoing {
		you := fmt.Sprintf(wordYou, "")
		text = you + text
		for i := range marks {
			marks[i].From += len(you)
			marks[i].To += len(you)
		}
	}
	return hitData{id: h.Message.ID, contact: h.Message.Contact, name: v.nameOf(h.Message.Contact), time: when.Short(h.Message.Time, time.Now()),
		text: text, marks: marks, selected: v.find.at == i, open: func() { v.find.open(i) }}
}

// around returns what of a text is shown of a hit: it begins a little before the
// first mark, or with the text, and is in one line; and where the marks are in
// it.
func around(text string, marks []model.Range) (string, []model.Range) {
	const before, most = 36, 300
	from := 0
	if len(marks) > 0 && marks[0].From > before {
		from = marks[0].From - before
		for from < marks[0].From && !utf8.RuneStart(text[from]) {
			from++
		}
		if i := strings.IndexByte(text[from:marks[0].From], ' '); i >= 0 {
			from += i + 1
		}
	}
	head := ""
	if from > 0 {
		head = "… "
	}
	rest := text[from:]
	if len(rest) > most {
		cut := most
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		rest = rest[:cut]
	}
	var out []model.Range
	for _, m := range marks {
		if m.From -= from; m.From < 0 || m.From >= len(rest) {
			continue
		}
		out = append(out, model.Range{From: m.From + len(head), To: min(m.To-from, len(rest)) + len(head)})
	}
	// Each line break is one byte, and so is what takes its place.
	rest = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, rest)
	return head + rest, out
}

// hitRow draws one hit: who and when, two lines around the words, the words marked.
type hitRow struct {
	widget.BaseWidget
	data             hitData
	hovered, focused bool

	rect, ring *canvas.Rectangle
	avatar     *kit.Avatar
	name, time *kit.Text
	objects    []fyne.CanvasObject // the two lines
}

var (
	_ desktop.Hoverable = (*hitRow)(nil)
	_ fyne.Focusable    = (*hitRow)(nil)
)

func newHitRow() *hitRow {
	r := &hitRow{rect: &canvas.Rectangle{CornerRadius: theme.RadiusLG}, ring: &canvas.Rectangle{CornerRadius: theme.RadiusLG, StrokeWidth: 2},
		avatar: kit.NewAvatar("", "", 44), name: kit.NewText("", theme.Body.SemiBold(), theme.Ink).Elided(), time: kit.NewText("", theme.Caption, theme.Ink3)}
	r.ExtendBaseWidget(r)
	return r
}

func (r *hitRow) set(d hitData) {
	same := r.data.same(d)
	r.data = d // what opens it may be another
	if same {
		return
	}
	r.avatar.Set(string(d.contact), d.name)
	r.name.SetText(d.name)
	r.time.SetText(d.time)
	r.Refresh()
}

func (r *hitRow) Tapped(*fyne.PointEvent)        { r.data.open() }
func (r *hitRow) MouseIn(*desktop.MouseEvent)    { r.hovered = true; r.Refresh() }
func (r *hitRow) MouseMoved(*desktop.MouseEvent) {}
func (r *hitRow) MouseOut()                      { r.hovered = false; r.Refresh() }
func (r *hitRow) FocusGained()                   { r.focused = true; r.Refresh() }
func (r *hitRow) FocusLost()                     { r.focused = false; r.Refresh() }
func (r *hitRow) TypedRune(rune)                 {}

func (r *hitRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.data.open()
	default:
		kit.Pass(r, e)
	}
}

// AccessibilityLabel reads the row.
func (r *hitRow) AccessibilityLabel() string {
	return r.data.name + ", " + r.data.text + ", " + r.data.time
}

// AccessibilityRole says that the row can be pressed.
func (r *hitRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (r *hitRow) CreateRenderer() fyne.WidgetRenderer { return &hitRowRenderer{r} }

type hitRowRenderer struct{ r *hitRow }

func (v *hitRowRenderer) Destroy()           {}
func (v *hitRowRenderer) MinSize() fyne.Size { return fyne.NewSize(200, hitHeight) }
func (v *hitRowRenderer) Objects() []fyne.CanvasObject {
	r := v.r
	return append([]fyne.CanvasObject{r.rect, r.avatar, r.name, r.time}, append(slices.Clone(r.objects), r.ring)...)
}

func (v *hitRowRenderer) Layout(s fyne.Size) {
	r := v.r
	w := s.Width
	kit.At(r.rect, 0, 0, w, hitHeight)
	kit.At(r.ring, 0, 0, w, hitHeight)
	kit.At(r.avatar, 8, 10, 44, 44)
	t := r.time.MinSize().Width
	kit.At(r.time, w-10-t, 12, t, 16)
	kit.At(r.name, 64, 10, max(0, w-10-t-8-64), 20)
	if w <= 80 {
		return
	}
	st := theme.Small
	lines := kit.Wrap(r.data.text, st, w-64-10)
	if len(lines) > 2 {
		lines = lines[:2]
	}
	r.objects = kit.DrawLines(nil, lines, st, theme.Color(theme.Ink2), 64, 32, w-74, fyne.TextAlignLeading)
	r.objects = kit.DrawMarks(r.objects, r.data.text, r.data.marks, lines, 0, len(lines), st, 64, 32)
}

func (v *hitRowRenderer) Refresh() {
	r := v.r
	ground := theme.Side // that of the list, which is there already
	switch {
	case r.data.selected:
		ground = theme.Select
	case r.hovered:
		ground = theme.Hover
	}
	r.rect.FillColor = color.Transparent
	if ground != theme.Side {
		r.rect.FillColor = theme.Color(ground)
	}
	r.ring.FillColor = color.Transparent
	r.ring.StrokeColor = theme.Color(theme.Focus)
	show(r.ring, r.focused)
	r.avatar.SetOnline(false, ground)
	v.Layout(r.Size())
	canvas.Refresh(r)
}
