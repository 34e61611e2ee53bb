package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"sotto/ui/theme"
)

// Variant is how much a button asks for: one Primary a screen.
type Variant int

const (
	Primary        Variant = iota
	Secondary              // outlined
	Quiet                  // text alone
	Danger                 // red, for what cannot be undone
	DangerQuiet            // red text alone
	DangerOutlined         // outlined, with red text
)

// ButtonSize is the height of a button.
type ButtonSize int

const (
	Normal ButtonSize = iota // 36 high
	Large                    // 44 high
	Tiny                     // 28 high
)

// buttonMetrics are sizes in pixels; lead is the padding at the icon's side.
type buttonMetrics struct{ height, radius, padding, lead, icon float32 }

var buttonSizes = map[ButtonSize]buttonMetrics{
	Normal: {36, theme.RadiusMD, 16, 12, 18},
	Large:  {44, theme.RadiusLG, 20, 12, 18},
	Tiny:   {28, theme.RadiusSM, 12, 8, 16},
}

// Button is a verb to press. Wider than it needs, it keeps its words in the middle.
type Button struct {
	pressable
	text    string
	variant Variant
	size    ButtonSize
	icon    string
	paper   bool
	choice  bool // what is chosen from a menu

	rect, shade, ring *canvas.Rectangle
	words             *Text
	drawing           *Icon
}

// NewButton returns a button that does onTap.
func NewButton(text string, v Variant, onTap func()) *Button {
	b := &Button{text: text, variant: v}
	b.words = NewText(text, theme.Body.SemiBold(), theme.Ink)
	b.drawing = NewIcon("check", 18, theme.Ink)
	b.label = text
	b.extend(b, onTap)
	return b
}

// WithIcon puts an icon before the words, and returns b. A button without words
// is a square with the icon in it.
func (b *Button) WithIcon(name string) *Button { b.icon = name; b.Refresh(); return b }

// WithSize changes the height, and returns b.
func (b *Button) WithSize(s ButtonSize) *Button {
	b.size = s
	if s == Tiny {
		b.words.SetStyle(theme.Small.SemiBold())
	}
	b.Refresh()
	return b
}

// Opening makes b a button that shows what is chosen from the menu that it opens:
// plain words, the icon after them. It returns b.
func (b *Button) Opening() *Button {
	b.choice, b.icon = true, "chevron-down"
	b.words.SetStyle(theme.Body)
	b.Refresh()
	return b
}

// OnPaper says that a quiet button lies on paper or side, not on a card, and returns b.
func (b *Button) OnPaper() *Button { b.paper = true; b.Refresh(); return b }

// Text returns the words.
func (b *Button) Text() string { return b.text }

// SetText changes the words.
func (b *Button) SetText(s string) {
	b.text, b.label = s, s
	b.words.SetText(s)
	b.Refresh()
}

// SetIcon changes the icon; "" is none.
func (b *Button) SetIcon(name string) { b.icon = name; b.Refresh() }

func (b *Button) metrics() buttonMetrics {
	m := buttonSizes[b.size]
	if b.text == "" {
		m.icon = 20
	}
	return m
}

func (b *Button) min() fyne.Size {
	m := b.metrics()
	if b.variant == Secondary || b.variant == DangerOutlined {
		m.padding, m.lead = m.padding+1, m.lead+1 // the outline
	}
	switch {
	case b.text == "":
		return fyne.NewSquareSize(m.height)
	case b.icon == "":
		return fyne.NewSize(b.words.MinSize().Width+2*m.padding, m.height)
	}
	return fyne.NewSize(m.lead+m.icon+8+b.words.MinSize().Width+m.padding, m.height)
}

func (b *Button) layout(s fyne.Size) {
	m := b.metrics()
	for _, r := range []*canvas.Rectangle{b.rect, b.shade} {
		r.CornerRadius = m.radius
		place(r, 0, 0, s.Width, s.Height)
	}
	placeRing(b.ring, s, m.radius)
	w := b.words.MinSize()
	if b.text == "" {
		place(b.drawing, (s.Width-m.icon)/2, (s.Height-m.icon)/2, m.icon, m.icon)
		return
	}
	if b.icon == "" {
		place(b.words, (s.Width-w.Width)/2, (s.Height-w.Height)/2, w.Width, w.Height)
		return
	}
	x := (s.Width-b.min().Width)/2 + m.lead
	if b.choice {
		x += m.padding - m.lead
		place(b.words, x, (s.Height-w.Height)/2, w.Width, w.Height)
		place(b.drawing, x+w.Width+8, (s.Height-m.icon)/2, m.icon, m.icon)
		return
	}
	place(b.drawing, x, (s.Height-m.icon)/2, m.icon, m.icon)
	place(b.words, x+m.icon+8, (s.Height-w.Height)/2, w.Width, w.Height)
}

