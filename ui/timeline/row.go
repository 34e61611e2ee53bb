package timeline

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sotto/app/model"
	"sotto/ui/kit"
	"sotto/ui/theme"
)

// row draws one message and what belongs to it. It is used again for another
// when its message goes out of sight.
type row struct {
	widget.BaseWidget
	t       *Timeline
	n       int // which of the rows it is
	message model.Message
	item    item
	shape   *shape
	note    *kit.Link // of a note; nil until one needs it
	retry   *kit.Link // of a caption; likewise
	cancel  *kit.Link
	objects []fyne.CanvasObject
	bubble  fyne.Position // upper left corner
	over    int           // the address that the pointer is at; 0 is none
	cursor  desktop.StandardCursor
	hovered bool // the pointer is at the bubble
	onReact bool // or at the button beside it
}

func newRow(t *Timeline, n int) *row {
	r := &row{t: t, n: n}
	r.ExtendBaseWidget(r)
	return r
}

// outlined reports whether a line is drawn around the bubble.
func (r *row) outlined() bool { return r.item.marked || r.item.focused }

// set draws m unless it is drawn already.
func (r *row) set(m model.Message, it item, s *shape) {
	if r.item == it && r.shape == s {
		return
	}
	if r.message.ID != m.ID {
		r.over, r.cursor = 0, desktop.DefaultCursor
		r.hovered, r.onReact = false, false
	}
	r.message, r.item, r.shape = m, it, s
	r.draw()
	canvas.Refresh(r)
}

func (r *row) draw() {
	r.objects = r.objects[:0:0]
	y := float32(0)
	if r.item.day != "" {
		r.words(r.item.day, theme.Caption.SemiBold(), theme.Ink2, 0, y+gapLine, r.item.width, fyne.TextAlignCenter)
		y += gapLine + lineHeight
	}
	if r.item.divider != "" {
		r.drawDivider(y + gapLine)
		y += gapLine + lineHeight
	}
	if r.item.missing != "" {
		r.drawMissing(y + gapLine)
	}
	y = r.item.above()
	if r.message.Note != "" {
		r.bubble = fyne.NewPos(0, y)
		r.drawNote(y)
		return
	}
	mine := r.message.Direction == model.Outgoing
	x := float32(0)
	if mine {
		x = r.item.width - r.shape.w
	}
	r.bubble = fyne.NewPos(x, y)
	if r.shape.large {
		r.objects = kit.DrawLines(r.objects, r.shape.lines, r.shape.style, theme.Color(theme.Ink), x+emojiInset, y, r.shape.w, fyne.TextAlignLeading)
	} else {
		r.drawBubble(x, y, mine)
	}
	r.drawPills(x, y)
	r.drawHover()
	if r.outlined() {
		r.drawRing(x, y, mine)
	}
	if r.item.caption.text != "" {
		r.drawCaption(y+r.shape.h+r.item.pillRoom()+captionGap, mine)
	}
}

func (r *row) drawBubble(x, y float32, mine bool) {
	ground := canvas.NewRectangle(theme.Color(theme.BubbleIn))
	quiet := theme.BubbleIn2
	if mine {
		ground.FillColor, quiet = theme.Color(theme.BubbleOut), theme.BubbleOut2
	} else if !theme.IsDark() {
		ground.StrokeColor, ground.StrokeWidth = theme.Color(theme.Line), 1
	}
	r.corners(ground, 0, mine)
	kit.At(ground, x, y, r.shape.w, r.shape.h)
	r.objects = append(r.objects, ground)
	r.drawHead(x, y, mine, quiet)
	if r.shape.tomb {
		r.icon("trash", quiet, x+padX, y+r.shape.top+(r.shape.style.Line-14)/2)
		r.objects = kit.DrawLines(r.objects, r.shape.lines, r.shape.style, theme.Color(quiet), x+padX+tombIndent, y+r.shape.top, 0, fyne.TextAlignLeading)
	} else {
		r.drawText(x+padX, y+r.shape.top)
	}
	r.drawSigns(x+r.shape.timeX, y+r.shape.timeY, quiet)
	r.words(r.shape.time, theme.Micro, quiet, x+r.shape.timeX+float32(len(signs(r.message)))*signWidth, y+r.shape.timeY, 0, fyne.TextAlignLeading)
	if mine {
		r.icon(StateIcon(r.message), quiet, x+r.shape.w-padX-14, y+r.shape.timeY)
	}
}

// drawText draws the words of a bubble, and behind them what marks some of them:
// what was searched for, and what is selected.
func (r *row) drawText(x, y float32) {
	t, from, to := r.shape.text, r.item.from, r.item.to
	r.objects = t.Grounds(r.objects, x, y, from, to)
	if r.item.searched != 0 {
		for _, m := range r.t.words[r.message.ID] {
			r.objects = t.Behind(r.objects, m.From, m.To, theme.Mark, x, y, from, to)
		}
	}
	if s := r.item.selected; s.From < s.To {
		r.objects = t.Behind(r.objects, s.From, s.To, theme.Mark, x, y, from, to)
	}
	r.objects = t.Words(r.objects, x, y, from, to, r.over)
}

// corners rounds the bubble's, or what lies that much outside it: less where a
// bubble of the group follows.
func (r *row) corners(o *canvas.Rectangle, outside float32, mine bool) {
	o.CornerRadius = theme.RadiusXL + outside
	joined := theme.RadiusXS + outside
	if r.item.joinUp && mine {
		o.TopRightCornerRadius = joined
	}
	if r.item.joinUp && !mine {
		o.TopLeftCornerRadius = joined
	}
	if r.item.joinDown && mine {
		o.BottomRightCornerRadius = joined
	}
	if r.item.joinDown && !mine {
		o.BottomLeftCornerRadius = joined
	}
}

