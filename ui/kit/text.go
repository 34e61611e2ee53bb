package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sotto/ui/theme"
)

// Text is words in one style and colour: one line as wide as it needs, one line
// that ends in "…" where the room ends (Elided), or as many lines as the width
// asks for (Wrapped). Lines are exactly as high as the style says.
type Text struct {
	widget.BaseWidget
	text    string
	style   theme.Style
	color   theme.Token
	align   fyne.TextAlign
	wrapped bool
	elided  bool
	faded   bool

	view  *View
	lines []Line // as laid out for width
	width float32
}

// NewText returns s in one line.
func NewText(s string, style theme.Style, color theme.Token) *Text {
	t := &Text{text: s, style: style, color: color, width: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Paragraph returns s wrapped to the width it gets.
func Paragraph(s string, style theme.Style, color theme.Token) *Text {
	return NewText(s, style, color).Wrapped()
}

// Wrapped makes t break its lines at the width it gets, and returns it.
func (t *Text) Wrapped() *Text { t.wrapped, t.width = true, -1; return t }

// Elided makes t end in "…" where its room ends, and returns it.
func (t *Text) Elided() *Text { t.elided, t.width = true, -1; return t }

// Center and Trailing align the lines, and return t.
func (t *Text) Center() *Text   { t.align = fyne.TextAlignCenter; return t }
func (t *Text) Trailing() *Text { t.align = fyne.TextAlignTrailing; return t }

// SetText changes the words.
func (t *Text) SetText(s string) {
	if t.text != s {
		t.text, t.width = s, -1
		t.Refresh()
	}
}

// SetColor changes the colour.
func (t *Text) SetColor(c theme.Token) {
	if t.color != c {
		t.color = c
		t.Refresh()
	}
}

// SetStyle changes the size and weight.
func (t *Text) SetStyle(s theme.Style) {
	if t.style != s {
		t.style, t.width = s, -1
		t.Refresh()
	}
}

// SetFaded draws t as disabled.
func (t *Text) SetFaded(f bool) {
	if t.faded != f {
		t.faded = f
		t.Refresh()
	}
}

// Text returns the words.
func (t *Text) Text() string { return t.text }

// HeightFor returns the height that t needs at that width.
func (t *Text) HeightFor(width float32) float32 {
	if !t.wrapped {
		return t.style.Line
	}
	return float32(len(t.set(width))) * t.style.Line
}

// AccessibilityLabel returns the words.
func (t *Text) AccessibilityLabel() string { return t.text }

// AccessibilityRole says that this is text.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// set returns the lines at that width.
func (t *Text) set(width float32) []Line {
	switch {
	case t.wrapped:
		if width <= 0 {
			width = 1 << 20
		}
		return Wrap(t.text, t.style, width+.5)
	case t.elided:
		return []Line{setLine(Elide(t.text, t.style, width+.5), t.style)}
	}
	return []Line{setLine(t.text, t.style)}
}

// CreateRenderer is called by the toolkit.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.view, t.width = NewView(t, t.min, t.layout, nil), -1
	return &textView{t.view, t}
}

// textView repaints the runs, which are made anew with the lines.
type textView struct {
	*View
	t *Text
}

func (v *textView) Refresh() {
	v.t.width = -1
	v.View.Refresh()
}

func (t *Text) min() fyne.Size {
	switch {
	case t.wrapped:
		if t.Size().Width > 0 {
			return fyne.NewSize(0, t.HeightFor(t.Size().Width))
		}
		return fyne.NewSize(0, t.style.Line)
	case t.elided:
		return fyne.NewSize(0, t.style.Line)
	}
	return fyne.NewSize(Measure(t.text, t.style), t.style.Line)
}

func (t *Text) layout(size fyne.Size) {
	if t.width == size.Width {
		return
	}
	t.width = size.Width
	t.lines = t.set(size.Width)
	c := theme.Color(t.color)
	if t.faded {
		// Over a faded ground, alpha would fade the words twice.
		c = theme.Mix(theme.Color(theme.Card), c, theme.Disabled)
	}
	t.view.objects = DrawLines(t.view.objects[:0:0], t.lines, t.style, c, 0, 0, size.Width, t.align)
}

// DrawLines appends one object a run to objects: lines from x, y down, aligned
// in width.
func DrawLines(objects []fyne.CanvasObject, lines []Line, st theme.Style, c color.Color, x, y, width float32, align fyne.TextAlign) []fyne.CanvasObject {
	for i, l := range lines {
		left := x
		switch align {
		case fyne.TextAlignCenter:
			left += (width - l.Width) / 2
		case fyne.TextAlignTrailing:
			left += width - l.Width
		}
		for _, r := range l.Runs {
			o := canvas.NewText(r.Text, c)
			o.TextSize, o.TextStyle, o.FontSource = st.Size, st.TextStyle(), st.Font(r.Text)
			if r.Emoji {
				o.FontSource = theme.EmojiFont()
			}
			if top := y + float32(i)*st.Line; r.Emoji {
				// The painter puts a box that is higher than the text around its middle.
				place(o, left+r.X, top, r.Width, st.Line)
			} else {
				place(o, left+r.X, top+st.Top(), r.Width, 0)
			}
			objects = append(objects, o)
		}
	}
	return objects
}