func (b *Button) paint() {
	var ground, ink theme.Token
	stroke := theme.Transparent
	b.shade.FillColor = color.Transparent
	raised := theme.HoverRaised
	if b.paper {
		raised = theme.Hover
	}
	switch b.variant {
	case Primary:
		ground, ink = b.ground(theme.Accent, theme.AccentHover, theme.AccentPress), theme.OnAccent
	case Secondary:
		ground, ink = b.ground(theme.Card, theme.HoverRaised, theme.Press), theme.Ink
		stroke = theme.LineStrong
	case DangerOutlined:
		ground, ink = b.ground(theme.Card, theme.HoverRaised, theme.Press), theme.Danger
		stroke = theme.LineStrong
	case Quiet:
		ground, ink = b.ground(theme.Transparent, raised, theme.Press), theme.AccentInk
	case Danger:
		ground, ink = theme.DangerFill, theme.OnDanger
		switch {
		case b.pressed:
			b.shade.FillColor = color.NRGBA{A: 51}
		case b.hovered && !b.disabled:
			b.shade.FillColor = color.NRGBA{A: 26}
		}
	case DangerQuiet:
		ground, ink = b.ground(theme.Transparent, raised, theme.Press), theme.Danger
	}
	left := float32(1)
	if b.disabled {
		left = theme.Disabled
	}
	b.rect.FillColor, b.rect.StrokeWidth = theme.Fill(theme.Faded(ground, left)), 0
	if stroke != theme.Transparent {
		b.rect.StrokeColor, b.rect.StrokeWidth = theme.Faded(stroke, left), 1
	}
	b.words.SetColor(ink)
	b.words.SetFaded(b.disabled)
	b.drawing.faded = b.disabled
	if b.icon != "" {
		b.drawing.name, b.drawing.color, b.drawing.size = b.icon, ink, b.metrics().icon
		b.drawing.Refresh()
		b.drawing.Show()
	} else {
		b.drawing.Hide()
	}
	showRing(b.ring, b.focused)
}

// CreateRenderer is called by the toolkit.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.rect, b.shade, b.ring = &canvas.Rectangle{}, &canvas.Rectangle{}, ringRect()
	return NewView(b, b.min, b.layout, b.paint, b.rect, b.shade, b.drawing, b.words, b.ring)
}

// IconButton is an icon to press. It always has a tooltip with its name, and
// its key if there is one.
type IconButton struct {
	pressable
	size, iconSize float32
	icon           string
	on, card       bool

	rect, ring *canvas.Rectangle
	drawing    *Icon
}

// NewIconButton returns an icon to press, 36 pixels square with an icon of 20.
func NewIconButton(icon, tip string, onTap func()) *IconButton {
	b := &IconButton{size: 36, iconSize: 20, icon: icon}
	b.drawing = NewIcon(icon, 20, theme.Ink2)
	b.tip = tip
	b.extend(b, onTap)
	return b
}

// Tiny makes b 28 square with an icon of 18, for inside a field or a bar, and returns it.
func (b *IconButton) Tiny() *IconButton { b.size, b.iconSize = 28, 18; b.Refresh(); return b }

// Prominent gives b an icon of 22, as the first in a toolbar has, and returns it.
func (b *IconButton) Prominent() *IconButton { b.iconSize = 22; b.Refresh(); return b }

// OnCard says that b lies on a card or popover, and returns it.
func (b *IconButton) OnCard() *IconButton { b.card = true; b.Refresh(); return b }

// SetIcon changes the drawing.
func (b *IconButton) SetIcon(name string) { b.icon = name; b.Refresh() }

// SetOn shows that what b opens is open.
func (b *IconButton) SetOn(on bool) { b.on = on; b.Refresh() }

func (b *IconButton) paint() {
	hover := theme.Hover
	if b.card {
		hover = theme.HoverRaised
	}
	rest, ink := theme.Transparent, theme.Ink2
	if b.on {
		rest = hover
	}
	if (b.hovered || b.pressed) && !b.disabled {
		ink = theme.Ink
	}
	b.rect.FillColor = theme.Fill(theme.Color(b.ground(rest, hover, theme.Press)))
	b.drawing.name, b.drawing.color, b.drawing.size, b.drawing.faded = b.icon, ink, b.iconSize, b.disabled
	b.drawing.Refresh()
	showRing(b.ring, b.focused)
}

// CreateRenderer is called by the toolkit.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	b.rect, b.ring = &canvas.Rectangle{}, ringRect()
	return NewView(b,
		func() fyne.Size { return fyne.NewSquareSize(b.size) },
		func(s fyne.Size) {
			radius := theme.RadiusMD
			if b.size < 36 {
				radius = theme.RadiusSM
			}
			x, y := (s.Width-b.size)/2, (s.Height-b.size)/2
			b.rect.CornerRadius = radius
			place(b.rect, x, y, b.size, b.size)
			placeRing(b.ring, fyne.NewSquareSize(b.size), radius)
			b.ring.Move(b.ring.Position().AddXY(x, y))
			place(b.drawing, (s.Width-b.iconSize)/2, (s.Height-b.iconSize)/2, b.iconSize, b.iconSize)
		}, b.paint, b.rect, b.drawing, b.ring)
}

// Link is words in the accent's ink that act like a quiet button without a
// ground, for the end of a sentence.
type Link struct {
	pressable
	words *Text
	ring  *canvas.Rectangle
}

// NewLink returns a link in that size, set in semibold.
func NewLink(text string, st theme.Style, onTap func()) *Link {
	l := &Link{words: NewText(text, st.SemiBold(), theme.AccentInk), ring: ringRect()}
	l.label = text
	l.extend(l, onTap)
	return l
}

// InDanger makes the link red, and returns it.
func (l *Link) InDanger() *Link { l.words.SetColor(theme.Danger); return l }

// AccessibilityRole says that this is a link.
func (l *Link) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// CreateRenderer is called by the toolkit.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	return NewView(l, l.words.MinSize,
		func(s fyne.Size) {
			place(l.words, 0, 0, s.Width, s.Height)
			placeRing(l.ring, s, 4)
		},
		func() { l.words.SetFaded(l.disabled); showRing(l.ring, l.focused) },
		l.words, l.ring)
}