// drawRing draws an outline around the bubble: the keyboard is at it, or what is
// open beside the conversation is about it.
func (r *row) drawRing(x, y float32, mine bool) {
	ring := &canvas.Rectangle{StrokeWidth: 2, StrokeColor: theme.Color(theme.AccentInk)}
	if r.item.focused {
		ring.StrokeColor = theme.Color(theme.Focus)
	}
	r.corners(ring, 2, mine)
	kit.At(ring, x-2, y-2, r.shape.w+4, r.shape.h+4)
	r.objects = append(r.objects, ring)
}

const linkGap = 8 // before each link of a caption

func (r *row) drawCaption(y float32, mine bool) {
	c := r.item.caption
	var links []*kit.Link
	if c.retry {
		links = append(links, captionLink(&r.retry, wordRetry, func() { r.act(r.t.OnRetry) }))
	}
	if c.cancel {
		links = append(links, captionLink(&r.cancel, wordCancel, func() { r.act(r.t.OnCancel) }))
	}
	end := float32(0)
	for _, l := range links {
		end += linkGap + l.MinSize().Width
	}
	text := kit.Elide(c.text, theme.Caption, r.item.width-4-18-end)
	w := kit.Measure(text, theme.Caption)
	x := float32(4)
	if mine {
		x = r.item.width - 4 - w - 18 - end
	}
	r.icon(c.icon, c.color, x, y+1)
	r.words(text, theme.Caption, c.color, x+18, y, 0, fyne.TextAlignLeading)
	x += 18 + w
	for _, l := range links {
		m := l.MinSize()
		kit.At(l, x+linkGap, y, m.Width, m.Height)
		r.objects = append(r.objects, l)
		x += linkGap + m.Width
	}
}

// captionLink returns a link of a row, the same every time, so that it keeps the
// keyboard's focus when the row is drawn anew.
func captionLink(held **kit.Link, text string, do func()) *kit.Link {
	if *held == nil {
		*held = kit.NewLink(text, theme.Caption, do)
	}
	return *held
}

func (r *row) act(f func(model.Message)) {
	if f != nil {
		f(r.message)
	}
}

// drawMissing says that something is missing before this message.
func (r *row) drawMissing(y float32) {
	text := kit.Elide(r.item.missing, theme.Caption, r.item.width-18)
	x := (r.item.width - 18 - kit.Measure(text, theme.Caption)) / 2
	r.icon("clock", theme.Ink2, x, y+1)
	r.words(text, theme.Caption, theme.Ink2, x+18, y, 0, fyne.TextAlignLeading)
}

func (r *row) drawDivider(y float32) {
	st := theme.Caption.SemiBold()
	w := kit.Measure(r.item.divider, st)
	side := (r.item.width-w)/2 - 12
	for _, x := range []float32{0, r.item.width - side} {
		line := canvas.NewRectangle(theme.Mix(theme.Color(theme.Paper), theme.Color(theme.AccentInk), .45))
		kit.At(line, x, y+lineHeight/2, side, 1)
		r.objects = append(r.objects, line)
	}
	r.words(r.item.divider, st, theme.AccentInk, 0, y, r.item.width, fyne.TextAlignCenter)
}

func (r *row) words(s string, st theme.Style, c theme.Token, x, y, width float32, align fyne.TextAlign) {
	r.objects = kit.DrawLines(r.objects, kit.Wrap(s, st, 0), st, theme.Color(c), x, y, width, align)
}

func (r *row) icon(name string, c theme.Token, x, y float32) {
	im := canvas.NewImageFromResource(theme.Icon(name, c))
	im.FillMode = canvas.ImageFillContain
	kit.At(im, x, y, 14, 14)
	r.objects = append(r.objects, im)
}

// inBubble reports whether p lies on the bubble. A note has none.
func (r *row) inBubble(p fyne.Position) bool {
	if r.message.Note != "" {
		return false
	}
	p = p.Subtract(r.bubble)
	return p.X >= 0 && p.Y >= 0 && p.X < r.shape.w && p.Y < r.shape.h
}

// TappedSecondary opens the message's menu.
func (r *row) TappedSecondary(e *fyne.PointEvent) {
	if r.inBubble(e.Position) && r.t.OnMenu != nil {
		r.t.menuOpens = true
		r.t.OnMenu(r.message, r.link(e.Position), e.AbsolutePosition)
	}
}

// AccessibilityLabel returns the words, the time and the state.
func (r *row) AccessibilityLabel() string {
	text := r.message.Text
	if r.message.Note != "" {
		text = NoteWords(r.message, r.t.contact.Name)
	} else if r.message.Deleted != model.DeletedNot {
		text = DeletedWords(r.message, r.t.contact.Name)
	}
	label := text + ", " + r.shape.time
	for _, x := range r.message.Reactions {
		label += ", " + x.Emoji
	}
	if r.item.missing != "" {
		label = r.item.missing + ", " + label
	}
	if r.item.caption.text != "" {
		label += ", " + r.item.caption.text
	}
	return label
}

// AccessibilityRole says that this is text.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (r *row) CreateRenderer() fyne.WidgetRenderer { return &rowRenderer{r} }

type rowRenderer struct{ r *row }

func (v *rowRenderer) Destroy()                     {}
func (v *rowRenderer) Layout(fyne.Size)             {}
func (v *rowRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (v *rowRenderer) Objects() []fyne.CanvasObject { return v.r.objects }
func (v *rowRenderer) Refresh() {
	if v.r.shape != nil {
		v.r.draw()
		canvas.Refresh(v.r)
	}
}
